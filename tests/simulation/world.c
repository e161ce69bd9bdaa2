#include "world.h"

#include "broker/snapshot.h"
#include "call.h"
#include "oracle.h"
#include "topology.h"

/* When a call that has not connected must have given up: the last check begins within
 * seconds, is repeated for 39.5 s (RFC 8489 §6.2.1), and RFC 8863 §4 adds as much. */
#define SETTLING_MAX FRAM_SECONDS (150)
/* The most that a negotiation may lose and must succeed nevertheless. */
#define LOSS_MAX 0.12
/* Consent checks are not repeated (RFC 7675 §5.1): five lost in a row end a call. */
#define HOLDING_LOSS_MAX 0.03
/* How often, and how many times, the ends talk to show that they are connected. */
#define TALK_INTERVAL FRAM_MILLISECONDS (150)
#define TALK_TIMES 40
/* After the linger time; a server that never answers is waited for so long. */
#define REST_MAX FRAM_SECONDS (60)
#define STEPS_MAX 20000000u

struct _SimWorld
{
  const SimPlan *plan;
  SimContext context;
  SimDice dice;
  SimJournal journal;
  SimTopology topology;
  SimStunServer *servers[SIM_MAX_SERVERS];
  SimHost *hosts[SIM_MAX_HOSTS];
  SimCall *calls;
  SimOutcome *outcomes;
  guint64 n_steps;
};

static FramTime
now (const SimWorld *world)
{
  return sim_schedule_now (world->context.schedule);
}

#define VIOLATE(world, rule, ...)                                                        \
  sim_journal_violate (&(world)->journal, now (world), "world", rule, __VA_ARGS__)

/* --- Building ---------------------------------------------------------------------- */

static void
add_servers (SimWorld *world)
{
  for (guint i = 0; i < world->plan->n_servers; i++)
    {
      const SimServerPlan *server = &world->plan->servers[i];

      if (!server->absent)
        world->servers[i] = sim_stun_server_new (world->topology.networks[0],
                                                 &server->address, server->kind);
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
  add_servers (world);
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
    sim_stun_server_free (world->servers[i]);
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
        VIOLATE (world, "world-ends", "there is no end of packets");
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

static double
get_loss (const SimWorld *world, guint call)
{
  return sim_plan_get_loss (world->plan, sim_plan_get_call (world->plan, call));
}

static gboolean
may_lose (const SimWorld *world, guint call)
{
  return get_loss (world, call) > LOSS_MAX;
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
        && !may_lose (world, i))
      VIOLATE (world, "sides-agree", "call %u: data do not come by the selected pair", i);
}

static void
leave (gpointer subject, gpointer detail)
{
  sim_host_leave (subject);
}

static void
lose_interface (gpointer subject, gpointer detail)
{
  sim_host_lose_interface (subject, GPOINTER_TO_UINT (detail));
}

static void
schedule_losses (SimWorld *world, guint host)
{
  const SimHostPlan *planned = &world->plan->hosts[host];

  if (planned->leaves != FRAM_TIME_NEVER)
    sim_schedule_add (world->context.schedule, planned->leaves, leave, world->hosts[host],
                      NULL, NULL);
  for (guint i = 0; i < planned->n_interfaces; i++)
    if (planned->interfaces[i].vanishes != FRAM_TIME_NEVER)
      sim_schedule_add (world->context.schedule, planned->interfaces[i].vanishes,
                        lose_interface, world->hosts[host], GUINT_TO_POINTER (i), NULL);
}

static FramTime
begin (SimWorld *world)
{
  FramTime last = 0;

  for (guint i = 0; i < world->plan->n_hosts; i++)
    {
      sim_host_start (world->hosts[i]);
      schedule_losses (world, i);
    }
  for (guint i = 0; i < world->plan->calls->len; i++)
    {
      const SimCallPlan *planned = sim_plan_get_call (world->plan, i);

      sim_call_schedule (&world->calls[i]);
      last = MAX (last, planned->starts);
      for (guint side = 0; side < 2; side++)
        if (planned->ends[side].restarts != FRAM_TIME_NEVER)
          last = MAX (last, planned->ends[side].restarts);
      last += 2 * (planned->delay + planned->jitter);
    }
  return last;
}

/* --- Judging ----------------------------------------------------------------------- */

static void
judge_pair_of_ends (SimWorld *world, guint i)
{
  const SimCall *call = &world->calls[i];
  const SimEnd *a = &call->ends[0], *b = &call->ends[1];
  FramSessionRow rows[2];

  if (!sim_call_is_connected (call))
    return;
  /* Among several, what one call sends may open a filter for another on the same base. */
  if (!world->outcomes[i].has_path && world->plan->calls->len == 1)
    VIOLATE (world, "oracle", "call %u is connected, though it has no path", i);
  if (fram_broker_get_session (sim_host_get_broker (a->host), a->session, &rows[0])
      && fram_broker_get_session (sim_host_get_broker (b->host), b->session, &rows[1])
      && rows[0].role == rows[1].role)
    VIOLATE (world, "roles-differ", "call %u: both sides are %s", i,
             fram_role_to_text (rows[0].role));
}

/* Who does not trickle waits a while for the servers, and goes without them if too many
 * packets are lost. */
static gboolean
may_miss_server (const SimWorld *world, guint i)
{
  const SimCallPlan *planned = sim_plan_get_call (world->plan, i);

  return get_loss (world, i) > 0.0
         && !(planned->ends[0].trickle && planned->ends[1].trickle)
         && !sim_oracle_needs_no_server (world->plan, planned);
}

static void
judge (SimWorld *world, guint i)
{
  const SimCall *call = &world->calls[i];
  const SimEnd *a = &call->ends[0], *b = &call->ends[1];
  SimOutcome *outcome = &world->outcomes[i];

  outcome->connected = sim_call_is_connected (call);
  if (outcome->connected)
    outcome->took = MAX (a->ready, b->ready) - call->planned->starts;
  judge_pair_of_ends (world, i);
  if (sim_end_is_gone (a) || sim_end_is_gone (b) || may_lose (world, i)
      || sim_plan_is_unsteady (world->plan, call->planned))
    return;
  if (outcome->has_path && !outcome->connected && !may_miss_server (world, i))
    VIOLATE (world, "connects", "call %u: %s (%s) and %s (%s), though there is a path", i,
             fram_state_to_text (a->state), fram_cause_to_word (a->cause),
             fram_state_to_text (b->state), fram_cause_to_word (b->cause));
}

static void
judge_settling (SimWorld *world, gboolean settled)
{
  for (guint i = 0; i < world->plan->calls->len; i++)
    {
      const SimCall *call = &world->calls[i];

      judge (world, i);
      if (!settled && !sim_call_is_settled (call) && !may_lose (world, i))
        VIOLATE (world, "settles", "call %u: %s (%s) and %s (%s) after %.0f s", i,
                 fram_state_to_text (call->ends[0].state),
                 fram_cause_to_word (call->ends[0].cause),
                 fram_state_to_text (call->ends[1].state),
                 fram_cause_to_word (call->ends[1].cause), (double) SETTLING_MAX / 1e6);
    }
}

/* Two consent checks lost in a row are called disconnected, for a while. */
static gboolean
is_held (const SimEnd *end, double loss)
{
  return end->state == FRAM_STATE_COMPLETED
         || (end->state == FRAM_STATE_DISCONNECTED && loss > 0.0);
}

static void
judge_holding (SimWorld *world)
{
  for (guint i = 0; i < world->plan->calls->len; i++)
    {
      const SimEnd *a = &world->calls[i].ends[0], *b = &world->calls[i].ends[1];
      double loss = get_loss (world, i);

      if (world->outcomes[i].connected && !sim_end_is_gone (a) && !sim_end_is_gone (b)
          && !sim_plan_is_unsteady (world->plan, world->calls[i].planned)
          && loss <= HOLDING_LOSS_MAX && !(is_held (a, loss) && is_held (b, loss)))
        VIOLATE (world, "holds", "call %u: %s (%s) and %s (%s) after a while", i,
                 fram_state_to_text (a->state), fram_cause_to_word (a->cause),
                 fram_state_to_text (b->state), fram_cause_to_word (b->cause));
    }
}

static void
end_calls (SimWorld *world)
{
  for (guint i = 0; i < world->plan->calls->len; i++)
    for (guint side = 0; side < 2; side++)
      if (!world->calls[i].ends[side].over)
        sim_end_close (&world->calls[i].ends[side]);
  run (world, now (world) + world->plan->linger + REST_MAX, NULL);
  for (guint i = 0; i < world->plan->n_hosts && world->journal.violation == NULL; i++)
    sim_host_check_empty (world->hosts[i]);
}

gboolean
sim_world_run (SimWorld *world)
{
  FramTime last = begin (world);
  gboolean settled = run (world, last + SETTLING_MAX, all_settled);

  if (world->journal.violation == NULL)
    judge_settling (world, settled);
  if (world->journal.violation == NULL)
    talk (world);
  if (world->journal.violation == NULL && world->plan->holds > 0)
    {
      run (world, now (world) + world->plan->holds, NULL);
      judge_holding (world);
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

guint64
sim_world_get_n_steps (const SimWorld *world)
{
  return world->n_steps;
}
