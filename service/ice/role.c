/* The change of roles. (RFC 8445 §6.1.1, §7.2.5.1, §7.3.1.1) */
#include "ice/agent-private.h"

static void
ask_again (FramIceAgent *agent, FramPair *pair)
{
  pair->nominate = 0;
  pair->peer_nominated = FALSE;
  if (!fram_pair_is_checking (pair))
    return;
  fram_ice_agent_cancel_check (agent, pair);
  if (pair->state != FRAM_PAIR_IN_PROGRESS)
    return;
  fram_ice_agent_set_pair (agent, pair, FRAM_PAIR_WAITING, FRAM_CAUSE_ROLE_CONFLICT);
  fram_ice_agent_trigger (agent, pair, FALSE);
}

/* The pair that the peer nominated in our present role holds, but the peer may not have seen
 * its end: who controls now says it once more.  Values that the peer said count no more: it may
 * begin anew when it controls again. */
static void
nominate_again (FramIceAgent *agent, FramIceComponent *component)
{
  component->nominating = NULL;
  component->peer_value = FRAM_ICE_NO_VALUE;
  if (agent->role != FRAM_ROLE_CONTROLLING || component->selected == NULL)
    return;
  fram_ice_agent_nominate (agent, component->selected);
}

void
fram_ice_agent_switch_role (FramIceAgent *agent)
{
  agent->role = agent->role == FRAM_ROLE_CONTROLLING ? FRAM_ROLE_CONTROLLED
                                                     : FRAM_ROLE_CONTROLLING;

  /* What is under way was said in a role that is gone: it is asked again. */
  for (guint s = 0; s < agent->n_streams; s++)
    {
      for (guint i = 0; i < agent->streams[s].pairs->len; i++)
        ask_again (agent, g_ptr_array_index (agent->streams[s].pairs, i));
      for (guint c = 0; c < agent->streams[s].n_components; c++)
        nominate_again (agent, &agent->streams[s].components[c]);
    }
  /* Pair priorities depend on the role (§6.1.2.3). */
  fram_ice_agent_sort (agent);
  fram_ice_agent_changed (agent);
}
