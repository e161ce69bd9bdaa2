#include "nat/behaviour-private.h"

static gboolean
is_done (const FramNatProbe *probe)
{
  return probe->n_over == FRAM_NAT_TESTS;
}

static FramNatPath *
path_of (FramNatProbe *probe, FramNatTest test)
{
  return test == FRAM_NAT_TEST_SECOND ? &probe->second_path : &probe->path;
}

/* A mapped address has no scope, and is compared with these as a whole. */
static void
take_addresses (FramNatProbe *probe)
{
  FramNatProbeConfig *config = &probe->config;

  g_assert (config->server.family != FRAM_FAMILY_NONE);
  for (guint i = 0; i < FRAM_NAT_PROBE_SOCKETS; i++)
    {
      g_assert (config->local[i].family == config->server.family);
      config->local[i].scope = 0;
    }
  if (config->second.family != config->server.family
      || fram_address_equal_ip (&config->second, &config->server))
    config->second = (FramAddress){ 0 };
}

static guint
count_over (const FramNatProbe *probe)
{
  guint n = 0;

  for (guint i = 0; i < FRAM_NAT_TESTS; i++)
    n += fram_nat_query_is_over (&probe->queries[i]);
  return n;
}

FramNatProbe *
fram_nat_probe_new (const FramNatProbeConfig *config, FramRandom *random, FramTime now)
{
  FramNatProbe *probe = g_new0 (FramNatProbe, 1);

  probe->config = *config;
  probe->random = random;
  probe->started = now;
  probe->last_begun = -1;
  probe->path.rtt = probe->second_path.rtt = -1;
  g_queue_init (&probe->events);
  take_addresses (probe);
  fram_nat_probe_plan (probe);
  probe->n_over = count_over (probe);
  fram_nat_probe_judge (probe, &probe->result);
  return probe;
}

void
fram_nat_probe_free (FramNatProbe *probe)
{
  if (probe == NULL)
    return;
  g_queue_clear_full (&probe->events, g_free);
  g_free (probe);
}

/* After anything that may have ended a test. */
static void
conclude (FramNatProbe *probe)
{
  guint n_over;

  fram_nat_probe_plan (probe);
  n_over = count_over (probe);
  if (n_over == probe->n_over)
    return;
  probe->n_over = n_over;
  fram_nat_probe_judge (probe, &probe->result);
  if (!probe->change_queued)
    fram_nat_events_push (&probe->events, FRAM_NAT_EVENT_CHANGED);
  probe->change_queued = TRUE;
  if (is_done (probe))
    fram_nat_events_push (&probe->events, FRAM_NAT_EVENT_DONE);
}

/* A request that came back to us by the NAT: the hairpin works. */
static gboolean
take_request (FramNatProbe *probe, FramNatSocket socket, const FramStunMessage *message)
{
  static const FramNatSocket arrives_at[] = {
    [FRAM_NAT_TEST_HAIRPIN_THERE] = FRAM_NAT_SOCKET_HAIRPIN,
    [FRAM_NAT_TEST_HAIRPIN_BACK] = FRAM_NAT_SOCKET_MAPPING,
  };

  for (FramNatTest test = FRAM_NAT_TEST_HAIRPIN_THERE; test <= FRAM_NAT_TEST_HAIRPIN_BACK;
       test++)
    {
      FramNatQuery *query = &probe->queries[test];

      if (query->state != FRAM_NAT_QUERY_OPEN || socket != arrives_at[test]
          || !fram_stun_id_equal (&query->id, &message->id))
        continue;
      query->state = FRAM_NAT_QUERY_ANSWERED;
      return TRUE;
    }
  return FALSE;
}

/* RFC 8489 §6.3.1: an answer comes from where the question went; the tests of filters are
 * those where a success, and nothing else, comes from elsewhere.  The id is proof enough
 * that the server sent it. */
static gboolean
may_come_from (const FramNatQuery *query, const FramAddress *from,
               const FramStunMessage *message)
{
  if (query->change != FRAM_NAT_CHANGE_NOTHING && message->klass == FRAM_STUN_SUCCESS)
    return from->family == query->remote.family;
  return fram_address_equal (from, &query->remote);
}

static void
read_other (FramNatProbe *probe, const FramStunMessage *message)
{
  FramAddress other;

  if (fram_stun_message_get_address (message, FRAM_STUN_ATTR_OTHER_ADDRESS, &other)
      && fram_nat_probe_accepts_other (probe, &other))
    probe->other = other;
}

static gboolean
take_response (FramNatProbe *probe, FramNatSocket socket, const FramAddress *from,
               const FramStunMessage *message, FramTime now)
{
  for (FramNatTest test = 0; test < FRAM_NAT_TESTS; test++)
    {
      FramNatQuery *query = &probe->queries[test];

      if (query->socket != socket || test == FRAM_NAT_TEST_HAIRPIN_THERE
          || test == FRAM_NAT_TEST_HAIRPIN_BACK || !may_come_from (query, from, message)
          || !fram_nat_query_answer (query, path_of (probe, test), from, message, now))
        continue;
      if (test == FRAM_NAT_TEST_SERVER && query->state == FRAM_NAT_QUERY_ANSWERED)
        read_other (probe, message);
      return TRUE;
    }
  return FALSE;
}

gboolean
fram_nat_probe_receive (FramNatProbe *probe, FramNatSocket socket,
                        const FramAddress *from, const guint8 *data, gsize length,
                        FramTime now)
{
  FramStunMessage message;
  gboolean taken;

  g_return_val_if_fail (socket < FRAM_NAT_PROBE_SOCKETS, FALSE);

  if (fram_stun_message_parse (&message, data, length) != FRAM_STUN_PARSE_OK)
    return FALSE;
  if (message.klass == FRAM_STUN_REQUEST)
    taken = take_request (probe, socket, &message);
  else
    taken = take_response (probe, socket, from, &message, now);
  if (taken)
    conclude (probe);
  return taken;
}

void
fram_nat_probe_told_unreachable (FramNatProbe *probe, FramNatSocket socket,
                                 const FramAddress *remote, FramTime now)
{
  for (FramNatTest test = 0; test < FRAM_NAT_TESTS; test++)
    {
      FramNatQuery *query = &probe->queries[test];

      if (query->state == FRAM_NAT_QUERY_OPEN && query->socket == socket
          && fram_address_equal (&query->remote, remote))
        query->state = FRAM_NAT_QUERY_REFUSED;
    }
  conclude (probe);
}

FramTime
fram_nat_probe_deadline (const FramNatProbe *probe)
{
  FramTime deadline = probe->started + FRAM_NAT_PROBE_LIMIT;

  if (is_done (probe))
    return FRAM_TIME_NEVER;
  for (guint i = 0; i < FRAM_NAT_TESTS; i++)
    if (probe->queries[i].state == FRAM_NAT_QUERY_OPEN)
      deadline = MIN (deadline, probe->queries[i].deadline);
  return deadline;
}

void
fram_nat_probe_advance (FramNatProbe *probe, FramTime now)
{
  gboolean late = now >= probe->started + FRAM_NAT_PROBE_LIMIT;

  for (FramNatTest test = 0; test < FRAM_NAT_TESTS; test++)
    {
      FramNatQuery *query = &probe->queries[test];

      if (fram_nat_query_is_over (query))
        continue;
      if (late)
        query->state = FRAM_NAT_QUERY_DROPPED;
      else
        fram_nat_query_advance (query, path_of (probe, test), probe->random,
                                &probe->events, now);
    }
  conclude (probe);
}

/* Return: FRAM_NAT_TESTS if none waits for its turn. */
static FramNatTest
find_ready (const FramNatProbe *probe)
{
  FramNatTest test = 0;

  while (test < FRAM_NAT_TESTS && probe->queries[test].state != FRAM_NAT_QUERY_READY)
    test++;
  return test;
}

FramTime
fram_nat_probe_send_due (const FramNatProbe *probe)
{
  if (find_ready (probe) == FRAM_NAT_TESTS)
    return FRAM_TIME_NEVER;
  return probe->last_begun < 0 ? probe->started : probe->last_begun + FRAM_NAT_SPACING;
}

gboolean
fram_nat_probe_send (FramNatProbe *probe, FramTime now)
{
  FramNatTest test = find_ready (probe);

  if (test == FRAM_NAT_TESTS)
    return FALSE;
  probe->last_begun = now;
  fram_nat_query_send (&probe->queries[test], path_of (probe, test), probe->random,
                       &probe->events, now);
  return TRUE;
}

gboolean
fram_nat_probe_pop (FramNatProbe *probe, FramNatEvent *ret_event)
{
  if (!fram_nat_events_pop (&probe->events, ret_event))
    return FALSE;
  if (ret_event->type == FRAM_NAT_EVENT_CHANGED)
    probe->change_queued = FALSE;
  return TRUE;
}

const FramNatBehaviour *
fram_nat_probe_get_result (const FramNatProbe *probe)
{
  return &probe->result;
}
