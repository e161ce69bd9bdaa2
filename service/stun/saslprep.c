/* SASLprep (RFC 4013), the profile that RFC 5389 named.  RFC 8489 names OpaqueString
 * (RFC 8265) instead; the two differ in compatibility characters alone, where a client that
 * wants to be understood by both generations of servers has to take the older way. */
#include "stun/credential.h"
#include "stun/saslprep-private.h"

#include <string.h>

static gboolean
in_table (const FramCodeRange *table, gsize length, gunichar c)
{
  gsize low = 0, high = length;

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;

      if (c < table[middle].first)
        high = middle;
      else if (c > table[middle].last)
        low = middle + 1;
      else
        return TRUE;
    }
  return FALSE;
}

#define IN(name, c) in_table (fram_saslprep_##name, fram_saslprep_##name##_length, c)

static void
wipe_and_free (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}

/* RFC 4013 §2.1: other spaces become SPACE, soft hyphens and joiners nothing.  The result is
 * never longer than the text. */
static char *
map (const char *text)
{
  char *mapped = g_malloc (strlen (text) + 1), *to = mapped;

  for (const char *from = text; *from != '\0'; from = g_utf8_next_char (from))
    {
      gunichar c = g_utf8_get_char (from);

      if (IN (spaces, c))
        *to++ = ' ';
      else if (!IN (nothing, c))
        to += g_unichar_to_utf8 (c, to);
    }
  *to = '\0';
  return mapped;
}

/* RFC 4013 §2.3 and, for the direction of writing, RFC 3454 §6: with one right-to-left
 * character in it, a text has no left-to-right one, and begins and ends right-to-left. */
static gboolean
is_allowed (const char *text)
{
  gboolean any_right = FALSE, any_left = FALSE, right = FALSE, first_right = FALSE;

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (IN (prohibited, c))
        return FALSE;
      right = IN (right_to_left, c);
      if (at == text)
        first_right = right;
      any_right |= right;
      any_left |= IN (left_to_right, c);
    }
  return !any_right || (!any_left && first_right && right);
}

char *
fram_stun_prepare_text (const char *text)
{
  char *mapped, *normal;

  if (!g_utf8_validate (text, -1, NULL))
    return NULL;

  mapped = map (text);
  normal = g_utf8_normalize (mapped, -1, G_NORMALIZE_NFKC);
  wipe_and_free (mapped);
  if (normal == NULL || normal[0] == '\0' || !is_allowed (normal))
    {
      wipe_and_free (normal);
      return NULL;
    }
  return normal;
}
