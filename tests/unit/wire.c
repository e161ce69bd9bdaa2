#include "wire.h"

#include "broker/trace.h"

typedef struct
{
  FramTime at;
  FramAddress from, to;
  guint8 *data;
  gsize length;
} WirePacket;

static void
packet_free (gpointer data)
{
  WirePacket *packet = data;

  g_free (packet->data);
  g_free (packet);
}

static void
own_name_free (gpointer data)
{
  fram_event_clear (data);
  g_free (data);
}

static void
host_free (gpointer data)
{
  WireHost *host = data;

  fram_broker_free (host->broker);
  g_hash_table_unref (host->sockets);
  g_hash_table_unref (host->streams);
  g_hash_table_unref (host->relayed);
  g_hash_table_unref (host->names);
  g_ptr_array_unref (host->own_names);
  g_array_unref (host->log);
  g_ptr_array_unref (host->lines);
  g_free (host);
}

Wire *
wire_new (FramTime delay)
{
  Wire *wire = g_new0 (Wire, 1);

  seeded_random_init (&wire->random, 1);
  wire->now = FRAM_SECONDS (1000);
  wire->delay = delay;
  wire->hosts = g_ptr_array_new_with_free_func (host_free);
  g_queue_init (&wire->packets);
  return wire;
}

void
wire_free (Wire *wire)
{
  g_queue_clear_full (&wire->packets, packet_free);
  g_ptr_array_unref (wire->hosts);
  g_free (wire);
}

void
wire_tell_addresses (WireHost *host, const char *addresses)
{
  g_auto (GStrv) words = g_strsplit (addresses, ",", -1);
  g_autofree FramInterfaceAddress *interfaces
      = g_new0 (FramInterfaceAddress, g_strv_length (words) + 1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      g_snprintf (interfaces[i].name, sizeof interfaces[i].name, "if%u", i);
      g_assert_true (fram_address_parse_ip (&interfaces[i].address, words[i], 0));
    }
  fram_broker_told_interfaces (host->broker, interfaces, g_strv_length (words),
                               host->wire->now);
}

WireHost *
wire_add_host (Wire *wire, const char *addresses)
{
  FramBrokerConfig config = { .policy.linger = FRAM_SECONDS (60) };
  WireHost *host = g_new0 (WireHost, 1);

  host->wire = wire;
  host->broker = fram_broker_new (&config, &wire->random.random);
  host->next_port = (guint16) (10000 + 1000 * wire->hosts->len);
  host->sockets = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  host->streams = g_hash_table_new (NULL, NULL);
  host->relayed = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  host->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  host->own_names = g_ptr_array_new_with_free_func (own_name_free);
  host->log = g_array_new (FALSE, FALSE, sizeof (FramEvent));
  host->lines = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (wire->hosts, host);

  wire_tell_addresses (host, addresses);
  return host;
}

void
wire_send (Wire *wire, const FramAddress *from, const FramAddress *to, const guint8 *data,
           gsize length)
{
  WirePacket *packet = g_new0 (WirePacket, 1);

  packet->at = wire->now + wire->delay;
  packet->from = *from;
  packet->to = *to;
  packet->data = g_memdup2 (data, length);
  packet->length = length;
  g_queue_push_tail (&wire->packets, packet);
}

static void
transmit (WireHost *host, const FramEvent *event)
{
  Wire *wire = host->wire;
  FramAddress *from = g_hash_table_lookup (host->sockets, GUINT_TO_POINTER (event->base));

  g_assert_nonnull (from);
  host->n_marked[event->dscp]++;
  host->n_transmitted++;
  host->last_transmitted = wire->now;
  if (wire->filter != NULL
      && !g_hash_table_contains (host->streams, GUINT_TO_POINTER (event->base))
      && !wire->filter (from, &event->remote, event->data, event->length,
                        wire->filter_data))
    return;
  wire_send (wire, from, &event->remote, event->data, event->length);
}

static FramAddress *
bind_socket (WireHost *host, const FramEvent *event)
{
  FramAddress *address = g_memdup2 (&event->bind, sizeof event->bind);

  address->port = host->next_port++;
  g_hash_table_insert (host->sockets, GUINT_TO_POINTER (event->base), address);
  return address;
}

static void
open_stream (WireHost *host, const FramEvent *event)
{
  Wire *wire = host->wire;

  if (wire->node == NULL)
    return;
  host->n_streams++;
  if (wire->streams_fail)
    {
      fram_broker_told_stream_failed (host->broker, event->base, wire->stream_failure,
                                      NULL, wire->now);
      return;
    }
  g_hash_table_add (host->streams, GUINT_TO_POINTER (event->base));
  fram_broker_told_base_opened (host->broker, event->base, bind_socket (host, event),
                                wire->now);
}

static void
close_base (WireHost *host, const FramEvent *event)
{
  gpointer key = GUINT_TO_POINTER (event->base);

  g_hash_table_remove (host->streams, key);
  if (!g_hash_table_remove (host->relayed, key))
    g_assert_true (g_hash_table_remove (host->sockets, key));
}

/* Return: FALSE: it is none of the host's own. */
static gboolean
withdraw (WireHost *host, FramNameId id)
{
  for (guint i = 0; i < host->own_names->len; i++)
    if (((const FramEvent *) g_ptr_array_index (host->own_names, i))->name == id)
      {
        g_ptr_array_remove_index (host->own_names, i);
        return TRUE;
      }
  return FALSE;
}

static gboolean
has_id (gpointer text, gpointer id, gpointer wanted)
{
  return id == wanted;
}

static void
carry_out (WireHost *host, FramEvent *event)
{
  switch (event->type)
    {
    case FRAM_EVENT_OPEN_BASE:
      g_array_append_vals (host->log, event, 1);
      fram_broker_told_base_opened (host->broker, event->base, bind_socket (host, event),
                                    host->wire->now);
      break;
    case FRAM_EVENT_CLOSE_BASE:
      close_base (host, event);
      break;
    case FRAM_EVENT_OPEN_STREAM:
      g_array_append_vals (host->log, event, 1);
      open_stream (host, event);
      break;
    case FRAM_EVENT_RELAY_ADD:
      g_assert_true (
          g_hash_table_contains (host->sockets, GUINT_TO_POINTER (event->carrier)));
      g_hash_table_insert (host->relayed, GUINT_TO_POINTER (event->base),
                           g_memdup2 (event, sizeof *event));
      g_array_append_vals (host->log, event, 1);
      break;
    case FRAM_EVENT_TRANSMIT:
      transmit (host, event);
      break;
    case FRAM_EVENT_ROUTE_ADD:
      host->n_routes++;
      break;
    case FRAM_EVENT_ROUTE_REMOVE:
      g_assert_cmpuint (host->n_routes, >, 0);
      host->n_routes--;
      break;
    case FRAM_EVENT_LOCAL_CANDIDATE:
      g_ptr_array_add (host->lines,
                       g_strdup_printf ("%u %s", event->session, event->text));
      g_array_append_vals (host->log, event, 1);
      break;
    case FRAM_EVENT_TRACE:
      g_ptr_array_add (host->lines,
                       g_strdup_printf ("%u %s", event->session,
                                        fram_trace_type_to_text (event->trace->type)));
      break;
    case FRAM_EVENT_NAME_RESOLVE:
      g_assert_true (g_hash_table_insert (host->names, g_strdup (event->text),
                                          GUINT_TO_POINTER (event->name)));
      host->n_names++;
      break;
    case FRAM_EVENT_NAME_PUBLISH:
      g_ptr_array_add (host->own_names, g_memdup2 (event, sizeof *event));
      return;
    case FRAM_EVENT_NAME_FORGET:
      if (withdraw (host, event->name))
        break;
      g_assert_cmpuint (g_hash_table_foreach_remove (host->names, has_id,
                                                     GUINT_TO_POINTER (event->name)),
                        ==, 1);
      break;
    case FRAM_EVENT_REMEMBER:
    case FRAM_EVENT_NETWORK_CHECKED:
    case FRAM_EVENT_SERVER_TESTED:
    case FRAM_EVENT_RELAY_CHANNEL:
    case FRAM_EVENT_PATH:
    case FRAM_EVENT_RESOLVE:
    case FRAM_EVENT_GATHERING_DONE:
    case FRAM_EVENT_STATE:
    case FRAM_EVENT_COMPONENT_STATE:
    case FRAM_EVENT_SELECTED:
    case FRAM_EVENT_RESTART_ADVISED:
    case FRAM_EVENT_PAIRS_CHANGED:
    case FRAM_EVENT_CLOSED:
      g_array_append_vals (host->log, event, 1);
      break;
    }
  fram_event_clear (event);
}

void
wire_settle (Wire *wire)
{
  for (guint i = 0; i < wire->hosts->len; i++)
    {
      WireHost *host = g_ptr_array_index (wire->hosts, i);
      FramEvent event;

      while (fram_broker_pop (host->broker, &event))
        carry_out (host, &event);
    }
}

static void
deliver (Wire *wire, WirePacket *packet)
{
  if (wire->node != NULL
      && wire->node (wire, &packet->from, &packet->to, packet->data, packet->length,
                     wire->node_data))
    return;
  for (guint i = 0; i < wire->hosts->len; i++)
    {
      WireHost *host = g_ptr_array_index (wire->hosts, i);
      GHashTableIter iter;
      gpointer base, address;

      g_hash_table_iter_init (&iter, host->sockets);
      while (g_hash_table_iter_next (&iter, &base, &address))
        if (fram_address_equal (address, &packet->to))
          {
            fram_broker_receive (host->broker, GPOINTER_TO_UINT (base), &packet->from,
                                 packet->data, packet->length, wire->now);
            return;
          }
    }
}

static FramTime
next_time (Wire *wire)
{
  WirePacket *packet = g_queue_peek_head (&wire->packets);
  FramTime next = packet != NULL ? packet->at : FRAM_TIME_NEVER;

  for (guint i = 0; i < wire->hosts->len; i++)
    {
      WireHost *host = g_ptr_array_index (wire->hosts, i);

      next = MIN (next, fram_broker_deadline (host->broker));
    }
  return next;
}

void
wire_run (Wire *wire, FramTime duration)
{
  FramTime until = wire->now + duration;

  for (wire_settle (wire); next_time (wire) <= until; wire_settle (wire))
    {
      WirePacket *packet = g_queue_peek_head (&wire->packets);

      wire->now = MAX (wire->now, next_time (wire));
      if (packet != NULL && packet->at <= wire->now)
        {
          g_queue_pop_head (&wire->packets);
          deliver (wire, packet);
          packet_free (packet);
          continue;
        }
      for (guint i = 0; i < wire->hosts->len; i++)
        {
          WireHost *host = g_ptr_array_index (wire->hosts, i);

          fram_broker_advance (host->broker, wire->now);
        }
    }
  wire->now = until;
}

FramState
wire_state (WireHost *host, FramSessionId session)
{
  FramSessionRow row;

  if (!fram_broker_get_session (host->broker, session, &row))
    return FRAM_STATE_CLOSED;
  return row.state;
}

void
wire_describe (WireHost *from, FramSessionId session, FramDescription *ret,
               GPtrArray **ret_lines)
{
  FramLocalDescription local;

  g_assert_true (fram_broker_get_local_description (from->broker, session, &local));
  *ret = local.description;
  *ret_lines = fram_broker_list_local_lines (from->broker, session, 0);
}

void
wire_signal (WireHost *from, FramSessionId offer, WireHost *to, FramSessionId answer)
{
  g_autoptr (GPtrArray) lines = NULL;
  g_autoptr (GError) error = NULL;
  FramDescription description;

  wire_describe (from, offer, &description, &lines);
  fram_broker_set_remote_description (to->broker, answer, &description, to->wire->now,
                                      &error);
  g_assert_no_error (error);
  for (guint i = 0; i < lines->len; i++)
    {
      fram_broker_add_remote_candidate (to->broker, answer, NULL, 0,
                                        g_ptr_array_index (lines, i), to->wire->now,
                                        &error);
      g_assert_no_error (error);
    }
  fram_broker_end_remote_candidates (to->broker, answer, NULL, to->wire->now, &error);
  g_assert_no_error (error);
  wire_settle (to->wire);
}

void
wire_call (WireHost *a, WireHost *b, gboolean trickle, FramSessionId *ret_offer,
           FramSessionId *ret_answer)
{
  FramSessionOptions options = { .owner = ":1.1", .trickle = trickle };
  g_autoptr (GPtrArray) lines = NULL;
  g_autoptr (GError) error = NULL;
  FramDescription description;

  *ret_offer = fram_broker_create_session (a->broker, &options, a->wire->now, &error);
  g_assert_no_error (error);
  wire_settle (a->wire);

  wire_describe (a, *ret_offer, &description, &lines);
  g_ptr_array_add (lines, NULL);
  options.remote = &description;
  options.remote_candidates = (const char *const *) lines->pdata;
  *ret_answer = fram_broker_create_session (b->broker, &options, b->wire->now, &error);
  g_assert_no_error (error);
  fram_broker_end_remote_candidates (b->broker, *ret_answer, NULL, b->wire->now, NULL);
  wire_settle (b->wire);
  wire_signal (b, *ret_answer, a, *ret_offer);
}

gboolean
wire_selected (WireHost *host, FramSessionId session, FramPairRow *ret_row)
{
  g_autoptr (GArray) rows = fram_broker_list_pairs (host->broker, session);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    if (g_array_index (rows, FramPairRow, i).selected)
      {
        *ret_row = g_array_index (rows, FramPairRow, i);
        return TRUE;
      }
  return FALSE;
}

guint
wire_count (WireHost *host, FramSessionId session, FramEventType type)
{
  guint n = 0;

  for (guint i = 0; i < host->log->len; i++)
    {
      const FramEvent *event = &g_array_index (host->log, FramEvent, i);

      n += event->type == type && event->session == session;
    }
  return n;
}

void
wire_resolve (WireHost *host, const char *name, const char *addresses)
{
  FramNameId id = GPOINTER_TO_UINT (g_hash_table_lookup (host->names, name));
  g_auto (GStrv) words = g_strsplit (addresses, ",", -1);
  guint n = g_strv_length (words);
  g_autofree FramAddress *found = g_new0 (FramAddress, n + 1);

  g_assert_cmpuint (id, !=, 0);
  g_hash_table_remove (host->names, name);
  for (guint i = 0; i < n; i++)
    g_assert_true (fram_address_parse_ip (&found[i], words[i], 0));
  fram_broker_told_name_resolved (host->broker, id, found, n, host->wire->now);
  wire_settle (host->wire);
}

void
wire_publish (WireHost *host, gboolean is_published)
{
  for (guint i = 0; i < host->own_names->len; i++)
    fram_broker_told_name_published (
        host->broker, ((const FramEvent *) g_ptr_array_index (host->own_names, i))->name,
        is_published, host->wire->now);
  wire_settle (host->wire);
}
