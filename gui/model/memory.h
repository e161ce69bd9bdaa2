/* What the panel remembers from one time to the next: its window, and columns of tables.
 *
 * A key file in the user's state directory.  It is read once and written a little after
 * something changed; a file that cannot be read or written is as good as none. */
#pragma once

#include <gio/gio.h>

/* `group`, `key`: as in a key file. */
int memory_get_int (const char *group, const char *key, int fallback);
void memory_set_int (const char *group, const char *key, int value);

/* Whether anything is remembered there. */
gboolean memory_has (const char *group, const char *key);

/* Writes what is new, now. */
void memory_write (void);

/* Forgets what was read, for tests: the next call reads the file again. */
void memory_read_again (void);
