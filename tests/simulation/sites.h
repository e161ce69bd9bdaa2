/* The places where hosts are found, by the names people give them. */
#pragma once

#include "plan.h"

typedef enum
{
  SIM_SITE_PUBLIC,             /* on the Internet itself */
  SIM_SITE_FULL_CONE,          /* mapping EI, filtering EI */
  SIM_SITE_ADDRESS_RESTRICTED, /* EI, AD */
  SIM_SITE_PORT_RESTRICTED,    /* EI, APD */
  SIM_SITE_SYMMETRIC,          /* APD, APD */
  SIM_SITE_DOUBLE,             /* port-restricted behind port-restricted */
  SIM_SITE_FIREWALL,           /* public addresses, nothing comes in unasked */
  SIM_SITE_NO_UDP,             /* public addresses, UDP is blocked */
  SIM_N_SITES,
} SimSite;

const char *sim_site_to_text (SimSite site);

/* Lifetimes of 2 minutes (RFC 4787 §4.3), random ports, no hairpin. */
SimGatewayKind sim_gateway_kind_nat (SimDependence mapping, SimDependence filtering);
SimGatewayKind sim_gateway_kind_firewall (SimFirewallKind kind);

/* Return: the network to which hosts of such a site are attached. */
guint sim_site_add (SimPlan *plan, SimSite site);
/* Return: a host with one IPv4 address in the network. */
guint sim_site_add_host (SimPlan *plan, guint network);
