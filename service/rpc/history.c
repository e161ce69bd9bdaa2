#include "rpc/history.h"

#include "broker/snapshot.h"
#include "rpc/rows.h"

void
fram_session_course_clear (FramSessionCourse *course)
{
  fram_state_cause_clear (&course->cause);
  g_clear_pointer (&course->path, g_free);
}

/* How far a session has come: one that failed has tried, one that was connected has not
 * failed, whatever came later. */
static guint
get_rank (FramState state)
{
  switch (state)
    {
    case FRAM_STATE_NEW:
    case FRAM_STATE_CLOSED:
      return 0;
    case FRAM_STATE_CHECKING:
    case FRAM_STATE_DISCONNECTED:
      return 1;
    case FRAM_STATE_FAILED:
      return 2;
    case FRAM_STATE_CONNECTED:
      return 3;
    case FRAM_STATE_COMPLETED:
      return 4;
    }
  g_assert_not_reached ();
}

static void
note_state (FramSessionCourse *course, FramState state)
{
  if (get_rank (state) > get_rank (course->best))
    course->best = state;
}

/* The path of the first component that has one; without any, the last one stays. */
static void
note_path (FramSessionCourse *course, FramBroker *broker, FramSessionId session)
{
  g_autoptr (GArray) pairs = fram_broker_list_pairs (broker, session);

  for (guint i = 0; pairs != NULL && i < pairs->len; i++)
    {
      const FramPairRow *pair = &g_array_index (pairs, FramPairRow, i);
      g_autofree char *protocol = NULL;

      if (!pair->selected)
        continue;
      protocol = g_ascii_strup (fram_rows_transport_text (pair->transport), -1);
      g_free (course->path);
      course->path = g_strdup_printf (
          "%s to %s over %s", fram_candidate_type_to_text (pair->local_type),
          fram_candidate_type_to_text (pair->remote_type), protocol);
      course->rtt = pair->rtt;
      return;
    }
}

void
fram_session_course_follow (FramSessionCourse *course, FramBroker *broker,
                            const FramEvent *event)
{
  fram_state_cause_follow (&course->cause, broker, event);
  if (event->type == FRAM_EVENT_STATE)
    note_state (course, event->state);
  else if (event->type == FRAM_EVENT_SELECTED)
    note_path (course, broker, event->session);
}

void
fram_history_add (FramCache *cache, FramDriver *driver, FramSessionId session,
                  FramSessionCourse *course, const char *application, const char *label,
                  FramCause cause)
{
  FramBroker *broker = fram_driver_get_broker (driver);
  FramPastSession past = { .application = application, .label = label };
  FramSessionRow row;

  if (!fram_broker_get_session (broker, session, &row))
    return;
  /* What it came to in this turn of the loop is not told yet. */
  fram_state_cause_catch_up (&course->cause, broker, session, row.state, row.cause);
  note_state (course, row.state);
  note_path (course, broker, session);
  past.duration = fram_driver_now () - row.created;
  past.state = fram_state_to_text (course->best);
  past.cause
      = row.state == FRAM_STATE_FAILED ? course->cause.word : fram_cause_to_word (cause);
  past.path = course->path != NULL ? course->path : "";
  past.rtt = course->path != NULL ? course->rtt : -1;
  fram_driver_get_session_bytes (driver, session, &past.bytes_sent, &past.bytes_received);
  fram_cache_record_session (cache, &past);
}

GVariant *
fram_history_rows (GPtrArray *sessions)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a(xssxxsssxtt)"));
  for (guint i = 0; i < sessions->len; i++)
    {
      const FramPastSession *past = g_ptr_array_index (sessions, i);

      g_variant_builder_add (&rows, "(xssxxsssxtt)", past->id, past->application,
                             past->label, past->started, past->ended, past->state,
                             past->cause, past->path, past->rtt, past->bytes_sent,
                             past->bytes_received);
    }
  return g_variant_builder_end (&rows);
}
