/* All sessions that are on the bus, by id and by path, and what their objects need. */
#pragma once

#include "dbus/exporter.h"
#include "io/driver.h"
#include "rpc/owners.h"
#include "store/cache.h"

typedef struct _FramSessions FramSessions;
typedef struct _FramBusSession FramBusSession;

/* Return: FRAM_BUS_ERROR_INCOMPLETE if the session's interface lacks a handler. */
FramSessions *fram_sessions_new (DBusConnection *connection, FramExporter *exporter,
                                 GError **error);
void fram_sessions_free (FramSessions *sessions);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramSessions, fram_sessions_free)

/* Before the first session: where sessions live, and where they are remembered.  Both stay
 * the caller's. */
void fram_sessions_set_driver (FramSessions *sessions, FramDriver *driver,
                               FramCache *cache);
/* Takes an event of a session from the driver. */
void fram_sessions_tell (FramSessions *sessions, const FramEvent *event);
/* The component may have a direct path again. */
void fram_sessions_tell_direct (FramSessions *sessions, FramSessionId session,
                                guint stream, guint component);

/* Return: (transfer full): the path of a session of `owner`, a unique name. */
char *fram_sessions_make_path (const char *owner, const char *token);

/* Creates the session at `path`, which must be free, and its object.
 * `options->owner` is its owner.  Nothing of it is told before the driver is kicked.
 * Return: (transfer none): NULL with FRAM_BROKER_ERROR. */
FramBusSession *fram_sessions_create (FramSessions *sessions, const char *path,
                                      const FramSessionOptions *options, GError **error);
/* Ends it, and remembers it in the history; its object goes with the next kick. */
void fram_sessions_close (FramSessions *sessions, FramBusSession *session,
                          FramCause cause);
/* Ends one that nobody has been told of. */
void fram_sessions_discard (FramSessions *sessions, FramBusSession *session);
void fram_sessions_close_all (FramSessions *sessions, FramCause cause);

/* Return: (transfer none) (nullable). */
FramBusSession *fram_sessions_find (FramSessions *sessions, FramSessionId id);
FramBusSession *fram_sessions_find_path (FramSessions *sessions, const char *path);
/* Of all sessions: their values are FramBusSession. */
void fram_sessions_iter_init (FramSessions *sessions, GHashTableIter *iter);

/* What belongs to all: (transfer none). */
FramBroker *fram_sessions_get_broker (FramSessions *sessions);
FramDriver *fram_sessions_get_driver (FramSessions *sessions);
FramExporter *fram_sessions_get_exporter (FramSessions *sessions);
FramInterface *fram_sessions_get_interface (FramSessions *sessions);
FramOwners *fram_sessions_get_owners (FramSessions *sessions);
