#include "nat-world.h"

#include <string.h>

#define HAIRPIN_DELAY FRAM_MILLISECONDS (1)

typedef struct
{
  FramTime arrival;
  gboolean inside; /* it has passed the NAT already */
  NatDatagram datagram;
} Packet;

void
nat_world_init (NatWorld *world, guint64 seed)
{
  *world = (NatWorld){ .now = FRAM_SECONDS (1000),
                       .delay = FRAM_MILLISECONDS (20),
                       .down_from = FRAM_TIME_NEVER,
                       .no_sockets_from = FRAM_TIME_NEVER,
                       .last_question = -1,
                       .next_port = 40000 };
  sim_dice_init (&world->dice, seed);
  g_queue_init (&world->packets);
  fram_address_parse (&world->external, "192.0.2.1:0");
  fram_address_parse (&world->servers[0].first, "203.0.113.2:3478");
  fram_address_parse (&world->servers[0].second, "203.0.113.3:3479");
  fram_address_parse (&world->servers[1].first, "198.51.100.9:3478");
  world->servers[1].second = world->servers[1].first;
  world->servers[1].faults = NAT_SERVER_SINGLE;
  for (guint i = 0; i < NAT_WORLD_SOCKETS; i++)
    {
      fram_address_parse (&world->local[i], "192.168.1.10:0");
      world->local[i].port = world->next_port++;
    }
}

void
nat_world_clear (NatWorld *world)
{
  g_queue_clear_full (&world->packets, g_free);
  g_clear_pointer (&world->nat, sim_nat_free);
  g_clear_pointer (&world->other_nat, sim_nat_free);
  g_clear_pointer (&world->firewall, sim_firewall_free);
}

void
nat_world_set_nat (NatWorld *world, const SimNatKind *kind)
{
  g_clear_pointer (&world->nat, sim_nat_free);
  if (kind != NULL)
    world->nat = sim_nat_new (kind, &world->external, &world->dice);
}

static FramAddress
other_external (const NatWorld *world)
{
  FramAddress other = world->external;

  other.ip[3]++;
  return other;
}

void
nat_world_add_address (NatWorld *world, const SimNatKind *kind, guint by_other)
{
  FramAddress other = other_external (world);

  world->other_nat = sim_nat_new (kind, &other, &world->dice);
  world->by_other = by_other;
}

void
nat_world_set_firewall (NatWorld *world, SimFirewallKind kind, FramTime lifetime)
{
  g_clear_pointer (&world->firewall, sim_firewall_free);
  world->firewall = sim_firewall_new (kind, lifetime);
}

void
nat_world_go_public (NatWorld *world)
{
  for (guint i = 0; i < NAT_WORLD_SOCKETS; i++)
    {
      guint16 port = world->local[i].port;

      fram_address_parse (&world->local[i], "198.51.100.33:0");
      world->local[i].port = port;
    }
}

static gint
compare_arrival (gconstpointer a, gconstpointer b, gpointer data)
{
  const Packet *left = a, *right = b;

  return left->arrival < right->arrival ? -1 : left->arrival > right->arrival;
}

static void
put (NatWorld *world, const NatDatagram *datagram, FramTime delay, gboolean inside)
{
  Packet packet = { world->now + delay, inside, *datagram };

  g_queue_insert_sorted (&world->packets, g_memdup2 (&packet, sizeof packet),
                         compare_arrival, NULL);
}

static gboolean
is_lost (NatWorld *world)
{
  if (world->now >= world->down_from && world->now < world->down_until)
    return TRUE;
  return sim_dice_chance (&world->dice, world->loss);
}

/* RFC 4787 §6: seen from the external address, and filtered by it.
 * Return: whether it comes back in. */
static gboolean
hairpin (NatWorld *world, NatDatagram *datagram)
{
  FramAddress destination = datagram->destination;

  if (!sim_nat_get_kind (world->nat)->hairpin)
    return FALSE;
  sim_nat_outbound (world->nat, &datagram->source, &destination, world->now);
  if (!sim_nat_inbound (world->nat, &datagram->source, &datagram->destination,
                        world->now))
    return FALSE;
  put (world, datagram, HAIRPIN_DELAY, TRUE);
  return TRUE;
}

static void
translate_outbound (NatWorld *world, guint socket, NatDatagram *datagram)
{
  SimNat *nat = (world->by_other & (1u << socket)) != 0 ? world->other_nat : world->nat;

  if (nat != NULL)
    sim_nat_outbound (nat, &datagram->source, &datagram->destination, world->now);
}

static gboolean
translate_inbound (NatWorld *world, NatDatagram *datagram)
{
  if (world->nat == NULL)
    return TRUE;
  return sim_nat_inbound (world->nat, &datagram->source, &datagram->destination,
                          world->now)
         || (world->other_nat != NULL
             && sim_nat_inbound (world->other_nat, &datagram->source,
                                 &datagram->destination, world->now));
}

static void
leave (NatWorld *world, const NatMachine *machine, guint socket, NatDatagram *datagram)
{
  FramAddress remote = datagram->destination;

  if (is_lost (world))
    return;
  if (world->nat != NULL && fram_address_equal_ip (&remote, &world->external))
    {
      if (!hairpin (world, datagram) && world->icmp)
        machine->unreachable (machine->self, socket, &remote, world->now);
      return;
    }
  if (world->firewall != NULL
      && !sim_firewall_outbound (world->firewall, &datagram->source, &remote, world->now))
    return;
  translate_outbound (world, socket, datagram);
  put (world, datagram, world->delay, FALSE);
}

static void
serve (NatWorld *world, NatDatagram *datagram)
{
  for (guint i = 0; i < NAT_WORLD_SERVERS; i++)
    if (nat_server_is_at (&world->servers[i], &datagram->destination))
      {
        if (nat_server_answer (&world->servers[i], datagram))
          put (world, datagram, world->delay, FALSE);
        return;
      }
  world->n_foreign++;
}

static void
deliver (NatWorld *world, const NatMachine *machine, const NatDatagram *datagram)
{
  for (guint i = 0; i < NAT_WORLD_SOCKETS; i++)
    if (fram_address_equal (&world->local[i], &datagram->destination)
        && (world->muted & (1u << i)) == 0)
      world->n_taken += machine->receive (machine->self, i, &datagram->source,
                                          datagram->data, datagram->length, world->now);
}

static void
enter (NatWorld *world, const NatMachine *machine, NatDatagram *datagram)
{
  if (is_lost (world))
    return;
  if (!translate_inbound (world, datagram))
    return;
  if (world->firewall != NULL
      && !sim_firewall_inbound (world->firewall, &datagram->source,
                                &datagram->destination, world->now))
    return;
  deliver (world, machine, datagram);
}

/* Whether a packet is on its way out, by where it goes. */
static gboolean
is_outbound (const NatWorld *world, const FramAddress *destination)
{
  FramAddress other = other_external (world);

  return !fram_address_equal_ip (destination, &world->external)
         && !fram_address_equal_ip (destination, &other)
         && !fram_address_equal_ip (destination, &world->local[0]);
}

static void
arrive (NatWorld *world, const NatMachine *machine)
{
  g_autofree Packet *packet = g_queue_pop_head (&world->packets);

  if (packet->inside)
    deliver (world, machine, &packet->datagram);
  else if (is_outbound (world, &packet->datagram.destination))
    serve (world, &packet->datagram);
  else
    enter (world, machine, &packet->datagram);
}

static void
open_socket (NatWorld *world, const NatMachine *machine, guint socket)
{
  if (world->now >= world->no_sockets_from && world->now < world->no_sockets_until)
    {
      machine->open_failed (machine->self, socket, world->now);
      return;
    }
  world->local[socket].port = world->next_port++;
  machine->opened (machine->self, socket, world->now);
}

static void
carry_out (NatWorld *world, const NatMachine *machine, const FramNatEvent *event)
{
  NatDatagram datagram = { .source = world->local[event->socket],
                           .destination = event->remote,
                           .length = event->length };

  g_assert_false (world->done);
  switch (event->type)
    {
    case FRAM_NAT_EVENT_TRANSMIT:
      memcpy (datagram.data, event->data, event->length);
      world->n_sent++;
      leave (world, machine, event->socket, &datagram);
      break;
    case FRAM_NAT_EVENT_OPEN:
      open_socket (world, machine, event->socket);
      break;
    case FRAM_NAT_EVENT_CHANGED:
      world->n_changed++;
      break;
    case FRAM_NAT_EVENT_DONE:
      world->done = TRUE;
      world->finished = world->now;
      break;
    }
}

static void
settle (NatWorld *world, const NatMachine *machine)
{
  FramNatEvent event;

  while (machine->pop (machine->self, &event))
    carry_out (world, machine, &event);
}

static FramTime
next_arrival (NatWorld *world)
{
  const Packet *packet = g_queue_peek_head (&world->packets);

  return packet != NULL ? packet->arrival : FRAM_TIME_NEVER;
}

static void
grant (NatWorld *world, const NatMachine *machine)
{
  g_assert_true (world->last_question < 0
                 || world->now - world->last_question >= FRAM_MILLISECONDS (100));
  g_assert_true (machine->send (machine->self, world->now));
  world->last_question = world->now;
  world->n_questions++;
}

static void
step (NatWorld *world, const NatMachine *machine)
{
  FramTime due = machine->send_due (machine->self);
  FramTime deadline = machine->deadline (machine->self);
  FramTime arrival = next_arrival (world);

  world->now = MAX (world->now, MIN (due, MIN (deadline, arrival)));
  if (world->script != NULL)
    world->script (world, world->script_data);
  if (arrival <= world->now)
    arrive (world, machine);
  else if (deadline <= world->now)
    machine->advance (machine->self, world->now);
  else
    grant (world, machine);
}

/* What a hint is for: who looks when it comes, and at no other time, misses nothing. */
static void
watched_step (NatWorld *world, const NatMachine *machine)
{
  g_autofree guint8 *before
      = g_memdup2 (machine->result (machine->self), machine->result_size);
  guint n_changed = world->n_changed;

  step (world, machine);
  settle (world, machine);
  g_assert_cmpuint (world->n_changed, <=, n_changed + 1);
  if (memcmp (before, machine->result (machine->self), machine->result_size) != 0)
    g_assert_cmpuint (world->n_changed, ==, n_changed + 1);
}

void
nat_world_run (NatWorld *world, const NatMachine *machine, FramTime until)
{
  world->done = FALSE;
  settle (world, machine);
  while (!world->done || next_arrival (world) != FRAM_TIME_NEVER)
    {
      g_assert_cmpint (world->now, <, until);
      watched_step (world, machine);
    }
  nat_world_check_quiet (world, machine);
}

void
nat_world_check_quiet (NatWorld *world, const NatMachine *machine)
{
  FramNatEvent event;

  g_assert_true (world->done);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpint (machine->deadline (machine->self), ==, FRAM_TIME_NEVER);
      g_assert_cmpint (machine->send_due (machine->self), ==, FRAM_TIME_NEVER);
      g_assert_false (machine->send (machine->self, world->now));
      g_assert_false (machine->pop (machine->self, &event));
      machine->advance (machine->self, world->now + FRAM_SECONDS (i * 3600));
    }
}
