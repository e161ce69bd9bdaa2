/* A host's TCP with peers, whose messages are in frames (RFC 4571), and with the servers that it
 * asks where one of its listening ports is seen.  All other streams to servers are those of
 * host-streams.c. */
#include <string.h>

#include "base/big-endian.h"
#include "broker/tcp.h"
#include "host-private.h"
#include "io/stream-framer.h"

/* What the broker had opened, and peers may connect to. */
typedef struct
{
  FramBaseId id;
  gboolean open;
  gboolean connects; /* from the same port */
  FramAddress bound;
  const SimInterfacePlan *interface;
} Listening;

typedef struct
{
  FramBaseId id;
  FramSessionId session; /* that has it opened; 0: none, or a peer did */
  gboolean is_peers;     /* not a server's */
  gboolean open;
  FramAddress local, remote;
  FramStreamFramer framer;
} Connection;

static void
connection_free (gpointer data)
{
  Connection *connection = data;

  fram_stream_framer_clear (&connection->framer);
  g_free (connection);
}

GHashTable *
sim_host_connections_new (void)
{
  return g_hash_table_new_full (NULL, NULL, NULL, connection_free);
}

static Connection *
find_connection (const SimHost *host, FramBaseId id)
{
  return g_hash_table_lookup (host->connections, GUINT_TO_POINTER (id));
}

static Listening *
find_listening (const SimHost *host, FramBaseId id)
{
  return g_hash_table_lookup (host->listening, GUINT_TO_POINTER (id));
}

gboolean
sim_host_has_connection (const SimHost *host, FramBaseId id)
{
  return find_connection (host, id) != NULL;
}

gboolean
sim_host_is_simultaneous (const SimHost *host, FramBaseId id)
{
  const Connection *connection = find_connection (host, id);
  GHashTableIter iter;
  const Listening *listening;

  g_hash_table_iter_init (&iter, host->listening);
  while (connection != NULL
         && g_hash_table_iter_next (&iter, NULL, (gpointer *) &listening))
    if (listening->connects && fram_address_equal (&listening->bound, &connection->local))
      return TRUE;
  return FALSE;
}

void
sim_host_leave_tcp (SimHost *host)
{
  sim_tcp_forget (host->tcp);
  g_hash_table_remove_all (host->connections);
  g_hash_table_remove_all (host->listening);
}

/* Nothing stays on an address that the host does not have any more. */
void
sim_host_check_tcp (SimHost *host)
{
  GHashTableIter iter;
  const Connection *connection;
  const Listening *listening;

  g_hash_table_iter_init (&iter, host->connections);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &connection))
    if (!sim_host_has_address (host, &connection->local))
      SIM_HOST_VIOLATE (host, "goes-with-address", "connection %u stays", connection->id);
  g_hash_table_iter_init (&iter, host->listening);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &listening))
    if (!sim_host_has_address (host, &listening->bound))
      SIM_HOST_VIOLATE (host, "goes-with-address", "base %u stays", listening->id);
}

/* --- Listening --------------------------------------------------------------------- */

static gboolean
is_taken (const SimHost *host, const FramAddress *local, const FramAddress *remote)
{
  return sim_tcp_listens_at (host->tcp, local)
         || (remote != NULL && sim_tcp_connects (host->tcp, local, remote));
}

/* A kernel chooses none that is taken.  `remote`: NULL: to listen. */
static void
choose_port (SimHost *host, FramAddress *local, const FramAddress *remote)
{
  do
    local->port = sim_host_draw_port (host);
  while (is_taken (host, local, remote));
}

static void
finish_listening (gpointer subject, gpointer detail)
{
  SimHost *host = subject;
  Listening *listening = g_hash_table_lookup (host->listening, detail);
  char text[FRAM_ADDRESS_TEXT];

  if (host->broker == NULL || listening == NULL)
    return;
  if (listening->bound.port == 0)
    choose_port (host, &listening->bound, NULL);
  listening->open = !listening->interface->refuses
                    && sim_tcp_listen (host->tcp, listening->id, &listening->bound);
  sim_journal_note (host->context->journal, sim_host_now (host), host->node.name,
                    "base %u listens at %s%s", listening->id,
                    fram_address_to_text (&listening->bound, text),
                    listening->open ? "" : ", which fails");
  if (listening->open)
    {
      FramAddress bound = listening->bound;

      fram_broker_told_base_opened (host->broker, listening->id, &bound,
                                    sim_host_now (host));
    }
  else
    {
      g_hash_table_remove (host->listening, detail);
      fram_broker_told_base_failed (host->broker, GPOINTER_TO_UINT (detail),
                                    sim_host_now (host));
    }
  sim_host_settle (host);
}

void
sim_host_listen (SimHost *host, const FramEvent *event)
{
  const SimInterfacePlan *interface = sim_host_find_interface (host, &event->bind);
  Listening *listening;

  if (interface == NULL || event->base == 0 || find_listening (host, event->base) != NULL)
    {
      SIM_HOST_VIOLATE (host, "base-can-be", "base %u is opened", event->base);
      return;
    }
  listening = g_new0 (Listening, 1);
  listening->id = event->base;
  listening->bound = event->bind;
  listening->connects = event->connects;
  listening->interface = interface;
  g_hash_table_insert (host->listening, GUINT_TO_POINTER (event->base), listening);
  sim_schedule_add (host->context->schedule,
                    sim_host_now (host)
                        + sim_dice_range (host->context->dice, 0, SIM_OPENING_MAX),
                    finish_listening, host, GUINT_TO_POINTER (event->base), NULL);
}

/* --- Connecting -------------------------------------------------------------------- */

static Connection *
new_connection (SimHost *host, FramBaseId id, const FramAddress *local,
                const FramAddress *remote, gboolean is_peers)
{
  Connection *connection = g_new0 (Connection, 1);

  connection->id = id;
  connection->local = *local;
  connection->remote = *remote;
  connection->is_peers = is_peers;
  if (is_peers)
    fram_stream_framer_init_frames (&connection->framer);
  else
    fram_stream_framer_init (&connection->framer, FALSE);
  g_hash_table_insert (host->connections, GUINT_TO_POINTER (id), connection);
  return connection;
}

/* The connection is over; the broker hears it. */
static void
fail (SimHost *host, FramBaseId id, FramStreamFailure failure)
{
  const Connection *connection = find_connection (host, id);

  sim_journal_note (host->context->journal, sim_host_now (host), host->node.name,
                    "connection %u %s", id,
                    failure == FRAM_STREAM_CLOSED ? "is closed" : "does not open");
  if (connection->is_peers)
    sim_journal_count (host->context->journal, failure == FRAM_STREAM_CLOSED
                                                   ? SIM_TCP_BROKE
                                                   : SIM_TCP_DID_NOT_OPEN);
  g_hash_table_remove (host->connections, GUINT_TO_POINTER (id));
  fram_broker_told_stream_failed (host->broker, id, failure, NULL, sim_host_now (host));
  sim_host_settle (host);
}

/* It could not even begin; the call that wanted it has returned. */
static void
fail_at_once (gpointer subject, gpointer detail)
{
  SimHost *host = subject;

  if (host->broker != NULL && find_connection (host, GPOINTER_TO_UINT (detail)) != NULL)
    fail (host, GPOINTER_TO_UINT (detail), FRAM_STREAM_UNREACHABLE);
}

static void
check_attempts (SimHost *host, const FramEvent *event)
{
  GHashTableIter iter;
  const Connection *other;
  guint n = 0;

  if (!sim_host_has_address (host, &event->bind)
      || (event->bind.port != 0 && !sim_tcp_listens_at (host->tcp, &event->bind)))
    SIM_HOST_VIOLATE (host, "stream-can-be", "connection %u is opened", event->base);
  g_hash_table_iter_init (&iter, host->connections);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &other))
    n += other->is_peers && !other->open && other->session == event->session
         && fram_address_equal_ip (&other->remote, &event->remote);
  /* RFC 6544 §12 */
  if (event->text == NULL && n >= FRAM_TCP_MAX_ATTEMPTS)
    SIM_HOST_VIOLATE (host, "attempts-at-most", "one more than %u to one peer", n);
}

void
sim_host_connect (SimHost *host, const FramEvent *event)
{
  const SimInterfacePlan *interface = sim_host_find_interface (host, &event->bind);
  FramAddress local = event->bind;
  char from[FRAM_ADDRESS_TEXT], to[FRAM_ADDRESS_TEXT];
  Connection *connection;

  check_attempts (host, event);
  if (interface == NULL)
    return;
  if (local.port == 0)
    choose_port (host, &local, &event->remote);
  sim_journal_note (host->context->journal, sim_host_now (host), host->node.name,
                    "connection %u, %s -> %s", event->base,
                    fram_address_to_text (&local, from),
                    fram_address_to_text (&event->remote, to));
  connection
      = new_connection (host, event->base, &local, &event->remote, event->text == NULL);
  connection->session = event->session;
  /* Somebody may have connected from there a moment ago. */
  if (interface->refuses
      || !sim_tcp_connect (host->tcp, event->base, &local, &event->remote))
    sim_schedule_add (host->context->schedule, sim_host_now (host), fail_at_once, host,
                      GUINT_TO_POINTER (event->base), NULL);
}

/* FALSE: it is neither. */
gboolean
sim_host_close_tcp (SimHost *host, const FramEvent *event)
{
  const Listening *listening = find_listening (host, event->base);

  if (listening != NULL)
    {
      if (listening->open)
        sim_tcp_stop_listening (host->tcp, event->base);
      return g_hash_table_remove (host->listening, GUINT_TO_POINTER (event->base));
    }
  if (find_connection (host, event->base) == NULL)
    return FALSE;
  if (sim_data_plane_uses_base (host->plane, event->base))
    SIM_HOST_VIOLATE (host, "base-unused", "connection %u is closed with routes on it",
                      event->base);
  sim_tcp_close (host->tcp, event->base);
  return g_hash_table_remove (host->connections, GUINT_TO_POINTER (event->base));
}

/* --- Messages ---------------------------------------------------------------------- */

gboolean
sim_host_send_connected (SimHost *host, FramBaseId id, const guint8 *data, gsize length)
{
  const Connection *connection = find_connection (host, id);
  g_autofree guint8 *frame = NULL;

  if (connection == NULL || !connection->open)
    return FALSE;
  if (!connection->is_peers)
    return sim_tcp_send (host->tcp, id, data, length);
  frame = g_malloc (FRAM_STREAM_FRAME_HEADER + length);
  fram_store_be16 (frame, (guint16) length);
  memcpy (frame + FRAM_STREAM_FRAME_HEADER, data, length);
  /* A full buffer drops it, as a network would. */
  sim_tcp_send (host->tcp, id, frame, FRAM_STREAM_FRAME_HEADER + length);
  return TRUE;
}

static void
take_message (SimHost *host, const Connection *connection, const guint8 *data,
              gsize length)
{
  SimTuple tuple = { connection->id, connection->remote };

  if (sim_host_deliver (host, &tuple, data, length))
    return;
  fram_broker_receive (host->broker, tuple.base, &tuple.remote, data, length,
                       sim_host_now (host));
  sim_host_settle (host);
}

/* --- What TCP tells ---------------------------------------------------------------- */

static void
send_packet (gpointer owner, SimPacket *packet)
{
  sim_host_send_packet (owner, packet);
}

static void
settle_later (gpointer subject, gpointer detail)
{
  SimHost *host = subject;

  if (host->broker != NULL)
    sim_host_settle (host);
}

static guint32
accept_peer (gpointer owner, guint32 id, const FramAddress *remote)
{
  SimHost *host = owner;
  const Listening *listening = find_listening (host, id);
  char from[FRAM_ADDRESS_TEXT];
  FramAddress local;
  FramBaseId stream;

  if (host->broker == NULL || listening == NULL)
    return 0;
  local = listening->bound;
  stream = fram_broker_told_accepted (host->broker, id, remote, sim_host_now (host));
  sim_journal_note (host->context->journal, sim_host_now (host), host->node.name,
                    "connection %u, to base %u, from %s", stream, id,
                    fram_address_to_text (remote, from));
  if (stream != 0)
    new_connection (host, stream, &local, remote, TRUE)->open = TRUE;
  /* What the broker wants to say by it waits until its number is known. */
  sim_schedule_add (host->context->schedule, sim_host_now (host), settle_later, host,
                    NULL, NULL);
  return stream;
}

static void
opened (gpointer owner, guint32 id)
{
  SimHost *host = owner;
  Connection *connection = find_connection (host, id);

  connection->open = TRUE;
  fram_broker_told_base_opened (host->broker, id, &connection->local,
                                sim_host_now (host));
  sim_host_settle (host);
}

static void
received (gpointer owner, guint32 id, const guint8 *data, gsize length)
{
  SimHost *host = owner;
  Connection *connection = find_connection (host, id);
  FramStreamFrame frame = FRAM_STREAM_FRAME_NONE;
  const guint8 *message;
  gsize message_length;

  fram_stream_framer_push (&connection->framer, data, length);
  while (connection != NULL
         && (frame
             = fram_stream_framer_next (&connection->framer, &message, &message_length))
                == FRAM_STREAM_FRAME_MESSAGE)
    {
      g_autofree guint8 *copy = g_memdup2 (message, message_length);

      take_message (host, connection, copy, message_length);
      connection = find_connection (host, id);
    }
  if (connection == NULL || frame != FRAM_STREAM_FRAME_BROKEN)
    return;
  sim_tcp_close (host->tcp, id);
  fail (host, id, FRAM_STREAM_CLOSED);
}

static void
ended (gpointer owner, guint32 id, SimTcpEnd how)
{
  static const FramStreamFailure failures[]
      = { FRAM_STREAM_UNREACHABLE, FRAM_STREAM_SILENT, FRAM_STREAM_CLOSED };
  SimHost *host = owner;

  fail (host, id, find_connection (host, id)->open ? FRAM_STREAM_CLOSED : failures[how]);
}

SimTcp *
sim_host_tcp_new (SimHost *host)
{
  static const SimTcpOwner owner = { send_packet, accept_peer, opened, received, ended };

  return sim_tcp_new (host->context, &owner, host, host->plan->icmp);
}
