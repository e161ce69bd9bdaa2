#include "call.h"

#include <string.h>

#include "signalling.h"

/* What data say: whose they are. The first byte is not STUN's. (RFC 7983 §7) */
#define DATA_MARK 0xda

typedef struct
{
  guint8 mark;
  guint8 side; /* who sends */
  guint16 stream, component;
  guint32 call;
} Saying;

static FramTime
now (const SimCall *call)
{
  return sim_schedule_now (call->context->schedule);
}

static void
candidate_free (gpointer data)
{
  SimCandidate *candidate = data;

  g_free (candidate->line);
  g_free (candidate);
}

void
sim_call_init (SimCall *call, const SimContext *context, const SimPlan *plan, guint index,
               SimHost *host, SimHost *other_host)
{
  *call = (SimCall){ .context = context,
                     .plan = plan,
                     .planned = sim_plan_get_call (plan, index),
                     .index = index };
  for (guint side = 0; side < 2; side++)
    {
      SimEnd *end = &call->ends[side];

      end->call = call;
      end->side = side;
      end->host = side == 0 ? host : other_host;
      end->plan = &call->planned->ends[side];
      end->ready = -1;
      end->awaits_offer = side == 1 && call->planned->opening != SIM_OPENING_GLARE;
      end->restart_due = end->plan->restarts != FRAM_TIME_NEVER;
      end->removal_due = end->plan->removes != FRAM_TIME_NEVER;
      end->n_streams = call->planned->n_streams;
      end->candidates = g_ptr_array_new_with_free_func (candidate_free);
    }
}

void
sim_call_clear (SimCall *call)
{
  for (guint side = 0; side < 2; side++)
    g_ptr_array_unref (call->ends[side].candidates);
}

/* --- Time ------------------------------------------------------------------------- */

static void
restart_as_planned (gpointer subject, gpointer detail)
{
  SimEnd *end = subject;

  end->restart_due = FALSE;
  /* Not in the middle of an exchange of descriptions. */
  if (sim_end_is_gone (end) || !end->answered || !end->described)
    return;
  end->awaits_offer = FALSE;
  sim_end_restart (end, end->round + 1);
}

static void
remove_as_planned (gpointer subject, gpointer detail)
{
  SimEnd *end = subject;

  end->removal_due = FALSE;
  if (!sim_end_is_gone (end) && end->session != 0 && end->described
      && end->n_streams == end->call->planned->n_streams)
    sim_end_remove_stream (end);
}

static void
begin (gpointer subject, gpointer detail)
{
  SimEnd *end = subject;

  if (!end->over)
    sim_end_open (end, NULL, NULL);
}

static void
close_as_planned (gpointer subject, gpointer detail)
{
  SimEnd *end = subject;

  if (!end->over)
    sim_end_close (end);
}

void
sim_call_schedule (SimCall *call)
{
  SimSchedule *schedule = call->context->schedule;

  for (guint side = 0; side < 2; side++)
    {
      SimEnd *end = &call->ends[side];

      if (side == 0 || call->planned->opening != SIM_OPENING_OFFER)
        sim_schedule_add (schedule, call->planned->starts, begin, end, NULL, NULL);
      if (end->restart_due)
        sim_schedule_add (schedule, end->plan->restarts, restart_as_planned, end, NULL,
                          NULL);
      if (end->removal_due)
        sim_schedule_add (schedule, end->plan->removes, remove_as_planned, end, NULL,
                          NULL);
      if (end->plan->closes != FRAM_TIME_NEVER)
        sim_schedule_add (schedule, end->plan->closes, close_as_planned, end, NULL, NULL);
    }
}

/* --- What the host tells ----------------------------------------------------------- */

static void
take_candidate (SimEnd *end, const FramEvent *event)
{
  SimCandidate *candidate = g_new0 (SimCandidate, 1);

  candidate->stream = event->stream;
  candidate->line = g_strdup (event->text);
  g_ptr_array_add (end->candidates, candidate);
  sim_journal_note (end->call->context->journal, now (end->call),
                    sim_host_get_name (end->host), "session %u.%u %s", event->session,
                    event->stream, event->text);
  if (end->described)
    sim_signalling_candidate (end, candidate);
}

static void
count_state (const SimEnd *end, const FramEvent *event)
{
  SimJournal *journal = end->call->context->journal;

  if (event->state == FRAM_STATE_COMPLETED && end->state == FRAM_STATE_DISCONNECTED)
    sim_journal_count (journal, SIM_RECOVERED);
  if (event->state == FRAM_STATE_COMPLETED && end->plan->lite)
    sim_journal_count (journal, SIM_LITE_CONNECTED);
  if (event->state == FRAM_STATE_COMPLETED && end->call->planned->n_streams > 1)
    sim_journal_count (journal, SIM_STREAMS_CONNECTED);
  if (event->state == FRAM_STATE_COMPLETED && end->call->planned->n_components > 1)
    sim_journal_count (journal, SIM_COMPONENTS_CONNECTED);
  if (event->state == FRAM_STATE_FAILED && event->cause == FRAM_CAUSE_CONSENT_EXPIRED)
    sim_journal_count (journal, SIM_CONSENT_EXPIRED);
  if (event->state == FRAM_STATE_FAILED && event->cause == FRAM_CAUSE_CONSENT_REVOKED)
    sim_journal_count (journal, SIM_CONSENT_REVOKED);
  if (event->state == FRAM_STATE_FAILED && event->cause == FRAM_CAUSE_NO_PAIR_SUCCEEDED)
    sim_journal_count (journal, SIM_GAVE_UP);
}

static void
take_state (SimEnd *end, const FramEvent *event)
{
  count_state (end, event);
  end->state = event->state;
  end->cause = event->cause;
  if (event->state == FRAM_STATE_COMPLETED && end->ready < 0)
    end->ready = now (end->call);
  sim_journal_note (end->call->context->journal, now (end->call),
                    sim_host_get_name (end->host), "session %u is %s: %s", event->session,
                    fram_state_to_text (event->state), fram_cause_to_word (event->cause));
}

static void
take_event (gpointer owner, const FramEvent *event)
{
  SimEnd *end = owner;

  switch (event->type)
    {
    case FRAM_EVENT_LOCAL_CANDIDATE:
      take_candidate (end, event);
      return;
    case FRAM_EVENT_GATHERING_DONE:
      end->gathered = TRUE;
      if (end->described)
        sim_signalling_done (end);
      else
        sim_signalling_describe (end);
      return;
    case FRAM_EVENT_STATE:
      take_state (end, event);
      return;
    case FRAM_EVENT_CLOSED:
      end->session = 0;
      end->over = TRUE;
      end->state = FRAM_STATE_CLOSED;
      end->cause = event->cause;
      return;
    case FRAM_EVENT_COMPONENT_STATE:
    case FRAM_EVENT_SELECTED:
    case FRAM_EVENT_RESTART_ADVISED:
    case FRAM_EVENT_PAIRS_CHANGED:
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
      return;
    }
  g_assert_not_reached ();
}

static void
take_data (gpointer owner, guint stream, guint component, const SimTuple *tuple,
           const guint8 *data, gsize length)
{
  SimEnd *end = owner;
  Saying saying;

  /* Forged, and no longer like STUN: nobody could tell it from data. */
  if (length != sizeof saying)
    return;
  memcpy (&saying, data, sizeof saying);
  if (saying.call != end->call->index || saying.side == end->side
      || stream >= end->n_streams || saying.stream != stream
      || saying.component != component)
    {
      sim_journal_violate (end->call->context->journal, now (end->call),
                           sim_host_get_name (end->host), "data-reach-their-session",
                           "call %u.%u.%u side %u hears call %u.%u.%u side %u",
                           end->call->index, stream, component, end->side, saying.call,
                           saying.stream, saying.component, saying.side);
      return;
    }
  end->n_heard[stream][component - 1]++;
  end->heard_by[stream][component - 1] = *tuple;
}

const SimHostSink sim_call_sink = { take_event, take_data };

void
sim_end_talk (SimEnd *end)
{
  if (sim_end_is_gone (end) || end->session == 0)
    return;
  for (guint s = 0; s < end->n_streams; s++)
    for (guint c = 1; c <= end->call->planned->n_components; c++)
      {
        const SimComponent component = { end->session, (guint16) s, (guint16) c };
        const Saying saying = { DATA_MARK, (guint8) end->side, (guint16) s, (guint16) c,
                                end->call->index };

        sim_host_send_data (end->host, &component, &saying, sizeof saying);
      }
}

/* --- The flow of data in a restart ------------------------------------------------- */

/* Longer than a packet takes. */
#define FLOW_INTERVAL FRAM_SECONDS (1)

static gboolean
has_heard (const SimEnd *end)
{
  for (guint s = 0; s < sim_call_count_streams (end->call); s++)
    for (guint c = 0; c < end->call->planned->n_components; c++)
      if (end->n_heard[s][c] == 0)
        return FALSE;
  return TRUE;
}

static gboolean
has_paths (const SimEnd *end)
{
  SimDataPlane *plane = sim_host_get_data_plane (end->host);

  for (guint s = 0; s < sim_call_count_streams (end->call); s++)
    for (guint c = 1; c <= end->call->planned->n_components; c++)
      {
        const SimComponent component = { end->session, (guint16) s, (guint16) c };

        if (sim_data_plane_find_path (plane, &component) == NULL)
          return FALSE;
      }
  return TRUE;
}

static void
look_at_flow (gpointer subject, gpointer detail)
{
  SimCall *call = subject;

  for (guint side = 0; side < 2; side++)
    if (sim_end_is_gone (&call->ends[side])
        || call->ends[side].state == FRAM_STATE_FAILED)
      call->watches_flow = FALSE;
  if (!call->watches_flow || sim_call_is_connected (call))
    {
      call->watches_flow = FALSE;
      return;
    }
  for (guint side = 0; side < 2; side++)
    if (call->ends[side].spoke && !has_heard (&call->ends[1 - side]))
      sim_journal_violate (call->context->journal, now (call),
                           sim_host_get_name (call->ends[side].host), "data-go-on",
                           "call %u: what side %u says in a restart is not heard",
                           call->index, side);
  sim_call_forget_talk (call);
  for (guint side = 0; side < 2; side++)
    {
      /* Who has never selected sends by any pair that works, which its peer may have left. */
      call->ends[side].spoke
          = call->ends[side].ready >= 0 && has_paths (&call->ends[side]);
      sim_end_talk (&call->ends[side]);
    }
  sim_schedule_add (call->context->schedule, now (call) + FLOW_INTERVAL, look_at_flow,
                    call, NULL, NULL);
}

static gboolean
is_disturbed (const SimCall *call)
{
  FramTime first, last;

  for (guint side = 0; side < 2; side++)
    if (call->ends[side].plan->dialect == SIM_DIALECT_AGGRESSIVE
        || call->ends[side].plan->lite)
      return TRUE;
  for (guint i = 0; i < call->plan->n_networks; i++)
    if (call->plan->networks[i].link.loss > 0.0
        || call->plan->networks[i].link.mangle > 0.0
        /* By TCP, what comes out of order is sent again, and that takes longer than a packet. */
        || (call->planned->ends[0].tcp && call->planned->ends[1].tcp
            && call->plan->networks[i].link.reorder > 0.0))
      return TRUE;
  return sim_plan_find_changes (call->plan, call->planned, &first, &last)
         || sim_plan_may_lapse (call->plan, call->planned);
}

void
sim_call_watch_flow (SimCall *call)
{
  if (call->watches_flow || is_disturbed (call))
    return;
  call->watches_flow = TRUE;
  call->ends[0].spoke = call->ends[1].spoke = FALSE;
  look_at_flow (call, NULL);
}

/* --- Looking ----------------------------------------------------------------------- */

guint
sim_call_count_streams (const SimCall *call)
{
  return MIN (call->ends[0].n_streams, call->ends[1].n_streams);
}

gboolean
sim_end_is_gone (const SimEnd *end)
{
  return end->over || sim_host_has_left (end->host);
}

static gboolean
is_settled (const SimEnd *end)
{
  const SimEnd *peer = &end->call->ends[1 - end->side];

  if (sim_end_is_gone (end))
    return TRUE;
  if (end->restart_due || end->removal_due
      || (end->n_streams != peer->n_streams && !sim_end_is_gone (peer)))
    return FALSE;
  if (end->state == FRAM_STATE_FAILED)
    return TRUE;
  /* Nobody will ever answer: that is for the application to notice. */
  if (sim_end_is_gone (peer))
    return end->session == 0
           || !end->answered
           /* Nor has a peer that has not yet asked a lite agent for consent shown that it will. */
           || (end->plan->lite && end->state == FRAM_STATE_COMPLETED);
  return end->state == FRAM_STATE_COMPLETED;
}

gboolean
sim_call_is_settled (const SimCall *call)
{
  return is_settled (&call->ends[0]) && is_settled (&call->ends[1]);
}

gboolean
sim_call_is_connected (const SimCall *call)
{
  for (guint side = 0; side < 2; side++)
    if (sim_end_is_gone (&call->ends[side])
        || call->ends[side].state != FRAM_STATE_COMPLETED)
      return FALSE;
  return TRUE;
}

/* Whether both sides must have selected the same.  Of all that were nominated each takes the best
 * as it knows them (RFC 5245 §8.1.1.2), and stays with that when its peer has lost the path. */
static gboolean
must_meet (const SimCall *call)
{
  FramTime first, last;
  gboolean loses = sim_plan_get_loss (call->plan, call->planned) > 0.0
                   || sim_plan_find_changes (call->plan, call->planned, &first, &last);

  for (guint side = 0; side < 2; side++)
    if (call->ends[side].plan->dialect == SIM_DIALECT_AGGRESSIVE
        || (loses && call->ends[side].plan->dialect == SIM_DIALECT_OLD))
      return FALSE;
  return TRUE;
}

/* Who nominates with all of its checks is a Fram within, and gives up pairs in progress that its
 * peer may have taken, as RFC 5245 §8.1.2 does not. */
static gboolean
may_be_deaf (const SimCall *call)
{
  return call->ends[0].plan->dialect == SIM_DIALECT_AGGRESSIVE
         || call->ends[1].plan->dialect == SIM_DIALECT_AGGRESSIVE;
}

static gboolean
end_agrees (const SimEnd *end)
{
  SimDataPlane *plane = sim_host_get_data_plane (end->host);
  gboolean meets = must_meet (end->call);

  for (guint s = 0; s < sim_call_count_streams (end->call); s++)
    for (guint c = 1; c <= end->call->planned->n_components; c++)
      {
        const SimComponent component = { end->session, (guint16) s, (guint16) c };
        const SimTuple *heard = &end->heard_by[s][c - 1];
        const SimTuple *path = sim_data_plane_find_path (plane, &component);

        if (path == NULL || end->n_heard[s][c - 1] == 0)
          return FALSE;
        if (meets
            && (heard->base != path->base
                || !fram_address_equal (&heard->remote, &path->remote)))
          return FALSE;
      }
  return TRUE;
}

gboolean
sim_call_agrees (const SimCall *call)
{
  return may_be_deaf (call)
         || (end_agrees (&call->ends[0]) && end_agrees (&call->ends[1]));
}

void
sim_call_forget_talk (SimCall *call)
{
  for (guint side = 0; side < 2; side++)
    memset (call->ends[side].n_heard, 0, sizeof call->ends[side].n_heard);
}
