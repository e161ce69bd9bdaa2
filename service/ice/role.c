/* The change of roles. (RFC 8445 §6.1.1, §7.2.5.1, §7.3.1.1) */
#include "ice/agent-private.h"

void
fram_ice_agent_switch_role (FramIceAgent *agent)
{
  agent->role = agent->role == FRAM_ROLE_CONTROLLING ? FRAM_ROLE_CONTROLLED
                                                     : FRAM_ROLE_CONTROLLING;

  /* A nomination under way was made with a right that is gone. */
  for (guint s = 0; s < agent->n_streams; s++)
    {
      for (guint c = 0; c < agent->streams[s].n_components; c++)
        agent->streams[s].components[c].nominating = NULL;
      for (guint i = 0; i < agent->streams[s].pairs->len; i++)
        {
          FramPair *pair = g_ptr_array_index (agent->streams[s].pairs, i);

          pair->nominate = FALSE;
          pair->peer_nominated = FALSE;
        }
    }
  /* Pair priorities depend on the role (§6.1.2.3). */
  fram_ice_agent_sort (agent);
  fram_ice_agent_changed (agent);
}
