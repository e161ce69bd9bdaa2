/* The servers of the settings: what can be said of them, what cannot, what is kept, and who is
 * told; files of the version before there were any. */
#include "settings-fixture.h"

#include "store/servers.h"
#include "store/settings-file.h"

#include <glib/gstdio.h>
#include <string.h>

static FramServerEdit
new_edit (FramServerOperation operation, const char *id, FramServerField which)
{
  return (FramServerEdit){ .operation = operation,
                           .id = id,
                           .fields = { .which = which,
                                       .uri = "turn:turn.example.org",
                                       .name = "Ours",
                                       .enabled = FALSE,
                                       .credential = FRAM_CREDENTIAL_LONG_TERM,
                                       .username = "alice",
                                       .authority = "/etc/ssl/ours.pem" } };
}

static void
must (SettingsFixture *fixture, const FramServerEdit *edit)
{
  g_autoptr (GError) error = NULL;
  gboolean done = fram_servers_edit (fixture->settings, edit, &error);

  g_assert_no_error (error);
  g_assert_true (done);
}

static void
add (SettingsFixture *fixture, const char *id)
{
  const FramServerEdit edit = new_edit (FRAM_SERVER_ADD, id, FRAM_SERVER_URI);

  must (fixture, &edit);
}

/* The ids, in order. */
static void
assert_ids (const SettingsFixture *fixture, const char *expected)
{
  const GPtrArray *servers = fram_servers_list (fixture->settings);
  g_autoptr (GString) ids = g_string_new (NULL);

  for (guint i = 0; i < servers->len; i++)
    {
      const FramServerEntry *server = servers->pdata[i];

      g_string_append_printf (ids, "%s%s", i > 0 ? " " : "", server->id);
    }
  g_assert_cmpstr (ids->str, ==, expected);
}

static void
refuse (SettingsFixture *fixture, const FramServerEdit *edit, FramSettingsError code)
{
  guint n_told = fixture->n_told;
  g_autoptr (GError) error = NULL, again = NULL;

  g_assert_false (fram_servers_check (fixture->settings, edit, &error));
  g_assert_error (error, FRAM_SETTINGS_ERROR, (int) code);
  g_assert_false (fram_servers_edit (fixture->settings, edit, &again));
  g_assert_error (again, FRAM_SETTINGS_ERROR, (int) code);
  g_assert_cmpstr (again->message, ==, error->message);
  g_assert_cmpuint (fixture->n_told, ==, n_told);
}

static void
test_add (void)
{
  const FramServerEdit whole = new_edit (
      FRAM_SERVER_ADD, "whole",
      FRAM_SERVER_URI | FRAM_SERVER_NAME | FRAM_SERVER_ENABLED | FRAM_SERVER_CREDENTIAL
          | FRAM_SERVER_USERNAME | FRAM_SERVER_AUTHORITY);
  const FramServerEntry *server;
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  add (&fixture, "plain");
  must (&fixture, &whole);
  g_assert_cmpuint (fixture.n_told, ==, 2);
  g_assert_cmpuint (fixture.changed, ==, FRAM_SETTINGS_SERVERS);
  for (guint i = 0; i < 2; i++)
    {
      assert_ids (&fixture, "plain whole");
      server = fram_servers_find (fixture.settings, "plain", NULL);
      g_assert_cmpstr (server->uri, ==, "turn:turn.example.org");
      g_assert_cmpstr (server->name, ==, "");
      g_assert_true (server->enabled);
      g_assert_cmpint (server->credential, ==, FRAM_CREDENTIAL_NONE);
      g_assert_null (server->file);
      server = fram_servers_find (fixture.settings, "whole", NULL);
      g_assert_cmpstr (server->name, ==, "Ours");
      g_assert_false (server->enabled);
      g_assert_cmpint (server->credential, ==, FRAM_CREDENTIAL_LONG_TERM);
      g_assert_cmpstr (server->username, ==, "alice");
      g_assert_cmpstr (server->authority, ==, "/etc/ssl/ours.pem");
      settings_fixture_reopen (&fixture);
    }
  settings_fixture_assert_defaults (&fixture);
  settings_fixture_assert_problems (&fixture, 0, NULL);
  settings_fixture_clear (&fixture);
}

static void
move (SettingsFixture *fixture, const char *id, guint position)
{
  FramServerEdit edit = new_edit (FRAM_SERVER_CHANGE, id, FRAM_SERVER_POSITION);

  edit.fields.position = position;
  must (fixture, &edit);
}

static void
test_order (void)
{
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  add (&fixture, "a");
  add (&fixture, "b");
  add (&fixture, "c");
  move (&fixture, "c", 0);
  assert_ids (&fixture, "c a b");
  move (&fixture, "c", 1);
  assert_ids (&fixture, "a c b");
  move (&fixture, "a", 1000);
  assert_ids (&fixture, "c b a");
  fixture.n_told = 0;
  move (&fixture, "b", 1);
  g_assert_cmpuint (fixture.n_told, ==, 0);
  settings_fixture_reopen (&fixture);
  assert_ids (&fixture, "c b a");
  settings_fixture_clear (&fixture);
}

static void
test_remove (void)
{
  const FramServerEdit edit = new_edit (FRAM_SERVER_REMOVE, "b", 0);
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  add (&fixture, "a");
  add (&fixture, "b");
  add (&fixture, "c");
  must (&fixture, &edit);
  assert_ids (&fixture, "a c");
  refuse (&fixture, &edit, FRAM_SETTINGS_ERROR_NO_SERVER);
  settings_fixture_reopen (&fixture);
  assert_ids (&fixture, "a c");
  settings_fixture_clear (&fixture);
}

static void
test_refused (void)
{
  FramServerEdit edit = new_edit (FRAM_SERVER_CHANGE, "a", FRAM_SERVER_USERNAME);
  g_autofree char *long_name = g_strnfill (FRAM_SERVER_MAX_USERNAME + 1, 'x');
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  add (&fixture, "a");
  edit.fields.username = long_name;
  refuse (&fixture, &edit, FRAM_SETTINGS_ERROR_INVALID);
  /* A character that SASLprep prohibits. (RFC 4013 §2.3) */
  edit.fields.username = "a\xe2\x80\xa8";
  refuse (&fixture, &edit, FRAM_SETTINGS_ERROR_INVALID);
  edit = new_edit (FRAM_SERVER_CHANGE, "a", FRAM_SERVER_CREDENTIAL);
  refuse (&fixture, &edit, FRAM_SETTINGS_ERROR_INVALID);
  edit.fields.credential = FRAM_CREDENTIAL_SHARED_SECRET;
  must (&fixture, &edit);
  edit = new_edit (FRAM_SERVER_CHANGE, "a", FRAM_SERVER_AUTHORITY);
  edit.fields.authority = "ours.pem";
  refuse (&fixture, &edit, FRAM_SETTINGS_ERROR_INVALID);
  edit = new_edit (FRAM_SERVER_CHANGE, "a", FRAM_SERVER_URI);
  edit.fields.uri = "turn://turn.example.org";
  refuse (&fixture, &edit, FRAM_SETTINGS_ERROR_INVALID);
  edit = new_edit (FRAM_SERVER_CHANGE, "b", FRAM_SERVER_URI);
  refuse (&fixture, &edit, FRAM_SETTINGS_ERROR_NO_SERVER);
  settings_fixture_clear (&fixture);
}

static void
test_limit (void)
{
  const FramServerEdit edit = new_edit (FRAM_SERVER_ADD, "more", FRAM_SERVER_URI);
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  for (guint i = 0; i < FRAM_SERVERS_MAX; i++)
    {
      g_autofree char *id = g_strdup_printf ("s%u", i);

      add (&fixture, id);
    }
  refuse (&fixture, &edit, FRAM_SETTINGS_ERROR_LIMIT);
  settings_fixture_reopen (&fixture);
  g_assert_cmpuint (fram_servers_list (fixture.settings)->len, ==, FRAM_SERVERS_MAX);
  settings_fixture_clear (&fixture);
}

static void
test_ids (void)
{
  char first[FRAM_SERVER_ID + 1], second[FRAM_SERVER_ID + 1];

  fram_servers_draw_id (first);
  fram_servers_draw_id (second);
  g_assert_cmpuint (strlen (first), ==, FRAM_SERVER_ID);
  g_assert_cmpuint (strspn (first, G_CSET_a_2_z G_CSET_DIGITS), ==, FRAM_SERVER_ID);
  g_assert_cmpstr (first, !=, second);
}

/* Another process of the user has its hands in the file: what it did to other servers, and to
 * settings, stays. */
static void
test_others (void)
{
  SettingsFixture fixture;
  sqlite3 *handle;

  settings_fixture_init (&fixture);
  add (&fixture, "a");
  handle = peek_open (fixture.place.path);
  peek_run (handle,
            "INSERT INTO servers VALUES ('z', 7, 'stun:z', '', 1, 'none', '', '')");
  peek_run (handle, "INSERT INTO settings VALUES ('linger', '7')");
  peek_close (handle);
  add (&fixture, "b");
  assert_ids (&fixture, "a z b");
  settings_fixture_assert (&fixture, FRAM_SETTING_LINGER, "7");
  handle = peek_open (fixture.place.path);
  peek_run (handle, "DELETE FROM servers WHERE id = 'z'");
  peek_close (handle);
  settings_fixture_must_set (&fixture, FRAM_SETTING_VPN, "false");
  assert_ids (&fixture, "a b");
  settings_fixture_clear (&fixture);
}

/* What a later Fram allows, or a person wrote by hand, is left out, and left in the file. */
static void
test_foreign (void)
{
  SettingsFixture fixture;
  sqlite3 *handle;

  settings_fixture_init (&fixture);
  add (&fixture, "a");
  handle = peek_open (fixture.place.path);
  peek_run (handle,
            "INSERT INTO servers VALUES ('q', 1, 'quic:q', '', 1, 'none', '', '')");
  peek_run (handle,
            "INSERT INTO servers VALUES ('o', 2, 'turn:o', '', 1, 'oauth', '', '')");
  peek_close (handle);
  settings_fixture_reopen (&fixture);
  assert_ids (&fixture, "a");
  settings_fixture_assert_problems (&fixture, 2, "a server is not used: “quic:q”");
  add (&fixture, "b");
  settings_fixture_assert_problems (&fixture, 2, "a server is not used");
  settings_fixture_close (&fixture);
  handle = peek_open (fixture.place.path);
  g_assert_cmpint (peek_integer (handle, "SELECT count (*) FROM servers"), ==, 4);
  peek_close (handle);
  settings_fixture_clear (&fixture);
}

/* The file is lost while framd runs: what it knows goes into the fresh one. */
static void
test_damaged_meanwhile (void)
{
  g_autoptr (GError) error = NULL;
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  settings_fixture_must_set (&fixture, FRAM_SETTING_LINGER, "7");
  add (&fixture, "a");
  for (guint i = 0; i < 2; i++)
    {
      g_file_set_contents_full (fixture.place.path, "Another document.", -1,
                                G_FILE_SET_CONTENTS_NONE, 0600, &error);
      g_assert_no_error (error);
      if (i == 0)
        add (&fixture, "b");
      else
        settings_fixture_must_set (&fixture, FRAM_SETTING_VPN, "false");
      settings_fixture_reopen (&fixture);
      assert_ids (&fixture, "a b");
      settings_fixture_assert (&fixture, FRAM_SETTING_LINGER, "7");
    }
  settings_fixture_clear (&fixture);
}

/* --- Secrets are for one place ---------------------------------------------------------- */

static void
test_origins (void)
{
  static const struct
  {
    const char *uri, *origin;
  } origins[] = {
    { "turn:turn.example.org", "turn:turn.example.org:3478" },
    { "TURN:Turn.Example.ORG:3478?transport=tcp", "turn:turn.example.org:3478" },
    { "turns:turn.example.org", "turns:turn.example.org:5349" },
    { "turns:turn.example.org:443", "turns:turn.example.org:443" },
    { "stun:192.0.2.1", "stun:192.0.2.1:3478" },
    { "stun:[2001:DB8::1]:9", "stun:2001:db8::1:9" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (origins); i++)
    {
      g_autoptr (FramServerEntry) entry = fram_server_entry_new ("a", origins[i].uri);
      g_autofree char *origin = fram_server_entry_get_origin (entry);

      g_assert_cmpstr (origin, ==, origins[i].origin);
    }
}

/* --- Released versions -------------------------------------------------------------------- */

static char *
read_schema (const PlaceFixture *place)
{
  sqlite3 *handle = peek_open (place->path);
  char *schema = peek_text (
      handle, "SELECT group_concat (replace (replace (sql, ' ', ''), char (10),"
              " ''), ';') FROM (SELECT sql FROM sqlite_schema"
              " WHERE sql IS NOT NULL ORDER BY name)");

  peek_close (handle);
  return schema;
}

static void
restore (const PlaceFixture *place, guint version)
{
  g_autofree char *name = g_strdup_printf ("settings-%u.sql", version);
  g_autofree char *path = g_build_filename (STORE_FIXTURES, name, NULL);
  g_autofree char *sql = NULL, *directory = g_path_get_dirname (place->path);
  g_autoptr (GError) error = NULL;
  sqlite3 *handle;

  /* Whoever adds a version adds its fixture. */
  g_file_get_contents (path, &sql, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_mkdir_with_parents (directory, 0700), ==, 0);
  g_assert_true (g_file_set_contents_full (place->path, "", 0, G_FILE_SET_CONTENTS_NONE,
                                           0600, NULL));
  handle = peek_open (place->path);
  peek_run (handle, sql);
  g_assert_cmpint (peek_integer (handle, "PRAGMA user_version"), ==, version);
  peek_close (handle);
}

static void
test_released (void)
{
  g_autofree char *fresh = NULL;
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  add (&fixture, "a");
  settings_fixture_close (&fixture);
  fresh = read_schema (&fixture.place);
  for (guint version = 1; version <= fram_settings_schema.n_steps; version++)
    {
      g_autofree char *migrated = NULL, *kept = NULL;
      sqlite3 *handle;

      place_fixture_empty (&fixture.place);
      restore (&fixture.place, version);
      settings_fixture_open (&fixture);
      settings_fixture_assert_problems (&fixture, 0, NULL);
      settings_fixture_assert (&fixture, FRAM_SETTING_LINGER, "7");
      settings_fixture_assert (&fixture, FRAM_SETTING_INTERFACES_DENY,
                               "['docker*', 'zürich']");
      assert_ids (&fixture, version == 1 ? "" : "first second");
      add (&fixture, "a");
      settings_fixture_close (&fixture);
      migrated = read_schema (&fixture.place);
      g_assert_cmpstr (migrated, ==, fresh);
      handle = peek_open (fixture.place.path);
      kept = peek_text (handle, "SELECT value FROM settings WHERE key = 'of-the-future'");
      g_assert_cmpstr (kept, ==, "<<>>");
      peek_close (handle);
      g_assert_true (peek_is_sound (fixture.place.path));
    }
  settings_fixture_clear (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/servers/add", test_add);
  g_test_add_func ("/servers/order", test_order);
  g_test_add_func ("/servers/remove", test_remove);
  g_test_add_func ("/servers/refused", test_refused);
  g_test_add_func ("/servers/limit", test_limit);
  g_test_add_func ("/servers/ids", test_ids);
  g_test_add_func ("/servers/others", test_others);
  g_test_add_func ("/servers/foreign", test_foreign);
  g_test_add_func ("/servers/damaged-meanwhile", test_damaged_meanwhile);
  g_test_add_func ("/servers/origins", test_origins);
  g_test_add_func ("/servers/released", test_released);
  return g_test_run ();
}
