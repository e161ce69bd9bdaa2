/* The power fails at the n-th change of a file, for all n: each change that was confirmed is
 * there afterwards, the last one that was begun wholly or not at all. */
#include "power-vfs.h"
#include "settings-fixture.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHANGES 6

/* More calls than any run makes. */
#define ENDLESS 10000

static gboolean
make_change (FramSettings *settings, int number)
{
  const FramSettingChange changes[] = {
    { FRAM_SETTING_LINGER, g_variant_new_int32 (number) },
    { FRAM_SETTING_VPN, g_variant_new_boolean (number % 2 == 0) },
  };

  return fram_settings_change (settings, changes, G_N_ELEMENTS (changes), NULL);
}

/* In a process of its own, which may end at any call. */
static void
change_all (const char *path, guint n, volatile int *confirmed)
{
  FramSettings *settings;

  power_vfs_install (n);
  settings = fram_settings_new (path, NULL);
  for (int i = 1; i <= CHANGES; i++)
    {
      if (!make_change (settings, i))
        _exit (EXIT_FAILURE);
      *confirmed = i;
    }
  fram_settings_free (settings);
  _exit (EXIT_SUCCESS);
}

/* Return: whether the power failed, and not all changes were made. */
static gboolean
run (const char *path, guint n, volatile int *confirmed)
{
  int status;
  pid_t child = fork ();

  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    change_all (path, n, confirmed);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  g_assert_true (WEXITSTATUS (status) == POWER_LOST || WEXITSTATUS (status) == 0);
  return WEXITSTATUS (status) == POWER_LOST;
}

/* As the next start finds it. */
static void
check_file (SettingsFixture *fixture, int confirmed)
{
  int found;

  settings_fixture_open (fixture);
  settings_fixture_assert_problems (fixture, 0, NULL);
  found = fram_settings_get_number (fixture->settings, FRAM_SETTING_LINGER);
  if (fram_settings_get_origin (fixture->settings, FRAM_SETTING_LINGER)
      == FRAM_ORIGIN_DEFAULT)
    {
      g_assert_cmpint (confirmed, ==, 0);
      settings_fixture_assert_defaults (fixture);
    }
  else
    {
      g_assert_true (found == confirmed || found == confirmed + 1);
      g_assert_cmpint (fram_settings_get_flag (fixture->settings, FRAM_SETTING_VPN), ==,
                       found % 2 == 0);
    }
  settings_fixture_close (fixture);
}

static void
test_power (void)
{
  int *confirmed = mmap (NULL, sizeof *confirmed, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  gboolean lost = TRUE;
  SettingsFixture fixture;
  guint n;

  g_assert_true (confirmed != MAP_FAILED);
  settings_fixture_init (&fixture);
  settings_fixture_close (&fixture);
  for (n = 1; lost; n++)
    {
      g_assert_cmpuint (n, <, ENDLESS);
      /* Each child draws other chances. */
      g_test_rand_int ();
      place_fixture_empty (&fixture.place);
      *confirmed = 0;
      lost = run (fixture.place.path, n, confirmed);
      check_file (&fixture, *confirmed);
    }
  g_assert_cmpint (*confirmed, ==, CHANGES);
  g_test_message ("%u times", n - 1);
  g_assert_cmpuint (n, >, 5 * CHANGES);
  settings_fixture_clear (&fixture);
  munmap (confirmed, sizeof *confirmed);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings-power/each-call", test_power);
  return g_test_run ();
}
