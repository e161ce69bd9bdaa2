#include "watch.h"

#include <string.h>

#include "ice/candidate-line.h"

/* With many sessions, those that said nothing are looked at once in so many steps. */
#define LOOK_AT_ALL_BELOW 6
#define LOOK_AT_ALL_EACH 64

/* Causes of a pair's way within one step: this many changes may be folded into one. */
#define STEPS_FOLDED 3

/* RFC 8863 §4 gives 39.5 s; an agent gives up after three times as long (ice/agent-private.h),
 * and some seconds for gathering and late timers. */
#define CHECKING_MAX FRAM_SECONDS (130)

/* A path is left for a better one after a second, and for any if it is silent: so many changes
 * within this time would be to and fro. */
#define FLAPS 5
#define FLAPPING FRAM_SECONDS (3)

/* A better path proves itself for so long before a working one is left for it. */
#define DAMPING FRAM_SECONDS (1)

/* A component as it was told of. */
typedef struct
{
  FramState state;
  FramTime since;
  FramTime selected[FLAPS]; /* the newest first */
  gboolean left;            /* a path that worked, since the last look */
} Followed;

typedef struct
{
  FramSessionId id;
  gboolean trickle;
  gboolean gathered;
  gboolean restarted; /* a former generation may live on */
  gboolean hinted;    /* PAIRS_CHANGED since the last look */
  gboolean removing;  /* a stream goes */
  guint removed;      /* bit i: stream i is gone */
  FramState state;
  Followed components[FRAM_MAX_STREAMS][FRAM_MAX_COMPONENTS];
  GHashTable *pairs; /* id -> FramPairState */
  GHashTable *valid; /* id -> since when it works, FramTime */
} Watched;

struct _SimWatch
{
  const SimContext *context;
  const char *who;
  FramBroker *broker;
  GHashTable *sessions; /* id -> Watched */
  guint n_steps;
};

#define VIOLATE(watch, rule, ...)                                                        \
  sim_journal_violate ((watch)->context->journal,                                        \
                       sim_schedule_now ((watch)->context->schedule), (watch)->who,      \
                       rule, __VA_ARGS__)

static void
watched_free (gpointer data)
{
  Watched *watched = data;

  g_hash_table_unref (watched->valid);
  g_hash_table_unref (watched->pairs);
  g_free (watched);
}

SimWatch *
sim_watch_new (const SimContext *context, const char *who, FramBroker *broker)
{
  SimWatch *watch = g_new0 (SimWatch, 1);

  watch->context = context;
  watch->who = who;
  watch->broker = broker;
  watch->sessions = g_hash_table_new_full (NULL, NULL, NULL, watched_free);
  return watch;
}

void
sim_watch_free (SimWatch *watch)
{
  if (watch == NULL)
    return;
  g_hash_table_unref (watch->sessions);
  g_free (watch);
}

void
sim_watch_add_session (SimWatch *watch, FramSessionId session, gboolean trickle)
{
  Watched *watched = g_new0 (Watched, 1);

  watched->id = session;
  watched->trickle = trickle;
  watched->pairs = g_hash_table_new (NULL, NULL);
  watched->valid = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  if (!g_hash_table_insert (watch->sessions, GUINT_TO_POINTER (session), watched))
    VIOLATE (watch, "session-id-fresh", "session %u came again", session);
}

void
sim_watch_restart_session (SimWatch *watch, FramSessionId session)
{
  Watched *watched = g_hash_table_lookup (watch->sessions, GUINT_TO_POINTER (session));

  g_assert (watched != NULL);
  watched->gathered = FALSE;
  watched->restarted = TRUE;
  memset (watched->components, 0, sizeof watched->components);
  g_hash_table_remove_all (watched->pairs);
  g_hash_table_remove_all (watched->valid);
}

void
sim_watch_begin_removal (SimWatch *watch, FramSessionId session)
{
  Watched *watched = g_hash_table_lookup (watch->sessions, GUINT_TO_POINTER (session));

  g_assert (watched != NULL);
  watched->removing = TRUE;
}

void
sim_watch_end_removal (SimWatch *watch, FramSessionId session, guint stream)
{
  Watched *watched = g_hash_table_lookup (watch->sessions, GUINT_TO_POINTER (session));

  g_assert (watched != NULL);
  watched->removing = FALSE;
  for (guint c = 0; c < FRAM_MAX_COMPONENTS; c++)
    if (watched->components[stream][c].state != FRAM_STATE_NEW
        && watched->components[stream][c].state != FRAM_STATE_CLOSED)
      VIOLATE (watch, "removed-is-closed", "component %u.%u.%u is %s", session, stream,
               c + 1, fram_state_to_text (watched->components[stream][c].state));
  memset (watched->components[stream], 0, sizeof watched->components[stream]);
  watched->removed |= 1u << stream;
}

guint
sim_watch_count_sessions (const SimWatch *watch)
{
  return g_hash_table_size (watch->sessions);
}

/* --- States ------------------------------------------------------------------------ */

/* RTCIceTransportState of the W3C, and what a restart adds.  A session of many components is
 * disconnected as soon as one of them is, though others are still checking. */
static gboolean
state_may_follow (FramState from, FramState to, gboolean of_many)
{
  switch (to)
    {
    case FRAM_STATE_NEW:
      return from != FRAM_STATE_NEW && from != FRAM_STATE_CLOSED;
    case FRAM_STATE_CHECKING:
      return from != FRAM_STATE_CHECKING && from != FRAM_STATE_CLOSED;
    case FRAM_STATE_CONNECTED:
    case FRAM_STATE_COMPLETED:
      return from != to && from != FRAM_STATE_FAILED && from != FRAM_STATE_CLOSED;
    case FRAM_STATE_DISCONNECTED:
      return from == FRAM_STATE_CONNECTED || from == FRAM_STATE_COMPLETED
             || (of_many && from == FRAM_STATE_CHECKING);
    case FRAM_STATE_FAILED:
    case FRAM_STATE_CLOSED:
      return from != to && from != FRAM_STATE_CLOSED;
    }
  g_assert_not_reached ();
}

static void
follow_state (SimWatch *watch, const Watched *watched, FramState *state,
              const FramEvent *event)
{
  gboolean fewer
      = watched->removing && event->type == FRAM_EVENT_STATE && event->state != *state;

  if (!(fewer || state_may_follow (*state, event->state, event->type == FRAM_EVENT_STATE))
      || (event->state == FRAM_STATE_NEW) != (event->cause == FRAM_CAUSE_RESTART))
    VIOLATE (watch, "state-legal", "session %u.%u.%u goes from %s to %s", watched->id,
             event->stream, event->component, fram_state_to_text (*state),
             fram_state_to_text (event->state));
  if (event->cause == FRAM_CAUSE_NONE)
    VIOLATE (watch, "state-has-cause", "session %u.%u.%u is %s without a cause",
             watched->id, event->stream, event->component,
             fram_state_to_text (event->state));
  *state = event->state;
}

static gboolean
component_exists (SimWatch *watch, const Watched *watched, const FramEvent *event)
{
  if (event->stream >= FRAM_MAX_STREAMS || event->component < 1
      || event->component > FRAM_MAX_COMPONENTS)
    {
      VIOLATE (watch, "component-exists", "session %u has no component %u.%u",
               watched->id, event->stream, event->component);
      return FALSE;
    }
  return TRUE;
}

static void
follow_component (SimWatch *watch, Watched *watched, const FramEvent *event)
{
  Followed *component;

  if (!component_exists (watch, watched, event))
    return;
  component = &watched->components[event->stream][event->component - 1];
  follow_state (watch, watched, &component->state, event);
  component->since = sim_schedule_now (watch->context->schedule);
}

static void
follow_selection (SimWatch *watch, Watched *watched, const FramEvent *event)
{
  FramTime now = sim_schedule_now (watch->context->schedule);
  Followed *component;

  if (!component_exists (watch, watched, event))
    return;
  component = &watched->components[event->stream][event->component - 1];
  if (component->selected[FLAPS - 1] > 0
      && now - component->selected[FLAPS - 1] < FLAPPING)
    VIOLATE (watch, "no-flapping", "session %u.%u.%u changes its path again and again",
             watched->id, event->stream, event->component);
  component->left = component->state == FRAM_STATE_COMPLETED;
  if (component->selected[0] > 0)
    sim_journal_count (watch->context->journal, SIM_CHANGED_PATH);
  memmove (component->selected + 1, component->selected, (FLAPS - 1) * sizeof now);
  component->selected[0] = now;
}

/* Nobody checks for ever. */
static void
look_at_checking (SimWatch *watch, const Watched *watched)
{
  FramTime now = sim_schedule_now (watch->context->schedule);

  for (guint s = 0; s < FRAM_MAX_STREAMS; s++)
    for (guint c = 0; c < FRAM_MAX_COMPONENTS; c++)
      {
        const Followed *component = &watched->components[s][c];

        if (component->state == FRAM_STATE_CHECKING
            && now - component->since > CHECKING_MAX)
          VIOLATE (watch, "checking-ends", "session %u.%u.%u is still checking",
                   watched->id, s, c + 1);
      }
}

static void
follow_candidate (SimWatch *watch, const Watched *watched, const FramEvent *event)
{
  char name[FRAM_MDNS_NAME_MAX + 1];
  FramCandidate candidate;
  FramCandidateLineResult result = fram_candidate_parse (&candidate, name, event->text);

  if (result != FRAM_CANDIDATE_LINE_OK && result != FRAM_CANDIDATE_LINE_NAMED)
    VIOLATE (watch, "candidate-line", "session %u shows “%s”", watched->id, event->text);
  else if (candidate.component != event->component)
    VIOLATE (watch, "candidate-line", "session %u shows component %u as %u", watched->id,
             event->component, candidate.component);
  /* A lane added after a collision is told later, to who said it could take that. */
  if (watched->gathered && !watched->trickle)
    VIOLATE (watch, "gathering-done-last", "session %u shows “%s” after the end",
             watched->id, event->text);
}

static gboolean
has_failed (const Watched *watched)
{
  for (guint s = 0; s < FRAM_MAX_STREAMS; s++)
    for (guint c = 0; c < FRAM_MAX_COMPONENTS; c++)
      if (watched->components[s][c].state != FRAM_STATE_NEW
          && watched->components[s][c].state != FRAM_STATE_FAILED)
        return FALSE;
  return watched->state == FRAM_STATE_FAILED;
}

/* RFC 7675 §5.1: an answer would be consent, which the peer may not have any more. */
static void
follow_silence (SimWatch *watch, const Watched *watched, const FramEvent *event)
{
  gboolean failed = event->type == FRAM_EVENT_TRANSMIT
                        ? has_failed (watched)
                        : watched->components[event->stream][event->component - 1].state
                              == FRAM_STATE_FAILED;

  if (failed && !watched->restarted && event->base != 0)
    VIOLATE (watch, "failed-is-silent", "session %u has failed and uses base %u",
             watched->id, event->base);
}

/* What a session says of its streams is of those that are there. */
static void
follow_removed (SimWatch *watch, const Watched *watched, const FramEvent *event)
{
  gboolean speaks
      = event->type == FRAM_EVENT_LOCAL_CANDIDATE
        || event->type == FRAM_EVENT_COMPONENT_STATE || event->type == FRAM_EVENT_SELECTED
        || event->type == FRAM_EVENT_ROUTE_ADD || event->type == FRAM_EVENT_PATH;

  if (speaks && event->stream < FRAM_MAX_STREAMS
      && (watched->removed & (1u << event->stream)) != 0)
    VIOLATE (watch, "removed-is-silent", "stream %u.%u has an event of type %d",
             watched->id, event->stream, (int) event->type);
}

static void
follow_session (SimWatch *watch, Watched *watched, const FramEvent *event)
{
  follow_removed (watch, watched, event);
  switch (event->type)
    {
    case FRAM_EVENT_LOCAL_CANDIDATE:
      follow_candidate (watch, watched, event);
      return;
    case FRAM_EVENT_GATHERING_DONE:
      if (watched->gathered)
        VIOLATE (watch, "gathering-done-once", "session %u is done again", watched->id);
      watched->gathered = TRUE;
      return;
    case FRAM_EVENT_STATE:
      follow_state (watch, watched, &watched->state, event);
      return;
    case FRAM_EVENT_COMPONENT_STATE:
      follow_component (watch, watched, event);
      return;
    case FRAM_EVENT_SELECTED:
      follow_selection (watch, watched, event);
      return;
    case FRAM_EVENT_PAIRS_CHANGED:
      watched->hinted = TRUE;
      return;
    case FRAM_EVENT_CLOSED:
      if (event->cause == FRAM_CAUSE_NONE)
        VIOLATE (watch, "state-has-cause", "session %u closed without a cause",
                 watched->id);
      g_hash_table_remove (watch->sessions, GUINT_TO_POINTER (watched->id));
      return;
    case FRAM_EVENT_TRANSMIT:
    case FRAM_EVENT_ROUTE_ADD:
    case FRAM_EVENT_PATH:
      follow_silence (watch, watched, event);
      return;
    case FRAM_EVENT_RESTART_ADVISED:
    case FRAM_EVENT_OPEN_BASE:
    case FRAM_EVENT_CLOSE_BASE:
    case FRAM_EVENT_ROUTE_REMOVE:
    case FRAM_EVENT_OPEN_STREAM:
    case FRAM_EVENT_RESOLVE:
    case FRAM_EVENT_NAME_RESOLVE:
    case FRAM_EVENT_NAME_PUBLISH:
    case FRAM_EVENT_NAME_FORGET:
    case FRAM_EVENT_REMEMBER:
    case FRAM_EVENT_NETWORK_CHECKED:
    case FRAM_EVENT_SERVER_TESTED:
    case FRAM_EVENT_TRACE:
    case FRAM_EVENT_RELAY_ADD:
    case FRAM_EVENT_RELAY_CHANNEL:
      return;
    }
  g_assert_not_reached ();
}

void
sim_watch_event (SimWatch *watch, const FramEvent *event)
{
  Watched *watched;

  if (event->session == 0)
    return;
  watched = g_hash_table_lookup (watch->sessions, GUINT_TO_POINTER (event->session));
  if (watched == NULL)
    VIOLATE (watch, "silent-after-closed", "session %u has an event of type %d",
             event->session, (int) event->type);
  else
    follow_session (watch, watched, event);
}

/* --- Pairs ------------------------------------------------------------------------- */

/* Several changes may lie between two looks. */
static gboolean
pair_may_become (FramPairState from, FramPairState to, guint steps)
{
  if (from == to || fram_pair_state_may_follow (from, to))
    return TRUE;
  for (FramPairState next = FRAM_PAIR_FROZEN; steps > 1 && next <= FRAM_PAIR_FAILED;
       next++)
    if (fram_pair_state_may_follow (from, next) && pair_may_become (next, to, steps - 1))
      return TRUE;
  return FALSE;
}

static void
note_pair (SimWatch *watch, const Watched *watched, const FramPairRow *row)
{
  char local[FRAM_ADDRESS_TEXT], remote[FRAM_ADDRESS_TEXT];

  if (watch->context->journal->tracing == SIM_TRACING_OFF)
    return;
  sim_journal_note (
      watch->context->journal, sim_schedule_now (watch->context->schedule), watch->who,
      "session %u.%u.%u pair %u, %s -> %s, is %s: %s", watched->id, row->stream,
      row->component, row->id, fram_address_to_text (&row->local, local),
      fram_address_to_text (&row->remote, remote), fram_pair_state_to_text (row->state),
      fram_cause_to_word (row->cause));
}

static void
look_at_pair (SimWatch *watch, Watched *watched, const FramPairRow *row)
{
  FramTime now = sim_schedule_now (watch->context->schedule);
  gboolean known;
  gpointer seen;

  known = g_hash_table_lookup_extended (watched->pairs, GUINT_TO_POINTER (row->id), NULL,
                                        &seen);
  if (!known || seen != GUINT_TO_POINTER (row->state))
    note_pair (watch, watched, row);
  if (!known)
    seen = GUINT_TO_POINTER (FRAM_PAIR_FROZEN);
  else if (!watched->hinted && seen != GUINT_TO_POINTER (row->state))
    VIOLATE (watch, "pairs-hint", "pair %u of session %u became %s without a hint",
             row->id, watched->id, fram_pair_state_to_text (row->state));

  if (!pair_may_become (GPOINTER_TO_UINT (seen), row->state, STEPS_FOLDED))
    VIOLATE (watch, "pair-state-legal", "pair %u of session %u goes from %s to %s",
             row->id, watched->id, fram_pair_state_to_text (GPOINTER_TO_UINT (seen)),
             fram_pair_state_to_text (row->state));
  if (row->state != FRAM_PAIR_FROZEN && row->cause == FRAM_CAUSE_NONE)
    VIOLATE (watch, "pair-has-cause", "pair %u of session %u is %s without a cause",
             row->id, watched->id, fram_pair_state_to_text (row->state));
  if (row->local.family != row->remote.family)
    VIOLATE (watch, "pair-one-family", "pair %u of session %u", row->id, watched->id);
  if (row->selected && (!row->nominated || !row->writable))
    VIOLATE (watch, "selected-is-nominated", "pair %u of session %u is %s, %s", row->id,
             watched->id, row->nominated ? "nominated" : "not nominated",
             row->writable ? "writable" : "not writable");
  if (row->state == FRAM_PAIR_SUCCEEDED
      && !g_hash_table_contains (watched->valid, GUINT_TO_POINTER (row->id)))
    g_hash_table_insert (watched->valid, GUINT_TO_POINTER (row->id),
                         g_memdup2 (&now, sizeof now));
  g_hash_table_insert (watched->pairs, GUINT_TO_POINTER (row->id),
                       GUINT_TO_POINTER (row->state));
}

/* Who controls leaves a path that works only for one that has worked for a while. */
static void
look_at_damping (SimWatch *watch, Watched *watched, const FramPairRow *row)
{
  FramTime now = sim_schedule_now (watch->context->schedule);
  Followed *component = &watched->components[row->stream][row->component - 1];
  const FramTime *valid
      = g_hash_table_lookup (watched->valid, GUINT_TO_POINTER (row->id));
  FramSessionRow session;

  if (component->left && valid != NULL && now - *valid < DAMPING
      && fram_broker_get_session (watch->broker, watched->id, &session)
      && session.role == FRAM_ROLE_CONTROLLING)
    VIOLATE (watch, "damping-holds",
             "session %u.%u.%u leaves a working path for pair %u, valid for %.3f s",
             watched->id, row->stream, row->component, row->id,
             (double) (now - *valid) / 1e6);
  component->left = FALSE;
}

static void
look_at_pairs (SimWatch *watch, Watched *watched, const FramPairRow *rows, guint n_rows)
{
  guint n_selected[FRAM_MAX_STREAMS][FRAM_MAX_COMPONENTS] = { 0 };

  if (n_rows > FRAM_MAX_PAIRS)
    VIOLATE (watch, "pairs-limited", "session %u has %u", watched->id, n_rows);
  for (guint i = 0; i < n_rows; i++)
    {
      const FramPairRow *row = &rows[i];

      if ((watched->removed & (1u << row->stream)) != 0)
        VIOLATE (watch, "removed-is-silent", "stream %u.%u has pair %u", watched->id,
                 row->stream, row->id);
      look_at_pair (watch, watched, row);
      if (row->selected)
        look_at_damping (watch, watched, row);
      if (row->selected && ++n_selected[row->stream][row->component - 1] > 1)
        VIOLATE (watch, "one-selected", "session %u.%u.%u has several", watched->id,
                 row->stream, row->component);
    }
  watched->hinted = FALSE;
}

void
sim_watch_look_at_pairs (SimWatch *watch, FramSessionId session, const FramPairRow *rows,
                         guint n_rows)
{
  look_at_pairs (watch, g_hash_table_lookup (watch->sessions, GUINT_TO_POINTER (session)),
                 rows, n_rows);
}

static void
look_at_session (SimWatch *watch, Watched *watched)
{
  g_autoptr (GArray) rows = fram_broker_list_pairs (watch->broker, watched->id);

  if (rows == NULL)
    {
      VIOLATE (watch, "session-exists", "session %u is gone without a word", watched->id);
      return;
    }
  look_at_checking (watch, watched);
  look_at_pairs (watch, watched, (const FramPairRow *) rows->data, rows->len);
}

void
sim_watch_step (SimWatch *watch)
{
  gboolean all = g_hash_table_size (watch->sessions) < LOOK_AT_ALL_BELOW
                 || watch->n_steps % LOOK_AT_ALL_EACH == 0;
  GHashTableIter iter;
  Watched *watched;

  watch->n_steps++;
  g_hash_table_iter_init (&iter, watch->sessions);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &watched))
    if (all || watched->hinted)
      look_at_session (watch, watched);
}
