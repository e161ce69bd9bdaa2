#include "rpc/inspection.h"

#include "broker/snapshot.h"
#include "dbus/names.h"
#include "rpc/session-detail.h"
#include "rpc/session-table.h"
#include "rpc/session.h"
#include "rpc/subscribers.h"

struct _FramInspection
{
  FramOwners *callers;
  FramSessions *sessions;
  FramSubscribers *subscribers;
  guint64 generation; /* grows with each change and with each answer */
  /* What is kept for subscribers, and only while there are some. */
  FramDelta *table;    /* or NULL */
  GHashTable *details; /* FramSessionId -> FramSessionDetail */
  GQueue recent;       /* the same ids, the one that was asked for last first */
};

FramInspection *
fram_inspection_new (FramExporter *exporter, FramInterface *interface,
                     FramOwners *callers)
{
  FramInspection *inspection = g_new0 (FramInspection, 1);

  inspection->callers = callers;
  inspection->subscribers = fram_subscribers_new (exporter, interface);
  inspection->details = g_hash_table_new_full (NULL, NULL, NULL,
                                               (GDestroyNotify) fram_session_detail_free);
  g_queue_init (&inspection->recent);
  return inspection;
}

void
fram_inspection_start (FramInspection *inspection, FramSessions *sessions)
{
  inspection->sessions = sessions;
}

static void
forget (FramInspection *inspection)
{
  g_clear_pointer (&inspection->table, fram_delta_free);
  g_hash_table_remove_all (inspection->details);
  g_queue_clear (&inspection->recent);
}

void
fram_inspection_free (FramInspection *inspection)
{
  forget (inspection);
  g_hash_table_unref (inspection->details);
  fram_subscribers_free (inspection->subscribers);
  g_free (inspection);
}

/* --- Who follows ------------------------------------------------------------------- */

void
fram_inspection_subscribe (FramInspection *inspection, FramCall *call)
{
  const char *name = fram_call_get_sender (call);
  gboolean is_new;

  if (!fram_subscribers_add (inspection->subscribers, name, &is_new))
    {
      fram_call_fail (call, FRAM_ERROR_LIMIT_EXCEEDED,
                      "There are %d subscribers already, and no more can be told",
                      FRAM_MAX_SUBSCRIBERS);
      return;
    }
  if (is_new)
    fram_owners_hold (inspection->callers, name);
  fram_call_return (call, g_variant_new ("(t)", inspection->generation));
}

static gboolean
remove_subscriber (FramInspection *inspection, const char *name)
{
  if (!fram_subscribers_remove (inspection->subscribers, name))
    return FALSE;
  if (fram_subscribers_count (inspection->subscribers) == 0)
    forget (inspection);
  return TRUE;
}

void
fram_inspection_unsubscribe (FramInspection *inspection, FramCall *call)
{
  const char *name = fram_call_get_sender (call);

  if (remove_subscriber (inspection, name))
    fram_owners_release (inspection->callers, name);
  fram_call_return (call, NULL);
}

void
fram_inspection_caller_gone (FramInspection *inspection, const char *name)
{
  if (remove_subscriber (inspection, name))
    fram_owners_release (inspection->callers, name);
}

void
fram_inspection_changed (FramInspection *inspection, FramSessionId session,
                         gboolean ended)
{
  inspection->generation++;
  if (ended && g_hash_table_remove (inspection->details, GUINT_TO_POINTER (session)))
    g_queue_remove (&inspection->recent, GUINT_TO_POINTER (session));
  fram_subscribers_tell (inspection->subscribers, inspection->generation);
}

void
fram_inspection_answered (FramInspection *inspection, const char *name)
{
  fram_subscribers_answered (inspection->subscribers, name);
}

/* --- Tables ------------------------------------------------------------------------ */

void
fram_inspection_get_sessions (FramInspection *inspection, FramCall *call, guint64 known)
{
  const char *name = fram_call_get_sender (call);
  guint64 generation = ++inspection->generation;
  gboolean complete;
  GVariant *rows;

  fram_subscribers_answered (inspection->subscribers, name);
  if (!fram_subscribers_has (inspection->subscribers, name))
    {
      rows = fram_session_table_pull (inspection->sessions, NULL);
      fram_call_return (call, g_variant_new ("(tb@a(tosssusssssssssauuxttssssssx)at)",
                                             generation, TRUE, rows, NULL));
      return;
    }
  if (inspection->table == NULL)
    inspection->table = fram_delta_new ();
  complete = known == 0 || !fram_delta_can_tell (inspection->table, known);
  fram_delta_begin (inspection->table, complete ? 0 : known, generation);
  rows = fram_session_table_pull (inspection->sessions, inspection->table);
  fram_call_return (call,
                    g_variant_new ("(tb@a(tosssusssssssssauuxttssssssx)@at)", generation,
                                   complete, rows, fram_delta_end (inspection->table)));
}

/* The one that was not asked for for the longest time makes room. */
static FramSessionDetail *
get_detail (FramInspection *inspection, FramSessionId session)
{
  gpointer key = GUINT_TO_POINTER (session);
  FramSessionDetail *detail = g_hash_table_lookup (inspection->details, key);

  if (detail != NULL)
    g_queue_remove (&inspection->recent, key);
  else
    {
      if (inspection->recent.length == FRAM_INSPECTION_MAX_DETAILS)
        g_hash_table_remove (inspection->details, g_queue_pop_tail (&inspection->recent));
      detail = fram_session_detail_new ();
      g_hash_table_insert (inspection->details, key, detail);
    }
  g_queue_push_head (&inspection->recent, key);
  return detail;
}

void
fram_inspection_get_session (FramInspection *inspection, FramCall *call, guint64 id,
                             guint64 known)
{
  const char *name = fram_call_get_sender (call);
  FramBusSession *session
      = id <= G_MAXUINT32 ? fram_sessions_find (inspection->sessions, (FramSessionId) id)
                          : NULL;
  guint64 generation = ++inspection->generation;
  FramSessionDetail *detail;

  FramSessionRow row;

  fram_subscribers_answered (inspection->subscribers, name);
  if (session == NULL
      || !fram_broker_get_session (fram_sessions_get_broker (inspection->sessions),
                                   session->id, &row))
    {
      fram_call_fail (call, FRAM_ERROR_NO_SESSION,
                      "There is no session %" G_GUINT64_FORMAT, id);
      return;
    }
  if (fram_subscribers_has (inspection->subscribers, name))
    {
      fram_call_return (call, fram_session_detail_pull (get_detail (inspection, id),
                                                        session, known, generation));
      return;
    }
  detail = fram_session_detail_new ();
  fram_call_return (call, fram_session_detail_pull (detail, session, 0, generation));
  fram_session_detail_free (detail);
}
