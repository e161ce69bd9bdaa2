#include "relay-server.h"

#include "../unit/turn-relay.h"

typedef struct
{
  gpointer subject;
  guint32 stream;
  FramAddress client; /* as the server sees it */
  SimRelayArrival arrival;
} Pipe;

struct _SimRelayServer
{
  SimNode node;
  const SimContext *context;
  SimNetwork *network;
  SimServerKind kind;
  TurnRelay *relay;
  GPtrArray *pipes;  /* Pipe */
  guint n_pipes;     /* ever */
  SimTcpServer *tcp; /* or NULL */
};

static void
send (const FramAddress *from, const FramAddress *to, const guint8 *data, gsize length,
      gpointer user_data)
{
  SimRelayServer *server = user_data;

  for (guint i = 0; i < server->pipes->len; i++)
    {
      const Pipe *pipe = g_ptr_array_index (server->pipes, i);

      if (fram_address_equal (&pipe->client, to))
        {
          pipe->arrival (pipe->subject, pipe->stream, data, length);
          return;
        }
    }
  sim_network_send (server->network, sim_packet_new (from, to, data, length));
}

/* A server that is busy says so to everybody. */
static void
refuse (SimRelayServer *server, const FramAddress *from, const guint8 *data, gsize length)
{
  FramStunMessage request;
  guint8 buffer[FRAM_STUN_MAX_SENT];

  if (fram_stun_message_parse (&request, data, length) != FRAM_STUN_PARSE_OK
      || request.klass != FRAM_STUN_REQUEST)
    return;
  send (&server->relay->address, from, buffer,
        sim_stun_server_build_answer (SIM_SERVER_BUSY, &request, from, NULL, buffer,
                                      sizeof buffer),
        server);
}

static gboolean
take (SimRelayServer *server, const FramAddress *from, const FramAddress *to,
      const guint8 *data, gsize length)
{
  switch (server->kind)
    {
    case SIM_SERVER_ANSWERS:
      return turn_relay_receive (server->relay, from, to, data, length);
    case SIM_SERVER_DEAF:
      return TRUE;
    case SIM_SERVER_BUSY:
      refuse (server, from, data, length);
      return TRUE;
    }
  g_assert_not_reached ();
}

static void
receive (SimNode *node, SimNetwork *from, SimPacket *packet)
{
  SimRelayServer *server = (SimRelayServer *) node;
  g_autoptr (SimPacket) owned G_GNUC_UNUSED = packet;

  if (sim_packet_is_segment (packet))
    {
      if (server->tcp != NULL)
        sim_tcp_server_receive (server->tcp, packet);
      return;
    }
  if (!take (server, &packet->source, &packet->destination, packet->data, packet->length))
    sim_network_refuse (from, packet);
}

SimRelayServer *
sim_relay_server_new (const SimContext *context, SimNetwork *network,
                      const FramAddress *address, const FramAddress relayed[2],
                      SimServerKind kind)
{
  SimRelayServer *server = g_new0 (SimRelayServer, 1);
  char text[FRAM_ADDRESS_TEXT], first[FRAM_ADDRESS_TEXT], second[FRAM_ADDRESS_TEXT];
  gboolean both = relayed[1].family != FRAM_FAMILY_NONE;

  g_strlcpy (server->node.name, "turn", sizeof server->node.name);
  server->node.receive = receive;
  server->context = context;
  server->network = network;
  server->kind = kind;
  server->pipes = g_ptr_array_new_with_free_func (g_free);
  server->relay = turn_relay_new (
      fram_address_to_text (address, text), fram_address_ip_to_text (&relayed[0], first),
      both ? fram_address_ip_to_text (&relayed[1], second) : NULL, send, server);
  server->relay->manners.username = SIM_RELAY_USER;
  server->relay->manners.password = SIM_RELAY_PASSWORD;
  /* Every other one gives tickets, by which allocations move (RFC 8016). */
  if (address->ip[3] % 2 == 0)
    server->relay->manners.manner |= TURN_SERVER_MOBILE;
  sim_network_attach (network, address, &server->node);
  sim_network_attach (network, &relayed[0], &server->node);
  if (both)
    sim_network_attach (network, &relayed[1], &server->node);
  return server;
}

void
sim_relay_server_add_tcp (SimRelayServer *server, SimTcpServer *tcp)
{
  server->tcp = tcp;
}

void
sim_relay_server_die (SimRelayServer *server)
{
  server->kind = SIM_SERVER_DEAF;
}

void
sim_relay_server_free (SimRelayServer *server)
{
  if (server == NULL)
    return;
  turn_relay_free (server->relay);
  g_ptr_array_unref (server->pipes);
  g_free (server);
}

/* --- Streams ----------------------------------------------------------------------- */

static Pipe *
find_pipe (SimRelayServer *server, gpointer subject, guint32 stream)
{
  for (guint i = 0; i < server->pipes->len; i++)
    {
      Pipe *pipe = g_ptr_array_index (server->pipes, i);

      if (pipe->subject == subject && pipe->stream == stream)
        return pipe;
    }
  return NULL;
}

/* RFC 2544's addresses, one for each stream: what a NAT makes of it is left out. */
void
sim_relay_server_connect (SimRelayServer *server, gpointer subject, guint32 stream,
                          SimRelayArrival arrival)
{
  Pipe *pipe = g_new0 (Pipe, 1);

  pipe->subject = subject;
  pipe->stream = stream;
  pipe->arrival = arrival;
  fram_address_init_ipv4 (&pipe->client, 0xc6120000u + server->n_pipes++ % 0x20000, 1024);
  g_ptr_array_add (server->pipes, pipe);
}

void
sim_relay_server_disconnect (SimRelayServer *server, gpointer subject, guint32 stream)
{
  g_ptr_array_remove (server->pipes, find_pipe (server, subject, stream));
}

void
sim_relay_server_take (SimRelayServer *server, gpointer subject, guint32 stream,
                       const guint8 *data, gsize length)
{
  const Pipe *pipe = find_pipe (server, subject, stream);
  FramAddress client = pipe->client;

  take (server, &client, &server->relay->address, data, length);
}
