/* What the files that look after places share. */
#pragma once

#include "store/place.h"

/* Makes the directory if it is missing.  Return: a descriptor of the directory, which is the
 * user's own and safe; or -1. */
int fram_place_open_directory (const char *directory, GError **error);
/* Looks at the file without opening it, and takes it from others' eyes. */
gboolean fram_place_check_file (int directory, const char *name, const char *path,
                                gboolean *ret_exists, GError **error);
/* Return: FALSE; `errno` says why the file cannot be `what`. */
gboolean fram_place_fail (GError **error, const char *path, const char *what);
