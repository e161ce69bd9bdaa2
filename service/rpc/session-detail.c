#include "rpc/session-detail.h"

#include "broker/inspection.h"
#include "rpc/rows.h"
#include "rpc/session.h"

#define COMPONENT_TYPE "(tuussstbttttt)"
#define CHANGE_TYPE "(txsuusss)"
#define CANDIDATE_TYPE "(tuubssssssux)"
#define PAIR_TYPE "(tuuttsssssssbbbbbtxxuuuuuutt)"

struct _FramSessionDetail
{
  FramDelta *components, *changes, *candidates, *pairs;
};

FramSessionDetail *
fram_session_detail_new (void)
{
  FramSessionDetail *detail = g_new0 (FramSessionDetail, 1);

  detail->components = fram_delta_new ();
  detail->changes = fram_delta_new ();
  detail->candidates = fram_delta_new ();
  detail->pairs = fram_delta_new ();
  return detail;
}

void
fram_session_detail_free (FramSessionDetail *detail)
{
  if (detail == NULL)
    return;
  fram_delta_free (detail->components);
  fram_delta_free (detail->changes);
  fram_delta_free (detail->candidates);
  fram_delta_free (detail->pairs);
  g_free (detail);
}

/* --- Components -------------------------------------------------------------------- */

static GVariant *
make_component (const FramBusSession *session, guint64 id, guint stream, guint component,
                const FramComponentLook *look)
{
  FramComponentStats stats = { 0 };
  gboolean open
      = fram_driver_get_component_stats (fram_sessions_get_driver (session->sessions),
                                         session->id, stream, component, &stats);

  return g_variant_new (
      COMPONENT_TYPE, id, stream, component, fram_state_to_text (look->state),
      fram_cause_to_word (look->cause), fram_cause_to_sentence (look->cause), look->path,
      open, stats.packets_sent, stats.packets_received, stats.bytes_sent,
      stats.bytes_received,
      stats.dropped_no_path + stats.dropped_app_full + stats.dropped_net_full
          + stats.dropped_too_long + stats.dropped_refused + stats.dropped_empty);
}

static GVariant *
pull_components (FramDelta *delta, const FramBusSession *session)
{
  FramBroker *broker = fram_sessions_get_broker (session->sessions);
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a" COMPONENT_TYPE));
  for (guint s = 0; s < session->n_streams; s++)
    for (guint c = 1; c <= session->n_components[s]; c++)
      {
        guint64 id = s * FRAM_MAX_COMPONENTS + c;
        FramComponentLook look;

        if (fram_broker_inspect_component (broker, session->id, s, c, &look)
            && fram_delta_needs (delta, id, TRUE))
          fram_delta_add (delta, id, make_component (session, id, s, c, &look), &rows);
      }
  return g_variant_builder_end (&rows);
}

/* --- Changes ----------------------------------------------------------------------- */

static GVariant *
pull_changes (FramDelta *delta, const FramBusSession *session, FramTime created)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a" CHANGE_TYPE));
  for (GList *link = session->changes.all.head; link != NULL; link = link->next)
    {
      const FramChange *change = link->data;

      if (fram_delta_needs (delta, change->id, FALSE))
        fram_delta_add (delta, change->id,
                        g_variant_new (CHANGE_TYPE, change->id,
                                       MAX (change->when - created, 0), change->what,
                                       change->stream, change->component, change->state,
                                       change->cause, change->sentence),
                        &rows);
    }
  return g_variant_builder_end (&rows);
}

/* --- Candidates -------------------------------------------------------------------- */

typedef struct
{
  char address[FRAM_SHOWN_ADDRESS_TEXT], origin[FRAM_SHOWN_ADDRESS_TEXT];
} CandidateTexts;

static CandidateTexts
show_candidate (const FramBusSession *session, const FramCandidateRow *row)
{
  FramBroker *broker = fram_sessions_get_broker (session->sessions);
  CandidateTexts texts = { 0 };

  fram_broker_show_address (broker, session->id, row->remote, row->candidate.type,
                            &row->candidate.address, texts.address);
  fram_rows_show_origin (broker, session->id, row, texts.origin);
  return texts;
}

static GVariant *
make_candidate (const FramCandidateLook *look, const CandidateTexts *texts,
                FramTime created)
{
  const FramCandidate *candidate = &look->row.candidate;

  return g_variant_new (
      CANDIDATE_TYPE, look->id, look->row.stream, (guint32) candidate->component,
      look->row.remote, fram_candidate_type_to_text (candidate->type),
      fram_rows_transport_text (candidate->transport), texts->address, texts->origin,
      look->server != NULL ? look->server : "", candidate->foundation,
      candidate->priority, MAX (candidate->found - created, 0));
}

/* Structures have holes, so each field that is shown is given by itself. */
static guint64
digest_candidate (const FramCandidateLook *look, const CandidateTexts *texts)
{
  const FramCandidate *candidate = &look->row.candidate;
  const guint64 numbers[] = {
    look->row.stream,     candidate->component, look->row.remote, candidate->type,
    candidate->transport, candidate->priority,  candidate->found,
  };
  guint64 sum = fram_delta_digest (0, numbers, sizeof numbers);

  sum = fram_delta_digest (sum, texts, sizeof *texts);
  sum = fram_delta_digest (sum, candidate->foundation, strlen (candidate->foundation));
  return look->server == NULL
             ? sum
             : fram_delta_digest (sum, look->server, strlen (look->server));
}

static GVariant *
pull_candidates (FramDelta *delta, const FramBusSession *session, FramTime created)
{
  g_autoptr (GArray) looks = fram_broker_inspect_candidates (
      fram_sessions_get_broker (session->sessions), session->id);
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a" CANDIDATE_TYPE));
  for (guint i = 0; i < looks->len; i++)
    {
      const FramCandidateLook *look = &g_array_index (looks, FramCandidateLook, i);
      CandidateTexts texts = show_candidate (session, &look->row);

      if (fram_delta_needs_made_from (delta, look->id, digest_candidate (look, &texts)))
        fram_delta_add (delta, look->id, make_candidate (look, &texts, created), &rows);
    }
  return g_variant_builder_end (&rows);
}

/* --- Pairs ------------------------------------------------------------------------- */

/* The bytes of the pair's component count for it while it carries them. */
static void
get_bytes (const FramBusSession *session, const FramPairLook *look, guint64 *ret_sent,
           guint64 *ret_received)
{
  FramTransferCounts counts;

  fram_driver_get_path_counts (fram_sessions_get_driver (session->sessions), session->id,
                               look->row.stream, look->row.component, look->base,
                               &look->peer, &counts);
  *ret_sent = counts.bytes_sent;
  *ret_received = counts.bytes_received;
}

typedef struct
{
  char local[FRAM_SHOWN_ADDRESS_TEXT], remote[FRAM_SHOWN_ADDRESS_TEXT];
} PairTexts;

static PairTexts
show_pair (const FramBusSession *session, const FramPairRow *row)
{
  FramBroker *broker = fram_sessions_get_broker (session->sessions);
  PairTexts texts = { 0 };

  fram_broker_show_address (broker, session->id, FALSE, row->local_type, &row->local,
                            texts.local);
  fram_broker_show_address (broker, session->id, TRUE, row->remote_type, &row->remote,
                            texts.remote);
  return texts;
}

static guint64
digest_pair (const FramPairLook *look, const PairTexts *texts, guint64 sent,
             guint64 received)
{
  const FramPairRow *row = &look->row;
  const guint64 numbers[] = {
    row->stream,
    row->component,
    look->local,
    look->remote,
    row->local_type,
    row->remote_type,
    row->state,
    row->cause,
    row->readable,
    row->writable,
    row->nominated,
    row->selected,
    look->past,
    row->priority,
    row->rtt,
    row->total_rtt,
    row->requests_sent,
    row->requests_received,
    row->responses_sent,
    row->responses_received,
    row->retransmissions_sent,
    row->consent_requests_sent,
    sent,
    received,
  };

  return fram_delta_digest (fram_delta_digest (0, numbers, sizeof numbers), texts,
                            sizeof *texts);
}

static GVariant *
make_pair (const FramPairLook *look, const PairTexts *texts, guint64 sent,
           guint64 received)
{
  const FramPairRow *row = &look->row;

  return g_variant_new (
      PAIR_TYPE, look->id, (guint32) row->stream, (guint32) row->component, look->local,
      look->remote, texts->local, fram_candidate_type_to_text (row->local_type),
      texts->remote, fram_candidate_type_to_text (row->remote_type),
      fram_pair_state_to_text (row->state), fram_cause_to_word (row->cause),
      fram_cause_to_sentence (row->cause), row->readable, row->writable, row->nominated,
      row->selected, look->past, row->priority, row->rtt, row->total_rtt,
      row->requests_sent, row->requests_received, row->responses_sent,
      row->responses_received, row->retransmissions_sent, row->consent_requests_sent,
      sent, received);
}

static GVariant *
pull_pairs (FramDelta *delta, const FramBusSession *session)
{
  g_autoptr (GArray) looks = fram_broker_inspect_pairs (
      fram_sessions_get_broker (session->sessions), session->id);
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a" PAIR_TYPE));
  for (guint i = 0; i < looks->len; i++)
    {
      const FramPairLook *look = &g_array_index (looks, FramPairLook, i);
      PairTexts texts = show_pair (session, &look->row);
      guint64 sent, received;

      get_bytes (session, look, &sent, &received);
      if (fram_delta_needs_made_from (delta, look->id,
                                      digest_pair (look, &texts, sent, received)))
        fram_delta_add (delta, look->id, make_pair (look, &texts, sent, received), &rows);
    }
  return g_variant_builder_end (&rows);
}

/* --- All of it --------------------------------------------------------------------- */

GVariant *
fram_session_detail_pull (FramSessionDetail *detail, FramBusSession *session,
                          guint64 known, guint64 generation)
{
  FramDelta *const deltas[]
      = { detail->components, detail->changes, detail->candidates, detail->pairs };
  FramSessionRow state = { 0 };
  gboolean complete = known == 0;
  GVariant *tables[G_N_ELEMENTS (deltas)], *removed[G_N_ELEMENTS (deltas)];

  fram_broker_get_session (fram_sessions_get_broker (session->sessions), session->id,
                           &state);
  for (guint i = 0; i < G_N_ELEMENTS (deltas); i++)
    complete |= !fram_delta_can_tell (deltas[i], known);
  for (guint i = 0; i < G_N_ELEMENTS (deltas); i++)
    fram_delta_begin (deltas[i], complete ? 0 : known, generation);
  tables[0] = pull_components (detail->components, session);
  tables[1] = pull_changes (detail->changes, session, state.created);
  tables[2] = pull_candidates (detail->candidates, session, state.created);
  tables[3] = pull_pairs (detail->pairs, session);
  for (guint i = 0; i < G_N_ELEMENTS (deltas); i++)
    removed[i] = fram_delta_end (deltas[i]);
  /* Components do not go. */
  g_variant_unref (g_variant_ref_sink (removed[0]));
  return g_variant_new ("(tb@a" COMPONENT_TYPE "@a" CHANGE_TYPE "@a" CANDIDATE_TYPE
                        "@a" PAIR_TYPE "@at@at@at)",
                        generation, complete, tables[0], tables[1], tables[2], tables[3],
                        removed[1], removed[2], removed[3]);
}
