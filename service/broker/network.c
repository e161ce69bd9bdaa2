#include "broker/network.h"

#include <string.h>

#include "nat/keepalive.h"

/* A deaf way is asked again after this long, then after twice as long, and so on; sooner if
 * the server was heard a moment ago, because then it is likely to be back soon. */
#define RETRY_FIRST FRAM_SECONDS (60)
#define RETRY_SOON FRAM_SECONDS (2)
#define A_MOMENT_AGO FRAM_SECONDS (10 * 60)
#define RETRY_LAST FRAM_SECONDS (30 * 60)
/* No server is so far away: what says so was not measured. */
#define MAX_RTT FRAM_SECONDS (60)

static void
server_free (gpointer data)
{
  FramNetworkServer *server = data;

  g_free (server->uri);
  g_free (server);
}

static void
way_free (gpointer data)
{
  FramNetworkWay *way = data;

  g_free (way->uri);
  g_free (way);
}

void
fram_network_init (FramNetwork *network)
{
  *network = (FramNetwork){
    .servers = g_ptr_array_new_with_free_func (server_free),
    .ways = g_ptr_array_new_with_free_func (way_free),
    .nats = g_ptr_array_new_with_free_func (g_free),
  };
}

void
fram_network_clear (FramNetwork *network)
{
  g_clear_pointer (&network->servers, g_ptr_array_unref);
  g_clear_pointer (&network->ways, g_ptr_array_unref);
  g_clear_pointer (&network->nats, g_ptr_array_unref);
}

/* --- Looking things up ------------------------------------------------------------- */

FramNetworkServer *
fram_network_find_server (const FramNetwork *network, const char *uri,
                          const FramAddress *address, FramKnownTransport transport)
{
  for (guint i = 0; i < network->servers->len; i++)
    {
      FramNetworkServer *server = g_ptr_array_index (network->servers, i);

      if (server->transport == transport && fram_address_equal (&server->address, address)
          && strcmp (server->uri, uri) == 0)
        return server;
    }
  return NULL;
}

FramNetworkWay *
fram_network_find_way (const FramNetwork *network, const char *interface, const char *uri,
                       FramFamily family, FramKnownTransport transport)
{
  for (guint i = 0; i < network->ways->len; i++)
    {
      FramNetworkWay *way = g_ptr_array_index (network->ways, i);

      if (way->family == family && way->transport == transport
          && strcmp (way->interface, interface) == 0 && strcmp (way->uri, uri) == 0)
        return way;
    }
  return NULL;
}

FramNetworkNat *
fram_network_find_nat (const FramNetwork *network, const char *interface,
                       FramFamily family)
{
  for (guint i = 0; i < network->nats->len; i++)
    {
      FramNetworkNat *nat = g_ptr_array_index (network->nats, i);

      if (nat->family == family && strcmp (nat->interface, interface) == 0)
        return nat;
    }
  return NULL;
}

FramTime
fram_network_get_rtt (const FramNetwork *network, const FramAddress *address,
                      FramKnownTransport transport)
{
  for (guint i = 0; i < network->servers->len; i++)
    {
      const FramNetworkServer *server = g_ptr_array_index (network->servers, i);

      if (server->rtt >= 0 && server->transport == transport
          && fram_address_equal (&server->address, address))
        return server->rtt;
    }
  return -1;
}

FramNetworkWay *
fram_network_find_silent (const FramNetwork *network, const char *interface,
                          const char *uri, FramFamily family,
                          FramKnownTransport transport)
{
  FramNetworkWay *way
      = fram_network_find_way (network, interface, uri, family, transport);
  FramNetworkWay *all = fram_network_find_way (network, interface, "", family, transport);

  return way == NULL || (way->doubted && all != NULL && !all->doubted) ? all : way;
}

gboolean
fram_network_is_deaf (const FramNetwork *network, const char *interface, const char *uri,
                      FramFamily family, FramKnownTransport transport)
{
  const FramNetworkWay *way
      = fram_network_find_silent (network, interface, uri, family, transport);

  return way != NULL && !way->doubted;
}

/* Whether the server answered some interface since the way is silent. */
static gboolean
answers_elsewhere (const FramNetwork *network, const FramNetworkWay *way)
{
  for (guint i = 0; i < network->servers->len; i++)
    {
      const FramNetworkServer *server = g_ptr_array_index (network->servers, i);

      if (server->transport == way->transport
          && (FramFamily) server->address.family == way->family
          && server->success >= way->since
          && (way->uri[0] == '\0' || strcmp (server->uri, way->uri) == 0))
        return TRUE;
    }
  return FALSE;
}

gboolean
fram_network_leads_nowhere (const FramNetwork *network, const char *interface,
                            FramFamily family)
{
  const FramNetworkNat *nat = fram_network_find_nat (network, interface, family);

  for (guint i = 0; i < network->ways->len; i++)
    {
      const FramNetworkWay *way = g_ptr_array_index (network->ways, i);

      if (way->family == family && way->transport == FRAM_KNOWN_UDP
          && strcmp (way->interface, interface) == 0
          && (nat == NULL || nat->heard < way->since) && answers_elsewhere (network, way))
        return TRUE;
    }
  return FALSE;
}

FramTime
fram_network_get_keepalive (const FramNetwork *network, const char *interface,
                            FramFamily family)
{
  const FramNetworkNat *nat = fram_network_find_nat (network, interface, family);
  FramNatLifetimeResult result = { .alive = 0, .dead = FRAM_TIME_NEVER };

  if (nat != NULL)
    {
      result.alive = nat->alive;
      result.dead = nat->dead;
    }
  return fram_nat_keepalive_interval (&result);
}

/* --- Entering ---------------------------------------------------------------------- */

/* Makes room by the loss of the row for which `last` is the longest ago. */
static void
make_room (GPtrArray *rows, guint max, FramTime (*last) (gconstpointer row))
{
  guint oldest = 0;

  if (rows->len < max)
    return;
  for (guint i = 1; i < rows->len; i++)
    if (last (g_ptr_array_index (rows, i)) < last (g_ptr_array_index (rows, oldest)))
      oldest = i;
  g_ptr_array_remove_index (rows, oldest);
}

static FramTime
last_of_server (gconstpointer row)
{
  const FramNetworkServer *server = row;

  return MAX (server->success, server->failure);
}

static FramTime
last_of_way (gconstpointer row)
{
  return ((const FramNetworkWay *) row)->confirmed;
}

static FramTime
last_of_nat (gconstpointer row)
{
  const FramNetworkNat *nat = row;

  return MAX (nat->heard, MAX (nat->found, nat->measured));
}

FramNetworkServer *
fram_network_put_server (FramNetwork *network, const char *uri,
                         const FramAddress *address, FramKnownTransport transport)
{
  FramNetworkServer *server = fram_network_find_server (network, uri, address, transport);

  if (server != NULL || strlen (uri) > FRAM_NETWORK_MAX_URI)
    return server;
  make_room (network->servers, FRAM_NETWORK_MAX_SERVERS, last_of_server);
  server = g_new0 (FramNetworkServer, 1);
  server->uri = g_strdup (uri);
  server->address = *address;
  server->transport = transport;
  server->rtt = server->told_rtt = -1;
  server->success = server->failure = server->told = FRAM_NETWORK_NEVER;
  g_ptr_array_add (network->servers, server);
  return server;
}

static void
set_retry (FramNetworkWay *way, FramTime first)
{
  way->retry
      = way->confirmed + CLAMP (way->confirmed - way->deaf + first, first, RETRY_LAST);
}

static FramNetworkWay *
enter_way (FramNetwork *network, const char *interface, const char *uri,
           FramFamily family, FramKnownTransport transport, FramTime now)
{
  FramNetworkWay *way
      = fram_network_find_way (network, interface, uri, family, transport);

  if (way != NULL || strlen (uri) > FRAM_NETWORK_MAX_URI)
    return way;
  make_room (network->ways, FRAM_NETWORK_MAX_WAYS, last_of_way);
  way = g_new0 (FramNetworkWay, 1);
  g_strlcpy (way->interface, interface, sizeof way->interface);
  way->uri = g_strdup (uri);
  way->family = family;
  way->transport = transport;
  way->doubted = TRUE;
  way->since = way->confirmed = way->retry = now;
  g_ptr_array_add (network->ways, way);
  return way;
}

FramNetworkWay *
fram_network_put_way (FramNetwork *network, const char *interface, const char *uri,
                      FramFamily family, FramKnownTransport transport, FramTime now)
{
  FramNetworkWay *way = enter_way (network, interface, uri, family, transport, now);
  const FramNetworkNat *nat;

  if (way == NULL)
    return NULL;
  nat = fram_network_find_nat (network, interface, family);
  if (way->doubted)
    way->deaf = now;
  way->doubted = FALSE;
  way->confirmed = now;
  set_retry (way,
             nat != NULL && nat->heard > now - A_MOMENT_AGO ? RETRY_SOON : RETRY_FIRST);
  return way;
}

void
fram_network_doubt_way (FramNetwork *network, const char *interface, const char *uri,
                        FramFamily family, FramKnownTransport transport, FramTime since)
{
  enter_way (network, interface, uri, family, transport, since);
}

void
fram_network_remove_way (FramNetwork *network, FramNetworkWay *way)
{
  g_ptr_array_remove_fast (network->ways, way);
}

FramNetworkNat *
fram_network_put_nat (FramNetwork *network, const char *interface, FramFamily family)
{
  FramNetworkNat *nat = fram_network_find_nat (network, interface, family);

  if (nat != NULL)
    return nat;
  make_room (network->nats, FRAM_NETWORK_MAX_NATS, last_of_nat);
  nat = g_new0 (FramNetworkNat, 1);
  g_strlcpy (nat->interface, interface, sizeof nat->interface);
  nat->family = family;
  nat->behaviour.rtt = -1;
  nat->dead = FRAM_TIME_NEVER;
  nat->found = nat->measured = nat->heard = FRAM_NETWORK_NEVER;
  g_ptr_array_add (network->nats, nat);
  return nat;
}

/* --- What is known from earlier ---------------------------------------------------- */

static FramTime
ago (FramTime now, FramTime age)
{
  return age < 0 ? FRAM_NETWORK_NEVER
                 : now - MIN (age, FRAM_SECONDS (10 * 365 * 86400LL));
}

static void
add_server (FramNetwork *network, const FramKnownServer *known, FramTime now)
{
  FramNetworkServer *server;
  FramTime rtt = known->rtt <= MAX_RTT ? known->rtt : -1;

  if (known->uri == NULL || known->address.family == FRAM_FAMILY_NONE)
    return;
  server
      = fram_network_put_server (network, known->uri, &known->address, known->transport);
  if (server == NULL)
    return;
  if (server->rtt < 0)
    server->rtt = MAX (rtt, -1);
  server->successes += known->successes;
  server->failures += known->failures;
  server->success = MAX (server->success, ago (now, known->success_age));
  server->failure = MAX (server->failure, ago (now, known->failure_age));
  if (server->told == FRAM_NETWORK_NEVER)
    {
      server->told_rtt = server->rtt;
      server->told = ago (now, known->success_age);
    }
}

static void
add_way (FramNetwork *network, const FramKnownDeaf *known, FramTime now)
{
  const char *uri = known->uri != NULL ? known->uri : "";
  FramNetworkWay *way;

  if (known->interface == NULL
      || fram_network_find_way (network, known->interface, uri, known->family,
                                known->transport)
             != NULL)
    return;
  way = fram_network_put_way (network, known->interface, uri, known->family,
                              known->transport, now);
  if (way == NULL)
    return;
  way->since = way->deaf = ago (now, MAX (known->age, 0));
  way->confirmed = ago (now, CLAMP (known->confirmed_age, 0, MAX (known->age, 0)));
  set_retry (way, RETRY_FIRST);
}

static void
add_nat (FramNetwork *network, const FramKnownNat *known, FramTime now)
{
  FramNetworkNat *nat;

  if (known->interface == NULL)
    return;
  nat = fram_network_put_nat (network, known->interface, known->family);
  if (nat->found != FRAM_NETWORK_NEVER)
    return;
  nat->behaviour = (FramNatBehaviour){
    .rtt = -1,
    .translated = known->translated,
    .keeps_port = known->keeps_port,
    .mapping = known->mapping,
    .filtering = known->filtering,
    .hairpin = known->hairpin,
  };
  nat->found = ago (now, MAX (known->age, 0));
}

static void
add_lifetime (FramNetwork *network, const FramKnownLifetime *known, FramTime now)
{
  FramNetworkNat *nat;

  if (known->interface == NULL || known->alive < 0 || known->dead <= known->alive)
    return;
  nat = fram_network_put_nat (network, known->interface, known->family);
  if (nat->measured != FRAM_NETWORK_NEVER)
    return;
  nat->alive = known->alive;
  nat->dead = known->dead;
  nat->measured = ago (now, MAX (known->age, 0));
}

void
fram_network_add_known (FramNetwork *network, const FramKnownNetwork *known, FramTime now)
{
  for (guint i = 0; i < MIN (known->n_servers, FRAM_NETWORK_MAX_SERVERS); i++)
    add_server (network, &known->servers[i], now);
  for (guint i = 0; i < MIN (known->n_deaf, FRAM_NETWORK_MAX_WAYS); i++)
    add_way (network, &known->deaf[i], now);
  for (guint i = 0; i < MIN (known->n_nats, FRAM_NETWORK_MAX_NATS); i++)
    add_nat (network, &known->nats[i], now);
  for (guint i = 0; i < MIN (known->n_lifetimes, FRAM_NETWORK_MAX_NATS); i++)
    add_lifetime (network, &known->lifetimes[i], now);
}
