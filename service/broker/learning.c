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
tell_way (FramBroker *broker, FramFactKind kind, const char *interface, const char *uri,
          FramFamily family, FramKnownTransport transport)
{
  FramFact fact = {
    .kind = kind,
    .deaf
    = { .interface = interface, .uri = uri, .family = family, .transport = transport },
  };

  remember (broker, &fact);
}

void
fram_broker_learn_deaf (FramBroker *broker, const char *interface, const char *uri,
                        FramFamily family, FramKnownTransport transport, FramTime now)
{
  if (fram_network_put_way (&broker->network, interface, uri, family, transport, now)
      != NULL)
    tell_way (broker, FRAM_FACT_DEAF, interface, uri, family, transport);
}

void
fram_broker_learn_heard (FramBroker *broker, const char *interface, const char *uri,
                         FramFamily family, FramKnownTransport transport, FramTime now)
{
  FramNetwork *network = &broker->network;
  const char *const names[] = { uri, "" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      FramNetworkWay *way
          = fram_network_find_way (network, interface, names[i], family, transport);

      if (way == NULL)
        continue;
      fram_network_remove_way (network, way);
      tell_way (broker, FRAM_FACT_HEARD, interface, names[i], family, transport);
    }
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
  if (is_news)
    tell_lifetime (broker, nat);
}
