/* Each object of a report is a dictionary with an id, by which others refer to it, a type and a
 * time.  What is not known is left out, as the W3C's dictionaries allow: nothing is a guess.
 *
 * Not here: what only DTLS, RTP or a congestion controller knows, and times of packets, which
 * nobody takes. */
#include "rpc/stats-report.h"

#include "broker/inspection.h"
#include "rpc/rows.h"
#include "store/known-words.h"

#define PER_SECOND 1e6

typedef struct
{
  GVariantBuilder objects; /* a{sa{sv}} */
  gdouble timestamp;       /* milliseconds since 1970 */
} Report;

static void
add (GVariantBuilder *object, const char *name, GVariant *value)
{
  g_variant_builder_add (object, "{sv}", name, value);
}

static void
add_text (GVariantBuilder *object, const char *name, const char *text)
{
  if (text != NULL)
    add (object, name, g_variant_new_string (text));
}

static void
add_count (GVariantBuilder *object, const char *name, guint64 count)
{
  add (object, name, g_variant_new_uint64 (count));
}

static void
begin (const Report *report, GVariantBuilder *object, const char *id, const char *type)
{
  g_variant_builder_init (object, G_VARIANT_TYPE_VARDICT);
  add_text (object, "id", id);
  add_text (object, "type", type);
  add (object, "timestamp", g_variant_new_double (report->timestamp));
}

static void
end (Report *report, const char *id, GVariantBuilder *object)
{
  g_variant_builder_add (&report->objects, "{s@a{sv}}", id,
                         g_variant_builder_end (object));
}

static char *
transport_id (guint stream, guint component)
{
  return g_strdup_printf ("transport-%u.%u", stream, component);
}

static char *
candidate_id (guint64 id)
{
  return g_strdup_printf ("candidate-%" G_GUINT64_FORMAT, id);
}

static char *
pair_id (guint64 id)
{
  return g_strdup_printf ("pair-%" G_GUINT64_FORMAT, id);
}

/* --- RTCIceCandidateStats ---------------------------------------------------------- */

/* RFC 6544 §4.5 */
static const char *
tcp_type (FramTransport transport)
{
  switch (transport)
    {
    case FRAM_TRANSPORT_UDP:
      return NULL;
    case FRAM_TRANSPORT_TCP_ACTIVE:
      return "active";
    case FRAM_TRANSPORT_TCP_PASSIVE:
      return "passive";
    case FRAM_TRANSPORT_TCP_SO:
      return "so";
    }
  g_assert_not_reached ();
}

static void
add_address (GVariantBuilder *object, const char *name, const char *port,
             const FramAddress *address)
{
  char text[FRAM_ADDRESS_TEXT];

  fram_address_ip_to_text (address, text);
  add_text (object, name, text);
  add (object, port, g_variant_new_uint32 (address->port));
}

static void
add_origin (GVariantBuilder *object, const FramCandidateLook *look, FramPolicy policy)
{
  const FramCandidate *candidate = &look->row.candidate;

  add_text (object, "url", look->server);
  if (candidate->type == FRAM_CANDIDATE_RELAYED)
    add_text (object, "relayProtocol", fram_known_transport_to_word (look->transport));
  add_text (object, "networkType", look->by_tunnel ? "vpn" : "unknown");
  /* The related address is the host's own, or the one its NAT has. */
  if (policy == FRAM_POLICY_ALL && candidate->related.family != FRAM_FAMILY_NONE)
    add_address (object, "relatedAddress", "relatedPort", &candidate->related);
}

static void
add_candidate (Report *report, const FramCandidateLook *look, FramPolicy policy)
{
  const FramCandidate *candidate = &look->row.candidate;
  g_autofree char *id = candidate_id (look->id);
  g_autofree char *transport = transport_id (look->row.stream, candidate->component);
  GVariantBuilder object;

  begin (report, &object, id, look->row.remote ? "remote-candidate" : "local-candidate");
  add_text (&object, "transportId", transport);
  if (!look->is_hidden)
    add_address (&object, "address", "port", &candidate->address);
  else if (look->name != NULL)
    {
      add_text (&object, "address", look->name);
      add (&object, "port", g_variant_new_uint32 (candidate->address.port));
    }
  add_text (&object, "protocol", fram_rows_transport_text (candidate->transport));
  add_text (&object, "tcpType", tcp_type (candidate->transport));
  add_text (&object, "candidateType", fram_candidate_type_to_text (candidate->type));
  add (&object, "priority", g_variant_new_uint32 (candidate->priority));
  add_text (&object, "foundation", candidate->foundation);
  add_text (&object, "usernameFragment", look->ufrag);
  if (!look->row.remote)
    add_origin (&object, look, policy);
  else if (candidate->related.family != FRAM_FAMILY_NONE)
    add_address (&object, "relatedAddress", "relatedPort", &candidate->related);
  end (report, id, &object);
}

/* --- RTCIceCandidatePairStats ------------------------------------------------------ */

static void
add_checks (GVariantBuilder *object, const FramPairRow *row)
{
  add_count (object, "requestsSent",
             row->requests_sent - row->retransmissions_sent - row->consent_requests_sent);
  add_count (object, "requestsReceived", row->requests_received);
  add_count (object, "responsesSent", row->responses_sent);
  add_count (object, "responsesReceived", row->responses_received);
  add_count (object, "consentRequestsSent", row->consent_requests_sent);
  add (object, "totalRoundTripTime", g_variant_new_double (row->total_rtt / PER_SECOND));
  if (row->rtt >= 0)
    add (object, "currentRoundTripTime", g_variant_new_double (row->rtt / PER_SECOND));
}

static void
add_counts (GVariantBuilder *object, const FramTransferCounts *counts)
{
  add_count (object, "packetsSent", counts->packets_sent);
  add_count (object, "packetsReceived", counts->packets_received);
  add_count (object, "bytesSent", counts->bytes_sent);
  add_count (object, "bytesReceived", counts->bytes_received);
}

static void
add_pair (Report *report, const FramBusSession *session, const FramPairLook *look)
{
  const FramPairRow *row = &look->row;
  g_autofree char *id = pair_id (look->id);
  g_autofree char *local = candidate_id (look->local);
  g_autofree char *remote = candidate_id (look->remote);
  g_autofree char *transport = transport_id (row->stream, row->component);
  FramTransferCounts counts;
  GVariantBuilder object;

  fram_driver_get_path_counts (fram_sessions_get_driver (session->sessions), session->id,
                               row->stream, row->component, look->base, &look->peer,
                               &counts);
  begin (report, &object, id, "candidate-pair");
  add_text (&object, "transportId", transport);
  add_text (&object, "localCandidateId", local);
  add_text (&object, "remoteCandidateId", remote);
  add_text (&object, "state", fram_pair_state_to_text (row->state));
  add (&object, "nominated", g_variant_new_boolean (row->nominated));
  add_checks (&object, row);
  add_counts (&object, &counts);
  add_count (&object, "packetsDiscardedOnSend", counts.packets_discarded);
  end (report, id, &object);
}

/* --- RTCTransportStats ------------------------------------------------------------- */

static gboolean
has_pair (const GArray *pairs, guint64 id)
{
  for (guint i = 0; i < pairs->len; i++)
    {
      const FramPairLook *look = &g_array_index (pairs, FramPairLook, i);

      if (look->id == id && !look->past)
        return TRUE;
    }
  return FALSE;
}

static void
add_transport (Report *report, const FramBusSession *session, guint stream,
               guint component, const GArray *pairs)
{
  FramBroker *broker = fram_sessions_get_broker (session->sessions);
  g_autofree char *id = transport_id (stream, component);
  FramSessionRow row = { .role = FRAM_ROLE_CONTROLLING };
  FramLocalDescription local;
  FramTransferCounts counts;
  GVariantBuilder object;
  FramComponentLook look;

  if (!fram_broker_get_session (broker, session->id, &row)
      || !fram_broker_get_local_description (broker, session->id, &local)
      || !fram_broker_inspect_component (broker, session->id, stream, component, &look))
    return;
  begin (report, &object, id, "transport");
  add_text (&object, "iceRole", fram_role_to_text (row.role));
  add_text (&object, "iceState", fram_state_to_text (look.state));
  add_text (&object, "iceLocalUsernameFragment", local.description.ufrag);
  add (&object, "selectedCandidatePairChanges",
       g_variant_new_uint32 (look.n_path_changes));
  /* While a generation before this one carries the data, its pair is not in the report. */
  if (has_pair (pairs, look.path))
    {
      g_autofree char *selected = pair_id (look.path);

      add_text (&object, "selectedCandidatePairId", selected);
    }
  fram_driver_get_component_counts (fram_sessions_get_driver (session->sessions),
                                    session->id, stream, component, &counts);
  add_counts (&object, &counts);
  end (report, id, &object);
}

GVariant *
fram_stats_report_new (const FramBusSession *session)
{
  FramBroker *broker = fram_sessions_get_broker (session->sessions);
  g_autoptr (GArray) candidates = fram_broker_inspect_candidates (broker, session->id);
  g_autoptr (GArray) pairs = fram_broker_inspect_pairs (broker, session->id);
  FramSessionRow row;
  Report report;

  if (candidates == NULL || pairs == NULL
      || !fram_broker_get_session (broker, session->id, &row))
    return NULL;
  g_variant_builder_init (&report.objects, G_VARIANT_TYPE ("a{sa{sv}}"));
  report.timestamp = g_get_real_time () / 1000.0;
  for (guint s = 0; s < session->n_streams; s++)
    for (guint c = 1; c <= session->n_components[s]; c++)
      add_transport (&report, session, s, c, pairs);
  for (guint i = 0; i < candidates->len; i++)
    add_candidate (&report, &g_array_index (candidates, FramCandidateLook, i),
                   row.policy);
  for (guint i = 0; i < pairs->len; i++)
    if (!g_array_index (pairs, FramPairLook, i).past)
      add_pair (&report, session, &g_array_index (pairs, FramPairLook, i));
  return g_variant_builder_end (&report.objects);
}
