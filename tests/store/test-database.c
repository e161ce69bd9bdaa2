/* The database: statements, transactions, its settings, and who may have it open. */
#include "store/database-private.h"

#include "place-fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const steps[]
    = { "CREATE TABLE t (i INTEGER, s TEXT) STRICT;"
        "CREATE TABLE parent (i INTEGER PRIMARY KEY) STRICT;"
        "CREATE TABLE child (i INTEGER REFERENCES parent) STRICT;" };
static const FramSchema schema = { steps, G_N_ELEMENTS (steps), .max_bytes = 1 << 20 };

static FramDatabase *
open_in_memory (void)
{
  g_autoptr (GError) error = NULL;
  FramDatabase *database = fram_database_open (NULL, &schema, &error);

  g_assert_no_error (error);
  return database;
}

static FramDatabase *
open_file (const PlaceFixture *fixture, const FramSchema *with)
{
  g_autoptr (GError) error = NULL;
  FramDatabase *database = fram_database_open (fixture->path, with, &error);

  g_assert_no_error (error);
  return database;
}

static gint64
get_integer (FramDatabase *database, const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FramQuery) query = fram_database_query (database, &error, sql, "");

  g_assert_no_error (error);
  g_assert_cmpint (fram_query_step (query, &error), ==, FRAM_STEP_ROW);
  g_assert_no_error (error);
  return fram_query_get_integer (query, 0);
}

static void
insert (FramDatabase *database, int i)
{
  g_autoptr (GError) error = NULL;

  fram_database_execute (database, &error, "INSERT INTO t VALUES (?1, NULL)", "i", i);
  g_assert_no_error (error);
}

static void
begin (FramDatabase *database)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (fram_database_begin (database, &error));
  g_assert_no_error (error);
}

static void
commit (FramDatabase *database)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (fram_database_commit (database, &error));
  g_assert_no_error (error);
}

static gint64
sum (FramDatabase *database)
{
  return get_integer (database, "SELECT coalesce (sum (i), 0) FROM t");
}

static void
test_values (void)
{
  g_autoptr (FramDatabase) database = open_in_memory ();
  g_autoptr (FramQuery) query = NULL;
  g_autofree char *text = NULL, *null = NULL, *invalid = NULL;

  g_assert_true (fram_database_execute (database, NULL, "INSERT INTO t VALUES (?1, ?2)",
                                        "ls", G_MININT64, "Grüße"));
  g_assert_true (fram_database_execute (database, NULL, "INSERT INTO t VALUES (?1, ?2)",
                                        "is", -7, NULL));
  g_assert_true (fram_database_execute (database, NULL, "INSERT INTO t VALUES (?1, ?2)",
                                        "is", 8, "bad \xff"));
  query = fram_database_query (database, NULL, "SELECT * FROM t ORDER BY i", "");
  g_assert_cmpint (fram_query_step (query, NULL), ==, FRAM_STEP_ROW);
  g_assert_cmpint (fram_query_get_integer (query, 0), ==, G_MININT64);
  text = fram_query_dup_text (query, 1);
  g_assert_cmpstr (text, ==, "Grüße");
  g_assert_cmpint (fram_query_step (query, NULL), ==, FRAM_STEP_ROW);
  g_assert_cmpint (fram_query_get_integer (query, 0), ==, -7);
  g_assert_cmpint (fram_query_get_integer (query, 1), ==, 0);
  null = fram_query_dup_text (query, 1);
  g_assert_cmpstr (null, ==, "");
  g_assert_cmpint (fram_query_step (query, NULL), ==, FRAM_STEP_ROW);
  invalid = fram_query_dup_text (query, 1);
  g_assert_true (g_utf8_validate (invalid, -1, NULL));
  g_assert_true (g_str_has_prefix (invalid, "bad "));
  g_assert_cmpint (fram_query_step (query, NULL), ==, FRAM_STEP_DONE);
}

/* A statement is prepared once, and keeps nothing of the time before. */
static void
test_statements_are_kept (void)
{
  g_autoptr (FramDatabase) database = open_in_memory ();
  guint prepared;

  insert (database, 1);
  prepared = g_hash_table_size (database->queries);
  for (int i = 2; i < 10; i++)
    {
      g_autofree char *same = g_strdup ("INSERT INTO t VALUES (?1, NULL)");

      g_assert_true (fram_database_execute (database, NULL, same, "i", i));
    }
  g_assert_cmpuint (g_hash_table_size (database->queries), ==, prepared);
  g_assert_cmpint (sum (database), ==, 45);
  g_assert_cmpuint (database->n_under_way, ==, 0);
}

static void
check_error (gboolean worked, GError *error, FramStoreError code)
{
  g_assert_false (worked);
  g_assert_error (error, FRAM_STORE_ERROR, (int) code);
  g_assert_nonnull (strchr (error->message, ':'));
  g_error_free (error);
}

static void
test_errors (void)
{
  g_autoptr (FramDatabase) database = open_in_memory ();
  GError *error = NULL;
  gboolean worked;

  worked = fram_database_execute (database, &error, "SELECT * FROM nowhere", "");
  check_error (worked, g_steal_pointer (&error), FRAM_STORE_ERROR_SCHEMA);
  worked = fram_database_execute (database, &error, "INSERT INTO t VALUES ('x', 1)", "");
  check_error (worked, g_steal_pointer (&error), FRAM_STORE_ERROR_CONSTRAINT);
  worked = fram_database_execute (database, &error, "INSERT INTO child VALUES (77)", "");
  check_error (worked, g_steal_pointer (&error), FRAM_STORE_ERROR_CONSTRAINT);
  worked = fram_database_execute (database, &error, "SELECT zeroblob (?1)", "i", 2 << 20);
  check_error (worked, g_steal_pointer (&error), FRAM_STORE_ERROR_CONSTRAINT);
  g_assert_cmpuint (database->n_under_way, ==, 0);
}

/* What a file's schema may not do, whoever wrote it. */
static void
test_hardened (void)
{
  g_autoptr (FramDatabase) database = open_in_memory ();

  g_assert_false (fram_database_run (database, "ATTACH ':memory:' AS other", NULL));
  g_assert_false (fram_database_run (database, "SELECT \"no column\" FROM t", NULL));
  g_assert_true (fram_database_run (database, "PRAGMA writable_schema = ON", NULL));
  g_assert_false (fram_database_run (database, "DELETE FROM sqlite_schema", NULL));
  g_assert_false (fram_database_run (database, "SELECT load_extension ('x')", NULL));
  g_assert_true (fram_database_run (
      database,
      "CREATE TRIGGER r AFTER INSERT ON t BEGIN INSERT INTO child VALUES (NULL); END",
      NULL));
  insert (database, 1);
  g_assert_cmpint (get_integer (database, "SELECT count (*) FROM child"), ==, 0);
}

/* What SQLite quotes of a damaged file may be anything; an error is text. */
static void
test_errors_are_text (void)
{
  g_autoptr (FramDatabase) database = open_in_memory ();
  g_autoptr (GError) error = NULL;

  g_assert_false (fram_database_execute (database, &error, "DELETE FROM t\301ble", ""));
  g_assert_nonnull (strstr (error->message, "ble"));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static void
test_settings (void)
{
  const FramSchema durable
      = { steps, G_N_ELEMENTS (steps), .durable = TRUE, .max_bytes = 1 << 20 };
  g_autoptr (FramDatabase) database = NULL;
  g_autoptr (FramQuery) query = NULL;
  g_autofree char *mode = NULL, *index = NULL;
  PlaceFixture fixture;

  place_fixture_init (&fixture, "x.db");
  database = open_file (&fixture, &schema);
  query = fram_database_query (database, NULL, "PRAGMA journal_mode", "");
  g_assert_true (fram_query_row (query, NULL));
  mode = fram_query_dup_text (query, 0);
  g_assert_cmpstr (mode, ==, "wal");
  g_assert_cmpint (get_integer (database, "PRAGMA synchronous"), ==, 1);
  g_assert_cmpint (get_integer (database, "PRAGMA foreign_keys"), ==, 1);
  g_assert_cmpint (get_integer (database, "PRAGMA secure_delete"), ==, 1);
  g_assert_cmpint (get_integer (database, "PRAGMA max_page_count"), ==, 256);
  /* The index of the log is in our own memory. */
  index = place_beside (&fixture, "-shm");
  g_assert_false (g_file_test (index, G_FILE_TEST_EXISTS));
  g_clear_pointer (&query, fram_query_end);
  g_clear_pointer (&database, fram_database_close);

  database = open_file (&fixture, &durable);
  g_assert_cmpint (get_integer (database, "PRAGMA synchronous"), ==, 2);
  g_clear_pointer (&database, fram_database_close);
  place_fixture_clear (&fixture);
}

static void
test_transactions (void)
{
  g_autoptr (FramDatabase) database = open_in_memory ();

  begin (database);
  insert (database, 1);
  fram_database_rollback (database);
  g_assert_cmpint (sum (database), ==, 0);

  begin (database);
  insert (database, 1);
  begin (database);
  insert (database, 2);
  begin (database);
  insert (database, 4);
  fram_database_rollback (database);
  commit (database);
  begin (database);
  insert (database, 8);
  commit (database);
  commit (database);
  g_assert_cmpint (sum (database), ==, 11);

  begin (database);
  begin (database);
  insert (database, 16);
  commit (database);
  fram_database_rollback (database);
  g_assert_cmpint (sum (database), ==, 11);
}

/* Closed within transactions: they are taken back. */
static void
test_closed_within (void)
{
  FramDatabase *database;
  PlaceFixture fixture;

  place_fixture_init (&fixture, "x.db");
  database = open_file (&fixture, &schema);
  insert (database, 1);
  begin (database);
  insert (database, 2);
  begin (database);
  insert (database, 4);
  fram_database_close (database);
  database = open_file (&fixture, &schema);
  g_assert_cmpint (sum (database), ==, 1);
  fram_database_close (database);
  place_fixture_clear (&fixture);
}

/* After some errors SQLite takes the whole transaction back: what follows in it may not be
 * written one by one, and it cannot be committed. */
static void
test_taken_back (void)
{
  g_autoptr (FramDatabase) database = open_in_memory ();
  g_autoptr (GError) error = NULL;

  g_assert_true (fram_database_run (database, "CREATE UNIQUE INDEX u ON t (i)", NULL));
  insert (database, 1);
  begin (database);
  insert (database, 2);
  begin (database);
  g_assert_false (fram_database_execute (
      database, NULL, "INSERT OR ROLLBACK INTO t VALUES (1, NULL)", ""));
  g_assert_false (
      fram_database_execute (database, &error, "INSERT INTO t VALUES (4, NULL)", ""));
  g_assert_error (error, FRAM_STORE_ERROR, FRAM_STORE_ERROR_FAILED);
  g_assert_false (fram_database_begin (database, NULL));
  g_assert_false (fram_database_commit (database, NULL));
  g_assert_false (fram_database_commit (database, NULL));
  g_assert_cmpint (sum (database), ==, 1);
  insert (database, 8);
  g_assert_cmpint (sum (database), ==, 9);
}

static void
test_limit (void)
{
  const FramSchema small = { steps, G_N_ELEMENTS (steps), .max_bytes = 8 * 4096 };
  g_autofree char *text = g_strnfill (2000, 'x');
  g_autoptr (GError) error = NULL;
  FramDatabase *database;
  PlaceFixture fixture;
  struct stat status;
  guint n = 0;

  place_fixture_init (&fixture, "x.db");
  database = open_file (&fixture, &small);
  while (n < 100
         && fram_database_execute (database, &error, "INSERT INTO t VALUES (1, ?1)", "s",
                                   text))
    n++;
  g_assert_error (error, FRAM_STORE_ERROR, FRAM_STORE_ERROR_FULL);
  g_assert_cmpuint (n, >, 5);
  g_assert_cmpint (sum (database), ==, n);
  fram_database_close (database);
  g_assert_cmpint (g_stat (fixture.path, &status), ==, 0);
  g_assert_cmpint (status.st_size, <=, small.max_bytes);
  place_fixture_clear (&fixture);
}

/* The log is carried over into the file again and again, and does not grow. */
static void
test_log (void)
{
  const FramSchema large = { steps, G_N_ELEMENTS (steps), .max_bytes = 64 << 20 };
  g_autofree char *text = g_strnfill (20000, 'x');
  g_autofree char *log = NULL;
  FramDatabase *database;
  PlaceFixture fixture;
  struct stat status;

  place_fixture_init (&fixture, "x.db");
  log = place_beside (&fixture, "-wal");
  database = open_file (&fixture, &large);
  for (guint i = 0; i < 1000; i++)
    {
      begin (database);
      g_assert_true (fram_database_execute (database, NULL,
                                            "INSERT INTO t VALUES (1, ?1)", "s", text));
      commit (database);
    }
  g_assert_cmpint (g_stat (log, &status), ==, 0);
  g_assert_cmpint (status.st_size, <, 3 << 20);
  g_assert_cmpint (g_stat (fixture.path, &status), ==, 0);
  g_assert_cmpint (status.st_size, >, 16 << 20);
  g_assert_true (fram_database_settle (database, NULL));
  g_assert_cmpint (g_stat (log, &status), ==, 0);
  g_assert_cmpint (status.st_size, ==, 0);
  fram_database_close (database);
  place_fixture_clear (&fixture);
}

/* One that is about to end is waited for. */
static void
test_waits (void)
{
  PlaceFixture fixture;
  int ready[2], status;
  char byte = 'r';
  pid_t child;

  place_fixture_init (&fixture, "x.db");
  g_assert_cmpint (pipe (ready), ==, 0);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      FramDatabase *database = fram_database_open (fixture.path, &schema, NULL);

      if (database == NULL || write (ready[1], &byte, 1) != 1)
        _exit (EXIT_FAILURE);
      g_poll (NULL, 0, 60);
      fram_database_close (database);
      _exit (EXIT_SUCCESS);
    }
  g_assert_cmpint (read (ready[0], &byte, 1), ==, 1);
  fram_database_close (open_file (&fixture, &schema));
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, EXIT_SUCCESS);
  close (ready[0]);
  close (ready[1]);
  place_fixture_clear (&fixture);
}

/* A second one waits a quarter of a second, and then goes without. */
static void
test_two (void)
{
  g_autoptr (FramDatabase) first = NULL;
  g_autoptr (GError) error = NULL;
  PlaceFixture fixture;

  place_fixture_init (&fixture, "x.db");
  first = open_file (&fixture, &schema);
  g_assert_null (fram_database_open (fixture.path, &schema, &error));
  g_assert_error (error, FRAM_STORE_ERROR, FRAM_STORE_ERROR_BUSY);
  insert (first, 1);
  g_assert_cmpint (sum (first), ==, 1);
  g_clear_pointer (&first, fram_database_close);
  first = open_file (&fixture, &schema);
  g_assert_cmpint (sum (first), ==, 1);
  g_clear_pointer (&first, fram_database_close);
  place_fixture_clear (&fixture);
}

static void
test_in_place (void)
{
  g_autoptr (FramDatabase) database = NULL, memory = open_in_memory ();
  g_autofree char *elsewhere = NULL;
  PlaceFixture fixture;

  g_assert_true (fram_database_is_in_place (memory));
  place_fixture_init (&fixture, "x.db");
  database = open_file (&fixture, &schema);
  g_assert_true (fram_database_is_in_place (database));
  elsewhere = place_beside (&fixture, ".moved");
  g_assert_cmpint (g_rename (fixture.path, elsewhere), ==, 0);
  g_assert_false (fram_database_is_in_place (database));
  g_assert_true (g_file_set_contents (fixture.path, "", 0, NULL));
  g_assert_false (fram_database_is_in_place (database));
  g_assert_cmpint (g_rename (elsewhere, fixture.path), ==, 0);
  g_assert_true (fram_database_is_in_place (database));
  place_fixture_empty (&fixture);
  g_assert_false (fram_database_is_in_place (database));
  g_clear_pointer (&database, fram_database_close);
  place_fixture_clear (&fixture);
}

/* The statement that is under way twice, or that lacks a value, is a mistake of the program. */
static void
test_misuse (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (FramDatabase) database = open_in_memory ();
      FramQuery *query = fram_database_query (database, NULL, "SELECT 1", "");

      g_assert_nonnull (query);
      fram_database_query (database, NULL, "SELECT 1", "");
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*under_way*");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/database/values", test_values);
  g_test_add_func ("/database/statements-are-kept", test_statements_are_kept);
  g_test_add_func ("/database/errors", test_errors);
  g_test_add_func ("/database/errors-are-text", test_errors_are_text);
  g_test_add_func ("/database/hardened", test_hardened);
  g_test_add_func ("/database/settings", test_settings);
  g_test_add_func ("/database/transactions", test_transactions);
  g_test_add_func ("/database/closed-within", test_closed_within);
  g_test_add_func ("/database/taken-back", test_taken_back);
  g_test_add_func ("/database/limit", test_limit);
  g_test_add_func ("/database/log", test_log);
  g_test_add_func ("/database/waits", test_waits);
  g_test_add_func ("/database/two", test_two);
  g_test_add_func ("/database/in-place", test_in_place);
  g_test_add_func ("/database/misuse", test_misuse);
  return g_test_run ();
}
