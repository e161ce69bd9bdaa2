/* A broker whose interface addresses stand behind NATs and firewalls of the simulation, and
 * servers beyond them.  Time is stepped from event to event.  It watches that new requests of
 * the broker are 5 ms apart, and that no socket is used before it is open or after it is
 * closed. */
#pragma once

#include "../simulation/dice.h"
#include "../simulation/firewall.h"
#include "../simulation/nat.h"
#include "broker/network.h"
#include "broker/snapshot.h"
#include "nat-server.h"

#define PROBING_WORLD_PLACES 10
#define PROBING_WORLD_SERVERS 8

/* What is before an interface address. */
typedef struct
{
  FramInterfaceAddress interface;
  FramAddress external; /* of the NAT */
  SimNat *nat;          /* NULL: none */
  SimFirewall *firewall;
  gboolean blocked; /* nothing comes back */
  gboolean refused; /* no socket can be bound */
} ProbingPlace;

typedef struct
{
  FramTime now, delay;
  SimDice dice;
  FramBroker *broker;
  guint n_places;
  ProbingPlace places[PROBING_WORLD_PLACES];
  guint n_servers;
  NatServer servers[PROBING_WORLD_SERVERS];
  const char *name;    /* of server 0, if it has one */
  gboolean no_names;   /* nobody answers questions about names */
  gboolean streams;    /* servers answer by TCP and TLS */
  FramTime connecting; /* how long that takes to connect */
  guint16 next_port;
  GQueue packets;
  GHashTable *sockets; /* FramBaseId -> ProbingSocket */
  GHashTable *begun;   /* ids of requests */
  FramTime last_begun;
  GArray *log;      /* FramEvent without what it owned: those for rpc/ */
  GPtrArray *facts; /* FramFact */
  guint n_probe_sockets, most_probe_sockets;
  guint n_refused;
  guint n_probe_packets;
} ProbingWorld;

/* With no place and no server; probes are on. */
void probing_world_init (ProbingWorld *world);
void probing_world_clear (ProbingWorld *world);

/* Each is told at once.  `kind` NULL: no NAT. Return: its index. */
guint probing_world_add_place (ProbingWorld *world, const SimNatKind *kind);
void probing_world_tell_interfaces (ProbingWorld *world);
/* Server `i` is at 203.0.113.2+10i and .3+10i, ports 3478 and 3479. */
guint probing_world_add_server (ProbingWorld *world, NatServerFaults faults);
/* Return: (transfer full): "stun:203.0.113.2:3478" */
char *probing_world_uri (const ProbingWorld *world, guint server);
/* To one of which nothing is known. */
void probing_world_change_network (ProbingWorld *world);
void probing_world_set_policy (ProbingWorld *world, gboolean probe);

/* A session that asks the first `n_servers`. */
FramSessionId probing_world_open (ProbingWorld *world, guint n_servers);
/* It is told of a peer whose candidates are `lines`, comma-separated. */
void probing_world_call (ProbingWorld *world, FramSessionId session, const char *lines);

void probing_world_settle (ProbingWorld *world);
void probing_world_run (ProbingWorld *world, FramTime duration);
/* The host sleeps: packets are lost, nobody looks at the time. */
void probing_world_sleep (ProbingWorld *world, FramTime duration);

/* What is known of a place; NULL: nothing. */
const FramNetworkNat *probing_world_nat (const ProbingWorld *world, guint place);
guint probing_world_count (const ProbingWorld *world, FramEventType type);
guint probing_world_count_facts (const ProbingWorld *world, FramFactKind kind);
