#include "network.h"

#include "stun/message.h"

struct _SimNetwork
{
  const SimContext *context;
  char *name;
  SimLink link;
  FramTime last;
  GHashTable *nodes; /* FramAddress with port 0 -> SimNode */
  SimNode *gateway;
};

/* A packet in the air, and where it will land. */
typedef struct
{
  SimNetwork *network;
  SimPacket *packet;
  gboolean refusal; /* the news that it was refused, on its way back */
} Flight;

static void
flight_free (gpointer data)
{
  Flight *flight = data;

  sim_packet_free (flight->packet);
  g_free (flight);
}

static FramAddress
without_port (const FramAddress *address)
{
  FramAddress ip = *address;

  ip.port = 0;
  return ip;
}

SimNetwork *
sim_network_new (const SimContext *context, const char *name, const SimLink *link)
{
  SimNetwork *network = g_new0 (SimNetwork, 1);

  network->context = context;
  network->name = g_strdup (name);
  network->link = *link;
  network->nodes
      = g_hash_table_new_full (fram_address_hash, fram_address_equal, g_free, NULL);
  return network;
}

void
sim_network_free (SimNetwork *network)
{
  if (network == NULL)
    return;
  g_hash_table_unref (network->nodes);
  g_free (network->name);
  g_free (network);
}

const char *
sim_network_get_name (const SimNetwork *network)
{
  return network->name;
}

void
sim_network_attach (SimNetwork *network, const FramAddress *address, SimNode *node)
{
  FramAddress ip = without_port (address);

  g_assert (!g_hash_table_contains (network->nodes, &ip));
  g_hash_table_insert (network->nodes, g_memdup2 (&ip, sizeof ip), node);
}

void
sim_network_detach (SimNetwork *network, const FramAddress *address)
{
  FramAddress ip = without_port (address);

  g_hash_table_remove (network->nodes, &ip);
}

SimNode *
sim_network_find (SimNetwork *network, const FramAddress *address)
{
  FramAddress ip = without_port (address);

  return g_hash_table_lookup (network->nodes, &ip);
}

void
sim_network_set_gateway (SimNetwork *network, SimNode *gateway)
{
  network->gateway = gateway;
}

static SimNode *
next_hop (SimNetwork *network, const FramAddress *destination)
{
  SimNode *node = sim_network_find (network, destination);

  return node != NULL ? node : network->gateway;
}

/* The receiver is looked up on arrival: it may have left meanwhile. */
static void
land (gpointer subject, gpointer detail)
{
  SimNetwork *network = subject;
  Flight *flight = detail;
  SimPacket *packet = g_steal_pointer (&flight->packet);
  SimNode *node;

  if (flight->refusal)
    {
      node = sim_network_find (network, &packet->source);
      if (node != NULL && node->refused != NULL)
        node->refused (node, network, packet);
      sim_packet_free (packet);
    }
  else if ((node = next_hop (network, &packet->destination)) != NULL)
    node->receive (node, network, packet);
  else
    sim_packet_free (packet);
  flight_free (flight);
}

static void
take_off (SimNetwork *network, SimPacket *packet, FramTime at, gboolean refusal)
{
  Flight *flight = g_new0 (Flight, 1);

  flight->packet = packet;
  flight->refusal = refusal;
  sim_schedule_add (network->context->schedule, at, land, network, flight, flight_free);
}

static void
note (SimNetwork *network, const SimPacket *packet, const char *what)
{
  SimJournal *journal = network->context->journal;
  char from[FRAM_ADDRESS_TEXT], to[FRAM_ADDRESS_TEXT];
  g_autofree char *text = NULL;

  if (!journal->tracing)
    return;
  text = sim_packet_to_text (packet);
  sim_journal_note (journal, sim_schedule_now (network->context->schedule), network->name,
                    "%s -> %s  %s%s", fram_address_to_text (&packet->source, from),
                    fram_address_to_text (&packet->destination, to), text, what);
}

/* Whether the packet says who made it: what does not can be forged by anyone on the way, and
 * no rule could be held against that.  To a forged request, a TURN server answers with an
 * error that proves nothing (RFC 8489 §9.2.4), which is as good as forged. */
static gboolean
is_signed (const SimPacket *packet)
{
  FramStunMessage message;

  return !sim_packet_is_segment (packet)
         && fram_stun_message_parse (&message, packet->data, packet->length)
                == FRAM_STUN_PARSE_OK
         && message.method == FRAM_STUN_BINDING
         && (message.integrity != 0 || message.integrity_sha256 != 0);
}

/* Somebody on the way sends what looks like the packet. */
static void
mangle (SimNetwork *network, const SimPacket *packet, FramTime at)
{
  SimDice *dice = network->context->dice;
  SimPacket *forged;

  if (!sim_dice_chance (dice, network->link.mangle) || !is_signed (packet))
    return;
  forged = sim_packet_copy (packet);
  for (guint n = (guint) sim_dice_range (dice, 1, 4); n > 0; n--)
    forged->data[sim_dice_range (dice, 0, (gint64) packet->length)]
        ^= (guint8) sim_dice_range (dice, 1, 256);
  note (network, forged, "  (forged)");
  take_off (network, forged, at, FALSE);
}

gboolean
sim_network_send (SimNetwork *network, SimPacket *packet)
{
  const SimContext *context = network->context;
  SimPassage passage;

  if (packet->hops++ >= SIM_HOPS_MAX || next_hop (network, &packet->destination) == NULL)
    {
      note (network, packet, "  (no way there)");
      sim_packet_free (packet);
      return FALSE;
    }

  passage = sim_link_pass (&network->link, context->dice,
                           sim_schedule_now (context->schedule), &network->last);
  note (network, packet,
        passage.n == 0 ? "  (lost)" : (passage.n == 2 ? "  (twice)" : ""));
  if (passage.n >= 1)
    mangle (network, packet, passage.at[0]);
  if (passage.n == 2)
    take_off (network, sim_packet_copy (packet), passage.at[1], FALSE);
  if (passage.n >= 1)
    take_off (network, packet, passage.at[0], FALSE);
  else
    sim_packet_free (packet);
  return TRUE;
}

void
sim_network_refuse (SimNetwork *network, const SimPacket *packet)
{
  take_off (network, sim_packet_copy (packet),
            sim_schedule_now (network->context->schedule) + network->link.latency, TRUE);
}
