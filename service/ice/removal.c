/* A stream that goes while the others stay: its check list is taken out of the set (RFC 8445
 * §6.1.2), with all that it holds.  What is left is a stream without components, so that the
 * numbers of the others do not change. */
#include "ice/agent-private.h"

static void
drop_candidates (FramIceAgent *agent, FramIceStream *stream)
{
  for (guint i = 0; i < stream->locals->len; i++)
    {
      const FramCandidate *local = g_ptr_array_index (stream->locals, i);

      fram_ice_agent_drop_early (agent, local->base, NULL);
    }
  g_ptr_array_set_size (stream->locals, 0);
  g_ptr_array_set_size (stream->remotes, 0);
}

void
fram_ice_agent_remove_stream (FramIceAgent *agent, guint stream, FramTime now)
{
  FramIceStream *list = &agent->streams[stream];

  g_assert (stream < agent->n_streams);
  while (list->pairs->len > 0)
    fram_ice_agent_remove_pair (agent,
                                g_ptr_array_index (list->pairs, list->pairs->len - 1));
  drop_candidates (agent, list);
  for (guint c = 1; c <= list->n_components; c++)
    fram_ice_agent_set_component (agent, stream, c, FRAM_STATE_CLOSED,
                                  FRAM_CAUSE_STREAM_REMOVED);
  list->n_components = 0;
  /* §6.1.2.6: of a foundation that this list had begun, the topmost pair is another one now. */
  agent->new_pairs = TRUE;
  fram_ice_agent_changed (agent);
  fram_ice_agent_settle (agent, now);
}
