/* A TURN server without sockets: bytes in, bytes out.  It keeps what RFC 8656 §5 to §12 says
 * a server keeps, for one client, and misbehaves where a test says so. */
#pragma once

#include "base/digest.h"
#include "stun/builder.h"
#include "stun/credential.h"

typedef enum
{
  TURN_SERVER_WELL = 0,
  TURN_SERVER_TRUSTING = 1 << 0,    /* asks nobody who he is */
  TURN_SERVER_SHA256 = 1 << 1,      /* lists password algorithms, SHA-256 first */
  TURN_SERVER_ANONYMOUS = 1 << 2,   /* wants USERHASH */
  TURN_SERVER_BIDS_DOWN = 1 << 3,   /* promises a list of algorithms and gives none */
  TURN_SERVER_FORGETFUL = 1 << 4,   /* finds every nonce stale */
  TURN_SERVER_UNSIGNED = 1 << 5,    /* its successes prove nothing */
  TURN_SERVER_BARE_ERRORS = 1 << 6, /* its errors prove nothing */
  TURN_SERVER_SILENT = 1 << 7,
  TURN_SERVER_NO_LIFETIME = 1 << 8,
  TURN_SERVER_NO_DF = 1 << 9,      /* does not know DONT-FRAGMENT */
  TURN_SERVER_MOBILE = 1 << 10,    /* gives tickets */
  TURN_SERVER_NO_MOVING = 1 << 11, /* forbids them */
  TURN_SERVER_NO_IPV6 = 1 << 12,   /* has IPv4 alone, also where both are asked for */
  TURN_SERVER_NO_MAPPED = 1 << 13, /* does not tell how it sees the client */
} TurnServerManner;

/* What is refused: a method, or only where this peer is named. */
typedef struct
{
  guint16 method; /* 0: nothing */
  guint code;
  guint times;      /* that it happens; 0: always */
  FramAddress peer; /* family NONE: any */
  FramAddress alternate;
  const char *domain;
} TurnServerRefusal;

typedef struct
{
  TurnServerManner manner;
  const char *username, *password, *realm;
  guint n_nonces;
  guint32 lifetime;
  TurnServerRefusal refusal;
  FramAddress client; /* as it sees it */
  FramAddress relayed[2];
  gboolean gives_both;

  gboolean allocated;
  char *owner;            /* who made the allocation */
  GArray *permissions;    /* FramAddress, port 0 */
  GArray *channels;       /* FramAddress, by number from 0x4000; family NONE: unbound */
  guint n_requests[0x10]; /* by method */
  guint32 connection;     /* the id of the last one */
  guint n_tickets;        /* of its present allocation; the last one is good */
  guint n_deletions;
  guint n_unauthorized;
  guint n_breaches; /* what no client may do */
  const char *breach;
} TurnServer;

void turn_server_init (TurnServer *server);
void turn_server_clear (TurnServer *server);
/* Whether a Refresh shows the ticket of its allocation. (RFC 8016) */
gboolean turn_server_knows_ticket (const TurnServer *server,
                                   const FramStunMessage *request);
/* Another nonce from now on. */
void turn_server_renew_nonce (TurnServer *server);
/* Return: the length of the answer; 0: none. */
gsize turn_server_answer (TurnServer *server, const guint8 *request, gsize length,
                          guint8 *buffer, gsize size);
