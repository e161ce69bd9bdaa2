/* Whose a 5-tuple is that two sessions lay claim to.
 *
 * Who comes first has it; but data carry no ufrag.  Where the NAT of a peer gets another address,
 * its data come from there to the base of its path, before any check may: they must not become those
 * of another session that is about to check by that base, as its peer is on the same host and has
 * named the address earlier. */
#include "broker/tcp-private.h"

static gboolean
sends_by (const FramBrokerSession *session, FramBaseId base)
{
  for (guint s = 0; s < session->n_streams; s++)
    for (guint c = 0; c < session->n_components[s]; c++)
      if (session->components[s][c].path.base == base)
        return TRUE;
  return FALSE;
}

gboolean
fram_broker_take_over (FramBroker *broker, const FramBrokerSession *session,
                       FramBaseId base, const FramAddress *remote, FramTime now)
{
  const FramRoute *route = fram_route_table_find (&broker->routes, base, remote);
  FramBrokerSession *owner
      = route != NULL ? fram_broker_find_session (broker, route->session) : NULL;
  guint stream, component;

  /* Where the owner's peer was answered, it may send its data. */
  if (owner == NULL || owner == session || route->installed || !sends_by (session, base)
      || sends_by (owner, base) || fram_tcp_table_find (&broker->tcp, base) != NULL)
    return FALSE;
  stream = route->stream;
  component = route->component;
  for (guint i = 0; i <= owner->formers->len; i++)
    fram_ice_agent_yield_pair (fram_broker_session_get_agent (owner, i), base, remote,
                               now);
  fram_broker_note_collision (broker, owner, base, stream, component, now);
  fram_broker_session_drain (broker, owner, now);
  return fram_route_table_find (&broker->routes, base, remote) == NULL;
}
