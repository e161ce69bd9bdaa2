/* The inside of a host, shared by host.c (its broker), host-io.c (its sockets),
 * host-routes.c (names, routes, paths), host-streams.c and host-tcp.c. */
#pragma once

#include "broker/streams.h"
#include "consent.h"
#include "host.h"
#include "names.h"
#include "pacing.h"
#include "tcp.h"
#include "watch.h"

/* A base as the kernel would have it. */
typedef struct
{
  FramBaseId id;
  gboolean open;
  gboolean is_probe;
  FramAddress bound;
  const SimInterfacePlan *interface;
} SimSocket;

struct _SimHost
{
  SimNode node;
  const SimContext *context;
  SimTopology *topology;
  const SimPlan *plan;
  const SimHostPlan *planned;
  const SimHostSink *sink;
  SimDice dice;
  FramBroker *broker;
  SimDataPlane *plane;
  SimWatch *watch;
  SimPacing pacing;
  SimConsent consent;
  GHashTable *lite;     /* FramSessionId; set: those that ask for no consent */
  GHashTable *sockets;  /* FramBaseId -> SimSocket, owned */
  GHashTable *by_bound; /* FramAddress -> SimSocket */
  GHashTable *streams;  /* FramBaseId -> those of host-streams.c, owned */
  GHashTable *relays;   /* FramBaseId -> those of host-relays.c, owned */
  SimTcp *tcp;
  GHashTable *listening;   /* FramBaseId -> those of host-tcp.c, owned */
  GHashTable *connections; /* FramBaseId -> those of host-tcp.c, owned */
  GHashTable *owners;      /* FramSessionId -> owner */
  GHashTable *names;       /* FramNameId -> those of host-names.c, owned */
  GPtrArray *memory;       /* those of host-memory.c */
  GHashTable *eager; /* ufrag of a peer -> its password; those of host-nomination.c */
  gboolean attached; /* the broker was told that it is this network */
  guint network;
  guint lost;         /* bit i: interface i is not there */
  FramTime wakes;     /* what the timer is set to */
  guint n_settled;    /* with relays */
  guint n_idle_wakes; /* in a row, at the same time */
  FramTime last_wake;
  guint16 check; /* of the network, under way; 0: none */
  FramTime check_since;
};

#define SIM_HOST_VIOLATE(host, rule, ...)                                                \
  sim_journal_violate ((host)->context->journal, sim_host_now (host), (host)->node.name, \
                       rule, __VA_ARGS__)

FramTime sim_host_now (const SimHost *host);

/* A socket is not open at once. */
#define SIM_OPENING_MAX FRAM_MILLISECONDS (1)

/* host-io.c */
const SimInterfacePlan *sim_host_find_interface (const SimHost *host,
                                                 const FramAddress *address);
/* One of the dynamic ports, which may be in use. */
guint16 sim_host_draw_port (SimHost *host);
gboolean sim_host_has_address (const SimHost *host, const FramAddress *address);
void sim_host_attach (SimHost *host, guint interface);
void sim_host_detach (SimHost *host, guint interface);
void sim_host_receive (SimNode *node, SimNetwork *from, SimPacket *packet);
void sim_host_take_refusal (SimNode *node, SimNetwork *from, const SimPacket *packet);
void sim_host_open_base (SimHost *host, const FramEvent *event);
void sim_host_close_base (SimHost *host, const FramEvent *event);
void sim_host_transmit (SimHost *host, const FramEvent *event);
/* Sends by a socket, into its network or to the host itself. */
void sim_host_send (SimHost *host, const SimSocket *socket, const FramAddress *remote,
                    const void *data, gsize length);

/* From one of its addresses, or one it had.  `packet` becomes the host's.  Return: FALSE: there is
 * no way. */
gboolean sim_host_send_packet (SimHost *host, SimPacket *packet);
/* What came belongs to a component, if it is not STUN, and goes there.  Return: FALSE: it is
 * nobody's. */
gboolean sim_host_deliver (SimHost *host, const SimTuple *tuple, const guint8 *data,
                           gsize length);

/* Sends by a base or a stream, as the data plane does. */
void sim_host_send_by (SimHost *host, FramBaseId base, const FramAddress *remote,
                       const guint8 *data, gsize length);
/* Whether there is such a base or stream. */
gboolean sim_host_has_base (const SimHost *host, FramBaseId base);
/* Data of a server's peers go to their components. Return: FALSE: it is for the broker. */
gboolean sim_host_take_relayed (SimHost *host, FramBaseId carrier,
                                const FramAddress *server, const guint8 *data,
                                gsize length);

/* host-relays.c */
GHashTable *sim_host_relays_new (void);
gboolean sim_host_is_relayed (const SimHost *host, FramBaseId base);
void sim_host_add_relay (SimHost *host, const FramEvent *event);
void sim_host_set_channel (SimHost *host, const FramEvent *event);
/* FALSE: it is no relayed base. */
gboolean sim_host_close_relay (SimHost *host, const FramEvent *event);
/* What was to be sent by this relayed base, while it had no carrier, may be repeated now. */
gboolean sim_host_repeats_unseen (const SimHost *host, FramBaseId base);
/* The base is closed: what it carried has none for a while. */
void sim_host_lose_carrier (SimHost *host, FramBaseId carrier);
/* Sends data by a relay. FALSE: the path is by none. */
gboolean sim_host_relay_data (SimHost *host, const SimTuple *path, const void *data,
                              gsize length);
/* What a packet between a carrier and a server has inside, and on which relayed base; FALSE:
 * it is no peer's data. `is_sent`: it goes to the server. */
gboolean sim_host_unwrap (SimHost *host, FramBaseId carrier, const FramAddress *server,
                          const guint8 *packet, gsize length, gboolean is_sent,
                          SimTuple *ret_tuple, const guint8 **ret_data,
                          gsize *ret_length);
/* No two allocations are for the same. */
void sim_host_check_relays (SimHost *host);

/* host-routes.c */
void sim_host_resolve (SimHost *host, const FramEvent *event);
void sim_host_add_route (SimHost *host, const FramEvent *event);
void sim_host_remove_route (SimHost *host, const FramEvent *event);
void sim_host_set_path (SimHost *host, const FramEvent *event);

/* host-streams.c */
void sim_host_open_stream (SimHost *host, const FramEvent *event);
/* Both return FALSE if there is no such stream. */
gboolean sim_host_close_stream (SimHost *host, const FramEvent *event);
gboolean sim_host_transmit_stream (SimHost *host, const FramEvent *event);
gboolean sim_host_has_stream (const SimHost *host, FramBaseId stream);
/* Data of applications, which an allocation's stream carries. */
gboolean sim_host_send_stream (SimHost *host, FramBaseId stream, const guint8 *data,
                               gsize length);

/* host-tcp.c */
GHashTable *sim_host_connections_new (void);
SimTcp *sim_host_tcp_new (SimHost *host);
void sim_host_listen (SimHost *host, const FramEvent *event);
/* To a peer, or from a port that listens. */
void sim_host_connect (SimHost *host, const FramEvent *event);
/* FALSE: it is no connection and listens to none. */
gboolean sim_host_close_tcp (SimHost *host, const FramEvent *event);
gboolean sim_host_has_connection (const SimHost *host, FramBaseId id);
/* Whether it is from or to a port that others may be connected to from. */
gboolean sim_host_is_simultaneous (const SimHost *host, FramBaseId id);
/* FALSE: there is none that is open. */
gboolean sim_host_send_connected (SimHost *host, FramBaseId id, const guint8 *data,
                                  gsize length);
/* The host's addresses have changed, and the broker knows. */
void sim_host_check_tcp (SimHost *host);
void sim_host_leave_tcp (SimHost *host);

/* host-names.c */
GHashTable *sim_host_names_new (void);
void sim_host_publish (SimHost *host, const FramEvent *event);
void sim_host_resolve_name (SimHost *host, const FramEvent *event);
void sim_host_forget_name (SimHost *host, const FramEvent *event);
void sim_host_leave_names (SimHost *host);

/* host-nomination.c */
GHashTable *sim_host_eager_new (void);
/* The check with USE-CANDIDATE. Return: its length, or 0 if it stays as it is. */
gsize sim_host_add_nomination (SimHost *host, const guint8 *data, gsize length,
                               guint8 *buffer, gsize size);

/* host-memory.c */
GPtrArray *sim_host_memory_new (void);
void sim_host_remember (SimHost *host, const FramEvent *event);
/* Tells the broker, when it is time, which network this is. */
void sim_host_begin_memory (SimHost *host);
/* The host's addresses have changed. */
void sim_host_follow_network (SimHost *host);

/* host-checks.c */
void sim_host_checked (SimHost *host, const FramEvent *event);
