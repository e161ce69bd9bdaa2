/* User names and passwords of any bytes: what is accepted is UTF-8, and prepared again it
 * stays as it is. */
#include "stun/credential.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  char *text = malloc (size + 1), *once, *twice;

  memcpy (text, data, size);
  text[size] = '\0';
  once = fram_stun_prepare_text (text);
  if (once != NULL)
    {
      g_assert (once[0] != '\0' && g_utf8_validate (once, -1, NULL));
      twice = fram_stun_prepare_text (once);
      g_assert (twice != NULL && strcmp (once, twice) == 0);
      g_free (twice);
    }
  g_free (once);
  free (text);
  return 0;
}
