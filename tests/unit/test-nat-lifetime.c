/* How long mappings live is found out, whatever the NAT, the server and the network do. */
#include "nat-lifetime-world.h"
#include "nat/keepalive.h"

#define NEVER_EXPIRES FRAM_SECONDS (1000000)

static void
test_lifetimes (void)
{
  static const guint lives[] = { 6, 10, 20, 30, 60, 61, 120, 299, 600, 1700 };
  static const guint sockets[] = { 1, 4, 8 };

  for (guint l = 0; l < G_N_ELEMENTS (lives); l++)
    for (guint n = 0; n < G_N_ELEMENTS (sockets); n++)
      for (guint refreshes = 0; refreshes < 2; refreshes++)
        {
          FramTime life = FRAM_SECONDS (lives[l]), interval;
          const FramNatLifetimeResult *result;
          LifetimeWorld self;

          lifetime_world_init (&self, l, life);
          self.config.n_sockets = sockets[n];
          self.kind.inbound_refreshes = refreshes;
          result = lifetime_world_run (&self);
          lifetime_assert_found (result, life, FRAM_MILLISECONDS (500));
          g_assert_cmpuint (result->n_contradictions, ==, 0);
          g_assert_cmpint (result->rtt, ==, 2 * self.world.delay);
          g_assert_cmpuint (self.world.n_sent, <=, 12 * result->n_trials + 20);
          interval = fram_nat_keepalive_interval (result);
          g_assert_cmpint (interval, <, life - life / 20);
          if (lives[l] >= 20)
            g_assert_cmpint (interval, >=, FRAM_NAT_KEEPALIVE_DEFAULT);
          if (refreshes == 0)
            g_test_message ("%4u s, %u X: %6.1f to %6.1f s, after %5.0f s, %2u trials, "
                            "%3u packets; keep-alive %.1f s",
                            lives[l], sockets[n], (double) result->alive / 1e6,
                            (double) result->dead / 1e6, (double) self.took / 1e6,
                            result->n_trials, self.world.n_sent, (double) interval / 1e6);
          lifetime_world_clear (&self);
        }
}

/* NATs that depend on the destination, keep ports or do not, near and far servers. */
static void
test_kinds (void)
{
  static const guint delays[] = { 1, 150, 400 };

  for (guint i = 0; i < 27; i++)
    for (guint d = 0; d < G_N_ELEMENTS (delays); d++)
      {
        FramTime life = FRAM_SECONDS (60);
        LifetimeWorld self;

        lifetime_world_init (&self, i, life);
        self.kind.mapping = (SimDependence) (i % 3);
        self.kind.filtering = (SimDependence) (i / 3 % 3);
        self.kind.ports = (SimPorts) (i / 9);
        self.world.delay = FRAM_MILLISECONDS (delays[d]);
        lifetime_assert_found (lifetime_world_run (&self), life, 0);
        lifetime_world_clear (&self);
      }
}

static void
test_never (void)
{
  const FramNatLifetimeResult *result;
  LifetimeWorld self;

  lifetime_world_init (&self, 1, NEVER_EXPIRES);
  result = lifetime_world_run (&self);
  g_assert_cmpint (result->state, ==, FRAM_NAT_LIFETIME_LONGER);
  g_assert_cmpint (result->alive, >=, FRAM_SECONDS (1800));
  g_assert_cmpint (result->dead, ==, FRAM_TIME_NEVER);
  g_assert_cmpint (fram_nat_keepalive_interval (result), ==, FRAM_SECONDS (108));
  g_test_message ("never: %.0f s, %u packets", (double) self.took / 1e6,
                  self.world.n_sent);
  lifetime_world_clear (&self);
}

static void
test_too_short (void)
{
  const FramNatLifetimeResult *result;
  LifetimeWorld self;

  lifetime_world_init (&self, 1, FRAM_SECONDS (3));
  result = lifetime_world_run (&self);
  g_assert_cmpint (result->state, ==, FRAM_NAT_LIFETIME_SHORTER);
  g_assert_cmpint (result->alive, ==, 0);
  g_assert_cmpint (result->dead, <, FRAM_MILLISECONDS (5500));
  g_assert_cmpint (fram_nat_keepalive_interval (result), <, FRAM_SECONDS (3));
  g_assert_cmpint (self.took, <, FRAM_SECONDS (30));
  lifetime_world_clear (&self);
}

static void
test_bounds (void)
{
  const FramNatLifetimeResult *result;
  LifetimeWorld self;

  lifetime_world_init (&self, 1, FRAM_SECONDS (120));
  self.config.shortest = FRAM_SECONDS (15);
  self.config.longest = FRAM_SECONDS (100);
  result = lifetime_world_run (&self);
  g_assert_cmpint (result->state, ==, FRAM_NAT_LIFETIME_LONGER);
  g_assert_cmpint (self.took, <, FRAM_SECONDS (115));
  lifetime_world_clear (&self);

  lifetime_world_init (&self, 1, FRAM_SECONDS (120));
  self.config.precision = 2;
  result = lifetime_world_run (&self);
  g_assert_cmpint (result->state, ==, FRAM_NAT_LIFETIME_MEASURED);
  g_assert_cmpint (result->dead - result->alive, <=, result->alive / 50);
  lifetime_world_clear (&self);
}

/* A firewall forgets too, though it translates nothing. */
static void
test_firewall (void)
{
  FramTime life = FRAM_SECONDS (30);
  LifetimeWorld self;

  lifetime_world_init (&self, 1, life);
  self.no_nat = TRUE;
  nat_world_go_public (&self.world);
  nat_world_set_firewall (&self.world, SIM_FIREWALL_STATEFUL, life);
  lifetime_assert_found (lifetime_world_run (&self), life, 0);
  lifetime_world_clear (&self);
}

static void
test_bad_servers (void)
{
  static const struct
  {
    NatServerFaults faults;
    FramNatLifetimeState state;
  } cases[] = {
    { NAT_SERVER_NO_PORT, FRAM_NAT_LIFETIME_NOT_MEASURABLE },
    { NAT_SERVER_IGNORES_PORT, FRAM_NAT_LIFETIME_NOT_MEASURABLE },
    { NAT_SERVER_DEAF, FRAM_NAT_LIFETIME_UNREACHABLE },
    { NAT_SERVER_WRONG_SOURCE, FRAM_NAT_LIFETIME_UNREACHABLE },
    { NAT_SERVER_GARBLED, FRAM_NAT_LIFETIME_UNREACHABLE },
    { NAT_SERVER_BUSY, FRAM_NAT_LIFETIME_NOT_MEASURABLE },
    { NAT_SERVER_NO_ADDRESS, FRAM_NAT_LIFETIME_NOT_MEASURABLE },
    { NAT_SERVER_SINGLE, FRAM_NAT_LIFETIME_MEASURED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const FramNatLifetimeResult *result;
      LifetimeWorld self;

      lifetime_world_init (&self, i, FRAM_SECONDS (30));
      self.world.servers[0].faults = cases[i].faults;
      result = lifetime_world_run (&self);
      g_test_message ("case %u: %s after %.1f s, %u packets", i,
                      fram_nat_lifetime_state_to_text (result->state),
                      (double) self.took / 1e6, self.world.n_sent);
      g_assert_cmpint (result->state, ==, cases[i].state);
      if (result->state != FRAM_NAT_LIFETIME_MEASURED)
        {
          g_assert_cmpint (fram_nat_keepalive_interval (result), ==,
                           FRAM_NAT_KEEPALIVE_DEFAULT);
          g_assert_cmpint (self.took, <, FRAM_SECONDS (5));
          g_assert_cmpuint (self.world.n_sent, <=, 7);
        }
      lifetime_world_clear (&self);
    }
}

/* One packet in five lost on each way. */
static void
test_loss (void)
{
  static const guint lives[] = { 20, 30, 60, 120 };
  guint found = 0, contradictions = 0, packets = 0;
  const guint n = 200;

  for (guint i = 0; i < n; i++)
    {
      FramTime life = FRAM_SECONDS (lives[i % 4]);
      const FramNatLifetimeResult *result;
      LifetimeWorld self;

      lifetime_world_init (&self, 500 + i, life);
      self.world.loss = 0.2;
      self.kind.inbound_refreshes = i / 4 % 2;
      result = lifetime_world_run (&self);
      contradictions += result->n_contradictions;
      packets += self.world.n_sent;
      found += result->state == FRAM_NAT_LIFETIME_MEASURED && result->alive <= life
               && result->dead >= life
               && result->dead - result->alive
                      <= MAX (result->alive / 10, FRAM_MILLISECONDS (500));
      lifetime_world_clear (&self);
    }
  g_test_message ("%u of %u found, %u contradictions, %u packets on average", found, n,
                  contradictions, packets / n);
  g_assert_cmpuint (found, >=, n - n / 100);
}

static void
test_keepalive (void)
{
  static const struct
  {
    guint alive, dead, interval; /* milliseconds; dead 0: never */
  } cases[] = {
    { 0, 0, 15000 },
    { 5000, 0, 15000 },
    { 5000, 10000, 2500 },
    { 10000, 11000, 6000 },
    { 16000, 17600, 12000 },
    { 17000, 18500, 15000 },
    { 18500, 20100, 15000 },
    { 29000, 30500, 25000 },
    { 55000, 60000, 49500 },
    { 118000, 125000, 106200 },
    { 300000, 320000, 108000 },
    { 1800000, 0, 108000 },
    { 0, 5000, 1250 },
    { 0, 100, 1000 },
  };

  g_assert_cmpint (fram_nat_keepalive_interval (NULL), ==, FRAM_NAT_KEEPALIVE_DEFAULT);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      FramNatLifetimeResult result = {
        .alive = FRAM_MILLISECONDS (cases[i].alive),
        .dead = cases[i].dead > 0 ? FRAM_MILLISECONDS (cases[i].dead) : FRAM_TIME_NEVER,
      };

      g_assert_cmpint (fram_nat_keepalive_interval (&result), ==,
                       FRAM_MILLISECONDS (cases[i].interval));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nat/lifetime/lifetimes", test_lifetimes);
  g_test_add_func ("/nat/lifetime/kinds", test_kinds);
  g_test_add_func ("/nat/lifetime/never", test_never);
  g_test_add_func ("/nat/lifetime/too-short", test_too_short);
  g_test_add_func ("/nat/lifetime/bounds", test_bounds);
  g_test_add_func ("/nat/lifetime/firewall", test_firewall);
  g_test_add_func ("/nat/lifetime/bad-servers", test_bad_servers);
  g_test_add_func ("/nat/lifetime/loss", test_loss);
  g_test_add_func ("/nat/lifetime/keepalive", test_keepalive);
  return g_test_run ();
}
