/* A host with some sockets behind a NAT or a firewall, and servers beyond, for the machines
 * that find out about NATs.  Time is stepped from event to event. */
#pragma once

#include "../simulation/dice.h"
#include "../simulation/firewall.h"
#include "../simulation/nat.h"
#include "nat-server.h"
#include "nat/event.h"

#define NAT_WORLD_SOCKETS 9
#define NAT_WORLD_SERVERS 2

/* A machine as the world drives it. */
typedef struct
{
  gpointer self;
  FramTime (*deadline) (gpointer self);
  void (*advance) (gpointer self, FramTime now);
  FramTime (*send_due) (gpointer self);
  gboolean (*send) (gpointer self, FramTime now);
  gboolean (*receive) (gpointer self, guint socket, const FramAddress *from,
                       const guint8 *data, gsize length, FramTime now);
  gboolean (*pop) (gpointer self, FramNatEvent *ret_event);
  /* For OPEN; NULL where the machine has its sockets from the start. */
  void (*opened) (gpointer self, guint socket, FramTime now);
  void (*open_failed) (gpointer self, guint socket, FramTime now);
  /* NULL where ICMP means nothing to it. */
  void (*unreachable) (gpointer self, guint socket, const FramAddress *remote,
                       FramTime now);
  gconstpointer (*result) (gpointer self);
  gsize result_size;
} NatMachine;

typedef struct
{
  FramTime now;
  FramTime delay; /* one way */
  double loss;    /* each way */
  SimDice dice;
  FramAddress external; /* of the NAT */
  SimNat *nat;          /* NULL: none */
  /* The second address of a NAT that has two, and the sockets that appear by it, as bits. */
  SimNat *other_nat;
  guint by_other;
  SimFirewall *firewall;
  FramAddress local[NAT_WORLD_SOCKETS];
  guint16 next_port;
  NatServer servers[NAT_WORLD_SERVERS];
  FramTime down_from, down_until; /* nothing passes */
  guint muted;                    /* sockets that hear nothing, as bits */
  gboolean icmp; /* a packet that is sent back to the NAT in vain gets an ICMP error */
  FramTime no_sockets_from, no_sockets_until; /* none can be opened */
  /* Called before each step; may change the world. */
  void (*script) (gpointer world, gpointer data);
  gpointer script_data;

  FramTime last_question;
  GQueue packets;
  guint n_sent;      /* by the host */
  guint n_questions; /* granted */
  guint n_taken;     /* datagrams that the machine had waited for */
  guint n_changed;   /* CHANGED events */
  guint n_foreign;   /* sent to where no server is, and not to the NAT */
  gboolean done;
  FramTime finished; /* when it was done */
} NatWorld;

/* The servers are at 203.0.113.2/3, ports 3478/3479, and at 198.51.100.9:3478. */
void nat_world_init (NatWorld *world, guint64 seed);
void nat_world_clear (NatWorld *world);
/* Replaces the NAT by a new one, as a restart does. NULL: by none. */
void nat_world_set_nat (NatWorld *world, const SimNatKind *kind);
void nat_world_set_firewall (NatWorld *world, SimFirewallKind kind, FramTime lifetime);
/* Gives the host public addresses. */
void nat_world_go_public (NatWorld *world);

/* Gives the NAT a second address. */
void nat_world_add_address (NatWorld *world, const SimNatKind *kind, guint by_other);

/* Until the machine is done and the last packet has arrived.  At most until `until`, which
 * must not be reached.  Checks on the way that questions are a tenth of a second apart, and
 * that a change of the result is told, once. */
void nat_world_run (NatWorld *world, const NatMachine *machine, FramTime until);
/* After DONE nothing may come from it, whatever it is told. */
void nat_world_check_quiet (NatWorld *world, const NatMachine *machine);
