/* Codes that people pass on: what goes in comes out, and nothing else is taken. */
#include <string.h>

#include "cli/code.h"

static const char *const lines[] = {
  "candidate:VO0e4zA7 1 UDP 2130706431 2001:db8::2 49626 typ host",
  "candidate:G9FMyM2c 1 UDP 2130706175 192.0.2.2 34479 typ host",
  "candidate:sRfLx000 1 UDP 1694498815 198.51.100.7 40000 typ srflx raddr 192.0.2.2 "
  "rport "
  "34479",
};

static FramDescription *
make_description (guint n_lines)
{
  const char *options[] = { "ice2", "trickle", NULL };
  FramDescription *description
      = fram_description_new ("zm7a", "qSp8ZobCn1ycMkIxuvlflAqQ");

  fram_description_set_options (description, options);
  fram_description_set_pacing (description, 5);
  for (guint i = 0; i < n_lines; i++)
    fram_description_add_candidate (description, 0, lines[i % G_N_ELEMENTS (lines)]);
  return description;
}

static void
assert_same (FramDescription *a, FramDescription *b)
{
  g_assert_cmpstr (fram_description_get_ufrag (a), ==, fram_description_get_ufrag (b));
  g_assert_cmpstr (fram_description_get_pwd (a), ==, fram_description_get_pwd (b));
  g_assert_cmpuint (fram_description_get_pacing (a), ==, fram_description_get_pacing (b));
  g_assert_cmpstrv (fram_description_get_options (a), fram_description_get_options (b));
  g_assert_cmpuint (fram_description_get_n_candidates (a), ==,
                    fram_description_get_n_candidates (b));
  for (guint i = 0; i < fram_description_get_n_candidates (a); i++)
    {
      guint ours, theirs;

      g_assert_cmpstr (fram_description_get_candidate (a, i, &ours), ==,
                       fram_description_get_candidate (b, i, &theirs));
      g_assert_cmpuint (ours, ==, theirs);
    }
}

static void
assert_refused (const char *code, CodeError expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FramDescription) description = code_decode (code, &error);

  g_assert_null (description);
  g_assert_error (error, CODE_ERROR, (int) expected);
}

static void
test_roundtrip (void)
{
  for (guint n = 0; n <= 64; n++)
    {
      g_autoptr (FramDescription) before = make_description (n);
      g_autofree char *code = code_encode (before);
      g_autoptr (GError) error = NULL;
      g_autoptr (FramDescription) after = code_decode (code, &error);

      g_assert_no_error (error);
      g_assert_null (strpbrk (code, " \n+/="));
      g_assert_true (g_str_has_prefix (code, CODE_PREFIX));
      assert_same (before, after);
      g_assert_true (fram_description_get_complete (after));
    }
}

/* As many as there may be, of which some have none; an older version hears that it is a later
 * one's. */
static void
test_streams (void)
{
  g_autoptr (FramDescription) before = make_description (3);
  g_autoptr (FramDescription) after = NULL;
  g_autofree char *code = NULL;

  for (guint i = 0; i < 4 * 20; i++)
    for (guint stream = 2; stream < 8; stream += 5)
      fram_description_add_candidate (before, stream, lines[i % G_N_ELEMENTS (lines)]);
  g_assert_cmpuint (fram_description_get_n_candidates (before), ==, 163);
  code = code_encode (before);
  g_assert_true (g_str_has_prefix (code, CODE_PREFIX_STREAMS));
  after = code_decode (code, NULL);
  g_assert_nonnull (after);
  for (guint stream = 0; stream < 9; stream++)
    {
      g_auto (GStrv) ours = fram_description_list_candidates (before, stream);
      g_auto (GStrv) theirs = fram_description_list_candidates (after, stream);

      g_assert_cmpstrv (ours, theirs);
    }
}

static void
test_no_options (void)
{
  g_autoptr (FramDescription) before
      = fram_description_new ("zm7a", "qSp8ZobCn1ycMkIxuvlflAqQ");
  g_autofree char *code = code_encode (before);
  g_autoptr (FramDescription) after = code_decode (code, NULL);

  g_assert_nonnull (after);
  assert_same (before, after);
}

/* A terminal takes lines of 4095 bytes; a chat shows a few of them. */
static void
test_compact (void)
{
  g_autoptr (FramDescription) few = make_description (3);
  g_autoptr (FramDescription) many = make_description (64);
  g_autofree char *code_of_few = code_encode (few);
  g_autofree char *code_of_many = code_encode (many);

  g_assert_cmpuint (strlen (code_of_few), <, 300);
  g_assert_cmpuint (strlen (code_of_many), <, 2000);
}

static void
test_broken_lines (void)
{
  g_autoptr (FramDescription) before = make_description (3);
  g_autofree char *code = code_encode (before);
  g_autoptr (GString) broken = g_string_new (" \t");
  g_autoptr (FramDescription) after = NULL;

  for (gsize i = 0; code[i] != '\0'; i++)
    g_string_append_printf (broken, "%c%s", code[i], i % 20 == 19 ? "\r\n " : "");
  after = code_decode (broken->str, NULL);
  g_assert_nonnull (after);
  assert_same (before, after);
}

static void
test_every_character_counts (void)
{
  g_autoptr (FramDescription) description = make_description (3);
  g_autofree char *code = code_encode (description);
  gsize last = strlen (code) - 1;

  /* The bits that the last character has too many do not. */
  for (gsize i = strlen (CODE_PREFIX); i < last; i++)
    {
      char kept = code[i];

      code[i] = kept == 'A' ? 'B' : 'A';
      assert_refused (code, CODE_ERROR_DAMAGED);
      code[i] = '!';
      assert_refused (code, CODE_ERROR_DAMAGED);
      code[i] = kept;
    }
}

static void
test_every_end_is_missed (void)
{
  g_autoptr (FramDescription) description = make_description (3);
  g_autofree char *code = code_encode (description);

  for (gsize length = strlen (code) - 1; length >= strlen (CODE_PREFIX); length--)
    {
      code[length] = '\0';
      assert_refused (code, CODE_ERROR_DAMAGED);
    }
}

static void
test_other_texts (void)
{
  assert_refused ("", CODE_ERROR_NO_CODE);
  assert_refused ("hello", CODE_ERROR_NO_CODE);
  assert_refused ("fram", CODE_ERROR_NO_CODE);
  assert_refused ("fram:abc", CODE_ERROR_NO_CODE);
  assert_refused ("FRAM1:abc", CODE_ERROR_NO_CODE);
  assert_refused ("fram2:abc", CODE_ERROR_DAMAGED);
  assert_refused ("fram3:abc", CODE_ERROR_VERSION);
  assert_refused ("fram10:abc", CODE_ERROR_VERSION);
  assert_refused (CODE_PREFIX, CODE_ERROR_DAMAGED);
  assert_refused (CODE_PREFIX "====", CODE_ERROR_DAMAGED);
  assert_refused (CODE_PREFIX "\xc3\xb8", CODE_ERROR_DAMAGED);
}

/* A code around `text`, with a checksum that is right. */
static char *
forge (const guint8 *text, gsize length)
{
  g_autoptr (GZlibCompressor) compressor
      = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW, 9);
  g_autofree guint8 *bytes = g_malloc (length + 1024);
  g_autoptr (GChecksum) digest = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 sum[32];
  gsize taken, given, sum_length = sizeof sum;
  g_autofree char *encoded = NULL;

  g_assert_cmpint (g_converter_convert (G_CONVERTER (compressor), text, length, bytes + 4,
                                        length + 1020, G_CONVERTER_INPUT_AT_END, &taken,
                                        &given, NULL),
                   ==, G_CONVERTER_FINISHED);
  g_checksum_update (digest, bytes + 4, given);
  g_checksum_get_digest (digest, sum, &sum_length);
  memcpy (bytes, sum, 4);
  encoded = g_base64_encode (bytes, given + 4);
  encoded[strcspn (encoded, "=")] = '\0';
  g_strdelimit (g_strdelimit (encoded, "+", '-'), "/", '_');
  return g_strconcat (CODE_PREFIX, encoded, NULL);
}

static void
test_forged (void)
{
  static const char *const texts[] = {
    "",
    "ufrag",
    "ufrag pwd",
    "ufrag pwd 5",
    "ufrag pwd x -",
    "ufrag pwd -1 -",
    "ufrag pwd 5 - more",
    "ufrag pwd 99999999999 -",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *code = forge ((const guint8 *) texts[i], strlen (texts[i]));

      assert_refused (code, CODE_ERROR_DAMAGED);
    }
}

static void
test_bomb (void)
{
  g_autofree guint8 *bomb = g_malloc (1 << 20);
  g_autofree char *code = NULL;

  memset (bomb, 'x', 1 << 20);
  code = forge (bomb, 1 << 20);
  g_assert_cmpuint (strlen (code), <, 4096);
  assert_refused (code, CODE_ERROR_DAMAGED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/code/roundtrip", test_roundtrip);
  g_test_add_func ("/code/streams", test_streams);
  g_test_add_func ("/code/no-options", test_no_options);
  g_test_add_func ("/code/compact", test_compact);
  g_test_add_func ("/code/broken-lines", test_broken_lines);
  g_test_add_func ("/code/every-character-counts", test_every_character_counts);
  g_test_add_func ("/code/every-end-is-missed", test_every_end_is_missed);
  g_test_add_func ("/code/other-texts", test_other_texts);
  g_test_add_func ("/code/forged", test_forged);
  g_test_add_func ("/code/bomb", test_bomb);
  return g_test_run ();
}
