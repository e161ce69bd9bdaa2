#include "relay-world.h"

#include <string.h>

static gboolean
is_of_server (const RelayWorld *world, const FramAddress *address)
{
  for (guint i = 0; i < world->n_servers; i++)
    if (fram_address_equal (address, &world->servers[i]->address))
      return TRUE;
  return FALSE;
}

static gboolean
is_of_host (const RelayWorld *world, const FramAddress *address)
{
  for (guint i = 0; i < world->n_servers; i++)
    for (guint k = 0; k < 2; k++)
      if (fram_address_equal_ip (address, &world->servers[i]->relayed[k])
          || fram_address_equal_ip (address, &world->servers[i]->address))
        return FALSE;
  return TRUE;
}

static gboolean
asks_for_ticket (const FramStunMessage *message)
{
  return message->method == FRAM_STUN_ALLOCATE
         && fram_stun_message_has (message, FRAM_STUN_ATTR_USERNAME)
         && fram_stun_message_has (message, FRAM_STUN_ATTR_MOBILITY_TICKET);
}

static gboolean
passes_to_server (RelayWorld *world, const guint8 *data, gsize length)
{
  FramStunMessage message;

  if (world->udp_to_turn_is_lost)
    return FALSE;
  if (fram_stun_message_parse (&message, data, length) != FRAM_STUN_PARSE_OK
      || message.klass != FRAM_STUN_REQUEST)
    return TRUE;
  if (message.method == FRAM_STUN_BINDING)
    world->n_bindings++;
  return !world->tickets_are_lost || !asks_for_ticket (&message);
}

/* Datagrams of hosts. */
static gboolean
filter (const FramAddress *from, const FramAddress *to, const guint8 *data, gsize length,
        gpointer user_data)
{
  RelayWorld *world = user_data;

  if (is_of_server (world, to))
    return passes_to_server (world, data, length);
  world->n_unrelayed++;
  if (!is_of_host (world, to))
    return TRUE;
  world->n_direct++;
  return world->direct;
}

static gboolean
take (Wire *wire, const FramAddress *from, const FramAddress *to, const guint8 *data,
      gsize length, gpointer user_data)
{
  RelayWorld *world = user_data;

  for (guint i = 0; i < world->n_servers; i++)
    if (turn_relay_receive (world->servers[i], from, to, data, length))
      return TRUE;
  return FALSE;
}

static void
give (const FramAddress *from, const FramAddress *to, const guint8 *data, gsize length,
      gpointer user_data)
{
  RelayWorld *world = user_data;

  wire_send (world->wire, from, to, data, length);
}

RelayWorld *
relay_world_new (void)
{
  RelayWorld *world = g_new0 (RelayWorld, 1);

  world->wire = wire_new (FRAM_MILLISECONDS (5));
  world->wire->filter = filter;
  world->wire->filter_data = world;
  world->wire->node = take;
  world->wire->node_data = world;
  return world;
}

void
relay_world_free (RelayWorld *world)
{
  wire_free (world->wire);
  for (guint i = 0; i < world->n_servers; i++)
    turn_relay_free (world->servers[i]);
  g_free (world);
}

TurnRelay *
relay_world_add_server (RelayWorld *world)
{
  guint n = world->n_servers + 1;
  g_autofree char *address = g_strdup_printf ("203.0.113.%u:3478", n);
  g_autofree char *relayed = g_strdup_printf ("203.0.113.%u", 100 + n);

  g_assert_cmpuint (world->n_servers, <, RELAY_WORLD_MAX_SERVERS);
  world->servers[world->n_servers++]
      = turn_relay_new (address, relayed, NULL, give, world);
  return world->servers[n - 1];
}

void
relay_world_tell_servers (RelayWorld *world, WireHost *host, const char *query,
                          const char *username, const char *password)
{
  FramServerOption options[RELAY_WORLD_MAX_SERVERS] = { 0 };
  char uris[RELAY_WORLD_MAX_SERVERS][64];

  for (guint i = 0; i < world->n_servers; i++)
    {
      g_snprintf (uris[i], sizeof uris[i], "turn:203.0.113.%u%s", i + 1, query);
      options[i].uri = uris[i];
      options[i].username = username;
      options[i].password = password;
    }
  fram_broker_set_servers (host->broker, options, world->n_servers, world->wire->now);
  wire_settle (world->wire);
}

FramSessionId
relay_world_open (WireHost *host, FramPolicy policy, gboolean trickle)
{
  FramSessionOptions options = { .owner = "a", .policy = policy, .trickle = trickle };
  g_autoptr (GError) error = NULL;
  FramSessionId session;

  session = fram_broker_create_session (host->broker, &options, host->wire->now, &error);
  g_assert_no_error (error);
  wire_settle (host->wire);
  return session;
}

FramSessionId
relay_world_answer (WireHost *a, FramSessionId offer, WireHost *b, FramPolicy policy)
{
  FramSessionOptions options = { .owner = "b", .policy = policy };
  g_autoptr (GPtrArray) lines = NULL;
  g_autoptr (GError) error = NULL;
  FramDescription description;
  FramSessionId answer;

  wire_describe (a, offer, &description, &lines);
  g_ptr_array_add (lines, NULL);
  options.remote = &description;
  options.remote_candidates = (const char *const *) lines->pdata;
  answer = fram_broker_create_session (b->broker, &options, b->wire->now, &error);
  g_assert_no_error (error);
  fram_broker_end_remote_candidates (b->broker, answer, NULL, b->wire->now, NULL);
  wire_settle (b->wire);
  return answer;
}

void
relay_world_call (WireHost *a, WireHost *b, FramPolicy policy, FramSessionId *ret_offer,
                  FramSessionId *ret_answer)
{
  *ret_offer = relay_world_open (a, policy, FALSE);
  wire_run (a->wire, FRAM_SECONDS (2));
  *ret_answer = relay_world_answer (a, *ret_offer, b, policy);
  wire_run (a->wire, FRAM_SECONDS (2));
  wire_signal (b, *ret_answer, a, *ret_offer);
}

void
relay_world_run (RelayWorld *world, FramTime duration)
{
  wire_run (world->wire, duration);
}

guint
relay_world_count_lines (WireHost *host, FramSessionId session, const char *part)
{
  g_autofree char *prefix = g_strdup_printf ("%u ", session);
  guint n = 0;

  for (guint i = 0; i < host->lines->len; i++)
    {
      const char *line = g_ptr_array_index (host->lines, i);

      n += g_str_has_prefix (line, prefix) && strstr (line, part) != NULL;
    }
  return n;
}

guint
relay_world_count_events (WireHost *host, FramEventType type)
{
  guint n = 0;

  for (guint i = 0; i < host->log->len; i++)
    n += g_array_index (host->log, FramEvent, i).type == type;
  return n;
}

const FramEvent *
relay_world_find_event (WireHost *host, FramEventType type)
{
  for (guint i = host->log->len; i > 0; i--)
    if (g_array_index (host->log, FramEvent, i - 1).type == type)
      return &g_array_index (host->log, FramEvent, i - 1);
  return NULL;
}
