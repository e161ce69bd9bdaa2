/* Paths and states: what the pairs mean for components and for the session. */
#include "ice/agent-private.h"

static FramPair *
find_path (FramIceStream *stream, guint component, FramTime now)
{
  FramIceComponent *state = &stream->components[component - 1];
  FramPair *best;

  if (state->selected != NULL && !state->suspect)
    return state->selected;
  /* RFC 8445 §12.1: without a nomination that holds, data may go over any valid pair. */
  best = fram_ice_stream_find_best (stream, component, state->selected);
  if (best != NULL)
    return best;
  /* One that data have left is not gone back to without consent (RFC 7675 §5.1). */
  return state->selected != NULL
                 && (state->path == state->selected
                     || state->selected->consent_until > now)
             ? state->selected
             : NULL;
}

void
fram_ice_agent_update_path (FramIceAgent *agent, guint stream, guint component,
                            FramTime now)
{
  FramIceComponent *state = &agent->streams[stream].components[component - 1];
  FramPair *path = find_path (&agent->streams[stream], component, now);
  FramIceEvent *event;

  if (path == state->path)
    return;
  if (state->path != NULL)
    fram_ice_consent_stop (state->path);
  state->path = path;
  state->rests = FALSE;
  if (path != NULL)
    {
      state->lost_until = -1;
      fram_ice_consent_start (agent, path, now);
    }

  event = fram_ice_agent_emit (agent, FRAM_ICE_EVENT_PATH, path);
  event->stream = (guint16) stream;
  event->component = (guint16) component;
}

static gboolean
has_component (const GPtrArray *candidates, guint component)
{
  for (guint i = 0; i < candidates->len; i++)
    if (((FramCandidate *) g_ptr_array_index (candidates, i))->component == component)
      return TRUE;
  return FALSE;
}

/* Whatever pairs there are, they are not waited for any more: for too long none has worked or, where a
 * lite agent has lost its path and checks none, its peer has come by no other one. */
static gboolean
is_out_of_time (const FramIceAgent *agent, const FramIceComponent *component)
{
  return (agent->is_impatient && component->state == FRAM_STATE_CHECKING)
         || (agent->is_lite && fram_ice_component_was_connected (component));
}

/* Whether nothing can still come: all pairs failed, nobody has more candidates, and the
 * time that RFC 8863 §4 gives to unexpected checks is over. */
static gboolean
has_failed (FramIceAgent *agent, guint stream, guint component, FramCause *ret_cause)
{
  FramIceStream *list = &agent->streams[stream];
  gboolean is_over = is_out_of_time (agent, &list->components[component - 1]);

  if (list->components[component - 1].lost_until >= 0)
    return FALSE;
  if (agent->local_ended && !has_component (list->locals, component))
    {
      *ret_cause = FRAM_CAUSE_NO_LOCAL_CANDIDATES;
      return TRUE;
    }
  if (!agent->local_ended || agent->remote_ufrag == NULL
      || agent->patient_until != FRAM_TIME_NEVER)
    return FALSE;

  for (guint i = 0; i < list->pairs->len && !is_over; i++)
    {
      const FramPair *pair = g_ptr_array_index (list->pairs, i);

      if (pair->component == component && pair->state != FRAM_PAIR_FAILED)
        return FALSE;
    }
  *ret_cause = has_component (list->remotes, component) ? FRAM_CAUSE_NO_PAIR_SUCCEEDED
                                                        : FRAM_CAUSE_NO_REMOTE_CANDIDATES;
  return TRUE;
}

void
fram_ice_agent_set_component (FramIceAgent *agent, guint stream, guint component,
                              FramState state, FramCause cause)
{
  FramIceComponent *target = &agent->streams[stream].components[component - 1];
  FramIceEvent *event;

  if (target->state == state)
    return;
  target->state = state;
  target->cause = cause;
  event = fram_ice_agent_emit (agent, FRAM_ICE_EVENT_COMPONENT_STATE, NULL);
  event->stream = (guint16) stream;
  event->component = (guint16) component;
  event->state = state;
  event->cause = cause;
}

/* Ends a component: nothing of it is sent, received or checked any more. */
void
fram_ice_agent_fail_component (FramIceAgent *agent, guint stream, guint component,
                               FramCause cause)
{
  agent->streams[stream].components[component - 1].selected = NULL;
  agent->streams[stream].components[component - 1].lost_until = -1;
  fram_ice_agent_remember_lost (agent, stream, component);
  fram_ice_agent_note_settled (agent, stream, component);
  fram_ice_agent_remove_others (agent, stream, component, FALSE);
  fram_ice_agent_set_component (agent, stream, component, FRAM_STATE_FAILED, cause);
}

gboolean
fram_ice_component_was_connected (const FramIceComponent *component)
{
  return component->state == FRAM_STATE_CONNECTED
         || component->state == FRAM_STATE_COMPLETED
         || component->state == FRAM_STATE_DISCONNECTED;
}

void
fram_ice_agent_update_state (FramIceAgent *agent, guint stream, guint component,
                             FramTime now)
{
  FramIceComponent *state = &agent->streams[stream].components[component - 1];
  FramCause cause;

  /* Before all else: what ends here is no deadline any more, whatever the component is. */
  if (now >= state->lost_until)
    state->lost_until = -1;
  if (state->state == FRAM_STATE_FAILED || state->absent)
    return;

  if (state->path != NULL)
    {
      if (state->path->missed >= FRAM_ICE_SUSPECT_AFTER)
        fram_ice_agent_set_component (agent, stream, component, FRAM_STATE_DISCONNECTED,
                                      FRAM_CAUSE_PATH_SILENT);
      else if (state->selected != NULL && state->path == state->selected)
        fram_ice_agent_set_component (agent, stream, component, FRAM_STATE_COMPLETED,
                                      FRAM_CAUSE_NOMINATED);
      else
        fram_ice_agent_set_component (agent, stream, component, FRAM_STATE_CONNECTED,
                                      FRAM_CAUSE_VALID_PAIR);
    }
  else if (has_failed (agent, stream, component, &cause))
    fram_ice_agent_fail_component (agent, stream, component, cause);
  else if (fram_ice_component_was_connected (state))
    fram_ice_agent_set_component (agent, stream, component, FRAM_STATE_DISCONNECTED,
                                  FRAM_CAUSE_BASE_GONE);
  else if (agent->remote_ufrag != NULL)
    fram_ice_agent_set_component (agent, stream, component, FRAM_STATE_CHECKING,
                                  FRAM_CAUSE_REMOTE_DESCRIPTION);
}

/* How much a component's state says about the session's: the most telling wins. */
static guint
rank (FramState state)
{
  switch (state)
    {
    case FRAM_STATE_COMPLETED:
      return 0;
    case FRAM_STATE_CONNECTED:
      return 1;
    case FRAM_STATE_NEW:
      return 2;
    case FRAM_STATE_CHECKING:
      return 3;
    case FRAM_STATE_DISCONNECTED:
      return 4;
    case FRAM_STATE_FAILED:
      return 5;
    case FRAM_STATE_CLOSED:
      return 6;
    }
  g_assert_not_reached ();
}

void
fram_ice_agent_update_session (FramIceAgent *agent)
{
  const FramIceComponent *telling = NULL;
  FramIceEvent *event;

  for (guint s = 0; s < agent->n_streams; s++)
    for (guint c = 0; c < agent->streams[s].n_components; c++)
      {
        const FramIceComponent *component = &agent->streams[s].components[c];

        if (telling == NULL
            || (!component->absent && rank (component->state) > rank (telling->state)))
          telling = component;
      }
  if (telling->state == agent->state)
    return;
  agent->state = telling->state;
  agent->cause = telling->cause;
  event = fram_ice_agent_emit (agent, FRAM_ICE_EVENT_STATE, NULL);
  event->state = agent->state;
  event->cause = agent->cause;
}
