/* Tries by TCP and TLS: how one goes, what it tells, and that there are not too many. */
#include "broker/snapshot.h"
#include "broker/streams.h"
#include "seeded-random.h"
#include "stun/builder.h"

#include <string.h>

#define TI FRAM_MILLISECONDS (39500)

typedef struct
{
  SeededRandom random;
  FramBroker *broker;
  FramServerTable servers; /* of the test's own: nobody else has them */
  FramInterfaceAddress interface;
  FramTime now;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  FramBrokerConfig config = { .policy.linger = FRAM_SECONDS (60) };
  FramKnownNetwork known = { .name = "here", .first_age = -1, .last_age = -1 };

  seeded_random_init (&fixture->random, 1);
  fixture->now = FRAM_SECONDS (1000);
  fixture->broker = fram_broker_new (&config, &fixture->random.random);
  g_strlcpy (fixture->interface.name, "eth0", sizeof fixture->interface.name);
  g_assert_true (fram_address_parse_ip (&fixture->interface.address, "198.51.100.1", 0));
  fram_broker_told_network (fixture->broker, &known, fixture->now);
  fram_broker_told_interfaces (fixture->broker, &fixture->interface, 1, fixture->now);
  fram_server_table_init (&fixture->servers);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  fram_broker_free (fixture->broker);
  fram_server_table_clear (&fixture->servers);
}

/* --- Events ------------------------------------------------------------------------ */

/* What is not of interest is left out. Return: FALSE: there is nothing more. */
static gboolean
pop (Fixture *fixture, FramEventType type, FramEvent *ret_event)
{
  while (fram_broker_pop (fixture->broker, ret_event))
    {
      if (ret_event->type == type)
        return TRUE;
      fram_event_clear (ret_event);
    }
  return FALSE;
}

/* Return: the next one's stream; 0: there is none. */
static FramBaseId
pop_open (Fixture *fixture, FramEvent *ret_event)
{
  g_auto (FramEvent) event = { 0 };

  if (!pop (fixture, FRAM_EVENT_OPEN_STREAM, &event))
    return 0;
  if (ret_event != NULL)
    {
      *ret_event = event;
      event.text = NULL;
    }
  return event.base;
}

static FramServer *
join (Fixture *fixture, const char *uri)
{
  gboolean resolve;

  return fram_server_table_join (&fixture->servers, uri, fixture->now, &resolve);
}

static const FramStreamTry *
try (Fixture *fixture, const char *uri)
{
  return fram_broker_streams_try (fixture->broker, &fixture->interface,
                                  join (fixture, uri), fixture->now);
}

/* Opens the stream. Return: the question. */
static FramEvent
open_stream (Fixture *fixture, FramBaseId stream)
{
  FramAddress local = fixture->interface.address;
  FramEvent event = { 0 };

  local.port = 4000;
  fram_broker_told_base_opened (fixture->broker, stream, &local, fixture->now);
  g_assert_true (pop (fixture, FRAM_EVENT_TRANSMIT, &event));
  g_assert_cmpuint (event.base, ==, stream);
  return event;
}

static void
answer (Fixture *fixture, const FramEvent *question, const FramAddress *from,
        FramStunClass klass, const char *mapped)
{
  guint8 buffer[FRAM_STUN_MAX_SENT];
  FramStunBuilder builder;
  FramStunMessage request;
  FramAddress address;

  g_assert_cmpint (fram_stun_message_parse (&request, question->data, question->length),
                   ==, FRAM_STUN_PARSE_OK);
  g_assert_cmpint (request.klass, ==, FRAM_STUN_REQUEST);
  g_assert_cmpint (request.method, ==, FRAM_STUN_BINDING);
  fram_stun_builder_init (&builder, buffer, sizeof buffer, klass, request.method,
                          &request.id);
  if (klass == FRAM_STUN_ERROR)
    fram_stun_builder_add_error (&builder, FRAM_STUN_ERROR_SERVER_ERROR, NULL);
  if (mapped != NULL)
    {
      g_assert_true (fram_address_parse (&address, mapped));
      fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS,
                                     &address);
    }
  fram_broker_receive (fixture->broker, question->base, from, buffer,
                       fram_stun_builder_end (&builder), fixture->now);
}

static void
expect_closed (Fixture *fixture, FramBaseId stream)
{
  FramEvent event;

  g_assert_true (pop (fixture, FRAM_EVENT_CLOSE_BASE, &event));
  g_assert_cmpuint (event.base, ==, stream);
}

/* The kinds of all facts, and which server they are of. */
static void
expect_facts (Fixture *fixture, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);
  FramEvent event;

  while (pop (fixture, FRAM_EVENT_REMEMBER, &event))
    {
      const FramFact *fact = event.fact;
      gboolean of_way = fact->kind == FRAM_FACT_DEAF || fact->kind == FRAM_FACT_HEARD;

      g_string_append_printf (text, "%u/%u %s ", fact->kind,
                              of_way ? fact->deaf.transport : fact->server.transport,
                              of_way ? fact->deaf.uri : fact->server.uri);
      fram_event_clear (&event);
    }
  g_assert_cmpstr (text->str, ==, expected);
}

/* --- One --------------------------------------------------------------------------- */

static void
test_tcp (Fixture *fixture, gconstpointer data)
{
  const FramStreamTry *tried = try (fixture, "stun:192.0.2.1");
  g_auto (FramEvent) opened = { 0 }, question = { 0 };
  char text[FRAM_ADDRESS_TEXT];

  g_assert_cmpint (tried->state, ==, FRAM_STREAM_TRY_CONNECTING);
  g_assert_cmpuint (pop_open (fixture, &opened), !=, 0);
  g_assert_cmpint (opened.transport, ==, FRAM_KNOWN_TCP);
  g_assert_true (fram_address_equal (&opened.bind, &fixture->interface.address));
  g_assert_cmpstr (fram_address_to_text (&opened.remote, text), ==, "192.0.2.1:3478");
  g_assert_true (fram_broker_streams_is_busy (fixture->broker, NULL));

  question = open_stream (fixture, opened.base);
  g_assert_true (fram_address_equal (&question.remote, &opened.remote));
  g_assert_cmpint (tried->state, ==, FRAM_STREAM_TRY_ASKING);
  fixture->now += FRAM_MILLISECONDS (70);
  answer (fixture, &question, &opened.remote, FRAM_STUN_SUCCESS, "203.0.113.1:77");
  g_assert_cmpint (tried->state, ==, FRAM_STREAM_TRY_ANSWERED);
  g_assert_cmpint (tried->rtt, ==, FRAM_MILLISECONDS (70));
  g_assert_cmpstr (fram_address_to_text (&tried->mapped, text), ==, "203.0.113.1:77");
  g_assert_cmpuint (tried->stream, ==, 0);
  g_assert_false (fram_broker_streams_is_busy (fixture->broker, NULL));
  g_assert_true (fram_broker_streams_find (fixture->broker, &fixture->interface.address,
                                           "stun:192.0.2.1")
                 == tried);
  expect_closed (fixture, opened.base);
  expect_facts (fixture, "0/1 stun:192.0.2.1 ");
}

static FramServer *
resolve (Fixture *fixture, const char *uri, const char *address)
{
  FramServer *server = join (fixture, uri);
  FramAddress found;

  g_assert_true (fram_address_parse (&found, address));
  g_assert_true (fram_server_table_resolved (&fixture->servers, server->query, &found, 1,
                                             fixture->now)
                 == server);
  return server;
}

static void
test_tls (Fixture *fixture, gconstpointer data)
{
  FramServer *server = resolve (fixture, "stuns:s.example", "192.0.2.1:5349");
  g_auto (FramEvent) opened = { 0 }, question = { 0 };

  fram_broker_streams_try (fixture->broker, &fixture->interface, server, fixture->now);
  g_assert_cmpuint (pop_open (fixture, &opened), !=, 0);
  g_assert_cmpint (opened.transport, ==, FRAM_KNOWN_TLS);
  g_assert_cmpstr (opened.text, ==, "s.example");
  g_assert_cmpuint (opened.remote.port, ==, 5349);
  question = open_stream (fixture, opened.base);
  answer (fixture, &question, &opened.remote, FRAM_STUN_SUCCESS, "203.0.113.1:77");
  expect_closed (fixture, opened.base);
  expect_facts (fixture, "0/2 stuns:s.example ");
}

/* A server of the other family. */
static void
test_no_address (Fixture *fixture, gconstpointer data)
{
  g_assert_null (try (fixture, "stun:[2001:db8::1]"));
  g_assert_null (try (fixture, "stun:s.example"));
  g_assert_cmpuint (pop_open (fixture, NULL), ==, 0);
}

/* By UDP a name is served here, by TCP there; without a word about TCP, in the same place. */
static void
test_service (Fixture *fixture, gconstpointer data)
{
  static const char *const found[] = { "192.0.2.9:99", NULL, "[2001:db8::1]:99" };

  for (guint i = 0; i < G_N_ELEMENTS (found); i++)
    {
      g_autofree char *uri = g_strdup_printf ("stun:s%u.example", i);
      FramServer *server = resolve (fixture, uri, "192.0.2.1:3478");
      g_auto (FramEvent) event = { 0 }, opened = { 0 };
      FramAddress address = { 0 };
      char text[FRAM_ADDRESS_TEXT];

      fram_broker_streams_try (fixture->broker, &fixture->interface, server,
                               fixture->now);
      g_assert_true (fram_broker_streams_is_busy (fixture->broker, NULL));
      g_assert_true (pop (fixture, FRAM_EVENT_RESOLVE, &event));
      g_assert_cmpint (event.transport, ==, FRAM_KNOWN_TCP);
      g_assert_cmpint (event.scheme, ==, FRAM_SERVER_SCHEME_STUN);
      g_assert_cmpuint (event.port, ==, 0);
      g_assert_cmpstr (event.text, ==, server->parts.host);
      if (found[i] != NULL)
        g_assert_true (fram_address_parse (&address, found[i]));
      fram_broker_told_resolved (fixture->broker, event.query, &address,
                                 found[i] != NULL ? 1 : 0, fixture->now);
      g_assert_cmpuint (pop_open (fixture, &opened), !=, 0);
      g_assert_cmpstr (fram_address_to_text (&opened.remote, text), ==,
                       i == 0 ? "192.0.2.9:99" : "192.0.2.1:3478");
    }
}

/* With a port there is nothing to find out. */
static void
test_port (Fixture *fixture, gconstpointer data)
{
  FramServer *server = resolve (fixture, "stun:s.example:99", "192.0.2.1:99");

  fram_broker_streams_try (fixture->broker, &fixture->interface, server, fixture->now);
  g_assert_cmpuint (pop_open (fixture, NULL), !=, 0);
}

/* An error is an answer all the same. */
static void
test_error (Fixture *fixture, gconstpointer data)
{
  const FramStreamTry *tried = try (fixture, "stun:192.0.2.1");
  FramBaseId stream = pop_open (fixture, NULL);
  g_auto (FramEvent) question = open_stream (fixture, stream);

  answer (fixture, &question, &question.remote, FRAM_STUN_ERROR, NULL);
  g_assert_cmpint (tried->state, ==, FRAM_STREAM_TRY_ANSWERED);
  g_assert_cmpint (tried->mapped.family, ==, FRAM_FAMILY_NONE);
  expect_closed (fixture, stream);
}

/* What is no answer to the question. */
static void
test_strangers (Fixture *fixture, gconstpointer data)
{
  const FramStreamTry *tried = try (fixture, "stun:192.0.2.1");
  FramBaseId stream = pop_open (fixture, NULL);
  g_auto (FramEvent) question = open_stream (fixture, stream);
  FramAddress other = question.remote;

  other.port++;
  answer (fixture, &question, &other, FRAM_STUN_SUCCESS, "203.0.113.1:77");
  answer (fixture, &question, &question.remote, FRAM_STUN_INDICATION, "203.0.113.1:77");
  answer (fixture, &question, &question.remote, FRAM_STUN_REQUEST, NULL);
  fram_broker_receive (fixture->broker, stream, &question.remote,
                       (const guint8 *) "@\0\0\0", 4, fixture->now);
  question.data[19]++;
  answer (fixture, &question, &question.remote, FRAM_STUN_SUCCESS, "203.0.113.1:77");
  g_assert_cmpint (tried->state, ==, FRAM_STREAM_TRY_ASKING);
}

static void
test_failure (Fixture *fixture, gconstpointer data)
{
  const FramStreamTry *tried = try (fixture, "stun:192.0.2.1");
  FramBaseId stream = pop_open (fixture, NULL);
  FramAddress local = fixture->interface.address;

  fram_broker_told_stream_failed (fixture->broker, stream, FRAM_STREAM_UNREACHABLE,
                                  "refused", fixture->now);
  g_assert_cmpint (tried->state, ==, FRAM_STREAM_TRY_FAILED);
  g_assert_cmpint (tried->failure, ==, FRAM_STREAM_UNREACHABLE);
  g_assert_cmpstr (tried->details, ==, "refused");
  /* It is gone: there is nothing to close, and nothing more comes of it. */
  fram_broker_told_base_opened (fixture->broker, stream, &local, fixture->now);
  fram_broker_told_stream_failed (fixture->broker, stream, FRAM_STREAM_SILENT, NULL,
                                  fixture->now);
  g_assert_cmpint (tried->failure, ==, FRAM_STREAM_UNREACHABLE);
  expect_facts (fixture, "1/1 stun:192.0.2.1 ");
}

/* What io/ said is gone, is not closed again. */
static void
test_gone (Fixture *fixture, gconstpointer data)
{
  FramEvent event;

  try (fixture, "stun:192.0.2.1");
  fram_broker_told_stream_failed (fixture->broker, pop_open (fixture, NULL),
                                  FRAM_STREAM_CLOSED, NULL, fixture->now);
  g_assert_false (pop (fixture, FRAM_EVENT_CLOSE_BASE, &event));
}

/* RFC 8489 §6.2.2: once, and 39.5 s. */
static void
test_silence (Fixture *fixture, gconstpointer data)
{
  const FramStreamTry *tried = try (fixture, "stun:192.0.2.1");
  FramBaseId stream = pop_open (fixture, NULL);
  g_auto (FramEvent) question = open_stream (fixture, stream);
  FramEvent event;

  fixture->now += TI - 1;
  fram_broker_advance (fixture->broker, fixture->now);
  g_assert_false (pop (fixture, FRAM_EVENT_TRANSMIT, &event));
  g_assert_cmpint (tried->state, ==, FRAM_STREAM_TRY_ASKING);
  fixture->now++;
  g_assert_cmpint (fram_broker_deadline (fixture->broker), <=, fixture->now);
  fram_broker_advance (fixture->broker, fixture->now);
  g_assert_cmpint (tried->state, ==, FRAM_STREAM_TRY_FAILED);
  g_assert_cmpint (tried->failure, ==, FRAM_STREAM_SILENT);
  expect_closed (fixture, stream);
  expect_facts (fixture, "1/1 stun:192.0.2.1 2/1 stun:192.0.2.1 ");
}

/* --- Many -------------------------------------------------------------------------- */

/* One for all who want to know, and not again for a minute. */
static void
test_once (Fixture *fixture, gconstpointer data)
{
  const FramStreamTry *tried = try (fixture, "stun:192.0.2.1");
  FramBaseId stream = pop_open (fixture, NULL);

  g_assert_true (try (fixture, "stun:192.0.2.1") == tried);
  fram_broker_told_stream_failed (fixture->broker, stream, FRAM_STREAM_CLOSED, NULL,
                                  fixture->now);
  fixture->now += FRAM_STREAMS_REST - 1;
  g_assert_true (try (fixture, "stun:192.0.2.1") == tried);
  g_assert_cmpuint (pop_open (fixture, NULL), ==, 0);
  fixture->now++;
  g_assert_cmpint (try (fixture, "stun:192.0.2.1")->state, ==,
                   FRAM_STREAM_TRY_CONNECTING);
  g_assert_cmpuint (pop_open (fixture, NULL), !=, stream);
}

static void
test_at_most (Fixture *fixture, gconstpointer data)
{
  FramBaseId streams[FRAM_STREAMS_MAX];

  for (guint i = 0; i < FRAM_STREAMS_MAX + 2; i++)
    {
      g_autofree char *uri = g_strdup_printf ("stun:192.0.2.%u", i + 1);

      g_assert_cmpint (try (fixture, uri)->state, ==,
                       i < FRAM_STREAMS_MAX ? FRAM_STREAM_TRY_CONNECTING
                                            : FRAM_STREAM_TRY_WAITING);
    }
  for (guint i = 0; i < FRAM_STREAMS_MAX; i++)
    streams[i] = pop_open (fixture, NULL);
  g_assert_cmpuint (pop_open (fixture, NULL), ==, 0);

  /* Those that wait have their turn, in their order. */
  for (guint i = 0; i < 3; i++)
    {
      g_auto (FramEvent) opened = { 0 };

      fram_broker_told_stream_failed (fixture->broker, streams[i], FRAM_STREAM_CLOSED,
                                      NULL, fixture->now);
      if (pop_open (fixture, &opened) != 0)
        g_assert_cmpuint (opened.remote.ip[3], ==, FRAM_STREAMS_MAX + 1 + i);
      else
        g_assert_cmpuint (i, ==, 2);
    }
}

/* What is over makes room for what is new; what is not, does not. */
static void
test_kept (Fixture *fixture, gconstpointer data)
{
  FramBaseId stream;

  for (guint i = 0; i < FRAM_STREAMS_KEPT; i++)
    {
      g_autofree char *uri = g_strdup_printf ("stun:192.0.%u.%u", i / 256, i % 256);

      g_assert_nonnull (try (fixture, uri));
    }
  g_assert_null (try (fixture, "stun:198.51.100.7"));
  stream = pop_open (fixture, NULL);
  fram_broker_told_stream_failed (fixture->broker, stream, FRAM_STREAM_CLOSED, NULL,
                                  fixture->now);
  g_assert_nonnull (try (fixture, "stun:198.51.100.7"));
  g_assert_null (fram_broker_streams_find (fixture->broker, &fixture->interface.address,
                                           "stun:192.0.0.0"));
}

static void
test_lost (Fixture *fixture, gconstpointer data)
{
  FramBaseId stream;

  try (fixture, "stun:192.0.2.1");
  stream = pop_open (fixture, NULL);
  fram_broker_streams_lose (fixture->broker, &fixture->interface.address, fixture->now);
  expect_closed (fixture, stream);
  g_assert_null (fram_broker_streams_find (fixture->broker, &fixture->interface.address,
                                           "stun:192.0.2.1"));
  g_assert_cmpint (fram_broker_deadline (fixture->broker), ==, FRAM_TIME_NEVER);
}

/* On another network, nothing of it counts. */
static void
test_other_network (Fixture *fixture, gconstpointer data)
{
  FramKnownNetwork known = { .name = "there", .first_age = -1, .last_age = -1 };
  g_auto (FramEvent) question = { 0 };
  FramBaseId stream;

  try (fixture, "stun:192.0.2.1");
  stream = pop_open (fixture, NULL);
  question = open_stream (fixture, stream);
  fram_broker_told_network (fixture->broker, &known, fixture->now);
  expect_closed (fixture, stream);
  answer (fixture, &question, &question.remote, FRAM_STUN_SUCCESS, "203.0.113.1:77");
  expect_facts (fixture, "");
  try (fixture, "stun:192.0.2.1");
  g_assert_cmpuint (pop_open (fixture, NULL), !=, 0);
}

/* --- Sessions ---------------------------------------------------------------------- */

/* Tells that all bases are open and passes until the session has gathered.
 * Return: how many streams were opened, to the transport. */
static guint
gather (Fixture *fixture, const char *uri, FramKnownTransport transport)
{
  FramSessionOptions options = { .owner = ":1.1", .n_servers = 1 };
  g_autoptr (GError) error = NULL;
  gboolean gathered = FALSE;
  guint n_streams = 0;

  options.servers[0].uri = uri;
  g_assert_cmpuint (
      fram_broker_create_session (fixture->broker, &options, fixture->now, &error), !=,
      0);
  g_assert_no_error (error);
  for (guint i = 0; i < 1000 && !gathered; i++)
    {
      FramEvent event;

      while (fram_broker_pop (fixture->broker, &event))
        {
          FramAddress bound = event.bind;

          bound.port = 4000;
          gathered |= event.type == FRAM_EVENT_GATHERING_DONE;
          if (event.type == FRAM_EVENT_OPEN_BASE)
            fram_broker_told_base_opened (fixture->broker, event.base, &bound,
                                          fixture->now);
          if (event.type == FRAM_EVENT_OPEN_STREAM)
            {
              g_assert_cmpint (event.transport, ==, transport);
              n_streams++;
            }
          fram_event_clear (&event);
        }
      if (gathered)
        break;
      fixture->now = MAX (fixture->now, fram_broker_deadline (fixture->broker));
      fram_broker_advance (fixture->broker, fixture->now);
    }
  g_assert_true (gathered);
  return n_streams;
}

/* Its name is not waited for, nor what it answers: no candidate comes of that. */
static void
test_session_tls (Fixture *fixture, gconstpointer data)
{
  FramTime start = fixture->now;

  g_assert_cmpuint (gather (fixture, "stuns:s.example", FRAM_KNOWN_TLS), ==, 0);
  g_assert_cmpint (fixture->now, ==, start);
}

/* UDP is silent: the same server is tried by TCP, by the time the session has gathered. */
static void
test_session_silence (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpuint (gather (fixture, "stun:192.0.2.1", FRAM_KNOWN_TCP), ==, 1);
  g_assert_cmpuint (gather (fixture, "stun:192.0.2.1", FRAM_KNOWN_TCP), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                              \
  g_test_add ("/broker/streams/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("tcp", test_tcp);
  ADD ("tls", test_tls);
  ADD ("no-address", test_no_address);
  ADD ("service", test_service);
  ADD ("port", test_port);
  ADD ("error", test_error);
  ADD ("strangers", test_strangers);
  ADD ("failure", test_failure);
  ADD ("gone", test_gone);
  ADD ("silence", test_silence);
  ADD ("once", test_once);
  ADD ("at-most", test_at_most);
  ADD ("kept", test_kept);
  ADD ("lost", test_lost);
  ADD ("other-network", test_other_network);
  ADD ("session-tls", test_session_tls);
  ADD ("session-silence", test_session_silence);
  return g_test_run ();
}
