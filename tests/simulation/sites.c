#include "sites.h"

#define LIFETIME FRAM_SECONDS (120)

const char *
sim_site_to_text (SimSite site)
{
  static const char *const names[SIM_N_SITES]
      = { "public",    "full-cone", "address-restricted", "port-restricted",
          "symmetric", "double",    "firewall",           "no-udp" };

  return names[site];
}

SimGatewayKind
sim_gateway_kind_nat (SimDependence mapping, SimDependence filtering)
{
  return (SimGatewayKind){ .translates = TRUE,
                           .nat = { .mapping = mapping,
                                    .filtering = filtering,
                                    .ports = SIM_PORTS_RANDOM,
                                    .inbound_refreshes = TRUE,
                                    .lifetime = LIFETIME },
                           .firewall = SIM_FIREWALL_OPEN,
                           .flow_lifetime = LIFETIME };
}

SimGatewayKind
sim_gateway_kind_firewall (SimFirewallKind kind)
{
  return (SimGatewayKind){ .firewall = kind, .flow_lifetime = LIFETIME };
}

static guint
add_nat (SimPlan *plan, guint outside, SimDependence mapping, SimDependence filtering)
{
  SimGatewayKind kind = sim_gateway_kind_nat (mapping, filtering);

  return sim_plan_add_network (plan, outside, &kind);
}

static guint
add_firewall (SimPlan *plan, SimFirewallKind firewall)
{
  SimGatewayKind kind = sim_gateway_kind_firewall (firewall);

  return sim_plan_add_network (plan, 0, &kind);
}

guint
sim_site_add (SimPlan *plan, SimSite site)
{
  switch (site)
    {
    case SIM_SITE_PUBLIC:
      return 0;
    case SIM_SITE_FULL_CONE:
      return add_nat (plan, 0, SIM_DEPENDS_ON_NOTHING, SIM_DEPENDS_ON_NOTHING);
    case SIM_SITE_ADDRESS_RESTRICTED:
      return add_nat (plan, 0, SIM_DEPENDS_ON_NOTHING, SIM_DEPENDS_ON_ADDRESS);
    case SIM_SITE_PORT_RESTRICTED:
      return add_nat (plan, 0, SIM_DEPENDS_ON_NOTHING, SIM_DEPENDS_ON_ADDRESS_AND_PORT);
    case SIM_SITE_SYMMETRIC:
      return add_nat (plan, 0, SIM_DEPENDS_ON_ADDRESS_AND_PORT,
                      SIM_DEPENDS_ON_ADDRESS_AND_PORT);
    case SIM_SITE_DOUBLE:
      return add_nat (
          plan,
          add_nat (plan, 0, SIM_DEPENDS_ON_NOTHING, SIM_DEPENDS_ON_ADDRESS_AND_PORT),
          SIM_DEPENDS_ON_NOTHING, SIM_DEPENDS_ON_ADDRESS_AND_PORT);
    case SIM_SITE_FIREWALL:
      return add_firewall (plan, SIM_FIREWALL_STATEFUL);
    case SIM_SITE_NO_UDP:
      return add_firewall (plan, SIM_FIREWALL_NO_UDP);
    case SIM_N_SITES:
      break;
    }
  g_assert_not_reached ();
}

guint
sim_site_add_host (SimPlan *plan, guint network)
{
  guint host = sim_plan_add_host (plan);

  sim_plan_add_interface (plan, host, network, FRAM_FAMILY_IPV4);
  return host;
}
