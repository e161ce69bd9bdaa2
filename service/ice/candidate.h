/* A candidate: a transport address at which an agent may be reached, and what is known of
 * it.  (RFC 8445 §5.1, §5.3)  Its text form is ice/candidate-line.h. */
#pragma once

#include "base/address.h"
#include "base/time.h"

typedef enum
{
  FRAM_CANDIDATE_HOST,
  FRAM_CANDIDATE_SERVER_REFLEXIVE,
  FRAM_CANDIDATE_PEER_REFLEXIVE,
  FRAM_CANDIDATE_RELAYED,
} FramCandidateType;

/* RFC 8445 and RFC 6544 §4.5 */
typedef enum
{
  FRAM_TRANSPORT_UDP,
  FRAM_TRANSPORT_TCP_ACTIVE,
  FRAM_TRANSPORT_TCP_PASSIVE,
  FRAM_TRANSPORT_TCP_SO,
} FramTransport;

static inline gboolean
fram_transport_is_tcp (FramTransport transport)
{
  return transport != FRAM_TRANSPORT_UDP;
}

/* What a candidate of the transport is paired with. (RFC 6544 §6.2) */
FramTransport fram_transport_get_counterpart (FramTransport transport);

/* RFC 8839 §5.1: 1 to 32 ice-chars. */
#define FRAM_FOUNDATION_MAX 32

/* RFC 8839 §5.1: 1 to 256. */
#define FRAM_COMPONENT_MAX 256

typedef struct
{
  FramCandidateType type;
  FramTransport transport;
  guint16 component;
  guint32 priority; /* 1 to 2^31 - 1 */
  /* Local candidates: the base checks are sent from, and its address below. 0: remote. */
  guint32 base;
  FramAddress address;
  /* raddr and rport of RFC 8839; family NONE for host candidates. */
  FramAddress related;
  char foundation[FRAM_FOUNDATION_MAX + 1];
  /* A remote candidate whose address was found by a name of Multicast DNS: nobody else is told
   * of it, no relay either (draft-ietf-mmusic-mdns-ice-candidates §3.3.2). */
  gboolean is_named;
  FramAddress base_address;
  guint32 formula; /* a local one's, before it was made unique; or 0 */
  /* Of an agent's candidates: a number that no other of it has or had, from 1, and when it was
   * found. */
  guint32 id;
  FramTime found;
} FramCandidate;

/* RFC 6544 §4.5: the port of an active candidate means nothing, and is that of Discard. */
#define FRAM_TCP_ACTIVE_PORT 9

/* RFC 8445 §5.1.2.1, of a UDP candidate; `local_preference` 0 to 65535. */
guint32 fram_candidate_priority (FramCandidateType type, guint16 local_preference,
                                 guint16 component);

/* RFC 6544 §4.2, of a TCP candidate: the local preference is made of the direction and of
 * `other_preference`, 0 to 8191. */
guint32 fram_candidate_tcp_priority (FramCandidateType type, FramTransport transport,
                                     guint16 other_preference, guint16 component);
#define FRAM_TCP_OTHER_PREFERENCE_MAX 8191

/* "host", "srflx", "prflx", "relay" */
const char *fram_candidate_type_to_text (FramCandidateType type);

/* RFC 8445 §5.1.1.3: equal for candidates of one type, base IP address, server and
 * transport; `server` has family NONE where none was asked. Writes 8 ice-chars.
 * `salt`: a secret of the session, so that a peer that is not shown the base address cannot
 * find it by trying all there are. */
void fram_candidate_set_foundation (FramCandidate *candidate, const FramAddress *server,
                                    guint64 salt);

/* RFC 8421 §4: the local preference of the `index`-th address (from 0, most preferred
 * first) of `family` on a host that has `n_ipv4` and `n_ipv6` addresses: the families are
 * interleaved, IPv6 first, so that a broken family delays the other by one step only. */
guint16 fram_candidate_local_preference (FramFamily family, guint index, guint n_ipv4,
                                         guint n_ipv6);
