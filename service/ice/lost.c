/* What is there for those who look at an agent alone: the numbers of its candidates, and the
 * pairs of components that have failed, which are of no use to the agent any more. */
#include "ice/agent-private.h"

void
fram_ice_agent_enter (FramIceAgent *agent, GPtrArray *list, FramCandidate *candidate,
                      FramTime now)
{
  candidate->id = ++agent->next_candidate_id;
  candidate->found = now;
  g_ptr_array_add (list, candidate);
}

void
fram_ice_agent_remember_lost (FramIceAgent *agent, guint stream, guint component)
{
  const GPtrArray *pairs = agent->streams[stream].pairs;

  for (guint i = 0; i < pairs->len; i++)
    {
      const FramPair *pair = g_ptr_array_index (pairs, i);
      FramIceLostPair lost = { .pair = *pair, .remote = *pair->remote };

      if (pair->component != component)
        continue;
      if (agent->lost == NULL)
        agent->lost = g_array_new (FALSE, FALSE, sizeof (FramIceLostPair));
      if (agent->lost->len == FRAM_ICE_MAX_LOST)
        return;
      lost.local = pair->mapped != NULL ? *pair->mapped : *pair->local;
      g_array_append_val (agent->lost, lost);
    }
}
