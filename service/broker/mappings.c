/* Mappings: server-reflexive candidates, asked once for each base and server and kept
 * alive for all sessions.  (RFC 8445 §5.1.1.2, §5.1.1.4) */
#include <string.h>

#include "broker/broker-private.h"
#include "stun/builder.h"

/* RFC 8445 §11: the mapping of a NAT is refreshed each 15 s. */
#define KEEPALIVE_INTERVAL FRAM_SECONDS (15)
/* RFC 8445 §14.3 */
#define GATHERING_RTO FRAM_MILLISECONDS (500)
/* A server that did not answer is not asked again by the next session. */
#define DEAF_FOR FRAM_SECONDS (60)

static void
transmit (FramBroker *broker, FramMapping *mapping)
{
  guint8 buffer[FRAM_STUN_MAX_SENT];
  FramStunBuilder builder;
  FramEvent *event = fram_broker_emit (broker, FRAM_EVENT_TRANSMIT, 0);

  fram_stun_builder_init (&builder, buffer, sizeof buffer, FRAM_STUN_REQUEST,
                          FRAM_STUN_BINDING, &mapping->transaction.id);
  fram_stun_builder_add_fingerprint (&builder);
  event->base = mapping->base->id;
  event->remote = mapping->server;
  event->length = (guint16) fram_stun_builder_end (&builder);
  event->data = g_memdup2 (buffer, event->length);
}

static FramMapping *
find (FramBase *base, const FramAddress *server)
{
  for (guint i = 0; i < base->mappings->len; i++)
    {
      FramMapping *mapping = g_ptr_array_index (base->mappings, i);

      if (fram_address_equal (&mapping->server, server))
        return mapping;
    }
  return NULL;
}

static FramMapping *
mapping_new (FramBase *base, const FramAddress *server)
{
  FramMapping *mapping = g_new0 (FramMapping, 1);

  mapping->base = base;
  mapping->server = *server;
  mapping->due.kind = mapping->slot.kind = FRAM_DUE_MAPPING;
  mapping->due.owner = mapping->slot.owner = mapping;
  g_ptr_array_add (base->mappings, mapping);
  return mapping;
}

FramMapping *
fram_broker_ask_mapping (FramBroker *broker, FramBase *base, const FramAddress *server,
                         FramTime now)
{
  FramMapping *mapping = find (base, server);

  if (base->interface.address.family != server->family)
    return NULL;
  if (mapping == NULL)
    {
      mapping = mapping_new (base, server);
      fram_pacer_want (&broker->pacer, &mapping->slot, now, FALSE);
    }
  else if (mapping->state == FRAM_MAPPING_DEAF
           && now >= mapping->transaction.deadline + DEAF_FOR)
    {
      mapping->state = FRAM_MAPPING_WAITING;
      fram_pacer_want (&broker->pacer, &mapping->slot, now, FALSE);
    }
  return mapping;
}

gboolean
fram_broker_has_open_mapping (FramBrokerSession *session, FramBase *base)
{
  for (guint i = 0; i < base->mappings->len; i++)
    {
      const FramMapping *mapping = g_ptr_array_index (base->mappings, i);

      if (mapping->state != FRAM_MAPPING_WAITING && mapping->state != FRAM_MAPPING_ASKING)
        continue;
      for (guint s = 0; session->servers != NULL && s < session->servers->len; s++)
        if (fram_server_has_address (g_ptr_array_index (session->servers, s),
                                     &mapping->server))
          return TRUE;
    }
  return FALSE;
}

void
fram_broker_mapping_send (FramBroker *broker, FramMapping *mapping, FramTime now)
{
  FramStunTiming timing = FRAM_STUN_TIMING_DEFAULT (GATHERING_RTO);

  if (mapping->state != FRAM_MAPPING_KNOWN)
    mapping->state = FRAM_MAPPING_ASKING;
  fram_stun_transaction_start (&mapping->transaction, &timing, broker->random, now);
  fram_broker_await (broker, &mapping->transaction.id, NULL, mapping);
  fram_schedule_set (&broker->deadlines, &mapping->due, mapping->transaction.deadline);
  transmit (broker, mapping);
}

gboolean
fram_broker_mapping_advance (FramBroker *broker, FramMapping *mapping, FramTime now)
{
  /* A known mapping that awaits nothing: its keep-alive takes a turn with the checks. */
  if (!fram_broker_awaits (broker, &mapping->transaction.id))
    {
      fram_schedule_set (&broker->deadlines, &mapping->due, FRAM_TIME_NEVER);
      fram_pacer_want (&broker->pacer, &mapping->slot, now, FALSE);
      return FALSE;
    }

  switch (fram_stun_transaction_advance (&mapping->transaction, now))
    {
    case FRAM_STUN_TRANSACTION_WAIT:
      break;
    case FRAM_STUN_TRANSACTION_SEND:
      transmit (broker, mapping);
      break;
    case FRAM_STUN_TRANSACTION_TIMEOUT:
      fram_broker_await_no_more (broker, &mapping->transaction.id);
      mapping->state = FRAM_MAPPING_DEAF;
      fram_schedule_set (&broker->deadlines, &mapping->due, FRAM_TIME_NEVER);
      return TRUE;
    }
  fram_schedule_set (&broker->deadlines, &mapping->due, mapping->transaction.deadline);
  return FALSE;
}

gboolean
fram_broker_mapping_answer (FramBroker *broker, FramMapping *mapping,
                            const FramAddress *from, const FramStunMessage *message,
                            FramTime now)
{
  FramAddress mapped;
  gboolean is_new;

  /* RFC 8489 §6.3.3: an answer comes from where the question went. */
  if (!fram_address_equal (from, &mapping->server))
    return FALSE;
  fram_broker_await_no_more (broker, &mapping->transaction.id);
  if (message->klass != FRAM_STUN_SUCCESS
      || !fram_stun_message_get_address (message, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS,
                                         &mapped)
      || mapped.family != mapping->base->address.family
      || !fram_address_is_usable_remote (&mapped))
    {
      /* RFC 8489 §6.3.4: this server has nothing for us, and nobody waits for it. */
      mapping->state = FRAM_MAPPING_DEAF;
      fram_schedule_set (&broker->deadlines, &mapping->due, FRAM_TIME_NEVER);
      return TRUE;
    }

  fram_schedule_set (&broker->deadlines, &mapping->due, now + KEEPALIVE_INTERVAL);
  is_new = mapping->state != FRAM_MAPPING_KNOWN
           || !fram_address_equal (&mapped, &mapping->mapped);
  mapping->state = FRAM_MAPPING_KNOWN;
  mapping->mapped = mapped;
  return is_new;
}

void
fram_broker_drop_mappings (FramBroker *broker, FramBase *base)
{
  for (guint i = 0; i < base->mappings->len; i++)
    {
      FramMapping *mapping = g_ptr_array_index (base->mappings, i);

      fram_broker_await_no_more (broker, &mapping->transaction.id);
      fram_schedule_set (&broker->deadlines, &mapping->due, FRAM_TIME_NEVER);
      fram_pacer_want (&broker->pacer, &mapping->slot, FRAM_TIME_NEVER, FALSE);
      g_free (mapping);
    }
  g_ptr_array_set_size (base->mappings, 0);
}
