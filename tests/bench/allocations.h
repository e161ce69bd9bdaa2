/* How often this process has asked for memory: by malloc(), calloc(), realloc() and what
 * is made of them, in the program and in the libraries that it uses. */
#pragma once

#include <glib.h>

guint64 allocations_count (void);
