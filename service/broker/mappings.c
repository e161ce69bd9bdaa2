/* Mappings: server-reflexive candidates, asked once for each base and server and kept
 * alive for all sessions.  (RFC 8445 §5.1.1.2, §5.1.1.4) */
#include <string.h>

#include "broker/broker-private.h"
#include "nat/keepalive.h"
#include "stun/builder.h"

/* The first questions of one base are so far apart that, in a crowd, those of all bases to
 * one server come before the second of any. */
#define RANK_STEP FRAM_MILLISECONDS (5)

/* A keep-alive is transmitted four times and given up after 15 RTO: the NAT has forgotten the
 * mapping, or the server is gone, and then it is better to know than to wait 39.5 s. */
#define KEEPALIVE_RTO_MIN FRAM_MILLISECONDS (200)
#define KEEPALIVE_TRANSMISSIONS 4
#define KEEPALIVE_LAST_WAIT 8
/* What a deaf server is asked with. */
#define RETRY_TRANSMISSIONS 3
#define RETRY_LAST_WAIT 4
/* One more is on its way when so many were silent. */
#define SUSPECT_AFTER 2

/* A mapping that was lost while its server answers others is asked for again then. */
#define LOST_RETRY FRAM_SECONDS (15)
/* What was answered a moment ago is not asked again for a mere suspicion. */
#define FRESH FRAM_SECONDS (1)

#define LOSSES_IN_A_ROW 2

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

FramMapping *
fram_broker_find_mapping (const FramBase *base, const FramAddress *server)
{
  for (guint i = 0; i < base->mappings->len; i++)
    {
      FramMapping *mapping = g_ptr_array_index (base->mappings, i);

      if (fram_address_equal (&mapping->server, server))
        return mapping;
    }
  return NULL;
}

gboolean
fram_mapping_is_translated (const FramMapping *mapping)
{
  return !fram_address_equal (&mapping->mapped, &mapping->base->address);
}

static FramFamily
family_of (const FramMapping *mapping)
{
  return (FramFamily) mapping->server.family;
}

static gboolean
is_under_way (FramBroker *broker, const FramMapping *mapping)
{
  return mapping->slot.place != 0
         || fram_broker_awaits (broker, &mapping->transaction.id);
}

static void
set_state (FramMapping *mapping, FramMappingState state, FramTime now)
{
  if (mapping->state != state)
    mapping->since = now;
  mapping->state = state;
  mapping->suspect = FALSE;
}

static void
want (FramBroker *broker, FramMapping *mapping, FramTime time, FramTurnRank rank)
{
  fram_schedule_set (&broker->deadlines, &mapping->due, FRAM_TIME_NEVER);
  fram_pacer_want (&broker->pacer, &mapping->slot, time, rank);
}

/* --- Deaf ways --------------------------------------------------------------------- */

/* The way, if it is deaf, and not only doubted. */
static FramNetworkWay *
find_deaf (FramBroker *broker, const FramMapping *mapping)
{
  FramNetworkWay *way
      = fram_network_find_silent (&broker->network, mapping->base->interface.name,
                                  mapping->uri, family_of (mapping), FRAM_KNOWN_UDP);

  return way != NULL && !way->doubted ? way : NULL;
}

/* Nobody waits for what is deaf; now and then one of all that are asks, in the background. */
static void
rest (FramBroker *broker, FramMapping *mapping, FramTime now)
{
  FramNetworkWay *way = find_deaf (broker, mapping);

  set_state (mapping, FRAM_MAPPING_DEAF, now);
  fram_schedule_set (&broker->deadlines, &mapping->due,
                     way != NULL ? way->retry : now + LOST_RETRY);
}

static void
retry (FramBroker *broker, FramMapping *mapping, FramTime now)
{
  FramNetworkWay *way = find_deaf (broker, mapping);

  if (way != NULL && way->retry > now)
    {
      rest (broker, mapping, now);
      return;
    }
  /* This one asks for all; if its base is closed before it knows, another one does. */
  if (way != NULL)
    way->retry = now + LOST_RETRY;
  want (broker, mapping, now, FRAM_TURN_ORDINARY);
}

void
fram_broker_wake_mappings (FramBroker *broker, const char *interface, const char *uri,
                           FramFamily family, FramTime now)
{
  GHashTableIter iter;
  FramBase *base;

  g_hash_table_iter_init (&iter, broker->bases.by_id);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &base))
    for (guint i = 0; i < base->mappings->len; i++)
      {
        FramMapping *mapping = g_ptr_array_index (base->mappings, i);

        if (mapping->state == FRAM_MAPPING_DEAF && !is_under_way (broker, mapping)
            && family_of (mapping) == family && strcmp (mapping->uri, uri) == 0
            && strcmp (base->interface.name, interface) == 0)
          want (broker, mapping, now, FRAM_TURN_ORDINARY);
      }
}

/* --- Asking ------------------------------------------------------------------------ */

static FramMapping *
mapping_new (FramBase *base, const char *uri, const FramAddress *server, FramTime now)
{
  FramMapping *mapping = g_new0 (FramMapping, 1);

  mapping->base = base;
  mapping->uri = g_strdup (uri);
  mapping->server = *server;
  mapping->rtt = -1;
  mapping->since = now;
  mapping->due.kind = mapping->slot.kind = FRAM_DUE_MAPPING;
  mapping->due.owner = mapping->slot.owner = mapping;
  g_ptr_array_add (base->mappings, mapping);
  return mapping;
}

FramMapping *
fram_broker_ask_mapping (FramBroker *broker, FramBase *base, const char *uri,
                         const FramAddress *server, guint rank, FramTime now)
{
  FramMapping *mapping = fram_broker_find_mapping (base, server);

  if (base->interface.address.family != server->family)
    return NULL;
  if (mapping != NULL)
    return mapping;
  mapping = mapping_new (base, uri, server, now);
  if (find_deaf (broker, mapping) == NULL)
    want (broker, mapping, now + rank * RANK_STEP, FRAM_TURN_QUESTION);
  else
    {
      set_state (mapping, FRAM_MAPPING_DEAF, now);
      retry (broker, mapping, now);
    }
  return mapping;
}

static void
recheck (FramBroker *broker, FramMapping *mapping, FramTime now)
{
  if (is_under_way (broker, mapping))
    return;
  if (mapping->state == FRAM_MAPPING_DEAF
      || (mapping->state == FRAM_MAPPING_KNOWN && mapping->leads
          && now - mapping->answered >= FRESH))
    want (broker, mapping, now, FRAM_TURN_QUESTION);
}

void
fram_broker_recheck_base (FramBroker *broker, FramBase *base, FramTime now)
{
  for (guint i = 0; i < base->carried->len; i++)
    fram_broker_renew_allocation (broker, g_ptr_array_index (base->carried, i), now);
  for (guint i = 0; i < base->mappings->len; i++)
    recheck (broker, g_ptr_array_index (base->mappings, i), now);
}

void
fram_broker_recheck_all (FramBroker *broker, FramTime now)
{
  GHashTableIter iter;
  FramBase *base;

  fram_broker_renew_streams (broker, now);
  g_hash_table_iter_init (&iter, broker->bases.by_id);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &base))
    fram_broker_recheck_base (broker, base, now);
}

static void
choose_timing (FramBroker *broker, const FramMapping *mapping, FramStunTiming *ret_timing)
{
  *ret_timing = (FramStunTiming) FRAM_STUN_TIMING_DEFAULT (
      fram_broker_get_rto (broker, &mapping->server));
  if (mapping->state == FRAM_MAPPING_KNOWN)
    {
      ret_timing->rto = MAX (ret_timing->rto, KEEPALIVE_RTO_MIN);
      ret_timing->count = KEEPALIVE_TRANSMISSIONS;
      ret_timing->last_wait = KEEPALIVE_LAST_WAIT;
    }
  else if (mapping->state == FRAM_MAPPING_DEAF)
    {
      ret_timing->count = RETRY_TRANSMISSIONS;
      ret_timing->last_wait = RETRY_LAST_WAIT;
    }
}

void
fram_broker_mapping_send (FramBroker *broker, FramMapping *mapping, FramTime now)
{
  FramStunTiming timing;

  choose_timing (broker, mapping, &timing);
  if (mapping->state == FRAM_MAPPING_WAITING)
    set_state (mapping, FRAM_MAPPING_ASKING, now);
  fram_stun_transaction_start (&mapping->transaction, &timing, broker->random, now);
  fram_broker_await (broker, &mapping->transaction.id, NULL, mapping);
  fram_schedule_set (&broker->deadlines, &mapping->due, mapping->transaction.deadline);
  transmit (broker, mapping);
}

/* --- Keep-alives ------------------------------------------------------------------- */

/* Spread, so that a hundred mappings do not fire together; what follows from a measured
 * lifetime is a limit, the default is the least (RFC 8445 §11). */
static FramTime
draw_interval (FramBroker *broker, const FramMapping *mapping)
{
  const char *interface = mapping->base->interface.name;
  const FramNetworkNat *nat
      = fram_network_find_nat (&broker->network, interface, family_of (mapping));
  FramTime interval
      = fram_network_get_keepalive (&broker->network, interface, family_of (mapping));
  FramTime spread = fram_random_range (broker->random, 0, interval / 10);

  if (nat == NULL || nat->measured == FRAM_NETWORK_NEVER)
    return interval + spread;
  if (interval < FRAM_NAT_KEEPALIVE_DEFAULT)
    return interval - spread;
  return MAX (interval - spread, FRAM_NAT_KEEPALIVE_DEFAULT);
}

/* RFC 8445 §11.  Where nothing is translated there is nothing to keep: what a firewall lets
 * in for the server's sake, it does not let in for a peer's. */
static void
keep (FramBroker *broker, FramMapping *mapping, FramTime now)
{
  gboolean needed = mapping->state == FRAM_MAPPING_KNOWN && mapping->leads
                    && fram_mapping_is_translated (mapping);

  fram_schedule_set (&broker->deadlines, &mapping->due,
                     needed ? now + draw_interval (broker, mapping) : FRAM_TIME_NEVER);
}

void
fram_broker_rekeep_mappings (FramBroker *broker, const char *interface, FramFamily family,
                             FramTime now)
{
  GHashTableIter iter;
  FramBase *base;

  g_hash_table_iter_init (&iter, broker->bases.by_id);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &base))
    for (guint i = 0; i < base->mappings->len; i++)
      {
        FramMapping *mapping = g_ptr_array_index (base->mappings, i);

        if (mapping->state == FRAM_MAPPING_KNOWN && !is_under_way (broker, mapping)
            && family_of (mapping) == family
            && strcmp (base->interface.name, interface) == 0)
          keep (broker, mapping, mapping->answered);
      }
}

/* --- Silence ----------------------------------------------------------------------- */

/* Another mapping's question went the same way and was answered since. */
static gboolean
was_heard (FramBroker *broker, const FramMapping *mapping, FramTime since)
{
  const FramNetworkNat *nat = fram_network_find_nat (
      &broker->network, mapping->base->interface.name, family_of (mapping));
  const FramNetworkServer *server = fram_network_find_server (
      &broker->network, mapping->uri, &mapping->server, FRAM_KNOWN_UDP);

  return nat != NULL && nat->heard >= since && server != NULL && server->success >= since;
}

/* The transaction is over without an answer. */
static void
give_up (FramBroker *broker, FramMapping *mapping, FramTime now)
{
  FramMapping *heir = fram_mapping_resign (mapping);

  fram_broker_learn_silence (broker, mapping->uri, &mapping->server, FRAM_KNOWN_UDP, now);
  if (!was_heard (broker, mapping, mapping->transaction.started))
    fram_broker_learn_deaf (broker, mapping->base->interface.name, mapping->uri,
                            family_of (mapping), FRAM_KNOWN_UDP, now);
  rest (broker, mapping, now);
  if (heir != NULL && !is_under_way (broker, heir))
    want (broker, heir, now, FRAM_TURN_QUESTION);
}

/* Return: whether that is news. */
static gboolean
note_silence (FramBroker *broker, FramMapping *mapping, FramTime now)
{
  if (fram_broker_mapping_is_late (broker, mapping, now))
    fram_broker_learn_doubt (broker, mapping->base->interface.name, mapping->uri,
                             family_of (mapping), FRAM_KNOWN_UDP,
                             mapping->transaction.started);
  if (mapping->state != FRAM_MAPPING_KNOWN || mapping->suspect
      || mapping->transaction.n_sent <= SUSPECT_AFTER)
    return FALSE;
  mapping->suspect = TRUE;
  return TRUE;
}

gboolean
fram_broker_mapping_advance (FramBroker *broker, FramMapping *mapping, FramTime now)
{
  gboolean is_news = FALSE;

  if (!fram_broker_awaits (broker, &mapping->transaction.id))
    {
      /* It takes a turn with the checks. */
      if (mapping->state == FRAM_MAPPING_DEAF)
        retry (broker, mapping, now);
      else
        want (broker, mapping, now, FRAM_TURN_ORDINARY);
      return FALSE;
    }

  switch (fram_stun_transaction_advance (&mapping->transaction, now))
    {
    case FRAM_STUN_TRANSACTION_WAIT:
      break;
    case FRAM_STUN_TRANSACTION_SEND:
      transmit (broker, mapping);
      is_news = note_silence (broker, mapping, now);
      break;
    case FRAM_STUN_TRANSACTION_TIMEOUT:
      fram_broker_await_no_more (broker, &mapping->transaction.id);
      give_up (broker, mapping, now);
      return TRUE;
    }
  fram_schedule_set (&broker->deadlines, &mapping->due, mapping->transaction.deadline);
  return is_news;
}

gboolean
fram_broker_mapping_unreachable (FramBroker *broker, FramMapping *mapping, FramTime now)
{
  /* The question goes on, for an ICMP message can be forged; but nobody waits for it. */
  if (mapping->state != FRAM_MAPPING_ASKING)
    return FALSE;
  fram_broker_learn_doubt (broker, mapping->base->interface.name, mapping->uri,
                           family_of (mapping), FRAM_KNOWN_UDP,
                           mapping->transaction.started);
  return TRUE;
}

/* --- Answers ----------------------------------------------------------------------- */

/* A NAT that lost one mapping, or has another IP address, may have done so to all. */
static void
doubt_others (FramBroker *broker, const FramMapping *mapping, FramTime now)
{
  GHashTableIter iter;
  FramBase *base;

  g_hash_table_iter_init (&iter, broker->bases.by_id);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &base))
    if (fram_address_equal_ip (&base->interface.address,
                               &mapping->base->interface.address))
      fram_broker_recheck_base (broker, base, now);
}

static void
learn (FramBroker *broker, FramMapping *mapping, FramTime now)
{
  const char *interface = mapping->base->interface.name;
  FramTime rtt = -1;

  if (fram_stun_transaction_measure (&mapping->transaction, now, &rtt))
    mapping->rtt = rtt;
  fram_broker_learn_answer (broker, mapping->uri, &mapping->server, FRAM_KNOWN_UDP, rtt,
                            now);
  if (fram_broker_learn_heard (broker, interface, mapping->uri, family_of (mapping),
                               FRAM_KNOWN_UDP, now))
    fram_broker_wake_mappings (broker, interface, mapping->uri, family_of (mapping), now);
}

/* The NAT had forgotten the mapping, and has made another one.  Once may be an accident, or a
 * router that was switched off; twice in a row, each time after a whole interval, is how
 * long it lives. */
static void
learn_loss (FramBroker *broker, FramMapping *mapping, const FramAddress *mapped,
            FramTime now)
{
  FramTime rested = mapping->transaction.started - mapping->answered;
  FramTime interval = fram_network_get_keepalive (
      &broker->network, mapping->base->interface.name, family_of (mapping));

  if (fram_address_equal_ip (mapped, &mapping->mapped)
      && rested >= interval - interval / 10)
    mapping->n_losses++;
  if (mapping->n_losses >= LOSSES_IN_A_ROW)
    fram_probing_mapping_lost (broker, &mapping->base->interface, rested, now);
  doubt_others (broker, mapping, now);
}

static void
set_mapped (FramBroker *broker, FramMapping *mapping, const FramAddress *mapped,
            FramTime now)
{
  gboolean was_known = mapping->state == FRAM_MAPPING_KNOWN;
  FramMapping *heir = was_known ? fram_mapping_resign (mapping) : NULL;

  if (was_known)
    learn_loss (broker, mapping, mapped, now);
  set_state (mapping, FRAM_MAPPING_KNOWN, now);
  mapping->since = now;
  mapping->mapped = *mapped;
  fram_mapping_lead (mapping);
  if (heir != NULL && !is_under_way (broker, heir))
    want (broker, heir, now, FRAM_TURN_QUESTION);
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
      give_up (broker, mapping, now);
      return TRUE;
    }

  learn (broker, mapping, now);
  mapping->suspect = FALSE;
  is_new = mapping->state != FRAM_MAPPING_KNOWN
           || !fram_address_equal (&mapped, &mapping->mapped);
  if (is_new)
    set_mapped (broker, mapping, &mapped, now);
  else
    mapping->n_losses = 0;
  mapping->answered = now;
  keep (broker, mapping, now);
  return is_new;
}

gboolean
fram_broker_mapping_told (FramBroker *broker, FramMapping *mapping,
                          const FramAddress *mapped, FramTime now)
{
  if (mapping->state == FRAM_MAPPING_KNOWN
      || mapped->family != mapping->base->address.family
      || !fram_address_is_usable_remote (mapped))
    return FALSE;
  fram_broker_await_no_more (broker, &mapping->transaction.id);
  want (broker, mapping, FRAM_TIME_NEVER, FRAM_TURN_ORDINARY);
  set_mapped (broker, mapping, mapped, now);
  mapping->answered = now;
  keep (broker, mapping, now);
  return TRUE;
}

void
fram_broker_drop_mappings (FramBroker *broker, FramBase *base)
{
  for (guint i = 0; i < base->mappings->len; i++)
    {
      FramMapping *mapping = g_ptr_array_index (base->mappings, i);

      fram_broker_await_no_more (broker, &mapping->transaction.id);
      want (broker, mapping, FRAM_TIME_NEVER, FRAM_TURN_ORDINARY);
      g_free (mapping->uri);
      g_free (mapping);
    }
  g_ptr_array_set_size (base->mappings, 0);
}
