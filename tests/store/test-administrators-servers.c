/* Servers in the administrators' files: what they give, how several files make one server, what
 * the user may do to it, and that a secret in them is told to nobody. */
#include "settings-fixture.h"

#include "store/administrators.h"
#include "store/servers.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

static void
write_file (SettingsFixture *fixture, const char *name, const char *text, int mode)
{
  g_autofree char *path = g_build_filename (fixture->administrators, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_chmod (path, mode), ==, 0);
}

/* Only root and its group read it, and the test. */
static void
write_conf (SettingsFixture *fixture, const char *name, const char *text)
{
  write_file (fixture, name, text, 0640);
}

/* Return: the server of this name, as text; "" if there is none. */
static char *
describe (const SettingsFixture *fixture, const char *name)
{
  g_autofree char *id = g_strconcat ("admin-", name, NULL);
  const FramServerEntry *server = fram_servers_find (fixture->settings, id, NULL);
  g_autofree char *file
      = server != NULL ? g_path_get_basename (server->file) : g_strdup ("");

  if (server == NULL)
    return g_strdup ("");
  return g_strdup_printf ("%s %s %s %s %s %s%s", server->uri, server->name,
                          fram_credential_kind_to_word (server->credential),
                          server->username, server->secret != NULL ? server->secret : "-",
                          file, server->enabled ? "" : " off");
}

static void
assert_server (const SettingsFixture *fixture, const char *name, const char *expected)
{
  g_autofree char *description = describe (fixture, name);

  g_assert_cmpstr (description, ==, expected);
}

static void
test_given (void)
{
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  write_conf (&fixture, "a.conf",
              "[Server one]\nuri=stun:stun.example.org\n\n"
              "[Server two]\n uri = turns:turn.example.org \nname=Büro\nusername=all\n"
              "password = north \\swind\\\\ \nauthority=ours.pem\n"
              "[Server three]\nuri=turn:turn.example.org\nsecret=deep\nenabled=false\n"
              "[Server four]\nuri=turn:turn.example.org\ncredential=none\npassword=x\n");
  settings_fixture_reopen (&fixture);
  settings_fixture_assert_problems (&fixture, 0, NULL);
  g_assert_cmpuint (fram_servers_list (fixture.settings)->len, ==, 4);
  assert_server (&fixture, "one", "stun:stun.example.org one none  - a.conf");
  assert_server (&fixture, "two",
                 "turns:turn.example.org Büro long-term all north  wind\\ a.conf");
  assert_server (&fixture, "three",
                 "turn:turn.example.org three shared-secret  deep a.conf off");
  assert_server (&fixture, "four", "turn:turn.example.org four none  x a.conf");
  settings_fixture_clear (&fixture);
}

static void
test_secret_files (void)
{
  g_autofree char *elsewhere = NULL, *text = NULL, *long_secret = NULL;
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  long_secret = g_strnfill (FRAM_SERVER_MAX_SECRET + 1, 'x');
  elsewhere = g_build_filename (fixture.place.directory, "elsewhere", NULL);
  g_assert_true (g_file_set_contents_full (elsewhere, "far away\r\n", -1,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  write_file (&fixture, "near.secret", "close by\n", 0640);
  write_file (&fixture, "long.secret", long_secret, 0640);
  text = g_strdup_printf ("[Server a]\nuri=turn:a\nusername=u\npassword-file=%s\n"
                          "[Server b]\nuri=turn:b\nsecret-file=near.secret\n"
                          "[Server c]\nuri=turn:c\nsecret-file=nowhere.secret\n"
                          "[Server d]\nuri=turn:d\nsecret-file=.\n"
                          "[Server e]\nuri=turn:e\nsecret-file=long.secret\n",
                          elsewhere);
  write_conf (&fixture, "a.conf", text);
  settings_fixture_reopen (&fixture);
  assert_server (&fixture, "a", "turn:a a long-term u far away a.conf");
  assert_server (&fixture, "b", "turn:b b shared-secret  close by a.conf");
  assert_server (&fixture, "c", "turn:c c none  - a.conf");
  settings_fixture_assert_problems (&fixture, 3, "a.conf, line 10: “secret-file”:");
  settings_fixture_clear (&fixture);
}

/* It works, but somebody should know. */
static void
test_open_to_all (void)
{
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  write_file (&fixture, "a.conf",
              "[Server a]\nuri=turn:a\nusername=u\npassword=hunter2\n", 0644);
  settings_fixture_reopen (&fixture);
  assert_server (&fixture, "a", "turn:a a long-term u hunter2 a.conf");
  settings_fixture_assert_problems (&fixture, 1, "a.conf, line 4: everybody on this");
  write_file (&fixture, "a.conf", "[Server a]\nuri=turn:a\nsecret-file=a.secret\n", 0644);
  write_file (&fixture, "a.secret", "hunter2", 0644);
  settings_fixture_reopen (&fixture);
  assert_server (&fixture, "a", "turn:a a shared-secret  hunter2 a.conf");
  settings_fixture_assert_problems (&fixture, 1, "a.conf, line 3: everybody on this");
  write_file (&fixture, "a.secret", "hunter2", 0640);
  settings_fixture_reopen (&fixture);
  settings_fixture_assert_problems (&fixture, 0, NULL);
  settings_fixture_clear (&fixture);
}

static void
test_merged (void)
{
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  write_conf (&fixture, "20.conf",
              "[Server a]\nusername=v\nenabled=false\n"
              "[Server z]\nuri=stun:z\norder=-1\n");
  write_conf (&fixture, "10.conf",
              "[Server b]\nuri=stun:b\n[Server a]\nuri=turn:a\nusername=u\npassword=p\n");
  settings_fixture_reopen (&fixture);
  settings_fixture_assert_problems (&fixture, 0, NULL);
  assert_server (&fixture, "a", "turn:a a long-term v p 20.conf off");
  for (guint i = 0; i < 3; i++)
    {
      static const char *const expected[] = { "admin-z", "admin-a", "admin-b" };
      const FramServerEntry *server = fram_servers_list (fixture.settings)->pdata[i];

      g_assert_cmpstr (server->id, ==, expected[i]);
    }
  settings_fixture_clear (&fixture);
}

static void
test_wrong (void)
{
  static const struct
  {
    const char *line, *what;
  } wrong[] = {
    { "uri=http://a", "“uri”: “http://a” is not a server" },
    { "uri=turn:alice:hunter2@a", "“uri”: The URI of a server has no “@”" },
    { "enabled=perhaps", "“enabled”: it is true or false" },
    { "locked=2", "“locked”: it is true or false" },
    { "order=first", "“order”: it is a number" },
    { "credential=oauth", "“credential”: it is none, long-term or shared-secret" },
    { "name=a\\tb", "“name”: The name of a server has" },
    { "user=alice", "“user”: a server has no such key" },
    { "password=", "“password”: A password or secret is" },
    { "password=\xff\xfe", "“password”: A password or secret is" },
    { "name=\xff\xfe", "“name”: it is no UTF-8 text" },
  };
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *text
          = g_strdup_printf ("[Server a]\nuri=stun:a\n\n[Defaults]\nlinger=7\n"
                             "[Server b]\nuri=stun:b\n[Server a]\n%s\n",
                             wrong[i].line);
      const char *const *problems;

      write_conf (&fixture, "a.conf", text);
      settings_fixture_reopen (&fixture);
      settings_fixture_assert_problems (&fixture, 1, "a.conf, line 9: ");
      settings_fixture_assert_problems (&fixture, 1, wrong[i].what);
      problems = fram_settings_get_problems (fixture.settings);
      g_assert_null (strstr (problems[0], "hunter2"));
      settings_fixture_assert (&fixture, FRAM_SETTING_LINGER, "7");
      assert_server (&fixture, "b", "stun:b b none  - a.conf");
      if (!g_str_has_prefix (wrong[i].line, "uri="))
        assert_server (&fixture, "a", "stun:a a none  - a.conf");
    }
  settings_fixture_clear (&fixture);
}

static void
test_incomplete (void)
{
  static const struct
  {
    const char *text, *what;
  } wrong[] = {
    { "[Server a]\nname=x\n",
      "a.conf, line 2: the server “a” is not used: it has no “uri”" },
    { "[Server a]\nuri=turn:a\npassword=x\n",
      "not used: The credential “long-term” needs" },
    { "[Server ]\nuri=turn:a\n", "the name of a server, “”, has 1 to 32" },
    { "[Server a b]\nuri=turn:a\n", "the name of a server, “a b”, has 1 to 32" },
  };
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      write_conf (&fixture, "a.conf", wrong[i].text);
      settings_fixture_reopen (&fixture);
      settings_fixture_assert_problems (&fixture, 1, wrong[i].what);
      g_assert_cmpuint (fram_servers_list (fixture.settings)->len, ==, 0);
    }
  settings_fixture_clear (&fixture);
}

/* What stands on a broken line may be the rest of a password. */
static void
test_broken_lines (void)
{
  static const char *const texts[] = {
    "[Server a]\nuri=turn:a\npassword=\nhunter2\n",
    "[server a]\nuri=turn:a\npassword hunter2\n",
    "[Defaults]\nlinger=5\nsecret: hunter2\n",
  };
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      const char *const *problems;

      write_conf (&fixture, "a.conf", texts[i]);
      settings_fixture_reopen (&fixture);
      settings_fixture_assert_problems (&fixture, 1, "a.conf, line ");
      problems = fram_settings_get_problems (fixture.settings);
      g_assert_null (strstr (problems[0], "hunter2"));
    }
  settings_fixture_clear (&fixture);
}

static void
test_limit (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  for (guint i = 0; i <= FRAM_SERVERS_MAX; i++)
    g_string_append_printf (text, "[Server s%02u]\nuri=stun:s%u\n", i, i);
  write_conf (&fixture, "a.conf", text->str);
  settings_fixture_reopen (&fixture);
  settings_fixture_assert_problems (&fixture, 1, "of the servers only the first 64");
  g_assert_cmpuint (fram_servers_list (fixture.settings)->len, ==, FRAM_SERVERS_MAX);
  settings_fixture_clear (&fixture);
}

static gboolean
switch_server (SettingsFixture *fixture, gboolean enabled, GError **error)
{
  const FramServerEdit edit
      = { .operation = FRAM_SERVER_CHANGE,
          .id = "admin-a",
          .fields = { .which = FRAM_SERVER_ENABLED, .enabled = enabled } };

  return fram_servers_edit (fixture->settings, &edit, error);
}

/* The user can turn it off, unless it is locked; what the user said waits for the lock to
 * go. */
static void
test_switch (void)
{
  g_autoptr (GError) error = NULL;
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  write_conf (&fixture, "a.conf", "[Server a]\nuri=stun:a\n");
  settings_fixture_reopen (&fixture);
  g_assert_true (switch_server (&fixture, FALSE, NULL));
  g_assert_cmpuint (fixture.changed, ==, FRAM_SETTINGS_SERVERS);
  settings_fixture_reopen (&fixture);
  assert_server (&fixture, "a", "stun:a a none  - a.conf off");
  write_conf (&fixture, "b.conf", "[Server a]\nlocked=true\n");
  settings_fixture_reopen (&fixture);
  assert_server (&fixture, "a", "stun:a a none  - b.conf");
  g_assert_false (switch_server (&fixture, FALSE, &error));
  g_assert_error (error, FRAM_SETTINGS_ERROR, FRAM_SETTINGS_ERROR_LOCKED);
  write_conf (&fixture, "b.conf", "[Server a]\nenabled=false\n");
  settings_fixture_reopen (&fixture);
  assert_server (&fixture, "a", "stun:a a none  - b.conf off");
  g_assert_true (switch_server (&fixture, TRUE, NULL));
  settings_fixture_reopen (&fixture);
  assert_server (&fixture, "a", "stun:a a none  - b.conf");
  settings_fixture_clear (&fixture);
}

/* Whatever stands in the files does no harm, and a secret is in no sentence. */
static void
test_noise (void)
{
  static const char *const pieces[] = {
    "[Server a]\n",
    "[Server b]\n",
    "]\n",
    "uri=turn:a\n",
    "\n",
    "=",
    "name=\xff\n",
    "password=hunter2\n",
    "secret = hunter2",
    "\nhunter2\n",
    "\\",
    " ",
    "\xff",
    "password-file=.\n",
    "[Locked]\n",
    "enabled=true\n",
    "#",
    "\r",
    "order=9\n",
    "[",
    "credential=long-term\nusername=u\n",
  };
  SettingsFixture fixture;

  settings_fixture_init (&fixture);
  for (guint round = 0; round < 300; round++)
    {
      g_autoptr (GString) text = g_string_new ("[Server a]\n");
      const char *const *problems;

      for (guint i = 0; i < 40; i++)
        g_string_append (text, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
      write_conf (&fixture, "a.conf", text->str);
      settings_fixture_reopen (&fixture);
      problems = fram_settings_get_problems (fixture.settings);
      for (guint i = 0; problems[i] != NULL; i++)
        if (strstr (problems[i], "hunter2") != NULL)
          g_error ("“%s” is told of: %s", problems[i], text->str);
    }
  settings_fixture_clear (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/administrators-servers/given", test_given);
  g_test_add_func ("/administrators-servers/secret-files", test_secret_files);
  g_test_add_func ("/administrators-servers/open-to-all", test_open_to_all);
  g_test_add_func ("/administrators-servers/merged", test_merged);
  g_test_add_func ("/administrators-servers/wrong", test_wrong);
  g_test_add_func ("/administrators-servers/incomplete", test_incomplete);
  g_test_add_func ("/administrators-servers/broken-lines", test_broken_lines);
  g_test_add_func ("/administrators-servers/limit", test_limit);
  g_test_add_func ("/administrators-servers/switch", test_switch);
  g_test_add_func ("/administrators-servers/noise", test_noise);
  return g_test_run ();
}
