/* The ICE agent of one session and one generation: candidates, check lists, checks,
 * nomination, consent.  (RFC 8445, RFC 7675)
 *
 * It is sans-IO: facts go in with `now`, events come out of fram_ice_agent_pop().  The
 * agent does not pace itself: fram_ice_agent_check_due() says when it would like to send a
 * new check, and its owner, who paces all agents together (RFC 8445 §14.2), grants it by
 * fram_ice_agent_check().  A restart is a new agent beside the old one. */
#pragma once

#include "base/random.h"
#include "base/time.h"
#include "ice/candidate.h"
#include "ice/description.h"
#include "ice/pair.h"
#include "ice/state.h"
#include "stun/message.h"

typedef struct _FramIceAgent FramIceAgent;

#define FRAM_ICE_MAX_STREAMS 8
#define FRAM_ICE_MAX_COMPONENTS 4

typedef struct
{
  FramRole role;
  /* RFC 8445 §2.5: it only answers, and has host candidates alone; the peer controls, unless
   * it is lite, too. */
  gboolean is_lite;
  const char *ufrag; /* unique over all agents of the owner */
  const char *pwd;
  guint pacing;    /* Ta to propose, milliseconds */
  guint max_pairs; /* RFC 8445 §6.1.2.5 */
  gboolean tcp;    /* there may be TCP candidates; else the peer's are ignored */
  guint n_streams;
  guint n_components[FRAM_ICE_MAX_STREAMS]; /* 0: a stream that was removed */
} FramIceConfig;

/* `random` must outlive the agent. */
FramIceAgent *fram_ice_agent_new (const FramIceConfig *config, FramRandom *random,
                                  FramTime now);
void fram_ice_agent_free (FramIceAgent *agent);
/* Removes all pairs, so that what they claim is given back; nothing is sent any more. */
void fram_ice_agent_close (FramIceAgent *agent);

/* Another generation has begun: what was not found out is not asked any more, paths that carry
 * data stay. (RFC 8445 §9) */
void fram_ice_agent_retire (FramIceAgent *agent);

/* The stream is none of the session's any more: its pairs and candidates go, its components are
 * closed.  The others keep their numbers.  Not the last one. */
void fram_ice_agent_remove_stream (FramIceAgent *agent, guint stream, FramTime now);

/* --- Facts ------------------------------------------------------------------------- */

typedef enum
{
  FRAM_ICE_ADD_OK = 0,
  FRAM_ICE_ADD_KNOWN,   /* the same candidate is there already */
  FRAM_ICE_ADD_IGNORED, /* cannot be paired: another transport, a useless address */
  FRAM_ICE_ADD_LIMIT,
  FRAM_ICE_ADD_NO_COMPONENT,
} FramIceAddResult;

FramIceAddResult fram_ice_agent_add_local (FramIceAgent *agent, guint stream,
                                           const FramCandidate *candidate, FramTime now);
/* The address of a reflexive candidate is not this host's any more.  Its pairs are its
 * base's, and stay; where one of them proved itself with it, it becomes peer-reflexive. */
void fram_ice_agent_withdraw_local (FramIceAgent *agent, guint stream,
                                    const FramCandidate *candidate);
/* Gathering is over; a component without candidates has failed. */
void fram_ice_agent_end_local (FramIceAgent *agent, FramTime now);
/* The base does not exist any more: its candidates and pairs go. */
void fram_ice_agent_remove_base (FramIceAgent *agent, guint32 base, FramTime now);

/* Once. Begins the checks; handles the checks that came early. */
void fram_ice_agent_set_remote (FramIceAgent *agent, const FramDescription *remote,
                                FramTime now);
gboolean fram_ice_agent_has_remote (const FramIceAgent *agent);
FramIceAddResult fram_ice_agent_add_remote (FramIceAgent *agent, guint stream,
                                            const FramCandidate *candidate, guint limit,
                                            FramTime now);
void fram_ice_agent_end_remote (FramIceAgent *agent, FramTime now);

/* Whether who asks knows the agent's password. */
gboolean fram_ice_agent_is_proved (const FramIceAgent *agent,
                                   const FramStunMessage *request);
/* A Binding request whose USERNAME begins with this agent's ufrag. `tuple_taken`: the
 * 5-tuple belongs to another session; the request gets an error. */
void fram_ice_agent_receive_request (FramIceAgent *agent, guint32 base,
                                     const FramAddress *remote,
                                     const FramStunMessage *message, gboolean tuple_taken,
                                     FramTime now);
/* A response whose transaction id is one of this agent's. */
void fram_ice_agent_receive_response (FramIceAgent *agent, guint32 base,
                                      const FramAddress *remote,
                                      const FramStunMessage *message, FramTime now);
/* The component's data came regularly and have stopped: maybe its path is dead. */
void fram_ice_agent_told_quiet (FramIceAgent *agent, guint stream, guint component,
                                FramTime now);
/* Whether data go or come by the component's path, as is supposed of a new one.  Where none do, consent
 * is asked for less often. (RFC 7675 §5.1) */
void fram_ice_agent_told_use (FramIceAgent *agent, guint stream, guint component,
                              gboolean is_used, FramTime now);
/* A hard ICMP error, or a send that failed. (RFC 8445 §7.2.5.2.2) */
void fram_ice_agent_told_unreachable (FramIceAgent *agent, guint32 base,
                                      const FramAddress *remote, FramTime now);
/* The owner refuses a pair it was told of: another session owns its 5-tuple. */
void fram_ice_agent_refuse_pair (FramIceAgent *agent, guint32 base,
                                 const FramAddress *remote, FramTime now);
/* Another session needs the 5-tuple more: the pair is given up with all that it has, and refused. */
void fram_ice_agent_yield_pair (FramIceAgent *agent, guint32 base,
                                const FramAddress *remote, FramTime now);
/* A relay exchanges packets only with whom it was asked to (RFC 8656 §9): the pair waits, also
 * where the peer was heard by a permission that is asked for anew. */
void fram_ice_agent_hold_pair (FramIceAgent *agent, guint32 base,
                               const FramAddress *remote);
/* The relay was asked for `peer`, of whatever port, and does so now ... */
void fram_ice_agent_told_permitted (FramIceAgent *agent, guint32 base,
                                    const FramAddress *peer, FramTime now);
/* ... or refuses. A pair that worked is left to consent. */
void fram_ice_agent_told_refused (FramIceAgent *agent, guint32 base,
                                  const FramAddress *peer, FramTime now);
/* The owner could not even ask: as fram_ice_agent_refuse_pair(). */
void fram_ice_agent_refuse_peer (FramIceAgent *agent, guint32 base,
                                 const FramAddress *remote, FramTime now);

/* The connection by which what was sent on a TCP pair goes is there now. (RFC 6544 §7.1) */
void fram_ice_agent_told_connected (FramIceAgent *agent, guint32 base,
                                    const FramAddress *remote, FramTime now);

typedef enum
{
  FRAM_ICE_CONNECTION_FAILED, /* it could not be established */
  FRAM_ICE_CONNECTION_CLOSED,
  FRAM_ICE_CONNECTION_STRANGE, /* what came first is not STUN: it is not the peer's address */
} FramIceConnectionEnd;

/* There is none, or not any more: another check makes another one, if the pair's local
 * candidate is not passive. */
void fram_ice_agent_told_disconnected (FramIceAgent *agent, guint32 base,
                                       const FramAddress *remote,
                                       FramIceConnectionEnd end, FramTime now);

/* --- Time -------------------------------------------------------------------------- */

FramTime fram_ice_agent_deadline (FramIceAgent *agent);
void fram_ice_agent_advance (FramIceAgent *agent, FramTime now);

/* When a new check may go out by this agent's own Ta; FRAM_TIME_NEVER: there is none. */
FramTime fram_ice_agent_check_due (FramIceAgent *agent);
/* Whether that check is a triggered one or a nomination. */
gboolean fram_ice_agent_is_urgent (FramIceAgent *agent);
/* Sends one; FALSE if none was left. (RFC 8445 §6.1.4.2) */
gboolean fram_ice_agent_check (FramIceAgent *agent, FramTime now);

/* --- Events ------------------------------------------------------------------------ */

typedef enum
{
  FRAM_ICE_EVENT_TRANSMIT,
  FRAM_ICE_EVENT_TRANSACTION_OVER, /* no answer to `id` is awaited any more */
  FRAM_ICE_EVENT_PAIR_ADDED,       /* claim the 5-tuple, or refuse the pair */
  FRAM_ICE_EVENT_PAIR_REMOVED,     /* the 5-tuple may be given back */
  FRAM_ICE_EVENT_TUPLE_REFUSED,    /* the peer answered 400: it is another's there */
  FRAM_ICE_EVENT_ROUTE,            /* data may come from this 5-tuple ... */
  FRAM_ICE_EVENT_ROUTE_OVER,       /* ... and not any more: it was silent for too long */
  FRAM_ICE_EVENT_PATH,             /* data go there; base 0: nowhere */
  FRAM_ICE_EVENT_SELECTED,
  FRAM_ICE_EVENT_COMPONENT_STATE,
  FRAM_ICE_EVENT_STATE,
  FRAM_ICE_EVENT_RESTART_ADVISED, /* new credentials and candidates would help, says `cause` */
  FRAM_ICE_EVENT_CHANGED,         /* some pair; at most one is queued */
} FramIceEventType;

typedef struct
{
  FramIceEventType type;
  guint16 stream, component;
  guint32 base;
  FramAddress remote;
  FramState state;
  FramCause cause;
  FramStunId id;   /* TRANSMIT of a request, TRANSACTION_OVER */
  gboolean awaits; /* TRANSMIT: an answer to `id` is awaited */
  guint16 length;
  guint8 *data; /* TRANSMIT: (transfer full) */
} FramIceEvent;

gboolean fram_ice_agent_pop (FramIceAgent *agent, FramIceEvent *ret_event);

/* --- Looking ----------------------------------------------------------------------- */

const char *fram_ice_agent_get_ufrag (const FramIceAgent *agent);
const char *fram_ice_agent_get_pwd (const FramIceAgent *agent);
const char *fram_ice_agent_get_remote_ufrag (const FramIceAgent *agent);
FramRole fram_ice_agent_get_role (const FramIceAgent *agent);
FramState fram_ice_agent_get_state (const FramIceAgent *agent);
FramCause fram_ice_agent_get_cause (const FramIceAgent *agent);
/* (transfer none): FramCandidate pointers; FramPair pointers, by descending priority. */
const GPtrArray *fram_ice_agent_get_locals (const FramIceAgent *agent, guint stream);
const GPtrArray *fram_ice_agent_get_remotes (const FramIceAgent *agent, guint stream);
const GPtrArray *fram_ice_agent_get_pairs (const FramIceAgent *agent, guint stream);
/* What pairs did that are not there any more: a component that fails loses all of its own. */
typedef struct
{
  guint n_pairs;
  guint n_taken; /* their 5-tuple belonged to another session, here or at the peer */
  guint requests_received, responses_received;
} FramIcePast;

const FramIcePast *fram_ice_agent_get_past (const FramIceAgent *agent);

/* A pair of a component that has failed, as it was then. */
typedef struct
{
  FramPair pair; /* its pointers lead nowhere */
  FramCandidate local, remote;
} FramIceLostPair;

/* So many are remembered of one agent, the first ones. */
#define FRAM_ICE_MAX_LOST 100

/* Return: (transfer none) (nullable): FramIceLostPair. */
const GArray *fram_ice_agent_get_lost (const FramIceAgent *agent);
FramState fram_ice_agent_get_component_state (const FramIceAgent *agent, guint stream,
                                              guint component, FramCause *ret_cause);
/* The pair both sides agreed upon, or NULL. */
const FramPair *fram_ice_agent_get_selected (const FramIceAgent *agent, guint stream,
                                             guint component);
/* The pair that carries the component's data, or NULL. */
const FramPair *fram_ice_agent_get_path (const FramIceAgent *agent, guint stream,
                                         guint component);
/* Whether the peer has checked one of its pairs since then. */
gboolean fram_ice_agent_was_heard (const FramIceAgent *agent, FramTime since);
/* Whether it takes data by that 5-tuple: FRAM_ICE_EVENT_ROUTE has come, and is not over. */
gboolean fram_ice_agent_hears_by (const FramIceAgent *agent, guint32 base,
                                  const FramAddress *remote);
