#include "signalling.h"

#include "broker/snapshot.h"

typedef enum
{
  MESSAGE_DESCRIPTION,
  MESSAGE_CANDIDATE,
  MESSAGE_DONE,
  MESSAGE_REMOVED,
  MESSAGE_BYE,
} MessageKind;

typedef struct
{
  MessageKind kind;
  guint round;                 /* of the sender: how often it has restarted */
  FramDescription description; /* the sender's; its ufrag goes with every message */
  GPtrArray *candidates;       /* SimCandidate */
  gboolean done;               /* there are no others */
} Message;

static FramTime
now (const SimEnd *end)
{
  return sim_schedule_now (end->call->context->schedule);
}

static void
candidate_free (gpointer data)
{
  SimCandidate *candidate = data;

  g_free (candidate->line);
  g_free (candidate);
}

static void
message_free (gpointer data)
{
  Message *message = data;

  g_ptr_array_unref (message->candidates);
  g_free (message);
}

/* What an end says of itself. */
static FramIceOptions
filter_said (const SimEnd *end, FramIceOptions options)
{
  switch (end->plan->dialect)
    {
    case SIM_DIALECT_FRAM:
      return options;
    case SIM_DIALECT_REGULAR:
      return options & ~FRAM_ICE_OPTION_RENOMINATION;
    case SIM_DIALECT_OLD:
    case SIM_DIALECT_AGGRESSIVE:
      return FRAM_ICE_OPTION_NONE;
    }
  g_assert_not_reached ();
}

/* What it understands of its peer.  Who nominates with all of its checks takes the best pair that
 * works (RFC 5245 §8.1.1.2), as who nominates again does; and of a peer that does so, too, it takes
 * the best, not the last: each check is a nomination, and the last one is any. */
static FramIceOptions
filter_heard (const SimEnd *end, FramIceOptions options)
{
  const SimEnd *peer = &end->call->ends[1 - end->side];

  if (end->plan->dialect == SIM_DIALECT_AGGRESSIVE)
    return peer->plan->dialect == SIM_DIALECT_AGGRESSIVE ? FRAM_ICE_OPTION_NONE
                                                         : FRAM_ICE_OPTION_RENOMINATION;
  return filter_said (end, options);
}

static Message *
message_new (SimEnd *end, MessageKind kind)
{
  Message *message = g_new0 (Message, 1);
  FramLocalDescription local;

  message->kind = kind;
  message->round = end->round;
  message->candidates = g_ptr_array_new_with_free_func (candidate_free);
  if (end->session != 0
      && fram_broker_get_local_description (sim_host_get_broker (end->host), end->session,
                                            &local))
    message->description = local.description;
  message->description.options = filter_said (end, message->description.options);
  if (end->plan->dialect == SIM_DIALECT_OLD
      || end->plan->dialect == SIM_DIALECT_AGGRESSIVE)
    message->description.pacing = 0;
  return message;
}

static void
message_add (Message *message, const SimCandidate *candidate)
{
  SimCandidate *copy = g_new0 (SimCandidate, 1);

  copy->stream = candidate->stream;
  copy->line = g_strdup (candidate->line);
  g_ptr_array_add (message->candidates, copy);
}

/* --- Taking ------------------------------------------------------------------------ */

static void
must_be_accepted (SimEnd *end, gboolean accepted, const char *what, GError *error)
{
  if (!accepted)
    sim_journal_violate (end->call->context->journal, now (end),
                         sim_host_get_name (end->host), "call-accepted", "%s: %s", what,
                         error->message);
  g_clear_error (&error);
}

static void
add_candidates (SimEnd *end, const Message *message, guint first_stream)
{
  FramBroker *broker = sim_host_get_broker (end->host);

  for (guint i = 0; i < message->candidates->len; i++)
    {
      const SimCandidate *candidate = g_ptr_array_index (message->candidates, i);
      GError *error = NULL;
      gboolean accepted;

      if (candidate->stream < first_stream || candidate->stream >= end->n_streams)
        continue;
      accepted = fram_broker_add_remote_candidate (
          broker, end->session, message->description.ufrag, candidate->stream,
          candidate->line, now (end), &error);
      sim_host_settle (end->host);
      must_be_accepted (end, accepted, "add-remote-candidate", error);
    }
}

static void
end_candidates (SimEnd *end, const Message *message)
{
  GError *error = NULL;
  gboolean accepted
      = fram_broker_end_remote_candidates (sim_host_get_broker (end->host), end->session,
                                           message->description.ufrag, now (end), &error);

  sim_host_settle (end->host);
  must_be_accepted (end, accepted, "end-remote-candidates", error);
}

/* The offer comes before the session: its candidates of stream 0 go along with it. */
static guint
open_to_answer (SimEnd *end, const Message *message)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new ();

  for (guint i = 0; i < message->candidates->len; i++)
    {
      const SimCandidate *candidate = g_ptr_array_index (message->candidates, i);

      if (candidate->stream == 0)
        g_ptr_array_add (lines, candidate->line);
    }
  g_ptr_array_add (lines, NULL);
  sim_end_open (end, &message->description, (const char *const *) lines->pdata);
  return 1;
}

static void
take_description (SimEnd *end, Message *message)
{
  GError *error = NULL;
  guint first_stream = 0;

  /* Of a round that is over, when both have restarted. */
  if (message->round < end->round)
    return;
  if (message->round > end->round)
    {
      end->awaits_offer = TRUE;
      sim_end_restart (end, message->round);
    }
  message->description.options = filter_heard (end, message->description.options);
  if (end->plan->dialect == SIM_DIALECT_AGGRESSIVE)
    sim_host_nominate_early (end->host, &message->description);
  if (end->session == 0)
    first_stream = open_to_answer (end, message);
  else
    {
      gboolean accepted = fram_broker_set_remote_description (
          sim_host_get_broker (end->host), end->session, &message->description, now (end),
          &error);

      end->answered = TRUE;
      sim_host_settle (end->host);
      must_be_accepted (end, accepted, "set-remote-description", error);
    }
  if (end->session == 0)
    return;
  add_candidates (end, message, first_stream);
  if (message->done)
    end_candidates (end, message);
  /* An answer that waited for its offer. */
  if (!end->described)
    sim_signalling_describe (end);
}

static void
arrive (gpointer subject, gpointer detail)
{
  SimEnd *end = subject;
  Message *message = detail;

  if (sim_end_is_gone (end))
    {
      message_free (message);
      return;
    }
  switch (message->kind)
    {
    case MESSAGE_DESCRIPTION:
      take_description (end, message);
      break;
    case MESSAGE_CANDIDATE:
      if (end->state == FRAM_STATE_COMPLETED)
        sim_journal_count (end->call->context->journal, SIM_LATE_CANDIDATE);
      add_candidates (end, message, 0);
      break;
    case MESSAGE_DONE:
      end_candidates (end, message);
      break;
    case MESSAGE_REMOVED:
      if (end->session != 0 && end->n_streams == end->call->planned->n_streams)
        sim_end_remove_stream (end);
      break;
    case MESSAGE_BYE:
      sim_end_close (end);
      break;
    }
  message_free (message);
}

/* --- Sending ----------------------------------------------------------------------- */

static void
send_message (SimEnd *end, Message *message)
{
  const SimCallPlan *planned = end->call->planned;
  SimEnd *peer = &end->call->ends[1 - end->side];
  FramTime at = now (end) + planned->delay;

  if (planned->jitter > 0)
    at += sim_dice_range (end->call->context->dice, 0, planned->jitter);
  if (planned->straggle > 0 && message->kind != MESSAGE_DESCRIPTION)
    at += sim_dice_range (end->call->context->dice, 0, planned->straggle);
  at = MAX (at, end->sent_last);
  end->sent_last = at;
  sim_schedule_add (end->call->context->schedule, at, arrive, peer, message,
                    message_free);
}

void
sim_signalling_describe (SimEnd *end)
{
  Message *message;

  if (end->described || end->session == 0 || (!end->plan->trickle && !end->gathered)
      || (end->awaits_offer && !end->answered))
    return;
  end->described = TRUE;
  message = message_new (end, MESSAGE_DESCRIPTION);
  for (guint i = 0; i < end->candidates->len; i++)
    message_add (message, g_ptr_array_index (end->candidates, i));
  message->done = end->gathered;
  send_message (end, message);
}

void
sim_signalling_candidate (SimEnd *end, const SimCandidate *candidate)
{
  Message *message = message_new (end, MESSAGE_CANDIDATE);

  message_add (message, candidate);
  send_message (end, message);
}

void
sim_signalling_done (SimEnd *end)
{
  send_message (end, message_new (end, MESSAGE_DONE));
}

void
sim_signalling_bye (SimEnd *end)
{
  send_message (end, message_new (end, MESSAGE_BYE));
}

void
sim_signalling_removed (SimEnd *end)
{
  send_message (end, message_new (end, MESSAGE_REMOVED));
}
