/* Numbers, words and settings as people read and write them; what is remembered. */
#include "model/format.h"
#include "model/memory.h"
#include "model/setting-text.h"
#include "model/words.h"

#include <glib/gstdio.h>

static void
check (char *text, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_format (void)
{
  check (format_duration (-1), "–");
  check (format_duration (0), "0.0 ms");
  check (format_duration (850), "0.8 ms");
  check (format_duration (12400), "12 ms");
  check (format_duration (1500000), "1.5 s");
  check (format_duration (90 * G_USEC_PER_SEC), "90 s");
  check (format_span (-1), "–");
  check (format_span (119 * G_USEC_PER_SEC), "119 s");
  check (format_span (600 * (gint64) G_USEC_PER_SEC), "10 min");
  check (format_span (7200 * (gint64) G_USEC_PER_SEC), "2 h");
  check (format_span (14 * 86400 * (gint64) G_USEC_PER_SEC), "14 days");
  check (format_age (-1), "never");
  check (format_age (3 * G_USEC_PER_SEC), "3 s ago");
  check (format_rate (0), "–");
  check (format_title ("in-progress"), "In progress");
  check (format_word ("no-pair-succeeded"), "no pair succeeded");
  g_assert_cmpstr (format_or_dash (""), ==, "–");
}

static void
test_server_host (void)
{
  check (words_server_host ("turn:turn.example.org"), "turn.example.org");
  check (words_server_host ("turns:turn.example.org:443?transport=tcp"),
         "turn.example.org");
  check (words_server_host ("stun:[2001:db8::1]:3478"), "[2001:db8::1]");
  check (words_server_host ("nothing"), "nothing");
  check (words_server_host ("stun:[broken"), "[broken");
}

/* A value becomes a text and the same value again. */
static void
check_setting (const char *value, const char *text)
{
  g_autoptr (GVariant) given = g_variant_parse (NULL, value, NULL, NULL, NULL);
  g_autofree char *shown = setting_to_text (given);
  g_autoptr (GVariant) read = setting_from_text (text, g_variant_get_type (given));

  g_assert_cmpstr (shown, ==, text);
  g_assert_cmpvariant (read, given);
}

static void
test_settings (void)
{
  const GVariantType *ports = (const GVariantType *) "(qq)";

  check_setting ("'all'", "all");
  check_setting ("@as []", "");
  check_setting ("['docker*', 'virbr0']", "docker*, virbr0");
  check_setting ("(uint16 40000, uint16 50000)", "40000-50000");
  check_setting ("(uint16 0, uint16 0)", "");
  check_setting ("@u 3", "3");
  g_assert_null (setting_from_text ("40000", ports));
  g_assert_null (setting_from_text ("0-7", ports));
  g_assert_null (setting_from_text ("1-70000", ports));
  g_assert_null (setting_from_text ("five", G_VARIANT_TYPE_UINT32));
  check (setting_title ("port-range"), "Ports");
  check (setting_title ("of-tomorrow"), "Of tomorrow");
  g_assert_nonnull (setting_choices ("policy"));
  g_assert_null (setting_choices ("of-tomorrow"));
}

static void
test_memory (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_state_dir (), "fram", NULL);
  g_autofree char *path = g_build_filename (folder, "panel.ini", NULL);

  g_assert_false (memory_has ("window", "width"));
  g_assert_cmpint (memory_get_int ("window", "width", 7), ==, 7);
  memory_set_int ("window", "width", 900);
  memory_write ();
  memory_read_again ();
  g_assert_cmpint (memory_get_int ("window", "width", 7), ==, 900);

  /* A file that is no key file is as good as none. */
  g_assert_true (g_file_set_contents (path, "\x01no file", -1, NULL));
  memory_read_again ();
  g_assert_cmpint (memory_get_int ("window", "width", 7), ==, 7);
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_remove (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  g_autofree char *state = g_dir_make_tmp ("fram-panel.XXXXXX", NULL);
  int result;

  /* GLib forgets the names of the directories that it would make itself. */
  g_setenv ("XDG_STATE_HOME", state, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/panel/text/format", test_format);
  g_test_add_func ("/panel/text/server-host", test_server_host);
  g_test_add_func ("/panel/text/settings", test_settings);
  g_test_add_func ("/panel/text/memory", test_memory);
  result = g_test_run ();
  g_assert_cmpint (g_remove (state), ==, 0);
  return result;
}
