#include "rpc/changes.h"

#include "broker/inspection.h"
#include "rpc/rows.h"

static void
change_free (gpointer data)
{
  FramChange *change = data;

  g_free (change->sentence);
  g_free (change);
}

void
fram_changes_clear (FramChanges *changes)
{
  g_queue_clear_full (&changes->all, change_free);
}

/* `sentence`: (transfer full) */
static FramChange *
note (FramChanges *changes, const FramEvent *event, const char *what, char *sentence)
{
  FramChange *change = g_new0 (FramChange, 1);

  if (changes->all.length == FRAM_MAX_CHANGES)
    change_free (g_queue_pop_head (&changes->all));
  change->id = ++changes->n;
  change->when = fram_driver_now ();
  change->what = what;
  change->stream = event->stream;
  change->component = event->component;
  change->state = change->cause = "";
  change->sentence = sentence;
  g_queue_push_tail (&changes->all, change);
  return change;
}

static void
note_state (FramChanges *changes, const FramEvent *event, const char *what,
            const char *cause, const char *sentence)
{
  FramChange *change = note (changes, event, what, g_strdup (sentence));

  change->state = fram_state_to_text (event->state);
  change->cause = cause;
}

/* It may be selected no more by the time this is told. */
static void
note_selected (FramChanges *changes, FramBroker *broker, const FramEvent *event)
{
  g_autoptr (GArray) pairs = fram_broker_list_pairs (broker, event->session);

  for (guint i = 0; pairs != NULL && i < pairs->len; i++)
    {
      const FramPairRow *pair = &g_array_index (pairs, FramPairRow, i);
      g_autofree char *local = NULL;
      g_autofree char *remote = NULL;

      if (!pair->selected || pair->stream != event->stream
          || pair->component != event->component)
        continue;
      local = fram_rows_local_text (broker, event->session, pair);
      remote = fram_rows_remote_text (broker, event->session, pair);
      note (changes, event, "selected", g_strdup_printf ("%s -> %s", local, remote));
      return;
    }
}

void
fram_changes_follow (FramChanges *changes, FramBroker *broker, const FramEvent *event,
                     const FramStateCause *cause)
{
  if (event->type == FRAM_EVENT_STATE)
    note_state (changes, event, "session", cause->word, cause->sentence);
  else if (event->type == FRAM_EVENT_COMPONENT_STATE)
    note_state (changes, event, "component", fram_cause_to_word (event->cause),
                fram_cause_to_sentence (event->cause));
  else if (event->type == FRAM_EVENT_RESTART_ADVISED)
    note (changes, event, "restart-advised",
          g_strdup (fram_cause_to_sentence (event->cause)))
        ->cause
        = fram_cause_to_word (event->cause);
  else if (event->type == FRAM_EVENT_SELECTED)
    note_selected (changes, broker, event);
  else if (event->type == FRAM_EVENT_GATHERING_DONE)
    note (changes, event, "gathered",
          g_strdup_printf ("The addresses of this side were found in %.0f ms.",
                           event->duration / 1000.0));
}
