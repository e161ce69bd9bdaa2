/* Trying a server for real, step by step, each failure with its cause and what to do.
 *
 * The server is asked from the first interface address that has its family, by a socket or a
 * connection of the test's own, and from the next one if nothing comes back; where the URI
 * leaves the way open, by TCP after UDP. */
#include <string.h>

#include "broker/server-test-private.h"

typedef FramTestUnderWay Test;

#define LIMIT FRAM_SECONDS (15)
static FramServerTestTable *
table_of (FramBroker *broker)
{
  return &broker->tests;
}

static void
test_free (gpointer data)
{
  Test *test = data;

  if (test == NULL)
    return;
  if (test->password != NULL)
    explicit_bzero (test->password, strlen (test->password));
  g_free (test->password);
  g_free (test->username);
  g_free (test->authority);
  g_free (test->domain);
  g_free (test->uri);
  fram_turn_free (test->turn);
  g_free (test);
}

void
fram_server_test_table_init (FramServerTestTable *table)
{
  table->tests = g_ptr_array_new ();
}

void
fram_test_close (FramBroker *broker, Test *test)
{
  if (test->base != 0)
    fram_broker_emit (broker, FRAM_EVENT_CLOSE_BASE, 0)->base = test->base;
  test->base = 0;
}

void
fram_broker_clear_tests (FramBroker *broker)
{
  GPtrArray *tests = table_of (broker)->tests;

  for (guint i = 0; i < tests->len; i++)
    {
      Test *test = g_ptr_array_index (tests, i);

      fram_schedule_set (&broker->deadlines, &test->due, FRAM_TIME_NEVER);
      test_free (test);
    }
  g_ptr_array_unref (tests);
  test_free (g_steal_pointer (&table_of (broker)->last));
}

guint
fram_broker_count_test_sockets (FramBroker *broker)
{
  const GPtrArray *tests = table_of (broker)->tests;
  guint n = 0;

  for (guint i = 0; i < tests->len; i++)
    {
      const Test *test = g_ptr_array_index (tests, i);

      n += test->base != 0 && !test->by_stream;
    }
  return n;
}

/* --- The end ----------------------------------------------------------------------- */

static void
finish (FramBroker *broker, Test *test, FramServerStep step, const char *cause,
        const char *advice, FramTime now)
{
  fram_test_close (broker, test);
  fram_schedule_set (&broker->deadlines, &test->due, FRAM_TIME_NEVER);
  g_clear_pointer (&test->turn, fram_turn_free);
  test->row.ended = TRUE;
  test->row.step = step;
  test->row.cause = cause;
  test->row.advice = advice;
  test->row.took = now - test->began;
  g_ptr_array_remove (table_of (broker)->tests, test);
  test_free (table_of (broker)->last);
  table_of (broker)->last = test;
  fram_broker_emit (broker, FRAM_EVENT_SERVER_TESTED, 0)->query = test->row.id;
}

void
fram_test_fail (FramBroker *broker, Test *test, FramServerFailure failure, FramTime now)
{
  finish (broker, test, test->row.step, fram_server_failure_to_word (failure),
          fram_server_failure_to_advice (failure), now);
}

void
fram_test_succeed (FramBroker *broker, Test *test, FramTime now)
{
  finish (broker, test, FRAM_SERVER_STEP_DONE, "", "", now);
}

void
fram_test_schedule (FramBroker *broker, Test *test)
{
  FramTime due = MIN (test->until, test->silent_at);

  if (test->row.ended)
    return;
  if (test->is_asking)
    due = MIN (due, test->transaction.deadline);
  if (test->turn != NULL)
    due = MIN (due, fram_turn_deadline (test->turn));
  fram_schedule_set (&broker->deadlines, &test->due, due);
}

/* --- The way there ----------------------------------------------------------------- */

void
fram_test_open (FramBroker *broker, Test *test)
{
  FramEvent *event = fram_broker_emit (
      broker, test->by_stream ? FRAM_EVENT_OPEN_STREAM : FRAM_EVENT_OPEN_BASE, 0);

  test->base = event->base = ++broker->next_base;
  test->heard_noise = FALSE;
  test->silent_at = FRAM_TIME_NEVER;
  event->bind = test->interface.address;
  event->lane = FRAM_LANE_NONE;
  test->row.step = FRAM_SERVER_STEP_CONNECT;
  if (!test->by_stream)
    return;
  event->remote = test->row.server;
  event->transport = test->row.transport;
  event->scheme = test->parts.scheme;
  event->text = g_strdup (test->domain != NULL ? test->domain : test->parts.host);
  event->authority = g_strdup (test->authority);
}

static gboolean
find_interface (FramBroker *broker, FramFamily family, FramInterfaceAddress *ret)
{
  for (guint i = 0; i < broker->interfaces->len; i++)
    {
      const FramInterfaceAddress *interface = &g_array_index (broker->interfaces,
                                                              FramInterfaceAddress, i);

      if ((FramFamily) interface->address.family == family)
        {
          *ret = *interface;
          return TRUE;
        }
    }
  return FALSE;
}

/* The next address of the server. FALSE: there is none that could be asked. */
static gboolean
try_next (FramBroker *broker, Test *test)
{
  while (test->next < test->n_addresses)
    {
      const FramAddress *address = &test->addresses[test->next++];

      if (!find_interface (broker, (FramFamily) address->family, &test->interface))
        continue;
      test->row.server = *address;
      fram_test_open (broker, test);
      return TRUE;
    }
  return FALSE;
}

/* This way it does not go: the next address, then TCP after UDP. */
void
fram_test_go_on (FramBroker *broker, Test *test, FramServerFailure failure, FramTime now)
{
  fram_test_close (broker, test);
  g_clear_pointer (&test->turn, fram_turn_free);
  test->is_asking = FALSE;
  if (try_next (broker, test))
    return;
  if (!test->by_stream && !test->parts.has_transport)
    {
      test->by_stream = TRUE;
      test->row.transport = FRAM_KNOWN_TCP;
      test->next = 0;
      if (try_next (broker, test))
        return;
    }
  fram_test_fail (broker, test, failure, now);
}

static void
begin (FramBroker *broker, Test *test, FramTime now)
{
  test->row.step = FRAM_SERVER_STEP_CONNECT;
  if (!try_next (broker, test))
    fram_test_fail (broker, test, FRAM_SERVER_FAILURE_NO_NETWORK, now);
  else
    fram_test_schedule (broker, test);
}

/* --- Facts ------------------------------------------------------------------------- */

static Test *
find (FramBroker *broker, FramBaseId id)
{
  const GPtrArray *tests = table_of (broker)->tests;

  for (guint i = 0; i < tests->len; i++)
    if (((const Test *) g_ptr_array_index (tests, i))->base == id)
      return g_ptr_array_index (tests, i);
  return NULL;
}

gboolean
fram_broker_test_opened (FramBroker *broker, FramBaseId id, FramTime now)
{
  Test *test = find (broker, id);

  if (test == NULL)
    return FALSE;
  fram_test_ask (broker, test, now);
  fram_test_schedule (broker, test);
  return TRUE;
}

static gboolean
end_way (FramBroker *broker, FramBaseId id, gboolean is_gone, FramServerFailure failure,
         FramTime now)
{
  Test *test = find (broker, id);

  if (test == NULL)
    return FALSE;
  if (is_gone)
    test->base = 0;
  /* It is being given back: what became of the way is of no interest. */
  if (test->row.step == FRAM_SERVER_STEP_DONE)
    fram_test_succeed (broker, test, now);
  else
    fram_test_go_on (broker, test, failure, now);
  fram_test_schedule (broker, test);
  return TRUE;
}

gboolean
fram_broker_test_failed (FramBroker *broker, FramBaseId id, FramTime now)
{
  return end_way (broker, id, TRUE, FRAM_SERVER_FAILURE_NO_NETWORK, now);
}

gboolean
fram_broker_test_stream_failed (FramBroker *broker, FramBaseId id,
                                FramStreamFailure failure, const char *details,
                                FramTime now)
{
  return end_way (broker, id, TRUE, fram_server_failure_of_stream (failure), now);
}

gboolean
fram_broker_test_unreachable (FramBroker *broker, FramBaseId id,
                              const FramAddress *remote, FramTime now)
{
  const Test *test = find (broker, id);

  if (test == NULL || !fram_address_equal (remote, &test->row.server))
    return test != NULL;
  return end_way (broker, id, FALSE, FRAM_SERVER_FAILURE_UNREACHABLE, now);
}

gboolean
fram_broker_test_resolved (FramBroker *broker, guint16 query,
                           const FramAddress *addresses, guint n_addresses, FramTime now)
{
  const GPtrArray *tests = table_of (broker)->tests;
  Test *test = NULL;

  for (guint i = 0; query != 0 && i < tests->len; i++)
    if (((const Test *) g_ptr_array_index (tests, i))->query == query)
      test = g_ptr_array_index (tests, i);
  if (test == NULL)
    return FALSE;
  test->query = 0;
  for (guint i = 0; i < n_addresses; i++)
    {
      gboolean is_new = addresses[i].port != 0;

      for (guint k = 0; k < test->n_addresses; k++)
        is_new = is_new && test->addresses[k].family != addresses[i].family;
      if (is_new && test->n_addresses < FRAM_SERVER_MAX_ADDRESSES)
        test->addresses[test->n_addresses++] = addresses[i];
    }
  if (test->n_addresses == 0)
    fram_test_fail (broker, test, FRAM_SERVER_FAILURE_NAME, now);
  else
    begin (broker, test, now);
  return TRUE;
}

gboolean
fram_broker_test_receive (FramBroker *broker, FramBaseId id, const FramAddress *remote,
                          const guint8 *data, gsize length, FramTime now)
{
  Test *test = find (broker, id);

  if (test == NULL)
    return FALSE;
  if (fram_address_equal (remote, &test->row.server))
    fram_test_take (broker, test, data, length, now);
  return TRUE;
}

/* --- Time -------------------------------------------------------------------------- */

FramServerFailure
fram_test_find_silence (const Test *test)
{
  if (test->row.step == FRAM_SERVER_STEP_RESOLVE)
    return FRAM_SERVER_FAILURE_NAME;
  return test->heard_noise ? FRAM_SERVER_FAILURE_NOT_STUN : FRAM_SERVER_FAILURE_SILENT;
}

void
fram_broker_test_advance (FramBroker *broker, gpointer data, FramTime now)
{
  Test *test = data;

  if (now >= test->until)
    {
      if (test->row.step == FRAM_SERVER_STEP_DONE)
        fram_test_succeed (broker, test, now);
      else
        fram_test_fail (broker, test, fram_test_find_silence (test), now);
      return;
    }
  fram_test_advance_talk (broker, test, now);
  fram_test_schedule (broker, test);
}

/* --- The call ---------------------------------------------------------------------- */

static Test *
test_new (FramBroker *broker, const FramServerOption *server, const FramServerUri *parts,
          FramTime now)
{
  FramServerTestTable *table = table_of (broker);
  Test *test = g_new0 (Test, 1);

  if (++table->last_id == 0)
    ++table->last_id;
  test->row = (FramServerTest){ .id = table->last_id,
                                .cause = "",
                                .advice = "",
                                .transport = parts->transport,
                                .rtt = -1 };
  test->parts = *parts;
  test->by_stream = parts->transport != FRAM_KNOWN_UDP;
  test->uri = g_strdup (server->uri);
  test->username = g_strdup (server->username);
  test->password = g_strdup (server->password);
  test->authority = g_strdup (server->authority);
  test->began = now;
  test->until = now + LIMIT;
  test->silent_at = FRAM_TIME_NEVER;
  test->due.kind = FRAM_DUE_SERVER_TEST;
  test->due.owner = test;
  g_ptr_array_add (table->tests, test);
  return test;
}

static void
resolve (FramBroker *broker, Test *test)
{
  FramEvent *event = fram_broker_emit (broker, FRAM_EVENT_RESOLVE, 0);

  test->query = event->query = fram_server_table_draw_query (&broker->servers);
  event->scheme = test->parts.scheme;
  event->transport = test->parts.transport;
  event->port = test->parts.port;
  event->text = g_strdup (test->parts.host);
}

guint16
fram_broker_test_server (FramBroker *broker, const FramServerOption *server, FramTime now,
                         GError **error)
{
  FramServerUri parts;
  guint16 id, port;
  Test *test;

  if (!fram_server_uri_parse (&parts, server->uri, error))
    return 0;
  if (table_of (broker)->tests->len == FRAM_SERVER_TESTS_MAX)
    {
      g_set_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_LIMIT,
                   "%u tests of servers are under way already", FRAM_SERVER_TESTS_MAX);
      return 0;
    }
  test = test_new (broker, server, &parts, now);
  id = test->row.id;
  if (!parts.is_address)
    {
      resolve (broker, test);
      fram_test_schedule (broker, test);
      return id;
    }
  port = parts.port != 0 ? parts.port : fram_server_uri_get_default_port (&parts);
  fram_address_parse_ip (&test->addresses[0], parts.host, port);
  test->n_addresses = 1;
  begin (broker, test, now);
  return id;
}

const FramServerTest *
fram_broker_get_server_test (FramBroker *broker, guint16 id)
{
  const GPtrArray *tests = table_of (broker)->tests;
  const Test *last = table_of (broker)->last;

  for (guint i = 0; i < tests->len; i++)
    {
      const Test *test = g_ptr_array_index (tests, i);

      if (test->row.id == id)
        return &test->row;
    }
  return last != NULL && last->row.id == id ? &last->row : NULL;
}
