/* A writer is killed two hundred times in the midst of its changes: the file is whole, each
 * change that was confirmed is in it, and what was changed together is together. */
#include "killed-writer.h"
#include "settings-fixture.h"

#include "store/servers.h"

#define ROUNDS 200
/* Each of these rounds begins without a file, and may end before there is one. */
#define FRESH_EVERY 4

/* Each change of them was one: of the two, the second one was changed last, by `last` or, where
 * the writer was killed before that, by the number before. */
static void
check_servers (const SettingsFixture *fixture, gint64 last, gint64 acknowledged)
{
  const GPtrArray *servers = fram_servers_list (fixture->settings);
  const FramServerEntry *second = servers->len == 2 ? servers->pdata[1] : NULL;
  gint64 number = second != NULL ? g_ascii_strtoll (second->username, NULL, 10) : 0;

  g_assert_cmpuint (servers->len, <=, 2);
  g_assert_cmpint (number, <=, last);
  g_assert_cmpint (number, >=, MAX (acknowledged, last - 1));
}

/* As the next framd finds it.  Return: the number of the last change; 0: there is none. */
static gint64
check_file (SettingsFixture *fixture, gint64 acknowledged)
{
  g_autofree const char **names = NULL;
  gint64 last;

  settings_fixture_open (fixture);
  settings_fixture_assert_problems (fixture, 0, NULL);
  names = fram_settings_get_words (fixture->settings, FRAM_SETTING_INTERFACES_DENY);
  last = names[0] != NULL ? g_ascii_strtoll (names[0] + 1, NULL, 10) : 0;
  if (last == 0)
    settings_fixture_assert_defaults (fixture);
  else
    {
      g_assert_cmpint (fram_settings_get_number (fixture->settings, FRAM_SETTING_LINGER),
                       ==, last % 86400);
      g_assert_cmpint (fram_settings_get_flag (fixture->settings, FRAM_SETTING_HISTORY),
                       ==, last % 2 == 0);
    }
  check_servers (fixture, last, acknowledged);
  settings_fixture_close (fixture);
  if (g_file_test (fixture->place.path, G_FILE_TEST_EXISTS))
    g_assert_true (peek_is_sound (fixture->place.path));
  return last;
}

static void
test_kill (void)
{
  gint64 confirmed = 0, last = 0;
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  settings_fixture_close (&fixture);
  for (guint round = 0; round < ROUNDS; round++)
    {
      gboolean fresh = round % FRESH_EVERY == 0;
      gint64 before = fresh ? 0 : last, acknowledged;

      if (fresh)
        place_fixture_empty (&fixture.place);
      acknowledged = killed_writer_run (STORE_SETTINGS_WRITER, fixture.place.path, fresh);
      last = check_file (&fixture, acknowledged);
      g_assert_cmpint (last, >=, MAX (acknowledged, before));
      confirmed += MAX (acknowledged - before, 0);
    }
  g_test_message ("%u kills, %" G_GINT64_FORMAT " changes confirmed", ROUNDS, confirmed);
  /* How many is the machine's matter; without any, nothing was tried. */
  g_assert_cmpint (confirmed, >, 0);
  settings_fixture_clear (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings-kill/two-hundred-times", test_kill);
  return g_test_run ();
}
