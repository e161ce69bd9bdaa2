/* Allocations: relays at TURN servers, each for all sessions.  (RFC 8656)
 *
 * There is one for each interface address, server, way to it and relay lane.  It talks with
 * its server by its carrier, which is a base or a connection of its own, and the 5-tuple of
 * which is no other's.  Each address that the server gives it is a relayed base: sessions have
 * candidates on it, own 5-tuples of it, and check from it, as on a base that is a socket.
 *
 * Relay lane 0 is shared by all sessions, whatever lanes they have themselves; a component
 * takes another one where a 5-tuple of the relayed base is another's, as it does with bases.
 *
 *     allocations.c   which there are, their users, their end
 *     carriers.c      how they get to their servers
 *     moving.c        how they go on from another interface address (RFC 8016)
 *     relays.c        what becomes of them: what the machine (turn/turn.h) tells
 *     relayed.c       relayed bases: permissions, channels, packets
 *     relay-lanes.c   on which relay lane
 *     relaying.c      which of them a session asks for, and waits for */
#pragma once

#include "broker/bases.h"
#include "broker/server-failures.h"
#include "broker/servers.h"
#include "turn/turn.h"

/* At one time; more are not made. */
#define FRAM_ALLOCATIONS_MAX 512
/* Servers that name each other are followed so far.  (RFC 8489 §10) */
#define FRAM_ALLOCATION_MAX_ASKED 8
/* So many local ports are tried where the server knows one already.  (RFC 8656 §7.4) */
#define FRAM_ALLOCATION_MAX_PORTS 3

typedef enum
{
  FRAM_ALLOCATION_OPENING, /* its carrier */
  FRAM_ALLOCATION_WAITING, /* for its turn to ask */
  FRAM_ALLOCATION_ASKING,
  FRAM_ALLOCATION_THERE,
  FRAM_ALLOCATION_RESTING, /* it could not be made, and is tried again at `retry` */
  FRAM_ALLOCATION_CLOSING, /* it is given back */
} FramAllocationState;

typedef struct _FramAllocation FramAllocation;

/* An address at a server, used as a base is.  Its members are the allocation's users. */
typedef struct
{
  FramBaseId id;
  FramAllocation *allocation;
  FramAddress address;
  GHashTable *channels; /* peer -> FramRelayChannel: those that data leave to */
} FramRelayedBase;

struct _FramAllocation
{
  FramServer *server; /* joined */
  FramInterfaceAddress interface;
  FramKnownTransport transport;
  guint32 lane; /* relay lane */
  FramAllocationState state;
  FramTime since;    /* when it came to be as it is */
  gboolean replaced; /* the server lets it end; another one is made in its place */
  FramTime ends;     /* when it is left in any case; FRAM_TIME_NEVER */

  FramAddress
      address;  /* of the server, or of the one it named instead; port 0: unknown */
  char *domain; /* whose certificate is expected instead of the server's; or NULL */
  FramAddress asked[FRAM_ALLOCATION_MAX_ASKED]; /* those that named another one */
  guint n_asked;
  guint16 query;         /* for where the name is served by this way; or 0 */
  gboolean asked_for;    /* its name was, by this way, so it began later than others */
  guint32 carrier_lane;  /* the first lane whose base may be tried */
  guint n_ports;         /* tried in vain */
  gboolean single;       /* one family is asked for: two were refused */
  FramBase *carrier;     /* or NULL, and then */
  FramBaseId stream;     /* or 0: it has none */
  gboolean is_connected; /* the stream */

  FramTurn *turn;    /* ASKING, THERE, CLOSING; else NULL */
  FramTime asked_at; /* ASKING: when it was asked first */
  gboolean heard;    /* the server has said something since */
  gboolean doubted;  /* ICMP says that nothing reaches the server */
  gboolean moving;   /* THERE: the server does not know its carrier yet, or it has none */
  FramTime moves;    /* moving: until when at the latest */
  gboolean beside;   /* another one had its place already: it is for its users alone */
  FramRelayedBase *relayed[2]; /* IPv4, IPv6; or NULL */

  FramTime renewed; /* when it was asked last whether it is still there */
  GArray *users;    /* FramBaseMember, each session once */
  FramTime unused;  /* since when it has none */

  /* Why there is none, or was none the last time. */
  gboolean failed;
  FramTurnOutcome outcome;
  gboolean is_expired; /* so was the credential then */
  guint code;
  gboolean stream_failed; /* by this, and not by `outcome` */
  FramStreamFailure failure;
  guint n_failures; /* in a row */
  FramTime retry;

  FramDue due;
  FramDue slot;
};

typedef struct
{
  GPtrArray *all;        /* FramAllocation */
  GHashTable *by_stream; /* FramBaseId -> FramAllocation */
  GHashTable *relayed;   /* FramBaseId -> FramRelayedBase */
  gboolean shut_down;    /* nothing new is begun */
} FramAllocationTable;

void fram_allocation_table_init (FramAllocationTable *table);
/* After fram_broker_drop_allocations(). */
void fram_allocation_table_clear (FramAllocationTable *table);

/* NULL: there is none, or only one that is about to end. */
FramAllocation *fram_allocation_table_find (const FramAllocationTable *table,
                                            const FramAddress *interface,
                                            const FramServer *server,
                                            FramKnownTransport transport, guint32 lane);
/* NULL: it is no relayed base. */
FramRelayedBase *fram_allocation_table_find_relayed (const FramAllocationTable *table,
                                                     FramBaseId id);
/* The base by which the server is spoken to; 0: none yet. */
FramBaseId fram_allocation_get_carrier (const FramAllocation *allocation);
gboolean fram_allocation_is_stream (const FramAllocation *allocation);

/* --- allocation-rows.c ------------------------------------------------------------- */

/* `failed`: why. */
FramServerFailure fram_allocation_get_failure (const FramAllocation *allocation);

/* --- allocations.c ----------------------------------------------------------------- */

/* Makes one, which begins when it has a user (fram_broker_join_relay()).  NULL: there are too
 * many. */
FramAllocation *fram_broker_allocate (FramBroker *broker,
                                      const FramInterfaceAddress *interface,
                                      FramServer *server, FramKnownTransport transport,
                                      guint32 lane, FramTime now);
void fram_allocation_set_state (FramAllocation *allocation, FramAllocationState state,
                                FramTime now);
/* Says when it is to be looked at next. */
void fram_broker_schedule_allocation (FramBroker *broker, FramAllocation *allocation);
/* Its due time has come. */
void fram_broker_allocation_advance (FramBroker *broker, FramAllocation *allocation,
                                     FramTime now);
/* It has no users from `now` on. */
void fram_broker_allocation_unused (FramBroker *broker, FramAllocation *allocation,
                                    FramTime now);
/* The policy says for how long those stay that nobody uses. */
void fram_broker_allocations_linger (FramBroker *broker);
/* Gives it back; its users have left, or leave with this. */
void fram_broker_close_allocation (FramBroker *broker, FramAllocation *allocation,
                                   FramTime now);
/* Frees it.  Its users have left. */
void fram_broker_free_allocation (FramBroker *broker, FramAllocation *allocation,
                                  FramTime now);
/* All of them, at the end. */
void fram_broker_drop_allocations (FramBroker *broker, FramTime now);
/* Those that begin at this interface address, which is gone. */
void fram_broker_lose_allocations (FramBroker *broker, const FramAddress *interface,
                                   FramTime now);
/* Whether it is, or all by streams are, still there is asked at once: the way may have
 * changed. */
void fram_broker_renew_allocation (FramBroker *broker, FramAllocation *allocation,
                                   FramTime now);
void fram_broker_renew_streams (FramBroker *broker, FramTime now);

/* --- carriers.c -------------------------------------------------------------------- */

/* Begins: looks for a carrier, and asks by it.  FALSE: it is RESTING at once, of which its
 * users are to be told. */
gboolean fram_broker_carry_allocation (FramBroker *broker, FramAllocation *allocation,
                                       FramTime now);
/* Gives the carrier back. `unused`: since when it was of no use. */
void fram_broker_uncarry_allocation (FramBroker *broker, FramAllocation *allocation,
                                     FramTime unused);
/* The base is open. */
void fram_broker_carrier_opened (FramBroker *broker, FramBase *base, FramTime now);
/* The base could not be opened. Return: (transfer container): what it was to carry. */
GPtrArray *fram_broker_carrier_forget (FramBase *base);
/* The next four return FALSE if it is of no allocation. */
gboolean fram_broker_carrier_stream_opened (FramBroker *broker, FramBaseId stream,
                                            FramTime now);
gboolean fram_broker_carrier_stream_failed (FramBroker *broker, FramBaseId stream,
                                            FramStreamFailure failure, FramTime now);
gboolean fram_broker_carrier_resolved (FramBroker *broker, guint16 query,
                                       const FramAddress *addresses, guint n_addresses,
                                       FramTime now);
/* A packet that came by a base or stream, from a server of an allocation. */
gboolean fram_broker_carrier_receive (FramBroker *broker, FramBaseId id, FramBase *base,
                                      const FramAddress *remote, const guint8 *data,
                                      gsize length, FramTime now);
/* Nothing reaches the server from this base, by what ICMP says. */
void fram_broker_carrier_unreachable (FramBroker *broker, FramBase *base,
                                      const FramAddress *remote, FramTime now);
/* It has a turn to ask its server. */
void fram_broker_ask_allocation (FramBroker *broker, FramAllocation *allocation,
                                 FramTime now);

/* Another carrier, for one that moves.  FALSE: there is none. */
gboolean fram_broker_recarry_allocation (FramBroker *broker, FramAllocation *allocation,
                                         FramTime now);

/* --- moving.c ---------------------------------------------------------------------- */

/* Those that can go on from another interface address where theirs is gone. */
void fram_broker_move_allocations (FramBroker *broker, FramTime now);
/* It has another carrier, and its turn to say so. */
void fram_broker_ask_move (FramBroker *broker, FramAllocation *allocation, FramTime now);
/* The server knows. */
void fram_broker_allocation_moved (FramBroker *broker, FramAllocation *allocation,
                                   FramTime now);
/* Its time to move is over. */
void fram_broker_give_up_move (FramBroker *broker, FramAllocation *allocation,
                               FramTime now);

/* --- relays.c ---------------------------------------------------------------------- */

/* Sends what the machine has to say to the server; takes it from the event. */
void fram_broker_relay_talk (FramBroker *broker, const FramAllocation *allocation,
                             FramTurnEvent *event);
/* After each call of the machine: carries out what it asks and tells.  It may be gone then. */
void fram_broker_settle_allocation (FramBroker *broker, FramAllocation *allocation,
                                    FramTime now);
/* It cannot be made for now, by a refusal of the server or (-1) something before it. */
void fram_broker_rest_allocation (FramBroker *broker, FramAllocation *allocation,
                                  int outcome, guint code, FramTime now);
/* It could not be made, or is there no longer. */
void fram_broker_allocation_failed (FramBroker *broker, FramAllocation *allocation,
                                    FramTurnOutcome outcome, guint code, FramTime now);
void fram_broker_allocation_stream_failed (FramBroker *broker, FramAllocation *allocation,
                                           FramStreamFailure failure, FramTime now);

/* --- relayed.c --------------------------------------------------------------------- */

/* Makes the addresses of an allocation that is THERE relayed bases, says that another carrier
 * has them, or takes them away. */
void fram_broker_open_relayed (FramBroker *broker, FramAllocation *allocation);
void fram_broker_recarry_relayed (FramBroker *broker, FramAllocation *allocation);
void fram_broker_close_relayed (FramBroker *broker, FramAllocation *allocation);
FramRelayedBase *fram_broker_find_relayed (FramBroker *broker, FramBaseId id);
/* Sends a check or an answer by the relay; nothing, if the relay was not asked to. */
void fram_broker_relay_transmit (FramBroker *broker, FramRelayedBase *relayed,
                                 FramSessionId session, const FramAddress *remote,
                                 guint8 dscp, const guint8 *data, gsize length,
                                 FramTime now);
/* The relay is asked to exchange packets with the peer.  FALSE: it cannot be asked. */
gboolean fram_broker_relay_permit (FramBroker *broker, FramRelayedBase *relayed,
                                   const FramAddress *peer, FramTime now);
void fram_broker_relay_forbid (FramBroker *broker, FramRelayedBase *relayed,
                               const FramAddress *peer, FramTime now);
gboolean fram_broker_relay_is_permitted (const FramRelayedBase *relayed,
                                         const FramAddress *peer);
/* Data go to the peer, and want a channel; or not any more. */
void fram_broker_relay_bind (FramBroker *broker, FramRelayedBase *relayed,
                             const FramAddress *peer, FramTime now);
void fram_broker_relay_unbind (FramBroker *broker, FramRelayedBase *relayed,
                               const FramAddress *peer, FramTime now);
/* What the machine says of a channel; 0: there is none. */
void fram_broker_relay_channel (FramBroker *broker, FramAllocation *allocation,
                                const FramAddress *peer, guint16 channel);
