/* The peer's candidates: how many are kept, which make room, and what is learned of them later.
 *
 * Those that checks told of (RFC 8445 §7.3.1.3) and those that the caller named have a limit
 * each: neither can use up the other's. */
#include "ice/agent-private.h"

static gboolean
is_lost (FramIceStream *stream, const FramCandidate *remote)
{
  for (guint i = 0; i < stream->pairs->len; i++)
    {
      const FramPair *pair = g_ptr_array_index (stream->pairs, i);

      if (pair->remote == remote
          && (pair->state != FRAM_PAIR_FAILED || pair->peer_nominated))
        return FALSE;
    }
  return TRUE;
}

static void
remove_remote (FramIceAgent *agent, guint stream, FramCandidate *remote)
{
  GPtrArray *pairs = agent->streams[stream].pairs;

  for (guint i = pairs->len; i > 0; i--)
    {
      FramPair *pair = g_ptr_array_index (pairs, i - 1);

      if (pair->remote == remote)
        fram_ice_agent_remove_pair (agent, pair);
    }
  g_ptr_array_remove (agent->streams[stream].remotes, remote);
}

gboolean
fram_ice_agent_forget_remote (FramIceAgent *agent, guint stream, guint component,
                              gboolean reflexive)
{
  FramIceStream *list = &agent->streams[stream];

  for (guint i = 0; i < list->remotes->len; i++)
    {
      FramCandidate *remote = g_ptr_array_index (list->remotes, i);

      if ((remote->type == FRAM_CANDIDATE_PEER_REFLEXIVE) != reflexive
          || remote->component != component || !is_lost (list, remote))
        continue;
      remove_remote (agent, stream, remote);
      return TRUE;
    }
  return FALSE;
}

static guint
count_signalled (const GPtrArray *remotes, guint component)
{
  guint n = 0;

  for (guint i = 0; i < remotes->len; i++)
    {
      const FramCandidate *remote = g_ptr_array_index (remotes, i);

      n += remote->component == component
           && remote->type != FRAM_CANDIDATE_PEER_REFLEXIVE;
    }
  return n;
}

gboolean
fram_ice_stream_is_named (const FramIceStream *stream)
{
  for (guint c = 1; c <= stream->n_components; c++)
    if (count_signalled (stream->remotes, c) > 0)
      return TRUE;
  return FALSE;
}

/* A peer that moves now and then names new candidates for as long as it lives: those of the
 * networks that it has left make room for them. */
gboolean
fram_ice_agent_has_room (FramIceAgent *agent, guint stream, guint component, guint limit)
{
  const FramIceStream *list = &agent->streams[stream];

  return count_signalled (list->remotes, component) < limit
         || (fram_ice_component_was_connected (&list->components[component - 1])
             && fram_ice_agent_forget_remote (agent, stream, component, FALSE));
}

/* RFC 8838 §11.3, RFC 8445 §7.3.1.3: what a check told of first becomes what the peer says
 * of it; pairs stay, only their priority follows. */
static void
upgrade_reflexive (FramIceAgent *agent, FramCandidate *known,
                   const FramCandidate *candidate)
{
  known->type = candidate->type;
  known->priority = candidate->priority;
  known->related = candidate->related;
  known->is_named = candidate->is_named;
  memcpy (known->foundation, candidate->foundation, sizeof known->foundation);
  fram_ice_agent_sort (agent);
  fram_ice_agent_changed (agent);
}

/* A name led to it first, and now the peer tells the address itself, as a server sees it: there is
 * nothing to hide from relays any more. */
static void
uncover (FramIceAgent *agent, guint stream, FramCandidate *known)
{
  known->is_named = FALSE;
  fram_ice_agent_pair_remote (agent, stream, known);
  fram_ice_agent_changed (agent);
}

void
fram_ice_agent_know_better (FramIceAgent *agent, guint stream, FramCandidate *known,
                            const FramCandidate *candidate)
{
  if (known->type == FRAM_CANDIDATE_PEER_REFLEXIVE)
    {
      upgrade_reflexive (agent, known, candidate);
      /* A check made one pair of it; now it is a candidate as the others. */
      fram_ice_agent_pair_remote (agent, stream, known);
    }
  else if (known->is_named && !candidate->is_named)
    uncover (agent, stream, known);
}
