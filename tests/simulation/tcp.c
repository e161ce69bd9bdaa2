#include "tcp.h"

#include <string.h>

/* RFC 6298 §2: what is not acknowledged is sent again after that, then after twice as long. */
#define FIRST_TIMEOUT FRAM_SECONDS (1)
/* So long somebody who connects waits, as io/ does. */
#define CONNECT_LIMIT FRAM_SECONDS (10)
/* So long what was sent may stay without an acknowledgement. */
#define SEND_LIMIT FRAM_SECONDS (60)

#define SEGMENT_MAX 1200
#define WINDOW 16384
/* What waits to be sent, at most. */
#define BUFFER_MAX 65536
/* Each connection begins to count elsewhere, so that a segment of a former one is told from it. */
#define SEQUENCE_STEP 1000003u

typedef enum
{
  STATE_CONNECTING, /* has said SYN */
  STATE_ANSWERING,  /* both have, and ours is not acknowledged */
  STATE_OPEN,
} State;

typedef struct
{
  SimTcp *tcp;
  FramAddress local, remote; /* the key */
  guint32 id;                /* 0: its owner has closed it, or does not know of it yet */
  guint32 listening;         /* the socket it came to; 0: it was made here */
  State state;
  gboolean closing; /* FIN follows what waits */
  guint32 sent;   /* the first byte that is not acknowledged; SYN and FIN count as one */
  guint32 wanted; /* of the other end */
  GByteArray *waiting;
  FramTime since; /* when what is not acknowledged was first sent */
  FramTime timeout;
  FramTime due; /* FRAM_TIME_NEVER: nothing is to be acknowledged */
} Connection;

typedef struct
{
  guint32 id;
  FramAddress address;
} Listening;

struct _SimTcp
{
  const SimContext *context;
  const SimTcpOwner *kind;
  gpointer owner;
  gboolean refuses;
  GPtrArray *listening;   /* Listening */
  GPtrArray *connections; /* Connection, those too that nobody knows any more */
  guint32 next_sequence;
};

static FramTime
now (const SimTcp *tcp)
{
  return sim_schedule_now (tcp->context->schedule);
}

static void
connection_free (gpointer data)
{
  Connection *connection = data;

  g_byte_array_unref (connection->waiting);
  g_free (connection);
}

SimTcp *
sim_tcp_new (const SimContext *context, const SimTcpOwner *kind, gpointer owner,
             gboolean refuses)
{
  SimTcp *tcp = g_new0 (SimTcp, 1);

  tcp->context = context;
  tcp->kind = kind;
  tcp->owner = owner;
  tcp->refuses = refuses;
  tcp->listening = g_ptr_array_new_with_free_func (g_free);
  tcp->connections = g_ptr_array_new_with_free_func (connection_free);
  return tcp;
}

void
sim_tcp_forget (SimTcp *tcp)
{
  g_ptr_array_set_size (tcp->connections, 0);
  g_ptr_array_set_size (tcp->listening, 0);
}

void
sim_tcp_free (SimTcp *tcp)
{
  if (tcp == NULL)
    return;
  g_ptr_array_unref (tcp->connections);
  g_ptr_array_unref (tcp->listening);
  g_free (tcp);
}

/* --- What there is ----------------------------------------------------------------- */

static Connection *
find_tuple (const SimTcp *tcp, const FramAddress *local, const FramAddress *remote)
{
  for (guint i = 0; i < tcp->connections->len; i++)
    {
      Connection *connection = g_ptr_array_index (tcp->connections, i);

      if (fram_address_equal (&connection->local, local)
          && fram_address_equal (&connection->remote, remote))
        return connection;
    }
  return NULL;
}

static Connection *
find (const SimTcp *tcp, guint32 id)
{
  for (guint i = 0; i < tcp->connections->len; i++)
    {
      Connection *connection = g_ptr_array_index (tcp->connections, i);

      if (connection->id == id && id != 0)
        return connection;
    }
  return NULL;
}

static const Listening *
find_listening (const SimTcp *tcp, const FramAddress *address)
{
  for (guint i = 0; i < tcp->listening->len; i++)
    {
      const Listening *listening = g_ptr_array_index (tcp->listening, i);

      if (fram_address_equal (&listening->address, address))
        return listening;
    }
  return NULL;
}

gboolean
sim_tcp_listens_at (const SimTcp *tcp, const FramAddress *address)
{
  return find_listening (tcp, address) != NULL;
}

gboolean
sim_tcp_connects (const SimTcp *tcp, const FramAddress *local, const FramAddress *remote)
{
  return find_tuple (tcp, local, remote) != NULL;
}

gboolean
sim_tcp_has (const SimTcp *tcp, guint32 id)
{
  return find (tcp, id) != NULL;
}

guint
sim_tcp_count (const SimTcp *tcp)
{
  guint n = 0;

  for (guint i = 0; i < tcp->connections->len; i++)
    n += ((const Connection *) g_ptr_array_index (tcp->connections, i))->id != 0;
  return n;
}

gboolean
sim_tcp_listen (SimTcp *tcp, guint32 id, const FramAddress *address)
{
  Listening listening = { id, *address };

  if (find_listening (tcp, address) != NULL)
    return FALSE;
  g_ptr_array_add (tcp->listening, g_memdup2 (&listening, sizeof listening));
  return TRUE;
}

gboolean
sim_tcp_stop_listening (SimTcp *tcp, guint32 id)
{
  for (guint i = 0; i < tcp->listening->len; i++)
    if (((const Listening *) g_ptr_array_index (tcp->listening, i))->id == id)
      {
        g_ptr_array_remove_index (tcp->listening, i);
        return TRUE;
      }
  return FALSE;
}

/* --- Sending ----------------------------------------------------------------------- */

static void
send_segment (SimTcp *tcp, const FramAddress *from, const FramAddress *to,
              const SimSegment *segment, const guint8 *data, gsize length)
{
  tcp->kind->send (tcp->owner, sim_packet_new_segment (from, to, segment, data, length));
}

static void
say (Connection *connection, SimSegmentFlags flags)
{
  SimSegment segment = { flags, connection->sent, connection->wanted };

  send_segment (connection->tcp, &connection->local, &connection->remote, &segment, NULL,
                0);
}

/* Where the next new byte would be: an acknowledgement says so that something is missing, if
 * something is. */
static void
acknowledge (Connection *connection)
{
  say (connection, SIM_SEGMENT_ACK);
}

/* From `first` on, as much as the window lets through, and FIN where nothing follows. */
static void
send_from (Connection *connection, guint first)
{
  const GByteArray *waiting = connection->waiting;
  guint end = MIN (waiting->len, WINDOW);

  for (guint at = first; at < end; at += SEGMENT_MAX)
    {
      SimSegment segment = { SIM_SEGMENT_ACK, connection->sent + at, connection->wanted };

      send_segment (connection->tcp, &connection->local, &connection->remote, &segment,
                    waiting->data + at, MIN (SEGMENT_MAX, end - at));
    }
  if (connection->closing && end == waiting->len)
    {
      SimSegment segment = { SIM_SEGMENT_ACK | SIM_SEGMENT_FIN, connection->sent + end,
                             connection->wanted };

      send_segment (connection->tcp, &connection->local, &connection->remote, &segment,
                    NULL, 0);
    }
}

static void
send_again (Connection *connection)
{
  switch (connection->state)
    {
    case STATE_CONNECTING:
      say (connection, SIM_SEGMENT_SYN);
      break;
    case STATE_ANSWERING:
      say (connection, SIM_SEGMENT_SYN | SIM_SEGMENT_ACK);
      break;
    case STATE_OPEN:
      send_from (connection, 0);
      break;
    }
}

/* --- Ending ------------------------------------------------------------------------ */

/* Return: (transfer full): its owner's number, which is told last. */
static guint32
remove_connection (Connection *connection)
{
  guint32 id = connection->id;

  g_ptr_array_remove (connection->tcp->connections, connection);
  return id;
}

static void
end (Connection *connection, SimTcpEnd how)
{
  SimTcp *tcp = connection->tcp;
  guint32 id = remove_connection (connection);

  if (id != 0)
    tcp->kind->ended (tcp->owner, id, how);
}

/* --- Timers ------------------------------------------------------------------------ */

/* A timer finds its connection by the addresses: it may be gone. */
typedef struct
{
  FramAddress local, remote;
  FramTime due;
} Timer;

static void
on_timer (gpointer subject, gpointer detail)
{
  SimTcp *tcp = subject;
  g_autofree Timer *timer = detail;
  Connection *connection = find_tuple (tcp, &timer->local, &timer->remote);
  FramTime limit;

  if (connection == NULL || connection->due != timer->due)
    return;
  limit = connection->state == STATE_OPEN ? SEND_LIMIT : CONNECT_LIMIT;
  if (now (tcp) >= connection->since + limit)
    {
      end (connection, SIM_TCP_SILENT);
      return;
    }
  connection->timeout *= 2;
  connection->due = MIN (now (tcp) + connection->timeout, connection->since + limit);
  timer->due = connection->due;
  sim_schedule_add (tcp->context->schedule, connection->due, on_timer, tcp,
                    g_memdup2 (timer, sizeof *timer), g_free);
  send_again (connection);
}

/* Something new waits for its acknowledgement. */
static void
start_timer (Connection *connection)
{
  SimTcp *tcp = connection->tcp;
  Timer timer = { connection->local, connection->remote, now (tcp) + FIRST_TIMEOUT };

  connection->since = now (tcp);
  connection->timeout = FIRST_TIMEOUT;
  connection->due = timer.due;
  sim_schedule_add (tcp->context->schedule, timer.due, on_timer, tcp,
                    g_memdup2 (&timer, sizeof timer), g_free);
}

/* --- What the owner asks ----------------------------------------------------------- */

static Connection *
new_connection (SimTcp *tcp, const FramAddress *local, const FramAddress *remote,
                State state)
{
  Connection *connection = g_new0 (Connection, 1);

  connection->tcp = tcp;
  connection->local = *local;
  connection->remote = *remote;
  connection->state = state;
  connection->sent = tcp->next_sequence += SEQUENCE_STEP;
  connection->waiting = g_byte_array_new ();
  g_ptr_array_add (tcp->connections, connection);
  return connection;
}

gboolean
sim_tcp_connect (SimTcp *tcp, guint32 id, const FramAddress *local,
                 const FramAddress *remote)
{
  Connection *connection;

  if (find_tuple (tcp, local, remote) != NULL)
    return FALSE;
  connection = new_connection (tcp, local, remote, STATE_CONNECTING);
  connection->id = id;
  start_timer (connection);
  say (connection, SIM_SEGMENT_SYN);
  return TRUE;
}

gboolean
sim_tcp_send (SimTcp *tcp, guint32 id, const guint8 *data, gsize length)
{
  Connection *connection = find (tcp, id);
  guint first;

  if (connection == NULL || connection->state != STATE_OPEN
      || connection->waiting->len + length > BUFFER_MAX)
    return FALSE;
  first = connection->waiting->len;
  g_byte_array_append (connection->waiting, data, (guint) length);
  if (connection->due == FRAM_TIME_NEVER)
    start_timer (connection);
  /* Beyond the window it waits for what was sent before. */
  send_from (connection, first);
  return TRUE;
}

gboolean
sim_tcp_close (SimTcp *tcp, guint32 id)
{
  Connection *connection = find (tcp, id);

  if (connection == NULL)
    return FALSE;
  connection->id = 0;
  if (connection->state != STATE_OPEN)
    {
      remove_connection (connection);
      return TRUE;
    }
  connection->closing = TRUE;
  if (connection->due == FRAM_TIME_NEVER)
    start_timer (connection);
  send_from (connection, MIN (connection->waiting->len, WINDOW));
  return TRUE;
}

/* --- What comes -------------------------------------------------------------------- */

/* RFC 9293 §3.5.2: what nobody knows of is reset. */
static void
reset (SimTcp *tcp, const SimPacket *packet)
{
  SimSegment answer = { SIM_SEGMENT_RST | SIM_SEGMENT_ACK, packet->segment.acknowledged,
                        packet->segment.sequence + (guint32) packet->length };

  if ((packet->segment.flags & SIM_SEGMENT_RST) != 0 || !tcp->refuses)
    return;
  if ((packet->segment.flags & (SIM_SEGMENT_SYN | SIM_SEGMENT_FIN)) != 0)
    answer.acknowledged++;
  send_segment (tcp, &packet->destination, &packet->source, &answer, NULL, 0);
}

static void
take_new (SimTcp *tcp, const SimPacket *packet)
{
  const Listening *listening = find_listening (tcp, &packet->destination);
  Connection *connection;

  if (listening == NULL || packet->segment.flags != SIM_SEGMENT_SYN)
    {
      reset (tcp, packet);
      return;
    }
  connection
      = new_connection (tcp, &packet->destination, &packet->source, STATE_ANSWERING);
  connection->listening = listening->id;
  connection->wanted = packet->segment.sequence + 1;
  start_timer (connection);
  say (connection, SIM_SEGMENT_SYN | SIM_SEGMENT_ACK);
}

/* Our SYN is acknowledged.  Return: FALSE: the connection is over. */
static gboolean
open_connection (Connection *connection)
{
  SimTcp *tcp = connection->tcp;
  FramAddress local = connection->local, remote = connection->remote;
  guint32 id;

  connection->sent++;
  connection->state = STATE_OPEN;
  connection->due = FRAM_TIME_NEVER;
  if (connection->listening == 0)
    {
      acknowledge (connection);
      tcp->kind->opened (tcp->owner, connection->id);
      return find_tuple (tcp, &local, &remote) == connection;
    }
  id = tcp->kind->accept (tcp->owner, connection->listening, &remote);
  if (find_tuple (tcp, &local, &remote) != connection)
    return FALSE;
  connection->id = id;
  if (id != 0)
    return TRUE;
  connection->closing = TRUE;
  start_timer (connection);
  send_from (connection, 0);
  return TRUE;
}

/* Return: FALSE: the connection is over, or the segment is of no more use. */
static gboolean
take_opening (Connection *connection, const SimPacket *packet)
{
  const SimSegment *segment = &packet->segment;
  gboolean acknowledges = (segment->flags & SIM_SEGMENT_ACK) != 0
                          && segment->acknowledged == connection->sent + 1;

  if ((segment->flags & SIM_SEGMENT_RST) != 0)
    {
      if (acknowledges)
        end (connection, SIM_TCP_REFUSED);
      return FALSE;
    }
  if ((segment->flags & SIM_SEGMENT_ACK) != 0 && !acknowledges)
    {
      reset (connection->tcp, packet);
      return FALSE;
    }
  if ((segment->flags & SIM_SEGMENT_SYN) != 0)
    connection->wanted = segment->sequence + 1;
  if (acknowledges && (segment->flags & SIM_SEGMENT_SYN) != 0)
    {
      open_connection (connection);
      return FALSE;
    }
  if (acknowledges)
    return connection->state == STATE_ANSWERING && open_connection (connection);
  if ((segment->flags & SIM_SEGMENT_SYN) == 0)
    return FALSE;
  /* RFC 9293 §3.5: both connect at the same time; or our answer was lost. */
  connection->state = STATE_ANSWERING;
  say (connection, SIM_SEGMENT_SYN | SIM_SEGMENT_ACK);
  return FALSE;
}

/* Return: FALSE: the connection is over. */
static gboolean
take_acknowledgement (Connection *connection, guint32 acknowledged)
{
  guint32 n = acknowledged - connection->sent;
  guint32 outstanding = connection->waiting->len + connection->closing;
  guint former = MIN (connection->waiting->len, WINDOW);

  if (n == 0 || n > outstanding)
    return TRUE;
  if (n == outstanding && connection->closing)
    {
      end (connection, SIM_TCP_CLOSED);
      return FALSE;
    }
  connection->sent += n;
  g_byte_array_remove_range (connection->waiting, 0, n);
  connection->due = FRAM_TIME_NEVER;
  if (connection->waiting->len + connection->closing > 0)
    start_timer (connection);
  /* The window lets more through. */
  if (connection->waiting->len + n > former)
    send_from (connection, former - n);
  return TRUE;
}

static void
take_data (Connection *connection, const SimPacket *packet)
{
  SimTcp *tcp = connection->tcp;
  FramAddress local = connection->local, remote = connection->remote;

  if (packet->length == 0 && (packet->segment.flags & SIM_SEGMENT_FIN) == 0)
    return;
  /* Nobody will read it any more. (RFC 9293 §3.6.1) */
  if (connection->id == 0 && packet->length > 0)
    {
      reset (tcp, packet);
      remove_connection (connection);
      return;
    }
  if (packet->segment.sequence != connection->wanted)
    {
      acknowledge (connection);
      return;
    }
  connection->wanted += (guint32) packet->length;
  if ((packet->segment.flags & SIM_SEGMENT_FIN) != 0)
    {
      connection->wanted++;
      connection->closing = TRUE;
      send_from (connection, 0);
      end (connection, SIM_TCP_CLOSED);
      return;
    }
  tcp->kind->received (tcp->owner, connection->id, packet->data, packet->length);
  if (find_tuple (tcp, &local, &remote) == connection)
    acknowledge (connection);
}

static void
take_open (Connection *connection, const SimPacket *packet)
{
  const SimSegment *segment = &packet->segment;

  /* RFC 5961 §3.2, §4.2: who has forgotten the connection answers with another reset. */
  if ((segment->flags & SIM_SEGMENT_SYN) != 0
      || ((segment->flags & SIM_SEGMENT_RST) != 0
          && segment->sequence != connection->wanted))
    {
      acknowledge (connection);
      return;
    }
  if ((segment->flags & SIM_SEGMENT_RST) != 0)
    {
      end (connection, SIM_TCP_CLOSED);
      return;
    }
  if (take_acknowledgement (connection, segment->acknowledged))
    take_data (connection, packet);
}

void
sim_tcp_receive (SimTcp *tcp, const SimPacket *packet)
{
  Connection *connection = find_tuple (tcp, &packet->destination, &packet->source);

  if (connection == NULL)
    take_new (tcp, packet);
  else if (connection->state == STATE_OPEN || take_opening (connection, packet))
    take_open (connection, packet);
}
