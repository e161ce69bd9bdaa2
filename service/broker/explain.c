#include "broker/explain.h"

#include "broker/explain-private.h"
#include "broker/names-private.h"
#include "broker/network-snapshot.h"

/* That many of the peer's addresses are named. */
#define MAX_NAMED 4
/* What a server said by TCP so long ago still says that UDP is blocked. */
#define TCP_FRESH FRAM_SECONDS (600)

char *
fram_explain_say (const char **ret_word, const char *word, char *sentence)
{
  *ret_word = word;
  return sentence;
}

static char *
say_cause (const char **ret_word, FramCause cause)
{
  return fram_explain_say (ret_word, fram_cause_to_word (cause),
                           g_strdup (fram_cause_to_sentence (cause)));
}

/* --- Looking at a session ---------------------------------------------------------- */

/* What all pairs did, those that are gone too. */
static FramIcePast
look_back (const FramBrokerSession *session)
{
  FramIcePast sum = *fram_ice_agent_get_past (session->current->agent);

  for (guint s = 0; s < session->n_streams; s++)
    {
      const GPtrArray *pairs = fram_ice_agent_get_pairs (session->current->agent, s);

      for (guint i = 0; i < pairs->len; i++)
        {
          const FramPair *pair = g_ptr_array_index (pairs, i);

          sum.n_pairs++;
          sum.n_taken += pair->refused || pair->cause == FRAM_CAUSE_TUPLE_TAKEN;
          sum.requests_received += pair->counters.requests_received;
          sum.responses_received += pair->counters.responses_received;
        }
    }
  return sum;
}

static const GPtrArray *
locals_of (const FramBrokerSession *session)
{
  return fram_ice_agent_get_locals (session->current->agent, 0);
}

static const GPtrArray *
remotes_of (const FramBrokerSession *session)
{
  return fram_ice_agent_get_remotes (session->current->agent, 0);
}

static gboolean
is_public (const FramCandidate *candidate)
{
  return !fram_address_is_private (&candidate->address)
         && !fram_address_is_loopback (&candidate->address)
         && !fram_address_is_link_local (&candidate->address);
}

gboolean
fram_explain_has_public (const GPtrArray *candidates)
{
  for (guint i = 0; i < candidates->len; i++)
    if (is_public (g_ptr_array_index (candidates, i)))
      return TRUE;
  return FALSE;
}

/* The peer's addresses, the first few of them. */
static char *
name_remotes (const FramBrokerSession *session)
{
  const GPtrArray *remotes = remotes_of (session);
  GString *text = g_string_new (NULL);
  char address[FRAM_SHOWN_ADDRESS_TEXT];

  for (guint i = 0; i < MIN (remotes->len, MAX_NAMED); i++)
    {
      const FramCandidate *remote = g_ptr_array_index (remotes, i);

      g_string_append_printf (
          text, "%s%s %s", i > 0 ? ", " : "", fram_candidate_type_to_text (remote->type),
          fram_broker_session_show_address (session, TRUE, remote->type, &remote->address,
                                            address));
    }
  if (remotes->len > MAX_NAMED)
    g_string_append_printf (text, " and %u more", remotes->len - MAX_NAMED);
  return g_string_free (text, FALSE);
}

/* --- Servers and NATs -------------------------------------------------------------- */

static gboolean
has_mapping (const FramBrokerSession *session)
{
  for (guint i = 0; i < session->bases->len; i++)
    {
      const FramBase *base = g_ptr_array_index (session->bases, i);

      for (guint m = 0; m < base->mappings->len; m++)
        if (((const FramMapping *) g_ptr_array_index (base->mappings, m))->mapped.family
            != FRAM_FAMILY_NONE)
          return TRUE;
    }
  return FALSE;
}

gboolean
fram_explain_answers_by_tcp (FramBroker *broker, const FramBrokerSession *session,
                             FramTime now)
{
  const GPtrArray *rows = broker->network.servers;

  for (guint i = 0; i < rows->len; i++)
    {
      const FramNetworkServer *row = g_ptr_array_index (rows, i);

      if (row->transport == FRAM_KNOWN_UDP || row->success == FRAM_NETWORK_NEVER
          || now - row->success > TCP_FRESH)
        continue;
      for (guint s = 0; s < session->servers->len; s++)
        if (g_str_equal (
                row->uri,
                ((const FramServer *) g_ptr_array_index (session->servers, s))->uri))
          return TRUE;
    }
  return FALSE;
}

typedef gboolean (*NatTest) (FramNatKind kind);

/* The NAT before one of the session's interfaces that is so; NULL: none is known to be. */
static const FramNetworkNat *
find_nat (FramBroker *broker, const FramBrokerSession *session, NatTest test)
{
  for (guint i = 0; i < session->bases->len; i++)
    {
      const FramBase *base = g_ptr_array_index (session->bases, i);
      const FramNetworkNat *nat = fram_network_find_nat (
          &broker->network, base->interface.name, base->interface.address.family);

      if (nat != NULL && nat->found != FRAM_NETWORK_NEVER
          && test (fram_nat_behaviour_get_kind (&nat->behaviour)))
        return nat;
    }
  return NULL;
}

static gboolean
is_symmetric (FramNatKind kind)
{
  return kind == FRAM_NAT_KIND_SYMMETRIC;
}

gboolean
fram_explain_is_symmetric (FramBroker *broker, const FramBrokerSession *session)
{
  return find_nat (broker, session, is_symmetric) != NULL;
}

static gboolean
is_of_use (FramNatKind kind)
{
  return kind != FRAM_NAT_KIND_UNKNOWN && kind != FRAM_NAT_KIND_BLOCKED;
}

/* --- Relays ------------------------------------------------------------------------ */

static char *
explain_relay (const FramBrokerSession *session, const FramRelayFault *fault,
               const char **ret_word)
{
  g_autofree char *word
      = g_strconcat ("relay-", fram_server_failure_to_word (fault->failure), NULL);

  return fram_explain_say (
      ret_word, g_intern_string (word),
      g_strdup_printf ("%s: the TURN server %s %s. %s",
                       session->policy == FRAM_POLICY_RELAY
                           ? "This session may use nothing but a relay"
                           : "There is no direct path to the peer, and no relay",
                       fault->server->parts.host,
                       fram_server_failure_to_predicate (fault->failure),
                       fram_server_failure_to_advice (fault->failure)));
}

/* Policy `relay` without any. */
static char *
explain_relay_alone (const FramBrokerSession *session, const char **ret_word)
{
  FramRelayFault fault;

  if (fram_broker_find_relay_fault (session, &fault))
    return explain_relay (session, &fault, ret_word);
  return fram_explain_say (
      ret_word, "no-relay",
      g_strdup ("This session may use nothing but a relay, and no TURN server is "
                "set. Add one to Fram's settings, or to the session."));
}

/* --- Why it failed ----------------------------------------------------------------- */

static char *
explain_no_network (FramBroker *broker, FramTime now, const char **ret_word)
{
  g_autoptr (GArray) rows = fram_broker_list_interfaces (broker, now);

  for (guint i = 0; i < rows->len; i++)
    {
      const FramInterfaceRow *row = &g_array_index (rows, FramInterfaceRow, i);

      if (row->use == FRAM_INTERFACE_UNUSED_DENIED
          || row->use == FRAM_INTERFACE_UNUSED_VPN
          || row->use == FRAM_INTERFACE_UNUSED_FAMILY)
        return fram_explain_say (
            ret_word, "interfaces-left-out",
            g_strdup_printf ("This computer is on the network by %s, which Fram's "
                             "settings leave out.",
                             row->interface.name));
    }
  return fram_explain_say (
      ret_word, "no-network",
      g_strdup ("This computer has no address from which others can be "
                "reached: it is not on any network."));
}

static gboolean
is_networked (FramBroker *broker)
{
  for (guint i = 0; i < broker->interfaces->len; i++)
    if (!fram_address_is_loopback (
            &g_array_index (broker->interfaces, FramInterfaceAddress, i).address))
      return TRUE;
  return FALSE;
}

gboolean
fram_explain_is_unknown_outside (const FramBrokerSession *session)
{
  return session->policy != FRAM_POLICY_RELAY && !has_mapping (session)
         && !fram_explain_has_public (locals_of (session));
}

/* What the peer cannot know of this side, because no server told. */
static char *
explain_servers (FramBroker *broker, const FramBrokerSession *session, FramTime now,
                 const char **ret_word)
{
  if (!fram_explain_is_unknown_outside (session))
    return NULL;
  if (session->servers == NULL)
    return fram_explain_say (
        ret_word, "no-server",
        g_strdup ("No STUN server was to be asked, so the peer knows no address "
                  "at which this side can be reached from outside of its own "
                  "network."));
  if (fram_explain_answers_by_tcp (broker, session, now))
    return fram_explain_say (
        ret_word, "udp-blocked",
        g_strdup ("This network lets no UDP through: the STUN servers are silent, "
                  "though by TCP they answer. A relay (TURN server) that is "
                  "reached by TCP or TLS would help."));
  return fram_explain_say (
      ret_word, "servers-silent",
      g_strdup ("No STUN server answered, so the peer knows no address at which "
                "this side can be reached from outside of its own network. The "
                "servers are down, or this network blocks UDP."));
}

static char *
explain_symmetric (const FramNetworkNat *nat, const FramBrokerSession *session,
                   const char **ret_word)
{
  g_autofree char *remotes = name_remotes (session);

  return fram_explain_say (
      ret_word, "symmetric-nat",
      g_strdup_printf (
          "The NAT before %s is a symmetric NAT: it gives a new port for each "
          "destination, so that the peer does not know where to reach this side, "
          "and the peer did not answer at %s. A relay (TURN server) is needed.",
          nat->interface, remotes));
}

static char *
explain_silence (FramBroker *broker, const FramBrokerSession *session,
                 const char **ret_word)
{
  const FramNetworkNat *nat = find_nat (broker, session, is_of_use);
  g_autofree char *remotes = name_remotes (session);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "The peer answered at none of its addresses (%s).",
                          remotes);
  if (nat != NULL)
    {
      FramNatExpectation expectation = fram_nat_expect_anyone (&nat->behaviour);

      g_string_append_printf (
          text, " Before %s is what is called %s.", nat->interface,
          fram_nat_kind_to_name (fram_nat_behaviour_get_kind (&nat->behaviour)));
      if (expectation == FRAM_NAT_EXPECT_UNLESS_SYMMETRIC)
        g_string_append (text, " With it, peers behind a symmetric NAT are not reached "
                               "without a relay (TURN server).");
    }
  return fram_explain_say (ret_word, "peer-silent", g_string_free (text, FALSE));
}

static char *
explain_private_peer (const FramBrokerSession *session, const char **ret_word)
{
  g_autofree char *remotes = name_remotes (session);

  return fram_explain_say (
      ret_word, "peer-private",
      g_strdup_printf ("The peer named only private addresses (%s), at which "
                       "nobody answers from here. It would have to ask a STUN "
                       "server, or both sides need a relay (TURN server).",
                       remotes));
}

static char *
explain_no_pair (FramBroker *broker, const FramBrokerSession *session, FramTime now,
                 const char **ret_word)
{
  const FramNetworkNat *nat = find_nat (broker, session, is_symmetric);
  FramIcePast past = look_back (session);
  FramRelayFault fault;
  char *text;

  if (past.n_pairs == 0)
    return fram_explain_say (
        ret_word, "no-family",
        g_strdup ("The two sides have no common kind of address: one has IPv4 "
                  "alone, the other IPv6."));
  if (fram_broker_find_relay_fault (session, &fault))
    return explain_relay (session, &fault, ret_word);
  if (past.n_taken == past.n_pairs)
    return fram_explain_say (
        ret_word, "tuples-taken",
        g_strdup ("All paths to this peer are in the hands of other sessions of "
                  "this computer, and neither side could open another one."));
  if (past.requests_received > 0 && past.responses_received == 0)
    return fram_explain_say (
        ret_word, "one-way",
        g_strdup ("The peer's checks arrive, but this side's are never answered: "
                  "a firewall or NAT lets packets through one way only."));
  if (!fram_explain_has_public (remotes_of (session)))
    return explain_private_peer (session, ret_word);
  text = explain_servers (broker, session, now, ret_word);
  if (text != NULL)
    return text;
  if (nat != NULL)
    return explain_symmetric (nat, session, ret_word);
  return explain_silence (broker, session, ret_word);
}

static char *
explain_no_remote (const FramBrokerSession *session, const char **ret_word)
{
  if (!session->peer_hides)
    return say_cause (ret_word, FRAM_CAUSE_NO_REMOTE_CANDIDATES);
  return fram_explain_say (
      ret_word, "peer-not-found",
      g_strdup ("The peer hides its addresses behind names (.local), which are not "
                "found from here: it is in another network, or Avahi "
                "(avahi-daemon) does not run on this computer or on the peer's."));
}

static char *
explain_failure (FramBroker *broker, const FramBrokerSession *session, FramTime now,
                 const char **ret_word)
{
  FramCause cause = fram_ice_agent_get_cause (session->current->agent);

  if (cause != FRAM_CAUSE_NO_PAIR_SUCCEEDED && cause != FRAM_CAUSE_NO_LOCAL_CANDIDATES
      && cause != FRAM_CAUSE_NO_REMOTE_CANDIDATES)
    return say_cause (ret_word, cause);
  if (cause == FRAM_CAUSE_NO_LOCAL_CANDIDATES && session->policy == FRAM_POLICY_RELAY)
    return explain_relay_alone (session, ret_word);
  if (remotes_of (session)->len == 0)
    return explain_no_remote (session, ret_word);
  /* On a host without a network, loopback may lead to other applications. */
  if (!is_networked (broker))
    return explain_no_network (broker, now, ret_word);
  if (cause == FRAM_CAUSE_NO_LOCAL_CANDIDATES)
    return say_cause (ret_word, cause);
  return explain_no_pair (broker, session, now, ret_word);
}

/* --- All --------------------------------------------------------------------------- */

static char *
explain_beginning (const FramBrokerSession *session, const char **ret_word)
{
  if (!session->gathered)
    return fram_explain_say (ret_word, "gathering",
                             g_strdup ("The addresses of this side are being found."));
  return fram_explain_say (
      ret_word, "waiting-for-peer",
      g_strdup ("This side is ready; the peer has not described itself yet."));
}

char *
fram_broker_explain (FramBroker *broker, FramSessionId id, FramTime now,
                     const char **ret_word)
{
  const FramBrokerSession *session = fram_broker_find_session (broker, id);
  const char *word;

  if (ret_word == NULL)
    ret_word = &word;
  if (session == NULL)
    return NULL;
  switch (fram_ice_agent_get_state (session->current->agent))
    {
    case FRAM_STATE_NEW:
      return explain_beginning (session, ret_word);
    case FRAM_STATE_CHECKING:
      return fram_explain_say (ret_word, "checking",
                               g_strdup ("Paths to the peer are being tried."));
    case FRAM_STATE_CONNECTED:
    case FRAM_STATE_COMPLETED:
      return fram_explain_path (broker, session, now, ret_word);
    case FRAM_STATE_DISCONNECTED:
      return fram_explain_say (
          ret_word, "path-silent",
          g_strdup ("The path in use does not answer any more; others are tried."));
    case FRAM_STATE_FAILED:
      return explain_failure (broker, session, now, ret_word);
    case FRAM_STATE_CLOSED:
      return say_cause (ret_word, fram_ice_agent_get_cause (session->current->agent));
    }
  g_assert_not_reached ();
}

char *
fram_broker_explain_state (FramBroker *broker, FramSessionId id, FramState state,
                           FramCause cause, FramTime now, const char **ret_word)
{
  const FramBrokerSession *session = fram_broker_find_session (broker, id);

  /* It may have been restarted by the time its failure is told. */
  if (state == FRAM_STATE_FAILED && session != NULL
      && fram_ice_agent_get_state (session->current->agent) == FRAM_STATE_FAILED)
    return fram_broker_explain (broker, id, now, ret_word);
  return say_cause (ret_word, cause);
}
