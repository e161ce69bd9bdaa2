/* The inside of a TURN client, shared by the files of this folder. */
#pragma once

#include "stun/builder.h"
#include "stun/credential.h"
#include "stun/transaction.h"
#include "turn/turn.h"

/* RFC 8656 §9, §12 */
#define FRAM_TURN_PERMISSION_LIFE FRAM_SECONDS (300)
#define FRAM_TURN_CHANNEL_LIFE FRAM_SECONDS (600)
/* RFC 8656 §8: refreshed a minute before the end. */
#define FRAM_TURN_MARGIN FRAM_SECONDS (60)

/* --- authentication.c: RFC 8489 §9.2, RFC 7635 ------------------------------------- */

typedef struct
{
  char *username; /* prepared; NULL: there is no credential */
  char *password; /* prepared; wiped when it goes */
  guint8 *token;
  gsize token_length;
  guint8 *token_key;
  gsize token_key_length;

  /* What the server asks for; realm NULL: it has not said. */
  char *realm;
  char *nonce;
  FramStunNonceFeatures features;
  FramStunPasswordAlgorithm algorithm;
  gboolean use_sha256;
  guint8 *algorithms;
  gsize algorithms_length;

  gboolean has_key;
  FramHmacKey key;
} FramTurnAuthentication;

void fram_turn_authentication_init (FramTurnAuthentication *authentication,
                                    const FramTurnCredential *credential,
                                    const char *realm, const char *nonce);
void fram_turn_authentication_clear (FramTurnAuthentication *authentication);
/* Takes over the credential of another one, and leaves that without.  FALSE: it has none,
 * or, where `same_user` is wanted, another user's. */
gboolean fram_turn_authentication_take (FramTurnAuthentication *authentication,
                                        FramTurnAuthentication *from, gboolean same_user);
/* Takes over a credential; the challenge stays. */
void fram_turn_authentication_set (FramTurnAuthentication *authentication,
                                   const FramTurnCredential *credential);
gboolean
fram_turn_authentication_has_credential (const FramTurnAuthentication *authentication);
/* Takes what a 401 or 438 asks for.  `ret_renewed`: by its realm or algorithm a request may
 * be accepted now that was refused before. */
FramStunChallengeResult
fram_turn_authentication_challenge (FramTurnAuthentication *authentication,
                                    const FramStunMessage *message,
                                    gboolean *ret_renewed);
/* Adds what proves who asks, and the fingerprint.  Return: whether it could be signed. */
gboolean fram_turn_authentication_sign (const FramTurnAuthentication *authentication,
                                        FramStunBuilder *builder);
/* Whether a response is from who knows the key. */
gboolean fram_turn_authentication_check (const FramTurnAuthentication *authentication,
                                         const FramStunMessage *message);

/* --- Requests ---------------------------------------------------------------------- */

typedef enum
{
  FRAM_TURN_ALLOCATE,
  FRAM_TURN_REFRESH,
  FRAM_TURN_DELETE, /* a Refresh of no time */
  FRAM_TURN_PERMIT,
  FRAM_TURN_BIND,
  FRAM_TURN_CONNECT,
  FRAM_TURN_BIND_CONNECTION,
} FramTurnRequestKind;

/* As many peers in one CreatePermission request as a packet takes. */
#define FRAM_TURN_MAX_PEERS 24

typedef struct
{
  FramTurnRequestKind kind;
  FramStunTransaction transaction;
  guint n_challenges;    /* nonces that were stale */
  gboolean wants_ticket; /* ALLOCATE */
  gboolean is_held; /* not sent yet: until its deadline, or the allocation has moved */
  gboolean is_signed;
  guint n_credentials; /* how many there had been when it was signed */
  gboolean violated;   /* what came was not proved to be the server's */
  guint unproved;      /* an error of it; 0: none */
  guint32 connection;  /* BIND_CONNECTION */
  guint16 channel;     /* BIND */
  guint n_peers;
  FramAddress peers[FRAM_TURN_MAX_PEERS]; /* PERMIT; BIND and CONNECT: one */
  guint16 length;
  guint8 bytes[FRAM_STUN_MAX_SENT]; /* as sent, to be repeated */
} FramTurnRequest;

/* What an answer came to. */
typedef struct
{
  guint code;                     /* 0: success */
  const FramStunMessage *message; /* NULL: there was none */
  FramTurnOutcome outcome;        /* if it is an error, or silence */
} FramTurnAnswer;

/* --- Peers ------------------------------------------------------------------------- */

typedef enum
{
  FRAM_TURN_PEER_ASKING,
  FRAM_TURN_PEER_THERE,
  FRAM_TURN_PEER_REFUSED,
} FramTurnPeerState;

/* A permission: of an IP address; the key has port 0. */
typedef struct
{
  FramAddress peer;
  guint n_users;
  FramTurnPeerState state;
  guint code;         /* REFUSED */
  gboolean alone;     /* asked for by itself: a request with others was refused */
  gboolean is_asking; /* a request is under way, or waits for its turn */
  FramTime refresh_at, expires;
} FramTurnPermission;

typedef struct
{
  FramAddress peer;
  guint16 number;
  guint n_users;
  FramTurnPeerState state;
  gboolean is_asking;
  FramTime refresh_at, expires;
} FramTurnChannel;

typedef struct
{
  guint32 id;
  FramAddress peer;
} FramTurnConnection;

typedef enum
{
  FRAM_TURN_ALLOCATING,
  FRAM_TURN_ALLOCATED,
  FRAM_TURN_CLOSING,
  FRAM_TURN_ENDED,
} FramTurnState;

struct _FramTurn
{
  FramRandom *random;
  FramTurnState state;
  FramAddress server;
  FramAddress *asked;
  guint n_asked;
  gboolean reliable, relays_tcp, dont_fragment;
  FramTurnMobility mobility;
  FramTurnFamilies families;
  FramTurnPorts ports;
  guint8 *reservation; /* to be used, or NULL */
  guint32 lifetime;
  FramTime rto, keepalive;
  FramTurnAuthentication authentication;
  FramTurnAuthentication next; /* a credential for when this one is refused; or none */
  guint n_credentials;         /* that have been used */

  FramAddress relayed[2]; /* by family: IPv4, IPv6; NONE: there is none */
  FramAddress mapped;
  FramTime rtt;
  guint8 *kept;    /* the other port that the server kept, or NULL */
  guint8 *ticket;  /* RFC 8016, or NULL */
  gboolean moving; /* the ticket is to be shown: the server knows another 5-tuple alone */
  gsize ticket_length;
  FramTime expires, refresh_at;
  gboolean told_replace;
  FramTime closes; /* when closing is over in any case */
  FramTime last_sent;

  GPtrArray *requests;     /* FramTurnRequest, under way */
  GHashTable *permissions; /* FramAddress with port 0 -> FramTurnPermission */
  GHashTable *channels;    /* FramAddress -> FramTurnChannel */
  GPtrArray *by_number;    /* the same, from FRAM_TURN_CHANNEL_FIRST on */
  GArray *connections;     /* FramTurnConnection */
  GQueue events;           /* FramTurnEvent */
};

/* The files stand on each other in this order. */

/* events.c */
FramTurnEvent *fram_turn_emit (FramTurn *turn, FramTurnEventType type);
void fram_turn_emit_peer (FramTurn *turn, FramTurnEventType type, const FramAddress *peer,
                          guint code);
void fram_turn_transmit (FramTurn *turn, const guint8 *data, gsize length,
                         guint32 connection, FramTime now);
/* The end, but for those who free it. */
void fram_turn_end (FramTurn *turn, FramTurnOutcome outcome, guint code);

/* request.c */
/* Queues a copy of `request`, whose kind and subject are set. */
void fram_turn_ask (FramTurn *turn, const FramTurnRequest *request, FramTime now);
/* What a message means to the request of its id.  TRUE: `ret_request` (transfer full) is
 * over, with `ret_answer`. */
gboolean fram_turn_take_answer (FramTurn *turn, const FramStunMessage *message,
                                FramTime now, FramTurnRequest **ret_request,
                                FramTurnAnswer *ret_answer);
/* The next one that is over by its deadline, as above; repeats the others. */
gboolean fram_turn_advance_requests (FramTurn *turn, FramTime now,
                                     FramTurnRequest **ret_request,
                                     FramTurnAnswer *ret_answer);
FramTime fram_turn_requests_deadline (const FramTurn *turn);
gboolean fram_turn_has_request (const FramTurn *turn, FramTurnRequestKind kind);
/* Those of this kind are no more. */
void fram_turn_drop_requests (FramTurn *turn, FramTurnRequestKind kind);
/* The 5-tuple is another one: what was asked by the former one waits; and is asked again. */
void fram_turn_hold_requests (FramTurn *turn);
void fram_turn_resume_requests (FramTurn *turn, FramTime now);

/* allocate.c */
void fram_turn_ask_allocation (FramTurn *turn, FramTime now);
void fram_turn_ask_refresh (FramTurn *turn, FramTurnRequestKind kind, FramTime now);
void fram_turn_allocate_answered (FramTurn *turn, const FramTurnRequest *request,
                                  const FramTurnAnswer *answer, FramTime now);
void fram_turn_refresh_answered (FramTurn *turn, const FramTurnRequest *request,
                                 const FramTurnAnswer *answer, FramTime now);
gboolean fram_turn_has_family (const FramTurn *turn, const FramAddress *peer);

/* permissions.c */
FramTurnPermission *fram_turn_find_permission (const FramTurn *turn,
                                               const FramAddress *peer);
/* A ChannelBind refreshes the permission too. */
void fram_turn_permission_confirm (FramTurn *turn, const FramAddress *peer, FramTime now);
void fram_turn_permit_answered (FramTurn *turn, const FramTurnRequest *request,
                                const FramTurnAnswer *answer, FramTime now);
FramTime fram_turn_permissions_deadline (const FramTurn *turn);
void fram_turn_permissions_advance (FramTurn *turn, FramTime now);

/* channels.c */
FramTurnChannel *fram_turn_find_channel (const FramTurn *turn, guint16 number);
void fram_turn_bind_answered (FramTurn *turn, const FramTurnRequest *request,
                              const FramTurnAnswer *answer, FramTime now);
FramTime fram_turn_channels_deadline (const FramTurn *turn);
void fram_turn_channels_advance (FramTurn *turn, FramTime now);

/* connections.c */
void fram_turn_connect_answered (FramTurn *turn, const FramTurnRequest *request,
                                 const FramTurnAnswer *answer);
void fram_turn_bind_connection_answered (FramTurn *turn, const FramTurnRequest *request,
                                         const FramTurnAnswer *answer);
void fram_turn_take_attempt (FramTurn *turn, const FramStunMessage *message);

/* data.c */
/* A keep-alive to a peer, by the server. */
void fram_turn_greet_peer (FramTurn *turn, FramTime now);
/* Repeats requests, and ends those that were not answered. */
void fram_turn_end_requests (FramTurn *turn, FramTime now);
