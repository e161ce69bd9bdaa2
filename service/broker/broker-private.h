/* The broker's inside, shared by the files of this folder. */
#pragma once

#include "base/queue.h"
#include "broker/allocations.h"
#include "broker/bases.h"
#include "broker/broker.h"
#include "broker/farewells.h"
#include "broker/lanes.h"
#include "broker/names.h"
#include "broker/network.h"
#include "broker/network-snapshot.h"
#include "broker/pacer.h"
#include "broker/policy.h"
#include "broker/probing.h"
#include "broker/routes.h"
#include "broker/schedule.h"
#include "broker/server-failures.h"
#include "broker/server-tests.h"
#include "broker/servers.h"
#include "broker/snapshot.h"
#include "broker/streams.h"
#include "broker/tcp.h"
#include "ice/agent.h"

typedef struct _FramBrokerSession FramBrokerSession;
typedef struct _FramTraced FramTraced;

/* One generation of a session: its agent, known by its ufrag. */
typedef struct
{
  FramBrokerSession *session;
  FramIceAgent *agent;
  guint32 number;
} FramGeneration;

/* Where data of a component leave, as last told. */
typedef struct
{
  FramBaseId base;
  FramAddress remote;
} FramPathEnd;

typedef struct
{
  guint32 lane;
  gboolean offered;  /* the lane counts an open offer for us */
  gboolean collided; /* a 5-tuple of it was another session's, here or at the peer */
  guint n_extra;     /* lanes added for that */
  gboolean has_relay_collided; /* the same on a relayed base, ... */
  FramTime relay_collided;     /* ... since then */
  guint n_relay_extra;
  FramPathEnd path;
  gboolean rests; /* no data come or go there */
  guint n_path_changes;
  guint32 tcp_lane; /* of its listening sockets */
  guint8 dscp;
} FramBrokerComponent;

/* A lane that one of a session's components took later. */
typedef struct
{
  guint32 lane;
  guint16 stream;
} FramExtraLane;

/* A relay lane of one of a session's components. */
typedef struct
{
  guint32 lane;
  FramBaseMember member;
} FramRelayLane;

struct _FramBrokerSession
{
  FramSessionId id;
  char *owner;
  char *label;
  FramPolicy policy;
  guint max_pairs;
  gboolean lite;
  gboolean trickle;
  guint pacing;
  guint64 salt; /* of its foundations */
  FramLanePurpose purpose;
  guint n_streams;
  guint n_components[FRAM_MAX_STREAMS]; /* 0: the stream was removed */
  GPtrArray *servers;                   /* FramServer, or NULL */
  GPtrArray *bases;                     /* FramBase, each once */
  gboolean tcp;
  GPtrArray *tcp_bases; /* FramTcpBase, each once */
  gboolean tcp_asked;   /* since gathering began: what servers see of TCP */
  GArray *extra_lanes;  /* FramExtraLane, or NULL: left at the end */
  GPtrArray *relays;    /* FramAllocation, each once */
  GArray *relay_lanes;  /* FramRelayLane, each lane once; empty: it has no TURN server */
  /* Of streams that were removed: the peer may still check there, and must not find another stream
   * that has the same credentials (RFC 8445 §5.3). */
  GArray *left_lanes, *left_relay_lanes;
  GArray *held;         /* of the current one: candidates that wait for names; or NULL */
  gboolean end_held;    /* there are no more, but for those */
  gboolean peer_hides;  /* some of its candidates have names in place of addresses */
  GArray *found;        /* addresses that names led to; or NULL */
  GPtrArray *own_names; /* FramOwnName, each once: of its addresses; or NULL */

  GArray *public_bases; /* FramBaseId: those that were told to be so; or NULL */
  FramTime created;
  FramTime gather_since;
  FramTime remote_since; /* -1: no remote description */

  /* All from here on is looked at whenever anything happens to the session, and lies together for
   * that. */
  FramGeneration *current;
  GPtrArray *formers; /* FramGeneration, newest last: carry data until that one does */
  FramTime former_until;
  FramTime peer_came; /* to the current one, when that had completed; or NEVER */
  FramTime relay_due; /* when the relays are to be looked at again */
  gboolean gathered;
  FramTime gather_until;
  gboolean hinted; /* its pairs have changed since somebody looked at them, as was told */
  FramTraced *traced; /* what was told of it; NULL: nobody wants to know */

  FramDue deadline;
  FramDue slot; /* when its agent wants to send a check */
  FramBrokerComponent components[][FRAM_MAX_COMPONENTS]; /* n_streams of them */
};

/* No socket could be bound to the address. */
typedef struct
{
  FramAddress address;
  FramTime when;
} FramBindFailure;

struct _FramBroker
{
  FramRandom *random;
  FramBrokerConfig config;
  FramQueue events;     /* FramEvent */
  char **allow, **deny; /* the policy's; never NULL */
  GArray *told;         /* FramInterfaceAddress, all */
  GArray *interfaces;   /* those that are used */
  GArray *failures;     /* FramBindFailure */
  FramBaseTable bases;
  FramTcpTable tcp;
  FramLaneTable lanes;
  FramRouteTable routes;
  FramServerTable servers;
  FramFarewells farewells;
  FramStreamTable streams;
  FramAllocationTable allocations;
  GPtrArray *common; /* FramServerOption: the servers that all sessions have */
  FramNetwork network;
  FramProbing probing;
  FramServerTestTable tests;
  FramNameTable names;
  GHashTable *sessions;     /* id -> FramBrokerSession */
  GHashTable *owners;       /* owner -> number of its sessions */
  GHashTable *ufrags;       /* ufrag -> FramGeneration */
  GHashTable *transactions; /* FramStunId -> FramGeneration or FramMapping */
  FramSchedule deadlines;
  FramPacer pacer;
  gboolean traces_all;
  FramSessionId heard; /* whose packet was received last */
  FramSessionId next_session;
  FramBaseId next_base;
  gboolean knows_day;
  gint64 day_began; /* seconds since 1970 at the time 0 of `now` */
};

/* What awaits the answer to a transaction. */
typedef struct
{
  FramStunId id;
  FramGeneration *generation; /* or NULL, and then */
  FramMapping *mapping;
} FramAwaited;

/* The files stand on each other in this order. */

/* core.c */
FramEvent *fram_broker_emit (FramBroker *broker, FramEventType type,
                             FramSessionId session);
FramBrokerSession *fram_broker_find_session (FramBroker *broker, FramSessionId id);
void fram_broker_await (FramBroker *broker, const FramStunId *id,
                        FramGeneration *generation, FramMapping *mapping);
void fram_broker_await_no_more (FramBroker *broker, const FramStunId *id);
gboolean fram_broker_awaits (FramBroker *broker, const FramStunId *id);

/* expiry.c */
/* Whether the user name says that its credential has ended. */
gboolean fram_broker_has_expired (const FramBroker *broker, const char *username,
                                  FramTime now);

/* learning.c: what is learned of the network, and remembered.  Strings are copied; an
 * interface is named as FramInterfaceAddress does.  Known already, or of no use: nothing is
 * told. */
/* A server answered a first transmission after `rtt`; -1: it answered, and that is all. */
void fram_broker_learn_answer (FramBroker *broker, const char *uri,
                               const FramAddress *address, FramKnownTransport transport,
                               FramTime rtt, FramTime now);
/* All transmissions of a transaction were silent. */
void fram_broker_learn_silence (FramBroker *broker, const char *uri,
                                const FramAddress *address, FramKnownTransport transport,
                                FramTime now);
/* Nothing comes back on this way, `uri` "": from any server; or something does again. */
void fram_broker_learn_deaf (FramBroker *broker, const char *interface, const char *uri,
                             FramFamily family, FramKnownTransport transport,
                             FramTime now);
/* Return: FALSE: that was known. */
gboolean fram_broker_learn_heard (FramBroker *broker, const char *interface,
                                  const char *uri, FramFamily family,
                                  FramKnownTransport transport, FramTime now);
/* Nothing came back in good time to what was asked at `since`; the way may be deaf. */
void fram_broker_learn_doubt (FramBroker *broker, const char *interface, const char *uri,
                              FramFamily family, FramKnownTransport transport,
                              FramTime since);
void fram_broker_learn_nat (FramBroker *broker, const char *interface, FramFamily family,
                            const FramNatBehaviour *behaviour, FramTime now);
/* `alive` and `dead` as in FramKnownLifetime; keep-alives follow. */
void fram_broker_learn_lifetime (FramBroker *broker, const char *interface,
                                 FramFamily family, FramTime alive, FramTime dead,
                                 FramTime now);

/* streams.c */
/* Asks for the addresses of a server whose name is to be resolved. */
void fram_broker_resolve (FramBroker *broker, const FramServer *server);

/* ports.c: where bases are bound */
/* Emits OPEN_BASE for a base that is new. */
void fram_broker_open_base (FramBroker *broker, FramBase *base);
/* It could not be bound.  Return: whether it is tried at another port of the range. */
gboolean fram_broker_open_elsewhere (FramBroker *broker, FramBase *base);
/* Whether it is, if open, where the policy wants bases to be. */
gboolean fram_broker_in_range (FramBroker *broker, FramBaseState state,
                               const FramAddress *address);
/* For whatever is bound.  Emits OPEN_BASE. Return: (transfer none): for what is to be added. */
FramEvent *fram_broker_emit_open_base (FramBroker *broker, FramBaseId base,
                                       const FramInterfaceAddress *interface,
                                       guint16 port, guint32 lane);
/* Any port of the policy's range; 0: it has none. */
guint16 fram_broker_draw_port (FramBroker *broker);
/* `port` could not be had, as `n_refused` before it: goes to the next one of the range.
 * Return: FALSE: it is of no range, or enough were tried. */
gboolean fram_broker_next_port (FramBroker *broker, guint16 *port, guint *n_refused);

/* mappings.c */
/* NULL: the server was not asked from this base. */
FramMapping *fram_broker_find_mapping (const FramBase *base, const FramAddress *server);
/* The mapping of a base at a server, asked for if need be; NULL: of another family.  `rank`:
 * how many others of this base are to be asked before. */
FramMapping *fram_broker_ask_mapping (FramBroker *broker, FramBase *base, const char *uri,
                                      const FramAddress *server, guint rank,
                                      FramTime now);
/* Asks again what is known, and what is deaf: things may have changed. */
void fram_broker_recheck_base (FramBroker *broker, FramBase *base, FramTime now);
void fram_broker_recheck_all (FramBroker *broker, FramTime now);
/* What is known of this interface's lifetimes has changed. */
void fram_broker_rekeep_mappings (FramBroker *broker, const char *interface,
                                  FramFamily family, FramTime now);
/* The way is not deaf any more: those that rest are asked again. */
void fram_broker_wake_mappings (FramBroker *broker, const char *interface,
                                const char *uri, FramFamily family, FramTime now);
gboolean fram_mapping_is_translated (const FramMapping *mapping);
void fram_broker_mapping_send (FramBroker *broker, FramMapping *mapping, FramTime now);
/* All return whether the members of its base are to be told. */
gboolean fram_broker_mapping_advance (FramBroker *broker, FramMapping *mapping,
                                      FramTime now);
gboolean fram_broker_mapping_answer (FramBroker *broker, FramMapping *mapping,
                                     const FramAddress *from,
                                     const FramStunMessage *message, FramTime now);
gboolean fram_broker_mapping_unreachable (FramBroker *broker, FramMapping *mapping,
                                          FramTime now);
/* The server told by another question. Return: as above. */
gboolean fram_broker_mapping_told (FramBroker *broker, FramMapping *mapping,
                                   const FramAddress *mapped, FramTime now);
void fram_broker_drop_mappings (FramBroker *broker, FramBase *base);

/* leading.c: of the mappings of one base, those that count */
/* The one that stands for it: it has the same IP address, and is kept alive. */
FramMapping *fram_mapping_get_leader (FramMapping *mapping);
/* It became known, or known by another address. */
void fram_mapping_lead (FramMapping *mapping);
/* It is not known any more, or not by this address. Return: who is to be asked to take its
 * place, or NULL. */
FramMapping *fram_mapping_resign (FramMapping *mapping);

/* waiting.c: how long a session waits for a mapping */
/* Until when; what is in the past is not waited for. */
FramTime fram_broker_mapping_wait (FramBroker *broker, FramBrokerSession *session,
                                   FramMapping *mapping, FramTime now);
/* When one answer, or relay, which came at `since`, is enough: the others have had their time. */
FramTime fram_broker_enough_from (FramTime since, FramTime rtt);
/* When a relay of the session's that was reached by a stream is enough; FRAM_TIME_NEVER: there is
 * none from that interface address. */
FramTime fram_broker_relay_enough_from (const FramBrokerSession *session,
                                        const FramAddress *interface);
/* Whether it was asked and should have been answered by now. */
gboolean fram_broker_mapping_is_late (FramBroker *broker, const FramMapping *mapping,
                                      FramTime now);
/* The first wait of a question to this server. (RFC 8489 §6.2.1) */
FramTime fram_broker_get_rto (FramBroker *broker, const FramAddress *server);

/* candidates.c */
/* Whether a local candidate is told to the peer. */
gboolean fram_broker_session_shows (const FramBrokerSession *session,
                                    const FramCandidate *candidate);
/* Return: (transfer full): a local candidate's line as the policy lets it be seen. */
char *fram_broker_session_line (const FramBrokerSession *session,
                                const FramCandidate *candidate);
void fram_broker_add_host (FramBroker *broker, FramBrokerSession *session,
                           const FramBase *base, const FramBaseMember *member,
                           FramTime now);
/* The candidate of a relayed base. (RFC 8445 §5.1.1.2) */
void fram_broker_add_relayed (FramBroker *broker, FramBrokerSession *session,
                              const FramRelayedBase *relayed,
                              const FramBaseMember *member, FramTime now);
/* Whether the address is one of its servers'. */
gboolean fram_broker_session_asks (const FramBrokerSession *session,
                                   const FramAddress *server);
/* Makes the session's server-reflexive candidates of this base what the mappings are. */
void fram_broker_follow_mappings (FramBroker *broker, FramBrokerSession *session,
                                  const FramBase *base, const FramBaseMember *member,
                                  FramTime now);

/* The candidate of a base of TCP candidates. */
void fram_broker_add_tcp (FramBroker *broker, FramBrokerSession *session,
                          const FramTcpBase *base, const FramBaseMember *member,
                          FramTime now);
/* And as a server sees it, if one has told. */
void fram_broker_add_tcp_mapped (FramBroker *broker, FramBrokerSession *session,
                                 const FramTcpBase *base, const FramBaseMember *member,
                                 FramTime now);

/* asking.c */
void fram_broker_ask_servers (FramBroker *broker, FramBrokerSession *session,
                              FramBase *base, FramTime now);
/* Another server where one would do, and does not. */
void fram_broker_ask_substitute (FramBroker *broker, FramBrokerSession *session,
                                 FramBase *base, FramTime now);

/* common-servers.c */
/* The servers of a session: the common ones, then its own. */
GPtrArray *fram_broker_join_servers (FramBroker *broker,
                                     const FramSessionOptions *options, FramTime now);
void fram_broker_clear_common (FramBroker *broker);

/* relaying.c */
/* Whether one of its servers is a TURN server. */
gboolean fram_broker_session_relays (const FramBrokerSession *session);
void fram_broker_join_relay (FramBroker *broker, FramBrokerSession *session,
                             FramAllocation *allocation, const FramBaseMember *member,
                             FramTime now);
/* Those of a stream, with their lanes. */
void fram_broker_leave_relays (FramBroker *broker, FramBrokerSession *session,
                               guint stream, FramTime now);
/* Its users get the candidates of its relayed bases. */
void fram_broker_give_relayed (FramBroker *broker, FramAllocation *allocation,
                               FramTime now);
/* Something became of the allocation: its users look at what else they want. */
void fram_broker_tell_users (FramBroker *broker, FramAllocation *allocation,
                             FramTime now);
void fram_broker_tell_permission (FramBroker *broker, FramAllocation *allocation,
                                  const FramAddress *peer, gboolean permitted,
                                  FramTime now);
/* Its relayed bases are gone; its users stay, or (the second) leave. */
void fram_broker_lose_relayed (FramBroker *broker, FramAllocation *allocation,
                               FramTime now);
void fram_broker_leave_relay (FramBroker *broker, FramAllocation *allocation,
                              FramTime now);
/* Takes its relay lanes, and asks for relays. */
void fram_broker_begin_relays (FramBroker *broker, FramBrokerSession *session,
                               FramTime now);
/* Asks for those that it should have by now. */
void fram_broker_review_relays (FramBroker *broker, FramBrokerSession *session,
                                FramTime now);
/* A new generation has the candidates of the one before. */
void fram_broker_readd_relays (FramBroker *broker, FramBrokerSession *session,
                               FramTime now);
/* Until when relays are waited for; what is in the past is not. */
FramTime fram_broker_relay_wait (FramBroker *broker, const FramBrokerSession *session,
                                 FramTime now);

/* relay-lanes.c */
/* A lane for the component.  `look`: no known remote candidate collides there.  `lowered`: 0: it is
 * its first. */
void fram_broker_take_relay_lane (FramBroker *broker, FramBrokerSession *session,
                                  guint stream, guint component, gboolean look,
                                  guint lowered);
/* A 5-tuple of a relayed base is another session's, here or at the peer. */
void fram_broker_note_relay_collision (FramBrokerSession *session, guint stream,
                                       guint component, FramTime now);
/* A component that found one so, and has no path, needs another lane. */
void fram_broker_review_relay_collision (FramBroker *broker, FramBrokerSession *session,
                                         guint stream, guint component, FramTime now);

/* relay-fault.c */
typedef struct
{
  const FramServer *server;
  FramServerFailure failure;
} FramRelayFault;

/* Of the session's TURN servers, the one of whose failure most is known.  FALSE: one has made
 * it a relay, or there is none. */
gboolean fram_broker_find_relay_fault (const FramBrokerSession *session,
                                       FramRelayFault *ret_fault);

/* gathering.c */
/* Whether a server of the session's has told how it sees the base. */
gboolean fram_broker_base_is_answered (const FramBrokerSession *session,
                                       const FramBase *base);
/* The base of an interface address on a lane, opened if need be; NULL: that is known to
 * fail. */
FramBase *fram_broker_get_base (FramBroker *broker, const FramInterfaceAddress *interface,
                                guint32 lane, FramTime now);
/* Whether it has candidates on the `index`-th of the interfaces. */
gboolean fram_broker_uses_interface (FramBroker *broker, const FramBrokerSession *session,
                                     guint index);
void fram_broker_gather (FramBroker *broker, FramBrokerSession *session,
                         const FramSessionOptions *options, FramTime now);
void fram_broker_gather_again (FramBroker *broker, FramBrokerSession *session,
                               FramTime now);
/* Takes part in interface addresses that are new. (RFC 8445 §5.1.1.4) */
void fram_broker_gather_interfaces (FramBroker *broker, FramBrokerSession *session,
                                    FramTime now);
/* Adds a lane after a collision of the component's 5-tuple. */
void fram_broker_gather_lane (FramBroker *broker, FramBrokerSession *session,
                              guint stream, guint component, FramTime now);
void fram_broker_gather_base_opened (FramBroker *broker, FramBrokerSession *session,
                                     FramBase *base, FramTime now);
void fram_broker_gather_mapped (FramBroker *broker, FramBrokerSession *session,
                                const FramMapping *mapping, FramTime now);
void fram_broker_gather_resolved (FramBroker *broker, FramBrokerSession *session,
                                  const FramServer *server, FramTime now);
void fram_broker_gather_check_done (FramBroker *broker, FramBrokerSession *session,
                                    FramTime now);

/* snapshot.c */
/* `local`: the valid pair's local candidate, if it is valid. */
FramPairRow fram_broker_make_pair_row (const FramIceAgent *agent, const FramPair *pair,
                                       const FramCandidate *local,
                                       const FramCandidate *remote);

/* trace.c */
/* Tells what the session has done since the last time, if somebody wants to know. */
void fram_broker_session_trace (FramBroker *broker, FramBrokerSession *session,
                                FramTime now);
void fram_broker_session_untrace (FramBrokerSession *session);

/* generation.c */
FramGeneration *fram_generation_new (FramBroker *broker, FramBrokerSession *session,
                                     FramRole role, guint32 number, FramTime now);
/* Gives back its 5-tuples and transactions, then its memory. */
void fram_generation_free (FramBroker *broker, FramGeneration *generation, FramTime now);
/* Carries over what its agent did. */
void fram_generation_drain (FramBroker *broker, FramGeneration *generation, FramTime now);
/* Tells by what path the component's data leave, and how they are marked. */
void fram_broker_session_tell_path (FramBroker *broker, const FramBrokerSession *session,
                                    guint stream, guint component);
/* A 5-tuple of the component's is another session's, here or at the peer: it may need another lane. */
void fram_broker_note_collision (FramBroker *broker, FramBrokerSession *session,
                                 FramBaseId base, guint stream, guint component,
                                 FramTime now);
/* Tells that what comes from `remote` by `carrier` is the component's, or is no more. */
void fram_broker_emit_route (FramBroker *broker, FramEventType type,
                             const FramRoute *route, FramBaseId carrier,
                             const FramAddress *remote);
/* The generation by whose path a component's data leave; NULL: there is none. */
FramGeneration *fram_broker_session_find_carrier (FramBrokerSession *session,
                                                  guint stream, guint component);

/* ownership.c */
/* Another session has the 5-tuple: it gives it up if `session` sends its data by the base, and it does
 * not and has not heard its peer there.
 * Return: whether the 5-tuple is nobody's now. */
gboolean fram_broker_take_over (FramBroker *broker, const FramBrokerSession *session,
                                FramBaseId base, const FramAddress *remote, FramTime now);

/* session.c */
FramBrokerSession *fram_broker_session_new (FramBroker *broker,
                                            const FramSessionOptions *options,
                                            FramTime now);
/* Gives back its routes, bases and lanes. */
void fram_broker_session_free (FramBroker *broker, FramBrokerSession *session,
                               FramTime now);
/* Begins another generation.  The one before it stays, and older ones whose path carries
 * data. (RFC 8445 §9) */
void fram_broker_session_renew (FramBroker *broker, FramBrokerSession *session,
                                FramTime now);
/* How what the session sends by the base is marked. */
guint8 fram_broker_session_get_dscp (FramBroker *broker, const FramBrokerSession *session,
                                     FramBaseId base);
/* Notes the lanes of a stream that is to be removed while others go on. */
void fram_broker_session_note_left (FramBrokerSession *session, guint stream);
/* Leaves what the stream had, in all generations. */
void fram_broker_session_leave_stream (FramBroker *broker, FramBrokerSession *session,
                                       guint stream, FramTime now);
/* Of the current generation for 0, then of those before it.  Return: NULL for 0: that is being
 * freed. */
FramIceAgent *fram_broker_session_get_agent (const FramBrokerSession *session, guint i);
/* The base is gone, for all generations. */
void fram_broker_session_remove_base (FramBrokerSession *session, FramBaseId base,
                                      FramTime now);
/* A relay exchanges packets with the peer's IP address, or refuses. */
void fram_broker_session_told_permission (FramBrokerSession *session, FramBaseId base,
                                          const FramAddress *peer, gboolean permitted,
                                          FramTime now);
/* Whether data of the component go somewhere where they are answered, for all that is known. */
gboolean fram_broker_session_has_path (const FramBrokerSession *session, guint stream,
                                       guint component);
/* The description of the peer is there: the lanes' open offers are settled. */
void fram_broker_session_settle_offers (FramBroker *broker, FramBrokerSession *session);
/* Takes over what its agents did and sets its times; ends every call into them. */
void fram_broker_session_drain (FramBroker *broker, FramBrokerSession *session,
                                FramTime now);
void fram_broker_session_advance (FramBroker *broker, FramBrokerSession *session,
                                  FramTime now);

/* packets.c */
/* Whether the request is for one of the members' sessions, or for one that has ended and still
 * says so. */
gboolean fram_broker_is_invited (FramBroker *broker, const GArray *members,
                                 const FramStunMessage *request);
/* `base` is NULL where no server is asked. */
void fram_broker_receive_stun (FramBroker *broker, FramBaseId id, FramBase *base,
                               const GArray *members, const FramAddress *remote,
                               const guint8 *data, gsize length, FramTime now);
/* A peer's packet, which came through a relay. */
void fram_broker_receive_relayed (FramBroker *broker, FramRelayedBase *relayed,
                                  const FramAddress *remote, const guint8 *data,
                                  gsize length, FramTime now);

/* facts.c */
/* The path of a component is silent: maybe its NAT has forgotten it. */
void fram_broker_doubt_path (FramBroker *broker, const FramPathEnd *path, FramTime now);
/* Takes over what policy and interfaces have become. */
void fram_broker_follow_interfaces (FramBroker *broker, FramTime now);
/* Tells the sessions of its base what became of a mapping. */
void fram_broker_tell_members (FramBroker *broker, FramMapping *mapping, FramTime now);
/* The base is not used any more, or its address is gone. */
void fram_broker_close_base (FramBroker *broker, FramBase *base);
void fram_broker_drop_base (FramBroker *broker, FramBase *base);
