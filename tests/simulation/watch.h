/* Watches what a broker says of its sessions and pairs, and holds it against the rules. */
#pragma once

#include "broker/snapshot.h"
#include "network.h"

typedef struct _SimWatch SimWatch;

/* `who` and `broker` must outlive the watch. */
SimWatch *sim_watch_new (const SimContext *context, const char *who, FramBroker *broker);
void sim_watch_free (SimWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimWatch, sim_watch_free)

/* To be called right after the session was created, before its events are popped. */
void sim_watch_add_session (SimWatch *watch, FramSessionId session, gboolean trickle);
/* The application restarts it: its states begin anew. */
void sim_watch_restart_session (SimWatch *watch, FramSessionId session);
/* Every event that is popped. */
void sim_watch_event (SimWatch *watch, const FramEvent *event);
/* After the last event of a step: looks at the pairs. */
void sim_watch_step (SimWatch *watch);
/* What that does with the pairs of each session, which must be known. */
void sim_watch_look_at_pairs (SimWatch *watch, FramSessionId session,
                              const FramPairRow *rows, guint n_rows);
/* A stream is removed: the session may come to what the others are, from any state. */
void sim_watch_begin_removal (SimWatch *watch, FramSessionId session);
/* It was; nothing more is heard of it. */
void sim_watch_end_removal (SimWatch *watch, FramSessionId session, guint stream);
guint sim_watch_count_sessions (const SimWatch *watch);
