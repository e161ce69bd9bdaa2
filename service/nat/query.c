#include "nat/query-private.h"

#include "base/big-endian.h"
#include "stun/builder.h"

/* Repetitions come at equal distances, not at doubling ones as in RFC 8489 §6.2.1: doubling
 * spares a congested path, but here silence is what a filter is expected to give, and few,
 * small packets make up the whole test.  For the same time to wait, equal distances ask
 * more often, and so mistake loss for a filter more rarely.
 *
 * Before anything was heard: the RFC's first wait, and its number of transmissions. */
#define FIRST_INTERVAL FRAM_MILLISECONDS (500)
#define FIRST_COUNT 7
/* Where one packet in ten is lost on each way, five questions fail together once in 4,000
 * times.  Where loss was seen, one in five may be: nine fail together once in 10,000. */
#define COUNT 5
#define COUNT_IF_LOSSY 9
/* Shorter than this, the questions of one test would meet the same full queue; longer, a
 * slow path would make the test endless. */
#define SHORTEST_INTERVAL FRAM_MILLISECONDS (100)
#define LONGEST_INTERVAL FIRST_INTERVAL
/* The last question is given more time, for a path that is slower now than when it was
 * measured. */
#define SHORTEST_LAST_WAIT FRAM_MILLISECONDS (300)

void
fram_nat_query_init (FramNatQuery *query, guint8 socket, const FramAddress *remote)
{
  *query = (FramNatQuery){ .socket = socket, .remote = *remote };
}

gboolean
fram_nat_query_is_over (const FramNatQuery *query)
{
  return query->state > FRAM_NAT_QUERY_OPEN;
}

static guint
count_on (const FramNatPath *path)
{
  if (path->rtt < 0)
    return FIRST_COUNT;
  return path->lossy ? COUNT_IF_LOSSY : COUNT;
}

/* RFC 5780 §5: the repetitions of several transactions are not to fall together, so each
 * interval is longer by up to an eighth. */
static FramTime
wait_on (const FramNatPath *path, FramRandom *random, gboolean last)
{
  FramTime wait = FIRST_INTERVAL;

  if (path->rtt >= 0)
    wait = CLAMP (path->rtt + path->rtt / 4, SHORTEST_INTERVAL, LONGEST_INTERVAL);
  if (last && path->rtt >= 0)
    return MAX (2 * path->rtt, SHORTEST_LAST_WAIT);
  return wait + fram_random_range (random, 0, wait / 8);
}

static void
add_response_port (FramStunBuilder *builder, guint16 port)
{
  guint8 value[2];

  fram_store_be16 (value, port);
  fram_stun_builder_add (builder, FRAM_STUN_ATTR_RESPONSE_PORT, value, sizeof value);
}

static void
transmit (FramNatQuery *query, const FramNatPath *path, FramRandom *random,
          GQueue *events, FramTime now)
{
  FramNatEvent *event = g_new0 (FramNatEvent, 1);
  FramStunBuilder builder;

  fram_stun_builder_init (&builder, event->data, sizeof event->data, FRAM_STUN_REQUEST,
                          FRAM_STUN_BINDING, &query->id);
  if (query->change != FRAM_NAT_CHANGE_NOTHING)
    fram_stun_builder_add_u32 (&builder, FRAM_STUN_ATTR_CHANGE_REQUEST, query->change);
  if (query->response_port != 0)
    add_response_port (&builder, query->response_port);
  fram_stun_builder_add_fingerprint (&builder);
  event->type = FRAM_NAT_EVENT_TRANSMIT;
  event->socket = query->socket;
  event->remote = query->remote;
  event->length = (guint8) fram_stun_builder_end (&builder);
  g_assert (event->length > 0);
  g_queue_push_tail (events, event);

  query->n_sent++;
  query->last_sent = now;
  query->deadline = now + wait_on (path, random, query->n_sent >= count_on (path));
}

void
fram_nat_query_send (FramNatQuery *query, const FramNatPath *path, FramRandom *random,
                     GQueue *events, FramTime now)
{
  random->fill (random, query->id.bytes, sizeof query->id.bytes);
  query->state = FRAM_NAT_QUERY_OPEN;
  query->n_sent = 0;
  query->first_sent = now;
  transmit (query, path, random, events, now);
}

void
fram_nat_query_advance (FramNatQuery *query, const FramNatPath *path, FramRandom *random,
                        GQueue *events, FramTime now)
{
  if (query->state != FRAM_NAT_QUERY_OPEN || now < query->deadline)
    return;
  if (query->n_sent < count_on (path))
    transmit (query, path, random, events, now);
  else
    query->state = FRAM_NAT_QUERY_SILENT;
}

/* RFC 8489 §6.3.3: an answer with a required attribute that is not understood is none.
 * The two that RFC 3489 had for addresses of the server still come from old servers. */
static gboolean
is_understood (const FramStunMessage *message)
{
  static const guint16 known[] = {
    FRAM_STUN_ATTR_MAPPED_ADDRESS,
    0x0004, /* SOURCE-ADDRESS */
    0x0005, /* CHANGED-ADDRESS */
    FRAM_STUN_ATTR_ERROR_CODE,
    FRAM_STUN_ATTR_UNKNOWN_ATTRIBUTES,
    FRAM_STUN_ATTR_REALM,
    FRAM_STUN_ATTR_NONCE,
    FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS,
    FRAM_STUN_ATTR_PADDING,
  };
  guint16 unknown;

  return fram_stun_message_list_unknown (message, known, G_N_ELEMENTS (known), &unknown,
                                         1)
         == 0;
}

gboolean
fram_nat_is_like_server (const FramAddress *address, const FramAddress *server)
{
  return address->family == server->family && fram_address_is_usable_remote (address)
         && fram_address_is_loopback (address) == fram_address_is_loopback (server)
         && fram_address_is_link_local (address) == fram_address_is_link_local (server);
}

static gboolean
tells_address (const FramNatQuery *query, const FramStunMessage *message,
               FramAddress *ret_mapped)
{
  return message->klass == FRAM_STUN_SUCCESS && is_understood (message)
         && fram_stun_message_get_address (message, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS,
                                           ret_mapped)
         && fram_nat_is_like_server (ret_mapped, &query->remote);
}

/* It is not known to which of several transmissions an answer belongs; counted from the
 * first, the time is never too short, and the shortest of several answers is near the
 * truth. */
static void
learn (FramNatPath *path, const FramNatQuery *query, FramTime now)
{
  FramTime took = now - query->first_sent;

  if (query->n_sent > 1 && (path->rtt < 0 || took > 2 * path->rtt))
    path->lossy = TRUE;
  if (path->rtt < 0 || took < path->rtt)
    path->rtt = took;
}

gboolean
fram_nat_query_answer (FramNatQuery *query, FramNatPath *path, const FramAddress *from,
                       const FramStunMessage *message, FramTime now)
{
  if (query->state != FRAM_NAT_QUERY_OPEN || message->method != FRAM_STUN_BINDING
      || !fram_stun_id_equal (&message->id, &query->id))
    return FALSE;
  if (message->klass != FRAM_STUN_SUCCESS && message->klass != FRAM_STUN_ERROR)
    return FALSE;

  learn (path, query, now);
  query->from = *from;
  query->state = tells_address (query, message, &query->mapped) ? FRAM_NAT_QUERY_ANSWERED
                                                                : FRAM_NAT_QUERY_REFUSED;
  return TRUE;
}

void
fram_nat_events_push (GQueue *events, FramNatEventType type)
{
  FramNatEvent *event = g_new0 (FramNatEvent, 1);

  event->type = type;
  g_queue_push_tail (events, event);
}

gboolean
fram_nat_events_pop (GQueue *events, FramNatEvent *ret_event)
{
  FramNatEvent *event = g_queue_pop_head (events);

  if (event == NULL)
    return FALSE;
  *ret_event = *event;
  g_free (event);
  return TRUE;
}
