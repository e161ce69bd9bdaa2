#include "probing-world.h"

#include <string.h>

#include "broker/broker-private.h"

/* RFC 8445 §14.2 */
#define GAP FRAM_MILLISECONDS (5)

typedef struct
{
  FramAddress bound;
  FramAddress server; /* of a stream; family NONE: it is UDP */
  guint place;
  gboolean is_probe;
} ProbingSocket;

typedef struct
{
  FramTime arrival;
  gboolean inside;   /* it has passed the NAT already */
  FramBaseId stream; /* it is none, but that this stream is connected; or 0 */
  NatDatagram datagram;
} Packet;

void
probing_world_init (ProbingWorld *world)
{
  FramBrokerConfig config = { .policy = { .linger = FRAM_SECONDS (60), .probe = TRUE } };

  *world = (ProbingWorld){ .now = FRAM_SECONDS (1000),
                           .delay = FRAM_MILLISECONDS (20),
                           .next_port = 40000,
                           .last_begun = -1 };
  sim_dice_init (&world->dice, 1);
  world->broker = fram_broker_new (&config, &world->dice.random);
  g_queue_init (&world->packets);
  world->sockets = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  world->begun
      = g_hash_table_new_full (fram_stun_id_hash, fram_stun_id_equal, g_free, NULL);
  world->log = g_array_new (FALSE, FALSE, sizeof (FramEvent));
  world->facts = g_ptr_array_new_with_free_func ((GDestroyNotify) fram_fact_free);
  probing_world_change_network (world);
}

void
probing_world_clear (ProbingWorld *world)
{
  fram_broker_free (world->broker);
  for (guint i = 0; i < world->n_places; i++)
    {
      g_clear_pointer (&world->places[i].nat, sim_nat_free);
      g_clear_pointer (&world->places[i].firewall, sim_firewall_free);
    }
  g_queue_clear_full (&world->packets, g_free);
  g_hash_table_unref (world->sockets);
  g_hash_table_unref (world->begun);
  g_array_unref (world->log);
  g_ptr_array_unref (world->facts);
}

void
probing_world_tell_interfaces (ProbingWorld *world)
{
  FramInterfaceAddress told[PROBING_WORLD_PLACES];
  guint n = 0;

  for (guint i = 0; i < world->n_places; i++)
    if (world->places[i].interface.index != 0)
      told[n++] = world->places[i].interface;
  fram_broker_told_interfaces (world->broker, told, n, world->now);
  probing_world_settle (world);
}

void
probing_world_change_network (ProbingWorld *world)
{
  FramKnownNetwork network = { .name = "a network", .first_age = -1, .last_age = -1 };

  fram_broker_told_network (world->broker, &network, world->now);
  probing_world_settle (world);
}

guint
probing_world_add_place (ProbingWorld *world, const SimNatKind *kind)
{
  guint index = world->n_places++;
  ProbingPlace *place = &world->places[index];

  g_snprintf (place->interface.name, sizeof place->interface.name, "eth%u", index);
  place->interface.index = index + 1;
  fram_address_init_ipv4 (&place->interface.address,
                          kind != NULL ? 0xc0a8010a + 256 * index : 0xc6336421 + index,
                          0);
  fram_address_init_ipv4 (&place->external, 0xc0000201 + index, 0);
  if (kind != NULL)
    place->nat = sim_nat_new (kind, &place->external, &world->dice);
  probing_world_tell_interfaces (world);
  return index;
}

guint
probing_world_add_server (ProbingWorld *world, NatServerFaults faults)
{
  NatServer *server = &world->servers[world->n_servers];

  server->faults = faults;
  fram_address_init_ipv4 (&server->first, 0xcb007102 + 10 * world->n_servers, 3478);
  fram_address_init_ipv4 (&server->second, 0xcb007103 + 10 * world->n_servers, 3479);
  return world->n_servers++;
}

char *
probing_world_uri (const ProbingWorld *world, guint server)
{
  char text[FRAM_ADDRESS_TEXT];

  return g_strconcat ("stun:", fram_address_to_text (&world->servers[server].first, text),
                      NULL);
}

void
probing_world_set_policy (ProbingWorld *world, gboolean probe)
{
  FramBrokerPolicy policy = { .linger = FRAM_SECONDS (60), .probe = probe };

  fram_broker_set_policy (world->broker, &policy, world->now);
  probing_world_settle (world);
}

FramSessionId
probing_world_open (ProbingWorld *world, guint n_servers)
{
  FramSessionOptions options = { .owner = "a", .trickle = TRUE, .n_servers = n_servers };
  g_autoptr (GPtrArray) uris = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  FramSessionId session;

  for (guint i = 0; i < n_servers; i++)
    {
      g_ptr_array_add (uris, probing_world_uri (world, i));
      options.servers[i].uri = g_ptr_array_index (uris, i);
    }
  session = fram_broker_create_session (world->broker, &options, world->now, &error);
  g_assert_no_error (error);
  probing_world_settle (world);
  return session;
}

void
probing_world_call (ProbingWorld *world, FramSessionId session, const char *lines)
{
  FramDescription remote = { .ufrag = "peer", .pwd = "abcdefghijklmnopqrstuv" };
  g_auto (GStrv) each = g_strsplit (lines, ",", -1);
  g_autoptr (GError) error = NULL;

  fram_broker_set_remote_description (world->broker, session, &remote, world->now,
                                      &error);
  g_assert_no_error (error);
  for (guint i = 0; each[i] != NULL && each[i][0] != '\0'; i++)
    {
      fram_broker_add_remote_candidate (world->broker, session, NULL, 0, each[i],
                                        world->now, &error);
      g_assert_no_error (error);
    }
  fram_broker_end_remote_candidates (world->broker, session, NULL, world->now, &error);
  g_assert_no_error (error);
  probing_world_settle (world);
}

static ProbingSocket *
find_socket (ProbingWorld *world, FramBaseId base)
{
  return g_hash_table_lookup (world->sockets, GUINT_TO_POINTER (base));
}

/* --- Packets ----------------------------------------------------------------------- */

static gint
compare_arrival (gconstpointer a, gconstpointer b, gpointer data)
{
  const Packet *left = a, *right = b;

  return left->arrival < right->arrival ? -1 : left->arrival > right->arrival;
}

static void
put (ProbingWorld *world, const NatDatagram *datagram, FramTime delay, gboolean inside)
{
  Packet packet = { world->now + delay, inside, 0, *datagram };

  g_queue_insert_sorted (&world->packets, g_memdup2 (&packet, sizeof packet),
                         compare_arrival, NULL);
}

static void
leave (ProbingWorld *world, ProbingPlace *place, NatDatagram *datagram)
{
  if (place->blocked)
    return;
  if (place->firewall != NULL
      && !sim_firewall_outbound (place->firewall, &datagram->source,
                                 &datagram->destination, world->now))
    return;
  if (place->nat != NULL)
    {
      gboolean returns = fram_address_equal_ip (&datagram->destination, &place->external);

      sim_nat_outbound (place->nat, &datagram->source, &datagram->destination,
                        world->now);
      if (returns)
        {
          if (sim_nat_get_kind (place->nat)->hairpin
              && sim_nat_inbound (place->nat, &datagram->source, &datagram->destination,
                                  world->now))
            put (world, datagram, world->delay, TRUE);
          return;
        }
    }
  put (world, datagram, world->delay, FALSE);
}

static void
deliver (ProbingWorld *world, const NatDatagram *datagram)
{
  GHashTableIter iter;
  gpointer id;
  ProbingSocket *socket;

  g_hash_table_iter_init (&iter, world->sockets);
  while (g_hash_table_iter_next (&iter, &id, (gpointer *) &socket))
    if (socket->server.family == FRAM_FAMILY_NONE
        && fram_address_equal (&socket->bound, &datagram->destination))
      {
        fram_broker_receive (world->broker, GPOINTER_TO_UINT (id), &datagram->source,
                             datagram->data, datagram->length, world->now);
        return;
      }
}

static void
enter (ProbingWorld *world, NatDatagram *datagram)
{
  for (guint i = 0; i < world->n_places; i++)
    {
      ProbingPlace *place = &world->places[i];
      const FramAddress *outside
          = place->nat != NULL ? &place->external : &place->interface.address;

      if (!fram_address_equal_ip (&datagram->destination, outside))
        continue;
      if (place->nat != NULL
          && !sim_nat_inbound (place->nat, &datagram->source, &datagram->destination,
                               world->now))
        return;
      if (place->firewall != NULL
          && !sim_firewall_inbound (place->firewall, &datagram->source,
                                    &datagram->destination, world->now))
        return;
      deliver (world, datagram);
      return;
    }
}

static void
arrive (ProbingWorld *world)
{
  g_autofree Packet *packet = g_queue_pop_head (&world->packets);

  if (packet->stream != 0)
    {
      if (find_socket (world, packet->stream) != NULL)
        fram_broker_told_base_opened (world->broker, packet->stream,
                                      &find_socket (world, packet->stream)->bound,
                                      world->now);
      return;
    }
  if (packet->inside)
    {
      deliver (world, &packet->datagram);
      return;
    }
  for (guint i = 0; i < world->n_servers; i++)
    if (nat_server_is_at (&world->servers[i], &packet->datagram.destination))
      {
        if (nat_server_answer (&world->servers[i], &packet->datagram))
          put (world, &packet->datagram, world->delay, FALSE);
        return;
      }
  enter (world, &packet->datagram);
}

/* --- What the broker asks ---------------------------------------------------------- */

static void
open_socket (ProbingWorld *world, const FramEvent *event)
{
  ProbingSocket *socket = g_new0 (ProbingSocket, 1);

  g_assert_null (find_socket (world, event->base));
  for (guint i = 0; i < world->n_places; i++)
    if (fram_address_equal (&world->places[i].interface.address, &event->bind))
      socket->place = i;
  if (world->places[socket->place].refused)
    {
      g_free (socket);
      world->n_refused++;
      fram_broker_told_base_failed (world->broker, event->base, world->now);
      return;
    }
  socket->is_probe = event->lane == FRAM_LANE_NONE;
  socket->bound = event->bind;
  socket->bound.port = world->next_port++;
  world->n_probe_sockets += socket->is_probe;
  world->most_probe_sockets = MAX (world->most_probe_sockets, world->n_probe_sockets);
  g_hash_table_insert (world->sockets, GUINT_TO_POINTER (event->base), socket);
  fram_broker_told_base_opened (world->broker, event->base, &socket->bound, world->now);
}

static void
open_stream (ProbingWorld *world, const FramEvent *event)
{
  Packet connected = { .arrival = world->now + world->connecting, .stream = event->base };
  ProbingSocket *socket;

  if (!world->streams)
    {
      fram_broker_told_stream_failed (world->broker, event->base, FRAM_STREAM_UNREACHABLE,
                                      NULL, world->now);
      return;
    }
  socket = g_new0 (ProbingSocket, 1);
  socket->bound = event->bind;
  socket->bound.port = world->next_port++;
  socket->server = event->remote;
  g_hash_table_insert (world->sockets, GUINT_TO_POINTER (event->base), socket);
  g_queue_insert_sorted (&world->packets, g_memdup2 (&connected, sizeof connected),
                         compare_arrival, NULL);
}

static void
close_socket (ProbingWorld *world, FramBaseId base)
{
  ProbingSocket *socket = find_socket (world, base);

  /* It could not be opened, and was given up before that was known. */
  if (socket == NULL && world->n_refused > 0)
    return;
  g_assert_nonnull (socket);
  world->n_probe_sockets -= socket->is_probe;
  g_hash_table_remove (world->sockets, GUINT_TO_POINTER (base));
}

static void
watch_pace (ProbingWorld *world, const FramEvent *event)
{
  FramStunMessage message;

  g_assert_cmpint (fram_stun_message_parse (&message, event->data, event->length), ==,
                   FRAM_STUN_PARSE_OK);
  if (message.klass != FRAM_STUN_REQUEST
      || !g_hash_table_add (world->begun, g_memdup2 (&message.id, sizeof message.id)))
    return;
  if (world->last_begun >= 0)
    g_assert_cmpint (world->now - world->last_begun, >=, GAP);
  world->last_begun = world->now;
}

static void
transmit (ProbingWorld *world, const FramEvent *event)
{
  ProbingSocket *socket = find_socket (world, event->base);
  NatDatagram datagram = { .destination = event->remote, .length = event->length };

  g_assert_nonnull (socket);
  g_assert_cmpuint (event->length, <=, sizeof datagram.data);
  datagram.source = socket->bound;
  memcpy (datagram.data, event->data, event->length);
  if (socket->server.family != FRAM_FAMILY_NONE)
    {
      NatServer server = { .first = socket->server, .second = socket->server };

      g_assert_true (nat_server_answer (&server, &datagram));
      fram_broker_receive (world->broker, event->base, &socket->server, datagram.data,
                           datagram.length, world->now);
      return;
    }
  watch_pace (world, event);
  world->n_probe_packets += socket->is_probe;
  leave (world, &world->places[socket->place], &datagram);
}

static void
resolve (ProbingWorld *world, const FramEvent *event)
{
  gboolean found = g_strcmp0 (event->text, world->name) == 0;

  if (world->no_names)
    return;

  fram_broker_told_resolved (world->broker, event->query, &world->servers[0].first,
                             found ? 1 : 0, world->now);
}

static void
carry_out (ProbingWorld *world, FramEvent *event)
{
  switch (event->type)
    {
    case FRAM_EVENT_OPEN_BASE:
      open_socket (world, event);
      break;
    case FRAM_EVENT_OPEN_STREAM:
      open_stream (world, event);
      break;
    case FRAM_EVENT_CLOSE_BASE:
      close_socket (world, event->base);
      break;
    case FRAM_EVENT_TRANSMIT:
      transmit (world, event);
      break;
    case FRAM_EVENT_RESOLVE:
      resolve (world, event);
      break;
    case FRAM_EVENT_REMEMBER:
      g_ptr_array_add (world->facts, g_steal_pointer (&event->fact));
      break;
    case FRAM_EVENT_NAME_RESOLVE:
    case FRAM_EVENT_NAME_PUBLISH:
    case FRAM_EVENT_NAME_FORGET:
    case FRAM_EVENT_ROUTE_ADD:
    case FRAM_EVENT_ROUTE_REMOVE:
    case FRAM_EVENT_PATH:
    case FRAM_EVENT_LOCAL_CANDIDATE:
    case FRAM_EVENT_GATHERING_DONE:
    case FRAM_EVENT_STATE:
    case FRAM_EVENT_COMPONENT_STATE:
    case FRAM_EVENT_SELECTED:
    case FRAM_EVENT_RESTART_ADVISED:
    case FRAM_EVENT_PAIRS_CHANGED:
    case FRAM_EVENT_CLOSED:
    case FRAM_EVENT_NETWORK_CHECKED:
    case FRAM_EVENT_SERVER_TESTED:
    case FRAM_EVENT_TRACE:
    case FRAM_EVENT_RELAY_ADD:
    case FRAM_EVENT_RELAY_CHANNEL:
      g_array_append_vals (world->log, event, 1);
      break;
    }
  fram_event_clear (event);
}

void
probing_world_settle (ProbingWorld *world)
{
  FramBrokerTotals totals;
  FramEvent event;

  while (fram_broker_pop (world->broker, &event))
    carry_out (world, &event);
  fram_broker_get_totals (world->broker, &totals);
  g_assert_cmpuint (totals.n_probe_sockets, ==, world->n_probe_sockets);
}

/* --- Time -------------------------------------------------------------------------- */

static FramTime
next_time (ProbingWorld *world)
{
  const Packet *packet = g_queue_peek_head (&world->packets);

  return MIN (packet != NULL ? packet->arrival : FRAM_TIME_NEVER,
              fram_broker_deadline (world->broker));
}

void
probing_world_run (ProbingWorld *world, FramTime duration)
{
  FramTime until = world->now + duration;

  for (probing_world_settle (world); next_time (world) <= until;
       probing_world_settle (world))
    {
      const Packet *packet = g_queue_peek_head (&world->packets);

      world->now = MAX (world->now, next_time (world));
      if (packet != NULL && packet->arrival <= world->now)
        arrive (world);
      else
        fram_broker_advance (world->broker, world->now);
    }
  world->now = until;
}

void
probing_world_sleep (ProbingWorld *world, FramTime duration)
{
  g_queue_clear_full (&world->packets, g_free);
  world->now += duration;
}

/* --- Looking ----------------------------------------------------------------------- */

const FramNetworkNat *
probing_world_nat (const ProbingWorld *world, guint place)
{
  const FramInterfaceAddress *interface = &world->places[place].interface;

  return fram_network_find_nat (&world->broker->network, interface->name,
                                interface->address.family);
}

guint
probing_world_count (const ProbingWorld *world, FramEventType type)
{
  guint n = 0;

  for (guint i = 0; i < world->log->len; i++)
    n += g_array_index (world->log, FramEvent, i).type == type;
  return n;
}

guint
probing_world_count_facts (const ProbingWorld *world, FramFactKind kind)
{
  guint n = 0;

  for (guint i = 0; i < world->facts->len; i++)
    n += ((const FramFact *) g_ptr_array_index (world->facts, i))->kind == kind;
  return n;
}
