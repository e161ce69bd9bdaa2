/* STUN servers: their URIs and, once a name is resolved, their addresses. */
#pragma once

#include "broker/broker.h"

/* Of what a name resolves to, the first of each family is asked. */
#define FRAM_SERVER_MAX_ADDRESSES 2

typedef enum
{
  FRAM_SERVER_RESOLVING,
  FRAM_SERVER_READY,
  FRAM_SERVER_UNKNOWN_NAME,
} FramServerState;

typedef struct
{
  char *uri;
  char *host;
  guint16 port;
  guint16 query; /* while RESOLVING */
  FramServerState state;
  FramAddress addresses[FRAM_SERVER_MAX_ADDRESSES];
  guint n_addresses;
  guint n_users;
} FramServer;

typedef struct
{
  GHashTable *by_uri; /* FramServer */
  guint16 next_query;
} FramServerTable;

void fram_server_table_init (FramServerTable *table);
void fram_server_table_clear (FramServerTable *table);

/* Checks a URI without entering it: "stun:" host [ ":" port ]. (RFC 7064 §3.1) */
gboolean fram_server_uri_check (const char *uri, GError **error);

/* `uri` was checked. `*ret_resolve`: a new query is to be made. */
FramServer *fram_server_table_join (FramServerTable *table, const char *uri,
                                    gboolean *ret_resolve);
void fram_server_table_leave (FramServerTable *table, FramServer *server);
/* Return: the server, or NULL if nobody waits for it any more. */
FramServer *fram_server_table_resolved (FramServerTable *table, guint16 query,
                                        const FramAddress *addresses, guint n_addresses);
gboolean fram_server_has_address (const FramServer *server, const FramAddress *address);
