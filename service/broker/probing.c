#include "broker/probing.h"

#include "broker/probing-private.h"

/* As long as sessions are busy. */
#define LOOK_AGAIN FRAM_SECONDS (1)
/* A measurement that was given up goes on after so long. */
#define LIFETIME_REST FRAM_SECONDS (3600)
#define ASK_AGAIN FRAM_SECONDS (24 * 3600)

void
fram_probing_init (FramProbing *probing)
{
  fram_probe_table_init (&probing->probes);
  probing->trials = g_array_new (FALSE, FALSE, sizeof (FramProbingTrial));
  probing->checks = g_ptr_array_new ();
  probing->look.kind = FRAM_DUE_PROBING;
}

void
fram_probing_clear (FramBroker *broker)
{
  FramProbing *probing = &broker->probing;

  fram_checks_free (broker);
  fram_probe_free (broker, g_steal_pointer (&probing->behaviour));
  fram_probe_free (broker, g_steal_pointer (&probing->lifetime));
  fram_schedule_set (&broker->deadlines, &probing->look, FRAM_TIME_NEVER);
  fram_probe_table_clear (&probing->probes);
  g_clear_pointer (&probing->trials, g_array_unref);
  g_clear_pointer (&probing->checks, g_ptr_array_unref);
}

static void
start_behaviour (FramBroker *broker, const FramProbingChoice *choice, FramTime now)
{
  FramAddress second = fram_probing_choose_second (broker, choice);

  broker->probing.behaviour = fram_probe_new_behaviour (broker, &choice->base->interface,
                                                        choice->server, &second, now);
}

/* Where a measurement was given up, the next one begins with what was found to live. */
static void
start_lifetime (FramBroker *broker, const FramProbingChoice *choice, FramTime now)
{
  const FramNetworkNat *nat = fram_probing_find_nat (broker, &choice->base->interface);
  FramNatLifetimeConfig config = { .server = *choice->server };

  if (nat->measured != FRAM_NETWORK_NEVER && nat->alive > 0)
    config.shortest = CLAMP (nat->alive, FRAM_PROBING_SHORTEST, FRAM_PROBING_LONGEST);
  broker->probing.lifetime
      = fram_probe_new_lifetime (broker, &choice->base->interface, &config, now);
}

static gboolean
is_on (FramBroker *broker)
{
  return broker->config.policy.probe && broker->probing.checks->len == 0;
}

void
fram_probing_look (FramBroker *broker, FramTime now)
{
  FramProbing *probing = &broker->probing;
  FramProbingChoice behaviour = { 0 }, lifetime = { 0 };
  gboolean wants_one, wants_other;

  fram_schedule_set (&broker->deadlines, &probing->look, FRAM_TIME_NEVER);
  if (!is_on (broker) || probing->behaviour != NULL)
    return;
  wants_one = fram_probing_choose_behaviour (broker, now, &behaviour);
  wants_other = probing->lifetime == NULL
                && fram_probing_choose_lifetime (broker, now, &lifetime);
  if (!wants_one && !wants_other)
    return;
  if (fram_probing_is_busy (broker, now))
    fram_schedule_set (&broker->deadlines, &probing->look, now + LOOK_AGAIN);
  else if (wants_one)
    start_behaviour (broker, &behaviour, now);
  else
    start_lifetime (broker, &lifetime, now);
}

void
fram_probing_consider (FramBroker *broker, FramTime now)
{
  if (is_on (broker) && broker->probing.look.place == 0)
    fram_schedule_set (&broker->deadlines, &broker->probing.look, now);
}

/* --- What came of it --------------------------------------------------------------- */

static void
take_behaviour (FramBroker *broker, const FramProbe *probe, FramTime now)
{
  const FramNatBehaviour *result;

  if (probe->behaviour == NULL)
    return;
  result = fram_nat_probe_get_result (probe->behaviour);
  /* That a server is silent now, which has answered before, says nothing of the NAT. */
  if (result->server_answers == FRAM_NAT_YES || result->second_answers == FRAM_NAT_YES)
    fram_probing_learn (broker, &probe->interface, result, now);
}

static void
end_behaviour (FramBroker *broker, FramTime now)
{
  FramProbing *probing = &broker->probing;
  FramProbe *probe = g_steal_pointer (&probing->behaviour);
  FramNatAnswer helps = FRAM_NAT_UNKNOWN;

  if (probe->behaviour != NULL && probe->done)
    helps = fram_nat_probe_get_result (probe->behaviour)->server_helps;
  take_behaviour (broker, probe, now);
  fram_probing_note_trial (probing, probe, helps, now + ASK_AGAIN);
  fram_probe_free (broker, probe);
}

/* What a measurement knows in the middle is less than what was known, as a rule. */
static void
take_lifetime (FramBroker *broker, const FramProbe *probe, FramTime now)
{
  const FramNatLifetimeResult *result = fram_nat_lifetime_get_result (probe->lifetime);
  const FramNetworkNat *nat = fram_probing_find_nat (broker, &probe->interface);
  gboolean is_known = nat != NULL && nat->measured != FRAM_NETWORK_NEVER;
  FramTime alive = result->alive, dead = result->dead;

  if (alive == 0 && dead == FRAM_TIME_NEVER)
    return;
  if (is_known && result->state != FRAM_NAT_LIFETIME_MEASURED
      && MAX (alive, nat->alive) < MIN (dead, nat->dead))
    {
      alive = MAX (alive, nat->alive);
      dead = MIN (dead, nat->dead);
    }
  if (is_known && nat->alive == alive && nat->dead == dead && !probe->done)
    return;
  fram_broker_learn_lifetime (broker, probe->interface.name,
                              probe->interface.address.family, alive, dead, now);
}

static void
end_lifetime (FramBroker *broker, FramTime now)
{
  FramProbing *probing = &broker->probing;
  FramProbe *probe = g_steal_pointer (&probing->lifetime);
  FramNatAnswer helps = FRAM_NAT_UNKNOWN;
  FramTime again = now + ASK_AGAIN;

  switch (fram_nat_lifetime_get_result (probe->lifetime)->state)
    {
    case FRAM_NAT_LIFETIME_MEASURING:
      again = now + LIFETIME_REST;
      break;
    case FRAM_NAT_LIFETIME_MEASURED:
    case FRAM_NAT_LIFETIME_SHORTER:
    case FRAM_NAT_LIFETIME_LONGER:
    case FRAM_NAT_LIFETIME_INCONSISTENT:
      helps = FRAM_NAT_YES;
      break;
    case FRAM_NAT_LIFETIME_NOT_MEASURABLE:
      helps = FRAM_NAT_NO;
      break;
    case FRAM_NAT_LIFETIME_UNREACHABLE:
      break;
    }
  take_lifetime (broker, probe, now);
  fram_probing_note_trial (probing, probe, helps, again);
  fram_probe_free (broker, probe);
}

/* After every call on a probe. */
static void
heed (FramBroker *broker, FramProbe *probe, FramTime now)
{
  FramProbing *probing = &broker->probing;
  gboolean changed = probe->changed, done = probe->done;

  probe->changed = FALSE;
  if (!changed && !done)
    return;
  if (probe->owner != NULL)
    {
      fram_checks_step (broker, now);
      return;
    }
  if (probe == probing->lifetime && changed)
    take_lifetime (broker, probe, now);
  if (!done)
    return;
  if (probe == probing->lifetime)
    end_lifetime (broker, now);
  else
    end_behaviour (broker, now);
  fram_probing_consider (broker, now);
}

/* --- When it is over before its time ----------------------------------------------- */

/* Nobody is on the network by this address: nothing is sent for nobody. */
static gboolean
is_needed (FramBroker *broker, const FramProbe *probe)
{
  GHashTableIter iter;
  FramBase *base;

  if (!broker->config.policy.probe)
    return FALSE;
  g_hash_table_iter_init (&iter, broker->bases.by_id);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &base))
    if (fram_address_equal (&base->interface.address, &probe->interface.address))
      return TRUE;
  return FALSE;
}

void
fram_probing_review (FramBroker *broker, FramTime now)
{
  FramProbing *probing = &broker->probing;

  if (probing->behaviour != NULL && !is_needed (broker, probing->behaviour))
    end_behaviour (broker, now);
  if (probing->lifetime != NULL && !is_needed (broker, probing->lifetime))
    end_lifetime (broker, now);
  if (!broker->config.policy.probe)
    fram_schedule_set (&broker->deadlines, &probing->look, FRAM_TIME_NEVER);
}

void
fram_probing_network_changed (FramBroker *broker, FramTime now)
{
  FramProbing *probing = &broker->probing;

  fram_probe_free (broker, g_steal_pointer (&probing->behaviour));
  fram_probe_free (broker, g_steal_pointer (&probing->lifetime));
  g_array_set_size (probing->trials, 0);
  fram_checks_end (broker, now);
}

gboolean
fram_broker_is_probing (FramBroker *broker, const FramInterfaceAddress *interface)
{
  GHashTableIter iter;
  FramProbe *probe;

  g_hash_table_iter_init (&iter, broker->probing.probes.by_base);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &probe))
    if (probe->kind != FRAM_PROBE_LIFETIME
        && fram_address_equal (&probe->interface.address, &interface->address))
      return TRUE;
  return FALSE;
}

/* --- The ways in ------------------------------------------------------------------- */

gboolean
fram_probing_told_opened (FramBroker *broker, FramBaseId base, const FramAddress *bound,
                          FramTime now)
{
  FramProbe *probe = fram_probe_table_find (&broker->probing.probes, base);

  if (probe == NULL)
    return FALSE;
  fram_probe_told_opened (broker, probe, base, bound, now);
  heed (broker, probe, now);
  return TRUE;
}

gboolean
fram_probing_told_failed (FramBroker *broker, FramBaseId base, FramTime now)
{
  FramProbe *probe = fram_probe_table_find (&broker->probing.probes, base);

  if (probe == NULL)
    return FALSE;
  fram_probe_told_failed (broker, probe, base, now);
  heed (broker, probe, now);
  return TRUE;
}

gboolean
fram_probing_told_unreachable (FramBroker *broker, FramBaseId base,
                               const FramAddress *remote, FramTime now)
{
  FramProbe *probe = fram_probe_table_find (&broker->probing.probes, base);

  if (probe == NULL)
    return FALSE;
  fram_probe_told_unreachable (broker, probe, base, remote, now);
  heed (broker, probe, now);
  return TRUE;
}

gboolean
fram_probing_receive (FramBroker *broker, FramBaseId base, const FramAddress *remote,
                      const guint8 *data, gsize length, FramTime now)
{
  FramProbe *probe = fram_probe_table_find (&broker->probing.probes, base);

  if (probe == NULL)
    return FALSE;
  fram_probe_receive (broker, probe, base, remote, data, length, now);
  heed (broker, probe, now);
  return TRUE;
}

void
fram_probing_advance (FramBroker *broker, FramProbe *probe, FramTime now)
{
  fram_probe_advance (broker, probe, now);
  heed (broker, probe, now);
}

void
fram_probing_send (FramBroker *broker, FramProbe *probe, FramTime now)
{
  fram_probe_send (broker, probe, now);
  heed (broker, probe, now);
}
