/* Pairs of TCP candidates: what becomes of them with their connections.  (RFC 6544 §7.1, §11.1)
 *
 * The owner makes the connection when the first check is to go by it, and the check waits for
 * that.  A connection that is closed takes its pair with it: nobody can forge that who does not
 * sit on the path. */
#include "ice/agent-private.h"

void
fram_ice_agent_told_connected (FramIceAgent *agent, guint32 base,
                               const FramAddress *remote, FramTime now)
{
  FramPair *pair = fram_ice_agent_find_pair (agent, base, remote);

  /* The round-trip time is that of the check alone. */
  for (guint i = 0; pair != NULL && i < G_N_ELEMENTS (pair->checks); i++)
    pair->checks[i].transaction.started = now;
}

static FramCause
cause_of (FramIceConnectionEnd end)
{
  switch (end)
    {
    case FRAM_ICE_CONNECTION_FAILED:
      return FRAM_CAUSE_UNREACHABLE;
    case FRAM_ICE_CONNECTION_CLOSED:
      return FRAM_CAUSE_CONNECTION_CLOSED;
    case FRAM_ICE_CONNECTION_STRANGE:
      return FRAM_CAUSE_BAD_RESPONSE;
    }
  g_assert_not_reached ();
}

/* The pair is dead.  One whose local candidate is passive was made by its connection, and is not
 * there without. */
static void
end_pair (FramIceAgent *agent, FramPair *pair, FramCause cause)
{
  FramIceComponent *component = fram_ice_agent_component (agent, pair);

  if (component->selected == pair)
    component->selected = NULL;
  pair->readable = pair->routed = pair->peer_nominated = pair->nominated = FALSE;
  pair->heard = pair->consent_until = -1;
  pair->missed = 0;
  if (pair->state != FRAM_PAIR_FAILED)
    fram_ice_agent_fail_pair (agent, pair, cause);
  if (pair->local->transport == FRAM_TRANSPORT_TCP_PASSIVE)
    fram_ice_agent_remove_pair (agent, pair);
}

/* RFC 6544 §7.1: whoever answers there is not the peer, from wherever it is asked. */
static void
fail_others (FramIceAgent *agent, guint stream, const FramCandidate *remote)
{
  GPtrArray *pairs = agent->streams[stream].pairs;

  for (guint i = 0; i < pairs->len; i++)
    {
      FramPair *pair = g_ptr_array_index (pairs, i);

      if (pair->remote == remote && pair->mapped == NULL
          && pair->state != FRAM_PAIR_FAILED)
        fram_ice_agent_fail_pair (agent, pair, FRAM_CAUSE_BAD_RESPONSE);
    }
}

/* Without it the component has no path.  One that data took because another was not selected yet
 * (RFC 8445 §12.1) is not missed while there are others: the peer, which has heard that which we
 * nominate, may close it before its answer to us is here. */
static gboolean
is_last_way (FramIceAgent *agent, const FramPair *pair)
{
  const FramIceComponent *component = fram_ice_agent_component (agent, pair);

  return pair == component->selected
         || (pair == component->path
             && fram_ice_stream_find_best (&agent->streams[pair->stream], pair->component,
                                           pair)
                    == NULL);
}

void
fram_ice_agent_told_disconnected (FramIceAgent *agent, guint32 base,
                                  const FramAddress *remote, FramIceConnectionEnd end,
                                  FramTime now)
{
  FramPair *pair = fram_ice_agent_find_pair (agent, base, remote);
  guint stream, component;
  gboolean is_lost;

  if (pair == NULL)
    return;
  stream = pair->stream;
  component = pair->component;
  is_lost = is_last_way (agent, pair);
  if (end == FRAM_ICE_CONNECTION_STRANGE)
    fail_others (agent, stream, pair->remote);
  end_pair (agent, pair, cause_of (end));
  /* RFC 6544 §11.1: who is active connects again, by the check that is made again; who is
   * passive waits for that. */
  if (is_lost)
    fram_ice_agent_lose_path (agent, stream, component, now);
  fram_ice_agent_settle (agent, now);
}
