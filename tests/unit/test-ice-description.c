/* Credentials and options of a description (RFC 8839 §5.4 and §5.6). */
#include "ice/description.h"

#include <string.h>

typedef gboolean (*IsValid) (const char *text);

/* Accepts ice-chars of exactly [min, max] characters. */
static void
assert_lengths (IsValid is_valid, gsize min, gsize max)
{
  g_autofree char *text = g_strnfill (max + 1, 'a');

  for (gsize length = 0; length <= max + 1; length++)
    {
      g_autofree char *part = g_strndup (text, length);

      g_assert_cmpint (is_valid (part), ==, length >= min && length <= max);
    }
}

/* Accepts at each place what the grammar calls ice-char, and nothing else. */
static void
assert_chars (IsValid is_valid, gsize length)
{
  for (guint c = 1; c < 256; c++)
    {
      g_autofree char *text = g_strnfill (length, 'a');
      gboolean is_ice_char = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
                             || (c >= '0' && c <= '9') || c == '+' || c == '/';

      for (gsize at = 0; at < length; at++)
        {
          text[at] = (char) c;
          g_assert_cmpint (is_valid (text), ==, is_ice_char);
          text[at] = 'a';
        }
    }
}

static void
test_ufrag (void)
{
  assert_lengths (fram_ufrag_is_valid, FRAM_UFRAG_MIN, FRAM_CREDENTIAL_MAX);
  assert_chars (fram_ufrag_is_valid, FRAM_UFRAG_MIN);
  g_assert_true (fram_ufrag_is_valid ("8hhY"));
}

static void
test_pwd (void)
{
  assert_lengths (fram_pwd_is_valid, FRAM_PWD_MIN, FRAM_CREDENTIAL_MAX);
  assert_chars (fram_pwd_is_valid, FRAM_PWD_MIN);
  g_assert_true (fram_pwd_is_valid ("asd88fgpdd777uzjYhagZg"));
}

static void
test_option_words (void)
{
  g_assert_cmpint (fram_ice_option_from_text ("ice2"), ==, FRAM_ICE_OPTION_ICE2);
  g_assert_cmpint (fram_ice_option_from_text ("trickle"), ==, FRAM_ICE_OPTION_TRICKLE);
  g_assert_cmpint (fram_ice_option_from_text ("renomination"), ==,
                   FRAM_ICE_OPTION_RENOMINATION);
  g_assert_cmpint (fram_ice_option_from_text ("rtp+ecn"), ==, FRAM_ICE_OPTION_NONE);
  g_assert_cmpint (fram_ice_option_from_text ("ice2 trickle"), ==, FRAM_ICE_OPTION_NONE);
  g_assert_cmpint (fram_ice_option_from_text (""), ==, FRAM_ICE_OPTION_NONE);
}

/* Every set of options gives words that give the set again. */
static void
test_options_round_trip (void)
{
  const guint all
      = FRAM_ICE_OPTION_ICE2 | FRAM_ICE_OPTION_TRICKLE | FRAM_ICE_OPTION_RENOMINATION;

  for (guint options = 0; options <= all; options++)
    {
      g_auto (GStrv) words = fram_ice_options_to_words ((FramIceOptions) options);
      guint back = 0;

      for (guint i = 0; words[i] != NULL; i++)
        {
          guint option = fram_ice_option_from_text (words[i]);

          g_assert_cmpuint (option, !=, FRAM_ICE_OPTION_NONE);
          g_assert_cmpuint (back & option, ==, 0);
          back |= option;
        }
      g_assert_cmpuint (back, ==, options);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ice/description/ufrag", test_ufrag);
  g_test_add_func ("/ice/description/pwd", test_pwd);
  g_test_add_func ("/ice/description/options/words", test_option_words);
  g_test_add_func ("/ice/description/options/round-trip", test_options_round_trip);
  return g_test_run ();
}
