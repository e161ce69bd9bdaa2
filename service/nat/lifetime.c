#include "nat/lifetime-private.h"

#define DEFAULT_SOCKETS 4
#define DEFAULT_SHORTEST FRAM_SECONDS (5)
#define DEFAULT_LONGEST FRAM_SECONDS (30 * 60)
#define DEFAULT_PRECISION 10
/* Who comes so much later than it was due has slept: the computer was suspended. */
#define SLEPT FRAM_SECONDS (5)

static void
take_config (FramNatLifetime *lifetime, const FramNatLifetimeConfig *config)
{
  FramNatLifetimeConfig *own = &lifetime->config;

  *own = *config;
  if (own->n_sockets == 0)
    own->n_sockets = DEFAULT_SOCKETS;
  if (own->shortest == 0)
    own->shortest = DEFAULT_SHORTEST;
  if (own->longest == 0)
    own->longest = DEFAULT_LONGEST;
  if (own->precision == 0)
    own->precision = DEFAULT_PRECISION;
  g_assert (own->server.family != FRAM_FAMILY_NONE);
  g_assert (own->n_sockets <= FRAM_NAT_LIFETIME_MAX_SOCKETS);
  g_assert (own->shortest > 0 && own->shortest <= own->longest);
}

static void
open_socket (FramNatLifetime *lifetime, guint8 socket)
{
  fram_nat_events_push (&lifetime->events, FRAM_NAT_EVENT_OPEN);
  ((FramNatEvent *) g_queue_peek_tail (&lifetime->events))->socket = socket;
}

FramNatLifetime *
fram_nat_lifetime_new (const FramNatLifetimeConfig *config, FramRandom *random,
                       FramTime now)
{
  FramNatLifetime *lifetime = g_new0 (FramNatLifetime, 1);

  take_config (lifetime, config);
  lifetime->random = random;
  lifetime->started = now;
  lifetime->last_begun = -1;
  lifetime->path.rtt = lifetime->result.rtt = -1;
  lifetime->result.dead = FRAM_TIME_NEVER;
  fram_nat_search_init (&lifetime->search, lifetime->config.shortest,
                        lifetime->config.longest, lifetime->config.precision);
  g_queue_init (&lifetime->events);
  for (guint i = 0; i < lifetime->config.n_sockets; i++)
    lifetime->trials[i].socket = (guint8) (i + 1);
  open_socket (lifetime, FRAM_NAT_SOCKET_Y);
  return lifetime;
}

void
fram_nat_lifetime_free (FramNatLifetime *lifetime)
{
  if (lifetime == NULL)
    return;
  g_queue_clear_full (&lifetime->events, g_free);
  g_free (lifetime);
}

static gboolean
is_done (const FramNatLifetime *lifetime)
{
  return lifetime->result.state != FRAM_NAT_LIFETIME_MEASURING;
}

static void
tell_change (FramNatLifetime *lifetime)
{
  if (!lifetime->change_queued)
    fram_nat_events_push (&lifetime->events, FRAM_NAT_EVENT_CHANGED);
  lifetime->change_queued = TRUE;
}

static void
update_result (FramNatLifetime *lifetime)
{
  FramNatLifetimeResult *result = &lifetime->result, before = *result;

  fram_nat_search_get_bracket (&lifetime->search, &result->alive, &result->dead);
  result->rtt = lifetime->path.rtt;
  result->n_trials = lifetime->n_trials;
  result->n_contradictions = lifetime->search.n_contradictions;
  if (result->alive != before.alive || result->dead != before.dead
      || result->rtt != before.rtt || result->n_trials != before.n_trials
      || result->n_contradictions != before.n_contradictions)
    tell_change (lifetime);
}

void
fram_nat_lifetime_end (FramNatLifetime *lifetime, FramNatLifetimeState state)
{
  if (is_done (lifetime))
    return;
  update_result (lifetime);
  lifetime->result.state = state;
  for (guint i = 0; i < lifetime->config.n_sockets; i++)
    {
      lifetime->trials[i].state = FRAM_NAT_TRIAL_IDLE;
      lifetime->trials[i].query.state = FRAM_NAT_QUERY_DROPPED;
    }
  tell_change (lifetime);
  fram_nat_events_push (&lifetime->events, FRAM_NAT_EVENT_DONE);
}

/* Whether the search is over, and how. */
static FramNatLifetimeState
find_state (const FramNatLifetime *lifetime)
{
  const FramNatSearch *search = &lifetime->search;
  FramTime alive, dead;

  fram_nat_search_get_bracket (search, &alive, &dead);
  if (fram_nat_search_is_hopeless (search))
    return FRAM_NAT_LIFETIME_INCONSISTENT;
  if (dead == FRAM_TIME_NEVER && alive >= lifetime->config.longest)
    return FRAM_NAT_LIFETIME_LONGER;
  if (!fram_nat_search_is_confirmed (search))
    return FRAM_NAT_LIFETIME_MEASURING;
  return alive == 0 ? FRAM_NAT_LIFETIME_SHORTER : FRAM_NAT_LIFETIME_MEASURED;
}

static void
begin (FramNatLifetime *lifetime, FramNatTrial *trial, FramTime age)
{
  trial->state = FRAM_NAT_TRIAL_OPENING;
  trial->age = age;
  open_socket (lifetime, trial->socket);
}

/* The trials that have begun and have no verdict yet.
 * Return: how many there are; their ages are written. */
static guint
list_under_way (const FramNatLifetime *lifetime, FramTime *ret_ages)
{
  guint n = 0;

  for (guint i = 0; i < lifetime->config.n_sockets; i++)
    {
      const FramNatTrial *trial = &lifetime->trials[i];

      if (trial->state != FRAM_NAT_TRIAL_IDLE && trial->state != FRAM_NAT_TRIAL_RESTING)
        ret_ages[n++] = trial->age;
    }
  return n;
}

/* A trial of length 0 goes before all others, alone. */
static gboolean
choose_age (const FramNatLifetime *lifetime, FramTime *ret_age)
{
  FramTime under_way[FRAM_NAT_LIFETIME_MAX_SOCKETS];
  guint n = list_under_way (lifetime, under_way);

  if (lifetime->proved)
    return fram_nat_search_next (&lifetime->search, under_way, n, ret_age);
  for (guint i = 0; i < n; i++)
    if (under_way[i] == 0)
      return FALSE;
  *ret_age = 0;
  return TRUE;
}

static void
drop_moot (FramNatLifetime *lifetime)
{
  for (guint i = 0; i < lifetime->config.n_sockets; i++)
    {
      FramNatTrial *trial = &lifetime->trials[i];
      gboolean early = trial->state == FRAM_NAT_TRIAL_OPENING
                       || trial->state == FRAM_NAT_TRIAL_PRIMING
                       || trial->state == FRAM_NAT_TRIAL_AGEING;

      if (!early || trial->age == 0
          || !fram_nat_search_is_moot (&lifetime->search, trial->age))
        continue;
      trial->state = FRAM_NAT_TRIAL_IDLE;
      trial->query.state = FRAM_NAT_QUERY_DROPPED;
    }
}

/* After anything that may have brought a verdict. */
static void
conclude (FramNatLifetime *lifetime)
{
  FramNatLifetimeState state;
  FramTime age;

  if (is_done (lifetime) || !lifetime->has_y)
    return;
  update_result (lifetime);
  state = find_state (lifetime);
  if (state != FRAM_NAT_LIFETIME_MEASURING)
    {
      fram_nat_lifetime_end (lifetime, state);
      return;
    }
  drop_moot (lifetime);
  for (guint i = 0; i < lifetime->config.n_sockets; i++)
    if (lifetime->trials[i].state == FRAM_NAT_TRIAL_IDLE && choose_age (lifetime, &age))
      begin (lifetime, &lifetime->trials[i], age);
}

static FramNatTrial *
trial_of (FramNatLifetime *lifetime, guint socket)
{
  g_return_val_if_fail (socket <= lifetime->config.n_sockets, NULL);
  return socket == FRAM_NAT_SOCKET_Y ? NULL : &lifetime->trials[socket - 1];
}

void
fram_nat_lifetime_told_opened (FramNatLifetime *lifetime, guint socket, FramTime now)
{
  FramNatTrial *trial = trial_of (lifetime, socket);

  if (socket == FRAM_NAT_SOCKET_Y)
    lifetime->has_y = TRUE;
  else if (trial != NULL && trial->state == FRAM_NAT_TRIAL_OPENING)
    fram_nat_trial_prime (lifetime, trial);
  conclude (lifetime);
}

void
fram_nat_lifetime_told_open_failed (FramNatLifetime *lifetime, guint socket, FramTime now)
{
  FramNatTrial *trial = trial_of (lifetime, socket);

  if (socket == FRAM_NAT_SOCKET_Y)
    fram_nat_lifetime_end (lifetime, FRAM_NAT_LIFETIME_UNREACHABLE);
  else if (trial != NULL && trial->state == FRAM_NAT_TRIAL_OPENING)
    fram_nat_trial_lose (lifetime, trial, now);
  conclude (lifetime);
}

/* Only an answer that was asked for at this X may arrive there; what Y asked for may arrive
 * anywhere. */
static gboolean
may_arrive (const FramNatQuery *query, guint socket, const FramStunMessage *message)
{
  return query->socket == socket
         || (query->response_port != 0 && message->klass == FRAM_STUN_SUCCESS);
}

static gboolean
take_response (FramNatLifetime *lifetime, guint socket, const FramStunMessage *message,
               FramTime now)
{
  for (guint i = 0; i < lifetime->config.n_sockets; i++)
    {
      FramNatTrial *trial = &lifetime->trials[i];

      if (!may_arrive (&trial->query, socket, message)
          || !fram_nat_query_answer (&trial->query, &lifetime->path,
                                     &lifetime->config.server, message, now))
        continue;
      if (trial->query.state == FRAM_NAT_QUERY_ANSWERED)
        fram_nat_trial_answered (lifetime, trial, socket, now);
      else
        fram_nat_trial_unanswered (lifetime, trial, now);
      return TRUE;
    }
  return FALSE;
}

/* A second answer of the server, come late, may have refreshed the mapping. */
static void
note_use (FramNatLifetime *lifetime, guint socket, FramTime now)
{
  FramNatTrial *trial = trial_of (lifetime, socket);

  if (trial == NULL || trial->state != FRAM_NAT_TRIAL_AGEING)
    return;
  trial->touched = now;
  trial->due = now + trial->age;
}

gboolean
fram_nat_lifetime_receive (FramNatLifetime *lifetime, guint socket,
                           const FramAddress *from, const guint8 *data, gsize length,
                           FramTime now)
{
  FramStunMessage message;

  g_return_val_if_fail (socket <= lifetime->config.n_sockets, FALSE);

  if (!fram_address_equal (from, &lifetime->config.server))
    return FALSE;
  note_use (lifetime, socket, now);
  if (fram_stun_message_parse (&message, data, length) != FRAM_STUN_PARSE_OK
      || !take_response (lifetime, socket, &message, now))
    return FALSE;
  conclude (lifetime);
  return TRUE;
}

FramTime
fram_nat_lifetime_deadline (const FramNatLifetime *lifetime)
{
  FramTime deadline = FRAM_TIME_NEVER;

  for (guint i = 0; i < lifetime->config.n_sockets; i++)
    {
      const FramNatTrial *trial = &lifetime->trials[i];

      if (trial->query.state == FRAM_NAT_QUERY_OPEN)
        deadline = MIN (deadline, trial->query.deadline);
      else if (trial->state == FRAM_NAT_TRIAL_AGEING
               || trial->state == FRAM_NAT_TRIAL_RESTING)
        deadline = MIN (deadline, trial->due);
    }
  return deadline;
}

/* Its age is none that was wanted, or its answer came while nobody listened. */
static gboolean
is_void (const FramNatTrial *trial, FramTime now)
{
  if (trial->state == FRAM_NAT_TRIAL_ASKING && trial->query.state == FRAM_NAT_QUERY_OPEN)
    return now - trial->query.deadline > SLEPT;
  return trial->state == FRAM_NAT_TRIAL_AGEING && now - trial->due > SLEPT;
}

static void
advance_trial (FramNatLifetime *lifetime, FramNatTrial *trial, FramTime now)
{
  if (is_void (trial, now))
    {
      trial->state = FRAM_NAT_TRIAL_IDLE;
      trial->query.state = FRAM_NAT_QUERY_DROPPED;
    }
  else if (trial->query.state == FRAM_NAT_QUERY_OPEN)
    {
      fram_nat_query_advance (&trial->query, &lifetime->path, lifetime->random,
                              &lifetime->events, now);
      if (trial->query.state == FRAM_NAT_QUERY_SILENT)
        fram_nat_trial_unanswered (lifetime, trial, now);
    }
  else if (trial->state == FRAM_NAT_TRIAL_AGEING && now >= trial->due)
    fram_nat_trial_ask (lifetime, trial, now);
  else if (trial->state == FRAM_NAT_TRIAL_RESTING && now >= trial->due)
    trial->state = FRAM_NAT_TRIAL_IDLE;
}

void
fram_nat_lifetime_advance (FramNatLifetime *lifetime, FramTime now)
{
  for (guint i = 0; i < lifetime->config.n_sockets; i++)
    advance_trial (lifetime, &lifetime->trials[i], now);
  conclude (lifetime);
}

/* Who has rested goes first: its age is what is measured.
 * Return: the index of a trial, or `n_sockets` if none waits for its turn. */
static guint
find_ready (const FramNatLifetime *lifetime)
{
  guint found = lifetime->config.n_sockets;

  for (guint i = 0; i < lifetime->config.n_sockets; i++)
    {
      const FramNatTrial *trial = &lifetime->trials[i];

      if (trial->query.state != FRAM_NAT_QUERY_READY)
        continue;
      if (trial->state == FRAM_NAT_TRIAL_ASKING)
        return i;
      found = MIN (found, i);
    }
  return found;
}

FramTime
fram_nat_lifetime_send_due (const FramNatLifetime *lifetime)
{
  if (find_ready (lifetime) == lifetime->config.n_sockets)
    return FRAM_TIME_NEVER;
  return lifetime->last_begun < 0 ? lifetime->started
                                  : lifetime->last_begun + FRAM_NAT_SPACING;
}

gboolean
fram_nat_lifetime_send (FramNatLifetime *lifetime, FramTime now)
{
  guint index = find_ready (lifetime);
  FramNatTrial *trial;

  if (index == lifetime->config.n_sockets)
    return FALSE;
  trial = &lifetime->trials[index];
  lifetime->last_begun = now;
  if (trial->state == FRAM_NAT_TRIAL_ASKING)
    {
      trial->lived = now - trial->touched;
      trial->died = now + lifetime->path.rtt - trial->sent;
    }
  fram_nat_query_send (&trial->query, &lifetime->path, lifetime->random,
                       &lifetime->events, now);
  return TRUE;
}

gboolean
fram_nat_lifetime_pop (FramNatLifetime *lifetime, FramNatEvent *ret_event)
{
  if (!fram_nat_events_pop (&lifetime->events, ret_event))
    return FALSE;
  if (ret_event->type == FRAM_NAT_EVENT_CHANGED)
    lifetime->change_queued = FALSE;
  return TRUE;
}

const FramNatLifetimeResult *
fram_nat_lifetime_get_result (const FramNatLifetime *lifetime)
{
  return &lifetime->result;
}

const char *
fram_nat_lifetime_state_to_text (FramNatLifetimeState state)
{
  switch (state)
    {
    case FRAM_NAT_LIFETIME_MEASURING:
      return "measuring";
    case FRAM_NAT_LIFETIME_MEASURED:
      return "measured";
    case FRAM_NAT_LIFETIME_SHORTER:
      return "shorter";
    case FRAM_NAT_LIFETIME_LONGER:
      return "longer";
    case FRAM_NAT_LIFETIME_INCONSISTENT:
      return "inconsistent";
    case FRAM_NAT_LIFETIME_NOT_MEASURABLE:
      return "not-measurable";
    case FRAM_NAT_LIFETIME_UNREACHABLE:
      return "unreachable";
    }
  g_assert_not_reached ();
}
