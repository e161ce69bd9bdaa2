#include "ice/pair.h"

#include <string.h>

FramPair *
fram_pair_new (guint32 id, guint stream, FramCandidate *local, FramCandidate *remote)
{
  FramPair *pair = g_new0 (FramPair, 1);

  pair->id = id;
  pair->stream = (guint16) stream;
  pair->component = local->component;
  pair->local = local;
  pair->remote = remote;
  pair->state = FRAM_PAIR_FROZEN;
  pair->first_sent = -1;
  pair->heard = -1;
  pair->rtt = -1;
  pair->consent_due = FRAM_TIME_NEVER;
  pair->keepalive_due = FRAM_TIME_NEVER;
  pair->consent_until = -1;
  return pair;
}

void
fram_pair_free (FramPair *pair)
{
  g_free (pair);
}

void
fram_pair_update_priority (FramPair *pair, FramRole role)
{
  const FramCandidate *local = pair->mapped != NULL ? pair->mapped : pair->local;
  guint64 ours = local->priority, theirs = pair->remote->priority;
  guint64 g = role == FRAM_ROLE_CONTROLLING ? ours : theirs;
  guint64 d = role == FRAM_ROLE_CONTROLLING ? theirs : ours;

  pair->priority = (MIN (g, d) << 32) + 2 * MAX (g, d) + (g > d ? 1 : 0);
}

gint
fram_pair_compare (gconstpointer a, gconstpointer b)
{
  const FramPair *first = *(const FramPair *const *) a;
  const FramPair *second = *(const FramPair *const *) b;

  if (first->priority != second->priority)
    return first->priority > second->priority ? -1 : 1;
  if (first->component != second->component)
    return first->component < second->component ? -1 : 1;
  return first->id < second->id ? -1 : first->id > second->id;
}

gboolean
fram_pair_same_foundation (const FramPair *a, const FramPair *b)
{
  return strcmp (a->local->foundation, b->local->foundation) == 0
         && strcmp (a->remote->foundation, b->remote->foundation) == 0;
}

static gboolean
is_ipv6_link_local (const FramAddress *address)
{
  return address->family == FRAM_FAMILY_IPV6 && fram_address_is_link_local (address);
}

gboolean
fram_pair_can_be (const FramCandidate *local, const FramCandidate *remote)
{
  return local->component == remote->component
         && !(local->type == FRAM_CANDIDATE_RELAYED && remote->is_named)
         && remote->transport == fram_transport_get_counterpart (local->transport)
         && local->base_address.family == remote->address.family
         && is_ipv6_link_local (&local->base_address)
                == is_ipv6_link_local (&remote->address);
}

gboolean
fram_pair_has_tuple (const FramPair *pair, guint32 base, const FramAddress *remote)
{
  return pair->local->base == base && fram_address_equal (&pair->remote->address, remote);
}

gboolean
fram_pair_is_tcp (const FramPair *pair)
{
  return fram_transport_is_tcp (pair->local->transport);
}

void
fram_pair_set_state (FramPair *pair, FramPairState state, FramCause cause)
{
  g_assert (pair->state == state || fram_pair_state_may_follow (pair->state, state));
  g_assert (cause != FRAM_CAUSE_NONE);

  pair->state = state;
  pair->cause = cause;
}

gboolean
fram_pair_awaits_newest (const FramPair *pair)
{
  return pair->n_awaited > 0 && pair->checks[0].pending;
}

gboolean
fram_pair_is_checking (const FramPair *pair)
{
  return fram_pair_awaits_newest (pair) && !pair->checks[0].silent;
}

FramCheck *
fram_pair_find_check (FramPair *pair, const FramStunId *id)
{
  for (guint i = 0; pair->n_awaited > 0 && i < G_N_ELEMENTS (pair->checks); i++)
    if (pair->checks[i].pending
        && fram_stun_id_equal (&pair->checks[i].transaction.id, id))
      return &pair->checks[i];
  return NULL;
}
