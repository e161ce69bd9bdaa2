#include "store/secrets-file.h"

#include <string.h>

#include "store/errors.h"
#include "store/place.h"
#include "store/server-entry.h"

/* More than the servers that can be kept need. */
#define MAX_BYTES (256 << 10)

static const char header[] = "Fram secrets 1\n";

void
fram_stored_secret_free (FramStoredSecret *stored)
{
  if (stored == NULL)
    return;
  g_free (stored->origin);
  fram_secret_free (stored->secret);
  g_free (stored);
}

static GHashTable *
new_table (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                (GDestroyNotify) fram_stored_secret_free);
}

/* Memory of that size, wiped when it is freed. */
static void
wipe (char *bytes, gsize size)
{
  explicit_bzero (bytes, size);
  g_free (bytes);
}

/* --- Reading --------------------------------------------------------------------------- */

/* Return: (transfer full): the text, or NULL: it is none. */
static char *
decode (const char *base64)
{
  gsize length;
  guchar *bytes = g_base64_decode (base64, &length);
  char *text = NULL;

  if (length > 0 && length <= FRAM_SERVER_MAX_SECRET
      && g_utf8_validate ((const char *) bytes, (gssize) length, NULL))
    text = g_strndup ((const char *) bytes, length);
  wipe ((char *) bytes, length);
  return text;
}

/* What is no such line is of no use. */
static void
read_line (GHashTable *secrets, char *line)
{
  char *origin = strchr (line, ' ');
  char *base64 = origin != NULL ? strchr (origin + 1, ' ') : NULL;
  FramStoredSecret *stored;
  char *secret;

  if (base64 == NULL)
    return;
  *origin++ = '\0';
  *base64++ = '\0';
  secret = decode (base64);
  if (secret == NULL)
    return;
  stored = g_new0 (FramStoredSecret, 1);
  stored->origin = g_strdup (origin);
  stored->secret = secret;
  g_hash_table_replace (secrets, g_strdup (line), stored);
}

static GHashTable *
read_text (const char *path, char *text, GError **error)
{
  GHashTable *secrets;

  if (text[0] != '\0' && !g_str_has_prefix (text, header))
    {
      g_set_error (error, FRAM_STORE_ERROR, FRAM_STORE_ERROR_SCHEMA,
                   "%s: it is not a file of this Fram's secrets; it is left alone", path);
      return NULL;
    }
  secrets = new_table ();
  for (char *line = text, *end; line != NULL; line = end)
    {
      end = strchr (line, '\n');
      if (end != NULL)
        *end++ = '\0';
      if (line != text)
        read_line (secrets, line);
    }
  return secrets;
}

GHashTable *
fram_secrets_file_read (const char *path, GError **error)
{
  char *buffer = g_malloc0 (MAX_BYTES + 1);
  GHashTable *secrets = NULL;
  gsize length;

  if (fram_place_read (path, buffer, MAX_BYTES, &length, error))
    secrets = read_text (path, buffer, error);
  wipe (buffer, MAX_BYTES + 1);
  return secrets;
}

/* --- Writing --------------------------------------------------------------------------- */

/* The buffer is never grown, which would leave a copy behind. */
static gsize
add_line (char *buffer, gsize length, const char *id, const FramStoredSecret *stored)
{
  char *base64
      = g_base64_encode ((const guchar *) stored->secret, strlen (stored->secret));
  gsize needed = strlen (id) + strlen (stored->origin) + strlen (base64) + 4;

  if (length + needed <= MAX_BYTES)
    length += (gsize) g_snprintf (buffer + length, needed, "%s %s %s\n", id,
                                  stored->origin, base64);
  fram_secret_free (base64);
  return length;
}

gboolean
fram_secrets_file_write (const char *path, GHashTable *secrets, GError **error)
{
  GHashTableIter iter;
  gpointer id, stored;
  char *buffer;
  gsize length;
  gboolean written;

  if (g_hash_table_size (secrets) == 0)
    return fram_place_remove (path, error);
  buffer = g_malloc0 (MAX_BYTES);
  length = g_strlcpy (buffer, header, MAX_BYTES);
  g_hash_table_iter_init (&iter, secrets);
  while (g_hash_table_iter_next (&iter, &id, &stored))
    length = add_line (buffer, length, id, stored);
  written = fram_place_write (path, buffer, length, error);
  wipe (buffer, MAX_BYTES);
  return written;
}
