/* The inside of the oracle. */
#pragma once

#include "oracle.h"
#include "topology.h"

/* The first port of its sockets. */
#define FIRST_PORT 40000

typedef struct _Host Host;

typedef enum
{
  OVER_UDP,
  OVER_TCP_ACTIVE,  /* connects */
  OVER_TCP_PASSIVE, /* is connected to */
  OVER_TCP_SO,      /* both, from and to one port */
  N_MANNERS,
} Manner;

typedef struct
{
  Host *host;
  guint side;
  Manner manner;
  SimNetwork *network;
  FramAddress address;
  gboolean answered; /* a server has told where it is seen */
  gboolean relayed;  /* it is a relay's, and hears whom it was told of */
  GArray *told;      /* FramAddress: where the peer may be */
} Socket;

/* A candidate of a side. */
typedef struct
{
  FramAddress address;
  gboolean is_named; /* the peer knows it by a name of Multicast DNS alone */
} Shown;

/* All sockets of one host: one side's, or both in a call within a host. */
struct _Host
{
  SimNode node;
  struct _Oracle *oracle;
  GPtrArray *sockets;
};

/* A server that tells where a packet came from. */
typedef struct
{
  SimNode node;
  FramAddress address;
} Mirror;

/* What a server relays: packets to its addresses go to the side's socket with that port. */
typedef struct
{
  SimNode node;
  struct _Oracle *oracle;
} Relay;

typedef struct _Oracle
{
  SimContext context;
  SimDice dice;
  SimJournal journal;
  SimTopology topology;
  const SimPlan *plan;
  const SimCallPlan *call;
  Host hosts[2];
  GPtrArray *sockets;
  GArray *shown[2][N_MANNERS]; /* Shown */
  Mirror mirrors[SIM_MAX_SERVERS];
  Relay relays[SIM_MAX_SERVERS];
  gboolean is_generous; /* what may be there is there */
  gboolean found;
} Oracle;

typedef enum
{
  LETTER_WHERE,  /* to a mirror */
  LETTER_THERE,  /* from it, with `seen` */
  LETTER_PROBE,  /* to the peer */
  LETTER_ANSWER, /* from it, with `seen`: the address that was probed */
} LetterKind;

typedef struct
{
  LetterKind kind;
  guint side; /* who began */
  FramAddress seen;
} Letter;

void sim_oracle_read_letter (Oracle *oracle, Socket *socket, const FramAddress *source,
                             const Letter *letter);
/* Adds a candidate of the socket's. */
void sim_oracle_show (Oracle *oracle, const Socket *socket, const FramAddress *address,
                      gboolean is_named);
/* The addresses that relays give the two sides. */
void sim_oracle_add_relays (Oracle *oracle);
