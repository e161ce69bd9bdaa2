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
      end->candidates = g_ptr_array_new_with_free_func (candidate_free);
    }
}

void
sim_call_clear (SimCall *call)
{
  for (guint side = 0; side < 2; side++)
    g_ptr_array_unref (call->ends[side].candidates);
}

/* --- Opening and closing ----------------------------------------------------------- */

static guint
list_servers (const SimEnd *end, char uris[FRAM_MAX_SERVERS][128],
              FramServerOption options[FRAM_MAX_SERVERS])
{
  const SimPlan *plan = end->call->plan;
  char address[FRAM_ADDRESS_TEXT];
  guint n = 0;

  for (guint i = 0; i < plan->n_servers; i++)
    {
      const SimServerPlan *server = &plan->servers[i];

      if ((end->plan->servers & (1u << i)) == 0)
        continue;
      g_snprintf (uris[n], sizeof uris[n], "stun:%s",
                  server->name != NULL
                      ? server->name
                      : fram_address_to_text (&server->address, address));
      options[n].uri = uris[n];
      n++;
    }
  return n;
}

void
sim_end_open (SimEnd *end, const FramDescription *offer, const char *const *lines)
{
  const SimCallPlan *planned = end->call->planned;
  FramBroker *broker = sim_host_get_broker (end->host);
  g_autoptr (GError) error = NULL;
  char uris[FRAM_MAX_SERVERS][128], owner[16], label[16];
  FramSessionOptions options = { .owner = owner,
                                 .label = label,
                                 .n_streams = planned->n_streams,
                                 .role_fixed = end->plan->role_fixed,
                                 .role = end->plan->role,
                                 .policy = end->plan->policy,
                                 .trickle = end->plan->trickle,
                                 .pacing = end->plan->pacing,
                                 .remote = offer,
                                 .remote_candidates = lines };

  if (sim_end_is_gone (end))
    return;
  g_snprintf (owner, sizeof owner, ":1.%u", end->call->index * 2 + end->side);
  g_snprintf (label, sizeof label, "call %u", end->call->index);
  for (guint s = 0; s < planned->n_streams; s++)
    options.n_components[s] = planned->n_components;
  options.n_servers = list_servers (end, uris, options.servers);

  end->session = fram_broker_create_session (broker, &options, now (end->call), &error);
  if (end->session == 0)
    {
      sim_journal_violate (end->call->context->journal, now (end->call),
                           sim_host_get_name (end->host), "call-accepted",
                           "create-session: %s", error->message);
      return;
    }
  sim_journal_note (end->call->context->journal, now (end->call),
                    sim_host_get_name (end->host), "call %u: side %u is session %u",
                    end->call->index, end->side, end->session);
  end->answered = offer != NULL;
  sim_host_own_session (end->host, end->session, end->plan->trickle, end);
  sim_host_settle (end->host);
  sim_signalling_describe (end);
}

void
sim_end_close (SimEnd *end)
{
  if (sim_host_has_left (end->host))
    return;
  end->over = TRUE;
  if (end->session == 0)
    return;
  fram_broker_close_session (sim_host_get_broker (end->host), end->session,
                             FRAM_CAUSE_CLOSED_BY_APPLICATION, now (end->call));
  sim_host_settle (end->host);
  if (end->session != 0)
    sim_journal_violate (end->call->context->journal, now (end->call),
                         sim_host_get_name (end->host), "closed-is-told",
                         "session %u was closed without an event", end->session);
  if (end->plan->says_bye)
    sim_signalling_bye (end);
}

/* RFC 8445 §9: data go on by the path there is. */
static void
check_paths_stay (SimEnd *end, const gboolean *had_path)
{
  SimDataPlane *plane = sim_host_get_data_plane (end->host);

  for (guint i = 0; i < FRAM_MAX_STREAMS * FRAM_MAX_COMPONENTS; i++)
    {
      const SimComponent component = { end->session, (guint16) (i / FRAM_MAX_COMPONENTS),
                                       (guint16) (i % FRAM_MAX_COMPONENTS + 1) };

      if (had_path[i] && sim_data_plane_find_path (plane, &component) == NULL)
        sim_journal_violate (end->call->context->journal, now (end->call),
                             sim_host_get_name (end->host), "restart-keeps-path",
                             "session %u.%u.%u has lost its path", component.session,
                             component.stream, component.component);
    }
}

static void
note_paths (SimEnd *end, gboolean *ret_has_path)
{
  for (guint i = 0; i < FRAM_MAX_STREAMS * FRAM_MAX_COMPONENTS; i++)
    {
      const SimComponent component = { end->session, (guint16) (i / FRAM_MAX_COMPONENTS),
                                       (guint16) (i % FRAM_MAX_COMPONENTS + 1) };

      ret_has_path[i]
          = sim_data_plane_find_path (sim_host_get_data_plane (end->host), &component)
            != NULL;
    }
}

void
sim_end_restart (SimEnd *end, guint round)
{
  gboolean had_path[FRAM_MAX_STREAMS * FRAM_MAX_COMPONENTS];
  g_autoptr (GError) error = NULL;

  note_paths (end, had_path);
  end->round = round;
  end->described = end->answered = end->gathered = FALSE;
  g_ptr_array_set_size (end->candidates, 0);
  if (!fram_broker_restart (sim_host_get_broker (end->host), end->session,
                            now (end->call), &error))
    sim_journal_violate (end->call->context->journal, now (end->call),
                         sim_host_get_name (end->host), "call-accepted", "restart: %s",
                         error->message);
  sim_journal_note (end->call->context->journal, now (end->call),
                    sim_host_get_name (end->host), "session %u restarts, round %u",
                    end->session, round);
  sim_host_restarted_session (end->host, end->session);
  sim_host_settle (end->host);
  check_paths_stay (end, had_path);
  sim_signalling_describe (end);
}

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
take_state (SimEnd *end, const FramEvent *event)
{
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
    case FRAM_EVENT_PAIRS_CHANGED:
    case FRAM_EVENT_OPEN_BASE:
    case FRAM_EVENT_CLOSE_BASE:
    case FRAM_EVENT_TRANSMIT:
    case FRAM_EVENT_ROUTE_ADD:
    case FRAM_EVENT_ROUTE_REMOVE:
    case FRAM_EVENT_PATH:
    case FRAM_EVENT_RESOLVE:
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
      || saying.stream != stream || saying.component != component)
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
  for (guint s = 0; s < end->call->planned->n_streams; s++)
    for (guint c = 1; c <= end->call->planned->n_components; c++)
      {
        const SimComponent component = { end->session, (guint16) s, (guint16) c };
        const Saying saying = { DATA_MARK, (guint8) end->side, (guint16) s, (guint16) c,
                                end->call->index };

        sim_host_send_data (end->host, &component, &saying, sizeof saying);
      }
}

/* --- Looking ----------------------------------------------------------------------- */

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
  if (end->restart_due)
    return FALSE;
  if (end->state == FRAM_STATE_FAILED)
    return TRUE;
  /* Nobody will ever answer: that is for the application to notice. */
  if (sim_end_is_gone (peer))
    return end->session == 0 || !end->answered;
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

static gboolean
end_agrees (const SimEnd *end)
{
  SimDataPlane *plane = sim_host_get_data_plane (end->host);

  for (guint s = 0; s < end->call->planned->n_streams; s++)
    for (guint c = 1; c <= end->call->planned->n_components; c++)
      {
        const SimComponent component = { end->session, (guint16) s, (guint16) c };
        const SimTuple *heard = &end->heard_by[s][c - 1];
        const SimTuple *path = sim_data_plane_find_path (plane, &component);

        if (path == NULL || end->n_heard[s][c - 1] == 0 || heard->base != path->base
            || !fram_address_equal (&heard->remote, &path->remote))
          return FALSE;
      }
  return TRUE;
}

gboolean
sim_call_agrees (const SimCall *call)
{
  return end_agrees (&call->ends[0]) && end_agrees (&call->ends[1]);
}

void
sim_call_forget_talk (SimCall *call)
{
  for (guint side = 0; side < 2; side++)
    memset (call->ends[side].n_heard, 0, sizeof call->ends[side].n_heard);
}
