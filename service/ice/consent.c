/* Consent freshness on the pair that carries the data.  (RFC 7675) */
#include "ice/agent-private.h"

/* RFC 7675 §5.1: a check each 5 s, each time varied by a factor between 0.8 and 1.2. */
#define CONSENT_INTERVAL_MIN FRAM_SECONDS (4)
#define CONSENT_INTERVAL_MAX FRAM_SECONDS (6)

/* The same section: "An endpoint does not need to maintain consent if it does not send application
 * data".  It is kept all the same, so that the next data need not wait and a loss is noticed, but
 * asked for so seldom: often enough for NATs, which want a packet each 15 s (RFC 8445 §11). */
#define REST_INTERVAL_MIN FRAM_SECONDS (13)
#define REST_INTERVAL_MAX FRAM_SECONDS (15)
/* When the last answer is so old, the peer's check is answered and its own made at once.  So the checks
 * of both ends soon go together, and a host with thousands of paths turns to each less often. */
#define REST_JOINS_AFTER FRAM_SECONDS (8)

/* Checks that could be made within such a time are made at once, those of all sessions: a host
 * with many of them wakes up for many at a time. */
#define CONSENT_GRID FRAM_MILLISECONDS (250)
#define REST_GRID FRAM_SECONDS (1)

static FramTime
draw (FramIceAgent *agent, FramTime from, FramTime least, FramTime most, FramTime grid)
{
  FramTime due = from + fram_random_range (agent->random, least + grid, most + 1);

  return due - due % grid;
}

/* Until both have agreed on it, a path is to be known well.  A lite agent asks for nothing itself, and
 * may take so long a silence for the end. */
static gboolean
is_at_rest (FramIceAgent *agent, const FramPair *pair)
{
  const FramIceComponent *state = fram_ice_agent_component (agent, pair);

  return state->rests && pair == state->selected && !state->suspect
         && !agent->remote_is_lite;
}

static FramTime
next_regular (FramIceAgent *agent, const FramPair *pair, FramTime from)
{
  if (is_at_rest (agent, pair))
    return draw (agent, from, REST_INTERVAL_MIN, REST_INTERVAL_MAX, REST_GRID);
  return draw (agent, from, CONSENT_INTERVAL_MIN, CONSENT_INTERVAL_MAX, CONSENT_GRID);
}

/* RFC 7675 leaves open how soon a loss is noticed.  A consent check that is not answered in
 * time is followed by others that find out whether the path lives.  A path whose data have
 * stopped, too, is in doubt for two reasons, and asked the faster. */
#define DOUBT_INTERVAL FRAM_MILLISECONDS (250)
#define QUIET_INTERVAL FRAM_MILLISECONDS (100)
#define DOUBT_INTERVAL_MAX FRAM_SECONDS (4)

/* An agent that is advanced so late has been held up, and all others of the host with it: what it
 * has not heard says nothing of the path, and their checks must not all leave at once. */
#define HELD_UP FRAM_MILLISECONDS (200)

/* The pair became the path: its last answer is the consent that it has. */
void
fram_ice_consent_start (FramIceAgent *agent, FramPair *pair, FramTime now)
{
  FramTime answered = pair->consent_until - FRAM_CONSENT_LIFETIME;

  pair->carries = TRUE;
  pair->missed = 0;
  pair->put_off = pair->quiet = FALSE;
  if (agent->is_lite)
    {
      fram_ice_lite_start (pair, now);
      return;
    }
  pair->consent_due = MAX (next_regular (agent, pair, answered), now);
  pair->consent_regular = pair->consent_due;
}

/* Its data go elsewhere. */
void
fram_ice_consent_stop (FramPair *pair)
{
  pair->carries = FALSE;
  pair->keepalive_due = FRAM_TIME_NEVER;
}

/* An answer has come. */
void
fram_ice_consent_confirm (FramPair *pair, FramTime now)
{
  pair->consent_until = now + FRAM_CONSENT_LIFETIME;
  if (!pair->carries)
    return;
  pair->consent_due = MAX (pair->consent_regular, now);
  pair->missed = 0;
  pair->put_off = pair->quiet = FALSE;
}

void
fram_ice_consent_hurry (FramIceAgent *agent, FramPair *pair, FramTime now)
{
  if (!agent->is_lite && pair->missed == 0 && !fram_pair_awaits_newest (pair))
    pair->consent_due = MIN (pair->consent_due, now);
}

void
fram_ice_consent_miss (FramPair *pair)
{
  if (pair->carries && pair->missed < G_MAXUINT8)
    pair->missed++;
}

/* Between two checks an answer has its time, and some more (RFC 7675 §5.1). */
static FramTime
doubt_interval (const FramPair *pair)
{
  FramTime interval = pair->quiet ? MAX (QUIET_INTERVAL, 2 * pair->rtt)
                                  : MAX (DOUBT_INTERVAL, 3 * pair->rtt);
  guint n_doublings
      = pair->missed > FRAM_ICE_SUSPECT_AFTER ? pair->missed - FRAM_ICE_SUSPECT_AFTER : 0;

  return MIN (interval << MIN (n_doublings, 6), DOUBT_INTERVAL_MAX);
}

/* To within the time that a check would have had in any case, or half of what consent has left.  Once,
 * so that an agent that is held up again and again asks all the same; and not where there is doubt.
 * Return: FALSE: the check is due. */
static gboolean
put_off (FramIceAgent *agent, FramPair *pair, FramTime now)
{
  FramTime longest = MIN (CONSENT_INTERVAL_MIN, (pair->consent_until - now) / 2);

  if (pair->put_off || pair->missed > 0 || pair->quiet
      || now - pair->consent_due < HELD_UP)
    return FALSE;
  pair->put_off = TRUE;
  pair->consent_due
      = now + fram_random_range (agent->random, 0, longest + 1) + CONSENT_GRID;
  pair->consent_due -= pair->consent_due % CONSENT_GRID;
  return TRUE;
}

gboolean
fram_ice_consent_advance (FramIceAgent *agent, FramPair *pair, FramTime now)
{
  if (now >= pair->consent_until)
    return FALSE;
  if (now < pair->consent_due || put_off (agent, pair, now))
    return TRUE;

  pair->put_off = FALSE;
  if (fram_pair_awaits_newest (pair) && pair->checks[0].silent)
    fram_ice_consent_miss (pair);
  pair->consent_regular = next_regular (agent, pair, now);
  pair->consent_due = now + doubt_interval (pair);
  /* A nomination under way asks the same question. */
  if (!fram_pair_is_checking (pair))
    fram_ice_agent_send_check (agent, pair, TRUE, now);
  return TRUE;
}

/* The peer has asked. */
void
fram_ice_consent_join (FramIceAgent *agent, FramPair *pair, FramTime now)
{
  FramTime answered = pair->consent_until - FRAM_CONSENT_LIFETIME;

  if (!pair->carries || !is_at_rest (agent, pair) || pair->missed > 0
      || fram_pair_awaits_newest (pair) || now - answered < REST_JOINS_AFTER)
    return;
  pair->consent_due = now;
  fram_ice_consent_advance (agent, pair, now);
}

/* A path is asked at least so often, and never has less left than that before it is in doubt. */
gboolean
fram_ice_consent_suffices (const FramPair *pair, FramTime now)
{
  return pair->consent_until - now > CONSENT_INTERVAL_MAX;
}

static FramTime
last_proof (const FramPair *pair)
{
  return MAX (pair->heard, pair->consent_until - FRAM_CONSENT_LIFETIME);
}

/* RFC 7675 §5.1: who sends no data may do without consent, but needs it before it sends again.
 * What the peer sends is taken for as long as an answer of ours, or of its own, lets it. */
FramTime
fram_ice_consent_lapses (const FramPair *pair)
{
  if (pair->mapped != NULL)
    return pair->consent_until;
  return pair->routed ? last_proof (pair) + FRAM_CONSENT_LIFETIME : FRAM_TIME_NEVER;
}

/* Consent that is as old as it is of no path in use is asked for at once. */
void
fram_ice_agent_told_use (FramIceAgent *agent, guint stream, guint component,
                         gboolean is_used, FramTime now)
{
  FramIceComponent *state = &agent->streams[stream].components[component - 1];
  FramPair *path = state->path;
  FramTime due;

  if (state->rests == !is_used)
    return;
  state->rests = !is_used;
  if (agent->is_lite || path == NULL || !is_used)
    return;
  due = MAX (next_regular (agent, path, path->consent_until - FRAM_CONSENT_LIFETIME),
             now);
  path->consent_regular = MIN (path->consent_regular, due);
  /* In doubt it is asked sooner. */
  path->consent_due = MIN (path->consent_due, due);
}

void
fram_ice_agent_told_quiet (FramIceAgent *agent, guint stream, guint component,
                           FramTime now)
{
  FramPair *path = agent->streams[stream].components[component - 1].path;

  if (agent->is_lite || path == NULL || path->quiet)
    return;
  path->quiet = TRUE;
  /* The check that is awaited may be as old as the silence. */
  if (!fram_pair_is_checking (path))
    path->consent_due
        = MIN (path->consent_due, path->missed == 0 && fram_pair_awaits_newest (path)
                                      ? now + doubt_interval (path)
                                      : now);
}
