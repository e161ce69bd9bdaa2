/* Where a file of the store lies, and that it lies there safely.
 *
 * The directory and the file are the user's own, nobody else can write them, and no symbolic
 * link is followed to or beside the file.  A damaged file is moved aside, never deleted. */
#pragma once

#include <glib.h>

typedef enum
{
  FRAM_PLACE_CACHE,  /* $XDG_CACHE_HOME/fram: may be deleted at any time */
  FRAM_PLACE_STATE,  /* $XDG_STATE_HOME/fram */
  FRAM_PLACE_CONFIG, /* $XDG_CONFIG_HOME/fram */
} FramPlace;

/* Return: (transfer full): the path of the file `name` there.  As the XDG Base Directory
 * Specification asks, a variable that is unset, empty or not absolute counts as unset. */
char *fram_place_path (FramPlace place, const char *name);

/* Makes the directory (0700) and the file (0600, empty) where they are missing.
 * `ret_unclean`: SQLite has left its log beside the file, so that whoever wrote it last did
 * not come to an end.
 * Return: (transfer full): the same path without links in the way to its directory.
 * Errors: FRAM_STORE_ERROR; what is refused is left as it is. */
char *fram_place_prepare (const char *path, gboolean *ret_unclean, GError **error);

/* So many damaged files are kept; the oldest are deleted. */
#define FRAM_PLACE_KEPT_ASIDE 3

/* Renames a file that nobody has open, and what SQLite keeps beside it, to
 * `path`.corrupt-TIME.  Return: (transfer full): its new path.  Errors: FRAM_STORE_ERROR. */
char *fram_place_set_aside (const char *path, GError **error);

/* --- Small files without a database (place-file.c) --------------------------------------- */

/* Reads a file, of at most `size` bytes; one that is not there is empty.
 * Errors: FRAM_STORE_ERROR, as of fram_place_prepare(). */
gboolean fram_place_read (const char *path, char *buffer, gsize size, gsize *ret_length,
                          GError **error);
/* Writes a file (0600): it is on the disk, whole, when the call returns.
 * FALSE: it is what it was. */
gboolean fram_place_write (const char *path, const char *bytes, gsize length,
                           GError **error);
gboolean fram_place_remove (const char *path, GError **error);
