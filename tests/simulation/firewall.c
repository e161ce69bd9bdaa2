#include "firewall.h"

#define DNS_PORT 53
#define STUN_PORT 3478

typedef struct
{
  FramAddress inner, outer;
  FramTime used;
} Flow;

struct _SimFirewall
{
  SimFirewallKind kind;
  FramTime lifetime;
  GHashTable *flows; /* Flow, by its addresses; set */
};

const char *
sim_firewall_kind_to_text (SimFirewallKind kind)
{
  switch (kind)
    {
    case SIM_FIREWALL_OPEN:
      return "open";
    case SIM_FIREWALL_STATEFUL:
      return "stateful";
    case SIM_FIREWALL_DNS_ONLY:
      return "dns-only";
    case SIM_FIREWALL_NO_UDP:
      return "no-udp";
    case SIM_FIREWALL_SERVERS_ONLY:
      return "servers-only";
    }
  g_assert_not_reached ();
}

static guint
flow_hash (gconstpointer data)
{
  const Flow *flow = data;

  return fram_address_hash (&flow->inner) * 31 + fram_address_hash (&flow->outer);
}

static gboolean
flow_equal (gconstpointer a, gconstpointer b)
{
  const Flow *left = a, *right = b;

  return fram_address_equal (&left->inner, &right->inner)
         && fram_address_equal (&left->outer, &right->outer);
}

SimFirewall *
sim_firewall_new (SimFirewallKind kind, FramTime lifetime)
{
  SimFirewall *firewall = g_new0 (SimFirewall, 1);

  firewall->kind = kind;
  firewall->lifetime = lifetime;
  firewall->flows = g_hash_table_new_full (flow_hash, flow_equal, g_free, NULL);
  return firewall;
}

void
sim_firewall_free (SimFirewall *firewall)
{
  if (firewall == NULL)
    return;
  g_hash_table_unref (firewall->flows);
  g_free (firewall);
}

static gboolean
remember (SimFirewall *firewall, const FramAddress *inner, const FramAddress *outer,
          FramTime now)
{
  Flow wanted = { *inner, *outer, now };
  Flow *flow = g_hash_table_lookup (firewall->flows, &wanted);

  if (flow != NULL)
    flow->used = now;
  else
    g_hash_table_add (firewall->flows, g_memdup2 (&wanted, sizeof wanted));
  return TRUE;
}

gboolean
sim_firewall_outbound (SimFirewall *firewall, const FramAddress *inner,
                       const FramAddress *outer, FramTime now)
{
  switch (firewall->kind)
    {
    case SIM_FIREWALL_OPEN:
      return TRUE;
    case SIM_FIREWALL_STATEFUL:
      return remember (firewall, inner, outer, now);
    case SIM_FIREWALL_DNS_ONLY:
      return outer->port == DNS_PORT && remember (firewall, inner, outer, now);
    case SIM_FIREWALL_SERVERS_ONLY:
      return outer->port == STUN_PORT && remember (firewall, inner, outer, now);
    case SIM_FIREWALL_NO_UDP:
      return FALSE;
    }
  g_assert_not_reached ();
}

gboolean
sim_firewall_inbound (SimFirewall *firewall, const FramAddress *outer,
                      const FramAddress *inner, FramTime now)
{
  Flow wanted = { *inner, *outer, now };
  Flow *flow;

  if (firewall->kind == SIM_FIREWALL_OPEN)
    return TRUE;
  if (firewall->kind == SIM_FIREWALL_NO_UDP)
    return FALSE;

  flow = g_hash_table_lookup (firewall->flows, &wanted);
  if (flow == NULL || now - flow->used >= firewall->lifetime)
    return FALSE;
  flow->used = now;
  return TRUE;
}
