/* The queue of what the agent asks and tells. */
#include "ice/agent-private.h"

FramIceEvent *
fram_ice_agent_emit (FramIceAgent *agent, FramIceEventType type, const FramPair *pair)
{
  FramIceEvent *event = fram_queue_push (&agent->events);

  event->type = type;
  if (pair != NULL)
    {
      event->stream = pair->stream;
      event->component = pair->component;
      event->base = pair->local->base;
      event->remote = pair->remote->address;
    }
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
  if (!fram_queue_pop (&agent->events, ret_event))
    return FALSE;
  if (ret_event->type == FRAM_ICE_EVENT_CHANGED)
    agent->change_queued = FALSE;
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
