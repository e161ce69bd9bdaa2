/* Consent freshness on the pair that carries the data.  (RFC 7675) */
#include "ice/agent-private.h"

/* RFC 7675 §5.1: a check each 5 s, each time varied by a factor between 0.8 and 1.2. */
#define CONSENT_INTERVAL_MIN FRAM_SECONDS (4)
#define CONSENT_INTERVAL_MAX FRAM_SECONDS (6)
/* RFC 7675 §5.1: consent expires 30 s after the last answer. */
#define CONSENT_LIFETIME FRAM_SECONDS (30)

static FramTime
next_interval (FramIceAgent *agent)
{
  return fram_random_range (agent->random, CONSENT_INTERVAL_MIN,
                            CONSENT_INTERVAL_MAX + 1);
}

/* RFC 7675 leaves open how soon a loss is noticed.  A consent check that is not answered in
 * time is followed by others, at the pace of a lost connectivity check. */
#define DOUBT_INTERVAL FRAM_MILLISECONDS (500)
#define DOUBT_INTERVAL_MAX FRAM_SECONDS (4)

/* The pair became the path: its last successful check is the first consent. */
void
fram_ice_consent_start (FramIceAgent *agent, FramPair *pair, FramTime now)
{
  pair->consent_due = pair->consent_regular = now + next_interval (agent);
  pair->consent_until = now + CONSENT_LIFETIME;
  pair->missed = 0;
}

void
fram_ice_consent_confirm (FramPair *pair, FramTime now)
{
  if (pair->consent_until == FRAM_TIME_NEVER)
    return;
  pair->consent_until = now + CONSENT_LIFETIME;
  pair->consent_due = MAX (pair->consent_regular, now);
  pair->missed = 0;
}

void
fram_ice_consent_hurry (FramPair *pair, FramTime now)
{
  if (pair->missed == 0 && !pair->checks[0].pending)
    pair->consent_due = MIN (pair->consent_due, now);
}

void
fram_ice_consent_miss (FramPair *pair)
{
  if (pair->consent_until != FRAM_TIME_NEVER && pair->missed < G_MAXUINT8)
    pair->missed++;
}

static FramTime
doubt_interval (const FramPair *pair)
{
  FramTime interval = MAX (DOUBT_INTERVAL, 4 * pair->rtt);
  guint n_doublings
      = pair->missed > FRAM_ICE_SUSPECT_AFTER ? pair->missed - FRAM_ICE_SUSPECT_AFTER : 0;

  return MIN (interval << MIN (n_doublings, 4), DOUBT_INTERVAL_MAX);
}

gboolean
fram_ice_consent_advance (FramIceAgent *agent, FramPair *pair, FramTime now)
{
  if (now >= pair->consent_until)
    return FALSE;
  if (now < pair->consent_due)
    return TRUE;

  if (pair->checks[0].pending && pair->checks[0].silent)
    fram_ice_consent_miss (pair);
  pair->consent_regular = now + next_interval (agent);
  pair->consent_due = now + doubt_interval (pair);
  /* A nomination under way asks the same question. */
  if (!fram_pair_is_checking (pair))
    fram_ice_agent_send_check (agent, pair, TRUE, now);
  return TRUE;
}
