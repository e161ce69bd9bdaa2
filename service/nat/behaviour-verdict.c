#include "nat/behaviour-private.h"

static const FramNatQuery *
query_of (const FramNatProbe *probe, FramNatTest test)
{
  return &probe->queries[test];
}

static FramNatQueryState
state_of (const FramNatProbe *probe, FramNatTest test)
{
  return probe->queries[test].state;
}

/* The address that a test saw, or NULL. */
static const FramAddress *
mapped_of (const FramNatProbe *probe, FramNatTest test)
{
  if (state_of (probe, test) != FRAM_NAT_QUERY_ANSWERED)
    return NULL;
  return &probe->queries[test].mapped;
}

static FramNatAnswer
answers (const FramNatProbe *probe, FramNatTest test)
{
  switch (state_of (probe, test))
    {
    case FRAM_NAT_QUERY_ASLEEP:
    case FRAM_NAT_QUERY_READY:
    case FRAM_NAT_QUERY_OPEN:
    case FRAM_NAT_QUERY_DROPPED:
      return FRAM_NAT_UNKNOWN;
    case FRAM_NAT_QUERY_ANSWERED:
      return FRAM_NAT_YES;
    case FRAM_NAT_QUERY_REFUSED:
      /* An error, though no help, came by UDP; an ICMP error did not. */
      return query_of (probe, test)->from.family != FRAM_FAMILY_NONE ? FRAM_NAT_YES
                                                                     : FRAM_NAT_NO;
    case FRAM_NAT_QUERY_SILENT:
      return FRAM_NAT_NO;
    }
  g_assert_not_reached ();
}

/* RFC 5780 §4.3.  The RFC asks test III only where test II shows a new mapping; here both
 * were asked, and an endpoint-independent mapping has to stand both. */
static FramNatDependence
judge_mapping_by_server (const FramAddress *first, const FramAddress *other_ip,
                         const FramAddress *other_port)
{
  const FramAddress *only = other_ip != NULL ? other_ip : other_port;

  if (other_ip == NULL || other_port == NULL)
    return fram_address_equal (first, only) ? FRAM_NAT_ENDPOINT_INDEPENDENT
                                            : FRAM_NAT_DEPENDENT;
  if (!fram_address_equal (other_ip, other_port))
    return FRAM_NAT_ADDRESS_AND_PORT_DEPENDENT;
  return fram_address_equal (first, other_ip) ? FRAM_NAT_ENDPOINT_INDEPENDENT
                                              : FRAM_NAT_ADDRESS_DEPENDENT;
}

static FramNatDependence
judge_mapping (const FramNatProbe *probe)
{
  const FramAddress *first = mapped_of (probe, FRAM_NAT_TEST_SERVER);
  const FramAddress *other_ip = mapped_of (probe, FRAM_NAT_TEST_MAPPING_IP);
  const FramAddress *other_port = mapped_of (probe, FRAM_NAT_TEST_MAPPING_PORT);
  const FramAddress *second = mapped_of (probe, FRAM_NAT_TEST_SECOND);

  if (first == NULL)
    return FRAM_NAT_DEPENDENCE_UNKNOWN;
  if (other_ip != NULL || other_port != NULL)
    return judge_mapping_by_server (first, other_ip, other_port);
  if (fram_address_equal (first, &probe->config.local[FRAM_NAT_SOCKET_MAPPING]))
    return FRAM_NAT_ENDPOINT_INDEPENDENT;
  if (second == NULL)
    return FRAM_NAT_DEPENDENCE_UNKNOWN;
  return fram_address_equal (first, second) ? FRAM_NAT_ENDPOINT_INDEPENDENT
                                            : FRAM_NAT_DEPENDENT;
}

gboolean
fram_nat_query_heard_stranger (const FramNatQuery *query)
{
  return query->state == FRAM_NAT_QUERY_ANSWERED
         && !fram_address_equal_ip (&query->from, &query->remote);
}

static gboolean
heard_other_port (const FramNatQuery *query)
{
  return query->state == FRAM_NAT_QUERY_ANSWERED
         && fram_address_equal_ip (&query->from, &query->remote)
         && query->from.port != query->remote.port;
}

/* It was asked to answer from elsewhere and did not, or could not. */
static gboolean
is_not_honoured (const FramNatQuery *query)
{
  return query->state == FRAM_NAT_QUERY_REFUSED
         || (query->state == FRAM_NAT_QUERY_ANSWERED
             && fram_address_equal (&query->from, &query->remote));
}

/* RFC 5780 §4.4.  What came counts by where it really came from, whatever the server was
 * asked for.  Silence counts only beside an answer on the same socket, and one from the
 * address that is silent. */
static FramNatDependence
judge_filtering (const FramNatProbe *probe)
{
  const FramNatQuery *ip = query_of (probe, FRAM_NAT_TEST_FILTER_IP);
  const FramNatQuery *port = query_of (probe, FRAM_NAT_TEST_FILTER_PORT);

  if (fram_nat_query_heard_stranger (ip) || fram_nat_query_heard_stranger (port))
    return FRAM_NAT_ENDPOINT_INDEPENDENT;
  if (ip->state != FRAM_NAT_QUERY_SILENT
      || mapped_of (probe, FRAM_NAT_TEST_FILTER_NONE) == NULL
      || mapped_of (probe, FRAM_NAT_TEST_MAPPING_PORT) == NULL)
    return FRAM_NAT_DEPENDENCE_UNKNOWN;
  if (heard_other_port (port))
    return FRAM_NAT_ADDRESS_DEPENDENT;
  return port->state == FRAM_NAT_QUERY_SILENT ? FRAM_NAT_ADDRESS_AND_PORT_DEPENDENT
                                              : FRAM_NAT_DEPENDENCE_UNKNOWN;
}

/* Silence may be the filter's doing where a mapping depends on the destination: then
 * neither socket sends from the port that the other one expects. */
static FramNatAnswer
judge_hairpin (const FramNatProbe *probe, const FramNatBehaviour *behaviour)
{
  FramNatQueryState there = state_of (probe, FRAM_NAT_TEST_HAIRPIN_THERE);
  FramNatQueryState back = state_of (probe, FRAM_NAT_TEST_HAIRPIN_BACK);

  if (there == FRAM_NAT_QUERY_ANSWERED || back == FRAM_NAT_QUERY_ANSWERED)
    return FRAM_NAT_YES;
  if ((there != FRAM_NAT_QUERY_SILENT && there != FRAM_NAT_QUERY_REFUSED)
      || (back != FRAM_NAT_QUERY_SILENT && back != FRAM_NAT_QUERY_REFUSED))
    return FRAM_NAT_UNKNOWN;
  return behaviour->mapping == FRAM_NAT_ENDPOINT_INDEPENDENT
                 || behaviour->filtering == FRAM_NAT_ENDPOINT_INDEPENDENT
             ? FRAM_NAT_NO
             : FRAM_NAT_UNKNOWN;
}

static FramNatAnswer
judge_ports (const FramNatProbe *probe)
{
  FramNatAnswer answer = FRAM_NAT_UNKNOWN;

  for (FramNatTest test = 0; test < FRAM_NAT_TESTS; test++)
    {
      const FramAddress *mapped = mapped_of (probe, test);

      if (mapped == NULL || test == FRAM_NAT_TEST_HAIRPIN_THERE
          || test == FRAM_NAT_TEST_HAIRPIN_BACK)
        continue;
      if (mapped->port != probe->config.local[query_of (probe, test)->socket].port)
        return FRAM_NAT_NO;
      answer = FRAM_NAT_YES;
    }
  return answer;
}

static FramNatAnswer
judge_server (const FramNatProbe *probe)
{
  if (mapped_of (probe, FRAM_NAT_TEST_SERVER) == NULL)
    return FRAM_NAT_UNKNOWN;
  if (probe->other.family == FRAM_FAMILY_NONE
      || is_not_honoured (query_of (probe, FRAM_NAT_TEST_FILTER_IP))
      || is_not_honoured (query_of (probe, FRAM_NAT_TEST_FILTER_PORT)))
    return FRAM_NAT_NO;
  return FRAM_NAT_YES;
}

void
fram_nat_probe_judge (const FramNatProbe *probe, FramNatBehaviour *ret_result)
{
  const FramAddress *mapped = mapped_of (probe, FRAM_NAT_TEST_SERVER);

  *ret_result = (FramNatBehaviour){
    .server_answers = answers (probe, FRAM_NAT_TEST_SERVER),
    .second_answers = answers (probe, FRAM_NAT_TEST_SECOND),
    .server_helps = judge_server (probe),
    .rtt = probe->path.rtt,
    .local = probe->config.local[FRAM_NAT_SOCKET_MAPPING],
    .keeps_port = judge_ports (probe),
    .mapping = judge_mapping (probe),
    .filtering = judge_filtering (probe),
  };
  if (mapped == NULL)
    mapped = mapped_of (probe, FRAM_NAT_TEST_SECOND);
  if (mapped != NULL)
    {
      ret_result->mapped = *mapped;
      ret_result->translated
          = fram_address_equal (mapped, &ret_result->local) ? FRAM_NAT_NO : FRAM_NAT_YES;
    }
  ret_result->hairpin = judge_hairpin (probe, ret_result);
}
