/* The sockets of a host: what io/ does for the broker, done in the simulated world. */
#include "host-private.h"
#include "stun/message.h"

/* The dynamic ports of Linux. */
#define FIRST_PORT 32768
#define LAST_PORT 60999

/* A packet to oneself takes a moment. */
#define LOCAL_LATENCY 30

/* How often the broker is advanced without need. */
#define EARLY_ADVANCE 0.02

void
sim_host_attach (SimHost *host, guint i)
{
  const SimInterfacePlan *interface = &host->planned->interfaces[i];

  if (!fram_address_is_loopback (&interface->address))
    sim_topology_attach (host->topology, host->plan, interface->network,
                         &interface->address, &host->node);
}

void
sim_host_detach (SimHost *host, guint i)
{
  const SimInterfacePlan *interface = &host->planned->interfaces[i];

  if ((host->lost & (1u << i)) == 0 && !fram_address_is_loopback (&interface->address))
    sim_topology_detach (host->topology, host->plan, interface->network,
                         &interface->address);
}

const SimInterfacePlan *
sim_host_find_interface (const SimHost *host, const FramAddress *address)
{
  for (guint i = 0; i < host->planned->n_interfaces; i++)
    if ((host->lost & (1u << i)) == 0
        && fram_address_equal_ip (&host->planned->interfaces[i].address, address))
      return &host->planned->interfaces[i];
  return NULL;
}

gboolean
sim_host_has_address (const SimHost *host, const FramAddress *address)
{
  return sim_host_find_interface (host, address) != NULL;
}

guint16
sim_host_draw_port (SimHost *host)
{
  return (guint16) sim_dice_range (host->context->dice, FIRST_PORT, LAST_PORT + 1);
}

/* --- Bases ------------------------------------------------------------------------- */

static SimSocket *
find_socket (const SimHost *host, FramBaseId id)
{
  return g_hash_table_lookup (host->sockets, GUINT_TO_POINTER (id));
}

static gboolean
bind_socket (SimHost *host, SimSocket *socket)
{
  if (socket->interface->refuses)
    return FALSE;
  if (socket->bound.port != 0)
    return !g_hash_table_contains (host->by_bound, &socket->bound);
  do
    socket->bound.port = sim_host_draw_port (host);
  while (g_hash_table_contains (host->by_bound, &socket->bound));
  return TRUE;
}

static void
finish_opening (gpointer subject, gpointer detail)
{
  SimHost *host = subject;
  FramBaseId id = GPOINTER_TO_UINT (detail);
  SimSocket *socket = find_socket (host, id);
  char text[FRAM_ADDRESS_TEXT];

  if (host->broker == NULL || socket == NULL)
    return;
  if (bind_socket (host, socket))
    {
      socket->open = TRUE;
      g_hash_table_insert (host->by_bound, &socket->bound, socket);
      sim_journal_note (host->context->journal, sim_host_now (host), host->node.name,
                        "base %u is %s", id, fram_address_to_text (&socket->bound, text));
      fram_broker_told_base_opened (host->broker, id, &socket->bound,
                                    sim_host_now (host));
    }
  else
    {
      sim_journal_note (host->context->journal, sim_host_now (host), host->node.name,
                        "base %u fails", id);
      g_hash_table_remove (host->sockets, GUINT_TO_POINTER (id));
      fram_broker_told_base_failed (host->broker, id, sim_host_now (host));
    }
  sim_host_settle (host);
}

void
sim_host_open_base (SimHost *host, const FramEvent *event)
{
  SimSocket *socket;

  if (event->transport == FRAM_KNOWN_TCP)
    {
      sim_host_listen (host, event);
      return;
    }
  socket = g_new0 (SimSocket, 1);
  socket->id = event->base;
  socket->bound = event->bind;
  socket->is_probe = event->lane == FRAM_LANE_NONE;
  socket->interface = sim_host_find_interface (host, &event->bind);
  if (socket->interface == NULL || event->base == 0
      || find_socket (host, event->base) != NULL)
    {
      SIM_HOST_VIOLATE (host, "base-can-be", "base %u is opened", event->base);
      g_free (socket);
      return;
    }
  g_hash_table_insert (host->sockets, GUINT_TO_POINTER (event->base), socket);
  sim_schedule_add (host->context->schedule,
                    sim_host_now (host)
                        + sim_dice_range (host->context->dice, 0, SIM_OPENING_MAX),
                    finish_opening, host, GUINT_TO_POINTER (event->base), NULL);
}

void
sim_host_close_base (SimHost *host, const FramEvent *event)
{
  SimSocket *socket = find_socket (host, event->base);

  sim_journal_note (host->context->journal, sim_host_now (host), host->node.name,
                    "base %u closes", event->base);
  if (sim_host_close_relay (host, event))
    {
      if (sim_data_plane_uses_base (host->plane, event->base))
        SIM_HOST_VIOLATE (host, "base-unused", "base %u is closed with routes on it",
                          event->base);
      return;
    }
  sim_host_lose_carrier (host, event->base);
  if (sim_host_close_stream (host, event) || sim_host_close_tcp (host, event))
    return;
  if (socket == NULL)
    {
      SIM_HOST_VIOLATE (host, "base-exists", "base %u is closed", event->base);
      return;
    }
  if (sim_data_plane_uses_base (host->plane, event->base))
    SIM_HOST_VIOLATE (host, "base-unused", "base %u is closed with routes on it",
                      event->base);
  if (socket->open)
    g_hash_table_remove (host->by_bound, &socket->bound);
  g_hash_table_remove (host->sockets, GUINT_TO_POINTER (event->base));
}

/* --- Sending ----------------------------------------------------------------------- */

static void
arrive_locally (gpointer subject, gpointer detail)
{
  sim_host_receive (subject, NULL, detail);
}

/* The news that something could not be sent, once the call that sent it has returned. */
typedef struct
{
  FramBaseId base;
  FramAddress remote;
} Refusal;

static void
tell_unreachable (gpointer subject, gpointer detail)
{
  SimHost *host = subject;
  g_autofree Refusal *refusal = detail;

  if (host->broker == NULL || find_socket (host, refusal->base) == NULL)
    return;
  sim_journal_note (host->context->journal, sim_host_now (host), host->node.name,
                    "base %u is told of a refusal", refusal->base);
  fram_broker_told_unreachable (host->broker, refusal->base, &refusal->remote,
                                sim_host_now (host));
  sim_host_settle (host);
}

static void
refuse_later (SimHost *host, FramBaseId base, const FramAddress *remote)
{
  Refusal refusal = { base, *remote };

  if (host->plan->icmp)
    sim_schedule_add (host->context->schedule, sim_host_now (host), tell_unreachable,
                      host, g_memdup2 (&refusal, sizeof refusal), g_free);
}

static void
note_local (SimHost *host, const SimPacket *packet)
{
  char from[FRAM_ADDRESS_TEXT], to[FRAM_ADDRESS_TEXT];
  g_autofree char *text = NULL;

  if (host->context->journal->tracing == SIM_TRACING_OFF)
    return;
  text = sim_packet_to_text (packet);
  sim_journal_note (host->context->journal, sim_host_now (host), host->node.name,
                    "%s -> %s  %s", fram_address_to_text (&packet->source, from),
                    fram_address_to_text (&packet->destination, to), text);
}

static gboolean
send_packet (SimHost *host, const SimInterfacePlan *interface, SimPacket *packet)
{
  if (sim_host_find_interface (host, &packet->destination) != NULL)
    {
      note_local (host, packet);
      sim_schedule_add (host->context->schedule, sim_host_now (host) + LOCAL_LATENCY,
                        arrive_locally, host, packet, (GDestroyNotify) sim_packet_free);
      return TRUE;
    }
  if (interface != NULL && !fram_address_is_loopback (&packet->source))
    return sim_network_send (host->topology->networks[interface->network], packet);
  sim_packet_free (packet);
  return FALSE;
}

gboolean
sim_host_send_packet (SimHost *host, SimPacket *packet)
{
  return send_packet (host, sim_host_find_interface (host, &packet->source), packet);
}

void
sim_host_send (SimHost *host, const SimSocket *socket, const FramAddress *remote,
               const void *data, gsize length)
{
  SimPacket *packet = sim_packet_new (&socket->bound, remote, data, length);

  if (!send_packet (host, socket->interface, packet))
    refuse_later (host, socket->id, remote);
}

static void
count_conflict (SimHost *host, const guint8 *data, gsize length)
{
  FramStunMessage message;
  const char *reason;
  gsize reason_length;
  guint code;

  if (fram_stun_message_parse (&message, data, length) == FRAM_STUN_PARSE_OK
      && message.klass == FRAM_STUN_ERROR
      && fram_stun_message_get_error (&message, &code, &reason, &reason_length)
      && code == FRAM_STUN_ERROR_ROLE_CONFLICT)
    sim_journal_count (host->context->journal, SIM_ROLE_CONFLICT);
}

static SimPacingManner
get_manner (SimHost *host, const FramEvent *event, const SimTuple *tuple,
            const guint8 *data, gsize length)
{
  gboolean is_former = sim_consent_is_former (&host->consent, event->session, tuple, data,
                                              length, sim_host_now (host));

  /* It waits for its connection, whose opening was paced. */
  if (sim_host_has_connection (host, event->base))
    return SIM_PACING_FREE;
  return is_former || sim_data_plane_was_path (host->plane, tuple)
                 || sim_host_repeats_unseen (host, tuple->base)
             ? SIM_PACING_SETTLED
             : SIM_PACING_CHECKS;
}

/* What a packet to a TURN server has inside is held to the rules, and not what is around. */
static void
check_transmission (SimHost *host, const FramEvent *event, guint most)
{
  SimTuple tuple = { event->base, event->remote };
  const guint8 *data = event->data;
  gsize length = event->length;
  FramTime gap = 0;

  /* What a connection asks itself is not paced.  A channel that no data go by any more may
   * still take checks; whose, only the broker knows. */
  if (!sim_host_unwrap (host, event->base, &event->remote, event->data, event->length,
                        TRUE, &tuple, &data, &length)
      && (sim_host_has_stream (host, event->base) || (data[0] >= 64 && data[0] <= 79)))
    return;
  count_conflict (host, data, length);
  sim_consent_note (&host->consent, &tuple, data, length, TRUE, sim_host_now (host));
  switch (sim_pacing_transmit (&host->pacing, data, length, most,
                               get_manner (host, event, &tuple, data, length),
                               sim_host_now (host), &gap))
    {
    case SIM_PACING_OK:
      break;
    case SIM_PACING_NOT_STUN:
      SIM_HOST_VIOLATE (host, "transmits-stun", "base %u transmits something else",
                        event->base);
      break;
    case SIM_PACING_TOO_CLOSE:
      SIM_HOST_VIOLATE (host, "pacing", "a new request %.3f ms after the last",
                        (double) gap / 1e3);
      break;
    case SIM_PACING_TOO_OFTEN:
      SIM_HOST_VIOLATE (host, "transmissions", "a request goes out again and again");
      break;
    }
}

static void
transmit_connected (SimHost *host, const FramEvent *event)
{
  guint8 buffer[FRAM_STUN_MAX_SENT];
  gsize length;
  gboolean is_sent;

  check_transmission (host, event, SIM_TRANSMISSIONS_MAX);
  length
      = sim_host_add_nomination (host, event->data, event->length, buffer, sizeof buffer);
  is_sent = length > 0
                ? sim_host_send_connected (host, event->base, buffer, length)
                : sim_host_send_connected (host, event->base, event->data, event->length);
  if (!is_sent)
    SIM_HOST_VIOLATE (host, "base-exists", "connection %u transmits", event->base);
}

void
sim_host_transmit (SimHost *host, const FramEvent *event)
{
  SimSocket *socket = find_socket (host, event->base);
  guint8 buffer[FRAM_STUN_MAX_SENT];
  gsize length;

  if (sim_host_has_stream (host, event->base))
    {
      check_transmission (host, event, SIM_TRANSMISSIONS_MAX);
      sim_host_transmit_stream (host, event);
      return;
    }
  if (sim_host_has_connection (host, event->base))
    {
      transmit_connected (host, event);
      return;
    }
  if (socket == NULL || !socket->open)
    {
      SIM_HOST_VIOLATE (host, "base-exists", "base %u transmits", event->base);
      return;
    }
  check_transmission (
      host, event, socket->is_probe ? SIM_TRANSMISSIONS_OF_PROBE : SIM_TRANSMISSIONS_MAX);
  length
      = sim_host_add_nomination (host, event->data, event->length, buffer, sizeof buffer);
  if (length > 0)
    sim_host_send (host, socket, &event->remote, buffer, length);
  else
    sim_host_send (host, socket, &event->remote, event->data, event->length);
}

gboolean
sim_host_has_base (const SimHost *host, FramBaseId base)
{
  return find_socket (host, base) != NULL || sim_host_has_stream (host, base)
         || sim_host_has_connection (host, base);
}

void
sim_host_send_by (SimHost *host, FramBaseId base, const FramAddress *remote,
                  const guint8 *data, gsize length)
{
  const SimSocket *socket = find_socket (host, base);

  if (socket != NULL)
    sim_host_send (host, socket, remote, data, length);
  else
    sim_host_send_stream (host, base, data, length);
}

gboolean
sim_host_send_data (SimHost *host, const SimComponent *component, const void *data,
                    gsize length)
{
  const SimTuple *path = sim_data_plane_find_path (host->plane, component);
  const SimSocket *socket = path != NULL ? find_socket (host, path->base) : NULL;

  if (path != NULL
      && !g_hash_table_contains (host->lite, GUINT_TO_POINTER (component->session))
      && !sim_consent_may_send (&host->consent, path, host->planned->lateness,
                                sim_host_now (host)))
    SIM_HOST_VIOLATE (host, "sends-with-consent", "session %u.%u.%u has none",
                      component->session, component->stream, component->component);
  if (path != NULL
      && (sim_host_relay_data (host, path, data, length)
          || sim_host_send_connected (host, path->base, data, length)))
    return TRUE;
  if (socket == NULL || !socket->open)
    return FALSE;
  sim_host_send (host, socket, &path->remote, data, length);
  return TRUE;
}

/* --- Receiving --------------------------------------------------------------------- */

gboolean
sim_host_deliver (SimHost *host, const SimTuple *tuple, const guint8 *data, gsize length)
{
  gboolean is_stun = fram_stun_looks_like (data, length);
  const SimComponent *route
      = is_stun ? NULL : sim_data_plane_find_route (host->plane, tuple);
  gpointer owner;

  if (is_stun)
    sim_consent_note (&host->consent, tuple, data, length, FALSE, sim_host_now (host));
  if (route == NULL)
    return FALSE;
  if (!sim_consent_may_take (&host->consent, tuple, host->planned->lateness,
                             sim_host_now (host)))
    SIM_HOST_VIOLATE (host, "takes-with-consent", "session %u.%u.%u gave none",
                      route->session, route->stream, route->component);
  owner = g_hash_table_lookup (host->owners, GUINT_TO_POINTER (route->session));
  if (owner != NULL)
    host->sink->data (owner, route->stream, route->component, tuple, data, length);
  return TRUE;
}

gboolean
sim_host_take_relayed (SimHost *host, FramBaseId carrier, const FramAddress *server,
                       const guint8 *data, gsize length)
{
  SimTuple tuple;
  const guint8 *inside;
  gsize inside_length;

  return sim_host_unwrap (host, carrier, server, data, length, FALSE, &tuple, &inside,
                          &inside_length)
         && sim_host_deliver (host, &tuple, inside, inside_length);
}

void
sim_host_receive (SimNode *node, SimNetwork *from, SimPacket *packet)
{
  SimHost *host = (SimHost *) node;
  g_autoptr (SimPacket) owned G_GNUC_UNUSED = packet;
  const SimSocket *socket = g_hash_table_lookup (host->by_bound, &packet->destination);
  SimTuple tuple;

  if (sim_packet_is_segment (packet))
    {
      sim_tcp_receive (host->tcp, packet);
      return;
    }
  if (socket == NULL || host->broker == NULL)
    {
      if (host->plan->icmp && from != NULL)
        sim_network_refuse (from, packet);
      else if (from == NULL)
        sim_host_take_refusal (node, from, packet);
      return;
    }

  tuple = (SimTuple){ socket->id, packet->source };
  if (sim_host_take_relayed (host, socket->id, &packet->source, packet->data,
                             packet->length)
      || sim_host_deliver (host, &tuple, packet->data, packet->length))
    return;
  fram_broker_receive (host->broker, socket->id, &packet->source, packet->data,
                       packet->length, sim_host_now (host));
  /* A driver may come by before the deadline. */
  if (sim_dice_chance (host->context->dice, EARLY_ADVANCE))
    fram_broker_advance (host->broker, sim_host_now (host));
  sim_host_settle (host);
}

void
sim_host_take_refusal (SimNode *node, SimNetwork *from, const SimPacket *packet)
{
  SimHost *host = (SimHost *) node;
  const SimSocket *socket = g_hash_table_lookup (host->by_bound, &packet->source);

  if (socket != NULL)
    refuse_later (host, socket->id, &packet->destination);
}
