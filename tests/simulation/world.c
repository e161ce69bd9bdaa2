#include "world-private.h"

#include "oracle.h"

/* How often, and how many times, the ends talk to show that they are connected. */
#define TALK_INTERVAL FRAM_MILLISECONDS (150)
#define TALK_TIMES 40
/* How often they say something while the calls last, where there are no more than so many. */
#define CHAT_INTERVAL FRAM_MILLISECONDS (1700)
#define CHATTING_CALLS 6
/* After the linger time; a server that answers neither UDP nor, after that, TCP is waited for
 * so long. */
#define REST_MAX FRAM_SECONDS (90)
#define STEPS_MAX 20000000u

static FramTime
now (const SimWorld *world)
{
  return sim_schedule_now (world->context.schedule);
}

/* --- Building ---------------------------------------------------------------------- */

static void
add_servers (SimWorld *world)
{
  for (guint i = 0; i < world->plan->n_servers; i++)
    {
      const SimServerPlan *server = &world->plan->servers[i];

      if (server->relays)
        {
          if (!server->absent)
            world->topology.relays[i]
                = sim_relay_server_new (&world->context, world->topology.networks[0],
                                        &server->address, server->relayed, server->kind);
          continue;
        }
      if (!server->absent)
        world->servers[i] = sim_stun_server_new (world->topology.networks[0],
                                                 &server->address, server->kind);
      if (!server->absent && server->second.family != FRAM_FAMILY_NONE)
        sim_stun_server_help (world->servers[i], world->topology.networks[0],
                              &server->second);
    }
}

/* What of them is reached by TCP, from where a peer may be connected to as well. */
static void
add_tcp_servers (SimWorld *world)
{
  for (guint i = 0; i < world->plan->n_servers && sim_plan_has_tcp (world->plan); i++)
    {
      const SimServerPlan *server = &world->plan->servers[i];

      if (server->absent)
        continue;
      world->tcp_servers[i] = sim_tcp_server_new (
          &world->context, world->topology.networks[0], &server->address, server->kind);
      if (world->servers[i] != NULL)
        sim_stun_server_add_tcp (world->servers[i], world->tcp_servers[i]);
      else
        sim_relay_server_add_tcp (world->topology.relays[i], world->tcp_servers[i]);
    }
}

static void
add_calls (SimWorld *world)
{
  world->calls = g_new0 (SimCall, world->plan->calls->len);
  world->outcomes = g_new0 (SimOutcome, world->plan->calls->len);
  for (guint i = 0; i < world->plan->calls->len; i++)
    {
      const SimCallPlan *planned = sim_plan_get_call (world->plan, i);

      sim_call_init (&world->calls[i], &world->context, world->plan, i,
                     world->hosts[planned->ends[0].host],
                     world->hosts[planned->ends[1].host]);
      world->outcomes[i]
          = (SimOutcome){ .has_path = sim_oracle_has_path (world->plan, planned),
                          .took = -1 };
    }
}

SimWorld *
sim_world_new (const SimPlan *plan, SimTracing tracing)
{
  SimWorld *world = g_new0 (SimWorld, 1);

  world->plan = plan;
  sim_dice_init (&world->dice, plan->seed);
  sim_journal_init (&world->journal, tracing);
  world->context = (SimContext){ sim_schedule_new (), &world->dice, &world->journal };
  sim_topology_init (&world->topology, plan, &world->context, FALSE);
  world->topology.names = sim_names_new ();
  add_servers (world);
  add_tcp_servers (world);
  for (guint i = 0; i < plan->n_hosts; i++)
    world->hosts[i]
        = sim_host_new (&world->context, &world->topology, plan, i, &sim_call_sink);
  add_calls (world);
  return world;
}

void
sim_world_free (SimWorld *world)
{
  if (world == NULL)
    return;
  for (guint i = 0; i < world->plan->calls->len; i++)
    sim_call_clear (&world->calls[i]);
  g_free (world->calls);
  g_free (world->outcomes);
  for (guint i = 0; i < world->plan->n_hosts; i++)
    sim_host_free (world->hosts[i]);
  for (guint i = 0; i < world->plan->n_servers; i++)
    {
      sim_tcp_server_free (world->tcp_servers[i]);
      sim_stun_server_free (world->servers[i]);
      sim_relay_server_free (world->topology.relays[i]);
    }
  sim_names_free (world->topology.names);
  sim_schedule_free (world->context.schedule);
  sim_topology_clear (&world->topology);
  sim_journal_clear (&world->journal);
  g_free (world);
}

/* --- Running ----------------------------------------------------------------------- */

typedef gboolean (*Condition) (SimWorld *world);

/* Until the condition holds, the time is over, or a rule was broken.
 * Return: whether the condition holds. */
static gboolean
run (SimWorld *world, FramTime until, Condition condition)
{
  FramTime looked = -1;

  while (world->journal.violation == NULL)
    {
      /* Once for each moment is enough, and cheap. */
      if (condition != NULL && now (world) != looked && condition (world))
        return TRUE;
      looked = now (world);
      if (!sim_schedule_step (world->context.schedule, until))
        return condition != NULL && condition (world);
      if (++world->n_steps > STEPS_MAX)
        SIM_WORLD_VIOLATE (world, "world-ends", "there is no end of packets");
    }
  return FALSE;
}

static gboolean
all_settled (SimWorld *world)
{
  for (guint i = 0; i < world->plan->calls->len; i++)
    if (!sim_call_is_settled (&world->calls[i]))
      return FALSE;
  return TRUE;
}

static gboolean
all_agree (SimWorld *world)
{
  for (guint i = 0; i < world->plan->calls->len; i++)
    if (sim_call_is_connected (&world->calls[i]) && !sim_call_agrees (&world->calls[i]))
      return FALSE;
  return TRUE;
}

/* Everybody talks until all have heard each other, by the path they answer on. */
static void
talk (SimWorld *world)
{
  for (guint i = 0; i < world->plan->calls->len; i++)
    sim_call_forget_talk (&world->calls[i]);
  for (guint n = 0; n < TALK_TIMES; n++)
    {
      for (guint i = 0; i < world->plan->calls->len; i++)
        for (guint side = 0; side < 2; side++)
          if (sim_call_is_connected (&world->calls[i]))
            sim_end_talk (&world->calls[i].ends[side]);
      if (run (world, now (world) + TALK_INTERVAL, all_agree)
          || world->journal.violation != NULL)
        return;
    }
  for (guint i = 0; i < world->plan->calls->len; i++)
    if (sim_call_is_connected (&world->calls[i]) && !sim_call_agrees (&world->calls[i])
        && !sim_world_may_nominate_late (world, i) && !sim_world_is_moving (world, i))
      SIM_WORLD_VIOLATE (world, "sides-agree",
                         "call %u: data do not come by the selected pair", i);
}

/* While a call lasts, both of its ends say something now and then, whatever happens. */
static void
chat (gpointer subject, gpointer detail)
{
  SimWorld *world = subject;

  for (guint i = 0; i < world->plan->calls->len; i++)
    for (guint side = 0; side < 2; side++)
      sim_end_talk (&world->calls[i].ends[side]);
  if (now (world) < world->chats_until)
    sim_schedule_add (world->context.schedule, now (world) + CHAT_INTERVAL, chat, world,
                      NULL, NULL);
}

static void
leave (gpointer subject, gpointer detail)
{
  sim_host_leave (subject);
}

static void
check_network (gpointer subject, gpointer detail)
{
  sim_host_check_network (subject);
}

static void
get_interface (gpointer subject, gpointer detail)
{
  sim_host_change_interface (subject, GPOINTER_TO_UINT (detail), TRUE);
}

static void
lose_interface (gpointer subject, gpointer detail)
{
  sim_host_change_interface (subject, GPOINTER_TO_UINT (detail), FALSE);
}

static void
schedule_changes (SimWorld *world, guint host)
{
  const SimHostPlan *planned = &world->plan->hosts[host];
  SimSchedule *schedule = world->context.schedule;

  if (planned->leaves != FRAM_TIME_NEVER)
    sim_schedule_add (schedule, planned->leaves, leave, world->hosts[host], NULL, NULL);
  if (planned->checks != FRAM_TIME_NEVER)
    sim_schedule_add (schedule, planned->checks, check_network, world->hosts[host], NULL,
                      NULL);
  for (guint i = 0; i < planned->n_interfaces; i++)
    {
      const SimInterfacePlan *interface = &planned->interfaces[i];

      if (interface->appears > 0)
        sim_schedule_add (schedule, interface->appears, get_interface, world->hosts[host],
                          GUINT_TO_POINTER (i), NULL);
      if (interface->vanishes != FRAM_TIME_NEVER)
        sim_schedule_add (schedule, interface->vanishes, lose_interface,
                          world->hosts[host], GUINT_TO_POINTER (i), NULL);
    }
}

static void
renumber (gpointer subject, gpointer detail)
{
  SimWorld *world = subject;
  guint network = GPOINTER_TO_UINT (detail);

  sim_journal_count (&world->journal, SIM_RENUMBERED);
  sim_gateway_renumber (world->topology.gateways[network],
                        &world->plan->networks[network].renumbered);
}

static void
schedule_renumbering (SimWorld *world, guint network)
{
  const SimNetworkPlan *planned = &world->plan->networks[network];

  if (planned->renumbers != FRAM_TIME_NEVER)
    sim_schedule_add (world->context.schedule, planned->renumbers, renumber, world,
                      GUINT_TO_POINTER (network), NULL);
}

static void
die (gpointer subject, gpointer detail)
{
  SimWorld *world = subject;
  guint server = GPOINTER_TO_UINT (detail);

  sim_journal_count (&world->journal, SIM_SERVER_DIED);
  sim_journal_note (&world->journal, now (world), "world", "server %u dies", server);
  if (world->servers[server] != NULL)
    sim_stun_server_die (world->servers[server]);
  if (world->tcp_servers[server] != NULL)
    sim_tcp_server_die (world->tcp_servers[server]);
  if (world->topology.relays[server] != NULL)
    sim_relay_server_die (world->topology.relays[server]);
}

static void
schedule_deaths (SimWorld *world)
{
  for (guint i = 0; i < world->plan->n_servers; i++)
    if (world->plan->servers[i].dies != FRAM_TIME_NEVER)
      sim_schedule_add (world->context.schedule, world->plan->servers[i].dies, die, world,
                        GUINT_TO_POINTER (i), NULL);
}

static FramTime
begin (SimWorld *world)
{
  FramTime last = 0;

  for (guint i = 1; i < world->plan->n_networks; i++)
    schedule_renumbering (world, i);
  schedule_deaths (world);

  for (guint i = 0; i < world->plan->n_hosts; i++)
    {
      sim_host_start (world->hosts[i]);
      schedule_changes (world, i);
    }
  for (guint i = 0; i < world->plan->calls->len; i++)
    {
      const SimCallPlan *planned = sim_plan_get_call (world->plan, i);

      sim_call_schedule (&world->calls[i]);
      last = MAX (last, planned->starts);
      for (guint side = 0; side < 2; side++)
        {
          if (planned->ends[side].restarts != FRAM_TIME_NEVER)
            last = MAX (last, planned->ends[side].restarts);
          if (planned->ends[side].removes != FRAM_TIME_NEVER)
            last = MAX (last, planned->ends[side].removes);
        }
      last += 2 * (planned->delay + planned->jitter) + planned->straggle;
    }
  return last;
}

static FramTime
find_last_change (const SimWorld *world)
{
  FramTime last = 0, first_of_call, last_of_call;

  for (guint i = 0; i < world->plan->calls->len; i++)
    if (sim_plan_find_changes (world->plan, sim_plan_get_call (world->plan, i),
                               &first_of_call, &last_of_call))
      last = MAX (last, last_of_call);
  return last;
}

/* --- The whole life ---------------------------------------------------------------- */

static void
end_calls (SimWorld *world)
{
  FramTime linger = world->plan->linger;

  for (guint i = 0; i < world->plan->calls->len; i++)
    for (guint side = 0; side < 2; side++)
      if (!world->calls[i].ends[side].over)
        sim_end_close (&world->calls[i].ends[side]);
  if (linger == FRAM_TIME_NEVER)
    {
      run (world, now (world) + REST_MAX, NULL);
      for (guint i = 0; i < world->plan->n_hosts; i++)
        sim_host_end_linger (world->hosts[i]);
      linger = 0;
    }
  run (world, now (world) + linger + REST_MAX, NULL);
  for (guint i = 0; i < world->plan->n_hosts && world->journal.violation == NULL; i++)
    sim_host_check_empty (world->hosts[i]);
}

gboolean
sim_world_run (SimWorld *world)
{
  FramTime last = begin (world);
  gboolean settled = run (world, last + SIM_SETTLING_MAX, all_settled);

  if (world->journal.violation == NULL)
    sim_world_judge_settling (world, settled);
  if (world->journal.violation == NULL)
    talk (world);
  if (world->journal.violation == NULL && world->plan->holds > 0)
    {
      world->chats_until
          = MAX (now (world), find_last_change (world)) + world->plan->holds;
      if (world->plan->calls->len <= CHATTING_CALLS)
        chat (world, NULL);
      run (world, world->chats_until, NULL);
      sim_world_judge_holding (world);
      talk (world);
    }
  if (world->journal.violation == NULL)
    end_calls (world);
  return world->journal.violation == NULL;
}

/* --- Looking ----------------------------------------------------------------------- */

const char *
sim_world_get_violation (const SimWorld *world)
{
  return world->journal.violation;
}

const char *
sim_world_get_rule (const SimWorld *world)
{
  return world->journal.rule;
}

const char *
sim_world_get_trace (const SimWorld *world)
{
  return world->journal.lines->str;
}

const SimOutcome *
sim_world_get_outcome (const SimWorld *world, guint call)
{
  return &world->outcomes[call];
}

const guint *
sim_world_get_happened (const SimWorld *world)
{
  return world->journal.happened;
}

guint64
sim_world_get_n_steps (const SimWorld *world)
{
  return world->n_steps;
}
