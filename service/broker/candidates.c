/* The candidates of a session: of its bases, and of what servers told of them.
 * (RFC 8445 §5.1.1) */
#include "broker/broker-private.h"
#include "broker/names-private.h"
#include "ice/candidate-line.h"

/* In a priority (RFC 8445 §5.1.2.1). */
#define LOCAL_PREFERENCE_STEP (1 << 8)

/* The name that stands for the address of a host candidate; NULL: none is published. */
static const char *
find_published (const FramBrokerSession *session, const FramCandidate *candidate)
{
  const FramOwnName *name
      = candidate->type == FRAM_CANDIDATE_HOST
            ? fram_broker_session_find_own_name (session, &candidate->address)
            : NULL;

  return name != NULL && name->state == FRAM_OWN_NAME_PUBLISHED ? name->text : NULL;
}

gboolean
fram_broker_session_shows (const FramBrokerSession *session,
                           const FramCandidate *candidate)
{
  switch (candidate->type)
    {
    case FRAM_CANDIDATE_PEER_REFLEXIVE:
      return FALSE;
    case FRAM_CANDIDATE_HOST:
      return session->policy == FRAM_POLICY_ALL
             || (session->policy == FRAM_POLICY_MDNS
                 && find_published (session, candidate) != NULL);
    case FRAM_CANDIDATE_SERVER_REFLEXIVE:
      return session->policy != FRAM_POLICY_RELAY;
    case FRAM_CANDIDATE_RELAYED:
      return TRUE;
    }
  g_assert_not_reached ();
}

char *
fram_broker_session_line (const FramBrokerSession *session,
                          const FramCandidate *candidate)
{
  FramCandidate shown = *candidate;
  FramFamily family = candidate->related.family;

  /* RFC 8839 §5.1: a related address that is not to be revealed. */
  if (session->policy != FRAM_POLICY_ALL && family != FRAM_FAMILY_NONE)
    fram_address_parse_ip (&shown.related, family == FRAM_FAMILY_IPV6 ? "::" : "0.0.0.0",
                           9);
  return fram_candidate_to_line (&shown, find_published (session, candidate));
}

/* Those that are not shown, and those that come too late for an application that takes no later
 * ones, are not told. */
static void
tell (FramBroker *broker, FramBrokerSession *session, guint stream,
      const FramCandidate *candidate)
{
  FramEvent *event;

  if (!fram_broker_session_shows (session, candidate)
      || (session->gathered && !session->trickle))
    return;
  event = fram_broker_emit (broker, FRAM_EVENT_LOCAL_CANDIDATE, session->id);
  event->stream = (guint16) stream;
  event->component = candidate->component;
  event->text = fram_broker_session_line (session, candidate);
}

void
fram_broker_tell_named (FramBroker *broker, FramBrokerSession *session,
                        const FramOwnName *name)
{
  for (guint s = 0; s < session->n_streams; s++)
    {
      const GPtrArray *locals = fram_ice_agent_get_locals (session->current->agent, s);

      for (guint i = 0; i < locals->len; i++)
        {
          const FramCandidate *local = g_ptr_array_index (locals, i);

          if (local->type == FRAM_CANDIDATE_HOST
              && fram_address_equal_ip (&local->address, &name->address))
            tell (broker, session, s, local);
        }
    }
}

static gboolean
is_taken (const GPtrArray *locals, const FramCandidate *candidate)
{
  for (guint i = 0; i < locals->len; i++)
    {
      const FramCandidate *local = g_ptr_array_index (locals, i);

      if (local->priority == candidate->priority
          && (local->base != candidate->base
              || !fram_address_equal (&local->address, &candidate->address)))
        return TRUE;
    }
  return FALSE;
}

/* RFC 8445 §5.1.2: "Each candidate for a data stream MUST have a unique priority".  A NAT may have
 * several addresses, and an interface comes in the place of one that the session has already. */
static void
make_unique (FramIceAgent *agent, guint stream, FramCandidate *candidate)
{
  const GPtrArray *locals = fram_ice_agent_get_locals (agent, stream);

  candidate->formula = candidate->priority;
  while (is_taken (locals, candidate) && candidate->priority > LOCAL_PREFERENCE_STEP)
    candidate->priority -= LOCAL_PREFERENCE_STEP;
}

static void
add_candidate (FramBroker *broker, FramBrokerSession *session,
               const FramBaseMember *member, FramCandidate *candidate, FramTime now)
{
  FramIceAgent *agent = session->current->agent;

  make_unique (agent, member->stream, candidate);
  /* Who has failed stays so, and does not make the peer try again and again. */
  if (fram_ice_agent_get_state (agent) == FRAM_STATE_FAILED
      || fram_ice_agent_add_local (agent, member->stream, candidate, now)
             != FRAM_ICE_ADD_OK)
    return;
  tell (broker, session, member->stream, candidate);
}

/* Of an interface address, without what lowers it. */
static guint16
rank_interface (FramBroker *broker, const FramAddress *address)
{
  guint n_ipv4 = 0, n_ipv6 = 0, index = 0;

  for (guint i = 0; i < broker->interfaces->len; i++)
    {
      const FramInterfaceAddress *interface = &g_array_index (broker->interfaces,
                                                              FramInterfaceAddress, i);
      guint *n = interface->address.family == FRAM_FAMILY_IPV6 ? &n_ipv6 : &n_ipv4;

      if (fram_address_equal (&interface->address, address))
        index = *n;
      (*n)++;
    }
  return fram_candidate_local_preference (address->family, index, n_ipv4, n_ipv6);
}

/* As it is at its base; without priority and foundation. */
static FramCandidate
begin_candidate (FramCandidateType type, FramTransport transport,
                 const FramBaseMember *member, FramBaseId base,
                 const FramAddress *address)
{
  return (FramCandidate){
    .type = type,
    .transport = transport,
    .component = member->component,
    .base = base,
    .base_address = *address,
    .address = *address,
  };
}

static FramCandidate
make_candidate (FramBroker *broker, const FramBrokerSession *session,
                FramCandidateType type, const FramBase *base,
                const FramBaseMember *member, const FramAddress *server)
{
  FramCandidate candidate
      = begin_candidate (type, FRAM_TRANSPORT_UDP, member, base->id, &base->address);

  candidate.priority = fram_candidate_priority (
      type,
      (guint16) (rank_interface (broker, &base->interface.address) - member->lowered),
      member->component);
  fram_candidate_set_foundation (&candidate, server, session->salt);
  return candidate;
}

void
fram_broker_add_host (FramBroker *broker, FramBrokerSession *session,
                      const FramBase *base, const FramBaseMember *member, FramTime now)
{
  FramAddress nobody = { 0 };
  FramCandidate candidate
      = make_candidate (broker, session, FRAM_CANDIDATE_HOST, base, member, &nobody);

  fram_broker_session_need_name (broker, session, &base->interface);
  add_candidate (broker, session, member, &candidate, now);
}

static FramCandidate
make_tcp_candidate (FramBroker *broker, const FramBrokerSession *session,
                    FramCandidateType type, const FramTcpBase *base,
                    const FramBaseMember *member, const FramAddress *server)
{
  guint rank = G_MAXUINT16 - rank_interface (broker, &base->interface.address);
  FramCandidate candidate
      = begin_candidate (type, base->transport, member, base->id, &base->address);

  /* RFC 6544 §4.2: of a single IP address it is the highest. */
  candidate.priority = fram_candidate_tcp_priority (
      candidate.type, candidate.transport,
      (guint16) (FRAM_TCP_OTHER_PREFERENCE_MAX
                 - MIN (rank, FRAM_TCP_OTHER_PREFERENCE_MAX)),
      member->component);
  fram_candidate_set_foundation (&candidate, server, session->salt);
  return candidate;
}

void
fram_broker_add_tcp (FramBroker *broker, FramBrokerSession *session,
                     const FramTcpBase *base, const FramBaseMember *member, FramTime now)
{
  FramAddress nobody = { 0 };
  FramCandidate candidate
      = make_tcp_candidate (broker, session, FRAM_CANDIDATE_HOST, base, member, &nobody);

  fram_broker_session_need_name (broker, session, &base->interface);
  add_candidate (broker, session, member, &candidate, now);
}

void
fram_broker_add_tcp_mapped (FramBroker *broker, FramBrokerSession *session,
                            const FramTcpBase *base, const FramBaseMember *member,
                            FramTime now)
{
  const FramTcpQuestion *question = base->question;
  FramCandidate candidate;

  /* RFC 8445 §5.1.3: without a NAT it is the host candidate again. */
  if (question == NULL || question->mapped.family == FRAM_FAMILY_NONE
      || fram_address_equal (&question->mapped, &base->address))
    return;
  candidate = make_tcp_candidate (broker, session, FRAM_CANDIDATE_SERVER_REFLEXIVE, base,
                                  member, &question->server);
  candidate.address = question->mapped;
  candidate.related = base->address;
  add_candidate (broker, session, member, &candidate, now);
}

static FramCandidate
make_mapped (FramBroker *broker, const FramBrokerSession *session,
             const FramBaseMember *member, const FramMapping *mapping)
{
  FramCandidate candidate
      = make_candidate (broker, session, FRAM_CANDIDATE_SERVER_REFLEXIVE, mapping->base,
                        member, &mapping->server);

  candidate.address = mapping->mapped;
  candidate.related = mapping->base->address;
  return candidate;
}

/* RFC 8445 §5.1.3: without a NAT it is the host candidate again.  But where that has a name in
 * place of its address, peers in other networks have nothing else, so it is told; only a server
 * in the same network sees a private address so.  (draft-ietf-mmusic-mdns-ice-candidates
 * §3.1.2.2) */
static gboolean
is_public_host (const FramBrokerSession *session, const FramMapping *mapping)
{
  return session->policy == FRAM_POLICY_MDNS && !fram_mapping_is_translated (mapping)
         && !fram_address_is_private (&mapping->mapped)
         && !fram_address_is_loopback (&mapping->mapped);
}

/* Once in a generation for each base, whatever servers say. */
static void
tell_public_host (FramBroker *broker, FramBrokerSession *session,
                  const FramBaseMember *member, const FramMapping *mapping)
{
  FramCandidate candidate = make_mapped (broker, session, member, mapping);
  FramBaseId base = mapping->base->id;

  /* Who has failed stays so: the agent has no candidate there, and nobody is to try it. */
  if (fram_ice_agent_get_state (session->current->agent) == FRAM_STATE_FAILED)
    return;
  if (session->public_bases == NULL)
    session->public_bases = g_array_new (FALSE, FALSE, sizeof (FramBaseId));
  for (guint i = 0; i < session->public_bases->len; i++)
    if (g_array_index (session->public_bases, FramBaseId, i) == base)
      return;
  g_array_append_val (session->public_bases, base);
  tell (broker, session, member->stream, &candidate);
}

static void
add_mapped (FramBroker *broker, FramBrokerSession *session, const FramBaseMember *member,
            const FramMapping *mapping, FramTime now)
{
  FramCandidate candidate = make_mapped (broker, session, member, mapping);

  if (fram_mapping_is_translated (mapping))
    add_candidate (broker, session, member, &candidate, now);
  else if (is_public_host (session, mapping))
    tell_public_host (broker, session, member, mapping);
}

/* --- Relays ------------------------------------------------------------------------ */

/* How much is lost on the way between us and the relay. */
static guint
rank_transport (FramKnownTransport transport)
{
  switch (transport)
    {
    case FRAM_KNOWN_UDP:
      return 0;
    case FRAM_KNOWN_DTLS:
      return 1;
    case FRAM_KNOWN_TCP:
      return 2;
    case FRAM_KNOWN_TLS:
      return 3;
    }
  g_assert_not_reached ();
}

#define RANK_LAST 100

/* RFC 8445 §5.1.2.1: the local preference of each is another one.  The way to the relay comes
 * first, then the order of the servers, then the interface; IPv6 goes before IPv4. */
static guint16
relay_preference (FramBroker *broker, const FramBrokerSession *session,
                  const FramRelayedBase *relayed, const FramBaseMember *member)
{
  const FramAllocation *allocation = relayed->allocation;
  guint interface = RANK_LAST, server = 0;

  /* While it has no network, it is told by a restart alone. */
  if (!allocation->moving || fram_allocation_get_carrier (allocation) != 0)
    interface = G_MAXUINT16 - rank_interface (broker, &allocation->interface.address);

  g_ptr_array_find (session->servers, allocation->server, &server);
  return (guint16) (G_MAXUINT16 - 0x4000 * rank_transport (allocation->transport)
                    - 0x200 * MIN (server, 15) - member->lowered
                    - 2 * MIN (interface, RANK_LAST)
                    - (relayed->address.family == FRAM_FAMILY_IPV4));
}

void
fram_broker_add_relayed (FramBroker *broker, FramBrokerSession *session,
                         const FramRelayedBase *relayed, const FramBaseMember *member,
                         FramTime now)
{
  const FramAllocation *allocation = relayed->allocation;
  FramCandidate candidate = begin_candidate (FRAM_CANDIDATE_RELAYED, FRAM_TRANSPORT_UDP,
                                             member, relayed->id, &relayed->address);

  fram_turn_get_mapped (allocation->turn, &candidate.related);
  candidate.priority = fram_candidate_priority (
      candidate.type, relay_preference (broker, session, relayed, member),
      member->component);
  /* RFC 8445 §5.1.1.3: those obtained by different protocols differ. */
  fram_candidate_set_foundation (&candidate, &allocation->address,
                                 session->salt + allocation->transport);
  add_candidate (broker, session, member, &candidate, now);
}

/* --- Mappings ----------------------------------------------------------------------- */

gboolean
fram_broker_session_asks (const FramBrokerSession *session, const FramAddress *server)
{
  for (guint i = 0; session->servers != NULL && i < session->servers->len; i++)
    {
      const FramServer *known = g_ptr_array_index (session->servers, i);

      if (fram_server_speaks_udp (known) && fram_server_has_address (known, server))
        return TRUE;
    }
  return FALSE;
}

/* The mapping that gives the session its candidate, for what its own server told: that of
 * another application's server counts for the port at most, never for the IP address.
 * NULL: none. */
static FramMapping *
find_leader (const FramBrokerSession *session, FramMapping *mapping)
{
  if (mapping->state != FRAM_MAPPING_KNOWN
      || !fram_broker_session_asks (session, &mapping->server))
    return NULL;
  return fram_mapping_get_leader (mapping);
}

static gboolean
is_mapped (const FramBrokerSession *session, const FramBase *base,
           const FramAddress *address)
{
  for (guint i = 0; i < base->mappings->len; i++)
    {
      const FramMapping *leader
          = find_leader (session, g_ptr_array_index (base->mappings, i));

      if (leader != NULL && fram_address_equal (&leader->mapped, address))
        return TRUE;
    }
  return FALSE;
}

void
fram_broker_follow_mappings (FramBroker *broker, FramBrokerSession *session,
                             const FramBase *base, const FramBaseMember *member,
                             FramTime now)
{
  FramIceAgent *agent = session->current->agent;
  const GPtrArray *locals = fram_ice_agent_get_locals (agent, member->stream);

  for (guint i = locals->len; i > 0; i--)
    {
      const FramCandidate *local = g_ptr_array_index (locals, i - 1);

      if (local->type == FRAM_CANDIDATE_SERVER_REFLEXIVE && local->base == base->id
          && local->component == member->component
          && !is_mapped (session, base, &local->address))
        fram_ice_agent_withdraw_local (agent, member->stream, local);
    }
  for (guint i = 0; i < base->mappings->len; i++)
    {
      const FramMapping *leader
          = find_leader (session, g_ptr_array_index (base->mappings, i));

      if (leader != NULL)
        add_mapped (broker, session, member, leader, now);
    }
}

void
fram_broker_list_public_lines (FramBroker *broker, const FramBrokerSession *session,
                               guint stream, GPtrArray *lines)
{
  for (guint b = 0; b < session->bases->len; b++)
    {
      const FramBase *base = g_ptr_array_index (session->bases, b);
      const FramBaseMember *member = fram_base_find_member (base, session->id);

      for (guint i = 0; member->stream == stream && i < base->mappings->len; i++)
        {
          const FramMapping *leader
              = find_leader (session, g_ptr_array_index (base->mappings, i));
          FramCandidate candidate;

          if (leader == NULL || !is_public_host (session, leader))
            continue;
          candidate = make_mapped (broker, session, member, leader);
          g_ptr_array_add (lines, fram_broker_session_line (session, &candidate));
          break;
        }
    }
}
