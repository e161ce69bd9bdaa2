#include "broker/snapshot.h"

#include "broker/broker-private.h"
#include "broker/names-private.h"

gboolean
fram_broker_get_local_description (FramBroker *broker, FramSessionId id,
                                   FramLocalDescription *ret_local)
{
  FramBrokerSession *session = fram_broker_find_session (broker, id);
  FramIceAgent *agent;
  FramLocalDescription local = { 0 };

  if (session == NULL)
    return FALSE;
  agent = session->current->agent;
  g_strlcpy (local.description.ufrag, fram_ice_agent_get_ufrag (agent),
             sizeof local.description.ufrag);
  g_strlcpy (local.description.pwd, fram_ice_agent_get_pwd (agent),
             sizeof local.description.pwd);
  local.description.options = FRAM_ICE_OPTION_ICE2 | FRAM_ICE_OPTION_RENOMINATION;
  local.description.lite = session->lite;
  if (session->trickle)
    local.description.options |= FRAM_ICE_OPTION_TRICKLE;
  /* RFC 8839 §4.3.1: "A lite ICE implementation MUST NOT include the 'ice-pacing' attribute". */
  local.description.pacing = session->lite ? 0 : session->pacing;
  local.generation = session->current->number;
  local.role = fram_ice_agent_get_role (agent);
  local.gathered = session->gathered;
  *ret_local = local;
  return TRUE;
}

gboolean
fram_broker_get_session (FramBroker *broker, FramSessionId id, FramSessionRow *ret_row)
{
  FramBrokerSession *session = fram_broker_find_session (broker, id);
  FramIceAgent *agent;

  if (session == NULL)
    return FALSE;
  agent = session->current->agent;
  *ret_row = (FramSessionRow){
    .session = session->id,
    .owner = session->owner,
    .label = session->label,
    .role = fram_ice_agent_get_role (agent),
    .policy = session->policy,
    .state = fram_ice_agent_get_state (agent),
    .cause = fram_ice_agent_get_cause (agent),
    .n_streams = session->n_streams,
    .created = session->created,
  };
  for (guint s = 0; s < session->n_streams; s++)
    {
      ret_row->n_components[s] = session->n_components[s];
      ret_row->n_pairs += fram_ice_agent_get_pairs (agent, s)->len;
    }
  return TRUE;
}

static gint
compare_ids (gconstpointer a, gconstpointer b)
{
  FramSessionId first = *(const FramSessionId *) a, second = *(const FramSessionId *) b;

  return first < second ? -1 : first > second;
}

GArray *
fram_broker_list_sessions (FramBroker *broker)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (FramSessionId));
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, broker->sessions);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      FramSessionId id = GPOINTER_TO_UINT (key);

      g_array_append_val (ids, id);
    }
  g_array_sort (ids, compare_ids);
  return ids;
}

GPtrArray *
fram_broker_list_local_lines (FramBroker *broker, FramSessionId id, guint stream)
{
  FramBrokerSession *session = fram_broker_find_session (broker, id);
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  const GPtrArray *locals;

  if (session == NULL || stream >= session->n_streams)
    return lines;
  locals = fram_ice_agent_get_locals (session->current->agent, stream);
  for (guint i = 0; i < locals->len; i++)
    {
      const FramCandidate *local = g_ptr_array_index (locals, i);

      if (fram_broker_session_shows (session, local))
        g_ptr_array_add (lines, fram_broker_session_line (session, local));
    }
  fram_broker_list_public_lines (broker, session, stream, lines);
  return lines;
}

static void
add_candidates (GArray *rows, const GPtrArray *candidates, guint stream, gboolean remote)
{
  for (guint i = 0; i < candidates->len; i++)
    {
      const FramCandidate *candidate = g_ptr_array_index (candidates, i);
      FramCandidateRow row
          = { .stream = stream, .remote = remote, .candidate = *candidate };

      g_array_append_val (rows, row);
    }
}

GArray *
fram_broker_list_candidates (FramBroker *broker, FramSessionId id)
{
  FramBrokerSession *session = fram_broker_find_session (broker, id);
  GArray *rows;

  if (session == NULL)
    return NULL;
  rows = g_array_new (FALSE, FALSE, sizeof (FramCandidateRow));
  for (guint s = 0; s < session->n_streams; s++)
    {
      add_candidates (rows, fram_ice_agent_get_locals (session->current->agent, s), s,
                      FALSE);
      add_candidates (rows, fram_ice_agent_get_remotes (session->current->agent, s), s,
                      TRUE);
    }
  return rows;
}

FramPairRow
fram_broker_make_pair_row (const FramIceAgent *agent, const FramPair *pair,
                           const FramCandidate *local, const FramCandidate *remote)
{
  return (FramPairRow){
    .id = pair->id,
    .stream = pair->stream,
    .component = pair->component,
    .local_type = local->type,
    .remote_type = remote->type,
    .transport = local->transport,
    .local = local->address,
    .remote = remote->address,
    .priority = pair->priority,
    .state = pair->state,
    .cause = pair->cause,
    .readable = pair->readable,
    .writable = pair->mapped != NULL,
    .nominated = pair->nominated,
    .selected
    = fram_ice_agent_get_selected (agent, pair->stream, pair->component) == pair,
    .rtt = pair->rtt,
    .total_rtt = pair->total_rtt,
    .requests_sent = pair->counters.requests_sent,
    .requests_received = pair->counters.requests_received,
    .responses_sent = pair->counters.responses_sent,
    .responses_received = pair->counters.responses_received,
    .retransmissions_sent = pair->counters.retransmissions_sent,
    .consent_requests_sent = pair->counters.consent_requests_sent,
  };
}

static gint
compare_rows (gconstpointer a, gconstpointer b)
{
  const FramPairRow *first = a, *second = b;

  if (first->priority != second->priority)
    return first->priority > second->priority ? -1 : 1;
  return first->id < second->id ? -1 : first->id > second->id;
}

GArray *
fram_broker_list_pairs (FramBroker *broker, FramSessionId id)
{
  FramBrokerSession *session = fram_broker_find_session (broker, id);
  GArray *rows;

  if (session == NULL)
    return NULL;
  session->hinted = FALSE;
  rows = g_array_new (FALSE, FALSE, sizeof (FramPairRow));
  for (guint s = 0; s < session->n_streams; s++)
    {
      const FramIceAgent *agent = session->current->agent;
      const GPtrArray *pairs = fram_ice_agent_get_pairs (agent, s);

      for (guint i = 0; i < pairs->len; i++)
        {
          const FramPair *pair = g_ptr_array_index (pairs, i);
          FramPairRow row = fram_broker_make_pair_row (
              agent, pair, pair->mapped != NULL ? pair->mapped : pair->local,
              pair->remote);

          g_array_append_val (rows, row);
        }
    }
  g_array_sort (rows, compare_rows);
  return rows;
}

void
fram_broker_get_totals (FramBroker *broker, FramBrokerTotals *ret_totals)
{
  GHashTableIter iter;
  FramBase *base;

  *ret_totals = (FramBrokerTotals){
    .n_sessions = g_hash_table_size (broker->sessions),
    .n_bases = fram_base_table_size (&broker->bases),
    .n_lanes = fram_lane_table_count_used (&broker->lanes),
    .n_routes = fram_route_table_size (&broker->routes),
    .n_probe_sockets = fram_probe_table_count_sockets (&broker->probing.probes)
                       + fram_broker_count_test_sockets (broker),
    .n_allocations = broker->allocations.all->len,
    .n_relayed = g_hash_table_size (broker->allocations.relayed),
  };
  g_hash_table_iter_init (&iter, broker->bases.by_id);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &base))
    ret_totals->n_mappings += base->mappings->len;
}
