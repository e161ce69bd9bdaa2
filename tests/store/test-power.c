/* The power fails at the n-th change of a file, for all n: the database is whole afterwards,
 * each transaction is in it or not, in their order, and where commits are durable, none that
 * was acknowledged is missing. */
#include "store/database.h"

#include "place-fixture.h"
#include "power-vfs.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* The log is carried over into the file after 500 pages: each of these fills some. */
#define TRANSACTIONS 40
#define VALUE_BYTES 30000

/* More calls than any run makes. */
#define ENDLESS 100000

static const char *const steps[] = { "CREATE TABLE a (i INTEGER, s TEXT) STRICT;",
                                     "CREATE TABLE b (i INTEGER, s TEXT) STRICT;"
                                     "CREATE INDEX b_by_i ON b (i)" };

typedef struct
{
  FramSchema schema;
  guint stride; /* of the calls at which the power fails */
} Plan;

static gboolean
write_one (FramDatabase *database, guint number, const char *text)
{
  return fram_database_begin (database, NULL)
         && fram_database_execute (database, NULL, "INSERT INTO a VALUES (?1, ?2)", "is",
                                   number, text)
         && fram_database_execute (database, NULL, "INSERT INTO b VALUES (?1, ?2)", "is",
                                   number, "b")
         && fram_database_commit (database, NULL);
}

/* In a process of its own, which may end at any call. */
static void
write_all (const Plan *plan, const char *path, guint n, volatile guint *acknowledged)
{
  g_autofree char *text = g_strnfill (VALUE_BYTES, 'x');
  FramDatabase *database;

  power_vfs_install (n);
  database = fram_database_open (path, &plan->schema, NULL);
  if (database == NULL)
    _exit (EXIT_FAILURE);
  for (guint i = 1; i <= TRANSACTIONS; i++)
    {
      if (!write_one (database, i, text))
        _exit (EXIT_FAILURE);
      *acknowledged = i;
    }
  fram_database_close (database);
  _exit (EXIT_SUCCESS);
}

/* Return: whether the power failed, and not the writer came to its end. */
static gboolean
run (const Plan *plan, const char *path, guint n, volatile guint *acknowledged)
{
  int status;
  pid_t writer = fork ();

  g_assert_cmpint (writer, >=, 0);
  if (writer == 0)
    write_all (plan, path, n, acknowledged);
  g_assert_cmpint (waitpid (writer, &status, 0), ==, writer);
  g_assert_true (WIFEXITED (status));
  g_assert_true (WEXITSTATUS (status) == POWER_LOST || WEXITSTATUS (status) == 0);
  return WEXITSTATUS (status) == POWER_LOST;
}

/* As the next start finds it. */
static void
check_file (const Plan *plan, const char *path, guint acknowledged)
{
  g_autoptr (GError) error = NULL;
  FramDatabase *database = fram_database_open (path, &plan->schema, &error);
  gint64 n, last;
  sqlite3 *handle;

  g_assert_no_error (error);
  fram_database_close (database);
  g_assert_true (peek_is_sound (path));
  handle = peek_open (path);
  n = peek_integer (handle, "SELECT count (*) FROM a");
  last = peek_integer (handle, "SELECT coalesce (max (i), 0) FROM a");
  g_assert_cmpint (last, ==, n);
  g_assert_cmpint (peek_integer (handle, "SELECT count (*) FROM b"), ==, n);
  g_assert_cmpint (peek_integer (handle, "SELECT coalesce (max (i), 0) FROM b"), ==, n);
  if (plan->schema.durable)
    g_assert_cmpint (n, >=, acknowledged);
  peek_close (handle);
}

static void
test_power (gconstpointer data)
{
  const Plan *plan = data;
  guint *acknowledged = mmap (NULL, sizeof *acknowledged, PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  gboolean lost = TRUE;
  guint n_runs = 0;
  PlaceFixture place;

  g_assert_true (acknowledged != MAP_FAILED);
  place_fixture_init (&place, "x.db");
  for (guint n = 1; lost; n += n < 60 ? 1 : plan->stride)
    {
      g_assert_cmpuint (n, <, ENDLESS);
      /* Each child draws other chances. */
      g_test_rand_int ();
      place_fixture_empty (&place);
      *acknowledged = 0;
      lost = run (plan, place.path, n, acknowledged);
      if (g_file_test (place.path, G_FILE_TEST_EXISTS))
        check_file (plan, place.path, *acknowledged);
      n_runs++;
    }
  g_assert_cmpuint (*acknowledged, ==, TRANSACTIONS);
  g_test_message ("%u times", n_runs);
  place_fixture_clear (&place);
  munmap (acknowledged, sizeof *acknowledged);
}

int
main (int argc, char *argv[])
{
  static const Plan plans[] = {
    { { steps, G_N_ELEMENTS (steps), .max_bytes = 64 << 20 }, 11 },
    { { steps, G_N_ELEMENTS (steps), .durable = TRUE, .max_bytes = 64 << 20 }, 11 },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/power/lazy", &plans[0], test_power);
  g_test_add_data_func ("/power/durable", &plans[1], test_power);
  return g_test_run ();
}
