#include "oracle.h"

#include <string.h>

#include "oracle-private.h"

/* One to open the filters, one to be heard through them, one to answer who was heard, and
 * one more for each further NAT on the way. */
#define N_ROUNDS 5

static void receive_at_host (SimNode *node, SimNetwork *from, SimPacket *packet);

static void
send_letter (Socket *socket, const FramAddress *to, const Letter *letter)
{
  SimPacket *packet = sim_packet_new (&socket->address, to, letter, sizeof *letter);

  /* A connection that opens is a question and an answer, as any other. */
  if (socket->manner != OVER_UDP)
    packet->segment.flags = SIM_SEGMENT_SYN;

  for (guint i = 0; !socket->relayed && i < socket->host->sockets->len; i++)
    {
      const Socket *own = g_ptr_array_index (socket->host->sockets, i);

      if (fram_address_equal_ip (&own->address, to))
        {
          receive_at_host (&socket->host->node, NULL, packet);
          return;
        }
    }
  if (fram_address_is_loopback (&socket->address))
    sim_packet_free (packet);
  else
    sim_network_send (socket->network, packet);
}

static void
tell (GArray *addresses, const FramAddress *address)
{
  for (guint i = 0; i < addresses->len; i++)
    if (fram_address_equal (&g_array_index (addresses, FramAddress, i), address))
      return;
  g_array_append_val (addresses, *address);
}

void
sim_oracle_show (Oracle *oracle, const Socket *socket, const FramAddress *address,
                 gboolean is_named)
{
  GArray *all = oracle->shown[socket->side][socket->manner];
  Shown shown = { *address, is_named };

  for (guint i = 0; i < all->len; i++)
    {
      Shown *other = &g_array_index (all, Shown, i);

      if (!fram_address_equal (&other->address, address))
        continue;
      other->is_named = other->is_named && is_named;
      return;
    }
  g_array_append_val (all, shown);
}

/* draft-ietf-mmusic-mdns-ice-candidates §3.1.2.2: other networks have nothing else. */
static gboolean
is_public_host (const Oracle *oracle, const Socket *socket)
{
  return oracle->call->ends[socket->side].policy == FRAM_POLICY_MDNS
         && !fram_address_is_private (&socket->address);
}

void
sim_oracle_read_letter (Oracle *oracle, Socket *socket, const FramAddress *source,
                        const Letter *letter)
{
  Letter answer = { LETTER_ANSWER, letter->side, *source };

  switch (letter->kind)
    {
    case LETTER_WHERE:
      break;
    case LETTER_THERE:
      socket->answered = TRUE;
      /* RFC 8445 §5.1.3: without a NAT it is a host candidate, and hidden as one. */
      if (!fram_address_equal (&letter->seen, &socket->address)
          || is_public_host (oracle, socket))
        sim_oracle_show (oracle, socket, &letter->seen, FALSE);
      break;
    case LETTER_PROBE:
      /* On a foreign network it may reach the wrong host, or the sender itself. */
      if (letter->side == socket->side || socket->manner == OVER_TCP_ACTIVE)
        break;
      if (socket->manner == OVER_UDP)
        tell (socket->told, source);
      answer.seen = letter->seen;
      send_letter (socket, source, &answer);
      break;
    case LETTER_ANSWER:
      /* RFC 8445 §7.2.5.2.1: a path is only what works the same way back. */
      if (letter->side == socket->side && fram_address_equal (source, &letter->seen))
        oracle->found = TRUE;
      break;
    }
}

static void
receive_at_host (SimNode *node, SimNetwork *from, SimPacket *packet)
{
  Host *host = (Host *) node;
  Letter letter;

  memcpy (&letter, packet->data, sizeof letter);
  for (guint i = 0; i < host->sockets->len; i++)
    {
      Socket *socket = g_ptr_array_index (host->sockets, i);

      if (fram_address_equal (&socket->address, &packet->destination))
        sim_oracle_read_letter (host->oracle, socket, &packet->source, &letter);
    }
  sim_packet_free (packet);
}

static void
receive_at_mirror (SimNode *node, SimNetwork *from, SimPacket *packet)
{
  Mirror *mirror = (Mirror *) node;
  Letter letter = { .kind = LETTER_THERE, .seen = packet->source };

  if (fram_address_equal (&packet->destination, &mirror->address))
    {
      SimPacket *answer = sim_packet_new (&packet->destination, &packet->source, &letter,
                                          sizeof letter);

      answer->segment = packet->segment;
      sim_network_send (from, answer);
    }
  sim_packet_free (packet);
}

static void
socket_free (gpointer data)
{
  Socket *socket = data;

  g_array_unref (socket->told);
  g_free (socket);
}

static void
add_socket (Oracle *oracle, guint side, Host *host, const SimInterfacePlan *interface,
            Manner manner)
{
  const SimEndPlan *end = &oracle->call->ends[side];
  Socket *socket = g_new0 (Socket, 1);

  socket->host = host;
  socket->side = side;
  socket->manner = manner;
  socket->network = oracle->topology.networks[interface->network];
  socket->address = interface->address;
  socket->address.port = (guint16) (FIRST_PORT + oracle->sockets->len);
  socket->told = g_array_new (FALSE, FALSE, sizeof (FramAddress));
  g_ptr_array_add (oracle->sockets, socket);
  g_ptr_array_add (host->sockets, socket);
  if (end->policy == FRAM_POLICY_ALL
      || (end->policy == FRAM_POLICY_MDNS
          && sim_plan_is_named (oracle->plan, oracle->call, side, interface)))
    sim_oracle_show (oracle, socket, &socket->address, end->policy == FRAM_POLICY_MDNS);
}

/* RFC 6544 §4.1, §4.4 */
static void
add_tcp_sockets (Oracle *oracle, guint side, Host *host,
                 const SimInterfacePlan *interface)
{
  const SimEndPlan *end = &oracle->call->ends[side];

  if (!oracle->call->ends[0].tcp || !oracle->call->ends[1].tcp)
    return;
  if (end->policy < FRAM_POLICY_NO_HOST)
    add_socket (oracle, side, host, interface, OVER_TCP_PASSIVE);
  if (end->lite)
    return;
  add_socket (oracle, side, host, interface, OVER_TCP_ACTIVE);
  add_socket (oracle, side, host, interface, OVER_TCP_SO);
}

static void
add_side (Oracle *oracle, guint side)
{
  guint index = oracle->call->ends[side].host;
  const SimHostPlan *planned = &oracle->plan->hosts[index];
  gboolean shared = side == 1 && index == oracle->call->ends[0].host;
  Host *host = &oracle->hosts[shared ? 0 : side];

  if (!shared)
    {
      host->oracle = oracle;
      host->node.receive = receive_at_host;
      host->sockets = g_ptr_array_new ();
    }
  for (guint i = 0; i < planned->n_interfaces; i++)
    {
      const SimInterfacePlan *interface = &planned->interfaces[i];

      if (!interface->refuses && oracle->call->ends[side].policy != FRAM_POLICY_RELAY)
        {
          add_socket (oracle, side, host, interface, OVER_UDP);
          add_tcp_sockets (oracle, side, host, interface);
        }
      if (!shared && !fram_address_is_loopback (&interface->address))
        sim_topology_attach (&oracle->topology, oracle->plan, interface->network,
                             &interface->address, &host->node);
    }
}

static void
add_mirrors (Oracle *oracle)
{
  for (guint i = 0; i < oracle->plan->n_servers; i++)
    {
      const SimServerPlan *server = &oracle->plan->servers[i];
      Mirror *mirror = &oracle->mirrors[i];

      if (server->absent || server->kind != SIM_SERVER_ANSWERS)
        continue;
      mirror->node.receive = receive_at_mirror;
      mirror->address = server->address;
      sim_network_attach (oracle->topology.networks[0], &server->address, &mirror->node);
    }
}

static void
run (Oracle *oracle)
{
  while (sim_schedule_step (oracle->context.schedule, 0))
    continue;
}

static void
ask_servers (Oracle *oracle, Manner manner)
{
  static const Letter letter = { .kind = LETTER_WHERE };

  for (guint i = 0; i < oracle->sockets->len; i++)
    {
      Socket *socket = g_ptr_array_index (oracle->sockets, i);

      if (socket->relayed || socket->manner != manner)
        continue;
      for (guint j = 0; j < oracle->plan->n_servers; j++)
        if ((oracle->call->ends[socket->side].servers & (1u << j)) != 0
            && oracle->plan->servers[j].address.family == socket->address.family)
          send_letter (socket, &oracle->plan->servers[j].address, &letter);
    }
  run (oracle);
}

static gboolean
is_answered_by_udp (const Oracle *oracle, const Socket *like)
{
  for (guint i = 0; i < oracle->sockets->len; i++)
    {
      const Socket *socket = g_ptr_array_index (oracle->sockets, i);

      if (socket->manner == OVER_UDP && socket->answered && socket->side == like->side
          && fram_address_equal_ip (&socket->address, &like->address))
        return TRUE;
    }
  return FALSE;
}

/* `is_good`: only those count that answer, or only those that do not. */
static gboolean
knows_server (const Oracle *oracle, const Socket *socket, gboolean is_good)
{
  for (guint i = 0; i < oracle->plan->n_servers; i++)
    {
      const SimServerPlan *server = &oracle->plan->servers[i];

      if ((oracle->call->ends[socket->side].servers & (1u << i)) != 0
          && server->address.family == socket->address.family
          && is_good == (!server->absent && server->kind == SIM_SERVER_ANSWERS))
        return TRUE;
    }
  return FALSE;
}

/* Simultaneous-open candidates are for where no server answers by UDP, and are sure to be there in
 * time if all answer by TCP, which are asked one after the other; else they may be, as where one is
 * slow by UDP. */
static void
drop_needless (Oracle *oracle)
{
  for (guint i = oracle->sockets->len; i > 0; i--)
    {
      Socket *socket = g_ptr_array_index (oracle->sockets, i - 1);

      if (socket->manner != OVER_TCP_SO
          || (oracle->is_generous
                  ? knows_server (oracle, socket, TRUE)
                        || knows_server (oracle, socket, FALSE)
                  : socket->answered && !knows_server (oracle, socket, FALSE)
                        && !is_answered_by_udp (oracle, socket)))
        continue;
      g_ptr_array_remove (socket->host->sockets, socket);
      g_ptr_array_remove_index (oracle->sockets, i - 1);
    }
}

static void
gather (Oracle *oracle)
{
  ask_servers (oracle, OVER_UDP);
  ask_servers (oracle, OVER_TCP_SO);
  drop_needless (oracle);
}

/* Which candidates of the peer a socket is paired with. (RFC 6544 §6.2) */
static const Manner peers[N_MANNERS] = { [OVER_UDP] = OVER_UDP,
                                         [OVER_TCP_ACTIVE] = OVER_TCP_PASSIVE,
                                         [OVER_TCP_PASSIVE] = N_MANNERS,
                                         [OVER_TCP_SO] = OVER_TCP_SO };

/* No relay is asked for what a name hides: it would learn the address.
 * (draft-ietf-mmusic-mdns-ice-candidates §3.3.2) */
static void
show_candidates (Oracle *oracle)
{
  for (guint i = 0; i < oracle->sockets->len; i++)
    {
      Socket *socket = g_ptr_array_index (oracle->sockets, i);
      Manner manner = peers[socket->manner];
      GArray *shown
          = manner != N_MANNERS ? oracle->shown[1 - socket->side][manner] : NULL;

      for (guint j = 0; shown != NULL && j < shown->len; j++)
        {
          const Shown *candidate = &g_array_index (shown, Shown, j);

          if (candidate->address.family == socket->address.family
              && !(socket->relayed && candidate->is_named))
            tell (socket->told, &candidate->address);
        }
    }
}

static void
flood (Oracle *oracle)
{
  for (guint i = 0; i < oracle->sockets->len; i++)
    {
      Socket *socket = g_ptr_array_index (oracle->sockets, i);

      /* What is told during the round is for the next one. */
      for (guint j = 0, n = socket->told->len; j < n; j++)
        {
          FramAddress to = g_array_index (socket->told, FramAddress, j);
          Letter letter = { LETTER_PROBE, socket->side, to };

          send_letter (socket, &to, &letter);
        }
    }
  run (oracle);
}

static void
oracle_init (Oracle *oracle, const SimPlan *plan, const SimCallPlan *call,
             gboolean is_generous)
{
  *oracle = (Oracle){ .plan = plan, .call = call, .is_generous = is_generous };
  sim_dice_init (&oracle->dice, plan->seed);
  sim_journal_init (&oracle->journal, SIM_TRACING_OFF);
  oracle->context = (SimContext){ sim_schedule_new (), &oracle->dice, &oracle->journal };
  sim_topology_init (&oracle->topology, plan, &oracle->context, TRUE);
  oracle->sockets = g_ptr_array_new_with_free_func (socket_free);
  for (guint side = 0; side < 2; side++)
    for (Manner manner = 0; manner < N_MANNERS; manner++)
      oracle->shown[side][manner] = g_array_new (FALSE, FALSE, sizeof (Shown));
  add_mirrors (oracle);
  for (guint side = 0; side < 2; side++)
    add_side (oracle, side);
  sim_oracle_add_relays (oracle);
}

static void
oracle_clear (Oracle *oracle)
{
  for (guint side = 0; side < 2; side++)
    {
      for (Manner manner = 0; manner < N_MANNERS; manner++)
        g_array_unref (oracle->shown[side][manner]);
      g_clear_pointer (&oracle->hosts[side].sockets, g_ptr_array_unref);
    }
  g_ptr_array_unref (oracle->sockets);
  sim_topology_clear (&oracle->topology);
  sim_schedule_free (oracle->context.schedule);
  sim_journal_clear (&oracle->journal);
}

static gboolean
has_path (const SimPlan *plan, const SimCallPlan *call, gboolean is_generous)
{
  Oracle oracle;
  gboolean found;

  oracle_init (&oracle, plan, call, is_generous);
  gather (&oracle);
  show_candidates (&oracle);
  for (guint round = 0; round < N_ROUNDS && !oracle.found; round++)
    flood (&oracle);
  found = oracle.found;
  oracle_clear (&oracle);
  return found;
}

gboolean
sim_oracle_has_path (const SimPlan *plan, const SimCallPlan *call)
{
  return has_path (plan, call, FALSE);
}

gboolean
sim_oracle_may_have_path (const SimPlan *plan, const SimCallPlan *call)
{
  return has_path (plan, call, TRUE);
}

gboolean
sim_oracle_needs_no_server (const SimPlan *plan, const SimCallPlan *call)
{
  SimCallPlan alone = *call;

  alone.ends[0].servers = alone.ends[1].servers = 0;
  return sim_oracle_has_path (plan, &alone);
}

gboolean
sim_oracle_needs_no_relay (const SimPlan *plan, const SimCallPlan *call)
{
  SimPlan without = *plan;

  for (guint i = 0; i < without.n_servers; i++)
    without.servers[i].relays = FALSE;
  return sim_oracle_has_path (&without, call);
}
