/* The words of the service as enumerations: the nick of each value is the word itself. */
#pragma once

#include <fram-types.h>

G_BEGIN_DECLS

/**
 * FramState:
 * @FRAM_STATE_NEW: No peer is known yet.
 * @FRAM_STATE_CHECKING: Ways to the peer are being tried.
 * @FRAM_STATE_CONNECTED: Data can be sent; better ways may still be found.
 * @FRAM_STATE_COMPLETED: Data can be sent and the search is over.
 * @FRAM_STATE_DISCONNECTED: The peer has stopped to answer; this may pass.
 * @FRAM_STATE_FAILED: There is no way to the peer.
 * @FRAM_STATE_CLOSED: The session has ended.
 *
 * The state of a session or of one of its components, in the words of the W3C's
 * RTCIceTransportState.
 */
typedef enum
{
  FRAM_STATE_NEW,
  FRAM_STATE_CHECKING,
  FRAM_STATE_CONNECTED,
  FRAM_STATE_COMPLETED,
  FRAM_STATE_DISCONNECTED,
  FRAM_STATE_FAILED,
  FRAM_STATE_CLOSED,
} FramState;

/**
 * FramRole:
 * @FRAM_ROLE_AUTOMATIC: In [class@SessionOptions] only: who gives no remote description
 *   there controls.
 * @FRAM_ROLE_CONTROLLING: This side decides which pair is used.
 * @FRAM_ROLE_CONTROLLED: The peer decides.
 *
 * Who decides which pair of candidates carries the data (RFC 8445 §6.1.1).
 */
typedef enum
{
  FRAM_ROLE_AUTOMATIC,
  FRAM_ROLE_CONTROLLING,
  FRAM_ROLE_CONTROLLED,
} FramRole;

/**
 * FramPolicy:
 * @FRAM_POLICY_ALL: Every way is good.
 * @FRAM_POLICY_NOHOST: The addresses of this host are not shown to the peer.
 * @FRAM_POLICY_RELAY: Only relays are used, not even a check goes another way.
 * @FRAM_POLICY_MDNS: The peer is shown names of Multicast DNS in place of the addresses of this
 *   host.
 *
 * Which candidates a session may use.
 */
typedef enum
{
  FRAM_POLICY_ALL,
  FRAM_POLICY_NOHOST,
  FRAM_POLICY_RELAY,
  FRAM_POLICY_MDNS,
} FramPolicy;

/**
 * FramPairState:
 * @FRAM_PAIR_STATE_FROZEN: Its check waits for the outcome of a similar one.
 * @FRAM_PAIR_STATE_WAITING: Its check will be sent when its turn comes.
 * @FRAM_PAIR_STATE_IN_PROGRESS: Its check is under way.
 * @FRAM_PAIR_STATE_SUCCEEDED: Its check was answered.
 * @FRAM_PAIR_STATE_FAILED: Its check was not answered, or answered with an error.
 *
 * The state of a candidate pair (RFC 8445 §6.1.2.6).
 */
typedef enum
{
  FRAM_PAIR_STATE_FROZEN,
  FRAM_PAIR_STATE_WAITING,
  FRAM_PAIR_STATE_IN_PROGRESS,
  FRAM_PAIR_STATE_SUCCEEDED,
  FRAM_PAIR_STATE_FAILED,
} FramPairState;

/**
 * FramCandidateType:
 * @FRAM_CANDIDATE_TYPE_HOST: An address of the host itself.
 * @FRAM_CANDIDATE_TYPE_SRFLX: The address a server saw behind a NAT.
 * @FRAM_CANDIDATE_TYPE_PRFLX: The address the peer saw behind a NAT.
 * @FRAM_CANDIDATE_TYPE_RELAY: An address on a TURN server.
 *
 * How an address came to be a candidate (RFC 8445 §5.1.1).
 */
typedef enum
{
  FRAM_CANDIDATE_TYPE_HOST,
  FRAM_CANDIDATE_TYPE_SRFLX,
  FRAM_CANDIDATE_TYPE_PRFLX,
  FRAM_CANDIDATE_TYPE_RELAY,
} FramCandidateType;

#define FRAM_TYPE_STATE (fram_state_get_type ())
FRAM_API GType fram_state_get_type (void);

#define FRAM_TYPE_ROLE (fram_role_get_type ())
FRAM_API GType fram_role_get_type (void);

#define FRAM_TYPE_POLICY (fram_policy_get_type ())
FRAM_API GType fram_policy_get_type (void);

#define FRAM_TYPE_PAIR_STATE (fram_pair_state_get_type ())
FRAM_API GType fram_pair_state_get_type (void);

#define FRAM_TYPE_CANDIDATE_TYPE (fram_candidate_type_get_type ())
FRAM_API GType fram_candidate_type_get_type (void);

FRAM_API const char *fram_state_to_string (FramState state);
FRAM_API const char *fram_role_to_string (FramRole role);
FRAM_API const char *fram_policy_to_string (FramPolicy policy);
FRAM_API const char *fram_pair_state_to_string (FramPairState state);
FRAM_API const char *fram_candidate_type_to_string (FramCandidateType type);

G_END_DECLS
