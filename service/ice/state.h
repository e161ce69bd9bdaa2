/* The words for what happens: roles, states of pairs, components and sessions, and the
 * causes that every change carries. */
#pragma once

#include <glib.h>

typedef enum
{
  FRAM_ROLE_CONTROLLING,
  FRAM_ROLE_CONTROLLED,
} FramRole;

/* RFC 8445 §6.1.2.6 */
typedef enum
{
  FRAM_PAIR_FROZEN,
  FRAM_PAIR_WAITING,
  FRAM_PAIR_IN_PROGRESS,
  FRAM_PAIR_SUCCEEDED,
  FRAM_PAIR_FAILED,
} FramPairState;

/* RTCIceTransportState of the W3C, for a component and for a session. */
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

typedef enum
{
  FRAM_CAUSE_NONE,
  /* a pair's */
  FRAM_CAUSE_FOUNDATION_FREE,   /* unfrozen: no pair of its foundation is under way */
  FRAM_CAUSE_FOUNDATION_PROVED, /* unfrozen: a pair of its foundation succeeded */
  FRAM_CAUSE_ORDINARY_CHECK,
  FRAM_CAUSE_TRIGGERED_CHECK,
  FRAM_CAUSE_NOMINATION_CHECK,
  FRAM_CAUSE_RESPONSE,
  FRAM_CAUSE_PEER_CHECKED, /* lite: the peer's check proves it */
  FRAM_CAUSE_TIMEOUT,
  FRAM_CAUSE_ERROR_RESPONSE,
  FRAM_CAUSE_BAD_RESPONSE,
  FRAM_CAUSE_ASYMMETRIC,
  FRAM_CAUSE_UNREACHABLE, /* ICMP, or the send itself failed */
  FRAM_CAUSE_TUPLE_TAKEN, /* the 5-tuple belongs to another session */
  FRAM_CAUSE_PEER_REFUSED, /* the relay does not exchange packets with the peer's address */
  FRAM_CAUSE_CONNECTION_CLOSED, /* of a TCP candidate pair */
  FRAM_CAUSE_ROLE_CONFLICT,
  FRAM_CAUSE_BASE_GONE,
  FRAM_CAUSE_SUPERSEDED,     /* another pair of its component was nominated */
  FRAM_CAUSE_CONSENT_LAPSED, /* it worked, but was not asked for too long: checked again */
  FRAM_CAUSE_PATH_SILENT, /* the selected pair does not answer: others are tried again */
  /* a session's or component's */
  FRAM_CAUSE_CREATED,
  FRAM_CAUSE_REMOTE_DESCRIPTION,
  FRAM_CAUSE_VALID_PAIR,
  FRAM_CAUSE_NOMINATED,
  FRAM_CAUSE_NO_LOCAL_CANDIDATES,
  FRAM_CAUSE_NO_REMOTE_CANDIDATES,
  FRAM_CAUSE_NO_PAIR_SUCCEEDED,
  FRAM_CAUSE_CONSENT_EXPIRED,
  FRAM_CAUSE_CONSENT_REVOKED,
  FRAM_CAUSE_RESTART,
  FRAM_CAUSE_STREAM_REMOVED,
  /* why a restart is advised, beside CONSENT_EXPIRED */
  FRAM_CAUSE_NO_PAIR_LEFT,
  FRAM_CAUSE_NEW_ADDRESSES,
  FRAM_CAUSE_CONSENT_EXPIRING,
  /* why a session ends */
  FRAM_CAUSE_CLOSED_BY_APPLICATION,
  FRAM_CAUSE_OWNER_GONE,
  FRAM_CAUSE_SERVICE_STOPPED,
} FramCause;

const char *fram_role_to_text (FramRole role);
const char *fram_pair_state_to_text (FramPairState state);
const char *fram_state_to_text (FramState state);
/* A word for programs, as "no-pair-succeeded". */
const char *fram_cause_to_word (FramCause cause);
/* A sentence for people. */
const char *fram_cause_to_sentence (FramCause cause);

/* Whether RFC 8445 §6.1.2.6 (figure 6), its triggered checks (§7.3.1.4) and role conflicts
 * (§7.2.5.1) lead from one to the other. */
gboolean fram_pair_state_may_follow (FramPairState from, FramPairState to);
