/* What `fram connect --json` prints: one object a line, `ev` saying what it tells. */
#pragma once

#include <fram.h>

/* `gather_time`: microseconds. */
void json_event_local (FramDescription *local, FramRole role, gint64 gather_time);
void json_event_candidate (const char *line);
void json_event_end_of_candidates (void);
/* `duration`: microseconds since the remote description. */
void json_event_state (FramState state, gint64 duration);
void json_event_selected (guint component, const char *local, const char *remote);
void json_event_restart_advised (const char *cause, const char *explanation);
void json_event_recv (const char *text);
/* `counters`: a{sa{st}}; `pairs`: FramPair; `report`: a{sa{sv}}. */
void json_event_stats (FramSession *session, GVariant *counters, GPtrArray *pairs,
                       GVariant *report);
void json_event_error (const char *message);
