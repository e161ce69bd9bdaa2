/* Events of the broker become signals one by one, but for changes of pairs.  Those come by
 * hundreds: a hint is sent, and no other until the owner has read the table and a tenth of a
 * second has gone by.  An owner that never reads gets one hint in all. */
#include "rpc/session-signals.h"

#include "broker/snapshot.h"
#include "rpc/rows.h"

#define HINT_INTERVAL FRAM_MILLISECONDS (100)

static void
emit (FramBusSession *session, const char *name, GVariant *body)
{
  FramSessions *sessions = session->sessions;

  if (session->owner_gone)
    g_variant_unref (g_variant_ref_sink (body));
  else
    fram_exporter_signal (fram_sessions_get_exporter (sessions), session->owner,
                          session->path, fram_sessions_get_interface (sessions), name,
                          body);
}

/* --- Hints ------------------------------------------------------------------------- */

static void
send_hint (FramBusSession *session)
{
  session->hint_unanswered = TRUE;
  session->hinted = fram_driver_now ();
  emit (session, "PairsChanged", g_variant_new_tuple (NULL, 0));
}

static gboolean
on_hint_timer (gpointer user_data)
{
  FramBusSession *session = user_data;

  session->hint_timer = 0;
  send_hint (session);
  return G_SOURCE_REMOVE;
}

static void
hint (FramBusSession *session)
{
  FramTime wait = session->hinted + HINT_INTERVAL - fram_driver_now ();

  if (session->owner_gone || session->hint_unanswered || session->hint_timer != 0)
    return;
  if (wait <= 0)
    send_hint (session);
  else
    session->hint_timer
        = g_timeout_add (wait / FRAM_MILLISECONDS (1) + 1, on_hint_timer, session);
}

void
fram_session_hint_stop (FramBusSession *session)
{
  if (session->hint_timer != 0)
    g_source_remove (session->hint_timer);
  session->hint_timer = 0;
}

void
fram_session_hint_answered (FramBusSession *session)
{
  session->hint_unanswered = FALSE;
  fram_session_hint_stop (session);
}

/* --- The others -------------------------------------------------------------------- */

static GVariant *
selected_body (FramBusSession *session, const FramEvent *event)
{
  FramBroker *broker = fram_sessions_get_broker (session->sessions);
  g_autoptr (GArray) pairs = fram_broker_list_pairs (broker, session->id);

  for (guint i = 0; pairs != NULL && i < pairs->len; i++)
    {
      const FramPairRow *pair = &g_array_index (pairs, FramPairRow, i);
      g_autofree char *local = NULL;
      g_autofree char *remote = NULL;

      if (!pair->selected || pair->stream != event->stream
          || pair->component != event->component)
        continue;
      local = fram_rows_local_text (broker, session->id, pair);
      remote = fram_rows_remote_text (broker, session->id, pair);
      return g_variant_new ("(uuss)", (guint32) event->stream, (guint32) event->component,
                            local, remote);
    }
  /* It is selected no more by the time it is told. */
  return NULL;
}

static void
tell_selected (FramBusSession *session, const FramEvent *event)
{
  GVariant *body = selected_body (session, event);

  if (body != NULL)
    emit (session, "SelectedPairChanged", body);
}

static const char *
get_ufrag (FramBusSession *session, FramLocalDescription *local)
{
  if (!fram_broker_get_local_description (fram_sessions_get_broker (session->sessions),
                                          session->id, local))
    return "";
  return local->description.ufrag;
}

static void
tell_state (FramBusSession *session, const FramEvent *event)
{
  emit (session, "StateChanged",
        g_variant_new ("(ssst)", fram_state_to_text (event->state),
                       session->course.cause.word, session->course.cause.sentence,
                       (guint64) MAX (event->duration, 0)));
}

void
fram_session_tell_direct (FramBusSession *session, guint stream, guint component)
{
  emit (session, "DirectPossible",
        g_variant_new ("(uu)", (guint32) stream, (guint32) component));
}

void
fram_session_tell (FramBusSession *session, const FramEvent *event)
{
  FramLocalDescription local;

  switch (event->type)
    {
    case FRAM_EVENT_LOCAL_CANDIDATE:
      emit (session, "LocalCandidate",
            g_variant_new ("(sus)", get_ufrag (session, &local), (guint32) event->stream,
                           event->text));
      break;
    case FRAM_EVENT_GATHERING_DONE:
      emit (session, "GatheringDone",
            g_variant_new ("(st)", get_ufrag (session, &local),
                           (guint64) MAX (event->duration, 0)));
      break;
    case FRAM_EVENT_STATE:
      tell_state (session, event);
      break;
    case FRAM_EVENT_COMPONENT_STATE:
      emit (session, "ComponentStateChanged",
            g_variant_new ("(uusss)", (guint32) event->stream, (guint32) event->component,
                           fram_state_to_text (event->state),
                           fram_cause_to_word (event->cause),
                           fram_cause_to_sentence (event->cause)));
      break;
    case FRAM_EVENT_SELECTED:
      tell_selected (session, event);
      break;
    case FRAM_EVENT_RESTART_ADVISED:
      emit (session, "RestartAdvised",
            g_variant_new ("(ss)", fram_cause_to_word (event->cause),
                           fram_cause_to_sentence (event->cause)));
      break;
    case FRAM_EVENT_PAIRS_CHANGED:
      hint (session);
      break;
    case FRAM_EVENT_CLOSED:
      emit (session, "Closed",
            g_variant_new ("(ss)", fram_cause_to_word (event->cause),
                           fram_cause_to_sentence (event->cause)));
      break;
    case FRAM_EVENT_OPEN_BASE:
    case FRAM_EVENT_CLOSE_BASE:
    case FRAM_EVENT_TRANSMIT:
    case FRAM_EVENT_ROUTE_ADD:
    case FRAM_EVENT_ROUTE_REMOVE:
    case FRAM_EVENT_PATH:
    case FRAM_EVENT_OPEN_STREAM:
    case FRAM_EVENT_RESOLVE:
    case FRAM_EVENT_NAME_RESOLVE:
    case FRAM_EVENT_NAME_PUBLISH:
    case FRAM_EVENT_NAME_FORGET:
    case FRAM_EVENT_REMEMBER:
    case FRAM_EVENT_NETWORK_CHECKED:
    case FRAM_EVENT_SERVER_TESTED:
    case FRAM_EVENT_TRACE:
    case FRAM_EVENT_RELAY_ADD:
    case FRAM_EVENT_RELAY_CHANNEL:
      g_return_if_reached ();
    }
}
