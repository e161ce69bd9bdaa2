/* Settings as people write them. */
#include "cli/config-value.h"

#include <string.h>

static FramSetting
make_setting (const char *type)
{
  return (FramSetting){ .name = "sample",
                        .allowed = "what the sample may be",
                        .value = g_variant_parse (NULL, type, NULL, NULL, NULL) };
}

static void
check (const char *initial, const char *text, const char *expected)
{
  FramSetting setting = make_setting (initial);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = config_value_from_text (&setting, text, &error);
  g_autofree char *shown = value != NULL ? g_variant_print (value, TRUE) : NULL;

  g_assert_cmpstr (shown, ==, expected);
  if (expected == NULL)
    {
      g_assert_error (error, FRAM_ERROR, FRAM_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, "“sample” is what the sample may be"));
    }
  else
    {
      g_autofree char *written = config_value_to_text (value);
      g_autoptr (GVariant) again = config_value_from_text (&setting, written, &error);

      g_assert_no_error (error);
      g_assert_true (g_variant_equal (again, value));
    }
  g_variant_unref (setting.value);
}

static void
test_flags (void)
{
  check ("true", "true", "true");
  check ("true", "false", "false");
  check ("true", "Yes", "true");
  check ("true", "off", "false");
  check ("true", "0", "false");
  check ("true", "", NULL);
  check ("true", "truth", NULL);
  check ("true", " true", NULL);
  check ("true", "2", NULL);
}

static void
test_numbers (void)
{
  check ("5", "0", "0");
  check ("5", "-1", "-1");
  check ("5", "86400", "86400");
  check ("5", "2147483647", "2147483647");
  check ("5", "2147483648", NULL);
  check ("5", "99999999999999999999", NULL);
  check ("5", "", NULL);
  check ("5", "5s", NULL);
  check ("5", "5.0", NULL);
  check ("5", "0x10", NULL);
  check ("5", "\xff", NULL);
}

static void
test_names (void)
{
  check ("['a']", "eth0", "['eth0']");
  check ("['a']", "eth0,wlan*", "['eth0', 'wlan*']");
  check ("['a']", " eth0 , wlan* ,", "['eth0', 'wlan*']");
  check ("['a']", "", "@as []");
  check ("['a']", ",", "@as []");
  check ("['a']", "eth 0", "['eth 0']");
  check ("['a']", "eth\xff", NULL);
}

static void
test_words (void)
{
  check ("'all'", "relay", "'relay'");
  check ("'all'", "", "''");
  check ("'all'", "it's", "\"it's\"");
  check ("'all'", "re\xfflay", NULL);
}

static void
test_ranges (void)
{
  const char *any = "(uint16 0, uint16 0)";

  check (any, "40000-40999", "(uint16 40000, uint16 40999)");
  check (any, " 1024 - 65535 ", "(uint16 1024, uint16 65535)");
  check (any, "0-0", "(uint16 0, uint16 0)");
  check (any, "any", "(uint16 0, uint16 0)");
  check (any, "5-0", "(uint16 5, uint16 0)");
  check (any, "40000", NULL);
  check (any, "40000-65536", NULL);
  check (any, "-1-5", NULL);
  check (any, "1-2-3", NULL);
  check (any, "1-", NULL);
  check (any, "", NULL);
}

static void
test_of_the_future (void)
{
  check ("(1, 'a')", "(7, 'b')", "(7, 'b')");
  check ("(1, 'a')", "7", NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config-value/flags", test_flags);
  g_test_add_func ("/config-value/numbers", test_numbers);
  g_test_add_func ("/config-value/names", test_names);
  g_test_add_func ("/config-value/words", test_words);
  g_test_add_func ("/config-value/ranges", test_ranges);
  g_test_add_func ("/config-value/of-the-future", test_of_the_future);
  return g_test_run ();
}
