/* The ground truth of the simulation against what is known of NATs: the table that
 * network-namespace labs and other agents agree on, and some corners. */
#include <glib.h>

#include "oracle.h"
#include "sites.h"

typedef struct
{
  SimSite a, b;
  gboolean server;
} Case;

/* With a STUN server only what is symmetric on one side and filters by port on the other
 * stays apart; blocked UDP always does. */
static gboolean
expected (const Case *c)
{
  gboolean strict_a = c->a == SIM_SITE_PORT_RESTRICTED || c->a == SIM_SITE_DOUBLE;
  gboolean strict_b = c->b == SIM_SITE_PORT_RESTRICTED || c->b == SIM_SITE_DOUBLE;
  gboolean direct_a = c->a == SIM_SITE_PUBLIC, direct_b = c->b == SIM_SITE_PUBLIC;

  if (c->a == SIM_SITE_NO_UDP || c->b == SIM_SITE_NO_UDP)
    return FALSE;
  if (direct_a || direct_b)
    return TRUE;
  if (c->a == SIM_SITE_FIREWALL && c->b == SIM_SITE_FIREWALL)
    return TRUE;
  if (!c->server)
    return FALSE;
  if (c->a == SIM_SITE_SYMMETRIC)
    return !strict_b && c->b != SIM_SITE_SYMMETRIC && c->b != SIM_SITE_FIREWALL;
  if (c->b == SIM_SITE_SYMMETRIC)
    return !strict_a && c->a != SIM_SITE_FIREWALL;
  return TRUE;
}

static void
test_pair (gconstpointer data)
{
  const Case *c = data;
  g_auto (SimPlan) plan = { 0 };
  guint a, b;

  sim_plan_init (&plan, 1);
  if (c->server)
    sim_plan_add_server (&plan, SIM_SERVER_ANSWERS, FRAM_FAMILY_IPV4);
  a = sim_site_add_host (&plan, sim_site_add (&plan, c->a));
  b = sim_site_add_host (&plan, sim_site_add (&plan, c->b));
  g_assert_cmpint (sim_oracle_has_path (&plan, sim_plan_add_call (&plan, a, b)), ==,
                   expected (c));
}

/* Two hosts behind the same NAT meet on their own network, whatever the NAT is. */
static void
test_same_network (void)
{
  g_auto (SimPlan) plan = { 0 };
  guint network;

  sim_plan_init (&plan, 1);
  network = sim_site_add (&plan, SIM_SITE_SYMMETRIC);
  sim_site_add_host (&plan, network);
  sim_site_add_host (&plan, network);
  g_assert_true (sim_oracle_has_path (&plan, sim_plan_add_call (&plan, 0, 1)));
}

/* Two homes behind one carrier's NAT need its hairpin. */
static void
test_hairpin (gconstpointer data)
{
  SimGatewayKind carrier
      = sim_gateway_kind_nat (SIM_DEPENDS_ON_NOTHING, SIM_DEPENDS_ON_NOTHING);
  SimGatewayKind home
      = sim_gateway_kind_nat (SIM_DEPENDS_ON_NOTHING, SIM_DEPENDS_ON_ADDRESS_AND_PORT);
  g_auto (SimPlan) plan = { 0 };
  guint outer;

  carrier.nat.hairpin = GPOINTER_TO_INT (data);
  sim_plan_init (&plan, 1);
  sim_plan_add_server (&plan, SIM_SERVER_ANSWERS, FRAM_FAMILY_IPV4);
  outer = sim_plan_add_network (&plan, 0, &carrier);
  for (guint i = 0; i < 2; i++)
    sim_site_add_host (&plan, sim_plan_add_network (&plan, outer, &home));
  g_assert_cmpint (sim_oracle_has_path (&plan, sim_plan_add_call (&plan, 0, 1)), ==,
                   carrier.nat.hairpin);
}

static void
test_same_host (void)
{
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call;

  sim_plan_init (&plan, 1);
  sim_site_add_host (&plan, sim_site_add (&plan, SIM_SITE_NO_UDP));
  call = sim_plan_add_call (&plan, 0, 0);
  g_assert_true (sim_oracle_has_path (&plan, call));
  plan.hosts[0].interfaces[0].refuses = TRUE;
  g_assert_false (sim_oracle_has_path (&plan, call));
}

/* A second address where the first one has no way out. */
static void
test_second_interface (void)
{
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call;

  sim_plan_init (&plan, 1);
  sim_site_add_host (&plan, sim_site_add (&plan, SIM_SITE_NO_UDP));
  sim_site_add_host (&plan, 0);
  call = sim_plan_add_call (&plan, 0, 1);
  g_assert_false (sim_oracle_has_path (&plan, call));
  sim_plan_add_interface (&plan, 0, 0, FRAM_FAMILY_IPV4);
  g_assert_true (sim_oracle_has_path (&plan, call));
}

/* IPv6 goes around the NATs, but only if both have it. */
static void
test_ipv6 (void)
{
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call;

  sim_plan_init (&plan, 1);
  sim_site_add_host (&plan, sim_site_add (&plan, SIM_SITE_SYMMETRIC));
  sim_site_add_host (&plan, sim_site_add (&plan, SIM_SITE_SYMMETRIC));
  call = sim_plan_add_call (&plan, 0, 1);
  sim_plan_add_interface (&plan, 0, 1, FRAM_FAMILY_IPV6);
  g_assert_false (sim_oracle_has_path (&plan, call));
  sim_plan_add_interface (&plan, 1, 2, FRAM_FAMILY_IPV6);
  g_assert_true (sim_oracle_has_path (&plan, call));
}

static void
test_relay_only (void)
{
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call;

  sim_plan_init (&plan, 1);
  sim_site_add_host (&plan, 0);
  sim_site_add_host (&plan, 0);
  call = sim_plan_add_call (&plan, 0, 1);
  call->ends[1].policy = FRAM_POLICY_RELAY;
  g_assert_false (sim_oracle_has_path (&plan, call));
}

/* A host of the peer's network has the peer's address in ours: it is not the peer. */
static void
test_same_address_elsewhere (void)
{
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call;

  sim_plan_init (&plan, 1);
  for (guint i = 0; i < 2; i++)
    sim_site_add_host (&plan, sim_site_add (&plan, SIM_SITE_PORT_RESTRICTED));
  plan.hosts[1].interfaces[0].address = plan.hosts[0].interfaces[0].address;
  call = sim_plan_add_call (&plan, 0, 1);
  g_assert_false (sim_oracle_has_path (&plan, call));
}

int
main (int argc, char **argv)
{
  static Case cases[SIM_N_SITES * SIM_N_SITES * 2];
  guint n = 0;

  g_test_init (&argc, &argv, NULL);
  for (SimSite a = 0; a < SIM_N_SITES; a++)
    for (SimSite b = 0; b < SIM_N_SITES; b++)
      for (gboolean server = FALSE; server <= TRUE; server++)
        {
          g_autofree char *name
              = g_strdup_printf ("/oracle/%s/%s/%s", server ? "stun" : "alone",
                                 sim_site_to_text (a), sim_site_to_text (b));

          cases[n] = (Case){ a, b, server };
          g_test_add_data_func (name, &cases[n++], test_pair);
        }
  g_test_add_func ("/oracle/same-network", test_same_network);
  g_test_add_data_func ("/oracle/hairpin", GINT_TO_POINTER (TRUE), test_hairpin);
  g_test_add_data_func ("/oracle/no-hairpin", GINT_TO_POINTER (FALSE), test_hairpin);
  g_test_add_func ("/oracle/same-host", test_same_host);
  g_test_add_func ("/oracle/second-interface", test_second_interface);
  g_test_add_func ("/oracle/ipv6", test_ipv6);
  g_test_add_func ("/oracle/relay-only", test_relay_only);
  g_test_add_func ("/oracle/same-address-elsewhere", test_same_address_elsewhere);
  return g_test_run ();
}
