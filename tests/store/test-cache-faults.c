/* The disk fails at the n-th call, for all n, once or from then on: the cache goes on, what
 * was written together is there together or not at all, and nothing that was sound is set
 * aside. */
#include "cache-fixture.h"
#include "faulty-vfs.h"

#include <glib/gstdio.h>

/* More calls than any run makes. */
#define ENDLESS 100000

typedef struct
{
  FaultKind kind;
  guint n;         /* calls that fail, from the one in question on */
  gboolean exists; /* there is a good file before */
} Plan;

static void
tell_all (CacheFixture *fixture, guint mark)
{
  g_autofree char *label = g_strdup_printf ("%u", mark);

  cache_fixture_fill (fixture, "one", mark);
  cache_fixture_fill (fixture, "two", mark);
  cache_fixture_add_session (fixture, label);
}

/* A short life of a cache, with all that it does. */
static void
live (CacheFixture *fixture)
{
  g_autoptr (FramKnownNetwork) known = NULL;

  cache_fixture_open (fixture);
  tell_all (fixture, 2);
  fram_cache_flush (fixture->cache);
  known = fram_cache_load (fixture->cache, "one");
  cache_fixture_count_sessions (fixture);
  fram_cache_record_network (fixture->cache, "three", NULL);
  fram_cache_flush (fixture->cache);
  cache_fixture_close (fixture);
}

/* Return: the mark of the facts that are in the file; 0: there are none. */
static guint
look (CacheFixture *fixture)
{
  static const char both[] = "SELECT count (*) FROM networks WHERE key IN ('one', 'two')";
  sqlite3 *handle = peek_open (fixture->place.path);
  gint64 smallest = peek_integer (handle, "SELECT min (alive) FROM lifetimes");
  gint64 largest = peek_integer (handle, "SELECT max (alive) FROM lifetimes");
  gint64 label = peek_integer (handle, "SELECT max (label) FROM sessions");
  gint64 networks = peek_integer (handle, both);

  peek_close (handle);
  g_assert_cmpint (smallest, ==, largest);
  if (smallest < 0)
    {
      g_assert_cmpint (networks, ==, 0);
      g_assert_cmpint (label, ==, -1);
      return 0;
    }
  g_assert_cmpint (networks, ==, 2);
  g_assert_cmpint (label, ==, smallest - 30000);
  return label;
}

static void
check_file (CacheFixture *fixture, const Plan *plan, gboolean reached_disk)
{
  guint mark;

  /* The next run finds a file that it can use. */
  fixture->n_notices = 0;
  cache_fixture_open (fixture);
  cache_fixture_assert_quiet (fixture);
  g_assert_cmpint (fram_cache_get_state (fixture->cache), ==, FRAM_CACHE_ON_DISK);
  cache_fixture_close (fixture);
  g_assert_cmpuint (place_count_beside (&fixture->place, ".corrupt-"), ==, 0);
  g_assert_true (peek_is_sound (fixture->place.path));

  mark = look (fixture);
  if (reached_disk)
    g_assert_cmpuint (mark, ==, 2);
  else if (plan->exists)
    g_assert_true (mark == 1 || mark == 2);
  else
    g_assert_true (mark == 0 || mark == 2);
}

/* Return: whether the call was reached. */
static gboolean
run (const Plan *plan, guint first)
{
  CacheFixture fixture;
  gboolean reached;

  cache_fixture_init (&fixture);
  if (plan->exists)
    {
      cache_fixture_open (&fixture);
      tell_all (&fixture, 1);
      cache_fixture_close (&fixture);
    }
  faulty_vfs_set (plan->kind, first, plan->n);
  live (&fixture);
  reached = faulty_vfs_get_calls () >= first;
  faulty_vfs_set (plan->kind, 0, 0);

  /* What could not be written at first was tried again at the end. */
  check_file (&fixture, plan,
              fixture.n_notices == 0
                  || (fixture.noticed == FRAM_CACHE_ON_DISK && fixture.problem == NULL));
  cache_fixture_clear (&fixture);
  return reached;
}

static void
test_all_calls (gconstpointer data)
{
  const Plan *plan = data;
  guint first = 1;

  while (run (plan, first))
    g_assert_cmpuint (first++, <, ENDLESS);
  g_test_message ("%u calls", first - 1);
  g_assert_cmpuint (first, >, 10);
}

/* The disk is full for a while, and then there is space again. */
static void
test_space_again (void)
{
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  tell_all (&fixture, 1);
  g_assert_true (fram_cache_flush (fixture.cache));

  faulty_vfs_set (FAULT_FULL, 1, ENDLESS);
  tell_all (&fixture, 2);
  g_assert_false (fram_cache_flush (fixture.cache));
  g_assert_false (fram_cache_flush (fixture.cache));
  cache_fixture_assert_notice (&fixture, FRAM_CACHE_WAITING, FRAM_STORE_ERROR_FULL);
  g_assert_error (fram_cache_get_problem (fixture.cache), FRAM_STORE_ERROR,
                  FRAM_STORE_ERROR_FULL);
  /* What is in the file can be read all the time. */
  cache_fixture_assert_filled (&fixture, "one", 1);

  faulty_vfs_set (FAULT_FULL, 0, 0);
  g_assert_true (fram_cache_flush (fixture.cache));
  g_assert_cmpuint (fixture.n_notices, ==, 1);
  g_assert_cmpint (fixture.noticed, ==, FRAM_CACHE_ON_DISK);
  g_assert_no_error (fixture.problem);
  g_assert_null (fram_cache_get_problem (fixture.cache));
  cache_fixture_assert_filled (&fixture, "one", 2);
  cache_fixture_clear (&fixture);
}

/* Erasing the history is not forgotten because the disk was full, nor because the history was
 * turned on again. */
static void
test_erased_later (void)
{
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  tell_all (&fixture, 1);
  tell_all (&fixture, 2);
  g_assert_true (fram_cache_flush (fixture.cache));
  faulty_vfs_set (FAULT_FULL, 1, ENDLESS);
  fram_cache_set_history (fixture.cache, FALSE);
  cache_fixture_assert_notice (&fixture, FRAM_CACHE_WAITING, FRAM_STORE_ERROR_FULL);
  g_assert_cmpuint (cache_fixture_count_sessions (&fixture), ==, 0);
  fram_cache_set_history (fixture.cache, TRUE);
  cache_fixture_add_session (&fixture, "new");
  g_assert_cmpuint (cache_fixture_count_sessions (&fixture), ==, 0);

  faulty_vfs_set (FAULT_FULL, 0, 0);
  g_assert_true (fram_cache_flush (fixture.cache));
  g_assert_cmpuint (cache_fixture_count_sessions (&fixture), ==, 1);
  cache_fixture_clear (&fixture);
}

/* To tell a fact does not touch the disk. */
static void
test_telling_is_no_io (void)
{
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  faulty_vfs_set (FAULT_ERROR, 0, 0);
  for (guint i = 0; i < 10000; i++)
    {
      tell_all (&fixture, i);
      cache_fixture_fill (&fixture, "many", i);
    }
  g_assert_cmpuint (faulty_vfs_get_calls (), ==, 0);
  g_assert_true (fram_cache_flush (fixture.cache));
  g_assert_cmpuint (faulty_vfs_get_calls (), >, 0);
  cache_fixture_clear (&fixture);
}

int
main (int argc, char *argv[])
{
  static const Plan plans[] = {
    { FAULT_ERROR, 1, TRUE },       { FAULT_ERROR, 1, FALSE },
    { FAULT_ERROR, ENDLESS, TRUE }, { FAULT_ERROR, ENDLESS, FALSE },
    { FAULT_FULL, 1, TRUE },        { FAULT_FULL, 1, FALSE },
    { FAULT_FULL, ENDLESS, TRUE },  { FAULT_FULL, ENDLESS, FALSE },
  };

  g_test_init (&argc, &argv, NULL);
  faulty_vfs_install ();
  for (gsize i = 0; i < G_N_ELEMENTS (plans); i++)
    {
      g_autofree char *path = g_strdup_printf (
          "/cache-faults/%s/%s/%s", plans[i].kind == FAULT_FULL ? "full" : "error",
          plans[i].n == 1 ? "once" : "for-good",
          plans[i].exists ? "old-file" : "new-file");

      g_test_add_data_func (path, &plans[i], test_all_calls);
    }
  g_test_add_func ("/cache-faults/space-again", test_space_again);
  g_test_add_func ("/cache-faults/erased-later", test_erased_later);
  g_test_add_func ("/cache-faults/telling-is-no-io", test_telling_is_no_io);
  return g_test_run ();
}
