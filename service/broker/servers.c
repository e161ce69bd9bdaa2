#include "broker/servers.h"

static void
server_free (gpointer data)
{
  FramServer *server = data;

  g_free (server->uri);
  g_free (server);
}

void
fram_server_table_init (FramServerTable *table)
{
  *table = (FramServerTable){ .next_query = 1 };
  table->by_uri = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, server_free);
}

void
fram_server_table_clear (FramServerTable *table)
{
  g_clear_pointer (&table->by_uri, g_hash_table_unref);
}

gboolean
fram_server_uri_check (const char *uri, GError **error)
{
  FramServerUri parts;

  if (!fram_server_uri_parse (&parts, uri, error))
    return FALSE;
  if (parts.scheme == FRAM_SERVER_SCHEME_STUN)
    return TRUE;
  g_set_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_NOT_SUPPORTED,
               "This version of Fram asks STUN servers only, not “%.80s”", uri);
  return FALSE;
}

/* --- Users ------------------------------------------------------------------------- */

static FramServer *
server_new (FramServerTable *table, const char *uri)
{
  FramServer *server = g_new0 (FramServer, 1);
  guint16 port;

  server->uri = g_strdup (uri);
  if (!fram_server_uri_parse (&server->parts, uri, NULL))
    g_assert_not_reached ();
  g_hash_table_insert (table->by_uri, server->uri, server);
  if (!server->parts.is_address)
    return server;
  port = server->parts.port != 0 ? server->parts.port
                                 : fram_server_uri_get_default_port (&server->parts);
  fram_address_parse_ip (&server->addresses[0], server->parts.host, port);
  server->n_addresses = 1;
  server->state = FRAM_SERVER_READY;
  return server;
}

guint16
fram_server_table_draw_query (FramServerTable *table)
{
  guint16 query = table->next_query++;

  if (table->next_query == 0)
    table->next_query = 1;
  return query;
}

FramServer *
fram_server_table_join (FramServerTable *table, const char *uri, FramTime now,
                        gboolean *ret_resolve)
{
  FramServer *server = g_hash_table_lookup (table->by_uri, uri);

  if (server == NULL)
    server = server_new (table, uri);
  server->n_users++;
  /* A name that was not found may be found by now. */
  *ret_resolve = !server->parts.is_address && server->query == 0
                 && (server->n_addresses == 0 || now >= server->stale_from);
  if (*ret_resolve)
    {
      server->query = fram_server_table_draw_query (table);
      if (server->n_addresses == 0)
        server->state = FRAM_SERVER_RESOLVING;
    }
  return server;
}

static void
drop_unused (FramServerTable *table)
{
  GHashTableIter iter;
  FramServer *server, *first = NULL;
  guint n = 0;

  g_hash_table_iter_init (&iter, table->by_uri);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &server))
    if (server->n_users == 0)
      {
        n++;
        if (first == NULL || server->left < first->left)
          first = server;
      }
  if (n > FRAM_SERVER_MAX_UNUSED)
    g_hash_table_remove (table->by_uri, first->uri);
}

void
fram_server_table_leave (FramServerTable *table, FramServer *server)
{
  if (--server->n_users > 0)
    return;
  server->left = ++table->n_left;
  server->n_former = 0;
  drop_unused (table);
}

void
fram_server_table_age (FramServerTable *table)
{
  GHashTableIter iter;
  FramServer *server;

  g_hash_table_iter_init (&iter, table->by_uri);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &server))
    server->stale_from = G_MININT64;
}

/* --- Addresses --------------------------------------------------------------------- */

static gboolean
contains (const FramAddress *addresses, guint n_addresses, const FramAddress *address)
{
  for (guint i = 0; i < n_addresses; i++)
    if (fram_address_equal (&addresses[i], address))
      return TRUE;
  return FALSE;
}

gboolean
fram_server_has_address (const FramServer *server, const FramAddress *address)
{
  return contains (server->addresses, server->n_addresses, address)
         || contains (server->former, server->n_former, address);
}

const FramAddress *
fram_server_get_address (const FramServer *server, FramFamily family)
{
  for (guint i = 0; i < server->n_addresses; i++)
    if (server->addresses[i].family == family)
      return &server->addresses[i];
  return NULL;
}

gboolean
fram_server_speaks_udp (const FramServer *server)
{
  return server->parts.transport == FRAM_KNOWN_UDP;
}

/* The first of each family; but one that is asked already stays, if the name still has it:
 * servers that take turns in the DNS shall not cost a mapping each time. */
static void
take_addresses (FramServer *server, const FramAddress *addresses, guint n_addresses)
{
  FramServer before = *server;

  server->n_addresses = 0;
  for (guint i = 0; i < n_addresses; i++)
    {
      const FramAddress *kept = fram_server_get_address (&before, addresses[i].family);

      if (addresses[i].port == 0
          || fram_server_get_address (server, addresses[i].family) != NULL)
        continue;
      if (kept == NULL || !contains (addresses, n_addresses, kept))
        kept = &addresses[i];
      server->addresses[server->n_addresses++] = *kept;
    }
  for (guint i = 0; i < before.n_addresses; i++)
    {
      if (contains (server->addresses, server->n_addresses, &before.addresses[i]))
        continue;
      if (server->n_former == FRAM_SERVER_MAX_ADDRESSES)
        server->former[0] = server->former[--server->n_former];
      server->former[server->n_former++] = before.addresses[i];
    }
}

FramServer *
fram_server_table_resolved (FramServerTable *table, guint16 query,
                            const FramAddress *addresses, guint n_addresses, FramTime now)
{
  GHashTableIter iter;
  FramServer *server;

  if (query == 0)
    return NULL;
  g_hash_table_iter_init (&iter, table->by_uri);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &server))
    {
      if (server->query != query)
        continue;
      server->query = 0;
      server->stale_from = now + FRAM_SERVER_FRESH;
      /* A resolver that is out of order for a moment takes nothing away. */
      if (n_addresses > 0)
        take_addresses (server, addresses, n_addresses);
      server->state
          = server->n_addresses > 0 ? FRAM_SERVER_READY : FRAM_SERVER_UNKNOWN_NAME;
      return server;
    }
  return NULL;
}
