/* Files of every version: those of made-up tables, step by step, and those of cache.db that
 * were released, of which each has its fixture. */
#include "store/cache-schema.h"

#include "cache-fixture.h"

static const char *const steps[] = {
  "CREATE TABLE people (name TEXT NOT NULL) STRICT",
  "CREATE TABLE towns (name TEXT NOT NULL) STRICT; INSERT INTO towns VALUES ('Oslo')",
  "ALTER TABLE people ADD COLUMN town TEXT; UPDATE people SET town = 'Tromsø'",
  "DROP TABLE towns",
};
/* What a first step, and each more, must have left. */
static const char *const expected[]
    = { "people()", "people()towns(1)", "people(town)towns(1)", "people(town)" };

static FramSchema
schema_up_to (guint n)
{
  return (FramSchema){ .steps = steps, .n_steps = n, .max_bytes = 1 << 20 };
}

static FramDatabase *
open_version (const PlaceFixture *place, const FramSchema *schema, GError **error)
{
  return fram_database_open (place->path, schema, error);
}

static char *
describe (sqlite3 *handle)
{
  gboolean town = peek_integer (
      handle, "SELECT count (*) FROM pragma_table_info ('people') WHERE name = 'town'");
  gboolean towns
      = peek_integer (handle, "SELECT count (*) FROM sqlite_schema WHERE name = 'towns'");

  return g_strdup_printf ("people(%s)%s", town ? "town" : "", towns ? "towns(1)" : "");
}

static void
check_version (const PlaceFixture *place, guint version)
{
  sqlite3 *handle = peek_open (place->path);
  g_autofree char *description = describe (handle);

  g_assert_cmpint (peek_integer (handle, "PRAGMA user_version"), ==, version);
  g_assert_cmpstr (description, ==, expected[version - 1]);
  peek_close (handle);
}

/* From each version to each later one, with what was in the file. */
static void
test_each_to_each (void)
{
  PlaceFixture place;

  place_fixture_init (&place, "x.db");
  for (guint from = 1; from <= G_N_ELEMENTS (steps); from++)
    for (guint to = from; to <= G_N_ELEMENTS (steps); to++)
      {
        const FramSchema before = schema_up_to (from), after = schema_up_to (to);
        g_autoptr (GError) error = NULL;
        FramDatabase *database;
        sqlite3 *handle;

        database = open_version (&place, &before, &error);
        g_assert_no_error (error);
        g_assert_true (fram_database_execute (
            database, NULL, "INSERT INTO people (name) VALUES ('Ada')", ""));
        fram_database_close (database);
        check_version (&place, from);

        database = open_version (&place, &after, &error);
        g_assert_no_error (error);
        fram_database_close (database);
        check_version (&place, to);
        handle = peek_open (place.path);
        g_assert_cmpint (peek_integer (handle, "SELECT count (*) FROM people"), ==, 1);
        peek_close (handle);
        place_fixture_empty (&place);
      }
  place_fixture_clear (&place);
}

/* A step that fails leaves the file at the step before; a later program goes on from there. */
static void
test_failing_step (void)
{
  const char *const broken[] = { steps[0], steps[1],
                                 "INSERT INTO people VALUES ('Eve');"
                                 "INSERT INTO nowhere VALUES (1)" };
  const FramSchema bad = { broken, G_N_ELEMENTS (broken), .max_bytes = 1 << 20 };
  const FramSchema good = schema_up_to (G_N_ELEMENTS (steps));
  g_autoptr (GError) error = NULL;
  g_autoptr (FramDatabase) database = NULL;
  PlaceFixture place;
  sqlite3 *handle;

  place_fixture_init (&place, "x.db");
  g_assert_null (open_version (&place, &bad, &error));
  g_assert_error (error, FRAM_STORE_ERROR, FRAM_STORE_ERROR_SCHEMA);
  check_version (&place, 2);
  handle = peek_open (place.path);
  g_assert_cmpint (peek_integer (handle, "SELECT count (*) FROM people"), ==, 0);
  peek_close (handle);

  g_clear_error (&error);
  database = open_version (&place, &good, &error);
  g_assert_no_error (error);
  g_clear_pointer (&database, fram_database_close);
  check_version (&place, G_N_ELEMENTS (steps));
  place_fixture_clear (&place);
}

static char *
read_bytes (const char *path, gsize *ret_length)
{
  char *bytes;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &bytes, ret_length, &error);
  g_assert_no_error (error);
  return bytes;
}

/* A newer file is refused, and no byte of it is touched. */
static void
test_newer (void)
{
  const FramSchema newer = schema_up_to (4), older = schema_up_to (3);
  g_autoptr (GError) error = NULL, damage = NULL;
  g_autofree char *before = NULL, *after = NULL;
  gsize n_before, n_after;
  PlaceFixture place;

  place_fixture_init (&place, "x.db");
  fram_database_close (open_version (&place, &newer, NULL));
  before = read_bytes (place.path, &n_before);
  g_assert_null (fram_database_open_or_replace (place.path, &older, &damage, &error));
  g_assert_error (error, FRAM_STORE_ERROR, FRAM_STORE_ERROR_NEWER);
  g_assert_no_error (damage);
  after = read_bytes (place.path, &n_after);
  g_assert_cmpmem (before, n_before, after, n_after);
  g_assert_cmpuint (place_count_beside (&place, ""), ==, 1);
  place_fixture_clear (&place);
}

static void
test_negative (void)
{
  const FramSchema schema = schema_up_to (4);
  g_autoptr (GError) error = NULL;
  PlaceFixture place;
  sqlite3 *handle;

  place_fixture_init (&place, "x.db");
  fram_database_close (open_version (&place, &schema, NULL));
  handle = peek_open (place.path);
  peek_run (handle, "PRAGMA user_version = -1");
  peek_close (handle);
  g_assert_null (open_version (&place, &schema, &error));
  g_assert_error (error, FRAM_STORE_ERROR, FRAM_STORE_ERROR_DAMAGED);
  place_fixture_clear (&place);
}

static void
test_newer_cache (void)
{
  g_autofree char *before = NULL, *after = NULL;
  gsize n_before, n_after;
  CacheFixture fixture;
  sqlite3 *handle;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  cache_fixture_fill (&fixture, "n", 1);
  cache_fixture_close (&fixture);
  handle = peek_open (fixture.place.path);
  peek_run (handle, "PRAGMA user_version = 99");
  peek_close (handle);
  before = read_bytes (fixture.place.path, &n_before);

  cache_fixture_open (&fixture);
  cache_fixture_assert_notice (&fixture, FRAM_CACHE_IN_MEMORY, FRAM_STORE_ERROR_NEWER);
  /* The service goes on, and remembers as long as it runs. */
  cache_fixture_fill (&fixture, "n", 2);
  cache_fixture_assert_filled (&fixture, "n", 2);
  cache_fixture_close (&fixture);
  after = read_bytes (fixture.place.path, &n_after);
  g_assert_cmpmem (before, n_before, after, n_after);
  cache_fixture_clear (&fixture);
}

/* Makes a file from the SQL of a released version. */
static void
restore (const PlaceFixture *place, guint version)
{
  g_autofree char *name = g_strdup_printf ("cache-%u.sql", version);
  g_autofree char *path = g_build_filename (STORE_FIXTURES, name, NULL);
  g_autofree char *sql = NULL;
  g_autofree char *directory = g_path_get_dirname (place->path);
  g_autoptr (GError) error = NULL;
  sqlite3 *handle;

  /* Whoever adds a version adds its fixture. */
  g_file_get_contents (path, &sql, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_mkdir_with_parents (directory, 0700), ==, 0);
  g_assert_true (g_file_set_contents (place->path, "", 0, NULL));
  handle = peek_open (place->path);
  peek_run (handle, sql);
  g_assert_cmpint (peek_integer (handle, "PRAGMA user_version"), ==, version);
  peek_close (handle);
}

static char *
read_schema (const PlaceFixture *place)
{
  sqlite3 *handle = peek_open (place->path);
  char *schema
      = peek_text (handle, "SELECT group_concat (sql, ';') FROM"
                           " (SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL"
                           "  AND name NOT LIKE 'sqlite_stat%' ORDER BY name)");
  GString *plain = g_string_new (NULL);

  peek_close (handle);
  g_assert_nonnull (schema);
  for (const char *c = schema; *c != '\0'; c++)
    if (!g_ascii_isspace (*c) && *c != '"')
      g_string_append_c (plain, *c);
  g_free (schema);
  return g_string_free (plain, FALSE);
}

/* A released file becomes what a fresh one is, and keeps what was in it. */
static void
test_released (void)
{
  g_autofree char *fresh = NULL;
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  cache_fixture_close (&fixture);
  fresh = read_schema (&fixture.place);

  for (guint version = 1; version <= fram_cache_schema.n_steps; version++)
    {
      g_autofree char *migrated = NULL;

      place_fixture_empty (&fixture.place);
      restore (&fixture.place, version);
      cache_fixture_open (&fixture);
      cache_fixture_assert_filled (&fixture, "released", 7);
      g_assert_cmpuint (cache_fixture_count_sessions (&fixture), ==, 2);
      cache_fixture_close (&fixture);
      cache_fixture_assert_quiet (&fixture);
      migrated = read_schema (&fixture.place);
      g_assert_cmpstr (migrated, ==, fresh);
      g_assert_true (peek_is_sound (fixture.place.path));
    }
  cache_fixture_clear (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/migration/each-to-each", test_each_to_each);
  g_test_add_func ("/migration/failing-step", test_failing_step);
  g_test_add_func ("/migration/newer", test_newer);
  g_test_add_func ("/migration/negative", test_negative);
  g_test_add_func ("/migration/newer-cache", test_newer_cache);
  g_test_add_func ("/migration/released", test_released);
  return g_test_run ();
}
