/* What can be set, what cannot, what is kept, and who is told. */
#include "settings-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

static void
test_defaults (void)
{
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  settings_fixture_assert_defaults (&fixture);
  settings_fixture_assert_problems (&fixture, 0, NULL);
  g_assert_cmpint (fram_settings_get_number (fixture.settings, FRAM_SETTING_LINGER), ==,
                   60);
  g_assert_true (fram_settings_get_flag (fixture.settings, FRAM_SETTING_HISTORY));
  /* To look costs the user no file. */
  g_assert_false (g_file_test (fixture.place.path, G_FILE_TEST_EXISTS));
  settings_fixture_clear (&fixture);
}

static const struct
{
  FramSettingKey key;
  const char *text;
} good[] = {
  { FRAM_SETTING_LINGER, "0" },
  { FRAM_SETTING_LINGER, "-1" },
  { FRAM_SETTING_LINGER, "1" },
  { FRAM_SETTING_LINGER, "86400" },
  { FRAM_SETTING_VPN, "false" },
  { FRAM_SETTING_VPN, "true" },
  { FRAM_SETTING_INTERFACES_ALLOW, "['eth0']" },
  { FRAM_SETTING_INTERFACES_ALLOW, "['wlan*', 'e?h0', 'zürich', 'a.b:c@d']" },
  { FRAM_SETTING_INTERFACES_ALLOW, "@as []" },
  { FRAM_SETTING_INTERFACES_DENY, "['*']" },
  { FRAM_SETTING_INTERFACES_DENY, "['1234567890123456789012345678901']" },
  { FRAM_SETTING_HISTORY, "false" },
  { FRAM_SETTING_NAT_PROBING, "false" },
  { FRAM_SETTING_POLICY, "'nohost'" },
  { FRAM_SETTING_POLICY, "'relay'" },
  { FRAM_SETTING_FAMILIES, "'ipv4'" },
  { FRAM_SETTING_FAMILIES, "'ipv6'" },
  { FRAM_SETTING_PORT_RANGE, "(uint16 1, uint16 65535)" },
  { FRAM_SETTING_PORT_RANGE, "(uint16 40000, uint16 40000)" },
  { FRAM_SETTING_PORT_RANGE, "(uint16 0, uint16 0)" },
  { FRAM_SETTING_SECRETS_FILE, "true" },
}, bad[] = {
  { FRAM_SETTING_LINGER, "-2" },
  { FRAM_SETTING_LINGER, "86401" },
  { FRAM_SETTING_LINGER, "2147483647" },
  { FRAM_SETTING_LINGER, "-2147483648" },
  { FRAM_SETTING_LINGER, "uint32 60" },
  { FRAM_SETTING_LINGER, "int64 60" },
  { FRAM_SETTING_LINGER, "60.0" },
  { FRAM_SETTING_LINGER, "'60'" },
  { FRAM_SETTING_LINGER, "true" },
  { FRAM_SETTING_LINGER, "<60>" },
  { FRAM_SETTING_VPN, "1" },
  { FRAM_SETTING_VPN, "'true'" },
  { FRAM_SETTING_INTERFACES_ALLOW, "'eth0'" },
  { FRAM_SETTING_INTERFACES_ALLOW, "['']" },
  { FRAM_SETTING_INTERFACES_ALLOW, "['eth0', '']" },
  { FRAM_SETTING_INTERFACES_ALLOW, "['eth 0']" },
  { FRAM_SETTING_INTERFACES_ALLOW, "['eth0,eth1']" },
  { FRAM_SETTING_INTERFACES_ALLOW, "['eth0;eth1']" },
  { FRAM_SETTING_INTERFACES_ALLOW, "['../eth0']" },
  { FRAM_SETTING_INTERFACES_ALLOW, "['a\\nb']" },
  { FRAM_SETTING_INTERFACES_ALLOW, "['a\\u001bb']" },
  { FRAM_SETTING_INTERFACES_ALLOW, "['a\\u202eb']" },
  { FRAM_SETTING_INTERFACES_ALLOW, "['12345678901234567890123456789012']" },
  { FRAM_SETTING_INTERFACES_DENY, "[b'eth0']" },
  { FRAM_SETTING_INTERFACES_DENY, "@ao []" },
  { FRAM_SETTING_HISTORY, "@mb nothing" },
  { FRAM_SETTING_POLICY, "'All'" },
  { FRAM_SETTING_POLICY, "''" },
  { FRAM_SETTING_FAMILIES, "'ipv10'" },
  { FRAM_SETTING_PORT_RANGE, "(40000, 50000)" },
  { FRAM_SETTING_PORT_RANGE, "(uint16 2, uint16 1)" },
  { FRAM_SETTING_PORT_RANGE, "(uint16 0, uint16 9)" },
  { FRAM_SETTING_SECRETS_FILE, "'true'" },
};

static void
test_good (void)
{
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      settings_fixture_must_set (&fixture, good[i].key, good[i].text);
      settings_fixture_reopen (&fixture);
      settings_fixture_assert (&fixture, good[i].key, good[i].text);
      g_assert_cmpint (fram_settings_get_origin (fixture.settings, good[i].key), ==,
                       FRAM_ORIGIN_USER);
    }
  settings_fixture_assert_problems (&fixture, 0, NULL);
  settings_fixture_clear (&fixture);
}

static void
test_bad (void)
{
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    settings_fixture_refuse (&fixture, bad[i].key, bad[i].text, FRAM_SETTINGS_ERROR,
                             FRAM_SETTINGS_ERROR_INVALID);
  g_assert_false (g_file_test (fixture.place.path, G_FILE_TEST_EXISTS));
  settings_fixture_clear (&fixture);
}

static GVariant *
new_patterns (guint n)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) words = NULL;

  for (guint i = 0; i < n; i++)
    g_strv_builder_add (builder, "1234567890123456789012345678901");
  words = g_strv_builder_end (builder);
  return g_variant_ref_sink (g_variant_new_strv ((const char *const *) words, n));
}

static void
test_many_patterns (void)
{
  g_autoptr (GVariant) most = new_patterns (32), more = new_patterns (33);
  FramSettingChange change = { FRAM_SETTING_INTERFACES_DENY, more };
  g_autoptr (GError) error = NULL;
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  g_assert_false (fram_settings_change (fixture.settings, &change, 1, &error));
  g_assert_error (error, FRAM_SETTINGS_ERROR, FRAM_SETTINGS_ERROR_INVALID);
  g_assert_cmpuint (strlen (error->message), <, 400);
  g_clear_error (&error);
  change.value = most;
  g_assert_true (fram_settings_change (fixture.settings, &change, 1, &error));
  settings_fixture_reopen (&fixture);
  g_assert_true (
      g_variant_equal (most, fram_settings_get (fixture.settings, change.key)));
  settings_fixture_clear (&fixture);
}

/* A person learns from the error what to write instead. */
static void
test_sentences (void)
{
  g_autoptr (GVariant) text = g_variant_ref_sink (g_variant_new_string ("soon"));
  g_autoptr (GVariant) number = g_variant_ref_sink (g_variant_new_int32 (100000));
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strnfill (1000, 'x');
  FramSettingKey key;

  g_assert_false (fram_setting_check (FRAM_SETTING_LINGER, number, &error));
  g_assert_cmpstr (
      error->message, ==,
      "The setting “linger” is -1 (always), 0 (off), or up to 86400 seconds; "
      "not 100000");
  g_clear_error (&error);
  g_assert_false (fram_setting_check (FRAM_SETTING_LINGER, text, &error));
  g_assert_cmpstr (error->message, ==,
                   "The setting “linger” is of type “i” (-1 (always), 0 (off), or up to "
                   "86400 seconds), not “s”");
  g_clear_error (&error);
  g_assert_false (fram_setting_find ("lingers", &key, &error));
  g_assert_error (error, FRAM_SETTINGS_ERROR, FRAM_SETTINGS_ERROR_NO_SETTING);
  g_assert_cmpstr (error->message, ==, "There is no setting “lingers”");
  g_clear_error (&error);
  g_assert_false (fram_setting_find (name, &key, &error));
  g_assert_cmpuint (strlen (error->message), <, 100);
}

static void
test_table (void)
{
  for (guint i = 0; i < FRAM_N_SETTINGS; i++)
    {
      const FramSetting *setting = fram_setting_get (i);
      g_autoptr (GVariant) initial = fram_setting_new_default (i);
      FramSettingKey key;

      g_assert_true (fram_setting_check (i, initial, NULL));
      g_assert_true (fram_setting_find (setting->name, &key, NULL));
      g_assert_cmpuint (key, ==, i);
    }
}

static void
test_reset (void)
{
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  /* Set to the default is set all the same. */
  settings_fixture_must_set (&fixture, FRAM_SETTING_LINGER, "60");
  g_assert_cmpint (fram_settings_get_origin (fixture.settings, FRAM_SETTING_LINGER), ==,
                   FRAM_ORIGIN_USER);
  settings_fixture_must_set (&fixture, FRAM_SETTING_LINGER, "5");
  settings_fixture_must_set (&fixture, FRAM_SETTING_LINGER, NULL);
  settings_fixture_assert_defaults (&fixture);
  settings_fixture_must_set (&fixture, FRAM_SETTING_LINGER, NULL);
  settings_fixture_reopen (&fixture);
  settings_fixture_assert_defaults (&fixture);
  settings_fixture_clear (&fixture);
}

static void
test_told (void)
{
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  settings_fixture_must_set (&fixture, FRAM_SETTING_LINGER, "60");
  g_assert_cmpuint (fixture.n_told, ==, 0);
  settings_fixture_must_set (&fixture, FRAM_SETTING_LINGER, "61");
  g_assert_cmpuint (fixture.n_told, ==, 1);
  g_assert_cmpuint (fixture.changed, ==, 1u << FRAM_SETTING_LINGER);
  settings_fixture_must_set (&fixture, FRAM_SETTING_LINGER, "61");
  settings_fixture_must_set (&fixture, FRAM_SETTING_VPN, NULL);
  settings_fixture_refuse (&fixture, FRAM_SETTING_VPN, "1", FRAM_SETTINGS_ERROR,
                           FRAM_SETTINGS_ERROR_INVALID);
  g_assert_cmpuint (fixture.n_told, ==, 1);
  settings_fixture_must_set (&fixture, FRAM_SETTING_LINGER, NULL);
  g_assert_cmpuint (fixture.n_told, ==, 2);
  fram_settings_remove_listener (fixture.settings, &fixture);
  settings_fixture_must_set (&fixture, FRAM_SETTING_LINGER, "62");
  g_assert_cmpuint (fixture.n_told, ==, 2);
  settings_fixture_clear (&fixture);
}

/* Several changes are one: all are made, and told together, or none is. */
static void
test_together (void)
{
  g_autoptr (GVariant) five = g_variant_ref_sink (g_variant_new_int32 (5));
  g_autoptr (GVariant) no = g_variant_ref_sink (g_variant_new_boolean (FALSE));
  const FramSettingChange changes[]
      = { { FRAM_SETTING_LINGER, five }, { FRAM_SETTING_VPN, no } };
  const FramSettingChange wrong[]
      = { { FRAM_SETTING_LINGER, five }, { FRAM_SETTING_VPN, five } };
  g_autoptr (GError) error = NULL;
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  g_assert_false (fram_settings_change (fixture.settings, wrong, 2, &error));
  g_assert_error (error, FRAM_SETTINGS_ERROR, FRAM_SETTINGS_ERROR_INVALID);
  settings_fixture_reopen (&fixture);
  settings_fixture_assert_defaults (&fixture);
  g_assert_true (fram_settings_change (fixture.settings, changes, 2, NULL));
  g_assert_cmpuint (fixture.n_told, ==, 1);
  g_assert_cmpuint (fixture.changed, ==,
                    1u << FRAM_SETTING_LINGER | 1u << FRAM_SETTING_VPN);
  settings_fixture_reopen (&fixture);
  settings_fixture_assert (&fixture, FRAM_SETTING_LINGER, "5");
  settings_fixture_assert (&fixture, FRAM_SETTING_VPN, "false");
  settings_fixture_clear (&fixture);
}

/* Another process of the user has its hands in the file. */
static void
test_others (void)
{
  SettingsFixture fixture;
  sqlite3 *handle;

  settings_fixture_init (&fixture);
  settings_fixture_must_set (&fixture, FRAM_SETTING_LINGER, "5");
  handle = peek_open (fixture.place.path);
  peek_run (handle, "UPDATE settings SET value = '7' WHERE key = 'linger'");
  peek_run (handle, "INSERT INTO settings VALUES ('vpn', 'false')");
  peek_close (handle);

  /* What they did is seen with the next change, and the change is made whatever was there. */
  settings_fixture_must_set (&fixture, FRAM_SETTING_LINGER, "5");
  settings_fixture_assert (&fixture, FRAM_SETTING_VPN, "false");
  g_assert_true ((fixture.changed & 1u << FRAM_SETTING_VPN) != 0);
  settings_fixture_reopen (&fixture);
  settings_fixture_assert (&fixture, FRAM_SETTING_LINGER, "5");
  settings_fixture_assert (&fixture, FRAM_SETTING_VPN, "false");

  /* A file that was taken away is a reset of all. */
  g_assert_cmpint (g_unlink (fixture.place.path), ==, 0);
  settings_fixture_must_set (&fixture, FRAM_SETTING_HISTORY, "false");
  settings_fixture_assert (&fixture, FRAM_SETTING_LINGER, "60");
  settings_fixture_clear (&fixture);
}

/* What a later Fram has written into a file of this version, or a person by hand. */
static void
test_foreign_values (void)
{
  g_autofree char *kept = NULL;
  SettingsFixture fixture;
  sqlite3 *handle;

  settings_fixture_init (&fixture);
  settings_fixture_must_set (&fixture, FRAM_SETTING_VPN, "false");
  handle = peek_open (fixture.place.path);
  peek_run (handle, "INSERT INTO settings VALUES ('of-the-future', '<<>>')");
  peek_run (handle, "INSERT INTO settings VALUES ('linger', '-7')");
  peek_run (handle, "INSERT INTO settings VALUES ('history', 'maybe')");
  peek_close (handle);
  settings_fixture_reopen (&fixture);
  settings_fixture_assert_problems (&fixture, 2, "“linger” is not used");
  settings_fixture_assert (&fixture, FRAM_SETTING_LINGER, "60");
  settings_fixture_assert (&fixture, FRAM_SETTING_VPN, "false");

  settings_fixture_must_set (&fixture, FRAM_SETTING_LINGER, "6");
  settings_fixture_assert_problems (&fixture, 1, "“history” is not used");
  settings_fixture_must_set (&fixture, FRAM_SETTING_HISTORY, NULL);
  settings_fixture_assert_problems (&fixture, 0, NULL);
  settings_fixture_close (&fixture);
  handle = peek_open (fixture.place.path);
  kept = peek_text (handle, "SELECT value FROM settings WHERE key = 'of-the-future'");
  g_assert_cmpstr (kept, ==, "<<>>");
  g_assert_cmpint (peek_integer (handle, "SELECT count (*) FROM settings"), ==, 3);
  peek_close (handle);
  settings_fixture_clear (&fixture);
}

/* Nothing is left beside the file between two changes: it can be copied as it is. */
static void
test_alone (void)
{
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  settings_fixture_must_set (&fixture, FRAM_SETTING_VPN, "false");
  g_assert_cmpuint (place_count_beside (&fixture.place, ""), ==, 1);
  g_assert_cmpuint (place_mode (fixture.place.path), ==, 0600);
  settings_fixture_clear (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings-values/defaults", test_defaults);
  g_test_add_func ("/settings-values/good", test_good);
  g_test_add_func ("/settings-values/bad", test_bad);
  g_test_add_func ("/settings-values/many-patterns", test_many_patterns);
  g_test_add_func ("/settings-values/sentences", test_sentences);
  g_test_add_func ("/settings-values/table", test_table);
  g_test_add_func ("/settings-values/reset", test_reset);
  g_test_add_func ("/settings-values/told", test_told);
  g_test_add_func ("/settings-values/together", test_together);
  g_test_add_func ("/settings-values/others", test_others);
  g_test_add_func ("/settings-values/foreign-values", test_foreign_values);
  g_test_add_func ("/settings-values/alone", test_alone);
  return g_test_run ();
}
