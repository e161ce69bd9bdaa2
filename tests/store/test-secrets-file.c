/* The file of secrets: whole or what it was, the user's own, and nobody else's to lay traps
 * for. */
#include "mounts.h"
#include "place-fixture.h"

#include "store/errors.h"
#include "store/place.h"
#include "store/secrets-file.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static void
put (GHashTable *secrets, const char *id, const char *secret)
{
  FramStoredSecret *stored = g_new0 (FramStoredSecret, 1);

  stored->origin = g_strdup ("turn:turn.example.org:3478");
  stored->secret = g_strdup (secret);
  g_hash_table_replace (secrets, g_strdup (id), stored);
}

static GHashTable *
must_read (const PlaceFixture *place)
{
  g_autoptr (GError) error = NULL;
  GHashTable *secrets = fram_secrets_file_read (place->path, &error);

  g_assert_no_error (error);
  g_assert_nonnull (secrets);
  return secrets;
}

static const char *
get (GHashTable *secrets, const char *id)
{
  const FramStoredSecret *stored = g_hash_table_lookup (secrets, id);

  return stored != NULL ? stored->secret : NULL;
}

static void
must_write (const PlaceFixture *place, GHashTable *secrets)
{
  g_autoptr (GError) error = NULL;
  gboolean written = fram_secrets_file_write (place->path, secrets, &error);

  g_assert_no_error (error);
  g_assert_true (written);
}

static void
test_kept (void)
{
  g_autoptr (GHashTable) secrets = NULL, again = NULL;
  g_autofree char *long_secret = g_strnfill (1024, 'x');
  PlaceFixture place;

  place_fixture_init (&place, "secrets");
  secrets = must_read (&place);
  g_assert_cmpuint (g_hash_table_size (secrets), ==, 0);
  for (guint i = 0; i < 64; i++)
    {
      g_autofree char *id = g_strdup_printf ("server%u", i);

      put (secrets, id, long_secret);
    }
  put (secrets, "a", "two\nlines of päss ");
  must_write (&place, secrets);
  g_assert_cmpuint (place_mode (place.path), ==, 0600);
  again = must_read (&place);
  g_assert_cmpuint (g_hash_table_size (again), ==, 65);
  g_assert_cmpstr (get (again, "a"), ==, "two\nlines of päss ");
  g_assert_cmpstr (get (again, "server63"), ==, long_secret);
  g_assert_cmpuint (place_count_beside (&place, ""), ==, 1);
  g_hash_table_remove_all (secrets);
  must_write (&place, secrets);
  g_assert_cmpuint (place_count_beside (&place, ""), ==, 0);
  must_write (&place, secrets);
  place_fixture_clear (&place);
}

static void
write_raw (const PlaceFixture *place, const char *bytes, int mode)
{
  g_autofree char *directory = g_path_get_dirname (place->path);

  g_assert_cmpint (g_mkdir_with_parents (directory, 0700), ==, 0);
  g_assert_true (g_file_set_contents_full (place->path, bytes, -1,
                                           G_FILE_SET_CONTENTS_NONE, mode, NULL));
}

/* Lines that are none are of no use, and no harm. */
static void
test_noise (void)
{
  g_autoptr (GHashTable) secrets = NULL;
  PlaceFixture place;

  place_fixture_init (&place, "secrets");
  write_raw (&place,
             "Fram secrets 1\n\na\nb turn:b:1\nc turn:c:1 \nd turn:d:1 !!!\n"
             "e turn:e:1 ZQ==\nf turn:f:1 /v8=\ng turn:g:1 ZwA=\nh turn:h:1 aA==",
             0644);
  secrets = must_read (&place);
  g_assert_cmpuint (place_mode (place.path), ==, 0600);
  g_assert_cmpuint (g_hash_table_size (secrets), ==, 2);
  g_assert_cmpstr (get (secrets, "e"), ==, "e");
  g_assert_cmpstr (get (secrets, "h"), ==, "h");
  place_fixture_clear (&place);
}

static void
refuse_read (const PlaceFixture *place, FramStoreError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (fram_secrets_file_read (place->path, &error));
  g_assert_error (error, FRAM_STORE_ERROR, (int) code);
}

static void
refuse_write (const PlaceFixture *place, FramStoreError code)
{
  g_autoptr (GHashTable) secrets = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify) fram_stored_secret_free);
  g_autoptr (GError) error = NULL;

  put (secrets, "a", "hunter2");
  g_assert_false (fram_secrets_file_write (place->path, secrets, &error));
  g_assert_error (error, FRAM_STORE_ERROR, (int) code);
  g_assert_null (strstr (error->message, "hunter2"));
}

static void
test_foreign (void)
{
  PlaceFixture place;

  place_fixture_init (&place, "secrets");
  write_raw (&place, "Fram secrets 2\n", 0600);
  refuse_read (&place, FRAM_STORE_ERROR_SCHEMA);
  place_fixture_clear (&place);
}

/* A link would have the secrets written, or read, somewhere else. */
static void
test_traps (void)
{
  g_autofree char *target = NULL, *directory = NULL, *bytes = NULL, *fresh = NULL;
  PlaceFixture place;

  place_fixture_init (&place, "secrets");
  target = g_build_filename (place.directory, "target", NULL);
  directory = g_path_get_dirname (place.path);
  write_raw (&place, "Fram secrets 1\n", 0600);
  g_assert_cmpint (g_rename (place.path, target), ==, 0);
  g_assert_cmpint (symlink (target, place.path), ==, 0);
  refuse_read (&place, FRAM_STORE_ERROR_NO_ACCESS);
  refuse_write (&place, FRAM_STORE_ERROR_NO_ACCESS);
  g_assert_cmpint (g_unlink (place.path), ==, 0);

  /* Beside it too: what is written first has another name. */
  fresh = place_beside (&place, ".new");
  g_assert_cmpint (symlink (target, fresh), ==, 0);
  {
    g_autoptr (GHashTable) secrets = must_read (&place);

    put (secrets, "a", "hunter2");
    must_write (&place, secrets);
  }
  g_assert_true (g_file_get_contents (target, &bytes, NULL, NULL));
  g_assert_cmpstr (bytes, ==, "Fram secrets 1\n");
  g_assert_cmpuint (place_count_beside (&place, ""), ==, 1);

  g_assert_cmpint (g_chmod (directory, 0777), ==, 0);
  refuse_read (&place, FRAM_STORE_ERROR_NO_ACCESS);
  refuse_write (&place, FRAM_STORE_ERROR_NO_ACCESS);
  place_fixture_clear (&place);
}

static void
test_full (void)
{
  g_autoptr (GHashTable) secrets = NULL, again = NULL;
  g_autofree char *fill = NULL;
  PlaceFixture place;

  place_fixture_init (&place, "secrets");
  mounts_add_small (place.directory, 1 << 20);
  secrets = must_read (&place);
  put (secrets, "a", "first");
  must_write (&place, secrets);
  fill = mounts_fill (place.directory);
  refuse_write (&place, FRAM_STORE_ERROR_FULL);
  again = must_read (&place);
  g_assert_cmpstr (get (again, "a"), ==, "first");
  g_assert_cmpuint (place_count_beside (&place, ""), ==, 1);
  g_assert_cmpint (g_unlink (fill), ==, 0);
  mounts_set_read_only (place.directory, TRUE);
  refuse_write (&place, FRAM_STORE_ERROR_READ_ONLY);
  mounts_set_read_only (place.directory, FALSE);
  mounts_remove (place.directory);
  place_fixture_clear (&place);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  mounts_enter ();
  g_test_add_func ("/secrets-file/kept", test_kept);
  g_test_add_func ("/secrets-file/noise", test_noise);
  g_test_add_func ("/secrets-file/foreign", test_foreign);
  g_test_add_func ("/secrets-file/traps", test_traps);
  g_test_add_func ("/secrets-file/full", test_full);
  return g_test_run ();
}
