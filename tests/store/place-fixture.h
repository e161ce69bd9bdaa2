/* A directory of the test's own for files of the store, removed after it, and a look at a
 * file's inside with SQLite alone. */
#pragma once

#include <glib.h>
#include <sqlite3.h>

typedef struct
{
  char *directory; /* made by the test, empty */
  char *path;      /* of a file in a directory below it; neither is there */
} PlaceFixture;

void place_fixture_init (PlaceFixture *fixture, const char *name);
void place_fixture_clear (PlaceFixture *fixture);
/* Removes all that is in the directory. */
void place_fixture_empty (PlaceFixture *fixture);

/* Return: (transfer full): the path of `name` beside `path`. */
char *place_beside (const PlaceFixture *fixture, const char *suffix);
/* How many files beside `path` have names that go on with `suffix`. */
guint place_count_beside (const PlaceFixture *fixture, const char *suffix);
/* The permissions, as 0600. */
guint place_mode (const char *path);

/* Nobody may have the database open while another part of the process looks at it. */
sqlite3 *peek_open (const char *path);
void peek_close (sqlite3 *handle);
/* The first column of the first row; -1 if it is NULL or there is no row. */
gint64 peek_integer (sqlite3 *handle, const char *sql);
/* Return: (transfer full): the same as text. */
char *peek_text (sqlite3 *handle, const char *sql);
void peek_run (sqlite3 *handle, const char *sql);
/* Whether integrity_check finds nothing. */
gboolean peek_is_sound (const char *path);
