/* Which servers are asked about a session's bases. */
#include "broker/broker-private.h"

/* Whether one of them is known to answer: of the others, it would take a second to find out
 * that the one that was asked is dead. */
static gboolean
has_known (FramBroker *broker, const FramBrokerSession *session, const FramBase *base)
{
  FramFamily family = (FramFamily) base->interface.address.family;

  for (guint i = 0; i < session->servers->len; i++)
    {
      const FramServer *server = g_ptr_array_index (session->servers, i);
      const FramAddress *address = fram_server_get_address (server, family);

      if (address != NULL && fram_server_speaks_udp (server)
          && fram_network_get_rtt (&broker->network, address, FRAM_KNOWN_UDP) >= 0
          && fram_network_find_silent (&broker->network, base->interface.name,
                                       server->uri, family, FRAM_KNOWN_UDP)
                 == NULL)
        return TRUE;
    }
  return FALSE;
}

/* Behind a NAT whose mapping is the same for all, one server tells as much as many. */
static gboolean
one_suffices (FramBroker *broker, const FramBrokerSession *session, const FramBase *base)
{
  const FramNetworkNat *nat
      = fram_network_find_nat (&broker->network, base->interface.name,
                               (FramFamily) base->interface.address.family);

  return nat != NULL && nat->found != FRAM_NETWORK_NEVER
         && nat->behaviour.mapping == FRAM_NAT_ENDPOINT_INDEPENDENT
         && has_known (broker, session, base);
}

/* Whether an answer is there, or to be expected.  `silent`: the server has not answered others. */
static gboolean
is_promising (FramBroker *broker, const FramMapping *mapping, gboolean silent,
              FramTime now)
{
  switch (mapping->state)
    {
    case FRAM_MAPPING_WAITING:
      return !silent;
    case FRAM_MAPPING_ASKING:
      return !silent && !fram_broker_mapping_is_late (broker, mapping, now);
    case FRAM_MAPPING_KNOWN:
      return !mapping->suspect;
    case FRAM_MAPPING_DEAF:
      return FALSE;
    }
  g_assert_not_reached ();
}

/* The quickest server that was not asked from this base; NULL if one is promising already, or
 * all were asked. */
static const FramServer *
choose_server (FramBroker *broker, const FramBrokerSession *session, const FramBase *base,
               FramTime now)
{
  FramFamily family = (FramFamily) base->interface.address.family;
  const FramServer *quickest = NULL;
  FramTime least = FRAM_TIME_NEVER;

  for (guint i = 0; i < session->servers->len; i++)
    {
      const FramServer *server = g_ptr_array_index (session->servers, i);
      const FramAddress *address = fram_server_get_address (server, family);
      const FramMapping *mapping;
      gboolean silent;
      FramTime rtt;

      if (address == NULL || !fram_server_speaks_udp (server))
        continue;
      silent = fram_network_find_silent (&broker->network, base->interface.name,
                                         server->uri, family, FRAM_KNOWN_UDP)
               != NULL;
      mapping = fram_broker_find_mapping (base, address);
      if (mapping != NULL && is_promising (broker, mapping, silent, now))
        return NULL;
      rtt = fram_network_get_rtt (&broker->network, address, FRAM_KNOWN_UDP);
      if (rtt < 0)
        rtt = FRAM_TIME_NEVER - 1;
      if (silent)
        rtt = FRAM_TIME_NEVER;
      if (mapping == NULL && (quickest == NULL || rtt < least))
        {
          quickest = server;
          least = rtt;
        }
    }
  return quickest;
}

static void
ask_one (FramBroker *broker, FramBrokerSession *session, FramBase *base, FramTime now)
{
  FramFamily family = (FramFamily) base->interface.address.family;
  gboolean fallback = FALSE;

  for (;;)
    {
      const FramServer *server = choose_server (broker, session, base, now);
      FramMapping *mapping;

      if (server == NULL)
        return;
      mapping = fram_broker_ask_mapping (
          broker, base, server->uri, fram_server_get_address (server, family), 0, now);
      mapping->fallback = fallback || base->mappings->len > 1;
      fallback = TRUE;
    }
}

/* Those on a way that is silent, or the others. Return: how many came before the next. */
static guint
ask_some (FramBroker *broker, FramBrokerSession *session, FramBase *base, gboolean silent,
          guint rank, FramTime now)
{
  FramFamily family = (FramFamily) base->interface.address.family;

  for (guint i = 0; i < session->servers->len; i++)
    {
      const FramServer *server = g_ptr_array_index (session->servers, i);
      const FramNetworkWay *way = fram_network_find_silent (
          &broker->network, base->interface.name, server->uri, family, FRAM_KNOWN_UDP);

      if ((way != NULL) != silent)
        continue;
      for (guint a = 0; a < server->n_addresses && fram_server_speaks_udp (server); a++)
        {
          const FramMapping *mapping = fram_broker_ask_mapping (
              broker, base, server->uri, &server->addresses[a], rank, now);

          rank += mapping != NULL && mapping->state != FRAM_MAPPING_DEAF;
        }
    }
  return rank;
}

static void
ask_all (FramBroker *broker, FramBrokerSession *session, FramBase *base, FramTime now)
{
  guint rank = ask_some (broker, session, base, FALSE, 0, now);

  ask_some (broker, session, base, TRUE, rank, now);
}

void
fram_broker_ask_substitute (FramBroker *broker, FramBrokerSession *session,
                            FramBase *base, FramTime now)
{
  if (session->servers != NULL && one_suffices (broker, session, base))
    ask_one (broker, session, base, now);
}

void
fram_broker_ask_servers (FramBroker *broker, FramBrokerSession *session, FramBase *base,
                         FramTime now)
{
  for (guint i = 0; session->servers != NULL && i < session->servers->len; i++)
    {
      const FramServer *server = g_ptr_array_index (session->servers, i);

      /* A TURN server is asked for a relay by its stream, and needs no other one. */
      if (!fram_server_speaks_udp (server) && !fram_server_is_turn (server))
        fram_broker_streams_try (broker, &base->interface, server, now);
    }
  if (session->servers == NULL)
    return;
  if (one_suffices (broker, session, base))
    ask_one (broker, session, base, now);
  else
    ask_all (broker, session, base, now);
}
