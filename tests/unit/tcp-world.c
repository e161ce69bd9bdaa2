#include "tcp-world.h"

#include "stun/builder.h"
#include "tcp-lookup.h"

#define DELAY FRAM_MILLISECONDS (10)
#define CONNECT_LIMIT FRAM_SECONDS (10)
/* RFC 6298 §2: a SYN that was not answered is sent again after that. */
#define CONNECT_AGAIN FRAM_SECONDS (1)

typedef enum
{
  WILL_CONNECT, /* a SYN arrives */
  WILL_GIVE_UP,
  WILL_HEAR,
  WILL_CLOSE,
  WILL_HEAR_DATAGRAM,
} What;

typedef struct
{
  FramTime at;
  What what;
  TcpEnd *end;
  FramAddress from, to; /* datagrams */
  GBytes *bytes;
} Happening;

static void
happening_free (gpointer data)
{
  Happening *happening = data;

  g_clear_pointer (&happening->bytes, g_bytes_unref);
  g_free (happening);
}

static gint
compare (gconstpointer a, gconstpointer b, gpointer unused)
{
  const Happening *first = a, *second = b;

  return first->at > second->at ? 1 : first->at < second->at ? -1 : 0;
}

static Happening *
will (TcpWorld *world, FramTime after, What what, TcpEnd *end)
{
  Happening *happening = g_new0 (Happening, 1);

  happening->at = world->now + after;
  happening->what = what;
  happening->end = end;
  g_queue_insert_sorted (&world->happening, happening, compare, NULL);
  return happening;
}

static void
host_free (gpointer data)
{
  TcpHost *host = data;

  fram_broker_free (host->broker);
  g_hash_table_unref (host->sockets);
  g_hash_table_unref (host->listening);
  g_hash_table_unref (host->ends);
  g_hash_table_unref (host->routes);
  g_free (host);
}

TcpWorld *
tcp_world_new (void)
{
  TcpWorld *world = g_new0 (TcpWorld, 1);

  seeded_random_init (&world->random, 11);
  world->now = FRAM_SECONDS (1000);
  world->hosts = g_ptr_array_new_with_free_func (host_free);
  world->ends = g_ptr_array_new_with_free_func (g_free);
  g_queue_init (&world->happening);
  return world;
}

void
tcp_world_free (TcpWorld *world)
{
  g_queue_clear_full (&world->happening, happening_free);
  g_ptr_array_unref (world->hosts);
  g_ptr_array_unref (world->ends);
  g_free (world);
}

TcpHost *
tcp_world_add_host (TcpWorld *world, const char *address)
{
  FramBrokerConfig config = { .policy.linger = FRAM_SECONDS (60) };
  FramInterfaceAddress interface = { .name = "eth0" };
  TcpHost *host = g_new0 (TcpHost, 1);

  host->world = world;
  host->broker = fram_broker_new (&config, &world->random.random);
  g_assert_true (fram_address_parse_ip (&host->address, address, 0));
  host->outside = host->address;
  host->next_port = (guint16) (20000 + 1000 * world->hosts->len);
  host->sockets = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  host->listening = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  host->ends = g_hash_table_new (NULL, NULL);
  host->routes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_ptr_array_add (world->hosts, host);
  interface.address = host->address;
  fram_broker_told_interfaces (host->broker, &interface, 1, world->now);
  return host;
}

/* --- What a broker asks for -------------------------------------------------------- */

static TcpEnd *
new_end (TcpWorld *world, TcpHost *host, FramBaseId id, const FramAddress *local,
         const FramAddress *remote)
{
  TcpEnd *end = g_new0 (TcpEnd, 1);

  end->host = host;
  end->id = id;
  end->local = *local;
  end->remote = *remote;
  end->begun = world->now;
  g_ptr_array_add (world->ends, end);
  if (host != NULL)
    g_hash_table_insert (host->ends, GUINT_TO_POINTER (id), end);
  return end;
}

static void
open_base (TcpHost *host, const FramEvent *event)
{
  FramAddress bound = event->bind;
  GHashTable *table
      = event->transport == FRAM_KNOWN_TCP ? host->listening : host->sockets;

  bound.port = host->next_port++;
  g_hash_table_insert (table, GUINT_TO_POINTER (event->base),
                       g_memdup2 (&bound, sizeof bound));
  fram_broker_told_base_opened (host->broker, event->base, &bound, host->world->now);
}

static gboolean
is_server (const FramAddress *address)
{
  FramAddress server;

  g_assert_true (fram_address_parse (&server, TCP_WORLD_SERVER));
  return fram_address_equal (address, &server);
}

static void
open_stream (TcpHost *host, const FramEvent *event)
{
  FramAddress local = host->outside;

  g_assert_true ((event->text != NULL) == is_server (&event->remote));
  g_assert_cmpint (event->transport, ==, FRAM_KNOWN_TCP);
  g_assert_true (fram_address_equal_ip (&event->bind, &host->address));
  g_assert_true (event->bind.port == 0 || tcp_host_listens_at (host, &event->bind));
  local.port = event->bind.port != 0 ? event->bind.port : host->next_port++;
  g_assert_false (tcp_host_has_end (host, &local, &event->remote));
  host->n_attempts++;
  host->n_attempting++;
  host->most_attempting = MAX (host->most_attempting, host->n_attempting);
  will (host->world, DELAY, WILL_CONNECT,
        new_end (host->world, host, event->base, &local, &event->remote));
}

/* No word of it reaches the host any more; the other end hears of it later. */
static void
leave (TcpWorld *world, TcpEnd *end)
{
  if (end->host != NULL)
    g_hash_table_remove (end->host->ends, GUINT_TO_POINTER (end->id));
  end->is_open = FALSE;
  if (end->other == NULL)
    return;
  end->other->other = NULL;
  will (world, DELAY, WILL_CLOSE, end->other);
}

static void
close_base (TcpHost *host, const FramEvent *event)
{
  gpointer key = GUINT_TO_POINTER (event->base);
  TcpEnd *end = g_hash_table_lookup (host->ends, key);

  if (end != NULL && !end->is_open)
    host->n_attempting--;
  if (end != NULL)
    leave (host->world, end);
  else
    g_assert_true (g_hash_table_remove (host->sockets, key)
                   || g_hash_table_remove (host->listening, key));
}

/* What the server says to who is seen there. */
static GBytes *
answer (const guint8 *data, gsize length, const FramAddress *seen)
{
  FramStunMessage question;
  FramStunBuilder builder;
  guint8 buffer[FRAM_STUN_MAX_SENT];

  g_assert_cmpint (fram_stun_message_parse (&question, data, length), ==,
                   FRAM_STUN_PARSE_OK);
  fram_stun_builder_init (&builder, buffer, sizeof buffer, FRAM_STUN_SUCCESS,
                          FRAM_STUN_BINDING, &question.id);
  fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS, seen);
  return g_bytes_new (buffer, fram_stun_builder_end (&builder));
}

static void
say (TcpWorld *world, TcpEnd *end, const guint8 *data, gsize length)
{
  if (is_server (&end->remote))
    {
      world->n_asked++;
      will (world, 2 * DELAY, WILL_HEAR, end)->bytes = answer (data, length, &end->local);
    }
  else if (end->other != NULL)
    will (world, DELAY, WILL_HEAR, end->other)->bytes = g_bytes_new (data, length);
}

static void
transmit (TcpHost *host, const FramEvent *event)
{
  gpointer key = GUINT_TO_POINTER (event->base);
  const FramAddress *socket = g_hash_table_lookup (host->sockets, key);
  TcpEnd *end = g_hash_table_lookup (host->ends, key);

  if (socket == NULL)
    {
      g_assert_nonnull (end);
      g_assert_true (end->is_open);
      say (host->world, end, event->data, event->length);
    }
  else if (host->world->has_udp)
    {
      Happening *happening = will (host->world, DELAY, WILL_HEAR_DATAGRAM, NULL);

      happening->from = is_server (&event->remote) ? event->remote : *socket;
      happening->to = is_server (&event->remote) ? *socket : event->remote;
      happening->bytes = is_server (&event->remote)
                             ? answer (event->data, event->length, socket)
                             : g_bytes_new (event->data, event->length);
    }
}

static char *
route_text (const FramEvent *event)
{
  char text[FRAM_ADDRESS_TEXT];

  return g_strdup_printf ("%u %s", event->base,
                          fram_address_to_text (&event->remote, text));
}

/* A route and a path lead over what is there. */
static void
check_way (TcpHost *host, FramBaseId base)
{
  gpointer key = GUINT_TO_POINTER (base);

  g_assert_true (g_hash_table_contains (host->sockets, key)
                 || g_hash_table_contains (host->ends, key));
}

static void
carry_out (TcpHost *host, const FramEvent *event)
{
  switch ((int) event->type)
    {
    case FRAM_EVENT_OPEN_BASE:
      open_base (host, event);
      break;
    case FRAM_EVENT_OPEN_STREAM:
      open_stream (host, event);
      break;
    case FRAM_EVENT_CLOSE_BASE:
      close_base (host, event);
      break;
    case FRAM_EVENT_TRANSMIT:
      transmit (host, event);
      break;
    case FRAM_EVENT_ROUTE_ADD:
      check_way (host, event->base);
      g_assert_true (g_hash_table_add (host->routes, route_text (event)));
      break;
    case FRAM_EVENT_ROUTE_REMOVE:
      {
        g_autofree char *text = route_text (event);

        g_assert_true (g_hash_table_remove (host->routes, text));
        break;
      }
    case FRAM_EVENT_PATH:
      if (event->base != 0)
        check_way (host, event->base);
      host->path = event->base;
      host->path_remote = event->remote;
      break;
    default:
      break;
    }
}

void
tcp_world_settle (TcpWorld *world)
{
  for (guint i = 0; i < world->hosts->len; i++)
    {
      TcpHost *host = g_ptr_array_index (world->hosts, i);
      FramEvent event;

      while (fram_broker_pop (host->broker, &event))
        {
          carry_out (host, &event);
          fram_event_clear (&event);
        }
    }
}

/* --- What happens ------------------------------------------------------------------ */

/* Return: whether somebody wants the connection. */
static gboolean
accept_end (TcpWorld *world, TcpEnd *end)
{
  FramBaseId base, stream;
  TcpHost *host = tcp_world_find_listening (world, &end->remote, &base);

  if (host == NULL)
    return FALSE;
  stream = fram_broker_told_accepted (host->broker, base, &end->local, world->now);
  /* It is closed at once: the one who connects sees it open first. */
  if (stream != 0)
    {
      end->other = new_end (world, host, stream, &end->remote, &end->local);
      end->other->is_open = TRUE;
      end->other->other = end;
    }
  else
    will (world, DELAY, WILL_CLOSE, end);
  return TRUE;
}

static void
fail (TcpWorld *world, TcpEnd *end, FramStreamFailure failure)
{
  if (!end->is_open)
    end->host->n_attempting--;
  g_hash_table_remove (end->host->ends, GUINT_TO_POINTER (end->id));
  end->is_open = FALSE;
  fram_broker_told_stream_failed (end->host->broker, end->id, failure, NULL, world->now);
}

static gboolean
is_there (const TcpEnd *end)
{
  return g_hash_table_lookup (end->host->ends, GUINT_TO_POINTER (end->id)) == end;
}

static void
open_end (TcpWorld *world, TcpEnd *end)
{
  end->is_open = TRUE;
  end->host->n_attempting--;
  fram_broker_told_base_opened (end->host->broker, end->id, &end->local, world->now);
}

/* Return: whether it is known what becomes of it. */
static gboolean
cross_nat (TcpWorld *world, TcpEnd *end)
{
  const TcpHost *host = tcp_world_find_behind (world, &end->remote);
  TcpEnd *other = host != NULL ? tcp_host_find_crossing (host, end) : NULL;

  if (host == NULL)
    return FALSE;
  if (other != NULL)
    {
      end->other = other;
      other->other = end;
      open_end (world, other);
      open_end (world, end);
    }
  else if (world->now + CONNECT_AGAIN < end->begun + CONNECT_LIMIT)
    will (world, CONNECT_AGAIN, WILL_CONNECT, end);
  else
    fail (world, end, FRAM_STREAM_SILENT);
  return TRUE;
}

static void
connect_end (TcpWorld *world, TcpEnd *end)
{
  gboolean to_server = is_server (&end->remote);

  if (!is_there (end) || end->is_open)
    return;
  if (world->manner == TCP_IS_SILENT || (to_server && world->server_is_dead))
    will (world, CONNECT_LIMIT, WILL_GIVE_UP, end);
  else if (world->manner == TCP_REFUSES)
    fail (world, end, FRAM_STREAM_UNREACHABLE);
  else if (to_server)
    open_end (world, end);
  else if (cross_nat (world, end))
    return;
  else if (accept_end (world, end))
    open_end (world, end);
  else
    fail (world, end, FRAM_STREAM_UNREACHABLE);
}

static void
hear_datagram (TcpWorld *world, const Happening *happening)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (happening->bytes, &length);

  for (guint i = 0; i < world->hosts->len; i++)
    {
      TcpHost *host = g_ptr_array_index (world->hosts, i);
      GHashTableIter iter;
      gpointer base, address;

      g_hash_table_iter_init (&iter, host->sockets);
      while (g_hash_table_iter_next (&iter, &base, &address))
        if (fram_address_equal (address, &happening->to))
          {
            fram_broker_receive (host->broker, GPOINTER_TO_UINT (base), &happening->from,
                                 data, length, world->now);
            return;
          }
    }
}

static void
happen (TcpWorld *world, const Happening *happening)
{
  TcpEnd *end = happening->end;
  const guint8 *data;
  gsize length;

  switch (happening->what)
    {
    case WILL_CONNECT:
      connect_end (world, end);
      break;
    case WILL_GIVE_UP:
      if (is_there (end))
        fail (world, end, FRAM_STREAM_SILENT);
      break;
    case WILL_HEAR:
      end->n_received++;
      data = g_bytes_get_data (happening->bytes, &length);
      if (end->host != NULL && is_there (end))
        fram_broker_receive (end->host->broker, end->id, &end->remote, data, length,
                             world->now);
      break;
    case WILL_CLOSE:
      if (end->host != NULL && is_there (end))
        fail (world, end, FRAM_STREAM_CLOSED);
      end->is_open = FALSE;
      break;
    case WILL_HEAR_DATAGRAM:
      hear_datagram (world, happening);
      break;
    }
}

static FramTime
next_time (TcpWorld *world)
{
  const Happening *first = g_queue_peek_head (&world->happening);
  FramTime next = first != NULL ? first->at : FRAM_TIME_NEVER;

  for (guint i = 0; i < world->hosts->len; i++)
    next = MIN (next, fram_broker_deadline (
                          ((TcpHost *) g_ptr_array_index (world->hosts, i))->broker));
  return next;
}

void
tcp_world_run (TcpWorld *world, FramTime duration)
{
  FramTime until = world->now + duration;

  for (tcp_world_settle (world); next_time (world) <= until; tcp_world_settle (world))
    {
      Happening *first = g_queue_peek_head (&world->happening);

      world->now = MAX (world->now, next_time (world));
      if (first != NULL && first->at <= world->now)
        {
          g_queue_pop_head (&world->happening);
          happen (world, first);
          happening_free (first);
          continue;
        }
      for (guint i = 0; i < world->hosts->len; i++)
        fram_broker_advance (((TcpHost *) g_ptr_array_index (world->hosts, i))->broker,
                             world->now);
    }
  world->now = until;
}

/* --- The test's own connections ---------------------------------------------------- */

TcpEnd *
tcp_world_connect (TcpHost *host, const FramAddress *from)
{
  FramAddress at;
  TcpEnd *end;

  g_assert_true (tcp_host_get_listening (host, &at));
  end = new_end (host->world, NULL, 0, from, &at);
  g_assert_true (accept_end (host->world, end));
  tcp_world_settle (host->world);
  end->is_open = end->other != NULL;
  return end->is_open ? end : NULL;
}

void
tcp_end_say (TcpEnd *end, const guint8 *data, gsize length)
{
  g_assert_nonnull (end->other);
  say (end->other->host->world, end, data, length);
}

void
tcp_end_close (TcpEnd *end)
{
  leave (end->other->host->world, end);
}

guint
tcp_host_count_open (TcpHost *host)
{
  GHashTableIter iter;
  gpointer end;
  guint n = 0;

  g_hash_table_iter_init (&iter, host->ends);
  while (g_hash_table_iter_next (&iter, NULL, &end))
    n += ((TcpEnd *) end)->is_open;
  return n;
}

void
tcp_world_break_all (TcpWorld *world)
{
  for (guint i = 0; i < world->ends->len; i++)
    {
      TcpEnd *end = g_ptr_array_index (world->ends, i);

      if (end->host == NULL || !end->is_open)
        continue;
      end->other = NULL;
      will (world, 0, WILL_CLOSE, end);
    }
}
