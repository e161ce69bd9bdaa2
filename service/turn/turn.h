/* The client of a TURN server: one allocation over one 5-tuple, its permissions, channels
 * and, where it relays TCP, connections.  (RFC 8656, RFC 6062, RFC 8016, RFC 7635)
 *
 * It is sans-IO: facts go in with `now`, events come out of fram_turn_pop(), and
 * fram_turn_deadline() says when fram_turn_advance() is due.  The owner has a UDP socket
 * connected to nobody but the server in its mind, or a TCP, TLS or DTLS connection:
 *
 *     turn = fram_turn_new (&config, random, now);      the first request is queued
 *     on TRANSMIT:          send it to the server
 *     on what arrives:      fram_turn_receive ()        data of peers, or part of the talk
 *     on ALLOCATED:         fram_turn_permit () each peer, fram_turn_bind () those that
 *                           matter, fram_turn_wrap () what goes to them
 *     fram_turn_close ()    and on ENDED free it
 *
 * Permissions and channels are counted by their users, refreshed while they have some, and
 * one that is refused disturbs no other.  A channel number is never given to a second peer.
 * After each call the owner pops until there is nothing left. */
#pragma once

#include "base/random.h"
#include "turn/event.h"
#include "turn/peer-data.h"

typedef struct _FramTurn FramTurn;

#define FRAM_TURN_MAX_PERMISSIONS 1024
/* Around data in a Send indication. */
#define FRAM_TURN_SEND_OVERHEAD (FRAM_TURN_SEND_HEADER + FRAM_TURN_PADDING)

typedef enum
{
  FRAM_TURN_ANY_FAMILY = 0, /* the server's default, IPv4 */
  FRAM_TURN_IPV4 = 1 << 0,
  FRAM_TURN_IPV6 = 1 << 1, /* both: a dual allocation */
} FramTurnFamilies;

typedef enum
{
  FRAM_TURN_ANY_PORT,
  FRAM_TURN_EVEN_PORT,
  FRAM_TURN_EVEN_PORT_AND_NEXT, /* the next one is kept: fram_turn_get_reservation () */
} FramTurnPorts;

#define FRAM_TURN_RESERVATION 8 /* bytes */

/* RFC 8016: whether the server gives a ticket, by which an allocation can move to another
 * 5-tuple. */
typedef enum
{
  FRAM_TURN_NOT_MOBILE, /* it does not, or is not to be asked */
  /* That is not known.  It is asked with and, a moment later, without, and makes one
   * allocation; to wait for what it says to the first would take a round trip more. */
  FRAM_TURN_MAYBE_MOBILE,
  /* Nor is that: what was asked without was answered first.  The next time it is asked with one
   * alone. */
  FRAM_TURN_UNDECIDED,
  FRAM_TURN_MOBILE,
} FramTurnMobility;

/* Who asks: by password, or by a token of RFC 7635 if there is one.  Texts are copied. */
typedef struct
{
  const char *username; /* or the token's key id; NULL or "": there is no credential */
  const char *password;
  const guint8 *token;
  gsize token_length; /* 0: by password */
  const guint8 *token_key;
  gsize token_key_length;
} FramTurnCredential;

typedef struct
{
  FramAddress server;
  gboolean reliable; /* over TCP or TLS: nothing is sent twice, ChannelData are padded */
  FramTurnFamilies families;
  gboolean relays_tcp; /* RFC 6062; needs a reliable way */
  FramTurnPorts ports;
  const guint8 *reservation; /* FRAM_TURN_RESERVATION bytes of another one, or NULL */
  gboolean dont_fragment;    /* given up if the server does not know it */
  FramTurnMobility mobility;
  guint32 lifetime; /* to ask for, seconds; 0: the server's default */
  FramTurnCredential credential;
  /* The challenge that the server gave before, so that it need not be asked for; or NULL. */
  const char *realm;
  const char *nonce;
  /* Servers that were asked in the last five minutes, besides this one: none of them is
   * gone back to (RFC 8489 §10). */
  const FramAddress *asked;
  guint n_asked;
  FramTime rto;       /* of the first request; 0: 500 ms */
  FramTime keepalive; /* between two packets to the server; 0: 15 s */
} FramTurnConfig;

/* `random` must outlive it. */
FramTurn *fram_turn_new (const FramTurnConfig *config, FramRandom *random, FramTime now);
/* Sends nothing: the server finds out by itself.  NULL is allowed. */
void fram_turn_free (FramTurn *turn);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramTurn, fram_turn_free)
/* Gives the allocation back (RFC 8656 §8); ENDED follows, within FRAM_TURN_CLOSE_LIMIT. */
void fram_turn_close (FramTurn *turn, FramTime now);
#define FRAM_TURN_CLOSE_LIMIT FRAM_SECONDS (5)

/* Another credential.  A new password of the same user is used where the server wants
 * it; an allocation belongs to the user who made it (RFC 8656 §5), so another user's is not
 * used until the allocation is made anew. */
void fram_turn_set_credential (FramTurn *turn, const FramTurnCredential *credential);
/* Whether the server lets the allocation move to another 5-tuple. (RFC 8016) */
gboolean fram_turn_can_move (const FramTurn *turn);
/* The 5-tuple is gone.  Requests wait, and nothing goes to peers, until it has moved; if it
 * cannot, it ends. */
void fram_turn_leave (FramTurn *turn);
/* The owner has another 5-tuple to the same server.  MOVED follows, or the end. */
void fram_turn_move (FramTurn *turn, FramTime now);
/* What is known of it by now. */
FramTurnMobility fram_turn_get_mobility (const FramTurn *turn);
/* The way to the server may have changed: it is asked now whether the allocation is still
 * there, and not when it is about to end. */
void fram_turn_renew (FramTurn *turn, FramTime now);

FramTime fram_turn_deadline (FramTurn *turn);
void fram_turn_advance (FramTurn *turn, FramTime now);
gboolean fram_turn_pop (FramTurn *turn, FramTurnEvent *ret_event);

/* --- Peers ------------------------------------------------------------------------- */

/* Wants packets of this IP address, of any port, and to send there; PERMITTED or REFUSED
 * follows, at once if it is known.  Return: FALSE: there are too many, it is ended, or the
 * allocation has no address of that family. */
gboolean fram_turn_permit (FramTurn *turn, const FramAddress *peer, FramTime now);
/* One user less; without users it is not refreshed any more. */
void fram_turn_forbid (FramTurn *turn, const FramAddress *peer);
gboolean fram_turn_is_permitted (const FramTurn *turn, const FramAddress *peer);

/* Wants a channel, and with it the permission; BOUND or UNBOUND follows, at once if it is
 * known.  FALSE as above, or all numbers were used. */
gboolean fram_turn_bind (FramTurn *turn, const FramAddress *peer, FramTime now);
void fram_turn_unbind (FramTurn *turn, const FramAddress *peer);
/* 0: there is none that works. */
guint16 fram_turn_get_channel (const FramTurn *turn, const FramAddress *peer);
/* Of a channel that works or not: data may come by it as soon as it was asked for, and before
 * the answer.  0: it never was. */
guint16 fram_turn_get_number (const FramTurn *turn, const FramAddress *peer);

/* Writes what takes `data` to the peer: ChannelData, or a Send indication.
 * Return: its length; 0: not permitted, or the buffer is too small. */
gsize fram_turn_wrap (FramTurn *turn, const FramAddress *peer, const guint8 *data,
                      gsize length, guint8 *buffer, gsize size, FramTime now);

typedef enum
{
  FRAM_TURN_RECEIVED_NOTHING, /* not TURN, not expected, or not allowed: dropped */
  FRAM_TURN_RECEIVED_TALK,    /* part of the talk with the server */
  FRAM_TURN_RECEIVED_DATA,    /* a peer's data */
} FramTurnReceived;

/* A datagram from the server, or one whole message of a stream. `ret_data` lies in it. */
FramTurnReceived fram_turn_receive (FramTurn *turn, const guint8 *message, gsize length,
                                    FramTime now, FramAddress *ret_peer,
                                    const guint8 **ret_data, gsize *ret_length);

/* --- Connections (RFC 6062) -------------------------------------------------------- */

/* One for each peer.  CONNECTED or CONNECT_FAILED follows. */
gboolean fram_turn_connect (FramTurn *turn, const FramAddress *peer, FramTime now);
/* A new connection to the server is there for it; what arrives on it goes to
 * fram_turn_receive() until CONNECTION_BOUND or CONNECTION_FAILED. */
void fram_turn_bind_connection (FramTurn *turn, guint32 connection, FramTime now);

/* --- Looking ----------------------------------------------------------------------- */

gboolean fram_turn_is_allocated (const FramTurn *turn);
/* Of a family; FALSE: there is none. */
gboolean fram_turn_get_relayed (const FramTurn *turn, FramFamily family,
                                FramAddress *ret_relayed);
/* As the server saw the owner's socket when the allocation was made; family NONE: it did not
 * say. */
void fram_turn_get_mapped (const FramTurn *turn, FramAddress *ret_mapped);
/* When it ends if nothing refreshes it; FRAM_TIME_NEVER before it is there. */
FramTime fram_turn_get_expiry (const FramTurn *turn);
/* The last request that was answered at its first transmission; -1: none was. */
FramTime fram_turn_get_rtt (const FramTurn *turn);
/* Those that the server holds, as far as is known. */
guint fram_turn_count_permissions (const FramTurn *turn);
guint fram_turn_count_channels (const FramTurn *turn);
/* NULL: the server kept no other port. */
const guint8 *fram_turn_get_reservation (const FramTurn *turn);
/* The challenge to begin with another time; FALSE: there was none. (transfer none) */
gboolean fram_turn_get_challenge (const FramTurn *turn, const char **ret_realm,
                                  const char **ret_nonce);
