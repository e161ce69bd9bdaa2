#include "rpc/history.h"

#include "broker/explain.h"
#include "broker/snapshot.h"

void
fram_session_course_clear (FramSessionCourse *course)
{
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
note_state (FramSessionCourse *course, FramState state, const char *cause)
{
  course->failure = state == FRAM_STATE_FAILED ? cause : NULL;
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

      if (!pair->selected)
        continue;
      g_free (course->path);
      course->path = g_strdup_printf ("%s to %s over UDP",
                                      fram_candidate_type_to_text (pair->local_type),
                                      fram_candidate_type_to_text (pair->remote_type));
      course->rtt = pair->rtt;
      return;
    }
}

void
fram_session_course_follow (FramSessionCourse *course, FramBroker *broker,
                            const FramEvent *event, const FramStateCause *told)
{
  if (event->type == FRAM_EVENT_STATE)
    note_state (course, event->state, told->word);
  else if (event->type == FRAM_EVENT_SELECTED)
    note_path (course, broker, event->session);
}

void
fram_history_add (FramCache *cache, FramDriver *driver, FramSessionId session,
                  FramSessionCourse *course, const char *application, const char *label,
                  FramCause cause)
{
  FramBroker *broker = fram_driver_get_broker (driver);
  g_autofree char *sentence = NULL;
  const char *word;
  FramPastSession past = { .application = application, .label = label };
  FramSessionRow row;

  if (!fram_broker_get_session (broker, session, &row))
    return;
  /* What it came to in this turn of the loop is not told yet. */
  if (row.state != FRAM_STATE_FAILED || course->failure == NULL)
    {
      sentence = fram_broker_explain_state (broker, session, row.state, row.cause,
                                            fram_driver_now (), &word);
      note_state (course, row.state, word);
    }
  note_path (course, broker, session);
  past.duration = fram_driver_now () - row.created;
  past.state = fram_state_to_text (course->best);
  past.cause = course->failure != NULL ? course->failure : fram_cause_to_word (cause);
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
