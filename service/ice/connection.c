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

void
fram_ice_agent_told_disconnected (FramIceAgent *agent, guint32 base,
                                  const FramAddress *remote, FramIceConnectionEnd end,
                                  FramTime now)
{
  FramPair *pair = fram_ice_agent_find_pair (agent, base, remote);
  guint stream, component;
  gboolean was_path;

  if (pair == NULL)
    return;
  stream = pair->stream;
  component = pair->component;
  was_path = pair == fram_ice_agent_component (agent, pair)->path
             || pair == fram_ice_agent_component (agent, pair)->selected;
  if (end == FRAM_ICE_CONNECTION_STRANGE)
    fail_others (agent, stream, pair->remote);
  end_pair (agent, pair, cause_of (end));
  /* RFC 6544 §11.1: who is active connects again, by the check that is made again; who is
   * passive waits for that. */
  if (was_path)
    fram_ice_agent_lose_path (agent, stream, component, now);
  fram_ice_agent_settle (agent, now);
}
