#include "rpc/rows.h"

#include <string.h>

const char *
fram_rows_transport_text (FramTransport transport)
{
  switch (transport)
    {
    case FRAM_TRANSPORT_UDP:
      return "udp";
    case FRAM_TRANSPORT_TCP_ACTIVE:
    case FRAM_TRANSPORT_TCP_PASSIVE:
    case FRAM_TRANSPORT_TCP_SO:
      return "tcp";
    }
  g_return_val_if_reached ("");
}

char *
fram_rows_local_text (FramBroker *broker, FramSessionId session, const FramPairRow *pair)
{
  char text[FRAM_SHOWN_ADDRESS_TEXT];

  return g_strdup_printf ("%s %s %s",
                          fram_broker_show_address (broker, session, FALSE,
                                                    pair->local_type, &pair->local, text),
                          fram_candidate_type_to_text (pair->local_type),
                          fram_rows_transport_text (pair->transport));
}

char *
fram_rows_remote_text (FramBroker *broker, FramSessionId session, const FramPairRow *pair)
{
  char text[FRAM_SHOWN_ADDRESS_TEXT];

  return g_strdup_printf ("%s %s %s",
                          fram_broker_show_address (broker, session, TRUE,
                                                    pair->remote_type, &pair->remote,
                                                    text),
                          fram_candidate_type_to_text (pair->remote_type),
                          fram_rows_transport_text (pair->transport));
}

static GVariant *
pair_to_variant (FramBroker *broker, FramSessionId session, const FramPairRow *pair)
{
  char local[FRAM_SHOWN_ADDRESS_TEXT], remote[FRAM_SHOWN_ADDRESS_TEXT];

  return g_variant_new (
      "(uuusssssssbbbbtxuuuuuu)", pair->id, (guint32) pair->stream,
      (guint32) pair->component,
      fram_broker_show_address (broker, session, FALSE, pair->local_type, &pair->local,
                                local),
      fram_candidate_type_to_text (pair->local_type),
      fram_broker_show_address (broker, session, TRUE, pair->remote_type, &pair->remote,
                                remote),
      fram_candidate_type_to_text (pair->remote_type),
      fram_pair_state_to_text (pair->state), fram_cause_to_word (pair->cause),
      fram_cause_to_sentence (pair->cause), pair->readable, pair->writable,
      pair->nominated, pair->selected, pair->priority, pair->rtt, pair->requests_sent,
      pair->requests_received, pair->responses_sent, pair->responses_received,
      pair->retransmissions_sent, pair->consent_requests_sent);
}

GVariant *
fram_rows_pairs (FramBroker *broker, FramSessionId session, GArray *pairs)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a(uuusssssssbbbbtxuuuuuu)"));
  for (guint i = 0; i < pairs->len; i++)
    g_variant_builder_add_value (
        &rows, pair_to_variant (broker, session, &g_array_index (pairs, FramPairRow, i)));
  return g_variant_builder_end (&rows);
}

/* The address a candidate comes from: its base, where we know it, else what its line names
 * as related. */
const char *
fram_rows_show_origin (FramBroker *broker, FramSessionId session,
                       const FramCandidateRow *row, char text[FRAM_SHOWN_ADDRESS_TEXT])
{
  const FramCandidate *candidate = &row->candidate;
  const FramAddress *origin = row->remote || candidate->type == FRAM_CANDIDATE_RELAYED
                                  ? &candidate->related
                                  : &candidate->base_address;

  if (origin->family == FRAM_FAMILY_NONE)
    return strcpy (text, "");
  return fram_broker_show_address (broker, session, row->remote, candidate->type, origin,
                                   text);
}

static GVariant *
candidate_to_variant (FramBroker *broker, FramSessionId session,
                      const FramCandidateRow *row)
{
  const FramCandidate *candidate = &row->candidate;
  char address[FRAM_SHOWN_ADDRESS_TEXT], origin[FRAM_SHOWN_ADDRESS_TEXT];

  return g_variant_new ("(uubsssssu)", row->stream, (guint32) candidate->component,
                        row->remote, fram_candidate_type_to_text (candidate->type),
                        fram_rows_transport_text (candidate->transport),
                        fram_broker_show_address (broker, session, row->remote,
                                                  candidate->type, &candidate->address,
                                                  address),
                        fram_rows_show_origin (broker, session, row, origin),
                        candidate->foundation, candidate->priority);
}

GVariant *
fram_rows_candidates (FramBroker *broker, FramSessionId session, GArray *candidates)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a(uubsssssu)"));
  for (guint i = 0; i < candidates->len; i++)
    g_variant_builder_add_value (
        &rows, candidate_to_variant (broker, session,
                                     &g_array_index (candidates, FramCandidateRow, i)));
  return g_variant_builder_end (&rows);
}

GVariant *
fram_rows_local_lines (FramBroker *broker, FramSessionId session, guint n_streams)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a(us)"));
  for (guint stream = 0; stream < n_streams; stream++)
    {
      g_autoptr (GPtrArray) lines
          = fram_broker_list_local_lines (broker, session, stream);

      for (guint i = 0; i < lines->len; i++)
        g_variant_builder_add (&rows, "(us)", stream, g_ptr_array_index (lines, i));
    }
  return g_variant_builder_end (&rows);
}

GVariant *
fram_rows_component_stats (const FramComponentStats *stats)
{
  const struct
  {
    const char *name;
    guint64 value;
  } counters[] = {
    { "packets-sent", stats->packets_sent },
    { "packets-received", stats->packets_received },
    { "bytes-sent", stats->bytes_sent },
    { "bytes-received", stats->bytes_received },
    { "dropped-no-path", stats->dropped_no_path },
    { "dropped-app-full", stats->dropped_app_full },
    { "dropped-net-full", stats->dropped_net_full },
    { "dropped-too-long", stats->dropped_too_long },
    { "dropped-refused", stats->dropped_refused },
    { "dropped-empty", stats->dropped_empty },
  };
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a{st}"));
  for (guint i = 0; i < G_N_ELEMENTS (counters); i++)
    g_variant_builder_add (&rows, "{st}", counters[i].name, counters[i].value);
  return g_variant_builder_end (&rows);
}

static GVariant *
features_to_variant (const FramDriverStats *stats)
{
  GVariantBuilder words;

  g_variant_builder_init (&words, G_VARIANT_TYPE ("as"));
  if (stats->has_udp_gro)
    g_variant_builder_add (&words, "s", "udp-gro");
  if (stats->has_udp_segment)
    g_variant_builder_add (&words, "s", "udp-segment");
  if (stats->direct_problem == NULL)
    g_variant_builder_add (&words, "s", "direct");
  return g_variant_builder_end (&words);
}

static const char *
cache_state_to_word (FramCacheState state)
{
  switch (state)
    {
    case FRAM_CACHE_ON_DISK:
      return "on-disk";
    case FRAM_CACHE_WAITING:
      return "waiting";
    case FRAM_CACHE_IN_MEMORY:
      return "in-memory";
    }
  g_assert_not_reached ();
}

static void
add_cache (GVariantBuilder *rows, const FramCache *cache)
{
  const GError *problem = fram_cache_get_problem (cache);

  g_variant_builder_add (
      rows, "{sv}", "cache",
      g_variant_new_string (cache_state_to_word (fram_cache_get_state (cache))));
  if (problem != NULL)
    g_variant_builder_add (
        rows, "{sv}", "cache-problem",
        g_variant_new_take_string (g_utf8_make_valid (problem->message, -1)));
}

GVariant *
fram_rows_status (const FramBrokerTotals *totals, const FramDriverStats *stats,
                  guint64 signals_dropped, const FramCache *cache)
{
  const struct
  {
    const char *name;
    guint32 value;
  } numbers[] = {
    { "sessions", totals->n_sessions }, { "bases", totals->n_bases },
    { "lanes", totals->n_lanes },       { "routes", totals->n_routes },
    { "mappings", totals->n_mappings },
  };
  const struct
  {
    const char *name;
    guint64 value;
  } counters[] = {
    { "packets-in", stats->packets_in },
    { "packets-out", stats->packets_out },
    { "bytes-in", stats->bytes_in },
    { "bytes-out", stats->bytes_out },
    { "dropped-no-route", stats->dropped_no_route },
    { "dropped-app-full", stats->dropped_app_full },
    { "dropped-net-full", stats->dropped_net_full },
    { "dropped-no-path", stats->dropped_no_path },
    { "dropped-other", stats->dropped_other },
    { "signals-dropped", signals_dropped },
  };
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    g_variant_builder_add (&rows, "{sv}", numbers[i].name,
                           g_variant_new_uint32 (numbers[i].value));
  for (guint i = 0; i < G_N_ELEMENTS (counters); i++)
    g_variant_builder_add (&rows, "{sv}", counters[i].name,
                           g_variant_new_uint64 (counters[i].value));
  g_variant_builder_add (&rows, "{sv}", "features", features_to_variant (stats));
  g_variant_builder_add (&rows, "{sv}", "direct", g_variant_new_uint32 (stats->n_direct));
  if (stats->direct_problem != NULL)
    g_variant_builder_add (
        &rows, "{sv}", "direct-problem",
        g_variant_new_take_string (g_utf8_make_valid (stats->direct_problem, -1)));
  if (stats->names_problem != NULL)
    g_variant_builder_add (
        &rows, "{sv}", "names-problem",
        g_variant_new_take_string (g_utf8_make_valid (stats->names_problem, -1)));
  add_cache (&rows, cache);
  return g_variant_builder_end (&rows);
}
