/* Pairs of relayed candidates: they wait for the relay's permission.  (RFC 8656 §9) */
#include "ice/agent-private.h"

static gboolean
is_for (const FramPair *pair, guint32 base, const FramAddress *peer)
{
  return pair->local->base == base
         && fram_address_equal_ip (&pair->remote->address, peer);
}

void
fram_ice_agent_hold_pair (FramIceAgent *agent, guint32 base, const FramAddress *remote)
{
  FramPair *pair = fram_ice_agent_find_pair (agent, base, remote);

  if (pair != NULL)
    pair->held = TRUE;
}

void
fram_ice_agent_told_permitted (FramIceAgent *agent, guint32 base, const FramAddress *peer,
                               FramTime now)
{
  for (guint s = 0; s < agent->n_streams; s++)
    {
      GPtrArray *pairs = agent->streams[s].pairs;

      for (guint i = 0; i < pairs->len; i++)
        {
          FramPair *pair = g_ptr_array_index (pairs, i);

          if (is_for (pair, base, peer))
            pair->held = FALSE;
        }
    }
  fram_ice_agent_settle (agent, now);
}

void
fram_ice_agent_told_refused (FramIceAgent *agent, guint32 base, const FramAddress *peer,
                             FramTime now)
{
  for (guint s = 0; s < agent->n_streams; s++)
    {
      GPtrArray *pairs = agent->streams[s].pairs;

      for (guint i = 0; i < pairs->len; i++)
        {
          FramPair *pair = g_ptr_array_index (pairs, i);

          if (is_for (pair, base, peer) && pair->mapped == NULL
              && pair->state != FRAM_PAIR_FAILED)
            fram_ice_agent_fail_pair (agent, pair, FRAM_CAUSE_PEER_REFUSED);
        }
    }
  fram_ice_agent_settle (agent, now);
}

void
fram_ice_agent_refuse_peer (FramIceAgent *agent, guint32 base, const FramAddress *remote,
                            FramTime now)
{
  FramPair *pair = fram_ice_agent_find_pair (agent, base, remote);

  if (pair == NULL)
    return;
  pair->refused = TRUE;
  fram_ice_agent_fail_pair (agent, pair, FRAM_CAUSE_PEER_REFUSED);
  fram_ice_agent_settle (agent, now);
}
