/* The queue of what the agent asks and tells. */
#include "ice/agent-private.h"

FramIceEvent *
fram_ice_agent_emit (FramIceAgent *agent, FramIceEventType type, const FramPair *pair)
{
  FramIceEvent *event = g_new0 (FramIceEvent, 1);

  event->type = type;
  if (pair != NULL)
    {
      event->stream = pair->stream;
      event->component = pair->component;
      event->base = pair->local->base;
      event->remote = pair->remote->address;
    }
  g_queue_push_tail (&agent->events, event);
  return event;
}

void
fram_ice_agent_changed (FramIceAgent *agent)
{
  if (agent->change_queued)
    return;
  agent->change_queued = TRUE;
  fram_ice_agent_emit (agent, FRAM_ICE_EVENT_CHANGED, NULL);
}

gboolean
fram_ice_agent_pop (FramIceAgent *agent, FramIceEvent *ret_event)
{
  FramIceEvent *event = g_queue_pop_head (&agent->events);

  if (event == NULL)
    return FALSE;
  if (event->type == FRAM_ICE_EVENT_CHANGED)
    agent->change_queued = FALSE;
  *ret_event = *event;
  g_free (event);
  return TRUE;
}

FramIceComponent *
fram_ice_agent_component (FramIceAgent *agent, const FramPair *pair)
{
  return &agent->streams[pair->stream].components[pair->component - 1];
}

/* Every change of a pair's state passes here, and is told. */
void
fram_ice_agent_set_pair (FramIceAgent *agent, FramPair *pair, FramPairState state,
                         FramCause cause)
{
  fram_pair_set_state (pair, state, cause);
  fram_ice_agent_changed (agent);
}
