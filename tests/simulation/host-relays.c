/* A host's relayed bases: what io/ does with the data of applications that go by a relay, as
 * ChannelData or in indications. (RFC 8656 §11, §12) */
#include <string.h>

#include "base/big-endian.h"
#include "broker/network-snapshot.h"
#include "host-private.h"
#include "stun/builder.h"
#include "turn/turn.h"

/* RFC 8016: so long, and a bit, a relay may wait for another interface address. */
#define HOMELESS_LIMIT FRAM_SECONDS (36)
/* RFC 8489 §6.2.1: so long a request is repeated that nobody saw at first. */
#define REPEATED FRAM_SECONDS (40)

typedef struct
{
  FramBaseId id, carrier; /* carrier 0: none */
  FramTime lost;          /* when it lost its carrier; FRAM_TIME_NEVER */
  FramTime found;         /* when it got another one; 0 */
  FramAddress server, address;
  GHashTable *numbers; /* peer -> channel, by which is sent */
  GHashTable *heard;   /* channel -> peer, owned: whose it is that comes by it */
} Relay;

static void
relay_free (gpointer data)
{
  Relay *relay = data;

  g_hash_table_unref (relay->numbers);
  g_hash_table_unref (relay->heard);
  g_free (relay);
}

GHashTable *
sim_host_relays_new (void)
{
  return g_hash_table_new_full (NULL, NULL, NULL, relay_free);
}

static Relay *
find_relay (const SimHost *host, FramBaseId id)
{
  return g_hash_table_lookup (host->relays, GUINT_TO_POINTER (id));
}

gboolean
sim_host_is_relayed (const SimHost *host, FramBaseId id)
{
  return find_relay (host, id) != NULL;
}

/* --- What the broker asks ---------------------------------------------------------- */

static void
check_homeless (SimHost *host, const Relay *relay)
{
  if (relay->lost != FRAM_TIME_NEVER
      && sim_host_now (host) - relay->lost > HOMELESS_LIMIT)
    SIM_HOST_VIOLATE (host, "relay-has-carrier", "base %u had none since %.3f s",
                      relay->id, (double) relay->lost / 1e6);
}

void
sim_host_add_relay (SimHost *host, const FramEvent *event)
{
  Relay *relay = find_relay (host, event->base);
  char text[FRAM_ADDRESS_TEXT];

  sim_journal_note (host->context->journal, sim_host_now (host), host->node.name,
                    "base %u is relayed, by base %u: %s", event->base, event->carrier,
                    fram_address_to_text (&event->bind, text));
  if (!sim_host_has_base (host, event->carrier)
      || (relay != NULL && !fram_address_equal (&relay->address, &event->bind)))
    SIM_HOST_VIOLATE (host, "relay-has-carrier", "base %u is relayed by base %u",
                      event->base, event->carrier);
  if (relay != NULL)
    {
      check_homeless (host, relay);
      relay->carrier = event->carrier;
      relay->lost = FRAM_TIME_NEVER;
      relay->found = sim_host_now (host);
      return;
    }
  relay = g_new0 (Relay, 1);
  relay->lost = FRAM_TIME_NEVER;
  relay->id = event->base;
  relay->carrier = event->carrier;
  relay->server = event->remote;
  relay->address = event->bind;
  relay->heard = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  relay->numbers
      = g_hash_table_new_full (fram_address_hash, fram_address_equal, g_free, NULL);
  g_hash_table_insert (host->relays, GUINT_TO_POINTER (relay->id), relay);
}

gboolean
sim_host_close_relay (SimHost *host, const FramEvent *event)
{
  const Relay *relay = find_relay (host, event->base);

  if (relay == NULL)
    return FALSE;
  check_homeless (host, relay);
  return g_hash_table_remove (host->relays, GUINT_TO_POINTER (event->base));
}

void
sim_host_lose_carrier (SimHost *host, FramBaseId carrier)
{
  GHashTableIter iter;
  Relay *relay;

  g_hash_table_iter_init (&iter, host->relays);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &relay))
    if (relay->carrier == carrier)
      {
        relay->carrier = 0;
        relay->lost = sim_host_now (host);
      }
}

gboolean
sim_host_repeats_unseen (const SimHost *host, FramBaseId base)
{
  const Relay *relay = find_relay (host, base);

  return relay != NULL && relay->found != 0
         && sim_host_now (host) - relay->found < REPEATED;
}

/* RFC 8656 §12: a number is one peer's, and stays so. */
static void
hear_channel (SimHost *host, Relay *relay, const FramEvent *event)
{
  gpointer number = GUINT_TO_POINTER (event->channel);
  const FramAddress *peer = g_hash_table_lookup (relay->heard, number);

  if (event->channel == 0)
    return;
  if (peer != NULL && !fram_address_equal (peer, &event->remote))
    SIM_HOST_VIOLATE (host, "one-channel-one-peer", "channel %#x of base %u",
                      event->channel, relay->id);
  if (peer == NULL)
    g_hash_table_insert (relay->heard, number,
                         g_memdup2 (&event->remote, sizeof event->remote));
}

void
sim_host_set_channel (SimHost *host, const FramEvent *event)
{
  Relay *relay = find_relay (host, event->base);

  if (relay == NULL)
    {
      SIM_HOST_VIOLATE (host, "base-exists", "a channel of base %u", event->base);
      return;
    }
  hear_channel (host, relay, event);
  if (event->is_asked)
    return;
  g_hash_table_remove (relay->numbers, &event->remote);
  if (event->channel != 0)
    g_hash_table_insert (relay->numbers, g_memdup2 (&event->remote, sizeof event->remote),
                         GUINT_TO_POINTER (event->channel));
}

/* --- Packets ----------------------------------------------------------------------- */

static gsize
wrap (const Relay *relay, const FramAddress *peer, const guint8 *data, gsize length,
      guint8 *buffer, gsize size)
{
  static const FramStunId id = { { 0 } };
  guint number = GPOINTER_TO_UINT (g_hash_table_lookup (relay->numbers, peer));
  FramStunBuilder builder;

  if (number != 0)
    {
      fram_store_be16 (buffer, (guint16) number);
      fram_store_be16 (buffer + 2, (guint16) length);
      memcpy (buffer + FRAM_TURN_CHANNEL_HEADER, data, length);
      return length + FRAM_TURN_CHANNEL_HEADER;
    }
  fram_stun_builder_init (&builder, buffer, size, FRAM_STUN_INDICATION, FRAM_STUN_SEND,
                          &id);
  fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_XOR_PEER_ADDRESS, peer);
  fram_stun_builder_add (&builder, FRAM_STUN_ATTR_DATA, data, length);
  return fram_stun_builder_end (&builder);
}

gboolean
sim_host_relay_data (SimHost *host, const SimTuple *path, const void *data, gsize length)
{
  const Relay *relay = find_relay (host, path->base);
  guint8 buffer[1500];

  if (relay == NULL)
    return FALSE;
  if (relay->carrier != 0)
    sim_host_send_by (host, relay->carrier, &relay->server, buffer,
                      wrap (relay, &path->remote, data, length, buffer, sizeof buffer));
  return TRUE;
}

static gboolean
find_channel (const Relay *relay, guint number, FramAddress *ret_peer)
{
  const FramAddress *peer = g_hash_table_lookup (relay->heard, GUINT_TO_POINTER (number));

  if (peer != NULL)
    *ret_peer = *peer;
  return peer != NULL;
}

static gboolean
unwrap_by (const Relay *relay, const guint8 *packet, gsize length, guint16 method,
           FramAddress *ret_peer, const guint8 **ret_data, gsize *ret_length)
{
  FramStunMessage message;
  FramStunAttribute data;

  if (length >= FRAM_TURN_CHANNEL_HEADER && packet[0] >= 64 && packet[0] <= 79)
    {
      *ret_data = packet + FRAM_TURN_CHANNEL_HEADER;
      *ret_length = fram_load_be16 (packet + 2);
      return *ret_length + FRAM_TURN_CHANNEL_HEADER <= length
             && find_channel (relay, fram_load_be16 (packet), ret_peer);
    }
  if (fram_stun_message_parse (&message, packet, length) != FRAM_STUN_PARSE_OK
      || message.klass != FRAM_STUN_INDICATION || message.method != method
      || !fram_stun_message_get_address (&message, FRAM_STUN_ATTR_XOR_PEER_ADDRESS,
                                         ret_peer)
      || !fram_stun_message_find (&message, FRAM_STUN_ATTR_DATA, &data))
    return FALSE;
  *ret_data = data.value;
  *ret_length = data.length;
  return TRUE;
}

gboolean
sim_host_unwrap (SimHost *host, FramBaseId carrier, const FramAddress *server,
                 const guint8 *packet, gsize length, gboolean is_sent,
                 SimTuple *ret_tuple, const guint8 **ret_data, gsize *ret_length)
{
  guint16 method = is_sent ? FRAM_STUN_SEND : FRAM_STUN_DATA;
  GHashTableIter iter;
  Relay *relay;

  g_hash_table_iter_init (&iter, host->relays);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &relay))
    {
      const guint8 *inside;
      gsize inside_length;
      FramAddress peer;

      if (relay->carrier != carrier || !fram_address_equal (&relay->server, server)
          || !unwrap_by (relay, packet, length, method, &peer, &inside, &inside_length)
          || relay->address.family != peer.family)
        continue;
      *ret_tuple = (SimTuple){ relay->id, peer };
      *ret_data = inside;
      *ret_length = inside_length;
      return TRUE;
    }
  return FALSE;
}

/* --- Rules ------------------------------------------------------------------------- */

static gboolean
is_live (const FramAllocationRow *row)
{
  return row->state != FRAM_ALLOCATION_ROW_ENDING
         && row->state != FRAM_ALLOCATION_ROW_CLOSING;
}

/* RFC 8016: one that moves may come beside another, for who uses it has it still. */
static gboolean
moves (const SimHost *host, const FramAllocationRow *row)
{
  GHashTableIter iter;
  const Relay *relay;

  g_hash_table_iter_init (&iter, host->relays);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &relay))
    if ((relay->found != 0 || relay->lost != FRAM_TIME_NEVER)
        && (fram_address_equal (&relay->address, &row->relayed[0])
            || fram_address_equal (&relay->address, &row->relayed[1])))
      return TRUE;
  return FALSE;
}

void
sim_host_check_relays (SimHost *host)
{
  g_autoptr (GArray) rows
      = fram_broker_list_allocations (host->broker, sim_host_now (host));

  for (guint i = 1; i < rows->len; i++)
    {
      const FramAllocationRow *row = &g_array_index (rows, FramAllocationRow, i);
      const FramAllocationRow *last = row - 1;

      if (g_str_equal (row->uri, last->uri) && row->lane == last->lane
          && row->transport == last->transport
          && fram_address_equal_ip (&row->local, &last->local) && is_live (row)
          && is_live (last) && !moves (host, row) && !moves (host, last))
        SIM_HOST_VIOLATE (host, "one-allocation", "two at %s", row->uri);
    }
}
