/* Looking at the agent from outside. */
#include "ice/agent-private.h"

const char *
fram_ice_agent_get_ufrag (const FramIceAgent *agent)
{
  return agent->ufrag;
}

const char *
fram_ice_agent_get_pwd (const FramIceAgent *agent)
{
  return agent->pwd;
}

const char *
fram_ice_agent_get_remote_ufrag (const FramIceAgent *agent)
{
  return agent->remote_ufrag;
}

FramRole
fram_ice_agent_get_role (const FramIceAgent *agent)
{
  return agent->role;
}

FramState
fram_ice_agent_get_state (const FramIceAgent *agent)
{
  return agent->state;
}

FramCause
fram_ice_agent_get_cause (const FramIceAgent *agent)
{
  return agent->cause;
}

const GPtrArray *
fram_ice_agent_get_locals (const FramIceAgent *agent, guint stream)
{
  return agent->streams[stream].locals;
}

const GPtrArray *
fram_ice_agent_get_remotes (const FramIceAgent *agent, guint stream)
{
  return agent->streams[stream].remotes;
}

const GPtrArray *
fram_ice_agent_get_pairs (const FramIceAgent *agent, guint stream)
{
  return agent->streams[stream].pairs;
}

const FramPair *
fram_ice_agent_get_path (const FramIceAgent *agent, guint stream, guint component)
{
  return agent->streams[stream].components[component - 1].path;
}

gboolean
fram_ice_agent_was_heard (const FramIceAgent *agent, FramTime since)
{
  for (guint s = 0; s < agent->n_streams; s++)
    for (guint i = 0; i < agent->streams[s].pairs->len; i++)
      {
        const FramPair *pair = g_ptr_array_index (agent->streams[s].pairs, i);

        if (pair->heard >= since)
          return TRUE;
      }
  return FALSE;
}

gboolean
fram_ice_agent_hears_by (const FramIceAgent *agent, guint32 base,
                         const FramAddress *remote)
{
  const FramPair *pair = fram_ice_agent_find_pair (agent, base, remote);

  return (pair != NULL && pair->routed)
         || fram_ice_agent_hears_early (agent, base, remote);
}

const FramPair *
fram_ice_agent_get_selected (const FramIceAgent *agent, guint stream, guint component)
{
  return agent->streams[stream].components[component - 1].selected;
}

const GArray *
fram_ice_agent_get_lost (const FramIceAgent *agent)
{
  return agent->lost;
}

FramState
fram_ice_agent_get_component_state (const FramIceAgent *agent, guint stream,
                                    guint component, FramCause *ret_cause)
{
  const FramIceComponent *state = &agent->streams[stream].components[component - 1];

  *ret_cause = state->cause;
  return state->state;
}

const FramIcePast *
fram_ice_agent_get_past (const FramIceAgent *agent)
{
  return &agent->past;
}
