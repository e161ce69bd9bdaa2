/* The servers that sessions ask: their URIs and, once a name is resolved, their addresses.
 *
 * A name's addresses stay while sessions use it, and for a while after: the next session has
 * them at once.  What was resolved long ago is resolved anew for the next session, which does
 * not wait for that. */
#pragma once

#include "broker/broker.h"
#include "broker/server-uri.h"

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
  char *uri;
  FramServerUri parts;
  guint16 query; /* while it is being resolved, or 0; maybe READY all the same */
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
  GHashTable *by_uri; /* FramServer */
  guint16 next_query;
  guint64 n_left;
} FramServerTable;

void fram_server_table_init (FramServerTable *table);
void fram_server_table_clear (FramServerTable *table);

/* Checks a URI without entering it. Errors: FRAM_BROKER_ERROR. */
gboolean fram_server_uri_check (const char *uri, GError **error);

/* `uri` was checked. `*ret_resolve`: `query` is new and to be made. */
FramServer *fram_server_table_join (FramServerTable *table, const char *uri, FramTime now,
                                    gboolean *ret_resolve);
void fram_server_table_leave (FramServerTable *table, FramServer *server);
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
/* “stuns:” is not asked by UDP, and gives no candidate. */
gboolean fram_server_speaks_udp (const FramServer *server);
