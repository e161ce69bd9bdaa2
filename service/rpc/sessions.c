#include "rpc/sessions.h"

#include "dbus/interface-info.h"
#include "dbus/names.h"
#include "rpc/log.h"
#include "rpc/session-signals.h"
#include "rpc/session.h"

struct _FramSessions
{
  FramExporter *exporter;
  FramInterface *interface;
  FramOwners *owners;
  FramDriver *driver;
  FramCache *cache;
  GHashTable *by_id;   /* GUINT_TO_POINTER -> FramBusSession, owned */
  GHashTable *by_path; /* path -> FramBusSession */
};

static void
session_free (gpointer data)
{
  FramBusSession *session = data;
  FramSessions *sessions = session->sessions;

  fram_session_hint_stop (session);
  fram_exporter_remove (sessions->exporter, session->path);
  fram_owners_release (sessions->owners, session->owner);
  g_hash_table_remove (sessions->by_path, session->path);
  fram_changes_clear (&session->changes);
  fram_session_course_clear (&session->course);
  g_free (session->label);
  g_free (session->owner);
  g_free (session->path);
  g_free (session);
}

void
fram_sessions_tell (FramSessions *sessions, const FramEvent *event)
{
  FramBusSession *session = fram_sessions_find (sessions, event->session);

  /* A session that could not be set up as asked ends without having been on the bus. */
  if (session == NULL)
    return;
  session->touched = TRUE;
  fram_session_course_follow (&session->course, fram_sessions_get_broker (sessions),
                              event);
  fram_changes_follow (&session->changes, fram_sessions_get_broker (sessions), event,
                       &session->course.cause);
  fram_session_tell (session, event);
  if (event->type == FRAM_EVENT_CLOSED)
    {
      fram_log_session (session->path, session->owner, "closed: %s",
                        fram_cause_to_word (event->cause));
      g_hash_table_remove (sessions->by_id, GUINT_TO_POINTER (event->session));
    }
}

void
fram_sessions_tell_direct (FramSessions *sessions, FramSessionId id, guint stream,
                           guint component)
{
  FramBusSession *session = fram_sessions_find (sessions, id);

  if (session != NULL)
    fram_session_tell_direct (session, stream, component);
}

static void
on_owner_gone (const char *name, gpointer user_data)
{
  FramSessions *sessions = user_data;
  g_autoptr (GList) all = g_hash_table_get_values (sessions->by_id);

  for (GList *link = all; link != NULL; link = link->next)
    {
      FramBusSession *session = link->data;

      if (!g_str_equal (session->owner, name))
        continue;
      session->owner_gone = TRUE;
      fram_sessions_close (sessions, session, FRAM_CAUSE_OWNER_GONE);
    }
  fram_driver_kick (sessions->driver);
}

FramSessions *
fram_sessions_new (DBusConnection *connection, FramExporter *exporter, GError **error)
{
  g_autoptr (FramInterface) interface = fram_interface_new (&fram_session_table, error);
  FramSessions *sessions;

  if (interface == NULL)
    return NULL;
  sessions = g_new0 (FramSessions, 1);
  sessions->exporter = exporter;
  sessions->interface = g_steal_pointer (&interface);
  sessions->owners = fram_owners_new (connection, on_owner_gone, NULL, sessions);
  sessions->by_id = g_hash_table_new_full (NULL, NULL, NULL, session_free);
  sessions->by_path = g_hash_table_new (g_str_hash, g_str_equal);
  return sessions;
}

void
fram_sessions_free (FramSessions *sessions)
{
  if (sessions == NULL)
    return;
  g_hash_table_unref (sessions->by_id);
  g_hash_table_unref (sessions->by_path);
  fram_owners_free (sessions->owners);
  fram_interface_free (sessions->interface);
  g_free (sessions);
}

void
fram_sessions_set_driver (FramSessions *sessions, FramDriver *driver, FramCache *cache)
{
  sessions->driver = driver;
  sessions->cache = cache;
}

/* The characters of a unique name that a path may not have: the colon that it begins with
 * goes, points become underlines. */
char *
fram_sessions_make_path (const char *owner, const char *token)
{
  g_autofree char *sender = g_strdelimit (g_strdup (owner + 1), ".", '_');

  return g_strdup_printf (FRAM_PATH_SESSIONS "/%s/%s", sender, token);
}

static FramBusSession *
session_new (FramSessions *sessions, FramSessionId id, const char *path,
             const FramSessionOptions *options)
{
  FramBusSession *session = g_new0 (FramBusSession, 1);

  session->sessions = sessions;
  session->id = id;
  session->path = g_strdup (path);
  session->owner = g_strdup (options->owner);
  session->label = g_strdup (options->label != NULL ? options->label : "");
  session->n_streams = MAX (options->n_streams, 1);
  for (guint i = 0; i < session->n_streams; i++)
    session->n_components[i] = MAX (options->n_components[i], 1);
  session->hinted = -FRAM_SECONDS (1);
  session->started = g_get_real_time ();
  return session;
}

FramBusSession *
fram_sessions_create (FramSessions *sessions, const char *path,
                      const FramSessionOptions *options, GError **error)
{
  FramBroker *broker = fram_driver_get_broker (sessions->driver);
  FramSessionId id
      = fram_broker_create_session (broker, options, fram_driver_now (), error);
  FramBusSession *session;
  gboolean added;

  if (id == 0)
    return NULL;

  session = session_new (sessions, id, path, options);
  added = fram_exporter_add (sessions->exporter, path, &sessions->interface, 1, session,
                             NULL);
  g_assert (added);
  g_hash_table_insert (sessions->by_id, GUINT_TO_POINTER (id), session);
  g_hash_table_insert (sessions->by_path, session->path, session);
  fram_owners_hold (sessions->owners, session->owner);
  fram_log_session (path, session->owner, "created");
  return session;
}

void
fram_sessions_close (FramSessions *sessions, FramBusSession *session, FramCause cause)
{
  fram_history_add (sessions->cache, sessions->driver, session->id, &session->course,
                    fram_owners_get_application (sessions->owners, session->owner),
                    session->label, cause);
  fram_broker_close_session (fram_sessions_get_broker (sessions), session->id, cause,
                             fram_driver_now ());
}

void
fram_sessions_discard (FramSessions *sessions, FramBusSession *session)
{
  session->owner_gone = TRUE;
  fram_broker_close_session (fram_sessions_get_broker (sessions), session->id,
                             FRAM_CAUSE_CLOSED_BY_APPLICATION, fram_driver_now ());
}

void
fram_sessions_close_all (FramSessions *sessions, FramCause cause)
{
  g_autoptr (GList) all = g_hash_table_get_values (sessions->by_id);

  for (GList *link = all; link != NULL; link = link->next)
    fram_sessions_close (sessions, link->data, cause);
  fram_driver_kick (sessions->driver);
}

FramBusSession *
fram_sessions_find (FramSessions *sessions, FramSessionId id)
{
  return g_hash_table_lookup (sessions->by_id, GUINT_TO_POINTER (id));
}

void
fram_sessions_iter_init (FramSessions *sessions, GHashTableIter *iter)
{
  g_hash_table_iter_init (iter, sessions->by_id);
}

FramBusSession *
fram_sessions_find_path (FramSessions *sessions, const char *path)
{
  return g_hash_table_lookup (sessions->by_path, path);
}

FramBroker *
fram_sessions_get_broker (FramSessions *sessions)
{
  return fram_driver_get_broker (sessions->driver);
}

FramDriver *
fram_sessions_get_driver (FramSessions *sessions)
{
  return sessions->driver;
}

FramExporter *
fram_sessions_get_exporter (FramSessions *sessions)
{
  return sessions->exporter;
}

FramInterface *
fram_sessions_get_interface (FramSessions *sessions)
{
  return sessions->interface;
}

FramOwners *
fram_sessions_get_owners (FramSessions *sessions)
{
  return sessions->owners;
}
