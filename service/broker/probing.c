#include "broker/probing.h"

#include "broker/broker-private.h"

/* As long as sessions are busy. */
#define LOOK_AGAIN FRAM_SECONDS (1)
/* A measurement that was given up goes on after so long. */
#define LIFETIME_REST FRAM_SECONDS (3600)
#define ASK_AGAIN FRAM_SECONDS (24 * 3600)
/* More are not remembered; the oldest goes first. */
#define MAX_TRIALS 64
/* A lifetime that is known as well as this needs no further measurement: what its bounds
 * leave open, and what a mapping that was not lost need not be measured beyond. */
#define NARROW(alive) MAX ((alive) / 5, FRAM_SECONDS (5))
#define LONG FRAM_SECONDS (30 * 60)
#define SHORTEST FRAM_SECONDS (5)
/* Between two answers that are compared: the NAT was hardly restarted meanwhile. */
#define AT_ONCE FRAM_SECONDS (5)

/* That a server was asked for a probe from an interface address. */
typedef struct
{
  FramProbeKind kind;
  FramAddress interface, server;
  FramNatAnswer helps;
  FramTime again;
} Trial;

void
fram_probing_init (FramProbing *probing)
{
  fram_probe_table_init (&probing->probes);
  probing->trials = g_array_new (FALSE, FALSE, sizeof (Trial));
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

/* --- What was tried ---------------------------------------------------------------- */

static Trial *
find_trial (FramProbing *probing, FramProbeKind kind, const FramAddress *interface,
            const FramAddress *server)
{
  for (guint i = 0; i < probing->trials->len; i++)
    {
      Trial *trial = &g_array_index (probing->trials, Trial, i);

      if (trial->kind == kind && fram_address_equal_ip (&trial->interface, interface)
          && fram_address_equal (&trial->server, server))
        return trial;
    }
  return NULL;
}

static void
note_trial (FramProbing *probing, const FramProbe *probe, FramNatAnswer helps,
            FramTime again)
{
  Trial *known
      = find_trial (probing, probe->kind, &probe->interface.address, &probe->server);
  Trial trial = { .kind = probe->kind,
                  .interface = probe->interface.address,
                  .server = probe->server,
                  .helps = helps,
                  .again = again };

  if (known != NULL)
    {
      *known = trial;
      return;
    }
  if (probing->trials->len == MAX_TRIALS)
    g_array_remove_index (probing->trials, 0);
  g_array_append_val (probing->trials, trial);
}

/* Whether a server offers the tests, by what it did for any interface address. */
static FramNatAnswer
server_helps (const FramProbing *probing, FramProbeKind kind, const FramAddress *server,
              FramTime now)
{
  FramNatAnswer answer = FRAM_NAT_UNKNOWN;

  for (guint i = 0; i < probing->trials->len; i++)
    {
      const Trial *trial = &g_array_index (probing->trials, Trial, i);

      if (trial->kind != kind || now >= trial->again
          || !fram_address_equal (&trial->server, server))
        continue;
      if (trial->helps == FRAM_NAT_YES)
        return FRAM_NAT_YES;
      if (trial->helps == FRAM_NAT_NO)
        answer = FRAM_NAT_NO;
    }
  return answer;
}

static gboolean
may_try (FramProbing *probing, FramProbeKind kind, const FramInterfaceAddress *interface,
         const FramAddress *server, FramTime now)
{
  const Trial *trial = find_trial (probing, kind, &interface->address, server);

  return (trial == NULL || now >= trial->again)
         && server_helps (probing, kind, server, now) != FRAM_NAT_NO;
}

/* --- What is known ----------------------------------------------------------------- */

static const FramNetworkNat *
find_nat (FramBroker *broker, const FramInterfaceAddress *interface)
{
  return fram_network_find_nat (&broker->network, interface->name,
                                interface->address.family);
}

static gboolean
knows_behaviour (FramBroker *broker, const FramInterfaceAddress *interface, FramTime now)
{
  const FramNetworkNat *nat = find_nat (broker, interface);

  return nat != NULL && nat->found != FRAM_NETWORK_NEVER
         && now - nat->found < FRAM_PROBING_BEHAVIOUR_FRESH
         && nat->behaviour.mapping != FRAM_NAT_DEPENDENCE_UNKNOWN
         && nat->behaviour.filtering != FRAM_NAT_DEPENDENCE_UNKNOWN;
}

static gboolean
knows_lifetime (const FramNetworkNat *nat, FramTime now)
{
  if (nat->measured == FRAM_NETWORK_NEVER
      || now - nat->measured >= FRAM_PROBING_LIFETIME_FRESH)
    return FALSE;
  if (nat->dead == FRAM_TIME_NEVER)
    return nat->alive >= LONG;
  return nat->dead - nat->alive <= NARROW (nat->alive);
}

/* There is something that forgets: a NAT, or a filter. */
static gboolean
wants_lifetime (FramBroker *broker, const FramInterfaceAddress *interface, FramTime now)
{
  const FramNetworkNat *nat = find_nat (broker, interface);

  if (nat == NULL || knows_lifetime (nat, now))
    return FALSE;
  if (nat->behaviour.translated == FRAM_NAT_YES)
    return TRUE;
  return nat->behaviour.translated == FRAM_NAT_NO
         && nat->behaviour.filtering != FRAM_NAT_DEPENDENCE_UNKNOWN
         && nat->behaviour.filtering != FRAM_NAT_ENDPOINT_INDEPENDENT;
}

static void
keep (const FramNatBehaviour *old, FramNatBehaviour *behaviour)
{
  if (behaviour->translated == FRAM_NAT_UNKNOWN)
    behaviour->translated = old->translated;
  if (behaviour->translated != old->translated)
    return;
  if (behaviour->mapping == FRAM_NAT_DEPENDENCE_UNKNOWN)
    behaviour->mapping = old->mapping;
  /* Another NAT stands there now. */
  if (behaviour->mapping != old->mapping)
    return;
  if (behaviour->filtering == FRAM_NAT_DEPENDENCE_UNKNOWN)
    behaviour->filtering = old->filtering;
  if (behaviour->hairpin == FRAM_NAT_UNKNOWN)
    behaviour->hairpin = old->hairpin;
  if (behaviour->keeps_port == FRAM_NAT_UNKNOWN)
    behaviour->keeps_port = old->keeps_port;
}

void
fram_probing_learn (FramBroker *broker, const FramInterfaceAddress *interface,
                    const FramNatBehaviour *behaviour, FramTime now)
{
  const FramNetworkNat *nat = find_nat (broker, interface);
  FramNatBehaviour merged = *behaviour;

  if (nat != NULL && nat->found != FRAM_NETWORK_NEVER
      && now - nat->found < FRAM_PROBING_BEHAVIOUR_FRESH)
    keep (&nat->behaviour, &merged);
  fram_broker_learn_nat (broker, interface->name, interface->address.family, &merged,
                         now);
}

/* --- Choosing ---------------------------------------------------------------------- */

static gboolean
is_busy (FramBroker *broker, FramTime now)
{
  GHashTableIter iter;
  FramBrokerSession *session;

  g_hash_table_iter_init (&iter, broker->sessions);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &session))
    {
      FramState state = fram_ice_agent_get_state (session->current->agent);
      gboolean checks = state == FRAM_STATE_NEW || state == FRAM_STATE_CHECKING;

      if (!session->gathered
          || (checks && session->remote_since >= 0
              && now - session->remote_since < FRAM_PROBING_PATIENCE))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_known (const FramMapping *mapping)
{
  return mapping->state == FRAM_MAPPING_KNOWN;
}

/* The server to ask from this base: one that helps before one of which that is not known.
 * Return: NULL if there is none, or none that may be asked again. */
static const FramAddress *
choose_server (FramBroker *broker, FramProbeKind kind, const FramBase *base, FramTime now)
{
  FramProbing *probing = &broker->probing;
  const FramAddress *found = NULL;

  for (guint i = 0; i < base->mappings->len; i++)
    {
      const FramMapping *mapping = g_ptr_array_index (base->mappings, i);
      const FramAddress *server = &mapping->server;

      if (!is_known (mapping) || !may_try (probing, kind, &base->interface, server, now))
        continue;
      if (server_helps (probing, kind, server, now) == FRAM_NAT_YES)
        return server;
      if (found == NULL)
        found = server;
    }
  return found;
}

/* Another server that sessions use: one that has answered this base, if possible. */
static FramAddress
choose_second (FramBroker *broker, const FramBase *base, const FramAddress *server)
{
  FramAddress found = { 0 };
  GHashTableIter iter;
  FramServer *other;

  for (guint i = 0; i < base->mappings->len; i++)
    {
      const FramMapping *mapping = g_ptr_array_index (base->mappings, i);

      if (is_known (mapping) && !fram_address_equal_ip (&mapping->server, server))
        return mapping->server;
    }
  g_hash_table_iter_init (&iter, broker->servers.by_uri);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &other))
    for (guint i = 0; i < other->n_addresses; i++)
      if (other->addresses[i].family == server->family
          && !fram_address_equal_ip (&other->addresses[i], server))
        found = other->addresses[i];
  return found;
}

typedef struct
{
  const FramBase *base;
  const FramAddress *server;
} Choice;

static gboolean
choose_behaviour (FramBroker *broker, FramTime now, Choice *ret_choice)
{
  GHashTableIter iter;
  FramBase *base;

  g_hash_table_iter_init (&iter, broker->bases.by_id);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &base))
    {
      Choice choice = { .base = base };

      if (knows_behaviour (broker, &base->interface, now))
        continue;
      choice.server = choose_server (broker, FRAM_PROBE_BEHAVIOUR, base, now);
      if (choice.server == NULL)
        continue;
      *ret_choice = choice;
      return TRUE;
    }
  return FALSE;
}

static gboolean
choose_lifetime (FramBroker *broker, FramTime now, Choice *ret_choice)
{
  GHashTableIter iter;
  FramBase *base;

  g_hash_table_iter_init (&iter, broker->bases.by_id);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &base))
    {
      Choice choice = { .base = base };

      if (!wants_lifetime (broker, &base->interface, now))
        continue;
      choice.server = choose_server (broker, FRAM_PROBE_LIFETIME, base, now);
      if (choice.server == NULL)
        continue;
      *ret_choice = choice;
      return TRUE;
    }
  return FALSE;
}

static void
start_behaviour (FramBroker *broker, const Choice *choice, FramTime now)
{
  FramAddress second = choose_second (broker, choice->base, choice->server);

  broker->probing.behaviour = fram_probe_new_behaviour (broker, &choice->base->interface,
                                                        choice->server, &second, now);
}

/* Where a measurement was given up, the next one begins with what was found to live. */
static void
start_lifetime (FramBroker *broker, const Choice *choice, FramTime now)
{
  const FramNetworkNat *nat = find_nat (broker, &choice->base->interface);
  FramNatLifetimeConfig config = { .server = *choice->server };

  if (nat->measured != FRAM_NETWORK_NEVER && nat->dead == FRAM_TIME_NEVER)
    config.shortest = CLAMP (nat->alive, SHORTEST, LONG);
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
  Choice behaviour = { 0 }, lifetime = { 0 };
  gboolean wants_one, wants_other;

  fram_schedule_set (&broker->deadlines, &probing->look, FRAM_TIME_NEVER);
  if (!is_on (broker) || probing->behaviour != NULL)
    return;
  wants_one = choose_behaviour (broker, now, &behaviour);
  wants_other = probing->lifetime == NULL && choose_lifetime (broker, now, &lifetime);
  if (!wants_one && !wants_other)
    return;
  if (is_busy (broker, now))
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
  note_trial (probing, probe, helps, now + ASK_AGAIN);
  fram_probe_free (broker, probe);
}

static void
take_lifetime (FramBroker *broker, const FramProbe *probe, FramTime now)
{
  const FramNatLifetimeResult *result = fram_nat_lifetime_get_result (probe->lifetime);
  const FramNetworkNat *nat = find_nat (broker, &probe->interface);

  if (result->alive == 0 && result->dead == FRAM_TIME_NEVER)
    return;
  if (nat != NULL && nat->alive == result->alive && nat->dead == result->dead
      && nat->measured != FRAM_NETWORK_NEVER)
    return;
  fram_broker_learn_lifetime (broker, probe->interface.name,
                              probe->interface.address.family, result->alive,
                              result->dead, now);
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
  note_trial (probing, probe, helps, again);
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

gboolean
fram_probing_has_interface (FramBroker *broker, const FramAddress *address)
{
  for (guint i = 0; i < broker->interfaces->len; i++)
    if (fram_address_equal (
            &g_array_index (broker->interfaces, FramInterfaceAddress, i).address,
            address))
      return TRUE;
  return FALSE;
}

/* Nobody is on the network by this address: nothing is sent for nobody. */
static gboolean
is_needed (FramBroker *broker, const FramProbe *probe)
{
  GHashTableIter iter;
  FramBase *base;

  if (!broker->config.policy.probe
      || !fram_probing_has_interface (broker, &probe->interface.address))
    return FALSE;
  g_hash_table_iter_init (&iter, broker->bases.by_id);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &base))
    if (fram_address_equal (&base->interface.address, &probe->interface.address)
        && base->mappings->len > 0)
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

/* --- What sessions find out -------------------------------------------------------- */

void
fram_probing_mapping_lost (FramBroker *broker, const FramInterfaceAddress *interface,
                           FramTime rested, FramTime now)
{
  FramProbing *probing = &broker->probing;
  const FramNetworkNat *nat = find_nat (broker, interface);

  if (rested <= 0 || (nat != NULL && nat->dead <= rested))
    return;
  fram_broker_learn_lifetime (broker, interface->name, interface->address.family,
                              nat != NULL && nat->alive < rested ? nat->alive : 0, rested,
                              now);
  for (guint i = probing->trials->len; i > 0; i--)
    {
      const Trial *trial = &g_array_index (probing->trials, Trial, i - 1);

      if (trial->kind == FRAM_PROBE_LIFETIME && trial->helps != FRAM_NAT_NO)
        g_array_remove_index (probing->trials, i - 1);
    }
  fram_probing_consider (broker, now);
}

/* Two that were made by one NAT at nearly the same time, by servers at two addresses. */
static gboolean
find_two (const GPtrArray *mappings, const FramMapping **ret_one,
          const FramMapping **ret_other)
{
  for (guint i = 0; i < mappings->len; i++)
    for (guint k = 0; k < i; k++)
      {
        const FramMapping *one = g_ptr_array_index (mappings, i);
        const FramMapping *other = g_ptr_array_index (mappings, k);

        if (!is_known (one) || !is_known (other)
            || fram_address_equal_ip (&one->server, &other->server)
            || !fram_address_equal_ip (&one->mapped, &other->mapped)
            || fram_address_equal (&one->mapped, &one->base->address)
            || ABS (one->answered - other->answered) > AT_ONCE)
          continue;
        *ret_one = one;
        *ret_other = other;
        return TRUE;
      }
  return FALSE;
}

void
fram_probing_compare (FramBroker *broker, const FramInterfaceAddress *interface,
                      const GPtrArray *mappings, FramTime now)
{
  const FramNetworkNat *nat = find_nat (broker, interface);
  FramNatBehaviour behaviour = { .rtt = -1 };
  const FramMapping *one, *other;

  if (nat != NULL && nat->found != FRAM_NETWORK_NEVER
      && now - nat->found < FRAM_PROBING_BEHAVIOUR_FRESH)
    behaviour = nat->behaviour;
  if (behaviour.mapping != FRAM_NAT_DEPENDENCE_UNKNOWN
      || !find_two (mappings, &one, &other))
    return;
  behaviour.mapping = fram_address_equal (&one->mapped, &other->mapped)
                          ? FRAM_NAT_ENDPOINT_INDEPENDENT
                          : FRAM_NAT_DEPENDENT;
  behaviour.translated = FRAM_NAT_YES;
  behaviour.local = one->base->address;
  behaviour.mapped = one->mapped;
  fram_broker_learn_nat (broker, interface->name, interface->address.family, &behaviour,
                         now);
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
