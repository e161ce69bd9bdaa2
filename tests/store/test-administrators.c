/* The administrators' files: what they give, what is stronger than what, what is the matter
 * with a broken one, and that changes are noticed. */
#include "settings-fixture.h"

#include "store/administrators.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define PATIENCE 30 /* seconds */

static void
write_bytes (SettingsFixture *fixture, const char *name, const char *bytes, gsize length)
{
  g_autofree char *path = g_build_filename (fixture->administrators, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, bytes, length, &error);
  g_assert_no_error (error);
}

static void
write_text (SettingsFixture *fixture, const char *name, const char *text)
{
  write_bytes (fixture, name, text, strlen (text));
}

static void
assert_locked (const SettingsFixture *fixture, FramSettingKey key, const char *name)
{
  const char *lock = fram_settings_get_lock (fixture->settings, key);

  if (name == NULL)
    g_assert_null (lock);
  else
    g_assert_true (lock != NULL && g_str_has_suffix (lock, name));
}

static void
test_values (void)
{
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  write_text (&fixture, "10-site.conf",
              "# Ours\n[Defaults]\nlinger=120\ninterfaces-deny=docker*;br-*\n\n"
              "[Locked]\nhistory=false\ninterfaces-allow=\n[Server a]\nuri=turn:a\n");
  settings_fixture_reopen (&fixture);
  settings_fixture_assert_problems (&fixture, 0, NULL);
  settings_fixture_assert (&fixture, FRAM_SETTING_LINGER, "120");
  settings_fixture_assert (&fixture, FRAM_SETTING_INTERFACES_DENY, "['docker*', 'br-*']");
  settings_fixture_assert (&fixture, FRAM_SETTING_HISTORY, "false");
  settings_fixture_assert (&fixture, FRAM_SETTING_INTERFACES_ALLOW, "[]");
  settings_fixture_assert (&fixture, FRAM_SETTING_VPN, "true");
  assert_locked (&fixture, FRAM_SETTING_LINGER, NULL);
  assert_locked (&fixture, FRAM_SETTING_HISTORY, "/10-site.conf");
  assert_locked (&fixture, FRAM_SETTING_INTERFACES_ALLOW, "/10-site.conf");
  g_assert_cmpint (fram_settings_get_origin (fixture.settings, FRAM_SETTING_LINGER), ==,
                   FRAM_ORIGIN_ADMINISTRATOR);
  g_assert_cmpint (fram_settings_get_origin (fixture.settings, FRAM_SETTING_VPN), ==,
                   FRAM_ORIGIN_DEFAULT);

  /* A default gives way to the user, and comes back. */
  settings_fixture_must_set (&fixture, FRAM_SETTING_LINGER, "5");
  settings_fixture_must_set (&fixture, FRAM_SETTING_LINGER, NULL);
  settings_fixture_assert (&fixture, FRAM_SETTING_LINGER, "120");
  settings_fixture_refuse (&fixture, FRAM_SETTING_HISTORY, "true", FRAM_SETTINGS_ERROR,
                           FRAM_SETTINGS_ERROR_LOCKED);
  settings_fixture_refuse (&fixture, FRAM_SETTING_HISTORY, NULL, FRAM_SETTINGS_ERROR,
                           FRAM_SETTINGS_ERROR_LOCKED);
  settings_fixture_clear (&fixture);
}

/* What a user has set before is out of force while it is locked, and not lost. */
static void
test_user_and_lock (void)
{
  g_autofree char *path = NULL;
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  settings_fixture_must_set (&fixture, FRAM_SETTING_LINGER, "5");
  write_text (&fixture, "a.conf", "[Locked]\nlinger=0\n");
  settings_fixture_reopen (&fixture);
  settings_fixture_assert (&fixture, FRAM_SETTING_LINGER, "0");
  settings_fixture_must_set (&fixture, FRAM_SETTING_VPN, "false");
  path = g_build_filename (fixture.administrators, "a.conf", NULL);
  g_assert_cmpint (g_unlink (path), ==, 0);
  settings_fixture_reopen (&fixture);
  settings_fixture_assert (&fixture, FRAM_SETTING_LINGER, "5");
  settings_fixture_clear (&fixture);
}

static void
test_order (void)
{
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  write_text (&fixture, "20.conf", "[Defaults]\nlinger=20\nvpn=false\n");
  write_text (&fixture, "10.conf", "[Defaults]\nlinger=10\n[Locked]\nhistory=false\n");
  write_text (&fixture, "30.conf", "[Defaults]\nhistory=true\nnat-probing=false\n");
  write_text (&fixture, "40.conf", "[Locked]\nnat-probing=true\n");
  write_text (&fixture, "50.conf", "[Defaults]\nnat-probing=false\n");
  write_text (&fixture, "99.conf~", "[Defaults]\nlinger=99\n");
  write_text (&fixture, ".99.conf", "[Defaults]\nlinger=99\n");
  settings_fixture_reopen (&fixture);
  settings_fixture_assert_problems (&fixture, 0, NULL);
  settings_fixture_assert (&fixture, FRAM_SETTING_LINGER, "20");
  settings_fixture_assert (&fixture, FRAM_SETTING_HISTORY, "false");
  settings_fixture_assert (&fixture, FRAM_SETTING_NAT_PROBING, "true");
  assert_locked (&fixture, FRAM_SETTING_HISTORY, "/10.conf");
  assert_locked (&fixture, FRAM_SETTING_NAT_PROBING, "/40.conf");
  settings_fixture_clear (&fixture);
}

static void
test_broken (void)
{
  static const struct
  {
    const char *text, *line, *what;
  } broken[] = {
    { "linger=5\n", "line 1:", "not start with a group" },
    { "[Defaults]\nlinger=5\nvpn false\nhistory=true\n", "line 3:", "vpn false" },
    { "\n\n[Defaults\nlinger=5\n", "line 3:", "[Defaults" },
    { "[Defaults]\nvpn=false\n\n# a\n\n=5", "line 6:", "=5" },
    { "[Defaults]\nlinger=5\nbroken", "line 3:", "broken" },
  };
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  write_text (&fixture, "b.conf", "[Defaults]\nhistory=false\n");
  for (gsize i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      write_text (&fixture, "a.conf", broken[i].text);
      settings_fixture_reopen (&fixture);
      settings_fixture_assert_problems (&fixture, 1, "/a.conf, ");
      settings_fixture_assert_problems (&fixture, 1, broken[i].line);
      settings_fixture_assert_problems (&fixture, 1, broken[i].what);
      settings_fixture_assert (&fixture, FRAM_SETTING_LINGER, "60");
      settings_fixture_assert (&fixture, FRAM_SETTING_VPN, "true");
      settings_fixture_assert (&fixture, FRAM_SETTING_HISTORY, "false");
    }
  settings_fixture_clear (&fixture);
}

/* One line that is wrong does not undo the locks beside it. */
static void
test_wrong_values (void)
{
  static const struct
  {
    const char *text, *line, *what;
  } wrong[] = {
    { "linger=-2", "line 5:", "86400" },
    { "linger=5s", "line 5:", "86400" },
    { "linger=", "line 5:", "86400" },
    { "linger=99999999999", "line 5:", "86400" },
    { "vpn=perhaps", "line 5:", "true or" },
    { "lingers=5", "line 5:", "no setting" },
    { "interfaces-deny=a b", "line 5:", "32" },
    { "linger = -3", "line 5:", "86400" },
    { "interfaces-deny=\xff\xfe", "line 5:", "32" },
    { "vpn=no\n\nvpn=maybe", "line 7:", "true or" },
  };
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *text = g_strdup_printf (
          "[Defaults]\nlinger=7\n\n[Locked]\n%s\nhistory=false\n", wrong[i].text);

      write_text (&fixture, "a.conf", text);
      settings_fixture_reopen (&fixture);
      settings_fixture_assert_problems (&fixture, 1, wrong[i].line);
      settings_fixture_assert_problems (&fixture, 1, wrong[i].what);
      settings_fixture_assert (&fixture, FRAM_SETTING_LINGER, "7");
      settings_fixture_assert (&fixture, FRAM_SETTING_HISTORY, "false");
      assert_locked (&fixture, FRAM_SETTING_HISTORY, "/a.conf");
      assert_locked (&fixture, FRAM_SETTING_VPN, NULL);
    }
  settings_fixture_clear (&fixture);
}

static void
test_no_files (void)
{
  g_autofree char *path = NULL, *pipe = NULL;
  g_autofree char *large = g_strnfill (FRAM_ADMINISTRATORS_MAX_BYTES + 1, '#');
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  write_text (&fixture, "empty.conf", "");
  write_bytes (&fixture, "most.conf", large, FRAM_ADMINISTRATORS_MAX_BYTES);
  settings_fixture_reopen (&fixture);
  settings_fixture_assert_problems (&fixture, 0, NULL);
  write_bytes (&fixture, "most.conf", large, FRAM_ADMINISTRATORS_MAX_BYTES + 1);
  path = g_build_filename (fixture.administrators, "a-directory.conf", NULL);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  pipe = g_build_filename (fixture.administrators, "a-pipe.conf", NULL);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  settings_fixture_reopen (&fixture);
  settings_fixture_assert_problems (&fixture, 3, "it is no file");
  settings_fixture_assert_defaults (&fixture);
  settings_fixture_clear (&fixture);
}

/* Whatever stands in the files does no harm, and says little. */
static void
test_noise (void)
{
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  for (guint round = 0; round < 300; round++)
    {
      static const char alphabet[] = "[]\n\n\n==;#\\ \t\xff"
                                     "aDefaultsLockedlingervpn01-";
      g_autofree char *bytes = g_malloc (400);

      for (guint i = 0; i < 400; i++)
        bytes[i] = alphabet[g_test_rand_int_range (0, sizeof alphabet)];
      write_bytes (&fixture, "a.conf", bytes, 400);
      settings_fixture_reopen (&fixture);
      g_assert_cmpuint (
          g_strv_length ((char **) fram_settings_get_problems (fixture.settings)), <=,
          20);
      for (guint i = 0; i < FRAM_N_SETTINGS; i++)
        g_assert_true (
            fram_setting_check (i, fram_settings_get (fixture.settings, i), NULL));
    }
  settings_fixture_clear (&fixture);
}

static gboolean
on_patience (gpointer user_data)
{
  g_error ("The change was not noticed");
  return G_SOURCE_REMOVE;
}

static void
wait_until_told (SettingsFixture *fixture)
{
  guint bound = g_timeout_add_seconds (PATIENCE, on_patience, NULL);

  while (fixture->n_told == 0)
    g_main_context_iteration (NULL, TRUE);
  fixture->n_told = 0;
  g_source_remove (bound);
}

static void
test_noticed (void)
{
  g_autofree char *path = NULL;
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  path = g_build_filename (fixture.administrators, "a.conf", NULL);
  write_text (&fixture, "a.conf", "[Locked]\nlinger=5\n");
  wait_until_told (&fixture);
  g_assert_cmpuint (fixture.changed, ==, 1u << FRAM_SETTING_LINGER);
  settings_fixture_assert (&fixture, FRAM_SETTING_LINGER, "5");
  write_text (&fixture, "a.conf", "[Locked]\nlinger=5\nvpn=false\n");
  wait_until_told (&fixture);
  settings_fixture_assert (&fixture, FRAM_SETTING_VPN, "false");
  write_text (&fixture, "a.conf", "Locked\n");
  wait_until_told (&fixture);
  settings_fixture_assert_problems (&fixture, 1, "line 1:");
  settings_fixture_assert_defaults (&fixture);
  g_assert_cmpint (g_unlink (path), ==, 0);
  wait_until_told (&fixture);
  settings_fixture_assert_problems (&fixture, 0, NULL);
  settings_fixture_clear (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/administrators/values", test_values);
  g_test_add_func ("/administrators/user-and-lock", test_user_and_lock);
  g_test_add_func ("/administrators/order", test_order);
  g_test_add_func ("/administrators/broken", test_broken);
  g_test_add_func ("/administrators/wrong-values", test_wrong_values);
  g_test_add_func ("/administrators/no-files", test_no_files);
  g_test_add_func ("/administrators/noise", test_noise);
  g_test_add_func ("/administrators/noticed", test_noticed);
  return g_test_run ();
}
