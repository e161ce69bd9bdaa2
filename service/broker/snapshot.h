/* What the broker knows, as rows that can be shown: no secrets, no pointers to live state. */
#pragma once

#include "broker/broker.h"
#include "ice/candidate-line.h"

/* The local description as the application signals it. */
typedef struct
{
  FramDescription description; /* ours: ufrag, pwd, options, pacing */
  guint32 generation;          /* 0, and one more with each restart */
  FramRole role;
  gboolean gathered; /* all candidates are there */
} FramLocalDescription;

gboolean fram_broker_get_local_description (FramBroker *broker, FramSessionId session,
                                            FramLocalDescription *ret_local);

typedef struct
{
  FramSessionId session;
  const char *owner; /* valid until the next call into the broker */
  const char *label;
  FramRole role;
  FramPolicy policy;
  FramState state;
  FramCause cause;
  guint n_streams;
  guint n_components[FRAM_MAX_STREAMS];
  guint n_pairs;
  FramTime created;
} FramSessionRow;

gboolean fram_broker_get_session (FramBroker *broker, FramSessionId session,
                                  FramSessionRow *ret_row);
/* Return: (transfer full): all session ids, in order of creation (guint32). */
GArray *fram_broker_list_sessions (FramBroker *broker);

/* Return: (transfer full): the lines (RFC 8839 §5.1) of the local candidates of a stream
 * that its policy shows to the peer; none if there is no such session. */
GPtrArray *fram_broker_list_local_lines (FramBroker *broker, FramSessionId session,
                                         guint stream);

/* Enough for a name, a port and a NUL. */
#define FRAM_SHOWN_ADDRESS_TEXT (FRAM_MDNS_NAME_MAX + sizeof ":65535")
/* Stands for an address that is not to be known, and has no name. */
#define FRAM_HIDDEN_ADDRESS "hidden"

/* How an address in the tables of a session, of the peer or of this side, is shown to whoever
 * it may be: as fram_address_to_text() writes it, or, where it is hidden, with its name in place
 * of the IP address.  `type`: of the candidate that has it.  Return: `text`. */
const char *fram_broker_show_address (FramBroker *broker, FramSessionId session,
                                      gboolean is_remote, FramCandidateType type,
                                      const FramAddress *address,
                                      char text[FRAM_SHOWN_ADDRESS_TEXT]);

typedef struct
{
  guint stream;
  gboolean remote;
  FramCandidate candidate;
} FramCandidateRow;

/* Return: (transfer full): FramCandidateRow; NULL if there is no such session. */
GArray *fram_broker_list_candidates (FramBroker *broker, FramSessionId session);

/* A pair as the panel shows it; the counters are the W3C's RTCIceCandidatePairStats. */
typedef struct
{
  guint32 id;
  guint16 stream;
  guint16 component;
  FramCandidateType local_type, remote_type;
  FramTransport transport;   /* of the local candidate */
  FramAddress local, remote; /* the candidates' addresses */
  guint64 priority;
  FramPairState state;
  FramCause cause;
  gboolean readable; /* the peer's check arrived and was answered */
  gboolean writable; /* our check was answered */
  gboolean nominated;
  gboolean selected;
  FramTime rtt;       /* of the last measured check; -1: none */
  FramTime total_rtt; /* of all measured */
  guint32 requests_sent, requests_received;
  guint32 responses_sent, responses_received;
  guint32 retransmissions_sent;
  guint32 consent_requests_sent;
} FramPairRow;

/* Return: (transfer full): FramPairRow, by priority; NULL if there is no such session. */
GArray *fram_broker_list_pairs (FramBroker *broker, FramSessionId session);

/* What is shared at this moment. */
typedef struct
{
  guint n_sessions;
  guint n_bases;
  guint n_lanes;
  guint n_routes;
  guint n_mappings;
  guint n_probe_sockets; /* beside the bases */
  guint n_allocations;   /* those that are being made or cannot be, too */
  guint n_relayed;       /* bases on them, beside the others */
} FramBrokerTotals;

void fram_broker_get_totals (FramBroker *broker, FramBrokerTotals *ret_totals);
