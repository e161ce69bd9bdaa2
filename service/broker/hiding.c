/* Which addresses are not shown: those of hosts that hide them behind names of Multicast DNS,
 * wherever they come from.  (draft-ietf-mmusic-mdns-ice-candidates §3.3.1) */
#include "broker/broker-private.h"
#include "broker/names-private.h"
#include "broker/snapshot.h"

/* Whether the peer itself has told of a candidate at this IP address, with whatever port. */
static gboolean
has_signalled (const FramBrokerSession *session, const FramAddress *address)
{
  for (guint s = 0; s < session->n_streams; s++)
    {
      const GPtrArray *remotes = fram_ice_agent_get_remotes (session->current->agent, s);

      for (guint i = 0; i < remotes->len; i++)
        {
          const FramCandidate *remote = g_ptr_array_index (remotes, i);

          if (remote->type != FRAM_CANDIDATE_PEER_REFLEXIVE && !remote->is_named
              && fram_address_equal_ip (&remote->address, address))
            return TRUE;
        }
    }
  return FALSE;
}

/* A check may come before the candidate that it is from, or before its name is resolved.  What
 * comes from an address that many networks have is no NAT's outside, but a host. */
static gboolean
is_hidden_reflexive (const FramBrokerSession *session, FramCandidateType type,
                     const FramAddress *address)
{
  return type == FRAM_CANDIDATE_PEER_REFLEXIVE
         && (session->peer_hides || fram_address_is_private (address));
}

/* By name or not at all, whatever has the address: a server that sees no NAT tells of it, too. */
static const char *
find_own_cover (const FramBrokerSession *session, const FramAddress *address)
{
  const FramOwnName *name = fram_broker_session_find_own_name (session, address);

  if (name == NULL)
    return NULL;
  return name->state == FRAM_OWN_NAME_PUBLISHED ? name->text : "";
}

const char *
fram_broker_session_find_cover (const FramBrokerSession *session, gboolean is_remote,
                                FramCandidateType type, const FramAddress *address)
{
  const char *name;

  if (!is_remote)
    return find_own_cover (session, address);
  name = fram_broker_session_find_peer_name (session, address);
  if (name == NULL && !is_hidden_reflexive (session, type, address))
    return NULL;
  if (has_signalled (session, address))
    return NULL;
  return name != NULL ? name : "";
}

const char *
fram_broker_session_show_address (const FramBrokerSession *session, gboolean is_remote,
                                  FramCandidateType type, const FramAddress *address,
                                  char text[FRAM_SHOWN_ADDRESS_TEXT])
{
  const char *cover = fram_broker_session_find_cover (session, is_remote, type, address);

  if (cover == NULL)
    return fram_address_to_text (address, text);
  g_snprintf (text, FRAM_SHOWN_ADDRESS_TEXT, "%s:%u",
              cover[0] != '\0' ? cover : FRAM_HIDDEN_ADDRESS, address->port);
  return text;
}

const char *
fram_broker_show_address (FramBroker *broker, FramSessionId id, gboolean is_remote,
                          FramCandidateType type, const FramAddress *address,
                          char text[FRAM_SHOWN_ADDRESS_TEXT])
{
  const FramBrokerSession *session = fram_broker_find_session (broker, id);

  g_return_val_if_fail (session != NULL, FRAM_HIDDEN_ADDRESS);
  return fram_broker_session_show_address (session, is_remote, type, address, text);
}
