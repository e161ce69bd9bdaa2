/* The servers that sessions ask: their URIs, who asks and, once a name is resolved, their
 * addresses.  The same URI with another user or another password is another server: what was
 * made with one credential is for nobody who has not got it.
 *
 * A name's addresses stay while sessions use it, and for a while after: the next session has
 * them at once.  What was resolved long ago is resolved anew for the next session, which does
 * not wait for that. */
#pragma once

#include "broker/broker.h"
#include "broker/server-uri.h"
#include "turn/turn.h"

/* Of what a name resolves to, the first of each family is asked; the others are not. */
#define FRAM_SERVER_MAX_ADDRESSES 2
/* After that, a name is resolved anew. */
#define FRAM_SERVER_FRESH FRAM_SECONDS (600)
/* More that no session uses are not kept. */
#define FRAM_SERVER_MAX_UNUSED 32

typedef enum
{
  FRAM_SERVER_RESOLVING, /* and no address is known */
  FRAM_SERVER_READY,
  FRAM_SERVER_UNKNOWN_NAME,
} FramServerState;

typedef struct
{
  char *key; /* what tells it from others */
  char *uri;
  FramServerUri parts;
  char *username, *password; /* NULL: there is no credential */
  char *authority;           /* a file of certificates, or NULL: the system's */
  /* TURN: what it asked for last (RFC 8489 §9.2.3), so that the next one need not be told;
   * or NULL. */
  char *realm, *nonce;
  FramTurnMobility mobility; /* TURN: as far as it is known */
  /* TURN: why it made no relay, and how long it is left alone for that. */
  FramTurnOutcome refusal;
  guint refusal_code;
  FramTime rests; /* G_MININT64: it is not */
  guint16 query;  /* while it is being resolved, or 0; maybe READY all the same */
  FramServerState state;
  FramAddress addresses[FRAM_SERVER_MAX_ADDRESSES];
  guint n_addresses;
  /* What they were before: sessions may still have mappings there. */
  FramAddress former[FRAM_SERVER_MAX_ADDRESSES];
  guint n_former;
  FramTime stale_from; /* it is resolved anew from then on */
  guint n_users;
  guint64 left; /* the order in which the last users left */
} FramServer;

typedef struct
{
  GHashTable *by_key; /* FramServer */
  guint16 next_query;
  guint64 n_left;
} FramServerTable;

void fram_server_table_init (FramServerTable *table);
void fram_server_table_clear (FramServerTable *table);

/* Checks a URI without entering it. Errors: FRAM_BROKER_ERROR. */
gboolean fram_server_uri_check (const char *uri, GError **error);

/* `uri` was checked. `*ret_resolve`: `query` is new and to be made.  Without a credential: */
FramServer *fram_server_table_join (FramServerTable *table, const char *uri, FramTime now,
                                    gboolean *ret_resolve);
FramServer *fram_server_table_join_option (FramServerTable *table,
                                           const FramServerOption *option, FramTime now,
                                           gboolean *ret_resolve);
/* One user more. */
FramServer *fram_server_ref (FramServer *server);
void fram_server_table_leave (FramServerTable *table, FramServer *server);
/* Return: (transfer none): the one that this option stands for, or NULL. */
FramServer *fram_server_table_find (const FramServerTable *table,
                                    const FramServerOption *option);
/* Whether somebody uses a server of this URI. */
gboolean fram_server_table_uses (const FramServerTable *table, const char *uri);
/* The user has another password. */
void fram_server_table_renew (FramServerTable *table, FramServer *server,
                              const char *password);
/* A number for a question about a name. */
guint16 fram_server_table_draw_query (FramServerTable *table);
/* Return: the server, or NULL if it was not its question. */
FramServer *fram_server_table_resolved (FramServerTable *table, guint16 query,
                                        const FramAddress *addresses, guint n_addresses,
                                        FramTime now);
/* The host is attached to another network: names may have other addresses there. */
void fram_server_table_age (FramServerTable *table);

/* Whether it is one of its addresses, or was. */
gboolean fram_server_has_address (const FramServer *server, const FramAddress *address);
/* Return: (transfer none): its address of that family, or NULL. */
const FramAddress *fram_server_get_address (const FramServer *server, FramFamily family);
/* “stuns:” is not asked by UDP, and gives no server-reflexive candidate. */
gboolean fram_server_speaks_udp (const FramServer *server);
/* How it is spoken to where UDP does not go, or always if it is not spoken to by UDP. */
FramKnownTransport fram_server_get_stream (const FramServer *server);
gboolean fram_server_is_turn (const FramServer *server);
/* TURN: refuses until `until`, by `outcome`; and when it has proved not to. */
void fram_server_rest (FramServer *server, FramTurnOutcome outcome, guint code,
                       FramTime until);
void fram_server_forgive (FramServer *server);
