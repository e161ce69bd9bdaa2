/* Whether a world has come to a good end. */
#include "world-private.h"

#include "broker/snapshot.h"
#include "oracle.h"

/* The most that a negotiation may lose and must succeed nevertheless. */
#define LOSS_MAX 0.12
/* Consent checks are not repeated (RFC 7675 §5.1): five lost in a row end a call. */
#define HOLDING_LOSS_MAX 0.03
/* So many calls that need a relay all find one. */
#define RELAYED_CROWD 8
/* What changes within this time is one change. */
#define CHANGE_MAX FRAM_SECONDS (2)
/* RFC 7675 §5.1: after 30 s without an answer there is nothing left to recover.  A path that rests is
 * asked up to 9 s later than others. */
#define RECOVERY_MAX FRAM_SECONDS (54)
/* Who does not know by then what candidates it has never will. */
#define GATHERING_MAX FRAM_SECONDS (5)
/* Who may use nothing but a relay waits for as long as a connection may take. */
#define GATHERING_RELAY_MAX FRAM_SECONDS (12)

static double
get_loss (const SimWorld *world, guint call)
{
  return sim_plan_get_loss (world->plan, sim_plan_get_call (world->plan, call));
}

gboolean
sim_world_may_lose (const SimWorld *world, guint call)
{
  return get_loss (world, call) > LOSS_MAX;
}

gboolean
sim_world_is_moving (const SimWorld *world, guint call)
{
  FramTime first, last, now = sim_schedule_now (world->context.schedule);

  return sim_plan_find_changes (world->plan, sim_plan_get_call (world->plan, call),
                                &first, &last)
         && first <= now && now - last < RECOVERY_MAX;
}

/* Whether one of the call's ends knows a server that relays. */
static gboolean
has_relays (const SimPlan *plan, const SimCallPlan *call)
{
  for (guint i = 0; i < plan->n_servers; i++)
    if (plan->servers[i].relays
        && ((call->ends[0].servers | call->ends[1].servers) & (1u << i)) != 0)
      return TRUE;
  return FALSE;
}

/* A relayed path has more parts than others, each of which loses packets. */
static gboolean
may_lose_relayed (const SimWorld *world, guint i)
{
  const SimCallPlan *planned = sim_plan_get_call (world->plan, i);

  return has_relays (world->plan, planned)
         && sim_plan_get_relayed_loss (world->plan, planned) > LOSS_MAX;
}

gboolean
sim_world_may_nominate_late (const SimWorld *world, guint i)
{
  return sim_world_may_lose (world, i) || may_lose_relayed (world, i);
}

static void
judge_pair_of_ends (SimWorld *world, guint i)
{
  const SimCall *call = &world->calls[i];
  const SimEnd *a = &call->ends[0], *b = &call->ends[1];
  FramSessionRow rows[2];
  FramTime first, last;

  if (!sim_call_is_connected (call))
    return;
  /* Among several, what one call sends may open a filter for another on the same base; and
   * there may be a path when addresses have changed.  A relay that comes late is asked for
   * addresses of the peer, too, that only another base has heard of. */
  if (!world->outcomes[i].has_path && world->plan->calls->len == 1
      && !has_relays (world->plan, call->planned)
      && !sim_plan_find_changes (world->plan, call->planned, &first, &last)
      && !sim_plan_may_lapse (world->plan, call->planned)
      && !sim_oracle_may_have_path (world->plan, call->planned))
    SIM_WORLD_VIOLATE (world, "oracle", "call %u is connected, though it has no path", i);
  if (fram_broker_get_session (sim_host_get_broker (a->host), a->session, &rows[0])
      && fram_broker_get_session (sim_host_get_broker (b->host), b->session, &rows[1])
      && rows[0].role == rows[1].role)
    SIM_WORLD_VIOLATE (world, "roles-differ", "call %u: both sides are %s", i,
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

/* Where many calls at once have nothing but relays, each component that collides tries a few
 * lanes of them, and a session's pairs are limited (RFC 8445 §6.1.2.5): not all may find one. */
static gboolean
may_be_crowded_out (const SimPlan *plan, const SimCallPlan *call)
{
  guint n_relayed = 0;

  if (plan->calls->len <= RELAYED_CROWD || sim_oracle_needs_no_relay (plan, call))
    return FALSE;
  for (guint c = 0; c < plan->calls->len && n_relayed <= RELAYED_CROWD; c++)
    n_relayed += !sim_oracle_needs_no_relay (plan, sim_plan_get_call (plan, c));
  return n_relayed > RELAYED_CROWD;
}

/* All packets of a transaction may be lost where there are nothing but such paths. */
static gboolean
may_lose_all (const SimWorld *world, guint i)
{
  return sim_world_may_lose (world, i)
         || (may_lose_relayed (world, i)
             && !sim_oracle_needs_no_relay (world->plan,
                                            sim_plan_get_call (world->plan, i)));
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
  if (sim_end_is_gone (a) || sim_end_is_gone (b) || may_lose_all (world, i)
      || sim_plan_is_open (world->plan, call->planned))
    return;
  if (outcome->has_path && !outcome->connected && !may_miss_server (world, i)
      && !sim_plan_may_lapse (world->plan, call->planned)
      && !may_be_crowded_out (world->plan, call->planned))
    SIM_WORLD_VIOLATE (world, "connects",
                       "call %u: %s (%s) and %s (%s), though there is a path", i,
                       fram_state_to_text (a->state), fram_cause_to_word (a->cause),
                       fram_state_to_text (b->state), fram_cause_to_word (b->cause));
}

/* Each component has one selected pair, and its data take it. */
static void
judge_selection (SimWorld *world, const SimEnd *end)
{
  g_autoptr (GArray) rows
      = fram_broker_list_pairs (sim_host_get_broker (end->host), end->session);
  SimDataPlane *plane = sim_host_get_data_plane (end->host);
  guint n_selected = 0;

  for (guint i = 0; i < rows->len; i++)
    {
      const FramPairRow *row = &g_array_index (rows, FramPairRow, i);
      const SimComponent component = { end->session, row->stream, row->component };
      const SimTuple *path = sim_data_plane_find_path (plane, &component);

      if (!row->selected)
        continue;
      n_selected++;
      if (path == NULL || !fram_address_equal (&path->remote, &row->remote))
        SIM_WORLD_VIOLATE (world, "selected-is-path", "%s: session %u.%u.%u",
                           sim_host_get_name (end->host), end->session, row->stream,
                           row->component);
    }
  if (n_selected != end->n_streams * end->call->planned->n_components)
    SIM_WORLD_VIOLATE (world, "all-selected", "%s: session %u has %u selected pairs",
                       sim_host_get_name (end->host), end->session, n_selected);
}

static void
judge_end (SimWorld *world, const SimEnd *end)
{
  if (sim_end_is_gone (end) || end->session == 0)
    return;
  if (!end->gathered
      && sim_schedule_now (world->context.schedule)
             > end->opened
                   + (end->plan->policy == FRAM_POLICY_RELAY ? GATHERING_RELAY_MAX
                                                             : GATHERING_MAX))
    SIM_WORLD_VIOLATE (world, "gathers", "%s: session %u never ends to gather",
                       sim_host_get_name (end->host), end->session);
  if (end->state == FRAM_STATE_COMPLETED && !sim_world_may_lose (world, end->call->index)
      && !sim_plan_is_open (world->plan, end->call->planned))
    judge_selection (world, end);
}

void
sim_world_judge_settling (SimWorld *world, gboolean settled)
{
  for (guint i = 0; i < world->plan->calls->len; i++)
    {
      const SimCall *call = &world->calls[i];

      judge (world, i);
      judge_end (world, &call->ends[0]);
      judge_end (world, &call->ends[1]);
      if (!settled && !sim_call_is_settled (call) && !sim_world_may_lose (world, i)
          && !sim_plan_is_open (world->plan, call->planned)
          && !may_be_crowded_out (world->plan, call->planned))
        SIM_WORLD_VIOLATE (world, "settles", "call %u: %s (%s) and %s (%s) after %.0f s",
                           i, fram_state_to_text (call->ends[0].state),
                           fram_cause_to_word (call->ends[0].cause),
                           fram_state_to_text (call->ends[1].state),
                           fram_cause_to_word (call->ends[1].cause),
                           (double) SIM_SETTLING_MAX / 1e6);
    }
}

/* Two consent checks lost in a row are called disconnected, for a while. */
static gboolean
is_held (const SimEnd *end, double loss)
{
  return end->state == FRAM_STATE_COMPLETED
         || (end->state == FRAM_STATE_DISCONNECTED && loss > 0.0);
}

/* Where nobody says that a connection is not known any more, as when a NAT has forgotten it, it stays
 * silent until the consent is over; what goes by UDP is mapped anew. */
static gboolean
has_path_again (const SimPlan *after, const SimCallPlan *planned)
{
  SimCallPlan call = *planned;

  call.ends[0].tcp = call.ends[0].tcp && after->icmp;
  return sim_oracle_has_path (after, &call) && !may_be_crowded_out (after, &call);
}

/* Whether the call must have found another path by now: it was connected before its
 * addresses changed, in one go, there is a path with the new ones, and its applications pass
 * candidates on. */
static gboolean
must_recover (const SimWorld *world, guint i)
{
  const SimCallPlan *planned = sim_plan_get_call (world->plan, i);
  const SimEnd *a = &world->calls[i].ends[0], *b = &world->calls[i].ends[1];
  FramTime first, last, now = sim_schedule_now (world->context.schedule);
  SimPlan after;

  if (sim_end_is_gone (a) || sim_end_is_gone (b)
      || !sim_plan_find_changes (world->plan, planned, &first, &last))
    return FALSE;
  for (guint side = 0; side < 2; side++)
    if (!planned->ends[side].trickle || planned->ends[side].policy != FRAM_POLICY_ALL
        || planned->ends[side].restarts != FRAM_TIME_NEVER)
      return FALSE;
  if (a->ready < 0 || b->ready < 0 || MAX (a->ready, b->ready) >= first
      || last - first > CHANGE_MAX || now - last < RECOVERY_MAX
      || get_loss (world, i) > HOLDING_LOSS_MAX)
    return FALSE;
  after = sim_plan_after_changes (world->plan);
  return has_path_again (&after, planned);
}

static void
judge_recovery (SimWorld *world, guint i)
{
  const SimEnd *a = &world->calls[i].ends[0], *b = &world->calls[i].ends[1];
  double loss = get_loss (world, i);

  if (must_recover (world, i) && !(is_held (a, loss) && is_held (b, loss)))
    SIM_WORLD_VIOLATE (world, "recovers",
                       "call %u: %s (%s) and %s (%s) after its addresses changed", i,
                       fram_state_to_text (a->state), fram_cause_to_word (a->cause),
                       fram_state_to_text (b->state), fram_cause_to_word (b->cause));
}

void
sim_world_judge_holding (SimWorld *world)
{
  for (guint i = 0; i < world->plan->calls->len; i++)
    {
      const SimEnd *a = &world->calls[i].ends[0], *b = &world->calls[i].ends[1];
      double loss = get_loss (world, i);

      world->outcomes[i].held = sim_call_is_connected (&world->calls[i]);
      judge_recovery (world, i);
      if (world->outcomes[i].connected && !sim_end_is_gone (a) && !sim_end_is_gone (b)
          && !sim_plan_is_open (world->plan, world->calls[i].planned)
          && loss <= HOLDING_LOSS_MAX && !(is_held (a, loss) && is_held (b, loss)))
        SIM_WORLD_VIOLATE (world, "holds", "call %u: %s (%s) and %s (%s) after a while",
                           i, fram_state_to_text (a->state),
                           fram_cause_to_word (a->cause), fram_state_to_text (b->state),
                           fram_cause_to_word (b->cause));
    }
}
