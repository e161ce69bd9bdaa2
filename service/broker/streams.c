#include "broker/streams.h"

#include "broker/tcp-private.h"
#include "stun/builder.h"

static void
try_free (gpointer data)
{
  FramStreamTry *try = data;

  g_free (try->uri);
  g_free (try->name);
  g_free (try->authority);
  g_free (try->details);
  g_free (try);
}

void
fram_stream_table_init (FramStreamTable *table)
{
  table->tries = g_ptr_array_new_with_free_func (try_free);
  table->n_open = 0;
}

void
fram_stream_table_clear (FramStreamTable *table)
{
  g_clear_pointer (&table->tries, g_ptr_array_unref);
}

static FramStreamTry *
get_try (FramBroker *broker, guint i)
{
  return g_ptr_array_index (broker->streams.tries, i);
}

static FramStreamTry *
find_try (FramBroker *broker, const FramAddress *interface, const char *uri)
{
  for (guint i = 0; i < broker->streams.tries->len; i++)
    {
      FramStreamTry *try = get_try (broker, i);

      if (fram_address_equal_ip (&try->interface.address, interface)
          && g_str_equal (try->uri, uri))
        return try;
    }
  return NULL;
}

static FramStreamTry *
find_stream (FramBroker *broker, FramBaseId id)
{
  for (guint i = 0; broker->streams.n_open > 0 && i < broker->streams.tries->len; i++)
    {
      FramStreamTry *try = get_try (broker, i);

      if (id != 0 && try->stream == id)
        return try;
    }
  return NULL;
}

static gboolean
is_over (const FramStreamTry *try)
{
  return try->state == FRAM_STREAM_TRY_ANSWERED || try->state == FRAM_STREAM_TRY_FAILED;
}

/* --- One try ----------------------------------------------------------------------- */

static void
set_state (FramStreamTry *try, FramStreamTryState state, FramTime now)
{
  try->state = state;
  try->since = now;
}

static void
connect_try (FramBroker *broker, FramStreamTry *try, FramTime now)
{
  FramEvent *event = fram_broker_emit (broker, FRAM_EVENT_OPEN_STREAM, 0);

  try->stream = ++broker->next_base;
  broker->streams.n_open++;
  event->base = try->stream;
  event->bind = try->interface.address;
  event->remote = try->server;
  event->transport = try->transport;
  event->scheme = try->scheme;
  event->text = g_strdup (try->name);
  event->authority = g_strdup (try->authority);
  set_state (try, FRAM_STREAM_TRY_CONNECTING, now);
}

static void
connect_waiting (FramBroker *broker, FramTime now)
{
  for (guint i = 0;
       i < broker->streams.tries->len && broker->streams.n_open < FRAM_STREAMS_MAX; i++)
    {
      FramStreamTry *try = get_try (broker, i);

      if (try->state == FRAM_STREAM_TRY_WAITING && try->query == 0)
        connect_try (broker, try, now);
    }
}

/* Its stream is closed, unless io/ said that it is gone. */
static void
end_stream (FramBroker *broker, FramStreamTry *try, gboolean is_gone)
{
  fram_schedule_set (&broker->deadlines, &try->due, FRAM_TIME_NEVER);
  if (try->stream == 0)
    return;
  if (!is_gone)
    fram_broker_emit (broker, FRAM_EVENT_CLOSE_BASE, 0)->base = try->stream;
  try->stream = 0;
  broker->streams.n_open--;
}

static void
succeed (FramBroker *broker, FramStreamTry *try, FramTime now)
{
  end_stream (broker, try, FALSE);
  set_state (try, FRAM_STREAM_TRY_ANSWERED, now);
  fram_broker_learn_answer (broker, try->uri, &try->server, try->transport, try->rtt,
                            now);
  fram_broker_learn_heard (broker, try->interface.name, try->uri, try->server.family,
                           try->transport, now);
  connect_waiting (broker, now);
  fram_broker_check_stream_ended (broker, try, now);
}

static void
fail (FramBroker *broker, FramStreamTry *try, FramStreamFailure failure,
      const char *details, gboolean is_gone, FramTime now)
{
  end_stream (broker, try, is_gone);
  set_state (try, FRAM_STREAM_TRY_FAILED, now);
  try->failure = failure;
  try->details = g_strdup (details);
  fram_broker_learn_silence (broker, try->uri, &try->server, try->transport, now);
  if (failure == FRAM_STREAM_SILENT)
    fram_broker_learn_deaf (broker, try->interface.name, try->uri, try->server.family,
                            try->transport, now);
  connect_waiting (broker, now);
  fram_broker_check_stream_ended (broker, try, now);
}

void
fram_broker_ask_stream (FramBroker *broker, FramBaseId stream, const FramAddress *server,
                        const FramStunId *id)
{
  guint8 buffer[FRAM_STUN_MAX_SENT];
  FramStunBuilder builder;
  FramEvent *event = fram_broker_emit (broker, FRAM_EVENT_TRANSMIT, 0);

  fram_stun_builder_init (&builder, buffer, sizeof buffer, FRAM_STUN_REQUEST,
                          FRAM_STUN_BINDING, id);
  event->base = stream;
  event->remote = *server;
  event->length = (guint16) fram_stun_builder_end (&builder);
  event->data = g_memdup2 (buffer, event->length);
}

static void
send_question (FramBroker *broker, const FramStreamTry *try)
{
  fram_broker_ask_stream (broker, try->stream, &try->server, &try->transaction.id);
}

static void
ask (FramBroker *broker, FramStreamTry *try, FramTime now)
{
  FramStunTiming timing = FRAM_STUN_TIMING_DEFAULT (FRAM_SECONDS (1));

  /* RFC 8489 §6.2.2: once, and Ti for the answer; DTLS loses as UDP does. */
  timing.reliable = try->transport != FRAM_KNOWN_DTLS;
  fram_stun_transaction_start (&try->transaction, &timing, broker->random, now);
  send_question (broker, try);
  set_state (try, FRAM_STREAM_TRY_ASKING, now);
  fram_schedule_set (&broker->deadlines, &try->due, try->transaction.deadline);
}

gboolean
fram_broker_streams_opened (FramBroker *broker, FramBaseId id, FramTime now)
{
  FramStreamTry *try = find_stream (broker, id);

  if (try == NULL)
    return FALSE;
  if (try->state == FRAM_STREAM_TRY_CONNECTING)
    ask (broker, try, now);
  return TRUE;
}

gboolean
fram_broker_streams_receive (FramBroker *broker, FramBaseId id, const FramAddress *remote,
                             const guint8 *data, gsize length, FramTime now)
{
  FramStreamTry *try = find_stream (broker, id);
  FramStunMessage message;
  FramAddress mapped = { 0 };

  if (try == NULL)
    return FALSE;
  if (try->state != FRAM_STREAM_TRY_ASKING || !fram_address_equal (remote, &try->server)
      || fram_stun_message_parse (&message, data, length) != FRAM_STUN_PARSE_OK
      || message.method != FRAM_STUN_BINDING
      || !fram_stun_id_equal (&message.id, &try->transaction.id)
      || (message.klass != FRAM_STUN_SUCCESS && message.klass != FRAM_STUN_ERROR))
    return TRUE;
  /* An error is an answer: the way is there, and that is what was asked. */
  if (message.klass == FRAM_STUN_SUCCESS)
    fram_stun_message_get_address (&message, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS, &mapped);
  try->mapped = mapped;
  try->rtt = now - try->transaction.started;
  succeed (broker, try, now);
  return TRUE;
}

void
fram_broker_streams_advance (FramBroker *broker, FramStreamTry *try, FramTime now)
{
  switch (fram_stun_transaction_advance (&try->transaction, now))
    {
    case FRAM_STUN_TRANSACTION_WAIT:
      break;
    case FRAM_STUN_TRANSACTION_SEND:
      send_question (broker, try);
      break;
    case FRAM_STUN_TRANSACTION_TIMEOUT:
      fail (broker, try, FRAM_STREAM_SILENT, NULL, FALSE, now);
      return;
    }
  fram_schedule_set (&broker->deadlines, &try->due, try->transaction.deadline);
}

void
fram_broker_told_stream_failed (FramBroker *broker, FramBaseId stream,
                                FramStreamFailure failure, const char *details,
                                FramTime now)
{
  FramStreamTry *try = find_stream (broker, stream);

  if (fram_broker_tcp_ended (broker, stream, now)
      || fram_broker_tcp_question_failed (broker, stream, failure, now))
    return;
  if (try != NULL)
    fail (broker, try, failure, details, TRUE, now);
  else if (!fram_broker_test_stream_failed (broker, stream, failure, details, now))
    fram_broker_carrier_stream_failed (broker, stream, failure, now);
}

/* --- All of them ------------------------------------------------------------------- */

static gboolean
make_room (FramBroker *broker)
{
  if (broker->streams.tries->len < FRAM_STREAMS_KEPT)
    return TRUE;
  for (guint i = 0; i < broker->streams.tries->len; i++)
    if (is_over (get_try (broker, i)))
      {
        g_ptr_array_remove_index (broker->streams.tries, i);
        return TRUE;
      }
  return FALSE;
}

void
fram_broker_resolve (FramBroker *broker, const FramServer *server)
{
  FramEvent *event = fram_broker_emit (broker, FRAM_EVENT_RESOLVE, 0);

  event->query = server->query;
  event->scheme = server->parts.scheme;
  event->transport = server->parts.transport;
  event->port = server->parts.port;
  event->text = g_strdup (server->parts.host);
}

/* A name without a port may be served elsewhere by TCP. (RFC 8489 §8.1: _stun._tcp) */
static void
resolve (FramBroker *broker, FramStreamTry *try, const FramServer *server)
{
  FramEvent *event;

  if (server->parts.is_address || server->parts.port != 0
      || server->parts.transport == try->transport)
    return;
  try->query = fram_server_table_draw_query (&broker->servers);
  event = fram_broker_emit (broker, FRAM_EVENT_RESOLVE, 0);
  event->query = try->query;
  event->scheme = server->parts.scheme;
  event->transport = try->transport;
  event->text = g_strdup (try->name);
}

gboolean
fram_broker_streams_resolved (FramBroker *broker, guint16 query,
                              const FramAddress *addresses, guint n_addresses,
                              FramTime now)
{
  for (guint i = 0; i < broker->streams.tries->len; i++)
    {
      FramStreamTry *try = get_try (broker, i);

      if (query == 0 || try->query != query)
        continue;
      try->query = 0;
      for (guint a = 0; a < n_addresses; a++)
        if (addresses[a].family == try->server.family && addresses[a].port != 0)
          {
            try->server = addresses[a];
            break;
          }
      connect_waiting (broker, now);
      return TRUE;
    }
  return FALSE;
}

const FramStreamTry *
fram_broker_streams_try (FramBroker *broker, const FramInterfaceAddress *interface,
                         const FramServer *server, FramTime now)
{
  const FramAddress *address
      = fram_server_get_address (server, interface->address.family);
  FramStreamTry *try = find_try (broker, &interface->address, server->uri);

  if (try != NULL && (!is_over (try) || now < try->since + FRAM_STREAMS_REST))
    return try;
  /* The address may be going, and its bases with it, one after the other. */
  if (address == NULL || !fram_broker_uses_address (broker, &interface->address))
    return NULL;
  if (try != NULL)
    g_ptr_array_remove (broker->streams.tries, try);
  if (!make_room (broker))
    return NULL;

  try = g_new0 (FramStreamTry, 1);
  try->interface = *interface;
  try->uri = g_strdup (server->uri);
  try->name = g_strdup (server->parts.host);
  try->server = *address;
  try->transport = fram_server_get_stream (server);
  try->scheme = server->parts.scheme;
  try->authority = g_strdup (server->authority);
  try->due.kind = FRAM_DUE_STREAM;
  try->due.owner = try;
  set_state (try, FRAM_STREAM_TRY_WAITING, now);
  g_ptr_array_add (broker->streams.tries, try);
  resolve (broker, try, server);
  connect_waiting (broker, now);
  return try;
}

void
fram_broker_streams_discover (FramBroker *broker, const FramInterfaceAddress *interface,
                              const GPtrArray *servers, FramTime now)
{
  for (guint i = 0; servers != NULL && i < servers->len; i++)
    {
      const FramServer *server = g_ptr_array_index (servers, i);

      if (!fram_server_is_turn (server)
          && !fram_network_is_deaf (&broker->network, interface->name, server->uri,
                                    interface->address.family,
                                    fram_server_get_stream (server)))
        fram_broker_streams_try (broker, interface, server, now);
    }
}

const FramStreamTry *
fram_broker_streams_find (FramBroker *broker, const FramAddress *interface,
                          const char *uri)
{
  return find_try (broker, interface, uri);
}

gboolean
fram_broker_streams_is_busy (FramBroker *broker, const FramAddress *interface)
{
  for (guint i = 0; i < broker->streams.tries->len; i++)
    {
      const FramStreamTry *try = get_try (broker, i);

      if (!is_over (try)
          && (interface == NULL
              || fram_address_equal_ip (&try->interface.address, interface)))
        return TRUE;
    }
  return FALSE;
}

/* --- Forgetting -------------------------------------------------------------------- */

void
fram_broker_streams_forget (FramBroker *broker)
{
  for (guint i = 0; i < broker->streams.tries->len; i++)
    end_stream (broker, get_try (broker, i), FALSE);
  g_ptr_array_set_size (broker->streams.tries, 0);
}

void
fram_broker_streams_lose (FramBroker *broker, const FramAddress *interface, FramTime now)
{
  for (guint i = broker->streams.tries->len; i-- > 0;)
    {
      FramStreamTry *try = get_try (broker, i);

      if (!fram_address_equal_ip (&try->interface.address, interface))
        continue;
      end_stream (broker, try, FALSE);
      g_ptr_array_remove_index (broker->streams.tries, i);
    }
  connect_waiting (broker, now);
}
