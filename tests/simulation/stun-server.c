#include "stun-server.h"

#include "base/big-endian.h"
#include "server-tcp.h"
#include "stun/builder.h"

/* RFC 5780 §7.2 */
#define CHANGE_IP 4
#define CHANGE_PORT 2

struct _SimStunServer
{
  SimNode node;
  FramAddress address;
  FramAddress second; /* family NONE: it has none */
  SimServerKind kind;
  SimTcpServer *tcp; /* or NULL */
};

gsize
sim_stun_server_build_answer (SimServerKind kind, const FramStunMessage *request,
                              const FramAddress *source, const FramAddress *other,
                              guint8 *buffer, gsize size)
{
  FramStunBuilder builder;
  FramStunClass klass = kind == SIM_SERVER_BUSY ? FRAM_STUN_ERROR : FRAM_STUN_SUCCESS;

  fram_stun_builder_init_response (&builder, buffer, size, klass, request);
  if (klass == FRAM_STUN_ERROR)
    fram_stun_builder_add_error (&builder, FRAM_STUN_ERROR_SERVER_ERROR,
                                 fram_stun_error_to_text (FRAM_STUN_ERROR_SERVER_ERROR));
  else
    fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS, source);
  if (other != NULL)
    fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_OTHER_ADDRESS, other);
  if (request->fingerprint != 0)
    fram_stun_builder_add_fingerprint (&builder);
  return fram_stun_builder_end (&builder);
}

static gboolean
is_at (const SimStunServer *server, const FramAddress *address)
{
  if (server->second.family == FRAM_FAMILY_NONE)
    return address->port == server->address.port;
  return address->port == server->address.port || address->port == server->second.port;
}

/* The other IP address with the other port. */
static FramAddress
other_of (const SimStunServer *server, const FramAddress *asked)
{
  const FramAddress *first = &server->address, *second = &server->second;
  FramAddress other = fram_address_equal_ip (asked, first) ? *second : *first;

  other.port = asked->port == first->port ? second->port : first->port;
  return other;
}

static void
send_answer (SimStunServer *server, SimNetwork *network, const FramStunMessage *request,
             const SimPacket *asked)
{
  FramAddress other = other_of (server, &asked->destination);
  FramAddress from = asked->destination, to = asked->source;
  gboolean helps = server->second.family != FRAM_FAMILY_NONE;
  FramStunAttribute port;
  guint8 buffer[FRAM_STUN_MAX_SENT];
  guint32 change = 0;
  gsize length
      = sim_stun_server_build_answer (server->kind, request, &asked->source,
                                      helps ? &other : NULL, buffer, sizeof buffer);

  g_assert (length > 0);
  if (helps)
    fram_stun_message_get_u32 (request, FRAM_STUN_ATTR_CHANGE_REQUEST, &change);
  if ((change & CHANGE_IP) != 0)
    {
      from = other;
      from.port = asked->destination.port;
    }
  if ((change & CHANGE_PORT) != 0)
    from.port = other.port;
  if (helps && fram_stun_message_find (request, FRAM_STUN_ATTR_RESPONSE_PORT, &port)
      && port.length >= 2)
    to.port = fram_load_be16 (port.value);
  sim_network_send (network, sim_packet_new (&from, &to, buffer, length));
}

static void
receive (SimNode *node, SimNetwork *from, SimPacket *packet)
{
  SimStunServer *server = (SimStunServer *) node;
  g_autoptr (SimPacket) owned G_GNUC_UNUSED = packet;
  FramStunMessage request;

  if (sim_packet_is_segment (packet))
    {
      if (server->tcp != NULL)
        sim_tcp_server_receive (server->tcp, packet);
      return;
    }
  if (!is_at (server, &packet->destination))
    {
      sim_network_refuse (from, packet);
      return;
    }
  if (server->kind == SIM_SERVER_DEAF
      || fram_stun_message_parse (&request, packet->data, packet->length)
             != FRAM_STUN_PARSE_OK
      || request.klass != FRAM_STUN_REQUEST || request.method != FRAM_STUN_BINDING)
    return;
  send_answer (server, from, &request, packet);
}

SimStunServer *
sim_stun_server_new (SimNetwork *network, const FramAddress *address, SimServerKind kind)
{
  SimStunServer *server = g_new0 (SimStunServer, 1);

  g_strlcpy (server->node.name, "stun", sizeof server->node.name);
  server->node.receive = receive;
  server->address = *address;
  server->kind = kind;
  sim_network_attach (network, address, &server->node);
  return server;
}

void
sim_stun_server_help (SimStunServer *server, SimNetwork *network,
                      const FramAddress *second)
{
  g_assert (second->port != server->address.port);
  server->second = *second;
  sim_network_attach (network, second, &server->node);
}

void
sim_stun_server_add_tcp (SimStunServer *server, SimTcpServer *tcp)
{
  server->tcp = tcp;
}

void
sim_stun_server_die (SimStunServer *server)
{
  server->kind = SIM_SERVER_DEAF;
}

void
sim_stun_server_free (SimStunServer *server)
{
  g_free (server);
}
