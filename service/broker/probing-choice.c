/* What to find out next: what was tried, what is known, and which server to ask. */
#include "broker/probing-private.h"

/* More trials are not remembered; the oldest goes first. */
#define MAX_TRIALS 64
/* A lifetime whose bounds are so near to each other needs no further measurement. */
#define NARROW(alive) MAX ((alive) / 5, FRAM_SECONDS (5))

/* --- What was tried ---------------------------------------------------------------- */

static FramProbingTrial *
find_trial (FramProbing *probing, FramProbeKind kind, const FramAddress *interface,
            const FramAddress *server)
{
  for (guint i = 0; i < probing->trials->len; i++)
    {
      FramProbingTrial *trial = &g_array_index (probing->trials, FramProbingTrial, i);

      if (trial->kind == kind && fram_address_equal_ip (&trial->interface, interface)
          && fram_address_equal (&trial->server, server))
        return trial;
    }
  return NULL;
}

void
fram_probing_note_trial (FramProbing *probing, const FramProbe *probe,
                         FramNatAnswer helps, FramTime again)
{
  FramProbingTrial *known
      = find_trial (probing, probe->kind, &probe->interface.address, &probe->server);
  FramProbingTrial trial = { .kind = probe->kind,
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
      const FramProbingTrial *trial
          = &g_array_index (probing->trials, FramProbingTrial, i);

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
  const FramProbingTrial *trial = find_trial (probing, kind, &interface->address, server);

  return (trial == NULL || now >= trial->again)
         && server_helps (probing, kind, server, now) != FRAM_NAT_NO;
}

void
fram_probing_forget_lifetimes (FramProbing *probing)
{
  for (guint i = probing->trials->len; i > 0; i--)
    {
      const FramProbingTrial *trial
          = &g_array_index (probing->trials, FramProbingTrial, i - 1);

      if (trial->kind == FRAM_PROBE_LIFETIME && trial->helps != FRAM_NAT_NO)
        g_array_remove_index (probing->trials, i - 1);
    }
}

/* --- What is known ----------------------------------------------------------------- */

static gboolean
knows_behaviour (FramBroker *broker, const FramInterfaceAddress *interface, FramTime now)
{
  const FramNetworkNat *nat = fram_probing_find_nat (broker, interface);

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
    return nat->alive >= FRAM_PROBING_LONGEST;
  return nat->dead - nat->alive <= NARROW (nat->alive);
}

/* There is something that forgets: a NAT, or a filter. */
static gboolean
wants_lifetime (FramBroker *broker, const FramInterfaceAddress *interface, FramTime now)
{
  const FramNetworkNat *nat = fram_probing_find_nat (broker, interface);

  if (nat == NULL || knows_lifetime (nat, now))
    return FALSE;
  if (nat->behaviour.translated == FRAM_NAT_YES)
    return TRUE;
  return nat->behaviour.translated == FRAM_NAT_NO
         && nat->behaviour.filtering != FRAM_NAT_DEPENDENCE_UNKNOWN
         && nat->behaviour.filtering != FRAM_NAT_ENDPOINT_INDEPENDENT;
}

/* --- Choosing ---------------------------------------------------------------------- */

gboolean
fram_probing_is_busy (FramBroker *broker, FramTime now)
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

gboolean
fram_probing_choose_behaviour (FramBroker *broker, FramTime now,
                               FramProbingChoice *ret_choice)
{
  GHashTableIter iter;
  FramBase *base;

  g_hash_table_iter_init (&iter, broker->bases.by_id);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &base))
    {
      FramProbingChoice choice = { .base = base };

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

gboolean
fram_probing_choose_lifetime (FramBroker *broker, FramTime now,
                              FramProbingChoice *ret_choice)
{
  GHashTableIter iter;
  FramBase *base;

  g_hash_table_iter_init (&iter, broker->bases.by_id);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &base))
    {
      FramProbingChoice choice = { .base = base };

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

FramAddress
fram_probing_choose_second (FramBroker *broker, const FramProbingChoice *choice)
{
  const FramBase *base = choice->base;
  const FramAddress *server = choice->server;
  FramAddress found = { 0 };
  GHashTableIter iter;
  FramServer *other;

  for (guint i = 0; i < base->mappings->len; i++)
    {
      const FramMapping *mapping = g_ptr_array_index (base->mappings, i);

      if (is_known (mapping) && !fram_address_equal_ip (&mapping->server, server))
        return mapping->server;
    }
  g_hash_table_iter_init (&iter, broker->servers.by_key);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &other))
    for (guint i = 0; i < other->n_addresses; i++)
      if (other->addresses[i].family == server->family
          && !fram_address_equal_ip (&other->addresses[i], server))
        found = other->addresses[i];
  return found;
}
