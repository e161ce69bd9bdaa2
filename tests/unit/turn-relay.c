#include "turn-relay.h"

#include <string.h>

#include "base/big-endian.h"

TurnRelay *
turn_relay_new (const char *address, const char *relayed4, const char *relayed6,
                TurnRelaySend send, gpointer send_data)
{
  TurnRelay *relay = g_new0 (TurnRelay, 1);

  g_assert_true (fram_address_parse (&relay->address, address));
  g_assert_true (fram_address_parse_ip (&relay->relayed[0], relayed4, 50000));
  if (relayed6 != NULL)
    g_assert_true (fram_address_parse_ip (&relay->relayed[1], relayed6, 50000));
  turn_server_init (&relay->manners);
  if (relayed6 == NULL)
    relay->manners.manner |= TURN_SERVER_NO_IPV6;
  relay->send = send;
  relay->send_data = send_data;
  relay->clients = g_ptr_array_new ();
  return relay;
}

void
turn_relay_free (TurnRelay *relay)
{
  if (relay == NULL)
    return;
  for (guint i = 0; i < relay->clients->len; i++)
    {
      TurnServer *client = g_ptr_array_index (relay->clients, i);

      g_assert_cmpstr (client->breach, ==, NULL);
      turn_server_clear (client);
      g_free (client);
    }
  g_ptr_array_unref (relay->clients);
  turn_server_clear (&relay->manners);
  g_free (relay);
}

/* --- Clients ----------------------------------------------------------------------- */

static TurnServer *
find_client (TurnRelay *relay, const FramAddress *address)
{
  TurnServer *client;

  for (guint i = 0; i < relay->clients->len; i++)
    {
      client = g_ptr_array_index (relay->clients, i);
      if (fram_address_equal (&client->client, address))
        return client;
    }
  client = g_new0 (TurnServer, 1);
  turn_server_init (client);
  client->client = *address;
  for (guint i = 0; i < 2; i++)
    {
      client->relayed[i] = relay->relayed[i];
      relay->relayed[i].port++;
    }
  g_ptr_array_add (relay->clients, client);
  return client;
}

static void
adopt (TurnServer *client, const TurnServer *manners)
{
  client->manner = manners->manner;
  client->username = manners->username;
  client->password = manners->password;
  client->realm = manners->realm;
  client->lifetime = manners->lifetime;
  client->refusal = manners->refusal;
  if (client->n_nonces < manners->n_nonces)
    client->n_nonces = manners->n_nonces;
}

/* --- Data -------------------------------------------------------------------------- */

static gboolean
is_permitted (const TurnServer *client, const FramAddress *peer)
{
  for (guint i = 0; i < client->permissions->len; i++)
    if (fram_address_equal_ip (&g_array_index (client->permissions, FramAddress, i),
                               peer))
      return TRUE;
  return FALSE;
}

static void
relay_out (TurnRelay *relay, const TurnServer *client, const FramAddress *peer,
           const guint8 *data, gsize length)
{
  const FramAddress *from = &client->relayed[peer->family == FRAM_FAMILY_IPV6];

  if (!client->allocated || !is_permitted (client, peer) || from->family != peer->family)
    return;
  relay->n_relayed++;
  relay->send (from, peer, data, length, relay->send_data);
}

static void
take_channel_data (TurnRelay *relay, const TurnServer *client, const guint8 *data,
                   gsize length)
{
  guint number = fram_load_be16 (data), n = fram_load_be16 (data + 2);

  if (number - 0x4000 < client->channels->len && n + 4 <= length)
    relay_out (relay, client,
               &g_array_index (client->channels, FramAddress, number - 0x4000), data + 4,
               n);
}

static void
take_indication (TurnRelay *relay, const TurnServer *client,
                 const FramStunMessage *message)
{
  FramStunAttribute data;
  FramAddress peer;

  if (message->method == FRAM_STUN_SEND
      && fram_stun_message_get_address (message, FRAM_STUN_ATTR_XOR_PEER_ADDRESS, &peer)
      && fram_stun_message_find (message, FRAM_STUN_ATTR_DATA, &data))
    relay_out (relay, client, &peer, data.value, data.length);
}

static gsize
wrap (const TurnServer *client, const FramAddress *peer, const guint8 *data, gsize length,
      guint8 *buffer, gsize size)
{
  static const FramStunId id = { { 0 } };
  FramStunBuilder builder;

  for (guint i = 0; i < client->channels->len; i++)
    if (fram_address_equal (&g_array_index (client->channels, FramAddress, i), peer))
      {
        fram_store_be16 (buffer, (guint16) (0x4000 + i));
        fram_store_be16 (buffer + 2, (guint16) length);
        memcpy (buffer + 4, data, length);
        return length + 4;
      }
  fram_stun_builder_init (&builder, buffer, size, FRAM_STUN_INDICATION, FRAM_STUN_DATA,
                          &id);
  fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_XOR_PEER_ADDRESS, peer);
  fram_stun_builder_add (&builder, FRAM_STUN_ATTR_DATA, data, length);
  return fram_stun_builder_end (&builder);
}

static gboolean
relay_in (TurnRelay *relay, const FramAddress *from, const FramAddress *to,
          const guint8 *data, gsize length)
{
  guint8 buffer[2048];

  for (guint i = 0; i < relay->clients->len; i++)
    {
      const TurnServer *client = g_ptr_array_index (relay->clients, i);

      if (!fram_address_equal (&client->relayed[to->family == FRAM_FAMILY_IPV6], to))
        continue;
      if (!client->allocated || !is_permitted (client, from))
        return TRUE;
      relay->n_relayed++;
      relay->send (&relay->address, &client->client, buffer,
                   wrap (client, from, data, length, buffer, sizeof buffer),
                   relay->send_data);
      return TRUE;
    }
  return fram_address_equal_ip (to, &relay->relayed[to->family == FRAM_FAMILY_IPV6]);
}

/* --- The talk ---------------------------------------------------------------------- */

static gsize
answer_binding (const TurnRelay *relay, const FramStunMessage *request,
                const FramAddress *from, guint8 *buffer, gsize size)
{
  FramAddress mapped = *from;
  FramStunBuilder builder;

  mapped.port = (guint16) (mapped.port + relay->mapped_shift);
  fram_stun_builder_init_response (&builder, buffer, size, FRAM_STUN_SUCCESS, request);
  fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS, &mapped);
  fram_stun_builder_add_fingerprint (&builder);
  return fram_stun_builder_end (&builder);
}

static void
note_made (TurnRelay *relay, gboolean was_allocated, const TurnServer *client)
{
  guint n = turn_relay_count (relay);

  relay->n_made += client->allocated && !was_allocated;
  relay->n_most = MAX (relay->n_most, n);
}

/* RFC 8016: who shows the ticket of an allocation is its client from now on. */
static TurnServer *
follow_ticket (TurnRelay *relay, const FramAddress *from, const FramStunMessage *message)
{
  if (message->method != FRAM_STUN_REFRESH)
    return find_client (relay, from);
  for (guint i = 0; i < relay->clients->len; i++)
    {
      TurnServer *client = g_ptr_array_index (relay->clients, i);

      if (fram_address_equal (&client->client, from)
          || !turn_server_knows_ticket (client, message))
        continue;
      /* Whoever was there before has no allocation, or it would not ask for this one. */
      find_client (relay, from)->client = client->client;
      client->client = *from;
      relay->n_moved++;
      return client;
    }
  return find_client (relay, from);
}

static void
take_request (TurnRelay *relay, const FramAddress *from, const FramStunMessage *message,
              const guint8 *data, gsize length)
{
  TurnServer *client = follow_ticket (relay, from, message);
  gboolean was_allocated = client->allocated;
  FramAddress seen = client->client;
  guint8 buffer[2048];
  gsize n;

  if (message->method == FRAM_STUN_BINDING)
    n = relay->is_deaf ? 0 : answer_binding (relay, message, from, buffer, sizeof buffer);
  else
    {
      adopt (client, &relay->manners);
      client->client.port = (guint16) (seen.port + relay->mapped_shift);
      n = turn_server_answer (client, data, length, buffer, sizeof buffer);
      client->client = seen;
      relay->manners.refusal = client->refusal;
      note_made (relay, was_allocated, client);
    }
  if (n > 0)
    relay->send (&relay->address, from, buffer, n, relay->send_data);
}

gboolean
turn_relay_receive (TurnRelay *relay, const FramAddress *from, const FramAddress *to,
                    const guint8 *data, gsize length)
{
  FramStunMessage message;

  if (!fram_address_equal (to, &relay->address))
    return relay_in (relay, from, to, data, length);
  if (length >= 4 && data[0] >= 64 && data[0] <= 79)
    take_channel_data (relay, find_client (relay, from), data, length);
  else if (fram_stun_message_parse (&message, data, length) != FRAM_STUN_PARSE_OK)
    return TRUE;
  else if (message.klass == FRAM_STUN_REQUEST)
    take_request (relay, from, &message, data, length);
  else if (message.klass == FRAM_STUN_INDICATION)
    take_indication (relay, find_client (relay, from), &message);
  return TRUE;
}

/* --- Looking ----------------------------------------------------------------------- */

void
turn_relay_forget (TurnRelay *relay)
{
  for (guint i = 0; i < relay->clients->len; i++)
    {
      TurnServer *client = g_ptr_array_index (relay->clients, i);

      client->allocated = FALSE;
      g_array_set_size (client->permissions, 0);
      g_array_set_size (client->channels, 0);
    }
}

guint
turn_relay_count (const TurnRelay *relay)
{
  guint n = 0;

  for (guint i = 0; i < relay->clients->len; i++)
    n += ((const TurnServer *) g_ptr_array_index (relay->clients, i))->allocated;
  return n;
}

guint
turn_relay_count_requests (const TurnRelay *relay, guint16 method)
{
  guint n = 0;

  for (guint i = 0; i < relay->clients->len; i++)
    n += ((const TurnServer *) g_ptr_array_index (relay->clients, i))
             ->n_requests[method & 0xf];
  return n;
}

guint
turn_relay_count_deletions (const TurnRelay *relay)
{
  guint n = 0;

  for (guint i = 0; i < relay->clients->len; i++)
    n += ((const TurnServer *) g_ptr_array_index (relay->clients, i))->n_deletions;
  return n;
}
