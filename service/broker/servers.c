#include "broker/servers.h"

#include <string.h>

#include "base/digest.h"

static void
wipe (char **secret)
{
  if (*secret != NULL)
    explicit_bzero (*secret, strlen (*secret));
  g_clear_pointer (secret, g_free);
}

static void
server_free (gpointer data)
{
  FramServer *server = data;

  wipe (&server->password);
  g_free (server->username);
  g_free (server->authority);
  g_free (server->realm);
  g_free (server->nonce);
  g_free (server->key);
  g_free (server->uri);
  g_free (server);
}

void
fram_server_table_init (FramServerTable *table)
{
  *table = (FramServerTable){ .next_query = 1 };
  table->by_key = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, server_free);
}

void
fram_server_table_clear (FramServerTable *table)
{
  g_clear_pointer (&table->by_key, g_hash_table_unref);
}

gboolean
fram_server_uri_check (const char *uri, GError **error)
{
  FramServerUri parts;

  return fram_server_uri_parse (&parts, uri, error);
}

/* --- Users ------------------------------------------------------------------------- */

static gboolean
has_credential (const FramServerOption *option)
{
  return option->username != NULL && option->username[0] != '\0';
}

/* The password is in it by its digest, so that it stands in one place only. */
static char *
make_key (const FramServerOption *option)
{
  const char *password = option->password != NULL ? option->password : "";
  const char *authority = option->authority != NULL ? option->authority : "";
  guint8 digest[FRAM_SHA256_SIZE];
  GString *key = g_string_new (option->uri);

  if (has_credential (option))
    {
      fram_sha256 ((const guint8 *) password, strlen (password), digest);
      g_string_append_printf (key, "\n%s\n", option->username);
      for (guint i = 0; i < sizeof digest; i++)
        g_string_append_printf (key, "%02x", digest[i]);
    }
  if (authority[0] != '\0')
    g_string_append_printf (key, "\n%s", authority);
  return g_string_free (key, FALSE);
}

static FramServer *
server_new (FramServerTable *table, const FramServerOption *option)
{
  FramServer *server = g_new0 (FramServer, 1);
  guint16 port;

  server->key = make_key (option);
  server->uri = g_strdup (option->uri);
  server->rests = G_MININT64;
  server->mobility = FRAM_TURN_MAYBE_MOBILE;
  if (has_credential (option))
    {
      server->username = g_strdup (option->username);
      server->password = g_strdup (option->password != NULL ? option->password : "");
    }
  if (option->authority != NULL && option->authority[0] != '\0')
    server->authority = g_strdup (option->authority);
  if (!fram_server_uri_parse (&server->parts, option->uri, NULL))
    g_assert_not_reached ();
  g_hash_table_insert (table->by_key, server->key, server);
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
fram_server_table_find (const FramServerTable *table, const FramServerOption *option)
{
  g_autofree char *key = make_key (option);

  return g_hash_table_lookup (table->by_key, key);
}

gboolean
fram_server_table_uses (const FramServerTable *table, const char *uri)
{
  GHashTableIter iter;
  FramServer *server;

  g_hash_table_iter_init (&iter, table->by_key);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &server))
    if (server->n_users > 0 && strcmp (server->uri, uri) == 0)
      return TRUE;
  return FALSE;
}

/* Where another one has that password already, the two stay apart. */
void
fram_server_table_renew (FramServerTable *table, FramServer *server, const char *password)
{
  FramServerOption option
      = { server->uri, server->username, password, server->authority };
  char *key = make_key (&option);

  if (!g_hash_table_contains (table->by_key, key))
    {
      g_hash_table_steal (table->by_key, server->key);
      g_free (server->key);
      server->key = g_steal_pointer (&key);
      g_hash_table_insert (table->by_key, server->key, server);
    }
  g_free (key);
  wipe (&server->password);
  server->password = g_strdup (password != NULL ? password : "");
  fram_server_forgive (server);
}

FramServer *
fram_server_table_join_option (FramServerTable *table, const FramServerOption *option,
                               FramTime now, gboolean *ret_resolve)
{
  FramServer *server = fram_server_table_find (table, option);

  if (server == NULL)
    server = server_new (table, option);
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

FramServer *
fram_server_table_join (FramServerTable *table, const char *uri, FramTime now,
                        gboolean *ret_resolve)
{
  FramServerOption option = { .uri = uri };

  return fram_server_table_join_option (table, &option, now, ret_resolve);
}

FramServer *
fram_server_ref (FramServer *server)
{
  server->n_users++;
  return server;
}

static void
drop_unused (FramServerTable *table)
{
  GHashTableIter iter;
  FramServer *server, *first = NULL;
  guint n = 0;

  g_hash_table_iter_init (&iter, table->by_key);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &server))
    if (server->n_users == 0)
      {
        n++;
        if (first == NULL || server->left < first->left)
          first = server;
      }
  if (n > FRAM_SERVER_MAX_UNUSED)
    g_hash_table_remove (table->by_key, first->key);
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

  g_hash_table_iter_init (&iter, table->by_key);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &server))
    {
      server->stale_from = G_MININT64;
      fram_server_forgive (server);
    }
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

FramKnownTransport
fram_server_get_stream (const FramServer *server)
{
  return fram_server_speaks_udp (server) ? FRAM_KNOWN_TCP : server->parts.transport;
}

gboolean
fram_server_is_turn (const FramServer *server)
{
  return server->parts.scheme == FRAM_SERVER_SCHEME_TURN;
}

void
fram_server_rest (FramServer *server, FramTurnOutcome outcome, guint code, FramTime until)
{
  server->refusal = outcome;
  server->refusal_code = code;
  server->rests = until;
}

void
fram_server_forgive (FramServer *server)
{
  server->rests = G_MININT64;
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
  g_hash_table_iter_init (&iter, table->by_key);
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
