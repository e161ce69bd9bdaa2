/* What a session's path is like, and if it is relayed, why: from its pairs, from what the peer
 * told, and from what is known of the NATs. */
#include "broker/explain-private.h"

/* --- How it is connected ----------------------------------------------------------- */

static const char *
describe_local (FramCandidateType type)
{
  switch (type)
    {
    case FRAM_CANDIDATE_HOST:
      return "this side by its own address";
    case FRAM_CANDIDATE_SERVER_REFLEXIVE:
      return "this side by the address that a server sees";
    case FRAM_CANDIDATE_PEER_REFLEXIVE:
      return "this side by an address that the peer alone sees";
    case FRAM_CANDIDATE_RELAYED:
      return "this side by its relay";
    }
  g_assert_not_reached ();
}

static const char *
describe_remote (FramCandidateType type)
{
  switch (type)
    {
    case FRAM_CANDIDATE_HOST:
      return "the peer by its own address";
    case FRAM_CANDIDATE_SERVER_REFLEXIVE:
      return "the peer by the address that a server sees";
    case FRAM_CANDIDATE_PEER_REFLEXIVE:
      return "the peer by an address that was not announced";
    case FRAM_CANDIDATE_RELAYED:
      return "the peer by its relay";
    }
  g_assert_not_reached ();
}

static void
append_rtt (GString *text, const FramPair *path)
{
  if (path->rtt >= 0)
    g_string_append_printf (text, ", %.1f ms", (double) path->rtt / 1e3);
}

/* A pair of host addresses that would be preferred, and why it is not used. */
static void
append_better (GString *text, const FramBrokerSession *session, const FramPair *path)
{
  const GPtrArray *pairs = fram_ice_agent_get_pairs (session->current->agent, 0);

  for (guint i = 0; i < pairs->len; i++)
    {
      const FramPair *pair = g_ptr_array_index (pairs, i);

      if (pair->component != path->component || pair->priority <= path->priority
          || pair->remote->type != FRAM_CANDIDATE_HOST || pair->state != FRAM_PAIR_FAILED)
        continue;
      g_string_append_printf (text,
                              " Between the addresses of the hosts it does not work: "
                              "%s",
                              fram_cause_to_sentence (pair->cause));
      return;
    }
}

/* --- Why no direct path was taken --------------------------------------------------- */

/* The peer's checks come from another port than a server saw: its NAT gives each destination
 * its own (RFC 4787 §4.1). */
static gboolean
peer_is_symmetric (const GPtrArray *remotes)
{
  for (guint i = 0; i < remotes->len; i++)
    {
      const FramCandidate *seen = g_ptr_array_index (remotes, i);

      for (guint s = 0; s < remotes->len && seen->type == FRAM_CANDIDATE_PEER_REFLEXIVE;
           s++)
        {
          const FramCandidate *told = g_ptr_array_index (remotes, s);

          if (told->type == FRAM_CANDIDATE_SERVER_REFLEXIVE
              && told->component == seen->component && told->transport == seen->transport
              && fram_address_equal_ip (&told->address, &seen->address))
            return TRUE;
        }
    }
  return FALSE;
}

/* What the peer told, but its relays and what its checks came from. */
static gboolean
peer_names_addresses (const GPtrArray *remotes, gboolean public)
{
  for (guint i = 0; i < remotes->len; i++)
    {
      FramCandidate *remote = g_ptr_array_index (remotes, i);

      if ((remote->type == FRAM_CANDIDATE_HOST
           || remote->type == FRAM_CANDIDATE_SERVER_REFLEXIVE)
          && (!public || !fram_address_is_private (&remote->address)))
        return TRUE;
    }
  return FALSE;
}

/* The direct pairs of the path's component. */
typedef struct
{
  gboolean work, are_tried;
  gboolean heard; /* the peer's checks came by them */
} Direct;

static Direct
look_at_direct (const FramBrokerSession *session, const FramPair *path)
{
  const GPtrArray *pairs = fram_ice_agent_get_pairs (session->current->agent, 0);
  Direct direct = { FALSE, FALSE, FALSE };

  for (guint i = 0; i < pairs->len; i++)
    {
      const FramPair *pair = g_ptr_array_index (pairs, i);

      if (pair->component != path->component
          || pair->local->type == FRAM_CANDIDATE_RELAYED
          || pair->remote->type == FRAM_CANDIDATE_RELAYED)
        continue;
      direct.work |= pair->state == FRAM_PAIR_SUCCEEDED;
      direct.are_tried |= pair->state != FRAM_PAIR_FAILED;
      direct.heard |= pair->counters.requests_received > 0;
    }
  return direct;
}

/* What follows "because". */
static const char *
why_relayed (FramBroker *broker, const FramBrokerSession *session, const FramPair *path,
             FramTime now)
{
  const GPtrArray *remotes = fram_ice_agent_get_remotes (session->current->agent, 0);
  gboolean symmetric = fram_explain_is_symmetric (broker, session);
  Direct direct = look_at_direct (session, path);

  if (session->policy == FRAM_POLICY_RELAY)
    return "this session may use nothing but a relay";
  if (!peer_names_addresses (remotes, FALSE))
    return "the peer names nothing but its relay";
  if (direct.work)
    return "that was agreed on before a direct path worked";
  if (symmetric && peer_is_symmetric (remotes))
    return "both sides' NATs choose a new port per destination";
  if (symmetric)
    return "this side's NAT chooses a new port per destination";
  if (peer_is_symmetric (remotes))
    return "the peer's NAT chooses a new port per destination";
  if (direct.heard)
    return "a firewall or NAT lets direct packets through one way only";
  if (fram_explain_is_unknown_outside (session))
    return fram_explain_answers_by_tcp (broker, session, now)
               ? "this network lets no UDP through"
               : "no STUN server told this side its address outside";
  if (!peer_names_addresses (remotes, TRUE))
    return "the peer names only private addresses besides";
  return direct.are_tried ? "no direct path has answered yet"
                          : "no direct path has answered";
}

/* --- The whole ---------------------------------------------------------------------- */

char *
fram_explain_path (FramBroker *broker, const FramBrokerSession *session, FramTime now,
                   const char **ret_word)
{
  const FramPair *path = fram_ice_agent_get_path (session->current->agent, 0, 1);
  GString *text = g_string_new (NULL);
  FramCandidateType local, remote;

  if (path == NULL)
    {
      g_string_append (text, fram_cause_to_sentence (FRAM_CAUSE_VALID_PAIR));
      return fram_explain_say (ret_word, "checking", g_string_free (text, FALSE));
    }
  local = path->mapped != NULL ? path->mapped->type : path->local->type;
  remote = path->remote->type;
  if (local == FRAM_CANDIDATE_HOST && remote == FRAM_CANDIDATE_HOST)
    {
      g_string_append (text, "Direct, between the host addresses");
      append_rtt (text, path);
      g_string_append_c (text, '.');
      return fram_explain_say (ret_word, "direct-host", g_string_free (text, FALSE));
    }
  if (local == FRAM_CANDIDATE_RELAYED || remote == FRAM_CANDIDATE_RELAYED)
    {
      g_string_append_printf (text, "Relayed, because %s (%s, %s)",
                              why_relayed (broker, session, path, now),
                              describe_local (local), describe_remote (remote));
      append_rtt (text, path);
      g_string_append_c (text, '.');
      return fram_explain_say (ret_word, "relayed", g_string_free (text, FALSE));
    }
  g_string_append_printf (
      text, "Direct, through %s (%s, %s)",
      local == FRAM_CANDIDATE_HOST || remote == FRAM_CANDIDATE_HOST ? "a NAT" : "NATs",
      describe_local (local), describe_remote (remote));
  append_rtt (text, path);
  g_string_append_c (text, '.');
  append_better (text, session, path);
  return fram_explain_say (ret_word, "direct-nat", g_string_free (text, FALSE));
}
