/* Files that are damaged, of a later Fram, on a full disk or on one that can only be read: the
 * settings are there all the same, and a change is made or refused, never half of it. */
#include "faulty-vfs.h"
#include "mounts.h"
#include "settings-fixture.h"

#include "store/place.h"
#include "store/servers.h"

#include <glib/gstdio.h>
#include <string.h>

/* More calls than any change makes. */
#define ENDLESS 10000

static void
write_file (const SettingsFixture *fixture, const char *suffix, const char *bytes)
{
  g_autofree char *path = place_beside (&fixture->place, suffix);
  g_autofree char *directory = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_mkdir (directory, 0700);
  g_file_set_contents_full (path, bytes, -1, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

static void
refuse (SettingsFixture *fixture, FramStoreError code)
{
  settings_fixture_refuse (fixture, FRAM_SETTING_LINGER, "7", FRAM_STORE_ERROR, code);
}

/* --- Damaged ------------------------------------------------------------------------ */

static void
test_damaged_at_start (void)
{
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  settings_fixture_close (&fixture);
  write_file (&fixture, "", "This is not a database at all, but a letter to somebody.");
  settings_fixture_open (&fixture);
  settings_fixture_assert_defaults (&fixture);
  settings_fixture_assert_problems (&fixture, 1, "a fresh one was begun");
  g_assert_cmpuint (place_count_beside (&fixture.place, ".corrupt-"), ==, 1);
  settings_fixture_must_set (&fixture, FRAM_SETTING_LINGER, "7");
  /* It is said for the rest of this run, and not in the next one. */
  settings_fixture_assert_problems (&fixture, 1, "a fresh one was begun");
  settings_fixture_reopen (&fixture);
  settings_fixture_assert_problems (&fixture, 0, NULL);
  settings_fixture_assert (&fixture, FRAM_SETTING_LINGER, "7");
  settings_fixture_clear (&fixture);
}

/* What framd knows is better than nothing: it goes into the fresh file. */
static void
test_damaged_meanwhile (void)
{
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  settings_fixture_must_set (&fixture, FRAM_SETTING_LINGER, "7");
  settings_fixture_must_set (&fixture, FRAM_SETTING_VPN, "false");
  write_file (&fixture, "", "Somebody has saved another document in its place.");
  settings_fixture_must_set (&fixture, FRAM_SETTING_HISTORY, "false");
  settings_fixture_assert_problems (&fixture, 1, "a fresh one was begun");
  settings_fixture_reopen (&fixture);
  settings_fixture_assert (&fixture, FRAM_SETTING_LINGER, "7");
  settings_fixture_assert (&fixture, FRAM_SETTING_VPN, "false");
  settings_fixture_assert (&fixture, FRAM_SETTING_HISTORY, "false");
  settings_fixture_clear (&fixture);
}

/* The page of the table is damaged: the file opens, but cannot be read. */
static void
damage_table (const SettingsFixture *fixture)
{
  g_autofree char *bytes = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (fixture->place.path, &bytes, &length, NULL));
  g_assert_cmpuint (length, >=, 8192);
  memset (bytes + 4096, 0, 4096);
  g_assert_true (g_file_set_contents_full (fixture->place.path, bytes, length,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

static void
test_damaged_table (void)
{
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  settings_fixture_must_set (&fixture, FRAM_SETTING_LINGER, "7");
  damage_table (&fixture);
  settings_fixture_must_set (&fixture, FRAM_SETTING_VPN, "false");
  settings_fixture_assert_problems (&fixture, 1, "a fresh one was begun");
  settings_fixture_reopen (&fixture);
  settings_fixture_assert (&fixture, FRAM_SETTING_LINGER, "7");
  settings_fixture_assert (&fixture, FRAM_SETTING_VPN, "false");
  settings_fixture_assert_problems (&fixture, 0, NULL);

  damage_table (&fixture);
  settings_fixture_reopen (&fixture);
  settings_fixture_assert_problems (&fixture, 1, "a fresh one was begun");
  settings_fixture_assert_defaults (&fixture);
  settings_fixture_clear (&fixture);
}

/* --- Not ours ------------------------------------------------------------------------ */

static void
check_left_alone (const char *sql, FramStoreError code, const char *part)
{
  g_autofree char *before = NULL, *after = NULL;
  gsize length_before, length_after;
  SettingsFixture fixture;
  sqlite3 *handle;

  settings_fixture_init (&fixture);
  settings_fixture_must_set (&fixture, FRAM_SETTING_LINGER, "7");
  settings_fixture_close (&fixture);
  handle = peek_open (fixture.place.path);
  peek_run (handle, sql);
  peek_close (handle);
  g_assert_true (g_file_get_contents (fixture.place.path, &before, &length_before, NULL));

  settings_fixture_open (&fixture);
  settings_fixture_assert_defaults (&fixture);
  settings_fixture_assert_problems (&fixture, 1, part);
  for (guint i = 0; i < 3; i++)
    refuse (&fixture, code);
  settings_fixture_assert_problems (&fixture, 1, part);
  settings_fixture_close (&fixture);
  g_assert_true (g_file_get_contents (fixture.place.path, &after, &length_after, NULL));
  g_assert_cmpmem (before, length_before, after, length_after);
  g_assert_cmpuint (place_count_beside (&fixture.place, ""), ==, 1);
  settings_fixture_clear (&fixture);
}

static void
test_newer (void)
{
  check_left_alone ("PRAGMA user_version = 3", FRAM_STORE_ERROR_NEWER,
                    "a newer Fram wrote the file");
  check_left_alone ("PRAGMA user_version = 1000; DROP TABLE settings",
                    FRAM_STORE_ERROR_NEWER, "a newer Fram wrote the file");
}

static void
test_other_tables (void)
{
  check_left_alone ("DROP TABLE settings", FRAM_STORE_ERROR_SCHEMA, "not Fram's");
}

/* --- Full, and read only -------------------------------------------------------------- */

static void
init_small (SettingsFixture *fixture, guint bytes)
{
  settings_fixture_init (fixture);
  settings_fixture_close (fixture);
  mounts_add_small (fixture->place.directory, bytes);
  settings_fixture_open (fixture);
}

static void
clear_small (SettingsFixture *fixture)
{
  settings_fixture_close (fixture);
  mounts_remove (fixture->place.directory);
  settings_fixture_clear (fixture);
}

static void
test_full (void)
{
  g_autofree char *fill = NULL;
  SettingsFixture fixture;

  init_small (&fixture, 1 << 20);
  fill = mounts_fill (fixture.place.directory);
  refuse (&fixture, FRAM_STORE_ERROR_FULL);
  settings_fixture_assert_problems (&fixture, 1, "no space");
  settings_fixture_reopen (&fixture);
  settings_fixture_assert_defaults (&fixture);
  g_assert_cmpint (g_unlink (fill), ==, 0);
  settings_fixture_must_set (&fixture, FRAM_SETTING_LINGER, "5");
  settings_fixture_assert_problems (&fixture, 0, NULL);

  g_clear_pointer (&fill, g_free);
  fill = mounts_fill (fixture.place.directory);
  for (guint i = 0; i < 3; i++)
    refuse (&fixture, FRAM_STORE_ERROR_FULL);
  settings_fixture_reopen (&fixture);
  settings_fixture_assert (&fixture, FRAM_SETTING_LINGER, "5");
  g_assert_cmpint (g_unlink (fill), ==, 0);
  settings_fixture_must_set (&fixture, FRAM_SETTING_LINGER, "7");
  settings_fixture_reopen (&fixture);
  settings_fixture_assert (&fixture, FRAM_SETTING_LINGER, "7");
  settings_fixture_assert_problems (&fixture, 0, NULL);
  clear_small (&fixture);
}

static void
test_read_only_new (void)
{
  SettingsFixture fixture;

  init_small (&fixture, 1 << 20);
  mounts_set_read_only (fixture.place.directory, TRUE);
  settings_fixture_reopen (&fixture);
  settings_fixture_assert_defaults (&fixture);
  settings_fixture_assert_problems (&fixture, 0, NULL);
  refuse (&fixture, FRAM_STORE_ERROR_READ_ONLY);
  mounts_set_read_only (fixture.place.directory, FALSE);
  settings_fixture_must_set (&fixture, FRAM_SETTING_LINGER, "7");
  clear_small (&fixture);
}

/* It counts all the same. */
static void
test_read_only_old (void)
{
  SettingsFixture fixture;

  init_small (&fixture, 1 << 20);
  settings_fixture_must_set (&fixture, FRAM_SETTING_LINGER, "5");
  mounts_set_read_only (fixture.place.directory, TRUE);
  settings_fixture_reopen (&fixture);
  settings_fixture_assert (&fixture, FRAM_SETTING_LINGER, "5");
  settings_fixture_assert_problems (&fixture, 1, "only read");
  refuse (&fixture, FRAM_STORE_ERROR_READ_ONLY);
  mounts_set_read_only (fixture.place.directory, FALSE);
  settings_fixture_must_set (&fixture, FRAM_SETTING_LINGER, "7");
  settings_fixture_assert_problems (&fixture, 0, NULL);
  clear_small (&fixture);
}

/* A log that cannot be carried over may hold the newest change: the file without it is not
 * what the user said. */
static void
test_read_only_unclean (void)
{
  SettingsFixture fixture;

  init_small (&fixture, 1 << 20);
  settings_fixture_must_set (&fixture, FRAM_SETTING_LINGER, "5");
  write_file (&fixture, "-wal", "what was written last");
  mounts_set_read_only (fixture.place.directory, TRUE);
  settings_fixture_reopen (&fixture);
  settings_fixture_assert_defaults (&fixture);
  settings_fixture_assert_problems (&fixture, 1, "only read");
  mounts_set_read_only (fixture.place.directory, FALSE);
  settings_fixture_reopen (&fixture);
  settings_fixture_assert (&fixture, FRAM_SETTING_LINGER, "5");
  clear_small (&fixture);
}

/* --- Failing at any call --------------------------------------------------------------- */

/* Two servers that change places and names at once: half of that is none of both. */
static gboolean
edit_servers (SettingsFixture *fixture, guint number, GError **error)
{
  static const char *const names[] = { "before", "after" };
  FramServerEdit edit = {
    .operation = number == 0 ? FRAM_SERVER_ADD : FRAM_SERVER_CHANGE,
    .id = "one",
    .fields = { .which = FRAM_SERVER_URI | FRAM_SERVER_NAME | FRAM_SERVER_POSITION,
                .uri = "stun:stun.example.org",
                .name = names[number],
                .position = number },
  };

  return fram_servers_edit (fixture->settings, &edit, error);
}

static void
init_servers (SettingsFixture *fixture)
{
  const FramServerEdit other
      = { .operation = FRAM_SERVER_ADD,
          .id = "two",
          .fields = { .which = FRAM_SERVER_URI, .uri = "stun:b" } };
  g_autoptr (GError) error = NULL;

  settings_fixture_init (fixture);
  g_assert_true (edit_servers (fixture, 0, &error)
                 && fram_servers_edit (fixture->settings, &other, &error));
}

static gboolean
is_edited (const SettingsFixture *fixture)
{
  const GPtrArray *servers = fram_servers_list (fixture->settings);
  const FramServerEntry *first = servers->pdata[0], *second = servers->pdata[1];
  gboolean edited = g_str_equal (first->id, "two");

  g_assert_cmpuint (servers->len, ==, 2);
  g_assert_cmpstr (edited ? second->name : first->name, ==, edited ? "after" : "before");
  return edited;
}

static gboolean
run_faulty_servers (FaultKind kind, guint first, guint n)
{
  g_autoptr (GError) error = NULL;
  SettingsFixture fixture;
  gboolean reached, done;

  faulty_vfs_set (kind, 0, 0);
  init_servers (&fixture);
  faulty_vfs_set (kind, first, n);
  done = edit_servers (&fixture, 1, &error);
  reached = faulty_vfs_get_calls () >= first;
  faulty_vfs_set (kind, 0, 0);
  if (!done)
    g_assert_cmpuint (error->domain, ==, FRAM_STORE_ERROR);
  g_assert_cmpint (is_edited (&fixture), ==, done);
  settings_fixture_reopen (&fixture);
  settings_fixture_assert_problems (&fixture, 0, NULL);
  if (done || kind == FAULT_FULL || n == 1)
    g_assert_cmpint (is_edited (&fixture), ==, done);
  else
    is_edited (&fixture);
  settings_fixture_clear (&fixture);
  return reached;
}

/* Return: whether the call was reached. */
static gboolean
run_faulty (FaultKind kind, guint first, guint n)
{
  g_autoptr (GError) error = NULL;
  SettingsFixture fixture;
  gboolean reached, done;

  faulty_vfs_set (kind, 0, 0);
  settings_fixture_init (&fixture);
  settings_fixture_must_set (&fixture, FRAM_SETTING_LINGER, "5");
  faulty_vfs_set (kind, first, n);
  done = settings_fixture_set (&fixture, FRAM_SETTING_LINGER, "7", &error);
  reached = faulty_vfs_get_calls () >= first;
  faulty_vfs_set (kind, 0, 0);
  if (!done)
    g_assert_cmpuint (error->domain, ==, FRAM_STORE_ERROR);
  settings_fixture_assert (&fixture, FRAM_SETTING_LINGER, done ? "7" : "5");
  settings_fixture_reopen (&fixture);
  /* A disk that fails in the commit and ever after may have it all the same. */
  if (done || kind == FAULT_FULL || n == 1)
    settings_fixture_assert (&fixture, FRAM_SETTING_LINGER, done ? "7" : "5");
  settings_fixture_assert_problems (&fixture, 0, NULL);
  g_assert_true (peek_is_sound (fixture.place.path));
  g_assert_cmpuint (place_count_beside (&fixture.place, ".corrupt-"), ==, 0);
  settings_fixture_clear (&fixture);
  return reached;
}

static void
run_plans (gboolean (*run) (FaultKind kind, guint first, guint n))
{
  static const struct
  {
    FaultKind kind;
    guint n;
  } plans[] = { { FAULT_ERROR, 1 },
                { FAULT_ERROR, ENDLESS },
                { FAULT_FULL, 1 },
                { FAULT_FULL, ENDLESS } };

  for (gsize i = 0; i < G_N_ELEMENTS (plans); i++)
    {
      guint first = 1;

      while (run (plans[i].kind, first, plans[i].n))
        g_assert_cmpuint (first++, <, ENDLESS);
      g_test_message ("%u calls", first - 1);
      g_assert_cmpuint (first, >, 5);
    }
}

static void
test_faults (void)
{
  run_plans (run_faulty);
}

static void
test_faults_of_servers (void)
{
  run_plans (run_faulty_servers);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  mounts_enter ();
  faulty_vfs_install ();
  g_test_add_func ("/settings-disks/damaged/at-start", test_damaged_at_start);
  g_test_add_func ("/settings-disks/damaged/meanwhile", test_damaged_meanwhile);
  g_test_add_func ("/settings-disks/damaged/table", test_damaged_table);
  g_test_add_func ("/settings-disks/newer", test_newer);
  g_test_add_func ("/settings-disks/other-tables", test_other_tables);
  g_test_add_func ("/settings-disks/full", test_full);
  g_test_add_func ("/settings-disks/read-only/new-file", test_read_only_new);
  g_test_add_func ("/settings-disks/read-only/old-file", test_read_only_old);
  g_test_add_func ("/settings-disks/read-only/unclean", test_read_only_unclean);
  g_test_add_func ("/settings-disks/faults/values", test_faults);
  g_test_add_func ("/settings-disks/faults/servers", test_faults_of_servers);
  return g_test_run ();
}
