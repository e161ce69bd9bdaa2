/* The lite implementation, for hosts that everybody reaches: it asks nothing and waits to be
 * asked.  (RFC 8445 §2.5, §7.3.2, §8.2) */
#include "ice/agent-private.h"

/* A check so long after the nomination is one for consent (RFC 7675 §5.1: 4 s at least). */
#define CONSENT_SHOWS_AFTER FRAM_SECONDS (3)
/* RFC 7675 §5.1: the peer asks at least each 6 s; one packet and one answer may be lost. */
#define SILENT_AFTER FRAM_SECONDS (13)
/* The longest between two checks for consent, and some more. */
#define FOLLOW_AFTER FRAM_SECONDS (7)

/* RFC 8445 §11: "Agents SHOULD use a Tr value of 15 seconds." */
#define KEEPALIVE_AFTER FRAM_SECONDS (15)

/* A packet goes out by the pair, or may be taken for that: "if no packet has been sent on that
 * pair in the last Tr seconds".  TCP connections need none. */
static void
put_off_keepalive (FramPair *pair, FramTime now)
{
  pair->keepalive_due = pair->carries && !fram_pair_is_tcp (pair) ? now + KEEPALIVE_AFTER
                                                                  : FRAM_TIME_NEVER;
}

static void
become_valid (FramIceAgent *agent, FramPair *pair, FramTime now)
{
  FramIceComponent *component = fram_ice_agent_component (agent, pair);

  if (pair->mapped != NULL)
    return;
  pair->mapped = pair->local;
  pair->consent_until = FRAM_TIME_NEVER;
  pair->valid_since = now;
  pair->routed = TRUE;
  if (component->first_valid < 0)
    component->first_valid = now;
  fram_ice_agent_set_pair (agent, pair, FRAM_PAIR_SUCCEEDED, FRAM_CAUSE_PEER_CHECKED);
  fram_ice_agent_emit (agent, FRAM_ICE_EVENT_ROUTE, pair);
}

/* RFC 7675 §3 asks nothing of a lite agent.  Where its peer shows that it keeps consent fresh,
 * its silence tells as much as a missing answer would. */
static void
prolong (FramIceAgent *agent, FramPair *pair, FramTime now)
{
  const FramIceComponent *component = fram_ice_agent_component (agent, pair);

  if (pair != component->path
      || (pair->consent_until == FRAM_TIME_NEVER
          && now - component->chosen < CONSENT_SHOWS_AFTER))
    return;
  pair->consent_until = now + FRAM_CONSENT_LIFETIME;
  pair->consent_due = now + SILENT_AFTER;
  pair->missed = 0;
}

static void
nominate (FramIceAgent *agent, FramPair *pair, const FramNomination *nomination,
          FramTime now)
{
  FramIceComponent *component = fram_ice_agent_component (agent, pair);

  become_valid (agent, pair, now);
  if (!fram_ice_agent_heed (agent, pair, nomination))
    return;
  /* One that is merely late, or sent again, is the same. */
  if (pair == component->selected
      || (pair->nominated && nomination->id != NULL
          && fram_stun_id_equal (nomination->id, &pair->nomination)))
    return;
  if (nomination->id != NULL)
    pair->nomination = *nomination->id;
  pair->nominated = TRUE;
  if (component->selected != NULL && !fram_ice_agent_takes_last (agent, component)
      && pair->priority <= component->selected->priority)
    return;
  if (pair->consent_until != FRAM_TIME_NEVER)
    pair->consent_until = now + FRAM_CONSENT_LIFETIME;
  fram_ice_agent_conclude (agent, pair, now);
}

/* Who controls asks for consent by the pair that it has selected, and sees no change when only
 * its NAT has another address: then its checks come by another pair here. */
static void
follow (FramIceAgent *agent, FramPair *pair, FramTime now)
{
  FramIceComponent *component = fram_ice_agent_component (agent, pair);

  if (component->selected == NULL || pair == component->selected
      || now - component->selected->heard < FOLLOW_AFTER)
    return;
  become_valid (agent, pair, now);
  pair->nominated = TRUE;
  fram_ice_agent_conclude (agent, pair, now);
}

/* RFC 8445 §7.3.2, for a request that was answered with success. */
void
fram_ice_lite_accept (FramIceAgent *agent, FramPair *pair,
                      const FramNomination *nomination, FramTime now)
{
  if (nomination != NULL)
    nominate (agent, pair, nomination, now);
  follow (agent, pair, now);
  prolong (agent, pair, now);
  /* It was answered. */
  put_off_keepalive (pair, now);
}

gboolean
fram_ice_lite_advance (FramIceAgent *agent, FramPair *pair, FramTime now)
{
  if (now >= pair->consent_until)
    return FALSE;
  if (now >= pair->keepalive_due)
    {
      fram_ice_agent_send_keepalive (agent, pair);
      put_off_keepalive (pair, now);
    }
  if (now < pair->consent_due)
    return TRUE;
  pair->missed = FRAM_ICE_SUSPECT_AFTER;
  pair->consent_due = pair->consent_until;
  return TRUE;
}

void
fram_ice_lite_start (FramPair *pair, FramTime now)
{
  pair->consent_due = pair->consent_until;
  put_off_keepalive (pair, now);
}

/* --- Both sides are lite (RFC 8445 §8.2) ------------------------------------------- */

/* The pair of highest priority, which both sides reckon alike; IPv6 first (RFC 6724).  Those that
 * went when another was selected, which then turned out to be another session's, come back. */
static FramPair *
find_first (FramIceAgent *agent, guint stream_index, guint component)
{
  FramIceStream *stream = &agent->streams[stream_index];

  fram_ice_agent_pair_all (agent, stream_index, component);
  for (guint i = 0; i < stream->pairs->len; i++)
    {
      FramPair *pair = g_ptr_array_index (stream->pairs, i);

      if (pair->component == component && !pair->refused)
        return pair;
    }
  return NULL;
}

void
fram_ice_lite_agree (FramIceAgent *agent, FramTime now)
{
  const FramNomination agreed = { FRAM_ICE_NO_VALUE, NULL };

  if (!agent->is_lite || !agent->remote_is_lite || !agent->local_ended
      || !agent->remote_ended)
    return;
  for (guint s = 0; s < agent->n_streams; s++)
    for (guint c = 1; c <= agent->streams[s].n_components; c++)
      {
        FramPair *first;

        if (agent->streams[s].components[c - 1].selected != NULL)
          continue;
        first = find_first (agent, s, c);
        if (first != NULL)
          nominate (agent, first, &agreed, now);
      }
}
