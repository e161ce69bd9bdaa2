#include "ice/candidate.h"

#include <string.h>

#include "base/digest.h"

/* RFC 8445 §5.1.2.2 recommends 126 for host candidates, 110 for peer-reflexive, 100 for
 * server-reflexive and 0 for relayed ones. */
static guint32
type_preference (FramCandidateType type)
{
  switch (type)
    {
    case FRAM_CANDIDATE_HOST:
      return 126;
    case FRAM_CANDIDATE_PEER_REFLEXIVE:
      return 110;
    case FRAM_CANDIDATE_SERVER_REFLEXIVE:
      return 100;
    case FRAM_CANDIDATE_RELAYED:
      return 0;
    }
  g_assert_not_reached ();
}

guint32
fram_candidate_priority (FramCandidateType type, guint16 local_preference,
                         guint16 component)
{
  guint32 priority;

  g_assert (component >= 1 && component <= FRAM_COMPONENT_MAX);

  /* RFC 8445 §5.1.2.1: 2^24 * type preference + 2^8 * local preference
   * + (256 - component ID). */
  priority = type_preference (type) << 24 | (guint32) local_preference << 8
             | (guint32) (FRAM_COMPONENT_MAX - component);

  /* The formula gives 0 for the least relayed candidate of component 256, but a priority
   * is "a positive integer between 1 and (2**31 - 1)". */
  return MAX (priority, 1);
}

/* --- TCP (RFC 6544) ---------------------------------------------------------------- */

FramTransport
fram_transport_get_counterpart (FramTransport transport)
{
  switch (transport)
    {
    case FRAM_TRANSPORT_UDP:
    case FRAM_TRANSPORT_TCP_SO:
      return transport;
    case FRAM_TRANSPORT_TCP_ACTIVE:
      return FRAM_TRANSPORT_TCP_PASSIVE;
    case FRAM_TRANSPORT_TCP_PASSIVE:
      return FRAM_TRANSPORT_TCP_ACTIVE;
    }
  g_assert_not_reached ();
}

/* RFC 6544 §4.2 recommends 6 for active, 4 for passive and 2 for simultaneous-open
 * candidates; where a NAT has to let the connection in, 6 for simultaneous-open, 4 for active
 * and 2 for passive ones. */
static guint32
direction_preference (FramCandidateType type, FramTransport transport)
{
  gboolean is_mapped = type == FRAM_CANDIDATE_SERVER_REFLEXIVE;

  switch (transport)
    {
    case FRAM_TRANSPORT_TCP_ACTIVE:
      return is_mapped ? 4 : 6;
    case FRAM_TRANSPORT_TCP_PASSIVE:
      return is_mapped ? 2 : 4;
    case FRAM_TRANSPORT_TCP_SO:
      return is_mapped ? 6 : 2;
    case FRAM_TRANSPORT_UDP:
      break;
    }
  g_assert_not_reached ();
}

guint32
fram_candidate_tcp_priority (FramCandidateType type, FramTransport transport,
                             guint16 other_preference, guint16 component)
{
  g_assert (other_preference <= FRAM_TCP_OTHER_PREFERENCE_MAX);
  g_assert (component >= 1 && component <= FRAM_COMPONENT_MAX);

  /* RFC 6544 §4.2: where one transport is preferred over the other, the other's type
   * preferences are decreased.  By half: any direct way by UDP is better than any by TCP, but a
   * direct one by TCP better than a relay; and relayed candidates stay the least. */
  return MAX (
      type_preference (type) / 2 << 24 | direction_preference (type, transport) << 21
          | (guint32) other_preference << 8 | (guint32) (FRAM_COMPONENT_MAX - component),
      1);
}

const char *
fram_candidate_type_to_text (FramCandidateType type)
{
  switch (type)
    {
    case FRAM_CANDIDATE_HOST:
      return "host";
    case FRAM_CANDIDATE_SERVER_REFLEXIVE:
      return "srflx";
    case FRAM_CANDIDATE_PEER_REFLEXIVE:
      return "prflx";
    case FRAM_CANDIDATE_RELAYED:
      return "relay";
    }
  g_assert_not_reached ();
}

/* Ports stay out: bases and servers count with their IP addresses alone. */
typedef struct
{
  guint64 salt;
  guint8 type, transport;
  guint8 base_family, server_family;
  guint32 base_scope, server_scope, zero;
  guint8 base_ip[16], server_ip[16];
} FoundationInput;

void
fram_candidate_set_foundation (FramCandidate *candidate, const FramAddress *server,
                               guint64 salt)
{
  static const char alphabet[]
      = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  FoundationInput input = {
    .salt = salt,
    .type = (guint8) candidate->type,
    .transport = (guint8) candidate->transport,
    .base_family = candidate->base_address.family,
    .server_family = server->family,
    .base_scope = candidate->base_address.scope,
    .server_scope = server->scope,
  };
  guint8 digest[FRAM_SHA256_SIZE];
  guint i;

  memcpy (input.base_ip, candidate->base_address.ip, sizeof input.base_ip);
  memcpy (input.server_ip, server->ip, sizeof input.server_ip);
  fram_sha256 ((const guint8 *) &input, sizeof input, digest);

  /* A digest needs no table of what was given out before and no place to keep it; among 64
   * candidates 48 bits collide once in a hundred thousand million sessions. */
  for (i = 0; i < 8; i++)
    candidate->foundation[i] = alphabet[digest[i] & 63];
  candidate->foundation[i] = '\0';
}

guint16
fram_candidate_local_preference (FramFamily family, guint index, guint n_ipv4,
                                 guint n_ipv6)
{
  guint rank;

  /* RFC 8421 §4 leaves the way of mixing to the agent; strict alternation gives each
   * family every second step for as long as both last. */
  if (family == FRAM_FAMILY_IPV6)
    {
      g_assert (index < n_ipv6);
      rank = index + MIN (index, n_ipv4);
    }
  else
    {
      g_assert (family == FRAM_FAMILY_IPV4 && index < n_ipv4);
      rank = index + MIN (index + 1, n_ipv6);
    }
  return (guint16) (G_MAXUINT16 - MIN (rank, G_MAXUINT16));
}
