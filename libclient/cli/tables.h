/* The tables that several commands print. */
#pragma once

#include <fram.h>

/* Appends the pairs (FramPair) as a table, or a sentence if there are none. */
void tables_append_pairs (GString *text, GPtrArray *pairs, guint indent);

/* Appends the sessions (FramSessionInfo) as a table, or a sentence if there are none.
 * `servers`: FramNetworkServer, for the names of relays; or NULL. */
void tables_append_sessions (GString *text, GPtrArray *sessions, GPtrArray *servers);

/* Whether a session is relayed, so that the names of relays are of use. */
gboolean tables_are_relayed (GPtrArray *sessions);

/* The part of a session's path that people need to tell it from others. */
const char *tables_session_name (const char *path);
