/* The sessions that have ended: told, listed page by page, turned off and erased. */
#include "cache-fixture.h"

#include <string.h>

static void
test_values (void)
{
  g_autoptr (GPtrArray) sessions = NULL;
  const FramPastSession *session;
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  cache_fixture_add_session (&fixture, "Ada");
  cache_fixture_reopen (&fixture);
  sessions = fram_cache_list_sessions (fixture.cache, 0, 10);
  g_assert_cmpuint (sessions->len, ==, 1);
  session = sessions->pdata[0];
  g_assert_cmpint (session->ended, ==, CACHE_FIXTURE_NOW);
  g_assert_cmpint (session->started, ==, CACHE_FIXTURE_NOW - 60);
  g_assert_cmpint (session->duration, ==, FRAM_SECONDS (60));
  g_assert_cmpstr (session->application, ==, "org.example.Talk");
  g_assert_cmpstr (session->label, ==, "Ada");
  g_assert_cmpstr (session->state, ==, "completed");
  g_assert_cmpstr (session->cause, ==, "closed-by-application");
  g_assert_cmpstr (session->path, ==, "host to srflx over UDP");
  g_assert_cmpint (session->rtt, ==, FRAM_MILLISECONDS (30));
  g_assert_cmpuint (session->bytes_sent, ==, 1000);
  g_assert_cmpuint (session->bytes_received, ==, G_GUINT64_CONSTANT (1) << 40);
  cache_fixture_assert_quiet (&fixture);
  cache_fixture_clear (&fixture);
}

/* A session that never got anywhere has little to tell. */
static void
test_empty_values (void)
{
  const FramPastSession nothing
      = { .rtt = -1, .duration = -5, .bytes_sent = G_MAXUINT64 };
  g_autofree char *long_label = g_strnfill (5000, 'l');
  const FramPastSession much = { .label = long_label, .rtt = G_MAXINT64 };
  g_autoptr (GPtrArray) sessions = NULL;
  const FramPastSession *session;
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  fram_cache_record_session (fixture.cache, &nothing);
  fram_cache_record_session (fixture.cache, &much);
  sessions = fram_cache_list_sessions (fixture.cache, 0, 10);
  g_assert_cmpuint (sessions->len, ==, 2);
  session = sessions->pdata[1];
  g_assert_cmpint (session->rtt, ==, -1);
  g_assert_cmpint (session->duration, ==, 0);
  g_assert_cmpstr (session->label, ==, "");
  g_assert_cmpuint (session->bytes_sent, ==, G_MAXINT64);
  session = sessions->pdata[0];
  g_assert_cmpuint (strlen (session->label), ==, FRAM_KNOWN_TEXT_MAX);
  cache_fixture_clear (&fixture);
}

static void
test_pages (void)
{
  CacheFixture fixture;
  gint64 before = 0;
  guint n = 0;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  for (guint i = 0; i < 25; i++)
    {
      g_autofree char *label = g_strdup_printf ("%u", i);

      cache_fixture_add_session (&fixture, label);
    }
  for (guint page = 0; page < 4; page++)
    {
      g_autoptr (GPtrArray) sessions
          = fram_cache_list_sessions (fixture.cache, before, 10);

      for (guint i = 0; i < sessions->len; i++, n++)
        {
          const FramPastSession *session = sessions->pdata[i];

          g_assert_cmpuint (g_ascii_strtoull (session->label, NULL, 10), ==, 24 - n);
          before = session->id;
        }
    }
  g_assert_cmpuint (n, ==, 25);
  cache_fixture_clear (&fixture);
}

/* Whether the bytes of `text` are in one of the cache's files.  Another process looks: to
 * close a file takes away the locks that this one has on it. */
static gboolean
is_on_disk (CacheFixture *fixture, const char *text)
{
  g_autofree char *directory = g_path_get_dirname (fixture->place.path);
  const char *argv[] = { "grep", "-r", "-q", "-a", "-F", "-e", text, directory, NULL };
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                &status, &error);
  g_assert_no_error (error);
  g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) <= 1);
  return WEXITSTATUS (status) == 0;
}

static void
test_turned_off (void)
{
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  for (guint i = 0; i < 500; i++)
    cache_fixture_add_session (&fixture, "a secret meeting");
  cache_fixture_fill (&fixture, "n", 1);
  g_assert_true (fram_cache_flush (fixture.cache));
  g_assert_true (is_on_disk (&fixture, "a secret meeting"));

  cache_fixture_add_session (&fixture, "another");
  fram_cache_set_history (fixture.cache, FALSE);
  cache_fixture_add_session (&fixture, "a later one");
  g_assert_cmpuint (cache_fixture_count_sessions (&fixture), ==, 0);
  g_assert_false (is_on_disk (&fixture, "a secret meeting"));
  g_assert_false (is_on_disk (&fixture, "org.example.Talk"));
  cache_fixture_assert_filled (&fixture, "n", 1);

  fram_cache_set_history (fixture.cache, TRUE);
  cache_fixture_add_session (&fixture, "open");
  g_assert_cmpuint (cache_fixture_count_sessions (&fixture), ==, 1);
  cache_fixture_assert_quiet (&fixture);
  cache_fixture_clear (&fixture);
}

/* What fell out of the history by its age is not on the disk either. */
static void
test_pruned_is_gone (void)
{
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  for (guint i = 0; i < 500; i++)
    cache_fixture_add_session (&fixture, "long ago");
  cache_fixture_close (&fixture);
  g_assert_true (is_on_disk (&fixture, "long ago"));
  fixture.now += 31 * FRAM_CACHE_DAY;
  cache_fixture_open (&fixture);
  cache_fixture_close (&fixture);
  g_assert_false (is_on_disk (&fixture, "long ago"));
  cache_fixture_clear (&fixture);
}

static void
test_off_from_the_start (void)
{
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  cache_fixture_add_session (&fixture, "a secret meeting");
  cache_fixture_close (&fixture);
  fixture.no_history = TRUE;
  cache_fixture_open (&fixture);
  g_assert_false (is_on_disk (&fixture, "a secret meeting"));
  g_assert_cmpuint (cache_fixture_count_sessions (&fixture), ==, 0);
  cache_fixture_clear (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cache-history/values", test_values);
  g_test_add_func ("/cache-history/empty-values", test_empty_values);
  g_test_add_func ("/cache-history/pages", test_pages);
  g_test_add_func ("/cache-history/turned-off", test_turned_off);
  g_test_add_func ("/cache-history/pruned-is-gone", test_pruned_is_gone);
  g_test_add_func ("/cache-history/off-from-the-start", test_off_from_the_start);
  return g_test_run ();
}
