#include "server-tcp.h"

#include "io/stream-framer.h"

#define LISTENING 1

typedef struct
{
  FramAddress address; /* as it is seen here */
  FramStreamFramer framer;
} Client;

struct _SimTcpServer
{
  SimNetwork *network;
  SimServerKind kind;
  gboolean is_dead;
  SimTcp *tcp;
  GHashTable *clients;
  guint32 n_clients; /* ever */
};

static void
client_free (gpointer data)
{
  Client *client = data;

  fram_stream_framer_clear (&client->framer);
  g_free (client);
}

static void
send_packet (gpointer owner, SimPacket *packet)
{
  sim_network_send (((SimTcpServer *) owner)->network, packet);
}

static guint32
accept_client (gpointer owner, guint32 listening, const FramAddress *remote)
{
  SimTcpServer *server = owner;
  Client *client = g_new0 (Client, 1);

  client->address = *remote;
  fram_stream_framer_init (&client->framer, FALSE);
  server->n_clients++;
  g_hash_table_insert (server->clients, GUINT_TO_POINTER (server->n_clients), client);
  return server->n_clients;
}

static void
answer (SimTcpServer *server, guint32 id, const Client *client, const guint8 *data,
        gsize length)
{
  FramStunMessage request;
  guint8 buffer[FRAM_STUN_MAX_SENT];

  if (server->kind == SIM_SERVER_DEAF
      || fram_stun_message_parse (&request, data, length) != FRAM_STUN_PARSE_OK
      || request.klass != FRAM_STUN_REQUEST || request.method != FRAM_STUN_BINDING)
    return;
  sim_tcp_send (server->tcp, id, buffer,
                sim_stun_server_build_answer (server->kind, &request, &client->address,
                                              NULL, buffer, sizeof buffer));
}

static void
received (gpointer owner, guint32 id, const guint8 *data, gsize length)
{
  SimTcpServer *server = owner;
  Client *client = g_hash_table_lookup (server->clients, GUINT_TO_POINTER (id));
  const guint8 *message;
  gsize message_length;

  fram_stream_framer_push (&client->framer, data, length);
  while (fram_stream_framer_next (&client->framer, &message, &message_length)
         == FRAM_STREAM_FRAME_MESSAGE)
    answer (server, id, client, message, message_length);
}

static void
opened (gpointer owner, guint32 id)
{
  /* It connects to nobody. */
  g_assert_not_reached ();
}

static void
ended (gpointer owner, guint32 id, SimTcpEnd how)
{
  g_hash_table_remove (((SimTcpServer *) owner)->clients, GUINT_TO_POINTER (id));
}

SimTcpServer *
sim_tcp_server_new (const SimContext *context, SimNetwork *network,
                    const FramAddress *address, SimServerKind kind)
{
  static const SimTcpOwner owner
      = { send_packet, accept_client, opened, received, ended };
  SimTcpServer *server = g_new0 (SimTcpServer, 1);

  server->network = network;
  server->kind = kind;
  server->clients = g_hash_table_new_full (NULL, NULL, NULL, client_free);
  server->tcp = sim_tcp_new (context, &owner, server, TRUE);
  sim_tcp_listen (server->tcp, LISTENING, address);
  return server;
}

void
sim_tcp_server_free (SimTcpServer *server)
{
  if (server == NULL)
    return;
  sim_tcp_free (server->tcp);
  g_hash_table_unref (server->clients);
  g_free (server);
}

void
sim_tcp_server_receive (SimTcpServer *server, const SimPacket *packet)
{
  if (!server->is_dead)
    sim_tcp_receive (server->tcp, packet);
}

void
sim_tcp_server_die (SimTcpServer *server)
{
  server->is_dead = TRUE;
  sim_tcp_forget (server->tcp);
}
