/* Worlds with a name: what must work, each for a reason that can be told. */
#include <glib.h>

#include "oracle.h"
#include "plan-text.h"
#include "sites.h"
#include "world.h"

/* --- Running ----------------------------------------------------------------------- */

/* Return: how long the slowest call took; all must have connected, or none. */
static FramTime
run (const SimPlan *plan, gboolean connects)
{
  g_autoptr (SimWorld) world = sim_world_new (plan, SIM_TRACING_KEEP);
  FramTime slowest = 0;

  if (!sim_world_run (world))
    {
      g_autofree char *text = sim_plan_to_text (plan);

      g_printerr ("%s%s", text, sim_world_get_trace (world));
    }
  g_assert_cmpstr (sim_world_get_violation (world), ==, NULL);
  for (guint i = 0; i < plan->calls->len; i++)
    {
      const SimOutcome *outcome = sim_world_get_outcome (world, i);

      g_assert_cmpint (outcome->connected, ==, connects);
      slowest = MAX (slowest, outcome->took);
    }
  return slowest;
}

/* Two hosts at sites, and a STUN server. */
static void
plan_two (SimPlan *plan, SimSite a, SimSite b)
{
  sim_plan_init (plan, 1);
  sim_plan_add_server (plan, SIM_SERVER_ANSWERS, FRAM_FAMILY_IPV4);
  sim_site_add_host (plan, sim_site_add (plan, a));
  sim_site_add_host (plan, sim_site_add (plan, b));
}

/* --- Where the hosts are ----------------------------------------------------------- */

typedef struct
{
  SimSite a, b;
} Pair;

static void
test_pair (gconstpointer data)
{
  const Pair *pair = data;
  g_auto (SimPlan) plan = { 0 };
  gboolean has_path;
  FramTime took;

  plan_two (&plan, pair->a, pair->b);
  has_path = sim_oracle_has_path (&plan, sim_plan_add_call (&plan, 0, 1));
  took = run (&plan, has_path);
  /* One way takes 10 ms on the Internet: nobody waits for a timer without need. */
  g_assert_cmpint (took, <, FRAM_SECONDS (1));
}

static void
test_same_host (void)
{
  g_auto (SimPlan) plan = { 0 };

  sim_plan_init (&plan, 1);
  sim_site_add_host (&plan, 0);
  sim_plan_add_call (&plan, 0, 0)->delay = 0;
  g_assert_cmpint (run (&plan, TRUE), <, FRAM_MILLISECONDS (50));
}

static void
test_no_network (void)
{
  g_auto (SimPlan) plan = { 0 };

  sim_plan_init (&plan, 1);
  sim_site_add_host (&plan, 0);
  fram_address_parse_ip (&plan.hosts[0].interfaces[0].address, "127.0.0.1", 0);
  sim_plan_add_call (&plan, 0, 0);
  run (&plan, TRUE);
}

static void
test_same_network (void)
{
  g_auto (SimPlan) plan = { 0 };
  guint network;

  sim_plan_init (&plan, 1);
  network = sim_site_add (&plan, SIM_SITE_SYMMETRIC);
  sim_site_add_host (&plan, network);
  sim_site_add_host (&plan, network);
  sim_plan_add_call (&plan, 0, 1);
  run (&plan, TRUE);
}

static void
test_same_addresses (void)
{
  g_auto (SimPlan) plan = { 0 };

  plan_two (&plan, SIM_SITE_PORT_RESTRICTED, SIM_SITE_PORT_RESTRICTED);
  plan.hosts[1].interfaces[0].address = plan.hosts[0].interfaces[0].address;
  sim_plan_add_call (&plan, 0, 1);
  run (&plan, TRUE);
}

static void
test_hairpin (void)
{
  SimGatewayKind carrier
      = sim_gateway_kind_nat (SIM_DEPENDS_ON_NOTHING, SIM_DEPENDS_ON_ADDRESS_AND_PORT);
  g_auto (SimPlan) plan = { 0 };
  guint outer;

  carrier.nat.hairpin = TRUE;
  sim_plan_init (&plan, 1);
  sim_plan_add_server (&plan, SIM_SERVER_ANSWERS, FRAM_FAMILY_IPV4);
  outer = sim_plan_add_network (&plan, 0, &carrier);
  carrier.nat.hairpin = FALSE;
  for (guint i = 0; i < 2; i++)
    sim_site_add_host (&plan, sim_plan_add_network (&plan, outer, &carrier));
  sim_plan_add_call (&plan, 0, 1);
  run (&plan, TRUE);
}

static void
test_ipv6 (void)
{
  g_auto (SimPlan) plan = { 0 };

  plan_two (&plan, SIM_SITE_SYMMETRIC, SIM_SITE_SYMMETRIC);
  for (guint i = 0; i < 2; i++)
    sim_plan_add_interface (&plan, i, i + 1, FRAM_FAMILY_IPV6);
  sim_plan_add_call (&plan, 0, 1);
  run (&plan, TRUE);
}

static void
test_address_refused (void)
{
  g_auto (SimPlan) plan = { 0 };

  plan_two (&plan, SIM_SITE_PUBLIC, SIM_SITE_PUBLIC);
  plan.hosts[0].interfaces[0].refuses = TRUE;
  sim_plan_add_interface (&plan, 0, 0, FRAM_FAMILY_IPV4);
  sim_plan_add_call (&plan, 0, 1);
  g_assert_cmpint (run (&plan, TRUE), <, FRAM_SECONDS (1));
}

static void
test_all_addresses_refused (void)
{
  g_auto (SimPlan) plan = { 0 };

  plan_two (&plan, SIM_SITE_PUBLIC, SIM_SITE_PUBLIC);
  plan.hosts[0].interfaces[0].refuses = TRUE;
  sim_plan_add_call (&plan, 0, 1);
  run (&plan, FALSE);
}

/* --- Many -------------------------------------------------------------------------- */

typedef struct
{
  const char *name;
  SimSite site;
  guint host; /* the other one: the same or the second */
  SimOpening opening;
  gboolean trickle;
} Crowd;

static void
test_hundred (gconstpointer data)
{
  const Crowd *crowd = data;
  g_auto (SimPlan) plan = { 0 };

  plan_two (&plan, crowd->site, crowd->site);
  for (guint i = 0; i < 100; i++)
    {
      SimCallPlan *call = sim_plan_add_call (&plan, 0, crowd->host);

      call->opening = crowd->opening;
      call->starts = FRAM_MILLISECONDS (i);
      call->ends[0].trickle = call->ends[1].trickle = crowd->trickle;
    }
  run (&plan, TRUE);
}

/* Each of the two hosts calls the other. */
static void
test_both_ways (void)
{
  g_auto (SimPlan) plan = { 0 };

  plan_two (&plan, SIM_SITE_PORT_RESTRICTED, SIM_SITE_PORT_RESTRICTED);
  for (guint i = 0; i < 10; i++)
    {
      SimCallPlan *call = sim_plan_add_call (&plan, i % 2, 1 - i % 2);

      call->ends[0].trickle = call->ends[1].trickle = TRUE;
    }
  run (&plan, TRUE);
}

static void
test_streams_and_components (gconstpointer data)
{
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call;

  plan_two (&plan, SIM_SITE_PORT_RESTRICTED, SIM_SITE_PORT_RESTRICTED);
  call = sim_plan_add_call (&plan, 0, 1);
  call->n_streams = 3;
  call->n_components = 2;
  call->ends[0].trickle = call->ends[1].trickle = GPOINTER_TO_INT (data);
  run (&plan, TRUE);
}

/* --- How they signal --------------------------------------------------------------- */

typedef struct
{
  const char *name;
  SimOpening opening;
  gboolean trickles[2];
  gboolean roles_fixed;
  FramRole roles[2];
  FramTime delay;
} Manner;

static void
test_manner (gconstpointer data)
{
  const Manner *manner = data;
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call;

  plan_two (&plan, SIM_SITE_PORT_RESTRICTED, SIM_SITE_ADDRESS_RESTRICTED);
  call = sim_plan_add_call (&plan, 0, 1);
  call->opening = manner->opening;
  call->delay = manner->delay;
  for (guint i = 0; i < 2; i++)
    {
      call->ends[i].trickle = manner->trickles[i];
      call->ends[i].role_fixed = manner->roles_fixed;
      call->ends[i].role = manner->roles[i];
    }
  g_assert_cmpint (run (&plan, TRUE), <, 2 * manner->delay + FRAM_SECONDS (1));
}

/* --- Servers ----------------------------------------------------------------------- */

typedef struct
{
  const char *name;
  SimServerKind kind;
  gboolean absent;
  const char *host; /* NULL: by its address */
} Server;

/* A server of no use costs a trickling session nothing. */
static void
test_useless_server (gconstpointer data)
{
  const Server *server = data;
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call;

  sim_plan_init (&plan, 1);
  sim_plan_add_server (&plan, server->kind, FRAM_FAMILY_IPV4);
  plan.servers[0].absent = server->absent;
  plan.servers[0].name = server->host;
  sim_site_add_host (&plan, 0);
  sim_site_add_host (&plan, sim_site_add (&plan, SIM_SITE_SYMMETRIC));
  call = sim_plan_add_call (&plan, 0, 1);
  call->ends[0].trickle = call->ends[1].trickle = TRUE;
  g_assert_cmpint (run (&plan, TRUE), <, FRAM_MILLISECONDS (300));
}

static void
test_no_host_candidates (void)
{
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call;

  plan_two (&plan, SIM_SITE_PORT_RESTRICTED, SIM_SITE_FULL_CONE);
  call = sim_plan_add_call (&plan, 0, 1);
  call->ends[0].policy = call->ends[1].policy = FRAM_POLICY_NO_HOST;
  run (&plan, TRUE);
}

static void
test_relay_only (void)
{
  g_auto (SimPlan) plan = { 0 };

  plan_two (&plan, SIM_SITE_PUBLIC, SIM_SITE_PUBLIC);
  sim_plan_add_call (&plan, 0, 1)->ends[0].policy = FRAM_POLICY_RELAY;
  run (&plan, FALSE);
}

/* --- Trouble ----------------------------------------------------------------------- */

static void
test_loss (void)
{
  g_auto (SimPlan) plan = { 0 };

  plan_two (&plan, SIM_SITE_PORT_RESTRICTED, SIM_SITE_PORT_RESTRICTED);
  plan.networks[0].link.loss = 0.1;
  plan.networks[0].link.duplicate = 0.1;
  plan.networks[0].link.reorder = 0.2;
  plan.networks[0].link.jitter = FRAM_MILLISECONDS (20);
  for (guint i = 0; i < 5; i++)
    {
      SimCallPlan *call = sim_plan_add_call (&plan, 0, 1);

      call->ends[0].trickle = call->ends[1].trickle = TRUE;
    }
  run (&plan, TRUE);
}

/* Filters forget after 30 s what nobody sends to. */
static void
test_long_call (void)
{
  g_auto (SimPlan) plan = { 0 };

  plan_two (&plan, SIM_SITE_PORT_RESTRICTED, SIM_SITE_PORT_RESTRICTED);
  for (guint i = 1; i <= 2; i++)
    {
      plan.networks[i].gateway.nat.lifetime = FRAM_SECONDS (30);
      plan.networks[i].gateway.nat.inbound_refreshes = FALSE;
    }
  plan.holds = FRAM_SECONDS (600);
  sim_plan_add_call (&plan, 0, 1);
  run (&plan, TRUE);
}

typedef struct
{
  const char *name;
  FramTime closes;
  gboolean says_bye;
} Departure;

/* Who is left alone learns it: by word, or because consent ends. */
static void
test_departure (gconstpointer data)
{
  const Departure *departure = data;
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call;

  plan_two (&plan, SIM_SITE_PORT_RESTRICTED, SIM_SITE_PORT_RESTRICTED);
  call = sim_plan_add_call (&plan, 0, 1);
  call->ends[1].closes = departure->closes;
  call->ends[1].says_bye = departure->says_bye;
  run (&plan, FALSE);
}

static void
test_host_leaves (gconstpointer data)
{
  g_auto (SimPlan) plan = { 0 };

  plan_two (&plan, SIM_SITE_PUBLIC, SIM_SITE_PORT_RESTRICTED);
  plan.hosts[1].leaves = FRAM_MILLISECONDS (GPOINTER_TO_INT (data));
  plan.icmp = FALSE;
  for (guint i = 0; i < 3; i++)
    sim_plan_add_call (&plan, 0, 1);
  run (&plan, FALSE);
}

/* One of many is closed and another one takes its place, over and over. */
static void
test_turnover (void)
{
  g_auto (SimPlan) plan = { 0 };

  plan_two (&plan, SIM_SITE_FULL_CONE, SIM_SITE_FULL_CONE);
  for (guint i = 0; i < 30; i++)
    {
      SimCallPlan *call = sim_plan_add_call (&plan, 0, 1);

      call->starts = FRAM_MILLISECONDS (i * 500);
      if (i == 29)
        break;
      call->ends[i % 2].closes = call->starts + FRAM_MILLISECONDS (1200);
      call->ends[i % 2].says_bye = TRUE;
    }
  {
    g_autoptr (SimWorld) world = sim_world_new (&plan, SIM_TRACING_OFF);

    sim_world_run (world);
    g_assert_cmpstr (sim_world_get_violation (world), ==, NULL);
    g_assert_true (sim_world_get_outcome (world, 29)->connected);
  }
}

static void
test_same_again (void)
{
  g_auto (SimPlan) plan = { 0 };
  g_autoptr (SimWorld) first = NULL;
  g_autoptr (SimWorld) second = NULL;

  plan_two (&plan, SIM_SITE_SYMMETRIC, SIM_SITE_ADDRESS_RESTRICTED);
  plan.networks[0].link.loss = 0.1;
  for (guint i = 0; i < 5; i++)
    sim_plan_add_call (&plan, 0, 1);
  first = sim_world_new (&plan, SIM_TRACING_KEEP);
  second = sim_world_new (&plan, SIM_TRACING_KEEP);
  g_assert_true (sim_world_run (first));
  g_assert_true (sim_world_run (second));
  g_assert_cmpstr (sim_world_get_trace (first), ==, sim_world_get_trace (second));
}

/* --- All --------------------------------------------------------------------------- */

static void
add (const char *group, const char *name, gconstpointer data, GTestDataFunc function)
{
  g_autofree char *path = g_strdup_printf ("/scenario/%s/%s", group, name);

  g_test_add_data_func (path, data, function);
}

static void
add_pairs (void)
{
  static Pair pairs[SIM_N_SITES * SIM_N_SITES];

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *name = NULL;

      pairs[i] = (Pair){ (SimSite) (i / SIM_N_SITES), (SimSite) (i % SIM_N_SITES) };
      name = g_strdup_printf ("%s/%s", sim_site_to_text (pairs[i].a),
                              sim_site_to_text (pairs[i].b));
      add ("sites", name, &pairs[i], test_pair);
    }
}

static void
add_crowds (void)
{
  static const Crowd crowds[] = {
    { "two-hosts", SIM_SITE_PUBLIC, 1, SIM_OPENING_OFFER, FALSE },
    { "two-hosts-trickle", SIM_SITE_PUBLIC, 1, SIM_OPENING_OFFER, TRUE },
    { "two-hosts-prepared", SIM_SITE_PUBLIC, 1, SIM_OPENING_PREPARED, FALSE },
    { "two-hosts-glare", SIM_SITE_PUBLIC, 1, SIM_OPENING_GLARE, TRUE },
    { "behind-nats", SIM_SITE_PORT_RESTRICTED, 1, SIM_OPENING_OFFER, FALSE },
    { "behind-nats-trickle", SIM_SITE_PORT_RESTRICTED, 1, SIM_OPENING_OFFER, TRUE },
    { "one-host", SIM_SITE_PUBLIC, 0, SIM_OPENING_OFFER, FALSE },
    { "one-host-trickle", SIM_SITE_PUBLIC, 0, SIM_OPENING_OFFER, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (crowds); i++)
    add ("hundred", crowds[i].name, &crowds[i], test_hundred);
}

static void
add_manners (void)
{
  const FramRole ing = FRAM_ROLE_CONTROLLING, ed = FRAM_ROLE_CONTROLLED;
  static Manner manners[10];
  const Manner written[] = {
    { "trickle", SIM_OPENING_OFFER, { TRUE, TRUE }, FALSE, { 0 }, 50000 },
    { "trickle-offerer", SIM_OPENING_OFFER, { TRUE, FALSE }, FALSE, { 0 }, 50000 },
    { "trickle-answerer", SIM_OPENING_OFFER, { FALSE, TRUE }, FALSE, { 0 }, 50000 },
    { "prepared", SIM_OPENING_PREPARED, { FALSE, FALSE }, FALSE, { 0 }, 50000 },
    { "glare", SIM_OPENING_GLARE, { FALSE, FALSE }, FALSE, { 0 }, 50000 },
    { "glare-trickle", SIM_OPENING_GLARE, { TRUE, TRUE }, FALSE, { 0 }, 50000 },
    { "early-checks", SIM_OPENING_OFFER, { FALSE, FALSE }, FALSE, { 0 }, 3000000 },
    { "early-checks-trickle", SIM_OPENING_OFFER, { TRUE, TRUE }, FALSE, { 0 }, 3000000 },
    { "both-controlling",
      SIM_OPENING_OFFER,
      { FALSE, FALSE },
      TRUE,
      { ing, ing },
      50000 },
    { "both-controlled", SIM_OPENING_OFFER, { FALSE, FALSE }, TRUE, { ed, ed }, 50000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (manners); i++)
    {
      manners[i] = written[i];
      add ("signalling", manners[i].name, &manners[i], test_manner);
    }
}

static void
add_servers (void)
{
  static const Server servers[] = {
    { "deaf", SIM_SERVER_DEAF, FALSE, NULL },
    { "busy", SIM_SERVER_BUSY, FALSE, NULL },
    { "absent", SIM_SERVER_ANSWERS, TRUE, NULL },
    { "deaf-by-name", SIM_SERVER_DEAF, FALSE, "stun.example.org" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (servers); i++)
    add ("server", servers[i].name, &servers[i], test_useless_server);
  g_test_add_func ("/scenario/server/no-host-candidates", test_no_host_candidates);
  g_test_add_func ("/scenario/server/relay-only", test_relay_only);
}

static void
add_departures (void)
{
  static const Departure departures[] = {
    { "while-checking", FRAM_MILLISECONDS (90), FALSE },
    { "while-checking-bye", FRAM_MILLISECONDS (90), TRUE },
    { "early", FRAM_MILLISECONDS (10), TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (departures); i++)
    add ("closes", departures[i].name, &departures[i], test_departure);
  add ("leaves", "while-checking", GINT_TO_POINTER (60), test_host_leaves);
  add ("leaves", "while-gathering", GINT_TO_POINTER (5), test_host_leaves);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_pairs ();
  add_crowds ();
  add_manners ();
  add_servers ();
  add_departures ();
  g_test_add_func ("/scenario/same-host", test_same_host);
  g_test_add_func ("/scenario/no-network", test_no_network);
  g_test_add_func ("/scenario/same-network", test_same_network);
  g_test_add_func ("/scenario/same-addresses", test_same_addresses);
  g_test_add_func ("/scenario/hairpin", test_hairpin);
  g_test_add_func ("/scenario/ipv6", test_ipv6);
  g_test_add_func ("/scenario/address-refused", test_address_refused);
  g_test_add_func ("/scenario/all-addresses-refused", test_all_addresses_refused);
  g_test_add_func ("/scenario/both-ways", test_both_ways);
  add ("many", "streams-and-components", GINT_TO_POINTER (FALSE),
       test_streams_and_components);
  add ("many", "streams-and-components-trickle", GINT_TO_POINTER (TRUE),
       test_streams_and_components);
  g_test_add_func ("/scenario/loss", test_loss);
  g_test_add_func ("/scenario/long-call", test_long_call);
  g_test_add_func ("/scenario/turnover", test_turnover);
  g_test_add_func ("/scenario/same-again", test_same_again);
  return g_test_run ();
}
