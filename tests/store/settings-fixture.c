#include "settings-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

static void
on_changed (FramSettings *settings, guint changed, gpointer user_data)
{
  SettingsFixture *fixture = user_data;

  fixture->n_told++;
  fixture->changed |= changed;
}

void
settings_fixture_init (SettingsFixture *fixture)
{
  *fixture = (SettingsFixture){ .settings = NULL };
  place_fixture_init (&fixture->place, "settings.db");
  fixture->administrators = g_build_filename (fixture->place.directory, "conf.d", NULL);
  g_assert_cmpint (g_mkdir (fixture->administrators, 0700), ==, 0);
  settings_fixture_open (fixture);
}

void
settings_fixture_clear (SettingsFixture *fixture)
{
  settings_fixture_close (fixture);
  g_free (fixture->administrators);
  place_fixture_clear (&fixture->place);
}

void
settings_fixture_open (SettingsFixture *fixture)
{
  g_assert_null (fixture->settings);
  fixture->n_told = 0;
  fixture->changed = 0;
  fixture->settings = fram_settings_new (fixture->place.path, fixture->administrators);
  fram_settings_add_listener (fixture->settings, on_changed, fixture);
}

void
settings_fixture_close (SettingsFixture *fixture)
{
  g_clear_pointer (&fixture->settings, fram_settings_free);
}

void
settings_fixture_reopen (SettingsFixture *fixture)
{
  settings_fixture_close (fixture);
  settings_fixture_open (fixture);
}

gboolean
settings_fixture_set (SettingsFixture *fixture, FramSettingKey key, const char *text,
                      GError **error)
{
  g_autoptr (GError) misspelt = NULL;
  g_autoptr (GVariant) value
      = text != NULL ? g_variant_parse (NULL, text, NULL, NULL, &misspelt) : NULL;
  const FramSettingChange change = { key, value };

  g_assert_no_error (misspelt);
  return fram_settings_change (fixture->settings, &change, 1, error);
}

void
settings_fixture_must_set (SettingsFixture *fixture, FramSettingKey key, const char *text)
{
  g_autoptr (GError) error = NULL;
  gboolean done = settings_fixture_set (fixture, key, text, &error);

  g_assert_no_error (error);
  g_assert_true (done);
  if (text != NULL)
    settings_fixture_assert (fixture, key, text);
}

void
settings_fixture_refuse (SettingsFixture *fixture, FramSettingKey key, const char *text,
                         GQuark domain, int code)
{
  g_autofree char *before
      = g_variant_print (fram_settings_get (fixture->settings, key), TRUE);
  guint changed = fixture->changed;
  g_autoptr (GError) error = NULL;

  g_assert_false (settings_fixture_set (fixture, key, text, &error));
  g_assert_error (error, domain, code);
  g_assert_cmpuint (fixture->changed, ==, changed);
  settings_fixture_assert (fixture, key, before);
}

void
settings_fixture_assert (const SettingsFixture *fixture, FramSettingKey key,
                         const char *text)
{
  const GVariantType *type = G_VARIANT_TYPE (fram_setting_get (key)->type);
  g_autoptr (GVariant) expected = g_variant_parse (type, text, NULL, NULL, NULL);
  g_autofree char *shown = NULL;

  g_assert_nonnull (expected);
  shown = g_variant_print (fram_settings_get (fixture->settings, key), FALSE);
  if (!g_variant_equal (fram_settings_get (fixture->settings, key), expected))
    g_error ("%s is %s, not %s", fram_setting_get (key)->name, shown, text);
}

void
settings_fixture_assert_defaults (const SettingsFixture *fixture)
{
  for (guint i = 0; i < FRAM_N_SETTINGS; i++)
    {
      settings_fixture_assert (fixture, i, fram_setting_get (i)->initial);
      g_assert_cmpint (fram_settings_get_origin (fixture->settings, i), ==,
                       FRAM_ORIGIN_DEFAULT);
    }
}

void
settings_fixture_assert_problems (const SettingsFixture *fixture, guint n,
                                  const char *part)
{
  const char *const *problems = fram_settings_get_problems (fixture->settings);
  g_autofree char *all = g_strjoinv ("\n", (char **) problems);

  if (g_strv_length ((char **) problems) != n)
    g_error ("There are other problems than %u: %s", n, all);
  if (n > 0 && strstr (problems[0], part) == NULL)
    g_error ("There is no “%s” in: %s", part, problems[0]);
}
