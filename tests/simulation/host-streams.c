/* A host's streams: TCP and TLS to the servers, which every site lets out.
 *
 * They are no packets of the simulated networks: a stream opens, and is answered, after a
 * time that is always the same.  Its NATs are left out, as nothing is made of the address that a
 * server sees. */
#include <string.h>

#include "host-private.h"
#include "relay-server.h"
#include "stun/builder.h"

/* At least; no stream is faster than the networks on its way are. */
#define CONNECTING FRAM_MILLISECONDS (40)
#define ANSWERING FRAM_MILLISECONDS (20)
/* As io/ gives up. */
#define GIVING_UP FRAM_SECONDS (10)

/* A check in a Send indication is the longest. */
#define MAX_MESSAGE 2048

typedef struct
{
  FramBaseId id;
  gboolean open;
  FramAddress local, remote;
  FramTime round_trip;   /* to the Internet, where the servers stand */
  gboolean is_relays;    /* an allocation's */
  SimRelayServer *relay; /* once it is open, if its server is one */
} Stream;

/* What comes of a stream after a while, if it is still there. */
typedef struct
{
  FramBaseId id;
  guint16 length;
  guint8 data[MAX_MESSAGE];
} Arrival;

static Stream *
find_stream (const SimHost *host, FramBaseId id)
{
  return g_hash_table_lookup (host->streams, GUINT_TO_POINTER (id));
}

static const SimServerPlan *
find_server (const SimHost *host, const FramAddress *address)
{
  for (guint i = 0; i < host->plan->n_servers; i++)
    if (fram_address_equal (&host->plan->servers[i].address, address))
      return &host->plan->servers[i];
  return NULL;
}

/* Nobody is there, or nobody any more. */
static gboolean
is_dead (const SimHost *host, const SimServerPlan *server)
{
  return server->absent || server->dies <= sim_host_now (host);
}

static SimRelayServer *
find_relay (const SimHost *host, const SimServerPlan *server)
{
  return host->topology->relays[server - host->plan->servers];
}

gboolean
sim_host_has_stream (const SimHost *host, FramBaseId id)
{
  return find_stream (host, id) != NULL;
}

static void come_back (gpointer subject, guint32 stream, const guint8 *data,
                       gsize length);

/* --- Opening ----------------------------------------------------------------------- */

static void
finish_opening (gpointer subject, gpointer detail)
{
  SimHost *host = subject;
  FramBaseId id = GPOINTER_TO_UINT (detail);
  Stream *stream = find_stream (host, id);
  const SimServerPlan *server;

  if (host->broker == NULL || stream == NULL)
    return;
  server = find_server (host, &stream->remote);
  if (server == NULL || is_dead (host, server)
      || fram_address_is_loopback (&stream->local))
    {
      gboolean silent = server != NULL && is_dead (host, server);

      g_hash_table_remove (host->streams, detail);
      fram_broker_told_stream_failed (
          host->broker, id, silent ? FRAM_STREAM_SILENT : FRAM_STREAM_UNREACHABLE, NULL,
          sim_host_now (host));
    }
  else
    {
      stream->open = TRUE;
      stream->relay = find_relay (host, server);
      if (stream->relay != NULL)
        sim_relay_server_connect (stream->relay, host, id, come_back);
      fram_broker_told_base_opened (host->broker, id, &stream->local,
                                    sim_host_now (host));
    }
  sim_host_settle (host);
}

static void
check_opening (SimHost *host, const FramEvent *event)
{
  GHashTableIter iter;
  Stream *other;
  guint n_tries = 0;

  if (!sim_host_has_address (host, &event->bind))
    SIM_HOST_VIOLATE (host, "stream-can-be", "stream %u is opened", event->base);
  /* Each allocation has its own (RFC 8656 §3.1). */
  if (event->scheme == FRAM_SERVER_SCHEME_TURN)
    return;
  g_hash_table_iter_init (&iter, host->streams);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &other))
    {
      if (other->is_relays)
        continue;
      n_tries++;
      if (fram_address_equal_ip (&other->local, &event->bind)
          && fram_address_equal (&other->remote, &event->remote))
        SIM_HOST_VIOLATE (host, "stream-once", "stream %u is stream %u again",
                          event->base, other->id);
    }
  if (n_tries >= FRAM_STREAMS_MAX)
    SIM_HOST_VIOLATE (host, "streams-at-most", "one more than %u is opened",
                      FRAM_STREAMS_MAX);
}

static FramTime
find_round_trip (const SimHost *host, const FramAddress *local)
{
  const SimInterfacePlan *interface = sim_host_find_interface (host, local);
  const SimNetworkPlan *networks = host->plan->networks;
  FramTime latency = networks[0].link.latency;

  for (guint n = interface != NULL ? interface->network : 0; n != 0;
       n = networks[n].outside)
    latency += networks[n].link.latency;
  return 2 * latency;
}

void
sim_host_open_stream (SimHost *host, const FramEvent *event)
{
  const SimServerPlan *server = find_server (host, &event->remote);
  Stream *stream;

  if (event->text == NULL || event->bind.port != 0)
    {
      sim_host_connect (host, event);
      return;
    }
  stream = g_new0 (Stream, 1);
  check_opening (host, event);
  sim_journal_note (host->context->journal, sim_host_now (host), host->node.name,
                    "stream %u opens", event->base);
  stream->id = event->base;
  stream->local = event->bind;
  stream->remote = event->remote;
  stream->is_relays = event->scheme == FRAM_SERVER_SCHEME_TURN;
  stream->local.port = 1024;
  stream->round_trip = find_round_trip (host, &stream->local);
  g_hash_table_insert (host->streams, GUINT_TO_POINTER (event->base), stream);
  sim_schedule_add (host->context->schedule,
                    sim_host_now (host)
                        + (server != NULL && is_dead (host, server)
                               ? GIVING_UP
                               : MAX (CONNECTING, stream->round_trip)),
                    finish_opening, host, GUINT_TO_POINTER (event->base), NULL);
}

gboolean
sim_host_close_stream (SimHost *host, const FramEvent *event)
{
  const Stream *stream = find_stream (host, event->base);

  if (stream != NULL && stream->relay != NULL)
    sim_relay_server_disconnect (stream->relay, host, event->base);
  return g_hash_table_remove (host->streams, GUINT_TO_POINTER (event->base));
}

/* --- Messages ---------------------------------------------------------------------- */

static void
arrive (gpointer subject, gpointer detail)
{
  SimHost *host = subject;
  g_autofree Arrival *arrival = detail;
  const Stream *stream = find_stream (host, arrival->id);
  FramAddress remote;

  if (host->broker == NULL || stream == NULL)
    return;
  remote = stream->remote;
  if (sim_host_take_relayed (host, arrival->id, &remote, arrival->data, arrival->length))
    return;
  fram_broker_receive (host->broker, arrival->id, &remote, arrival->data, arrival->length,
                       sim_host_now (host));
  sim_host_settle (host);
}

static void
answer_later (SimHost *host, const Stream *stream, const Arrival *arrival)
{
  sim_schedule_add (host->context->schedule,
                    sim_host_now (host) + MAX (ANSWERING, stream->round_trip), arrive,
                    host, g_memdup2 (arrival, sizeof *arrival), g_free);
}

static void
come_back (gpointer subject, guint32 stream, const guint8 *data, gsize length)
{
  SimHost *host = subject;
  const Stream *to = find_stream (host, stream);
  Arrival arrival = { .id = stream, .length = (guint16) length };

  g_assert (length <= sizeof arrival.data);
  memcpy (arrival.data, data, length);
  if (to != NULL)
    answer_later (host, to, &arrival);
}

gboolean
sim_host_send_stream (SimHost *host, FramBaseId id, const guint8 *data, gsize length)
{
  const Stream *stream = find_stream (host, id);

  if (stream == NULL || stream->relay == NULL)
    return FALSE;
  sim_relay_server_take (stream->relay, host, id, data, length);
  return TRUE;
}

gboolean
sim_host_transmit_stream (SimHost *host, const FramEvent *event)
{
  const Stream *stream = find_stream (host, event->base);
  const SimServerPlan *server;
  FramStunMessage request;
  Arrival arrival = { .id = event->base };

  if (stream == NULL)
    return FALSE;
  if (stream->open && fram_address_equal (&stream->remote, &event->remote)
      && sim_host_send_stream (host, event->base, event->data, event->length))
    return TRUE;
  if (!stream->open || !fram_address_equal (&stream->remote, &event->remote)
      || fram_stun_message_parse (&request, event->data, event->length)
             != FRAM_STUN_PARSE_OK)
    {
      SIM_HOST_VIOLATE (host, "stream-exists", "stream %u transmits", event->base);
      return TRUE;
    }
  server = find_server (host, &stream->remote);
  if (server->kind == SIM_SERVER_DEAF || is_dead (host, server))
    return TRUE;
  arrival.length = (guint16) sim_stun_server_build_answer (
      server->kind, &request, &stream->local, NULL, arrival.data, sizeof arrival.data);
  answer_later (host, stream, &arrival);
  return TRUE;
}
