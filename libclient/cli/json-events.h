/* What `fram connect --json` prints: one object a line, `ev` saying what it tells.  A `stream` is
 * named where the session has several; JSON_ONE_STREAM: it has one. */
#pragma once

#include <fram.h>

#define JSON_ONE_STREAM (-1)

/* `gather_time`: microseconds. */
void json_event_local (FramDescription *local, guint n_streams, FramRole role,
                       gint64 gather_time);
void json_event_candidate (int stream, const char *line);
void json_event_end_of_candidates (void);
/* `duration`: microseconds since the remote description. */
void json_event_state (FramState state, gint64 duration);
void json_event_selected (int stream, guint component, const char *local,
                          const char *remote);
void json_event_restart_advised (const char *cause, const char *explanation);
void json_event_recv (int stream, const char *text);
/* `counters`: a{sa{st}}; `pairs`: FramPair; `report`: a{sa{sv}}. */
void json_event_stats (FramSession *session, GVariant *counters, GPtrArray *pairs,
                       GVariant *report);
void json_event_error (const char *message);
