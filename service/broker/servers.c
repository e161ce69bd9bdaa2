#include "broker/servers.h"

#include <string.h>

/* RFC 8489 §8.1 */
#define STUN_PORT 3478
/* RFC 1035 §2.3.4 */
#define MAX_HOST 255

static void
server_free (gpointer data)
{
  FramServer *server = data;

  g_free (server->uri);
  g_free (server->host);
  g_free (server);
}

void
fram_server_table_init (FramServerTable *table)
{
  table->by_uri = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, server_free);
  table->next_query = 1;
}

void
fram_server_table_clear (FramServerTable *table)
{
  g_clear_pointer (&table->by_uri, g_hash_table_unref);
}

/* host [ ":" port ], the host a name, an IPv4 address or an IPv6 address in brackets. */
static gboolean
split_host (const char *text, char **ret_host, guint16 *ret_port)
{
  const char *end, *port = NULL;
  guint64 number = STUN_PORT;
  gboolean bracket = text[0] == '[';

  if (bracket)
    {
      end = strchr (++text, ']');
      if (end == NULL || (end[1] != '\0' && end[1] != ':'))
        return FALSE;
      port = end[1] == ':' ? end + 2 : NULL;
    }
  else
    {
      end = text + strcspn (text, ":");
      port = *end == ':' ? end + 1 : NULL;
    }
  if (port != NULL && !g_ascii_string_to_unsigned (port, 10, 1, 65535, &number, NULL))
    return FALSE;
  if (end == text || end - text > MAX_HOST)
    return FALSE;
  *ret_host = g_strndup (text, end - text);
  *ret_port = (guint16) number;
  return TRUE;
}

static gboolean
is_host (const char *host, gboolean bracket)
{
  static const char in_names[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-._";
  FramAddress address;

  if (bracket)
    return strchr (host, ':') != NULL && fram_address_parse_ip (&address, host, 0);
  return strspn (host, in_names) == strlen (host) && host[0] != '.' && host[0] != '-';
}

gboolean
fram_server_uri_check (const char *uri, GError **error)
{
  g_autofree char *host = NULL;
  const char *colon = strchr (uri, ':');
  guint16 port;

  if (colon != NULL
      && (g_ascii_strncasecmp (uri, "stuns:", 6) == 0
          || g_ascii_strncasecmp (uri, "turn:", 5) == 0
          || g_ascii_strncasecmp (uri, "turns:", 6) == 0))
    {
      g_set_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_NOT_SUPPORTED,
                   "This version of Fram asks servers by “stun:” only, not by “%.*s”",
                   (int) (colon + 1 - uri), uri);
      return FALSE;
    }
  if (g_ascii_strncasecmp (uri, "stun:", 5) == 0 && split_host (uri + 5, &host, &port)
      && is_host (host, uri[5] == '['))
    return TRUE;
  g_set_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_INVALID_ARGUMENT,
               "“%.80s” is not a server: it should look like stun:stun.example.org:3478",
               uri);
  return FALSE;
}

FramServer *
fram_server_table_join (FramServerTable *table, const char *uri, gboolean *ret_resolve)
{
  FramServer *server = g_hash_table_lookup (table->by_uri, uri);

  *ret_resolve = FALSE;
  if (server == NULL)
    {
      server = g_new0 (FramServer, 1);
      server->uri = g_strdup (uri);
      if (!split_host (uri + strlen ("stun:"), &server->host, &server->port))
        g_assert_not_reached ();
      g_hash_table_insert (table->by_uri, server->uri, server);
      if (fram_address_parse_ip (&server->addresses[0], server->host, server->port))
        {
          server->n_addresses = 1;
          server->state = FRAM_SERVER_READY;
        }
    }
  server->n_users++;
  /* A name that was not found may be found by now. */
  if (server->n_addresses == 0 && server->query == 0)
    {
      server->state = FRAM_SERVER_RESOLVING;
      server->query = table->next_query++;
      if (table->next_query == 0)
        table->next_query = 1;
      *ret_resolve = TRUE;
    }
  return server;
}

void
fram_server_table_leave (FramServerTable *table, FramServer *server)
{
  if (--server->n_users == 0)
    g_hash_table_remove (table->by_uri, server->uri);
}

FramServer *
fram_server_table_resolved (FramServerTable *table, guint16 query,
                            const FramAddress *addresses, guint n_addresses)
{
  GHashTableIter iter;
  FramServer *server;

  g_hash_table_iter_init (&iter, table->by_uri);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &server))
    {
      if (server->query != query)
        continue;
      server->query = 0;
      for (guint i = 0; i < n_addresses; i++)
        {
          FramAddress *next = &server->addresses[server->n_addresses];

          if (server->n_addresses == FRAM_SERVER_MAX_ADDRESSES
              || (server->n_addresses == 1 && next[-1].family == addresses[i].family))
            continue;
          *next = addresses[i];
          next->port = server->port;
          server->n_addresses++;
        }
      server->state
          = server->n_addresses > 0 ? FRAM_SERVER_READY : FRAM_SERVER_UNKNOWN_NAME;
      return server;
    }
  return NULL;
}

gboolean
fram_server_has_address (const FramServer *server, const FramAddress *address)
{
  for (guint i = 0; i < server->n_addresses; i++)
    if (fram_address_equal (&server->addresses[i], address))
      return TRUE;
  return FALSE;
}
