#include "fram-rows.h"
#include "enum-words.h"
#include "row-reply.h"
#include "row-type.h"

/**
 * fram_candidate_ref:
 * @self: A candidate.
 *
 * Keeps the row for one more owner.
 *
 * Returns: (transfer full): The same row.
 */
/**
 * fram_candidate_unref:
 * @self: (transfer full): A candidate.
 *
 * Gives the row up.
 */
FRAM_DEFINE_ROW (FramCandidate, fram_candidate)

/**
 * fram_pair_ref:
 * @self: A pair.
 *
 * Keeps the row for one more owner.
 *
 * Returns: (transfer full): The same row.
 */
/**
 * fram_pair_unref:
 * @self: (transfer full): A pair.
 *
 * Gives the row up.
 */
FRAM_DEFINE_ROW (FramPair, fram_pair)

/**
 * fram_session_info_ref:
 * @self: A session's row.
 *
 * Keeps the row for one more owner.
 *
 * Returns: (transfer full): The same row.
 */
/**
 * fram_session_info_unref:
 * @self: (transfer full): A session's row.
 *
 * Gives the row up.
 */
FRAM_DEFINE_ROW (FramSessionInfo, fram_session_info)

static FramCandidateType
candidate_type (const char *word)
{
  return fram_enum_from_word (FRAM_TYPE_CANDIDATE_TYPE, word, FRAM_CANDIDATE_TYPE_HOST);
}

GPtrArray *
fram_candidates_from_reply (GVariant *reply)
{
  GPtrArray *rows
      = g_ptr_array_new_with_free_func ((GDestroyNotify) fram_candidate_unref);
  g_autoptr (GVariant) table = g_variant_get_child_value (reply, 0);
  gsize n = g_variant_n_children (table);

  for (gsize i = 0; i < n; i++)
    {
      FramCandidate *row = g_atomic_rc_box_new0 (FramCandidate);
      const char *type;

      row->backing = g_variant_get_child_value (table, i);
      g_variant_get (row->backing, "(uub&s&s&s&s&su)", &row->stream, &row->component,
                     &row->remote, &type, &row->transport, &row->address, &row->related,
                     &row->foundation, &row->priority);
      row->type = candidate_type (type);
      g_ptr_array_add (rows, row);
    }
  return rows;
}

static FramPair *
pair_from_variant (GVariant *backing)
{
  FramPair *row = g_atomic_rc_box_new0 (FramPair);
  const char *local_type, *remote_type, *state;

  row->backing = backing;
  g_variant_get (row->backing, "(uuu&s&s&s&s&s&s&sbbbbtxuuuuuu)", &row->id, &row->stream,
                 &row->component, &row->local_address, &local_type, &row->remote_address,
                 &remote_type, &state, &row->cause, &row->explanation, &row->readable,
                 &row->writable, &row->nominated, &row->selected, &row->priority,
                 &row->rtt, &row->requests_sent, &row->requests_received,
                 &row->responses_sent, &row->responses_received, &row->retransmissions,
                 &row->consent_requests_sent);
  row->local_type = candidate_type (local_type);
  row->remote_type = candidate_type (remote_type);
  row->state = fram_enum_from_word (FRAM_TYPE_PAIR_STATE, state, FRAM_PAIR_STATE_FROZEN);
  return row;
}

GPtrArray *
fram_pairs_from_reply (GVariant *reply)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) fram_pair_unref);
  g_autoptr (GVariant) table = g_variant_get_child_value (reply, 0);
  gsize n = g_variant_n_children (table);

  for (gsize i = 0; i < n; i++)
    g_ptr_array_add (rows, pair_from_variant (g_variant_get_child_value (table, i)));
  return rows;
}

GPtrArray *
fram_session_infos_from_reply (GVariant *reply)
{
  GPtrArray *rows
      = g_ptr_array_new_with_free_func ((GDestroyNotify) fram_session_info_unref);
  g_autoptr (GVariant) table = g_variant_get_child_value (reply, 0);
  gsize n = g_variant_n_children (table);

  for (gsize i = 0; i < n; i++)
    {
      FramSessionInfo *row = g_atomic_rc_box_new0 (FramSessionInfo);
      const char *role, *state;

      row->backing = g_variant_get_child_value (table, i);
      g_variant_get (row->backing, "(&o&s&s&s&s&s&sxt)", &row->path, &row->application,
                     &row->label, &role, &state, &row->cause, &row->selected, &row->rtt,
                     &row->age);
      row->role = fram_enum_from_word (FRAM_TYPE_ROLE, role, FRAM_ROLE_AUTOMATIC);
      row->state = fram_enum_from_word (FRAM_TYPE_STATE, state, FRAM_STATE_NEW);
      g_ptr_array_add (rows, row);
    }
  return rows;
}
