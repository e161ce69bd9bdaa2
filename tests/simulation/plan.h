/* A world on paper: networks, hosts, servers, calls.  Plain data, drawn from a seed by
 * generator.h or written down by a test; world.h brings it to life. */
#pragma once

#include "broker/broker.h"
#include "gateway.h"
#include "stun-server.h"

#define SIM_MAX_NETWORKS 12
#define SIM_MAX_HOSTS 8
#define SIM_MAX_INTERFACES 6
#define SIM_MAX_SERVERS 4

/* Network 0 is the Internet: it has no gateway. */
typedef struct
{
  SimLink link;
  guint outside; /* behind its gateway; less than its own index */
  SimGatewayKind gateway;
  guint32 prefix4;        /* its /24; 0: there is no IPv4 */
  guint16 subnet6;        /* of 2001:db8::/32; 0: there is no IPv6 */
  guint n_taken;          /* addresses given out */
  FramTime renumbers;     /* its gateway gets another external address; FRAM_TIME_NEVER */
  FramAddress renumbered; /* this one; the same: it only forgets its mappings */
} SimNetworkPlan;

typedef struct
{
  guint network;
  FramAddress address; /* port 0; one entry for each address */
  gboolean refuses;    /* no socket can be bound to it */
  FramTime appears;    /* the host has it from then on; 0: from the beginning */
  FramTime vanishes;   /* and loses it then; FRAM_TIME_NEVER: it stays */
} SimInterfacePlan;

typedef struct
{
  guint n_interfaces;
  SimInterfacePlan interfaces[SIM_MAX_INTERFACES];
  FramTime lateness;   /* its timers come up to so late */
  FramTime leaves;     /* gone from then on, without a word; FRAM_TIME_NEVER: stays */
  gboolean nameless;   /* no Multicast DNS runs there */
  gboolean rests;      /* now and then it takes the paths of its calls for unused */
  gboolean bystander;  /* only lives there: no broker, refuses all packets */
  FramTime attaches;   /* told which network it is; FRAM_TIME_NEVER: that is not known */
  FramTime checks;     /* somebody asks how its network is; FRAM_TIME_NEVER: nobody */
  FramTime reattaches; /* it loses sight of its network for a while, or NEVER */
} SimHostPlan;

/* Servers stand in the Internet. */
typedef struct
{
  FramAddress address;
  SimServerKind kind;
  gboolean absent; /* nobody has the address */
  FramTime dies;   /* says nothing from then on; FRAM_TIME_NEVER */
  FramAddress
      second; /* where it is too, for the tests of RFC 5780; family NONE: it is not */
  const char *name; /* known by this name; NULL: by its address */
  gboolean relays;  /* it is a TURN server too, from these addresses; IPv6 or NONE */
  FramAddress relayed[2];
} SimServerPlan;

/* How a peer speaks, and what it understands. */
typedef enum
{
  SIM_DIALECT_FRAM,       /* nominates again, and lets the peer (draft-thatcher) */
  SIM_DIALECT_REGULAR,    /* nominates once, as RFC 8445 has it */
  SIM_DIALECT_OLD,        /* the same as RFC 5245 has it: without options */
  SIM_DIALECT_AGGRESSIVE, /* nominates with all of its checks (RFC 5245 §8.1.1.2) */
} SimDialect;

typedef struct
{
  guint host;
  SimDialect dialect;
  gboolean trickle;
  gboolean lite; /* its session only answers */
  gboolean tcp;  /* with TCP candidates (RFC 6544) */
  gboolean role_fixed;
  FramRole role;
  FramPolicy policy;
  guint pacing;
  guint servers;   /* bit i: knows server i */
  FramTime closes; /* by its own application; FRAM_TIME_NEVER: at the end of the world */
  gboolean says_bye; /* the other application hears of it */
  FramTime restarts; /* its application restarts ICE then, once; FRAM_TIME_NEVER */
  FramTime removes;  /* and removes the call's last stream then; FRAM_TIME_NEVER */
} SimEndPlan;

typedef enum
{
  SIM_OPENING_OFFER,    /* end 1 creates its session when the offer comes */
  SIM_OPENING_PREPARED, /* end 1 has created its session, and takes the offer later */
  SIM_OPENING_GLARE,    /* both offer at the same time */
} SimOpening;

typedef struct
{
  SimEndPlan ends[2];
  SimOpening opening;
  FramTime starts;
  FramTime delay, jitter; /* of the signalling; it keeps the order */
  FramTime straggle;      /* candidates that are trickled come up to so much later */
  guint n_streams;
  guint n_components;
} SimCallPlan;

typedef struct
{
  guint64 seed; /* for what is drawn while the world lives */
  guint n_networks;
  SimNetworkPlan networks[SIM_MAX_NETWORKS];
  guint n_hosts;
  SimHostPlan hosts[SIM_MAX_HOSTS];
  guint n_servers;
  SimServerPlan servers[SIM_MAX_SERVERS];
  GArray *calls;   /* SimCallPlan */
  FramTime linger; /* FRAM_TIME_NEVER: until the policy changes at the end */
  gboolean probes; /* the brokers find out how the NATs behave */
  FramTime resolver_delay;
  FramTime names_delay; /* of Multicast DNS */
  double names_loss;    /* each question by itself; it is asked again */
  gboolean icmp;        /* refusals are told */
  FramTime holds;       /* how long the calls last once connected */
} SimPlan;

/* One Internet of both families, nothing else; its link loses nothing and takes 10 ms. */
void sim_plan_init (SimPlan *plan, guint64 seed);
void sim_plan_clear (SimPlan *plan);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SimPlan, sim_plan_clear)

/* All return the index of what they added. */

/* Its gateway gets an external address in `outside` if it translates. */
guint sim_plan_add_network (SimPlan *plan, guint outside, const SimGatewayKind *gateway);
guint sim_plan_add_host (SimPlan *plan);
guint sim_plan_add_server (SimPlan *plan, SimServerKind kind, FramFamily family);
/* Makes it a TURN server; `ipv6`: that relays both families. */
void sim_plan_relay (SimPlan *plan, guint server, gboolean ipv6);
/* Gives the server a second address. */
void sim_plan_help (SimPlan *plan, guint server);
/* The next free address of a network that has the family. */
FramAddress sim_plan_take_address (SimPlan *plan, guint network, FramFamily family);
/* Gives the host one more address. */
SimInterfacePlan *sim_plan_add_interface (SimPlan *plan, guint host, guint network,
                                          FramFamily family);
/* With every server, one stream, one component, no trickle; the return may be changed
 * until the next call is added. */
SimCallPlan *sim_plan_add_call (SimPlan *plan, guint host, guint other_host);
const SimCallPlan *sim_plan_get_call (const SimPlan *plan, guint i);

/* The gateway of the network gets another address then. */
void sim_plan_renumber (SimPlan *plan, guint network, FramTime at);

/* Whether the peer of that side may find the address by its name: on the same link, or host. */
gboolean sim_plan_is_named (const SimPlan *plan, const SimCallPlan *call, guint side,
                            const SimInterfacePlan *interface);
/* Whether nothing can be said beforehand of how the call ends: one of its hosts leaves,
 * gets or loses an address, or one side hides its host candidates, which may be all it has, or shows
 * names that may not be found;
 * or a gateway on its way gets another address, or a server dies. */
gboolean sim_plan_is_open (const SimPlan *plan, const SimCallPlan *call);
/* When the first and the last of these changes of addresses happen to the call; FALSE: none
 * does. */
gboolean sim_plan_find_changes (const SimPlan *plan, const SimCallPlan *call,
                                FramTime *ret_first, FramTime *ret_last);
/* The plan of a world in which all changes have happened; it shares the calls.  A server that
 * died has told its clients of their mappings before, but not of those that addresses have which
 * changed as well, and relays no more. */
SimPlan sim_plan_after_changes (const SimPlan *plan);
/* Whether somebody has TCP candidates: then servers tell where TCP is seen. */
gboolean sim_plan_has_tcp (const SimPlan *plan);
/* Whether a NAT of the call forgets sooner than mappings are kept alive. */
gboolean sim_plan_may_lapse (const SimPlan *plan, const SimCallPlan *call);
/* The most a packet of the call may be lost with, on its way through all networks. */
double sim_plan_get_loss (const SimPlan *plan, const SimCallPlan *call);
/* The same from one relay to another: it crosses the Internet three times. */
double sim_plan_get_relayed_loss (const SimPlan *plan, const SimCallPlan *call);
