#include "cli/code.h"

#include <string.h>

#define CHECKSUM_LENGTH 4
#define CANDIDATE_PREFIX "candidate:"
#define NEXT_STREAM "-"

G_DEFINE_QUARK (fram - code - error, code_error)

static void
checksum (const guint8 *data, gsize length, guint8 ret_sum[CHECKSUM_LENGTH])
{
  g_autoptr (GChecksum) digest = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 sum[32];
  gsize sum_length = sizeof sum;

  g_checksum_update (digest, data, length);
  g_checksum_get_digest (digest, sum, &sum_length);
  memcpy (ret_sum, sum, CHECKSUM_LENGTH);
}

/* Runs all of `in` through `converter`.  Return: FALSE if `in` is not right or gives more
 * than `size` bytes. */
static gboolean
convert (GConverter *converter, const guint8 *in, gsize length, guint8 *out, gsize size,
         gsize *ret_written)
{
  gsize done = 0, written = 0;
  GConverterResult result = G_CONVERTER_CONVERTED;

  while (result == G_CONVERTER_CONVERTED && written < size)
    {
      gsize taken = 0, given = 0;

      result = g_converter_convert (converter, in + done, length - done, out + written,
                                    size - written, G_CONVERTER_INPUT_AT_END, &taken,
                                    &given, NULL);
      done += taken;
      written += given;
    }
  *ret_written = written;
  return result == G_CONVERTER_FINISHED && done == length;
}

/* --- Text -------------------------------------------------------------------------- */

static guint
count_streams (FramDescription *description)
{
  guint n = fram_description_get_n_candidates (description), n_streams = 1;

  for (guint i = 0; i < n; i++)
    {
      guint stream;

      fram_description_get_candidate (description, i, &stream);
      n_streams = MAX (n_streams, stream + 1);
    }
  return n_streams;
}

static void
append_stream (GString *text, FramDescription *description, guint stream)
{
  g_auto (GStrv) lines = fram_description_list_candidates (description, stream);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = lines[i];

      if (g_str_has_prefix (line, CANDIDATE_PREFIX))
        line += strlen (CANDIDATE_PREFIX);
      g_string_append_printf (text, "\n%s", line);
    }
}

static char *
to_text (FramDescription *description, guint n_streams)
{
  g_autofree char *options
      = g_strjoinv (",", (char **) fram_description_get_options (description));
  GString *text = g_string_new (NULL);

  g_string_printf (text, "%s %s %u %s", fram_description_get_ufrag (description),
                   fram_description_get_pwd (description),
                   fram_description_get_pacing (description),
                   *options != '\0' ? options : "-");
  for (guint i = 0; i < n_streams; i++)
    {
      if (i > 0)
        g_string_append (text, "\n" NEXT_STREAM);
      append_stream (text, description, i);
    }
  return g_string_free (text, FALSE);
}

static FramDescription *
from_text (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_auto (GStrv) words = g_strsplit (lines[0] != NULL ? lines[0] : "", " ", -1);
  g_auto (GStrv) options = NULL;
  FramDescription *description;
  guint64 pacing;
  guint stream = 0;

  if (g_strv_length (words) != 4
      || !g_ascii_string_to_unsigned (words[2], 10, 0, G_MAXUINT, &pacing, NULL))
    return NULL;
  description = fram_description_new (words[0], words[1]);
  fram_description_set_pacing (description, pacing);
  options = g_strsplit (g_str_equal (words[3], "-") ? "" : words[3], ",", -1);
  fram_description_set_options (description, (const char *const *) options);
  for (guint i = 1; lines[i] != NULL; i++)
    {
      g_autofree char *line = g_strconcat (CANDIDATE_PREFIX, lines[i], NULL);

      if (g_str_equal (lines[i], NEXT_STREAM))
        stream++;
      else
        fram_description_add_candidate (description, stream, line);
    }
  return description;
}

/* --- Base64url (RFC 4648 §5), without padding -------------------------------------- */

static char *
to_base64url (const guint8 *data, gsize length)
{
  char *text = g_base64_encode (data, length);

  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  text[strcspn (text, "=")] = '\0';
  return text;
}

/* Return: (transfer full): NULL if a character has no place there. */
static guint8 *
from_base64url (const char *text, gsize *ret_length)
{
  g_autoptr (GString) usual = g_string_new (NULL);

  for (const char *c = text; *c != '\0'; c++)
    {
      if (!g_ascii_isalnum (*c) && *c != '-' && *c != '_')
        return NULL;
      g_string_append_c (usual, *c == '-' ? '+' : *c == '_' ? '/' : *c);
    }
  while (usual->len % 4 != 0)
    g_string_append_c (usual, '=');
  return g_base64_decode (usual->str, ret_length);
}

/* --- Codes ------------------------------------------------------------------------- */

char *
code_encode (FramDescription *description)
{
  g_autoptr (GZlibCompressor) compressor
      = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW, 9);
  guint n_streams = count_streams (description);
  g_autofree char *text = to_text (description, n_streams);
  /* Text that cannot be compressed grows by a few bytes for each block. */
  gsize room = strlen (text) + 64 + strlen (text) / 64;
  g_autofree guint8 *bytes = g_malloc (CHECKSUM_LENGTH + room);
  g_autofree char *encoded = NULL;
  gsize length;

  if (!convert (G_CONVERTER (compressor), (const guint8 *) text, strlen (text),
                bytes + CHECKSUM_LENGTH, room, &length))
    g_assert_not_reached ();
  checksum (bytes + CHECKSUM_LENGTH, length, bytes);
  encoded = to_base64url (bytes, CHECKSUM_LENGTH + length);
  return g_strconcat (n_streams > 1 ? CODE_PREFIX_STREAMS : CODE_PREFIX, encoded, NULL);
}

static char *
without_spaces (const char *code)
{
  GString *text = g_string_new (NULL);

  for (; *code != '\0'; code++)
    if (!g_ascii_isspace (*code))
      g_string_append_c (text, *code);
  return g_string_free (text, FALSE);
}

static gboolean
check_prefix (const char *code, GError **error)
{
  if (g_str_has_prefix (code, CODE_PREFIX)
      || g_str_has_prefix (code, CODE_PREFIX_STREAMS))
    return TRUE;
  if (g_str_has_prefix (code, "fram") && g_ascii_isdigit (code[4]))
    g_set_error_literal (error, CODE_ERROR, CODE_ERROR_VERSION,
                         "This code is of a later version of Fram than this one.");
  else
    g_set_error_literal (error, CODE_ERROR, CODE_ERROR_NO_CODE,
                         "This is no code: a code begins with “" CODE_PREFIX "”.");
  return FALSE;
}

FramDescription *
code_decode (const char *code, GError **error)
{
  g_autoptr (GZlibDecompressor) decompressor
      = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW);
  g_autofree char *plain = without_spaces (code);
  g_autofree char *text = g_malloc0 (CODE_TEXT_MAX + 1);
  g_autofree guint8 *bytes = NULL;
  FramDescription *description = NULL;
  guint8 sum[CHECKSUM_LENGTH];
  gsize length = 0, text_length;

  if (!check_prefix (plain, error))
    return NULL;
  bytes = from_base64url (plain + strlen (CODE_PREFIX), &length);
  if (bytes != NULL && length > CHECKSUM_LENGTH)
    {
      checksum (bytes + CHECKSUM_LENGTH, length - CHECKSUM_LENGTH, sum);
      if (memcmp (sum, bytes, CHECKSUM_LENGTH) == 0
          && convert (G_CONVERTER (decompressor), bytes + CHECKSUM_LENGTH,
                      length - CHECKSUM_LENGTH, (guint8 *) text, CODE_TEXT_MAX,
                      &text_length))
        description = from_text (text);
    }
  if (description == NULL)
    g_set_error_literal (error, CODE_ERROR, CODE_ERROR_DAMAGED,
                         "The code is damaged; perhaps a part of it was not copied.");
  return description;
}
