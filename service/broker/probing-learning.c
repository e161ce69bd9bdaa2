/* What becomes of what probes, and sessions, find out about NATs. */
#include "broker/probing-private.h"

/* Between two answers that are compared: the NAT was hardly restarted meanwhile. */
#define AT_ONCE FRAM_SECONDS (5)

const FramNetworkNat *
fram_probing_find_nat (FramBroker *broker, const FramInterfaceAddress *interface)
{
  return fram_network_find_nat (&broker->network, interface->name,
                                interface->address.family);
}

/* What was not found out anew is as it was, unless another NAT stands there now. */
static void
keep (const FramNatBehaviour *old, FramNatBehaviour *behaviour)
{
  if (behaviour->translated == FRAM_NAT_UNKNOWN)
    behaviour->translated = old->translated;
  if (behaviour->translated != old->translated)
    return;
  if (behaviour->mapping == FRAM_NAT_DEPENDENCE_UNKNOWN)
    behaviour->mapping = old->mapping;
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
  const FramNetworkNat *nat = fram_probing_find_nat (broker, interface);
  FramNatBehaviour merged = *behaviour;

  if (nat != NULL && nat->found != FRAM_NETWORK_NEVER
      && now - nat->found < FRAM_PROBING_BEHAVIOUR_FRESH)
    keep (&nat->behaviour, &merged);
  fram_broker_learn_nat (broker, interface->name, interface->address.family, &merged,
                         now);
}

/* --- What sessions find out -------------------------------------------------------- */

void
fram_probing_mapping_lost (FramBroker *broker, const FramInterfaceAddress *interface,
                           FramTime rested, FramTime now)
{
  FramProbing *probing = &broker->probing;
  const FramNetworkNat *nat = fram_probing_find_nat (broker, interface);

  if (rested <= 0 || (nat != NULL && nat->dead <= rested))
    return;
  fram_broker_learn_lifetime (broker, interface->name, interface->address.family,
                              nat != NULL && nat->alive < rested ? nat->alive : 0, rested,
                              now);
  fram_probing_forget_lifetimes (probing);
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

        if (one->state != FRAM_MAPPING_KNOWN || other->state != FRAM_MAPPING_KNOWN
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
  const FramNetworkNat *nat = fram_probing_find_nat (broker, interface);
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
