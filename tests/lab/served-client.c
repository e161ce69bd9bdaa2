#include "served-client.h"

#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/big-endian.h"
#include "io/sockaddr.h"

#define MAX_MESSAGE 65536
#define CHANNEL_FIRST 0x4000
#define CHANNEL_HEADER 4

struct _ServedClient
{
  const TurnScript *script;
  TurnServer server;
  FramAddress listening;
  ServedClientSend send;
  gpointer user_data;
  int relay; /* the socket of its relayed address; or -1 */
  guint relay_source;
  gboolean was_allocated;
  guint n_asked, n_answered;
};

/* --- What is told ------------------------------------------------------------------- */

static void
tell (const ServedClient *client, const char *what, const FramAddress *address)
{
  char own[FRAM_ADDRESS_TEXT], text[FRAM_ADDRESS_TEXT];

  printf ("%s %s %s\n", what, fram_address_to_text (&client->server.client, own),
          fram_address_to_text (address, text));
  fflush (stdout);
}

/* --- Between the client and its peers ----------------------------------------------- */

static gboolean
is_permitted (const ServedClient *client, const FramAddress *peer)
{
  const GArray *permissions = client->server.permissions;

  for (guint i = 0; i < permissions->len; i++)
    if (fram_address_equal_ip (&g_array_index (permissions, FramAddress, i), peer))
      return TRUE;
  return FALSE;
}

/* Return: 0: there is none. */
static guint16
find_channel (const ServedClient *client, const FramAddress *peer)
{
  const GArray *channels = client->server.channels;

  for (guint i = 0; i < channels->len; i++)
    if (fram_address_equal (&g_array_index (channels, FramAddress, i), peer))
      return (guint16) (CHANNEL_FIRST + i);
  return 0;
}

static void
send_to_peer (ServedClient *client, const FramAddress *peer, const guint8 *data,
              gsize length)
{
  FramSockaddr to;
  socklen_t to_length = fram_sockaddr_from_address (&to, peer, 0);

  if (client->relay >= 0 && client->server.allocated && is_permitted (client, peer)
      && !client->script->loses_data)
    sendto (client->relay, data, length, 0, &to.any, to_length);
}

static void
take_channel_data (ServedClient *client, const guint8 *message, gsize length)
{
  guint number = fram_load_be16 (message) - CHANNEL_FIRST;
  gsize data_length = fram_load_be16 (message + 2);

  if (number < client->server.channels->len && CHANNEL_HEADER + data_length <= length)
    send_to_peer (client, &g_array_index (client->server.channels, FramAddress, number),
                  message + CHANNEL_HEADER, data_length);
}

static void
take_indication (ServedClient *client, const FramStunMessage *message)
{
  FramStunAttribute data;
  FramAddress peer;

  if (message->method == FRAM_STUN_SEND
      && fram_stun_message_find (message, FRAM_STUN_ATTR_DATA, &data)
      && fram_stun_message_get_address (message, FRAM_STUN_ATTR_XOR_PEER_ADDRESS, &peer))
    send_to_peer (client, &peer, data.value, data.length);
}

static void
send_by_channel (ServedClient *client, guint16 channel, const guint8 *data, gsize length)
{
  guint8 buffer[MAX_MESSAGE];

  fram_store_be16 (buffer, channel);
  fram_store_be16 (buffer + 2, (guint16) length);
  memcpy (buffer + CHANNEL_HEADER, data, length);
  client->send (client->user_data, buffer, CHANNEL_HEADER + length);
}

static void
send_by_indication (ServedClient *client, const FramAddress *peer, const guint8 *data,
                    gsize length)
{
  guint8 buffer[MAX_MESSAGE];
  FramStunBuilder builder;
  FramStunId id;

  for (guint i = 0; i < sizeof id.bytes; i++)
    id.bytes[i] = (guint8) g_random_int ();
  fram_stun_builder_init (&builder, buffer, sizeof buffer, FRAM_STUN_INDICATION,
                          FRAM_STUN_DATA, &id);
  fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_XOR_PEER_ADDRESS, peer);
  fram_stun_builder_add (&builder, FRAM_STUN_ATTR_DATA, data, length);
  length = fram_stun_builder_end (&builder);
  if (length > 0)
    client->send (client->user_data, buffer, length);
}

static gboolean
on_peer (gint fd, GIOCondition condition, gpointer user_data)
{
  ServedClient *client = user_data;
  guint8 buffer[MAX_MESSAGE - CHANNEL_HEADER];
  FramSockaddr from;
  socklen_t from_length = sizeof from;
  FramAddress peer;
  guint16 channel;
  ssize_t n = recvfrom (fd, buffer, sizeof buffer, 0, &from.any, &from_length);

  /* What a peer's host says of a port there is no datagram. */
  if (n < 0 || !fram_sockaddr_to_address (&from, from_length, &peer)
      || !client->server.allocated || !is_permitted (client, &peer)
      || client->script->loses_data)
    return G_SOURCE_CONTINUE;
  channel = find_channel (client, &peer);
  if (channel != 0)
    send_by_channel (client, channel, buffer, (gsize) n);
  else
    send_by_indication (client, &peer, buffer, (gsize) n);
  return G_SOURCE_CONTINUE;
}

/* --- The relayed address ------------------------------------------------------------ */

static void
open_relay (ServedClient *client)
{
  FramAddress bind_to = client->listening;
  FramSockaddr own;
  socklen_t length;

  bind_to.port = 0;
  length = fram_sockaddr_from_address (&own, &bind_to, 0);
  client->relay = socket (own.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (client->relay < 0 || bind (client->relay, &own.any, length) != 0
      || getsockname (client->relay, &own.any, &length) != 0)
    g_error ("No socket for a relayed address");
  client->relay_source = g_unix_fd_add (client->relay, G_IO_IN, on_peer, client);
  fram_sockaddr_to_address (&own, length, &client->server.relayed[0]);
  if (client->script->relayed.family != FRAM_FAMILY_NONE)
    client->server.relayed[0] = client->script->relayed;
}

static void
close_relay (ServedClient *client)
{
  if (client->relay < 0)
    return;
  g_source_remove (client->relay_source);
  close (client->relay);
  client->relay = -1;
  g_array_set_size (client->server.permissions, 0);
  g_array_set_size (client->server.channels, 0);
}

static void
note_changes (ServedClient *client)
{
  gboolean is_allocated = client->server.allocated;

  if (client->server.breach != NULL)
    tell (client, client->server.breach, &client->server.relayed[0]);
  client->server.breach = NULL;
  if (is_allocated == client->was_allocated)
    return;
  client->was_allocated = is_allocated;
  tell (client, is_allocated ? "allocated" : "deleted", &client->server.relayed[0]);
  if (is_allocated)
    return;
  g_clear_pointer (&client->server.owner, g_free);
  close_relay (client);
}

/* --- Requests ----------------------------------------------------------------------- */

/* RFC 8489 §12: anybody is told who he is. */
static gsize
answer_binding (ServedClient *client, const FramStunMessage *request, guint8 *buffer,
                gsize size)
{
  FramStunBuilder builder;

  client->server.n_requests[FRAM_STUN_BINDING]++;
  if ((client->script->manner & TURN_SERVER_SILENT) != 0)
    return 0;
  fram_stun_builder_init_response (&builder, buffer, size, FRAM_STUN_SUCCESS, request);
  fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS,
                                 &client->server.client);
  fram_stun_builder_add_fingerprint (&builder);
  return fram_stun_builder_end (&builder);
}

static void
take_request (ServedClient *client, const FramStunMessage *request)
{
  const TurnScript *script = client->script;
  guint8 buffer[2048];
  gsize length;

  client->n_asked++;
  if (script->stale_after > 0 && client->n_asked % script->stale_after == 0)
    turn_server_renew_nonce (&client->server);
  if (client->relay < 0)
    open_relay (client);
  length = request->method == FRAM_STUN_BINDING
               ? answer_binding (client, request, buffer, sizeof buffer)
               : turn_server_answer (&client->server, request->data, request->length,
                                     buffer, sizeof buffer);
  note_changes (client);
  if (length == 0
      || (script->silent_after > 0 && client->n_answered >= script->silent_after))
    return;
  client->n_answered++;
  turn_script_spoil (script, buffer, length);
  client->send (client->user_data, buffer, length);
}

void
served_client_take (ServedClient *client, const guint8 *message, gsize length)
{
  FramStunMessage parsed;

  if (length >= CHANNEL_HEADER && message[0] >= CHANNEL_FIRST >> 8)
    take_channel_data (client, message, length);
  else if (fram_stun_message_parse (&parsed, message, length) != FRAM_STUN_PARSE_OK)
    return;
  else if (parsed.klass == FRAM_STUN_INDICATION)
    take_indication (client, &parsed);
  else if (parsed.klass == FRAM_STUN_REQUEST)
    take_request (client, &parsed);
}

/* --- Its life ----------------------------------------------------------------------- */

ServedClient *
served_client_new (const TurnScript *script, const FramAddress *address,
                   const FramAddress *listening, ServedClientSend send,
                   gpointer user_data)
{
  ServedClient *client = g_new0 (ServedClient, 1);

  client->script = script;
  turn_server_init (&client->server);
  client->server.client = *address;
  client->listening = *listening;
  client->send = send;
  client->user_data = user_data;
  client->relay = -1;
  served_client_follow (client);
  return client;
}

void
served_client_free (ServedClient *client)
{
  close_relay (client);
  turn_server_clear (&client->server);
  g_free (client);
}

void
served_client_follow (ServedClient *client)
{
  turn_script_apply (client->script, &client->server);
  client->n_answered = 0;
}

void
served_client_forget (ServedClient *client)
{
  client->server.allocated = FALSE;
  note_changes (client);
}

void
served_client_renew_nonce (ServedClient *client)
{
  turn_server_renew_nonce (&client->server);
}

guint
served_client_count (const ServedClient *client, FramStunMethod method)
{
  return client->server.n_requests[method & 0xf];
}
