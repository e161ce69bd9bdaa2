/* Check lists: forming, pruning and ordering pairs, freezing them by foundation, and
 * picking the next one to check.  (RFC 8445 §6.1.2, §6.1.4) */
#include "ice/agent-private.h"

/* --- Finding ----------------------------------------------------------------------- */

FramPair *
fram_ice_agent_find_pair (const FramIceAgent *agent, guint32 base,
                          const FramAddress *remote)
{
  for (guint s = 0; s < agent->n_streams; s++)
    {
      GPtrArray *pairs = agent->streams[s].pairs;

      for (guint i = 0; i < pairs->len; i++)
        if (fram_pair_has_tuple (g_ptr_array_index (pairs, i), base, remote))
          return g_ptr_array_index (pairs, i);
    }
  return NULL;
}

FramCandidate *
fram_ice_stream_find_local (FramIceStream *stream, guint component, guint32 base,
                            const FramAddress *address)
{
  for (guint i = 0; i < stream->locals->len; i++)
    {
      FramCandidate *local = g_ptr_array_index (stream->locals, i);

      if (local->component == component && local->base == base
          && fram_address_equal (&local->address, address))
        return local;
    }
  return NULL;
}

FramCandidate *
fram_ice_stream_find_remote (FramIceStream *stream, guint component,
                             FramTransport transport, const FramAddress *address)
{
  for (guint i = 0; i < stream->remotes->len; i++)
    {
      FramCandidate *remote = g_ptr_array_index (stream->remotes, i);

      if (remote->component == component && remote->transport == transport
          && fram_address_equal (&remote->address, address))
        return remote;
    }
  return NULL;
}

static gboolean
is_own_base (const FramCandidate *local)
{
  return local->type == FRAM_CANDIDATE_HOST || local->type == FRAM_CANDIDATE_RELAYED;
}

FramCandidate *
fram_ice_agent_find_base (FramIceAgent *agent, guint32 base, guint *ret_stream)
{
  for (guint s = 0; s < agent->n_streams; s++)
    {
      GPtrArray *locals = agent->streams[s].locals;

      for (guint i = 0; i < locals->len; i++)
        {
          FramCandidate *local = g_ptr_array_index (locals, i);

          if (local->base != base || !is_own_base (local))
            continue;
          *ret_stream = s;
          return local;
        }
    }
  return NULL;
}

/* --- Forming ----------------------------------------------------------------------- */

/* RFC 8838 §11: one that has failed makes room for a new one, whatever its priority. */
static FramPair *
find_failed (FramIceAgent *agent)
{
  for (guint s = 0; s < agent->n_streams; s++)
    {
      GPtrArray *pairs = agent->streams[s].pairs;

      for (guint i = pairs->len; i > 0; i--)
        {
          FramPair *pair = g_ptr_array_index (pairs, i - 1);

          if (pair->state == FRAM_PAIR_FAILED && !pair->routed && !pair->carries
              && !pair->refused)
            return pair;
        }
    }
  return NULL;
}

static gboolean
is_before (const FramPair *pair, const FramPair *other)
{
  return pair->priority != other->priority ? pair->priority > other->priority
                                           : pair->id < other->id;
}

/* How many pairs of the same component and the same foundations stand before it, and may work yet:
 * it is one more lane beside them. */
static guint
count_before (const FramIceAgent *agent, const FramPair *pair)
{
  const GPtrArray *pairs = agent->streams[pair->stream].pairs;
  guint n = 0;

  for (guint i = 0; i < pairs->len; i++)
    {
      const FramPair *other = g_ptr_array_index (pairs, i);

      n += other->component == pair->component && other->state != FRAM_PAIR_FAILED
           && is_before (other, pair) && fram_pair_same_foundation (other, pair);
    }
  return n;
}

/* What goes first when the set is full: RFC 8445 §6.1.2.5 discards lower priorities, and evenly.
 * The lanes of two addresses that do not reach each other must not push out all that goes by a
 * NAT or a relay, and those of one component not those of another.  `n`, `n_other`: what
 * count_before() says of them. */
static gboolean
goes_before (const FramPair *pair, guint n, const FramPair *other, guint n_other)
{
  return n != n_other ? n > n_other : is_before (other, pair);
}

/* The one that goes next, among those not checked yet, and how many stand before it. */
static FramPair *
find_least (FramIceAgent *agent, guint *ret_n)
{
  FramPair *least = NULL;

  for (guint s = 0; s < agent->n_streams; s++)
    {
      GPtrArray *pairs = agent->streams[s].pairs;

      for (guint i = 0; i < pairs->len; i++)
        {
          FramPair *pair = g_ptr_array_index (pairs, i);
          guint n;

          if (pair->first_sent >= 0 || pair->triggered)
            continue;
          n = count_before (agent, pair);
          if (least != NULL && !goes_before (pair, n, least, *ret_n))
            continue;
          least = pair;
          *ret_n = n;
        }
    }
  return least;
}

/* What a check of the peer came by is more than what might work (RFC 8445 §7.3.1.4). */
static gboolean
make_room (FramIceAgent *agent, const FramPair *pair, gboolean heard)
{
  FramPair *least;
  guint n = 0;

  if (agent->n_pairs < agent->max_pairs)
    return TRUE;
  least = find_failed (agent);
  if (least == NULL)
    least = find_least (agent, &n);
  if (least == NULL
      || (!heard && least->state != FRAM_PAIR_FAILED
          && !goes_before (least, n, pair, count_before (agent, pair))))
    return FALSE;
  fram_ice_agent_remove_pair (agent, least);
  return TRUE;
}

FramPair *
fram_ice_agent_add_pair (FramIceAgent *agent, guint stream, FramCandidate *local,
                         FramCandidate *remote, gboolean heard)
{
  FramPair *pair;

  /* A component that has failed stays so (RFC 8445 §8.1.2). */
  if (agent->streams[stream].components[local->component - 1].state == FRAM_STATE_FAILED
      || !is_own_base (local) || !fram_pair_can_be (local, remote)
      || fram_ice_agent_find_pair (agent, local->base, &remote->address) != NULL)
    return NULL;

  pair = fram_pair_new (agent->next_pair_id + 1, stream, local, remote);
  fram_pair_update_priority (pair, agent->role);
  if (!make_room (agent, pair, heard))
    {
      fram_pair_free (pair);
      return NULL;
    }
  agent->next_pair_id++;
  agent->n_pairs++;
  agent->new_pairs = TRUE;
  g_ptr_array_add (agent->streams[stream].pairs, pair);
  g_ptr_array_sort (agent->streams[stream].pairs, fram_pair_compare);
  fram_ice_agent_emit (agent, FRAM_ICE_EVENT_PAIR_ADDED, pair);
  return pair;
}

/* A lite agent has no check lists (RFC 8445 §6.1.1), but pairs what two of them agree upon. */
static gboolean
forms_pairs (const FramIceAgent *agent)
{
  return !agent->is_lite || agent->remote_is_lite;
}

/* A pair of a local passive TCP candidate is not checked but pruned (RFC 6544 §6.2): the peer's
 * connection makes one. */
static gboolean
is_passive (const FramCandidate *local)
{
  return local->transport == FRAM_TRANSPORT_TCP_PASSIVE;
}

/* RFC 8445 §7.3.1.4 pairs what a check told of with the base that it came to, and with no other: of
 * a peer behind a NAT that gives each flow another address it is of no use elsewhere.  One that
 * works is tried from elsewhere, too. */
static gboolean
is_worth_pairing (const FramIceStream *stream, const FramCandidate *remote)
{
  if (remote->type != FRAM_CANDIDATE_PEER_REFLEXIVE)
    return TRUE;
  for (guint i = 0; i < stream->pairs->len; i++)
    {
      const FramPair *pair = g_ptr_array_index (stream->pairs, i);

      if (pair->remote == remote && pair->mapped != NULL)
        return TRUE;
    }
  return FALSE;
}

void
fram_ice_agent_pair_local (FramIceAgent *agent, guint stream, FramCandidate *local)
{
  FramIceStream *list = &agent->streams[stream];

  if (!forms_pairs (agent) || is_passive (local))
    return;
  for (guint i = 0; i < list->remotes->len; i++)
    {
      FramCandidate *remote = g_ptr_array_index (list->remotes, i);

      if (is_worth_pairing (list, remote))
        fram_ice_agent_add_pair (agent, stream, local, remote, FALSE);
    }
}

void
fram_ice_agent_pair_remote (FramIceAgent *agent, guint stream, FramCandidate *remote)
{
  FramIceStream *list = &agent->streams[stream];

  if (!forms_pairs (agent))
    return;
  for (guint i = 0; i < list->locals->len; i++)
    if (!is_passive (g_ptr_array_index (list->locals, i)))
      fram_ice_agent_add_pair (agent, stream, g_ptr_array_index (list->locals, i), remote,
                               FALSE);
}

static void
remember (FramIcePast *past, const FramPair *pair)
{
  past->n_pairs++;
  past->n_taken += pair->refused || pair->cause == FRAM_CAUSE_TUPLE_TAKEN;
  past->requests_received += pair->counters.requests_received;
  past->responses_received += pair->counters.responses_received;
}

void
fram_ice_agent_remove_pair (FramIceAgent *agent, FramPair *pair)
{
  FramIceComponent *component = fram_ice_agent_component (agent, pair);

  remember (&agent->past, pair);
  fram_ice_agent_untrigger (agent, pair);
  fram_ice_agent_drop_checks (agent, pair);
  if (component->selected == pair)
    component->selected = NULL;
  if (component->nominating == pair)
    component->nominating = NULL;
  if (component->path == pair)
    {
      component->path = NULL;
      fram_ice_agent_emit (agent, FRAM_ICE_EVENT_PATH, pair)->base = 0;
    }
  /* A refused pair never had a claim that could be given back. */
  if (!pair->refused)
    fram_ice_agent_emit (agent, FRAM_ICE_EVENT_PAIR_REMOVED, pair);
  fram_ice_agent_changed (agent);
  agent->n_pairs--;
  g_ptr_array_remove (agent->streams[pair->stream].pairs, pair);
}

gboolean
fram_ice_agent_awaits_peer (const FramIceAgent *agent, const FramPair *pair)
{
  const FramPair *selected
      = agent->streams[pair->stream].components[pair->component - 1].selected;

  return pair->readable && selected != NULL && selected->heard < 0;
}

void
fram_ice_agent_remove_others (FramIceAgent *agent, guint stream, guint component,
                              gboolean keep_valid)
{
  GPtrArray *pairs = agent->streams[stream].pairs;

  for (guint i = pairs->len; i > 0; i--)
    {
      FramPair *pair = g_ptr_array_index (pairs, i - 1);

      if (pair->component != component
          || pair == agent->streams[stream].components[component - 1].selected
          || (keep_valid && (pair->mapped != NULL || pair->peer_nominated)))
        continue;
      /* RFC 8445 §8.1.2: it is not checked any more.  The peer, which was answered there, sends its
       * data by it until it has selected, too, and they are under way for a while. */
      if (keep_valid && pair->readable)
        fram_ice_agent_fail_pair (agent, pair, FRAM_CAUSE_SUPERSEDED);
      else
        fram_ice_agent_remove_pair (agent, pair);
    }
}

void
fram_ice_agent_sort (FramIceAgent *agent)
{
  for (guint s = 0; s < agent->n_streams; s++)
    {
      GPtrArray *pairs = agent->streams[s].pairs;

      for (guint i = 0; i < pairs->len; i++)
        fram_pair_update_priority (g_ptr_array_index (pairs, i), agent->role);
      g_ptr_array_sort (pairs, fram_pair_compare);
    }
}

/* --- The triggered-check queue (RFC 8445 §6.1.4.1) --------------------------------- */

void
fram_ice_agent_trigger (FramIceAgent *agent, FramPair *pair, gboolean first)
{
  GQueue *queue = &agent->streams[pair->stream].triggered;

  if (pair->triggered && !first)
    return;
  fram_ice_agent_untrigger (agent, pair);
  pair->triggered = TRUE;
  if (first)
    g_queue_push_head (queue, pair);
  else
    g_queue_push_tail (queue, pair);
}

void
fram_ice_agent_untrigger (FramIceAgent *agent, FramPair *pair)
{
  if (!pair->triggered)
    return;
  pair->triggered = FALSE;
  g_queue_remove (&agent->streams[pair->stream].triggered, pair);
}

FramPair *
fram_ice_stream_find_triggered (const FramIceStream *stream)
{
  for (const GList *link = stream->triggered.head; link != NULL; link = link->next)
    {
      FramPair *pair = link->data;

      if (!pair->held)
        return pair;
    }
  return NULL;
}

/* --- Freezing (RFC 8445 §6.1.2.6, §6.1.4.2, §7.2.5.3.3; RFC 8838 §12) -------------- */

/* What the pairs of a foundation are doing, over all check lists. */
typedef struct
{
  gboolean under_way; /* one is being tried */
  gboolean proved;    /* one has Succeeded */
} FramFoundation;

/* Step 2 of §6.1.4.2 waits for a check until it has an answer or has failed, which takes 40 s
 * where a firewall is silent, and as often as the foundation has pairs: longer than a peer is
 * patient.  Here it gives way once it had to be sent again; the pacing holds all the same. */
static gboolean
is_under_way (const FramPair *pair)
{
  return pair->state == FRAM_PAIR_WAITING
         || (pair->state == FRAM_PAIR_IN_PROGRESS
             && pair->checks[0].transaction.n_sent < 2);
}

static FramFoundation
look_at_foundation (FramIceAgent *agent, const FramPair *like)
{
  FramFoundation found = { FALSE };

  for (guint s = 0; s < agent->n_streams; s++)
    {
      GPtrArray *pairs = agent->streams[s].pairs;

      for (guint i = 0; i < pairs->len; i++)
        {
          const FramPair *pair = g_ptr_array_index (pairs, i);

          if (pair->state == FRAM_PAIR_FROZEN || !fram_pair_same_foundation (pair, like))
            continue;
          found.proved |= pair->state == FRAM_PAIR_SUCCEEDED;
          found.under_way |= is_under_way (pair);
        }
    }
  return found;
}

/* Whether no pair of its foundation stands before it: in an earlier check list, or in its
 * own with a lower component or, at the same, a higher priority. */
static gboolean
is_topmost (FramIceAgent *agent, const FramPair *pair)
{
  for (guint s = 0; s <= pair->stream; s++)
    {
      GPtrArray *pairs = agent->streams[s].pairs;

      for (guint i = 0; i < pairs->len; i++)
        {
          const FramPair *other = g_ptr_array_index (pairs, i);

          if (other == pair || !fram_pair_same_foundation (other, pair))
            continue;
          if (s < pair->stream || other->component < pair->component
              || (other->component == pair->component
                  && fram_pair_compare (&other, &pair) < 0))
            return FALSE;
        }
    }
  return TRUE;
}

/* For pairs that were added: of each foundation, the topmost begins (RFC 8445 §6.1.2.6 step
 * 4), also if it came after others had begun (RFC 8838 §12 rule 1), and those of a foundation
 * that has proved itself (rule 2). */
static void
unfreeze_new (FramIceAgent *agent)
{
  if (!agent->new_pairs)
    return;
  agent->new_pairs = FALSE;

  for (guint s = 0; s < agent->n_streams; s++)
    for (guint i = 0; i < agent->streams[s].pairs->len; i++)
      {
        FramPair *pair = g_ptr_array_index (agent->streams[s].pairs, i);

        if (pair->state != FRAM_PAIR_FROZEN)
          continue;
        if (look_at_foundation (agent, pair).proved)
          fram_ice_agent_set_pair (agent, pair, FRAM_PAIR_WAITING,
                                   FRAM_CAUSE_FOUNDATION_PROVED);
        else if (is_topmost (agent, pair))
          fram_ice_agent_set_pair (agent, pair, FRAM_PAIR_WAITING,
                                   FRAM_CAUSE_FOUNDATION_FREE);
      }
}

void
fram_ice_agent_unfreeze_like (FramIceAgent *agent, const FramPair *like)
{
  for (guint s = 0; s < agent->n_streams; s++)
    {
      GPtrArray *pairs = agent->streams[s].pairs;

      for (guint i = 0; i < pairs->len; i++)
        {
          FramPair *pair = g_ptr_array_index (pairs, i);

          if (pair->state == FRAM_PAIR_FROZEN && fram_pair_same_foundation (pair, like))
            fram_ice_agent_set_pair (agent, pair, FRAM_PAIR_WAITING,
                                     FRAM_CAUSE_FOUNDATION_PROVED);
        }
    }
}

/* --- Picking (RFC 8445 §6.1.4.2) --------------------------------------------------- */

/* `tcp`: also of those that are tried later. */
static FramPair *
find_waiting (FramIceStream *stream, gboolean tcp)
{
  for (guint i = 0; i < stream->pairs->len; i++)
    {
      FramPair *pair = g_ptr_array_index (stream->pairs, i);

      if (pair->state == FRAM_PAIR_WAITING && !pair->triggered && !pair->held
          && (tcp || !fram_pair_is_tcp (pair)))
        return pair;
    }
  return NULL;
}

/* Step 2: with nothing left Waiting, a frozen foundation that nobody is trying begins. */
static FramPair *
unfreeze_free (FramIceAgent *agent, FramIceStream *stream, gboolean tcp)
{
  FramPair *first = NULL;

  for (guint i = 0; i < stream->pairs->len; i++)
    {
      FramPair *pair = g_ptr_array_index (stream->pairs, i);

      if (pair->state != FRAM_PAIR_FROZEN || look_at_foundation (agent, pair).under_way)
        continue;
      fram_ice_agent_set_pair (agent, pair, FRAM_PAIR_WAITING,
                               FRAM_CAUSE_FOUNDATION_FREE);
      if (first == NULL && !pair->held && (tcp || !fram_pair_is_tcp (pair)))
        first = pair;
    }
  return first;
}

static FramPair *
find_next (FramIceAgent *agent, FramIceStream *stream, gboolean tcp)
{
  FramPair *triggered = fram_ice_stream_find_triggered (stream), *pair = triggered;

  if (pair != NULL && pair->nominate == 0
      && stream->n_in_a_row >= FRAM_ICE_TRIGGERED_IN_A_ROW)
    pair = find_waiting (stream, tcp);
  if (pair == NULL)
    pair = triggered;
  if (pair == NULL)
    pair = find_waiting (stream, tcp);
  if (pair == NULL)
    pair = unfreeze_free (agent, stream, tcp);
  return pair;
}

FramPair *
fram_ice_agent_pick (FramIceAgent *agent, FramTime now, gboolean *ret_triggered)
{
  if (agent->is_lite || agent->remote_ufrag == NULL)
    return NULL;
  unfreeze_new (agent);

  /* Each check list in turn; one that has nothing gives its turn to the next. */
  for (guint n = 0; n < agent->n_streams; n++)
    {
      guint s = (agent->next_stream + n) % agent->n_streams;
      FramPair *pair = find_next (agent, &agent->streams[s], now >= agent->tcp_since);

      if (pair == NULL)
        continue;
      agent->next_stream = (s + 1) % agent->n_streams;
      *ret_triggered = pair->triggered;
      agent->streams[s].n_in_a_row
          = pair->triggered ? agent->streams[s].n_in_a_row + 1 : 0;
      fram_ice_agent_untrigger (agent, pair);
      return pair;
    }
  return NULL;
}

const FramPair *
fram_ice_agent_find_check (FramIceAgent *agent, gboolean tcp)
{
  const FramPair *found = NULL;

  if (agent->is_lite || agent->remote_ufrag == NULL)
    return NULL;
  unfreeze_new (agent);
  for (guint s = 0; s < agent->n_streams && found == NULL; s++)
    found = find_next (agent, &agent->streams[s], tcp);
  return found;
}
