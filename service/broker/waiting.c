/* How long a session waits for a mapping: by what is known of the server and of the way to
 * it, and never for the slowest. */
#include "broker/broker-private.h"

/* A server of which nothing is known has so much time, and no other has more. */
#define PATIENCE_MAX FRAM_SECONDS (1)
#define PATIENCE_MIN FRAM_MILLISECONDS (100)
/* One that is known has three round trips, so that one loss is made good, and this. */
#define PATIENCE_MARGIN FRAM_MILLISECONDS (50)

/* When one server has answered, or made a relay, the others have two of its round trips more. */
#define OTHERS_MIN FRAM_MILLISECONDS (20)
#define OTHERS_MAX FRAM_MILLISECONDS (200)

/* In a crowd, the pacer may come late to a question: nobody gives up for silence what was not
 * asked, but for a crowd that does not end. */
#define CROWD_BOUND FRAM_SECONDS (5)

/* RFC 8445 §14.3 */
#define RTO_UNKNOWN FRAM_MILLISECONDS (500)
#define RTO_MIN FRAM_MILLISECONDS (50)

FramTime
fram_broker_get_rto (FramBroker *broker, const FramAddress *server)
{
  FramTime rtt = fram_network_get_rtt (&broker->network, server, FRAM_KNOWN_UDP);

  /* Twice, and not by RFC 6298's variance, which nobody keeps over the days. */
  return rtt < 0 ? RTO_UNKNOWN : CLAMP (2 * rtt, RTO_MIN, RTO_UNKNOWN);
}

/* Whether the server has ever told how far away it is. */
static gboolean
has_answered (FramBroker *broker, const FramMapping *mapping)
{
  return fram_network_get_rtt (&broker->network, &mapping->server, FRAM_KNOWN_UDP) >= 0;
}

static FramTime
patience (FramBroker *broker, const FramMapping *mapping)
{
  FramTime rtt
      = fram_network_get_rtt (&broker->network, &mapping->server, FRAM_KNOWN_UDP);

  if (rtt < 0)
    return PATIENCE_MAX;
  return CLAMP (3 * rtt + PATIENCE_MARGIN, PATIENCE_MIN, PATIENCE_MAX);
}

FramTime
fram_broker_enough_from (FramTime since, FramTime rtt)
{
  return since + (rtt < 0 ? OTHERS_MAX : CLAMP (2 * rtt, OTHERS_MIN, OTHERS_MAX));
}

/* When its answer is enough for all who ask others. */
static FramTime
is_enough_from (const FramMapping *answered)
{
  return fram_broker_enough_from (answered->since, answered->rtt);
}

/* Whether another server has answered in the meantime, and long enough ago; one that was asked
 * after that answer has as much time from then on. */
static gboolean
is_outrun (const FramMapping *mapping, FramTime now)
{
  const GPtrArray *mappings = mapping->base->mappings;

  for (guint i = 0; i < mappings->len; i++)
    {
      const FramMapping *other = g_ptr_array_index (mappings, i);

      if (other->state == FRAM_MAPPING_KNOWN
          && mapping->transaction.started < other->since + OTHERS_MIN
          && now >= fram_broker_enough_from (
                 MAX (other->since, mapping->transaction.started), other->rtt))
        return TRUE;
    }
  return FALSE;
}

gboolean
fram_broker_mapping_is_late (FramBroker *broker, const FramMapping *mapping, FramTime now)
{
  if (mapping->state != FRAM_MAPPING_ASKING)
    return FALSE;
  return now >= mapping->transaction.started + patience (broker, mapping)
         || (!has_answered (broker, mapping) && is_outrun (mapping, now));
}

/* When another server's answer is enough; FRAM_TIME_NEVER: none has answered. */
static FramTime
others_end (FramBrokerSession *session, const FramMapping *mapping)
{
  const GPtrArray *mappings = mapping->base->mappings;
  FramTime end = FRAM_TIME_NEVER;

  for (guint i = 0; i < mappings->len; i++)
    {
      const FramMapping *other = g_ptr_array_index (mappings, i);

      if (other->state == FRAM_MAPPING_KNOWN
          && fram_broker_session_asks (session, &other->server))
        end = MIN (end, is_enough_from (other));
    }
  return end;
}

FramTime
fram_broker_relay_enough_from (const FramBrokerSession *session,
                               const FramAddress *interface)
{
  FramTime end = FRAM_TIME_NEVER;

  for (guint i = 0; i < session->relays->len; i++)
    {
      const FramAllocation *allocation = g_ptr_array_index (session->relays, i);

      if (!fram_allocation_is_stream (allocation)
          || allocation->state != FRAM_ALLOCATION_THERE
          || !fram_address_equal (&allocation->interface.address, interface))
        continue;
      end = MIN (end, fram_broker_enough_from (allocation->since,
                                               fram_turn_get_rtt (allocation->turn)));
    }
  return end;
}

FramTime
fram_broker_mapping_wait (FramBroker *broker, FramBrokerSession *session,
                          FramMapping *mapping, FramTime now)
{
  const FramNetwork *network = &broker->network;
  const char *interface = mapping->base->interface.name;
  FramFamily family = (FramFamily) mapping->server.family;
  FramTime end;

  if (mapping->state == FRAM_MAPPING_KNOWN || mapping->state == FRAM_MAPPING_DEAF
      || fram_network_find_silent (network, interface, mapping->uri, family,
                                   FRAM_KNOWN_UDP)
             != NULL
      || fram_network_leads_nowhere (network, interface, family))
    return now;
  if (mapping->state == FRAM_MAPPING_WAITING)
    end = session->gather_since + CROWD_BOUND;
  else
    end = mapping->transaction.started + patience (broker, mapping);
  /* One after the other must not take longer than all at once. */
  if (mapping->fallback)
    end = MIN (end, session->gather_since + PATIENCE_MAX);
  /* To a server that has never answered by UDP, and that was connected to and asked twice by TCP
   * meanwhile, no UDP gets through, as far as one can tell. */
  if (!has_answered (broker, mapping))
    end = MIN (
        end, fram_broker_relay_enough_from (session, &mapping->base->interface.address));
  return MIN (end, others_end (session, mapping));
}
