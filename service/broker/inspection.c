#include "broker/inspection.h"

#include "broker/names-private.h"
#include "broker/tcp-private.h"

guint64
fram_inspection_id (guint32 generation, guint32 number)
{
  return number != 0 ? ((guint64) generation << 32) | number : 0;
}

const char *
fram_policy_to_text (FramPolicy policy)
{
  switch (policy)
    {
    case FRAM_POLICY_ALL:
      return "all";
    case FRAM_POLICY_MDNS:
      return "mdns";
    case FRAM_POLICY_NO_HOST:
      return "nohost";
    case FRAM_POLICY_RELAY:
      return "relay";
    }
  g_assert_not_reached ();
}

gboolean
fram_policy_from_text (const char *text, FramPolicy *ret_policy)
{
  for (guint policy = FRAM_POLICY_ALL; policy <= FRAM_POLICY_RELAY; policy++)
    if (g_str_equal (text, fram_policy_to_text ((FramPolicy) policy)))
      {
        *ret_policy = (FramPolicy) policy;
        return TRUE;
      }
  return FALSE;
}

/* --- Candidates -------------------------------------------------------------------- */

/* The server that told of a local candidate; NULL: none did. */
static const char *
find_server (FramBroker *broker, const FramCandidate *local)
{
  const FramBase *base = fram_base_table_find (&broker->bases, local->base);
  const FramRelayedBase *relayed = fram_broker_find_relayed (broker, local->base);
  const FramTcpBase *simultaneous = fram_tcp_table_find (&broker->tcp, local->base);

  if (relayed != NULL)
    return relayed->allocation->server->uri;
  if (local->type != FRAM_CANDIDATE_SERVER_REFLEXIVE)
    return NULL;
  if (simultaneous != NULL)
    return simultaneous->question->uri;
  if (base == NULL)
    return NULL;
  for (guint i = 0; i < base->mappings->len; i++)
    {
      const FramMapping *mapping = g_ptr_array_index (base->mappings, i);

      if (mapping->state == FRAM_MAPPING_KNOWN
          && fram_address_equal (&mapping->mapped, &local->address))
        return mapping->uri;
    }
  return NULL;
}

/* Of a local candidate: by whose interface it leaves, and how its relay is spoken to. */
static void
look_at_base (FramBroker *broker, FramCandidateLook *look)
{
  FramBaseId id = look->row.candidate.base;
  const FramBase *base = fram_base_table_find (&broker->bases, id);
  const FramTcpBase *tcp = fram_tcp_table_find (&broker->tcp, id);
  const FramRelayedBase *relayed = fram_broker_find_relayed (broker, id);
  FramInterfaceFlags flags = FRAM_INTERFACE_NONE;

  if (base != NULL)
    flags = base->interface.flags;
  else if (tcp != NULL)
    flags = tcp->interface.flags;
  else if (relayed != NULL)
    flags = relayed->allocation->interface.flags;
  look->by_tunnel = (flags & FRAM_INTERFACE_TUNNEL) != 0;
  if (relayed != NULL)
    look->transport = relayed->allocation->transport;
}

static void
look_at_local (FramBroker *broker, const FramGeneration *generation,
               FramCandidateLook *look)
{
  const FramCandidate *candidate = &look->row.candidate;

  look->server = find_server (broker, candidate);
  look->ufrag = fram_ice_agent_get_ufrag (generation->agent);
  look->is_hidden = candidate->type == FRAM_CANDIDATE_HOST
                    && !fram_broker_session_shows (generation->session, candidate);
  look_at_base (broker, look);
}

static void
look_at_address (const FramGeneration *generation, FramCandidateLook *look)
{
  const FramCandidate *candidate = &look->row.candidate;
  const char *cover = fram_broker_session_find_cover (
      generation->session, look->row.remote, candidate->type, &candidate->address);

  look->is_hidden |= cover != NULL;
  look->name = cover != NULL && cover[0] != '\0' ? cover : NULL;
}

static void
add_candidates (FramBroker *broker, const FramGeneration *generation, guint stream,
                gboolean remote, GArray *looks)
{
  const GPtrArray *candidates
      = remote ? fram_ice_agent_get_remotes (generation->agent, stream)
               : fram_ice_agent_get_locals (generation->agent, stream);

  for (guint i = 0; i < candidates->len; i++)
    {
      const FramCandidate *candidate = g_ptr_array_index (candidates, i);
      FramCandidateLook look = {
        .id = fram_inspection_id (generation->number, candidate->id),
        .row = { .stream = stream, .remote = remote, .candidate = *candidate },
        .ufrag = fram_ice_agent_get_remote_ufrag (generation->agent),
      };

      if (!remote)
        look_at_local (broker, generation, &look);
      look_at_address (generation, &look);
      g_array_append_val (looks, look);
    }
}

GArray *
fram_broker_inspect_candidates (FramBroker *broker, FramSessionId id)
{
  FramBrokerSession *session = fram_broker_find_session (broker, id);
  GArray *looks;

  if (session == NULL)
    return NULL;
  looks = g_array_new (FALSE, FALSE, sizeof (FramCandidateLook));
  for (guint s = 0; s < session->n_streams; s++)
    {
      add_candidates (broker, session->current, s, FALSE, looks);
      add_candidates (broker, session->current, s, TRUE, looks);
    }
  return looks;
}

/* --- Pairs ------------------------------------------------------------------------- */

static void
add_pair (FramBroker *broker, const FramGeneration *generation, const FramPair *pair,
          const FramCandidate *local, const FramCandidate *remote, gboolean past,
          GArray *looks)
{
  FramPairLook look = {
    .id = fram_inspection_id (generation->number, pair->id),
    .local = fram_inspection_id (generation->number, local->id),
    .remote = fram_inspection_id (generation->number, remote->id),
    .past = past,
    .peer = remote->address,
    .base
    = past ? 0 : fram_broker_get_carrier (broker, pair->local->base, &remote->address),
    .row = fram_broker_make_pair_row (generation->agent, pair, local, remote),
  };

  g_array_append_val (looks, look);
}

GArray *
fram_broker_inspect_pairs (FramBroker *broker, FramSessionId id)
{
  FramBrokerSession *session = fram_broker_find_session (broker, id);
  const FramGeneration *generation;
  const GArray *lost;
  GArray *looks;

  if (session == NULL)
    return NULL;
  session->hinted = FALSE;
  generation = session->current;
  looks = g_array_new (FALSE, FALSE, sizeof (FramPairLook));
  for (guint s = 0; s < session->n_streams; s++)
    {
      const GPtrArray *pairs = fram_ice_agent_get_pairs (generation->agent, s);

      for (guint i = 0; i < pairs->len; i++)
        {
          const FramPair *pair = g_ptr_array_index (pairs, i);

          add_pair (broker, generation, pair,
                    pair->mapped != NULL ? pair->mapped : pair->local, pair->remote,
                    FALSE, looks);
        }
    }
  lost = fram_ice_agent_get_lost (generation->agent);
  for (guint i = 0; lost != NULL && i < lost->len; i++)
    {
      const FramIceLostPair *pair = &g_array_index (lost, FramIceLostPair, i);

      add_pair (broker, generation, &pair->pair, &pair->local, &pair->remote, TRUE,
                looks);
    }
  return looks;
}

/* --- Components and paths ---------------------------------------------------------- */

gboolean
fram_broker_inspect_component (FramBroker *broker, FramSessionId id, guint stream,
                               guint component, FramComponentLook *ret_look)
{
  FramBrokerSession *session = fram_broker_find_session (broker, id);
  const FramGeneration *carrier;
  FramComponentLook look = { 0 };

  if (session == NULL || stream >= session->n_streams || component < 1
      || component > session->n_components[stream])
    return FALSE;
  look.state = fram_ice_agent_get_component_state (session->current->agent, stream,
                                                   component, &look.cause);
  look.n_path_changes = session->components[stream][component - 1].n_path_changes;
  carrier = fram_broker_session_find_carrier (session, stream, component);
  if (carrier != NULL)
    look.path = fram_inspection_id (
        carrier->number, fram_ice_agent_get_path (carrier->agent, stream, component)->id);
  *ret_look = look;
  return TRUE;
}

static void
look_at_path (FramBroker *broker, const FramGeneration *carrier, guint stream,
              guint component, FramPathLook *ret_look)
{
  const FramPair *pair = fram_ice_agent_get_path (carrier->agent, stream, component);
  const FramCandidate *local = pair->mapped != NULL ? pair->mapped : pair->local;
  const FramRelayedBase *relayed = fram_broker_find_relayed (broker, pair->local->base);
  FramKnownTransport direct = fram_pair_is_tcp (pair) ? FRAM_KNOWN_TCP : FRAM_KNOWN_UDP;

  *ret_look = (FramPathLook){
    .stream = stream,
    .component = component,
    .pair = fram_inspection_id (carrier->number, pair->id),
    .local_type = local->type,
    .remote_type = pair->remote->type,
    .local = local->address,
    .remote = pair->remote->address,
    .transport = relayed != NULL ? relayed->allocation->transport : direct,
    .relay = relayed != NULL ? relayed->allocation->server->uri : NULL,
    .rtt = pair->rtt,
    .n_answers = pair->counters.responses_received,
  };
}

gboolean
fram_broker_inspect_path (FramBroker *broker, FramSessionId id, FramPathLook *ret_look)
{
  FramBrokerSession *session = fram_broker_find_session (broker, id);

  if (session == NULL)
    return FALSE;
  session->hinted = FALSE;
  for (guint s = 0; s < session->n_streams; s++)
    for (guint c = 1; c <= session->n_components[s]; c++)
      {
        const FramGeneration *carrier = fram_broker_session_find_carrier (session, s, c);

        if (carrier == NULL)
          continue;
        look_at_path (broker, carrier, s, c, ret_look);
        return TRUE;
      }
  return FALSE;
}

gboolean
fram_broker_inspect_server (FramBroker *broker, FramSessionId id, FramBaseId base_id,
                            const FramAddress *server)
{
  const FramBrokerSession *session = fram_broker_find_session (broker, id);
  const FramBase *base = fram_base_table_find (&broker->bases, base_id);

  if (session == NULL || base == NULL)
    return FALSE;
  for (guint i = 0; i < session->relays->len; i++)
    {
      const FramAllocation *allocation = g_ptr_array_index (session->relays, i);

      if (allocation->carrier == base
          && fram_address_equal (&allocation->address, server))
        return TRUE;
    }
  return fram_base_find_member (base, id) != NULL
         && fram_broker_session_asks (session, server);
}
