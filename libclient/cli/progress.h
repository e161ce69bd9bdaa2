/* That something takes a while, told on the terminal where there is one. */
#pragma once

#include <glib.h>

typedef struct _Progress Progress;

/* Shows `what` (borrowed) and the seconds since, on standard error, while the main context
 * runs.  Return: (transfer full) */
Progress *progress_new (const char *what);
/* Takes the line away. */
void progress_free (Progress *progress);
