/* Damaged files: what cannot be used is set aside and begun afresh, what can still be read
 * does no harm, and the next run finds a good file. */
#include "cache-fixture.h"

#include "store/cache-private.h"
#include "store/place.h"

#include <glib/gstdio.h>
#include <string.h>

#define PAGE 4096

typedef enum
{
  DAMAGE_ZEROS,
  DAMAGE_ONES,
  DAMAGE_NOISE,
  DAMAGE_HEADER, /* of the page: its kind and the number of its cells */
  DAMAGE_BITS,   /* a few */
  DAMAGE_KINDS,
} DamageKind;

/* A file of some dozens of pages. */
static void
make_good_file (CacheFixture *fixture)
{
  cache_fixture_open (fixture);
  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *name = g_strdup_printf ("n%u", i);

      cache_fixture_fill (fixture, name, i);
      for (guint k = 0; k < 5; k++)
        cache_fixture_add_session (fixture, name);
    }
  cache_fixture_fill (fixture, "n", 1);
  cache_fixture_close (fixture);
  cache_fixture_assert_quiet (fixture);
}

static void
write_file (const char *path, const char *bytes, gsize length)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (path, bytes, length, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

static void
damage (guint8 *page, gsize length, DamageKind kind)
{
  switch (kind)
    {
    case DAMAGE_ZEROS:
      memset (page, 0, length);
      break;
    case DAMAGE_ONES:
      memset (page, 0xff, length);
      break;
    case DAMAGE_NOISE:
      for (gsize i = 0; i < length; i++)
        page[i] = g_test_rand_int ();
      break;
    case DAMAGE_HEADER:
      for (gsize i = 0; i < 12; i++)
        page[i] = g_test_rand_int ();
      break;
    case DAMAGE_BITS:
      for (guint i = 0; i < 20; i++)
        page[g_test_rand_int_range (0, length)] ^= 1 << g_test_rand_int_range (0, 8);
      break;
    case DAMAGE_KINDS:
      g_assert_not_reached ();
    }
}

/* All that a run does, on whatever there is. */
static void
use (CacheFixture *fixture)
{
  cache_fixture_open (fixture);
  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *name = g_strdup_printf ("n%u", i);
      g_autoptr (FramKnownNetwork) known = fram_cache_load (fixture->cache, name);

      g_assert_true (g_utf8_validate (known->name, -1, NULL));
      cache_fixture_fill (fixture, name, i);
    }
  cache_fixture_count_sessions (fixture);
  cache_fixture_add_session (fixture, "after");
  fram_cache_set_history (fixture->cache, FALSE);
  g_assert_true (fram_cache_flush (fixture->cache));
  cache_fixture_close (fixture);
}

/* Return: whether the file was found to be damaged, and one was begun afresh. */
static gboolean
fill_and_load (CacheFixture *fixture)
{
  FramKnownNetwork *known;

  fixture->n_notices = 0;
  cache_fixture_fill (fixture, "afterwards", 3);
  known = fram_cache_load (fixture->cache, "afterwards");
  fram_known_network_free (known);
  return fixture->n_notices > 0;
}

/* After it, a cache works, and where the file is a new one, that is whole.  Damage that nobody has come
 * across may be found now, once, and what was written goes aside with it.  Of what SQLite does not
 * take for damage, such as other bits in a name, nobody can say anything. */
static void
check_next_run (CacheFixture *fixture, gboolean is_new)
{
  cache_fixture_open (fixture);
  if (fill_and_load (fixture))
    {
      is_new = TRUE;
      g_assert_false (fill_and_load (fixture));
    }
  if (is_new)
    cache_fixture_assert_filled (fixture, "afterwards", 3);
  g_assert_cmpint (fram_cache_get_state (fixture->cache), ==, FRAM_CACHE_ON_DISK);
  cache_fixture_close (fixture);
}

static void
check_damaged (const char *bytes, gsize length, gboolean unclean)
{
  g_autofree char *directory = NULL, *log = NULL;
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  directory = g_path_get_dirname (fixture.place.path);
  log = place_beside (&fixture.place, "-wal");
  g_assert_cmpint (g_mkdir (directory, 0700), ==, 0);
  write_file (fixture.place.path, bytes, length);
  /* The trace of a run that did not come to an end: the file is looked through. */
  if (unclean)
    write_file (log, "", 0);
  use (&fixture);
  g_assert_cmpint (fixture.noticed, ==, FRAM_CACHE_ON_DISK);
  g_assert_cmpuint (place_count_beside (&fixture.place, ".corrupt-"), <=,
                    2 * FRAM_PLACE_KEPT_ASIDE);
  if (fixture.n_notices > 0)
    g_assert_cmpuint (place_count_beside (&fixture.place, ".corrupt-"), >=, 1);
  check_next_run (&fixture, fixture.n_notices > 0);
  cache_fixture_clear (&fixture);
}

static void
test_pages (gconstpointer data)
{
  gboolean unclean = GPOINTER_TO_INT (data);
  g_autofree char *bytes = NULL;
  g_autoptr (GError) error = NULL;
  CacheFixture good;
  gsize length;

  cache_fixture_init (&good);
  make_good_file (&good);
  g_file_get_contents (good.place.path, &bytes, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (length / PAGE, >, 20);
  g_test_message ("%zu pages", length / PAGE);
  for (gsize at = 0; at < length; at += PAGE)
    for (DamageKind kind = DAMAGE_ZEROS; kind < DAMAGE_KINDS; kind++)
      {
        g_autofree char *copy = g_memdup2 (bytes, length);

        damage ((guint8 *) copy + at, PAGE, kind);
        check_damaged (copy, length, unclean);
      }
  cache_fixture_clear (&good);
}

/* Damage in a place that the start has no business with: it is found if the last run did not
 * come to an end, and not looked for otherwise. */
static void
test_looked_through (void)
{
  g_autofree char *bytes = NULL, *log = NULL;
  CacheFixture fixture;
  sqlite3 *handle;
  gsize length;
  gint64 root;

  cache_fixture_init (&fixture);
  make_good_file (&fixture);
  handle = peek_open (fixture.place.path);
  root = peek_integer (handle,
                       "SELECT rootpage FROM sqlite_schema WHERE name = 'servers'");
  peek_close (handle);
  g_assert_true (g_file_get_contents (fixture.place.path, &bytes, &length, NULL));
  damage ((guint8 *) bytes + (root - 1) * PAGE, PAGE, DAMAGE_ZEROS);
  write_file (fixture.place.path, bytes, length);

  cache_fixture_open (&fixture);
  cache_fixture_assert_quiet (&fixture);
  cache_fixture_close (&fixture);
  log = place_beside (&fixture.place, "-wal");
  write_file (log, "", 0);
  cache_fixture_open (&fixture);
  cache_fixture_assert_notice (&fixture, FRAM_CACHE_ON_DISK, FRAM_STORE_ERROR_DAMAGED);
  cache_fixture_clear (&fixture);
}

static void
test_cut_off (void)
{
  g_autofree char *bytes = NULL;
  CacheFixture good;
  gsize length;

  cache_fixture_init (&good);
  make_good_file (&good);
  g_assert_true (g_file_get_contents (good.place.path, &bytes, &length, NULL));
  for (gsize cut = 0; cut < length; cut += cut < 1024 ? 100 : 3 * PAGE / 2)
    check_damaged (bytes, cut, cut % 2 != 0);
  cache_fixture_clear (&good);
}

/* The log of another time, or of nobody's making, does not get into the file. */
static void
test_foreign_log (void)
{
  g_autofree guint8 *noise = g_malloc (20 * PAGE);
  g_autofree char *log = NULL;
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  log = place_beside (&fixture.place, "-wal");
  for (guint i = 0; i < 10; i++)
    {
      if (i == 0)
        make_good_file (&fixture);
      damage (noise, 20 * PAGE, DAMAGE_NOISE);
      write_file (log, (const char *) noise, (20 * PAGE) >> i);
      cache_fixture_open (&fixture);
      cache_fixture_assert_filled (&fixture, "n", 1);
      cache_fixture_close (&fixture);
      cache_fixture_assert_quiet (&fixture);
    }
  g_assert_true (peek_is_sound (fixture.place.path));
  cache_fixture_clear (&fixture);
}

/* The notice tells where the old file is, and it is there, byte by byte. */
static void
test_set_aside (void)
{
  static const char text[] = "This is not a database at all, but a letter to somebody.";
  g_autofree char *directory = NULL, *contents = NULL;
  const char *begin, *end;
  g_autofree char *aside = NULL;
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  directory = g_path_get_dirname (fixture.place.path);
  g_assert_cmpint (g_mkdir (directory, 0700), ==, 0);
  write_file (fixture.place.path, text, strlen (text));
  cache_fixture_open (&fixture);
  cache_fixture_assert_notice (&fixture, FRAM_CACHE_ON_DISK, FRAM_STORE_ERROR_DAMAGED);
  begin = strstr (fixture.problem->message, directory);
  g_assert_nonnull (begin);
  end = strchr (begin, ',');
  g_assert_nonnull (end);
  aside = g_strndup (begin, end - begin);
  g_assert_true (g_file_get_contents (aside, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, text);
  cache_fixture_fill (&fixture, "n", 1);
  cache_fixture_assert_filled (&fixture, "n", 1);
  cache_fixture_clear (&fixture);
}

/* A disk that damages file after file is left alone, and does not fill up with them. */
static void
test_again_and_again (void)
{
  g_autoptr (GError) error
      = g_error_new_literal (FRAM_STORE_ERROR, FRAM_STORE_ERROR_DAMAGED, "damaged");
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  for (guint i = 0; i < FRAM_PLACE_KEPT_ASIDE; i++)
    {
      g_assert_true (fram_cache_failed (fixture.cache, error));
      cache_fixture_assert_notice (&fixture, FRAM_CACHE_ON_DISK,
                                   FRAM_STORE_ERROR_DAMAGED);
    }
  g_assert_true (fram_cache_failed (fixture.cache, error));
  cache_fixture_assert_notice (&fixture, FRAM_CACHE_IN_MEMORY, FRAM_STORE_ERROR_DAMAGED);
  g_assert_false (fram_cache_failed (fixture.cache, error));
  cache_fixture_fill (&fixture, "n", 1);
  cache_fixture_assert_filled (&fixture, "n", 1);
  cache_fixture_assert_quiet (&fixture);
  cache_fixture_clear (&fixture);
}

/* Tables that are not ours, in a file that is whole. */
static void
check_tables (const char *sql)
{
  CacheFixture fixture;
  sqlite3 *handle;

  cache_fixture_init (&fixture);
  make_good_file (&fixture);
  handle = peek_open (fixture.place.path);
  peek_run (handle, sql);
  peek_close (handle);
  cache_fixture_open (&fixture);
  cache_fixture_fill (&fixture, "n", 1);
  cache_fixture_assert_filled (&fixture, "n", 1);
  cache_fixture_add_session (&fixture, "one");
  g_assert_cmpuint (cache_fixture_count_sessions (&fixture), ==, 1);
  cache_fixture_assert_notice (&fixture, FRAM_CACHE_ON_DISK, FRAM_STORE_ERROR_SCHEMA);
  g_assert_cmpuint (place_count_beside (&fixture.place, ".corrupt-"), ==, 1);
  cache_fixture_clear (&fixture);
}

static void
test_other_tables (void)
{
  check_tables ("DROP TABLE nats");
  check_tables ("DROP TABLE sessions");
  check_tables ("ALTER TABLE servers DROP COLUMN rtt");
  check_tables ("PRAGMA user_version = 0");
}

/* Values that make no sense are not given out, and are no reason to give up the rest. */
static void
test_odd_values (void)
{
  g_autoptr (FramKnownNetwork) known = NULL, later = NULL;
  g_autoptr (GPtrArray) sessions = NULL;
  const FramPastSession *session;
  CacheFixture fixture;
  sqlite3 *handle;

  cache_fixture_init (&fixture);
  make_good_file (&fixture);
  handle = peek_open (fixture.place.path);
  peek_run (handle, "UPDATE networks SET name = CAST (x'ff41' AS TEXT);"
                    "UPDATE servers SET rtt = 9223372036854775807, successes = -1,"
                    " failures = 9223372036854775807, last_success = -5;"
                    "UPDATE deaf SET family = 77, since = 9223372036854775807;"
                    "UPDATE nats SET mapping = 'sideways', hairpin = '';"
                    "UPDATE lifetimes SET alive = -9223372036854775808,"
                    " dead = 9223372036854775807;"
                    "UPDATE sessions SET started = 9223372036854775807,"
                    " ended = 9223372036854775807, rtt = -7, sent = -1");
  peek_close (handle);

  cache_fixture_open (&fixture);
  known = fram_cache_load (fixture.cache, "n");
  g_assert_true (g_utf8_validate (known->name, -1, NULL));
  g_assert_cmpint (known->servers[0].rtt, ==, FRAM_SECONDS (3600));
  g_assert_cmpuint (known->servers[0].successes, ==, 0);
  g_assert_cmpuint (known->servers[0].failures, ==, G_MAXUINT32);
  g_assert_cmpint (known->servers[0].success_age, ==, -1);
  g_assert_cmpint (known->deaf[0].family, ==, FRAM_FAMILY_NONE);
  g_assert_cmpint (known->deaf[0].age, ==,
                   FRAM_SECONDS (FRAM_CACHE_FACT_DAYS * FRAM_CACHE_DAY));
  g_assert_cmpint (known->nats[0].mapping, ==, FRAM_NAT_DEPENDENCE_UNKNOWN);
  g_assert_cmpint (known->nats[0].hairpin, ==, FRAM_NAT_UNKNOWN);
  g_assert_cmpint (known->lifetimes[0].alive, ==, 0);
  sessions = fram_cache_list_sessions (fixture.cache, 0, 1);
  session = sessions->pdata[0];
  g_assert_cmpint (session->duration, ==, 0);
  g_assert_cmpint (session->rtt, ==, -1);
  g_assert_cmpuint (session->bytes_sent, ==, 0);

  /* They can be calculated with. */
  cache_fixture_fill (&fixture, "n", 1);
  later = fram_cache_load (fixture.cache, "n");
  g_assert_cmpuint (later->servers[0].successes, ==, 1);
  cache_fixture_assert_quiet (&fixture);
  cache_fixture_clear (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/cache-damage/pages/clean-end", GINT_TO_POINTER (FALSE),
                        test_pages);
  g_test_add_data_func ("/cache-damage/pages/unclean-end", GINT_TO_POINTER (TRUE),
                        test_pages);
  g_test_add_func ("/cache-damage/looked-through", test_looked_through);
  g_test_add_func ("/cache-damage/cut-off", test_cut_off);
  g_test_add_func ("/cache-damage/foreign-log", test_foreign_log);
  g_test_add_func ("/cache-damage/set-aside", test_set_aside);
  g_test_add_func ("/cache-damage/again-and-again", test_again_and_again);
  g_test_add_func ("/cache-damage/other-tables", test_other_tables);
  g_test_add_func ("/cache-damage/odd-values", test_odd_values);
  return g_test_run ();
}
