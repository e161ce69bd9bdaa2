/* Lifetimes are found in networks that come and go, and where they vary nothing is promised
 * that did not hold. */
#include "nat-lifetime-world.h"

typedef struct
{
  SimNatKind kind;
  FramTime at;
  FramTime every; /* 0: once */
} Restart;

static void
restart (gpointer data, gpointer plan_data)
{
  NatWorld *world = data;
  Restart *plan = plan_data;

  if (world->now < plan->at)
    return;
  nat_world_set_nat (world, &plan->kind);
  plan->at = plan->every > 0 ? world->now + plan->every : FRAM_TIME_NEVER;
}

/* A NAT that is restarted kills all mappings: their life seems short once. */
static void
test_restart (void)
{
  for (guint i = 0; i < 60; i++)
    {
      FramTime life = FRAM_SECONDS (120);
      LifetimeWorld self;
      Restart plan;

      lifetime_world_init (&self, i, life);
      plan = (Restart){ self.kind, self.world.now + FRAM_SECONDS (7 * i), 0 };
      self.world.script = restart;
      self.world.script_data = &plan;
      lifetime_assert_found (lifetime_world_run (&self), life, 0);
      lifetime_world_clear (&self);
    }
}

/* A new public address in the middle: all mappings are gone, but what was learned counts. */
static void
renumber (gpointer data, gpointer plan_data)
{
  NatWorld *world = data;
  Restart *plan = plan_data;

  if (world->now < plan->at)
    return;
  plan->at = FRAM_TIME_NEVER;
  fram_address_parse (&world->external, "192.0.2.200:0");
  nat_world_set_nat (world, &plan->kind);
}

static void
test_new_address (void)
{
  for (guint i = 0; i < 60; i++)
    {
      FramTime life = FRAM_SECONDS (60);
      const FramNatLifetimeResult *result;
      LifetimeWorld self;
      Restart plan;

      lifetime_world_init (&self, i, life);
      plan = (Restart){ self.kind, self.world.now + FRAM_SECONDS (5 * i), 0 };
      self.world.script = renumber;
      self.world.script_data = &plan;
      result = lifetime_world_run (&self);
      lifetime_assert_found (result, life, 0);
      lifetime_world_clear (&self);
    }
}

/* Mappings that live now 40 and now 100 seconds: never more is promised than what held. */
static void
vary (gpointer data, gpointer plan_data)
{
  NatWorld *world = data;
  Restart *plan = plan_data;

  if (world->now < plan->at)
    return;
  plan->at = world->now + plan->every;
  plan->kind.lifetime
      = plan->kind.lifetime == FRAM_SECONDS (40) ? FRAM_SECONDS (100) : FRAM_SECONDS (40);
  nat_world_set_nat (world, &plan->kind);
}

static void
test_varying (void)
{
  guint inconsistent = 0;

  for (guint i = 0; i < 40; i++)
    {
      const FramNatLifetimeResult *result;
      LifetimeWorld self;
      Restart plan;

      lifetime_world_init (&self, i, FRAM_SECONDS (40));
      plan = (Restart){ self.kind, self.world.now + FRAM_SECONDS (60 + i),
                        FRAM_SECONDS (150) };
      self.world.script = vary;
      self.world.script_data = &plan;
      result = lifetime_world_run (&self);
      inconsistent += result->state == FRAM_NAT_LIFETIME_INCONSISTENT;
      g_assert_true (result->state == FRAM_NAT_LIFETIME_INCONSISTENT
                     || result->state == FRAM_NAT_LIFETIME_MEASURED);
      g_assert_cmpint (result->alive, <, FRAM_SECONDS (100));
      g_assert_cmpint (result->alive, <, result->dead);
      g_assert_cmpint (self.took, <, FRAM_SECONDS (3600));
      lifetime_world_clear (&self);
    }
  g_test_message ("%u of 40 inconsistent", inconsistent);
}

/* The network is away for a while: that is no verdict about mappings.  If it stays away, the
 * measurement ends, and what was known before is still known. */
static void
test_outage (void)
{
  for (guint i = 0; i < 40; i++)
    {
      FramTime life = FRAM_SECONDS (60);
      LifetimeWorld self;

      lifetime_world_init (&self, i, life);
      self.world.down_from = self.world.now + FRAM_SECONDS (1 + 5 * i);
      self.world.down_until = self.world.down_from + FRAM_SECONDS (45);
      lifetime_assert_found (lifetime_world_run (&self), life, 0);
      lifetime_world_clear (&self);
    }
}

static void
test_gone (void)
{
  const FramNatLifetimeResult *result;
  LifetimeWorld self;

  lifetime_world_init (&self, 1, FRAM_SECONDS (600));
  self.world.down_from = self.world.now + FRAM_SECONDS (100);
  self.world.down_until = FRAM_TIME_NEVER;
  result = lifetime_world_run (&self);
  g_assert_cmpint (result->state, ==, FRAM_NAT_LIFETIME_UNREACHABLE);
  g_assert_cmpint (result->alive, >=, FRAM_SECONDS (80));
  g_assert_cmpint (result->dead, ==, FRAM_TIME_NEVER);
  /* It is asked for some minutes more. */
  g_assert_cmpint (self.took, >, FRAM_SECONDS (100 + 200));
  g_assert_cmpint (self.took, <, FRAM_SECONDS (1200));
  g_test_message ("gone after 100 s, given up after %.0f s, %u packets",
                  (double) self.took / 1e6, self.world.n_sent);
  lifetime_world_clear (&self);
}

/* Sockets that cannot be opened for a minute are tried again. */
static void
test_no_sockets (void)
{
  FramTime life = FRAM_SECONDS (30);

  for (guint i = 0; i < 20; i++)
    {
      LifetimeWorld self;

      lifetime_world_init (&self, i, life);
      self.world.no_sockets_from = self.world.now + FRAM_SECONDS (1 + 5 * i);
      self.world.no_sockets_until = self.world.no_sockets_from + FRAM_SECONDS (60);
      lifetime_assert_found (lifetime_world_run (&self), life, 0);
      lifetime_world_clear (&self);
    }
}

/* Without any there is nothing to be done. */
static void
test_no_sockets_ever (void)
{
  LifetimeWorld self;

  lifetime_world_init (&self, 1, FRAM_SECONDS (30));
  self.world.no_sockets_from = 0;
  self.world.no_sockets_until = FRAM_TIME_NEVER;
  g_assert_cmpint (lifetime_world_run (&self)->state, ==, FRAM_NAT_LIFETIME_UNREACHABLE);
  g_assert_cmpuint (self.world.n_sent, ==, 0);
  g_assert_cmpint (self.took, ==, 0);
  lifetime_world_clear (&self);
}

/* The server answers to the address of Y only: where X has another one, silence says nothing
 * about lifetimes. */
static void
test_two_addresses (void)
{
  for (guint socket = 0; socket <= 4; socket++)
    {
      LifetimeWorld self;

      lifetime_world_init (&self, socket, FRAM_SECONDS (60));
      nat_world_add_address (&self.world, &self.kind, 1u << socket);
      g_assert_cmpint (lifetime_world_run (&self)->state, ==,
                       FRAM_NAT_LIFETIME_NOT_MEASURABLE);
      g_assert_cmpint (fram_nat_lifetime_get_result (self.lifetime)->dead, ==,
                       FRAM_TIME_NEVER);
      lifetime_world_clear (&self);
    }
}

/* Away for a while, again and again: as long as some trials come to a verdict, it goes on. */
static void
go_away (gpointer data, gpointer plan_data)
{
  NatWorld *world = data;
  Restart *plan = plan_data;

  while (world->now >= plan->at)
    {
      world->down_from = plan->at;
      world->down_until = plan->at + FRAM_SECONDS (15);
      plan->at += plan->every;
    }
}

static void
test_many_outages (void)
{
  guint found = 0;

  for (guint i = 0; i < 40; i++)
    {
      FramTime life = FRAM_SECONDS (300);
      const FramNatLifetimeResult *result;
      LifetimeWorld self;
      Restart plan;

      lifetime_world_init (&self, i, life);
      self.config.n_sockets = 1;
      plan = (Restart){ self.kind, self.world.now + FRAM_SECONDS (20 + i),
                        FRAM_SECONDS (90 + 3 * i) };
      self.world.script = go_away;
      self.world.script_data = &plan;
      result = lifetime_world_run (&self);
      if (result->state == FRAM_NAT_LIFETIME_MEASURED)
        {
          lifetime_assert_found (result, life, 0);
          found++;
        }
      lifetime_world_clear (&self);
    }
  g_test_message ("%u of 40 found", found);
  g_assert_cmpuint (found, ==, 40);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nat/lifetime-trouble/restart", test_restart);
  g_test_add_func ("/nat/lifetime-trouble/new-address", test_new_address);
  g_test_add_func ("/nat/lifetime-trouble/varying", test_varying);
  g_test_add_func ("/nat/lifetime-trouble/outage", test_outage);
  g_test_add_func ("/nat/lifetime-trouble/gone", test_gone);
  g_test_add_func ("/nat/lifetime-trouble/no-sockets", test_no_sockets);
  g_test_add_func ("/nat/lifetime-trouble/no-sockets-ever", test_no_sockets_ever);
  g_test_add_func ("/nat/lifetime-trouble/two-addresses", test_two_addresses);
  g_test_add_func ("/nat/lifetime-trouble/many-outages", test_many_outages);
  return g_test_run ();
}
