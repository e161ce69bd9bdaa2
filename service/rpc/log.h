/* Structured log entries of the service's bus side.  They say what happened to which session
 * and whose it is; never what was signalled, and never a secret. */
#pragma once

#include <glib.h>

/* One thing in the life of the session at `path`; owner: a unique name. */
void fram_log_session (const char *path, const char *owner, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
