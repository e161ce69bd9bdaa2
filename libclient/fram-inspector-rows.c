#include "fram-inspector-rows.h"

#include "row-define.h"

/**
 * FramComponentRow:
 *
 * A component of a session that is watched.
 */

static const FramColumn component_row_columns[] = {
  /**
   * FramComponentRow:id:
   *
   * Its number in the session.
   */
  { "id", G_TYPE_UINT64, NULL, 0 },
  /**
   * FramComponentRow:stream:
   *
   * Its stream, from 0.
   */
  { "stream", G_TYPE_UINT, NULL, 0 },
  /**
   * FramComponentRow:component:
   *
   * Its number in the stream, from 1.
   */
  { "component", G_TYPE_UINT, NULL, 0 },
  /**
   * FramComponentRow:state:
   *
   * Its state.
   */
  { "state", 0, fram_state_get_type, FRAM_STATE_NEW },
  /**
   * FramComponentRow:cause:
   *
   * Why it is in that state, as a word for programs.
   */
  { "cause", G_TYPE_STRING, NULL, 0 },
  /**
   * FramComponentRow:explanation:
   *
   * The same as a sentence for people.
   */
  { "explanation", G_TYPE_STRING, NULL, 0 },
  /**
   * FramComponentRow:pair:
   *
   * The `id` of the pair that carries its data; 0 if none does.
   */
  { "pair", G_TYPE_UINT64, NULL, 0 },
  /**
   * FramComponentRow:open:
   *
   * Whether the application has opened it.
   */
  { "open", G_TYPE_BOOLEAN, NULL, 0 },
  /**
   * FramComponentRow:packets-sent:
   *
   * Datagrams of the application that were sent.
   */
  { "packets-sent", G_TYPE_UINT64, NULL, 0 },
  /**
   * FramComponentRow:packets-received:
   *
   * Datagrams of the peer that were given to it.
   */
  { "packets-received", G_TYPE_UINT64, NULL, 0 },
  /**
   * FramComponentRow:bytes-sent:
   *
   * Bytes of them.
   */
  { "bytes-sent", G_TYPE_UINT64, NULL, 0 },
  /**
   * FramComponentRow:bytes-received:
   *
   * Bytes of them.
   */
  { "bytes-received", G_TYPE_UINT64, NULL, 0 },
  /**
   * FramComponentRow:dropped:
   *
   * Datagrams that were given up, for whatever reason.
   */
  { "dropped", G_TYPE_UINT64, NULL, 0 },
};

DEFINE_ROW (FramComponentRow, fram_component_row, component_row_columns)

/**
 * FramChangeRow:
 *
 * Something that a session went through.
 */

static const FramColumn change_row_columns[] = {
  /**
   * FramChangeRow:id:
   *
   * Its number; later ones are higher.
   */
  { "id", G_TYPE_UINT64, NULL, 0 },
  /**
   * FramChangeRow:when:
   *
   * When, in microseconds since the creation of the session.
   */
  { "when", G_TYPE_INT64, NULL, 0 },
  /**
   * FramChangeRow:what:
   *
   * What it tells of, as a word: `session`, `component`, `gathered`, `selected` or
   * `restart-advised`.
   */
  { "what", G_TYPE_STRING, NULL, 0 },
  /**
   * FramChangeRow:stream:
   *
   * The stream.
   */
  { "stream", G_TYPE_UINT, NULL, 0 },
  /**
   * FramChangeRow:component:
   *
   * The component; 0 if it tells of the whole session.
   */
  { "component", G_TYPE_UINT, NULL, 0 },
  /**
   * FramChangeRow:state:
   *
   * The new state as its word; empty if it is none.
   */
  { "state", G_TYPE_STRING, NULL, 0 },
  /**
   * FramChangeRow:cause:
   *
   * Its cause, as a word for programs; may be empty.
   */
  { "cause", G_TYPE_STRING, NULL, 0 },
  /**
   * FramChangeRow:explanation:
   *
   * The same as a sentence for people.
   */
  { "explanation", G_TYPE_STRING, NULL, 0 },
};

DEFINE_ROW (FramChangeRow, fram_change_row, change_row_columns)

/**
 * FramCandidateRow:
 *
 * A candidate of a session that is watched.
 */

static const FramColumn candidate_row_columns[] = {
  /**
   * FramCandidateRow:id:
   *
   * Its number in the session.
   */
  { "id", G_TYPE_UINT64, NULL, 0 },
  /**
   * FramCandidateRow:stream:
   *
   * Its stream, from 0.
   */
  { "stream", G_TYPE_UINT, NULL, 0 },
  /**
   * FramCandidateRow:component:
   *
   * Its component, from 1.
   */
  { "component", G_TYPE_UINT, NULL, 0 },
  /**
   * FramCandidateRow:is-remote:
   *
   * Whether it is the peer's.
   */
  { "is-remote", G_TYPE_BOOLEAN, NULL, 0 },
  /**
   * FramCandidateRow:type:
   *
   * How the address came to be a candidate.
   */
  { "type", 0, fram_candidate_type_get_type, FRAM_CANDIDATE_TYPE_HOST },
  /**
   * FramCandidateRow:transport:
   *
   * `udp` or `tcp`.
   */
  { "transport", G_TYPE_STRING, NULL, 0 },
  /**
   * FramCandidateRow:address:
   *
   * Address and port.
   */
  { "address", G_TYPE_STRING, NULL, 0 },
  /**
   * FramCandidateRow:related:
   *
   * The address of its base or, if it is relayed, the related address; may be empty.
   */
  { "related", G_TYPE_STRING, NULL, 0 },
  /**
   * FramCandidateRow:server:
   *
   * The URI of the server that it is from; empty if it is from none.
   */
  { "server", G_TYPE_STRING, NULL, 0 },
  /**
   * FramCandidateRow:foundation:
   *
   * Its foundation (RFC 8445 §5.1.1.3).
   */
  { "foundation", G_TYPE_STRING, NULL, 0 },
  /**
   * FramCandidateRow:priority:
   *
   * Its priority (RFC 8445 §5.1.2).
   */
  { "priority", G_TYPE_UINT, NULL, 0 },
  /**
   * FramCandidateRow:found:
   *
   * When it was found, in microseconds since the creation of the session.
   */
  { "found", G_TYPE_INT64, NULL, 0 },
};

DEFINE_ROW (FramCandidateRow, fram_candidate_row, candidate_row_columns)

/**
 * FramPairRow:
 *
 * A candidate pair of a session that is watched.
 */

static const FramColumn pair_row_columns[] = {
  /**
   * FramPairRow:id:
   *
   * Its number in the session.
   */
  { "id", G_TYPE_UINT64, NULL, 0 },
  /**
   * FramPairRow:stream:
   *
   * Its stream, from 0.
   */
  { "stream", G_TYPE_UINT, NULL, 0 },
  /**
   * FramPairRow:component:
   *
   * Its component, from 1.
   */
  { "component", G_TYPE_UINT, NULL, 0 },
  /**
   * FramPairRow:local-candidate:
   *
   * The `id` of its local candidate, which may be gone.
   */
  { "local-candidate", G_TYPE_UINT64, NULL, 0 },
  /**
   * FramPairRow:remote-candidate:
   *
   * The `id` of its remote candidate, which may be gone.
   */
  { "remote-candidate", G_TYPE_UINT64, NULL, 0 },
  /**
   * FramPairRow:local:
   *
   * Address and port of this side.
   */
  { "local", G_TYPE_STRING, NULL, 0 },
  /**
   * FramPairRow:local-type:
   *
   * The type of the local candidate.
   */
  { "local-type", 0, fram_candidate_type_get_type, FRAM_CANDIDATE_TYPE_HOST },
  /**
   * FramPairRow:remote:
   *
   * Address and port of the peer.
   */
  { "remote", G_TYPE_STRING, NULL, 0 },
  /**
   * FramPairRow:remote-type:
   *
   * The type of the remote candidate.
   */
  { "remote-type", 0, fram_candidate_type_get_type, FRAM_CANDIDATE_TYPE_HOST },
  /**
   * FramPairRow:state:
   *
   * How far its check has come.
   */
  { "state", 0, fram_pair_state_get_type, FRAM_PAIR_STATE_FROZEN },
  /**
   * FramPairRow:cause:
   *
   * Why it is in that state, as a word for programs.
   */
  { "cause", G_TYPE_STRING, NULL, 0 },
  /**
   * FramPairRow:explanation:
   *
   * The same as a sentence for people.
   */
  { "explanation", G_TYPE_STRING, NULL, 0 },
  /**
   * FramPairRow:readable:
   *
   * Whether a check of the peer was answered.
   */
  { "readable", G_TYPE_BOOLEAN, NULL, 0 },
  /**
   * FramPairRow:writable:
   *
   * Whether a check of ours was answered.
   */
  { "writable", G_TYPE_BOOLEAN, NULL, 0 },
  /**
   * FramPairRow:nominated:
   *
   * Whether the controlling side has nominated it.
   */
  { "nominated", G_TYPE_BOOLEAN, NULL, 0 },
  /**
   * FramPairRow:selected:
   *
   * Whether the data take it.
   */
  { "selected", G_TYPE_BOOLEAN, NULL, 0 },
  /**
   * FramPairRow:past:
   *
   * Whether it is only remembered: its component has failed.
   */
  { "past", G_TYPE_BOOLEAN, NULL, 0 },
  /**
   * FramPairRow:priority:
   *
   * Its priority (RFC 8445 §6.1.2.3).
   */
  { "priority", G_TYPE_UINT64, NULL, 0 },
  /**
   * FramPairRow:rtt:
   *
   * The round-trip time of the last check in microseconds; -1 if none was measured.
   */
  { "rtt", G_TYPE_INT64, NULL, 0 },
  /**
   * FramPairRow:total-rtt:
   *
   * Those of all checks together.
   */
  { "total-rtt", G_TYPE_INT64, NULL, 0 },
  /**
   * FramPairRow:requests-sent:
   *
   * Checks sent, without those sent again.
   */
  { "requests-sent", G_TYPE_UINT, NULL, 0 },
  /**
   * FramPairRow:requests-received:
   *
   * Checks received.
   */
  { "requests-received", G_TYPE_UINT, NULL, 0 },
  /**
   * FramPairRow:responses-sent:
   *
   * Answers sent.
   */
  { "responses-sent", G_TYPE_UINT, NULL, 0 },
  /**
   * FramPairRow:responses-received:
   *
   * Answers received.
   */
  { "responses-received", G_TYPE_UINT, NULL, 0 },
  /**
   * FramPairRow:retransmissions:
   *
   * Checks sent again.
   */
  { "retransmissions", G_TYPE_UINT, NULL, 0 },
  /**
   * FramPairRow:consent-requests:
   *
   * Consent checks sent (RFC 7675).
   */
  { "consent-requests", G_TYPE_UINT, NULL, 0 },
  /**
   * FramPairRow:bytes-sent:
   *
   * Bytes of the application's data sent since they take this pair; 0 while they do not.
   */
  { "bytes-sent", G_TYPE_UINT64, NULL, 0 },
  /**
   * FramPairRow:bytes-received:
   *
   * Those received.
   */
  { "bytes-received", G_TYPE_UINT64, NULL, 0 },
};

DEFINE_ROW (FramPairRow, fram_pair_row, pair_row_columns)

/**
 * FramEventRow:
 *
 * An event of an [class@EventLog].
 *
 * Properties that have no meaning for it are empty, 0 or, of times, -1.
 */

static const FramColumn event_row_columns[] = {
  /**
   * FramEventRow:id:
   *
   * Its number in the log.
   */
  { "id", G_TYPE_UINT64, NULL, 0 },
  /**
   * FramEventRow:time:
   *
   * When, in microseconds since 1970, UTC.
   */
  { "time", G_TYPE_INT64, NULL, 0 },
  /**
   * FramEventRow:session:
   *
   * The `id` of the session.
   */
  { "session", G_TYPE_UINT64, NULL, 0 },
  /**
   * FramEventRow:event:
   *
   * What has happened, as a word; `dropped` if events were lost here.
   */
  { "event", G_TYPE_STRING, NULL, 0 },
  /**
   * FramEventRow:stream:
   *
   * The stream.
   */
  { "stream", G_TYPE_UINT, NULL, 0 },
  /**
   * FramEventRow:component:
   *
   * The component; 0 if it is about none.
   */
  { "component", G_TYPE_UINT, NULL, 0 },
  /**
   * FramEventRow:candidate:
   *
   * The `id` of the candidate that it is about.
   */
  { "candidate", G_TYPE_UINT64, NULL, 0 },
  /**
   * FramEventRow:pair:
   *
   * The `id` of the pair that it is about.
   */
  { "pair", G_TYPE_UINT64, NULL, 0 },
  /**
   * FramEventRow:type:
   *
   * The type of the candidate, or of the local one of the pair.
   */
  { "type", G_TYPE_STRING, NULL, 0 },
  /**
   * FramEventRow:remote-type:
   *
   * The type of the remote candidate of the pair.
   */
  { "remote-type", G_TYPE_STRING, NULL, 0 },
  /**
   * FramEventRow:local:
   *
   * The local address.
   */
  { "local", G_TYPE_STRING, NULL, 0 },
  /**
   * FramEventRow:remote:
   *
   * The remote address.
   */
  { "remote", G_TYPE_STRING, NULL, 0 },
  /**
   * FramEventRow:is-remote:
   *
   * Whether the candidate is the peer's.
   */
  { "is-remote", G_TYPE_BOOLEAN, NULL, 0 },
  /**
   * FramEventRow:state:
   *
   * The state that the pair, the component or the session has now.
   */
  { "state", G_TYPE_STRING, NULL, 0 },
  /**
   * FramEventRow:cause:
   *
   * Why, as a word for programs.
   */
  { "cause", G_TYPE_STRING, NULL, 0 },
  /**
   * FramEventRow:explanation:
   *
   * The same as a sentence for people.
   */
  { "explanation", G_TYPE_STRING, NULL, 0 },
  /**
   * FramEventRow:rtt:
   *
   * The round-trip time that was measured, in microseconds.
   */
  { "rtt", G_TYPE_INT64, NULL, 0 },
  /**
   * FramEventRow:count:
   *
   * How many such events at one time.
   */
  { "count", G_TYPE_UINT, NULL, 0 },
  /**
   * FramEventRow:dropped:
   *
   * How many events were lost here.
   */
  { "dropped", G_TYPE_UINT64, NULL, 0 },
};

DEFINE_ROW (FramEventRow, fram_event_row, event_row_columns)
