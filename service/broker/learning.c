/* What is learned of the network goes into its tables and, where it is news, to whoever
 * remembers it. */
#include "broker/broker-private.h"

/* A server's answers are told when they are new, when they take another time, and besides so
 * often, so that it is known when it was seen last. */
#define TELL_AGAIN FRAM_SECONDS (10 * 60)

/* What is learned while it is not known which network this is, is told when it is. */
static void
remember (FramBroker *broker, const FramFact *fact)
{
  if (broker->network.is_told)
    fram_broker_emit (broker, FRAM_EVENT_REMEMBER, 0)->fact = fram_fact_copy (fact);
}

/* --- Servers ----------------------------------------------------------------------- */

static void
tell_server (FramBroker *broker, FramFactKind kind, FramNetworkServer *server,
             FramTime rtt, FramTime now)
{
  FramFact fact = {
    .kind = kind,
    .server = { .uri = server->uri,
                .address = server->address,
                .transport = server->transport,
                .rtt = rtt },
  };

  if (!broker->network.is_told)
    return;
  remember (broker, &fact);
  server->told = now;
  server->told_rtt = server->rtt;
}

static gboolean
is_news (const FramNetworkServer *server, FramTime now)
{
  FramTime change = ABS (server->rtt - server->told_rtt);

  return server->told_rtt < 0 || server->told == FRAM_NETWORK_NEVER
         || server->failure > server->told || change > server->told_rtt / 5
         || now - server->told >= TELL_AGAIN;
}

void
fram_broker_learn_answer (FramBroker *broker, const char *uri, const FramAddress *address,
                          FramKnownTransport transport, FramTime rtt, FramTime now)
{
  FramNetworkServer *server
      = fram_network_put_server (&broker->network, uri, address, transport);

  if (server == NULL)
    return;
  server->successes++;
  server->success = now;
  if (rtt >= 0)
    server->rtt = server->rtt < 0 ? rtt : (7 * server->rtt + rtt) / 8; /* RFC 6298 §2 */
  if (server->rtt >= 0 && is_news (server, now))
    tell_server (broker, FRAM_FACT_SERVER_ANSWERED, server, rtt >= 0 ? rtt : server->rtt,
                 now);
}

void
fram_broker_learn_silence (FramBroker *broker, const char *uri,
                           const FramAddress *address, FramKnownTransport transport,
                           FramTime now)
{
  FramNetworkServer *server
      = fram_network_put_server (&broker->network, uri, address, transport);

  if (server == NULL)
    return;
  server->failures++;
  server->failure = now;
  tell_server (broker, FRAM_FACT_SERVER_SILENT, server, -1, now);
}

/* --- Ways -------------------------------------------------------------------------- */

static void
tell_way (FramBroker *broker, FramFactKind kind, const FramNetworkWay *way)
{
  FramFact fact = {
    .kind = kind,
    .deaf = { .interface = way->interface,
              .uri = way->uri,
              .family = way->family,
              .transport = way->transport },
  };

  remember (broker, &fact);
}

void
fram_broker_learn_deaf (FramBroker *broker, const char *interface, const char *uri,
                        FramFamily family, FramKnownTransport transport, FramTime now)
{
  const FramNetworkWay *way
      = fram_network_put_way (&broker->network, interface, uri, family, transport, now);

  if (way != NULL)
    tell_way (broker, FRAM_FACT_DEAF, way);
}

gboolean
fram_broker_learn_heard (FramBroker *broker, const char *interface, const char *uri,
                         FramFamily family, FramKnownTransport transport, FramTime now)
{
  FramNetwork *network = &broker->network;
  const char *const names[] = { uri, "" };
  gboolean is_news = FALSE;

  if (transport == FRAM_KNOWN_UDP)
    fram_network_put_nat (network, interface, family)->heard = now;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      FramNetworkWay *way
          = fram_network_find_way (network, interface, names[i], family, transport);

      if (way == NULL)
        continue;
      is_news = TRUE;
      if (!way->doubted)
        tell_way (broker, FRAM_FACT_HEARD, way);
      fram_network_remove_way (network, way);
    }
  return is_news;
}

void
fram_broker_learn_doubt (FramBroker *broker, const char *interface, const char *uri,
                         FramFamily family, FramKnownTransport transport, FramTime since)
{
  fram_network_doubt_way (&broker->network, interface, uri, family, transport, since);
}

/* --- NATs -------------------------------------------------------------------------- */

static void
tell_nat (FramBroker *broker, const FramNetworkNat *nat)
{
  const FramNatBehaviour *behaviour = &nat->behaviour;
  FramFact fact = {
    .kind = FRAM_FACT_NAT,
    .nat = { .interface = nat->interface,
             .family = nat->family,
             .translated = behaviour->translated,
             .keeps_port = behaviour->keeps_port,
             .mapping = behaviour->mapping,
             .filtering = behaviour->filtering,
             .hairpin = behaviour->hairpin },
  };

  remember (broker, &fact);
}

static void
tell_lifetime (FramBroker *broker, const FramNetworkNat *nat)
{
  FramFact fact = {
    .kind = FRAM_FACT_LIFETIME,
    .lifetime = { .interface = nat->interface,
                  .family = nat->family,
                  .alive = nat->alive,
                  .dead = nat->dead },
  };

  remember (broker, &fact);
}

void
fram_broker_learn_nat (FramBroker *broker, const char *interface, FramFamily family,
                       const FramNatBehaviour *behaviour, FramTime now)
{
  FramNetworkNat *nat = fram_network_put_nat (&broker->network, interface, family);

  nat->behaviour = *behaviour;
  nat->found = now;
  tell_nat (broker, nat);
}

void
fram_broker_learn_lifetime (FramBroker *broker, const char *interface, FramFamily family,
                            FramTime alive, FramTime dead, FramTime now)
{
  FramNetworkNat *nat = fram_network_put_nat (&broker->network, interface, family);
  gboolean is_news = nat->measured == FRAM_NETWORK_NEVER || nat->alive != alive
                     || nat->dead != dead || now - nat->measured >= TELL_AGAIN;

  nat->alive = alive;
  nat->dead = dead;
  nat->measured = now;
  if (!is_news)
    return;
  tell_lifetime (broker, nat);
  fram_broker_rekeep_mappings (broker, interface, family, now);
}

/* --- Networks ---------------------------------------------------------------------- */

static void
tell_all (FramBroker *broker, FramTime now)
{
  FramNetwork *network = &broker->network;

  for (guint i = 0; i < network->servers->len; i++)
    {
      FramNetworkServer *server = g_ptr_array_index (network->servers, i);

      if (server->rtt >= 0)
        tell_server (broker, FRAM_FACT_SERVER_ANSWERED, server, server->rtt, now);
      if (server->failures > 0)
        tell_server (broker, FRAM_FACT_SERVER_SILENT, server, -1, now);
    }
  for (guint i = 0; i < network->ways->len; i++)
    {
      const FramNetworkWay *way = g_ptr_array_index (network->ways, i);

      if (!way->doubted)
        tell_way (broker, FRAM_FACT_DEAF, way);
    }
  for (guint i = 0; i < network->nats->len; i++)
    {
      const FramNetworkNat *nat = g_ptr_array_index (network->nats, i);

      if (nat->found != FRAM_NETWORK_NEVER)
        tell_nat (broker, nat);
      if (nat->measured != FRAM_NETWORK_NEVER)
        tell_lifetime (broker, nat);
    }
}

/* Ways that were deaf, and have been heard before the network was told. */
static void
forget_heard (FramBroker *broker, FramTime now)
{
  GHashTableIter iter;
  FramBase *base;

  g_hash_table_iter_init (&iter, broker->bases.by_id);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &base))
    for (guint i = 0; i < base->mappings->len; i++)
      {
        const FramMapping *mapping = g_ptr_array_index (base->mappings, i);

        if (mapping->state == FRAM_MAPPING_KNOWN)
          fram_broker_learn_heard (broker, base->interface.name, mapping->uri,
                                   (FramFamily) mapping->server.family, FRAM_KNOWN_UDP,
                                   mapping->answered);
      }
}

/* Of what goes on, some may go on otherwise with what is known now. */
static void
apply_known (FramBroker *broker, FramTime now)
{
  g_autoptr (GList) sessions = g_hash_table_get_values (broker->sessions);

  for (guint i = 0; i < broker->network.nats->len; i++)
    {
      const FramNetworkNat *nat = g_ptr_array_index (broker->network.nats, i);

      fram_broker_rekeep_mappings (broker, nat->interface, nat->family, now);
    }
  for (GList *l = sessions; l != NULL; l = l->next)
    {
      fram_broker_review_relays (broker, l->data, now);
      fram_broker_gather_check_done (broker, l->data, now);
      fram_broker_session_drain (broker, l->data, now);
    }
  fram_probing_review (broker, now);
}

static void
leave_network (FramBroker *broker)
{
  fram_network_clear (&broker->network);
  fram_network_init (&broker->network);
  fram_server_table_age (&broker->servers);
  fram_broker_streams_forget (broker);
}

void
fram_broker_told_network (FramBroker *broker, const FramKnownNetwork *known, FramTime now)
{
  FramNetwork *network = &broker->network;
  gboolean is_other = network->is_told || (known == NULL && network->is_unknown);

  if (is_other)
    leave_network (broker);
  if (known == NULL)
    network->is_unknown = TRUE;
  else
    {
      network->is_told = TRUE;
      tell_all (broker, now);
      fram_network_add_known (network, known, now);
      if (!is_other)
        forget_heard (broker, now);
      apply_known (broker, now);
    }
  if (!is_other)
    return;
  fram_probing_network_changed (broker, now);
  fram_broker_recheck_all (broker, now);
}
