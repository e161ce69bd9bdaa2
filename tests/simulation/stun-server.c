#include "stun-server.h"

#include "stun/builder.h"

struct _SimStunServer
{
  SimNode node;
  FramAddress address;
  SimServerKind kind;
};

gsize
sim_stun_server_build_answer (SimServerKind kind, const FramStunMessage *request,
                              const FramAddress *source, guint8 *buffer, gsize size)
{
  FramStunBuilder builder;
  FramStunClass klass = kind == SIM_SERVER_BUSY ? FRAM_STUN_ERROR : FRAM_STUN_SUCCESS;

  fram_stun_builder_init_response (&builder, buffer, size, klass, request);
  if (klass == FRAM_STUN_ERROR)
    fram_stun_builder_add_error (&builder, FRAM_STUN_ERROR_SERVER_ERROR,
                                 fram_stun_error_to_text (FRAM_STUN_ERROR_SERVER_ERROR));
  else
    fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS, source);
  if (request->fingerprint != 0)
    fram_stun_builder_add_fingerprint (&builder);
  return fram_stun_builder_end (&builder);
}

static void
receive (SimNode *node, SimNetwork *from, SimPacket *packet)
{
  SimStunServer *server = (SimStunServer *) node;
  g_autoptr (SimPacket) owned G_GNUC_UNUSED = packet;
  FramStunMessage request;
  guint8 buffer[FRAM_STUN_MAX_SENT];
  gsize length;

  if (packet->destination.port != server->address.port)
    {
      sim_network_refuse (from, packet);
      return;
    }
  if (server->kind == SIM_SERVER_DEAF
      || fram_stun_message_parse (&request, packet->data, packet->length)
             != FRAM_STUN_PARSE_OK
      || request.klass != FRAM_STUN_REQUEST || request.method != FRAM_STUN_BINDING)
    return;

  length = sim_stun_server_build_answer (server->kind, &request, &packet->source, buffer,
                                         sizeof buffer);
  g_assert (length > 0);
  sim_network_send (
      from, sim_packet_new (&packet->destination, &packet->source, buffer, length));
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
sim_stun_server_free (SimStunServer *server)
{
  g_free (server);
}
