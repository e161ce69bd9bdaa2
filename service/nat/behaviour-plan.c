#include "nat/behaviour-private.h"

/* How many silent questions to the first server bring in the second: so early, because both
 * have to be heard or given up within the limit. */
#define PATIENCE 1

typedef enum
{
  TURN_LATER, /* it depends on what is still being asked */
  TURN_NOW,
  TURN_NEVER,
} Turn;

static const FramNatQuery *
query_of (const FramNatProbe *probe, FramNatTest test)
{
  return &probe->queries[test];
}

static gboolean
is_answered (const FramNatProbe *probe, FramNatTest test)
{
  return query_of (probe, test)->state == FRAM_NAT_QUERY_ANSWERED;
}

static gboolean
is_over (const FramNatProbe *probe, FramNatTest test)
{
  return fram_nat_query_is_over (query_of (probe, test));
}

static gboolean
is_translated (const FramNatProbe *probe)
{
  return is_answered (probe, FRAM_NAT_TEST_SERVER)
         && !fram_address_equal (&query_of (probe, FRAM_NAT_TEST_SERVER)->mapped,
                                 &probe->config.local[FRAM_NAT_SOCKET_MAPPING]);
}

static gboolean
has_other (const FramNatProbe *probe)
{
  return probe->other.family != FRAM_FAMILY_NONE;
}

/* The second server tells of the mapping what the first does not: it is silent, it has one
 * address only, or its other address is silent. */
static Turn
turn_of_second (const FramNatProbe *probe)
{
  const FramNatQuery *server = query_of (probe, FRAM_NAT_TEST_SERVER);

  if (probe->config.second.family == FRAM_FAMILY_NONE)
    return TURN_NEVER;
  if (!fram_nat_query_is_over (server))
    return server->n_sent > PATIENCE ? TURN_NOW : TURN_LATER;
  if (server->state != FRAM_NAT_QUERY_ANSWERED)
    return TURN_NOW;
  if (!has_other (probe))
    return is_translated (probe) ? TURN_NOW : TURN_NEVER;
  if (is_answered (probe, FRAM_NAT_TEST_MAPPING_IP)
      || is_answered (probe, FRAM_NAT_TEST_MAPPING_PORT))
    return TURN_NEVER;
  return is_over (probe, FRAM_NAT_TEST_MAPPING_IP)
                 && is_over (probe, FRAM_NAT_TEST_MAPPING_PORT)
             ? TURN_NOW
             : TURN_LATER;
}

static Turn
turn_after (const FramNatProbe *probe, FramNatTest test, gboolean wanted)
{
  if (!is_over (probe, test))
    return TURN_LATER;
  return wanted ? TURN_NOW : TURN_NEVER;
}

/* Mapping tests II and III run together, and also where nothing is translated: they cost a
 * packet each, save a round trip, and show that the other address is alive, without which
 * the silence of a filter test says nothing. */
static Turn
turn_of (const FramNatProbe *probe, FramNatTest test)
{
  const FramNatQuery *filter_ip = query_of (probe, FRAM_NAT_TEST_FILTER_IP);

  switch (test)
    {
    case FRAM_NAT_TEST_SERVER:
      return TURN_NOW;
    case FRAM_NAT_TEST_FILTER_IP:
    case FRAM_NAT_TEST_FILTER_NONE:
    case FRAM_NAT_TEST_MAPPING_IP:
    case FRAM_NAT_TEST_MAPPING_PORT:
      return turn_after (probe, FRAM_NAT_TEST_SERVER, has_other (probe));
    case FRAM_NAT_TEST_FILTER_PORT:
      return turn_after (probe, FRAM_NAT_TEST_SERVER,
                         has_other (probe) && !fram_nat_query_heard_stranger (filter_ip));
    case FRAM_NAT_TEST_PEER:
      return turn_after (probe, FRAM_NAT_TEST_SERVER, is_translated (probe));
    case FRAM_NAT_TEST_HAIRPIN_THERE:
      return turn_after (probe, FRAM_NAT_TEST_PEER,
                         is_answered (probe, FRAM_NAT_TEST_PEER)
                             && !is_answered (probe, FRAM_NAT_TEST_HAIRPIN_BACK));
    case FRAM_NAT_TEST_HAIRPIN_BACK:
      return turn_after (probe, FRAM_NAT_TEST_PEER,
                         is_answered (probe, FRAM_NAT_TEST_PEER)
                             && !is_answered (probe, FRAM_NAT_TEST_HAIRPIN_THERE));
    case FRAM_NAT_TEST_SECOND:
      return turn_of_second (probe);
    case FRAM_NAT_TESTS:
      break;
    }
  g_assert_not_reached ();
}

static void
aim (FramNatQuery *query, FramNatSocket socket, const FramAddress *remote)
{
  fram_nat_query_init (query, (guint8) socket, remote);
  query->state = FRAM_NAT_QUERY_READY;
}

static void
make_ready (FramNatProbe *probe, FramNatTest test)
{
  FramNatQuery *query = &probe->queries[test];
  const FramAddress *server = &probe->config.server;
  FramAddress other_ip = probe->other;

  other_ip.port = server->port;
  switch (test)
    {
    case FRAM_NAT_TEST_SERVER:
      aim (query, FRAM_NAT_SOCKET_MAPPING, server);
      break;
    case FRAM_NAT_TEST_FILTER_IP:
      aim (query, FRAM_NAT_SOCKET_FILTERING, server);
      query->change = FRAM_NAT_CHANGE_IP | FRAM_NAT_CHANGE_PORT;
      break;
    case FRAM_NAT_TEST_FILTER_PORT:
      aim (query, FRAM_NAT_SOCKET_FILTERING, server);
      query->change = FRAM_NAT_CHANGE_PORT;
      break;
    case FRAM_NAT_TEST_PEER:
      aim (query, FRAM_NAT_SOCKET_HAIRPIN, server);
      break;
    case FRAM_NAT_TEST_FILTER_NONE:
      aim (query, FRAM_NAT_SOCKET_FILTERING, server);
      break;
    case FRAM_NAT_TEST_MAPPING_IP:
      aim (query, FRAM_NAT_SOCKET_MAPPING, &other_ip);
      break;
    case FRAM_NAT_TEST_MAPPING_PORT:
      aim (query, FRAM_NAT_SOCKET_MAPPING, &probe->other);
      break;
    case FRAM_NAT_TEST_HAIRPIN_THERE:
      aim (query, FRAM_NAT_SOCKET_MAPPING, &probe->queries[FRAM_NAT_TEST_PEER].mapped);
      break;
    case FRAM_NAT_TEST_HAIRPIN_BACK:
      aim (query, FRAM_NAT_SOCKET_HAIRPIN, &probe->queries[FRAM_NAT_TEST_SERVER].mapped);
      break;
    case FRAM_NAT_TEST_SECOND:
      aim (query, FRAM_NAT_SOCKET_MAPPING, &probe->config.second);
      break;
    case FRAM_NAT_TESTS:
      g_assert_not_reached ();
    }
}

/* One pass is enough: no test waits for one that stands behind it. */
void
fram_nat_probe_plan (FramNatProbe *probe)
{
  for (FramNatTest test = 0; test < FRAM_NAT_TESTS; test++)
    {
      FramNatQuery *query = &probe->queries[test];

      if (fram_nat_query_is_over (query))
        continue;
      switch (turn_of (probe, test))
        {
        case TURN_LATER:
          break;
        case TURN_NOW:
          if (query->state == FRAM_NAT_QUERY_ASLEEP)
            make_ready (probe, test);
          break;
        case TURN_NEVER:
          query->state = FRAM_NAT_QUERY_DROPPED;
          break;
        }
    }
}

/* RFC 5780 §7.4: another address and another port. */
gboolean
fram_nat_probe_accepts_other (const FramNatProbe *probe, const FramAddress *other)
{
  const FramAddress *server = &probe->config.server;

  return fram_nat_is_like_server (other, server) && !fram_address_equal_ip (other, server)
         && other->port != server->port;
}
