/* `fram watch --session`: one session in detail. */
#pragma once

#include <fram.h>

/* Shows the session until it ends, `count` views were shown (0: without end), or it is
 * interrupted.  `interval`: between two views, milliseconds.  Return: the exit status. */
int watch_session (FramClient *client, const char *name, guint interval, guint count);
