/* The other rows of the network, and those of the past. */
#include "fram-inspector-rows.h"

#include "row-define.h"

/**
 * FramServerRow:
 *
 * A server at one of its addresses.
 */

static const FramColumn server_row_columns[] = {
  /**
   * FramServerRow:uri:
   *
   * As it was given (RFC 7064, RFC 7065).
   */
  { "uri", G_TYPE_STRING, NULL, 0 },
  /**
   * FramServerRow:address:
   *
   * One of its addresses; empty if its name has none.
   */
  { "address", G_TYPE_STRING, NULL, 0 },
  /**
   * FramServerRow:transport:
   *
   * How it is spoken to: `udp`, `tcp`, `tls` or `dtls`.
   */
  { "transport", G_TYPE_STRING, NULL, 0 },
  /**
   * FramServerRow:rtt:
   *
   * The smoothed round trip.
   */
  { "rtt", G_TYPE_INT64, NULL, 0 },
  /**
   * FramServerRow:successes:
   *
   * How often it answered.
   */
  { "successes", G_TYPE_UINT, NULL, 0 },
  /**
   * FramServerRow:failures:
   *
   * How often it did not.
   */
  { "failures", G_TYPE_UINT, NULL, 0 },
  /**
   * FramServerRow:success-age:
   *
   * Since its last answer.
   */
  { "success-age", G_TYPE_INT64, NULL, 0 },
  /**
   * FramServerRow:failure-age:
   *
   * Since its last silence.
   */
  { "failure-age", G_TYPE_INT64, NULL, 0 },
  /**
   * FramServerRow:in-use:
   *
   * Whether a session has it.
   */
  { "in-use", G_TYPE_BOOLEAN, NULL, 0 },
};

DEFINE_ROW (FramServerRow, fram_server_row, server_row_columns)

/**
 * FramMappingRow:
 *
 * An address outside that sessions share.
 */

static const FramColumn mapping_row_columns[] = {
  /**
   * FramMappingRow:socket:
   *
   * The number of its socket.
   */
  { "socket", G_TYPE_UINT, NULL, 0 },
  /**
   * FramMappingRow:lane:
   *
   * The number of its lane: sessions of one lane share sockets.
   */
  { "lane", G_TYPE_UINT, NULL, 0 },
  /**
   * FramMappingRow:interface:
   *
   * The name of the interface.
   */
  { "interface", G_TYPE_STRING, NULL, 0 },
  /**
   * FramMappingRow:local:
   *
   * Address and port of the socket.
   */
  { "local", G_TYPE_STRING, NULL, 0 },
  /**
   * FramMappingRow:server:
   *
   * Address and port of the server that saw it.
   */
  { "server", G_TYPE_STRING, NULL, 0 },
  /**
   * FramMappingRow:mapped:
   *
   * Address and port outside; empty while they are not known.
   */
  { "mapped", G_TYPE_STRING, NULL, 0 },
  /**
   * FramMappingRow:state:
   *
   * `asking`, `known` or `deaf`.
   */
  { "state", G_TYPE_STRING, NULL, 0 },
  /**
   * FramMappingRow:sessions:
   *
   * How many sessions have it as a candidate.
   */
  { "sessions", G_TYPE_UINT, NULL, 0 },
  /**
   * FramMappingRow:interval:
   *
   * The time between two keep-alives.
   */
  { "interval", G_TYPE_INT64, NULL, 0 },
  /**
   * FramMappingRow:next:
   *
   * The time until the next one.
   */
  { "next", G_TYPE_INT64, NULL, 0 },
  /**
   * FramMappingRow:age:
   *
   * Since it is as it is.
   */
  { "age", G_TYPE_INT64, NULL, 0 },
};

DEFINE_ROW (FramMappingRow, fram_mapping_row, mapping_row_columns)

/**
 * FramDeafRow:
 *
 * A way to a server that ends in silence, and is not tried for a while.
 */

static const FramColumn deaf_row_columns[] = {
  /**
   * FramDeafRow:interface:
   *
   * The name of the interface.
   */
  { "interface", G_TYPE_STRING, NULL, 0 },
  /**
   * FramDeafRow:family:
   *
   * `ipv4` or `ipv6`.
   */
  { "family", G_TYPE_STRING, NULL, 0 },
  /**
   * FramDeafRow:uri:
   *
   * The server; empty: all servers.
   */
  { "uri", G_TYPE_STRING, NULL, 0 },
  /**
   * FramDeafRow:transport:
   *
   * How it is spoken to.
   */
  { "transport", G_TYPE_STRING, NULL, 0 },
  /**
   * FramDeafRow:first-age:
   *
   * Since it was found so first.
   */
  { "first-age", G_TYPE_INT64, NULL, 0 },
  /**
   * FramDeafRow:last-age:
   *
   * Since it was found so last.
   */
  { "last-age", G_TYPE_INT64, NULL, 0 },
};

DEFINE_ROW (FramDeafRow, fram_deaf_row, deaf_row_columns)

/**
 * FramAllocationRow:
 *
 * A relay at a TURN server that sessions share.  See [struct@Allocation].
 */

static const FramColumn allocation_row_columns[] = {
  /**
   * FramAllocationRow:uri:
   *
   * The server's URI (RFC 7065).
   */
  { "uri", G_TYPE_STRING, NULL, 0 },
  /**
   * FramAllocationRow:interface:
   *
   * The name of the interface.
   */
  { "interface", G_TYPE_STRING, NULL, 0 },
  /**
   * FramAllocationRow:carrier:
   *
   * The number of the socket or connection that carries it; 0: none yet.
   */
  { "carrier", G_TYPE_UINT, NULL, 0 },
  /**
   * FramAllocationRow:lane:
   *
   * The number of its lane: sessions of one lane share sockets.
   */
  { "lane", G_TYPE_UINT, NULL, 0 },
  /**
   * FramAllocationRow:transport:
   *
   * How the server is spoken to: `udp`, `tcp`, `tls` or `dtls`.
   */
  { "transport", G_TYPE_STRING, NULL, 0 },
  /**
   * FramAllocationRow:local:
   *
   * Address and port of this host; empty if they are not known, as the next ones.
   */
  { "local", G_TYPE_STRING, NULL, 0 },
  /**
   * FramAllocationRow:server:
   *
   * Address and port of the server.
   */
  { "server", G_TYPE_STRING, NULL, 0 },
  /**
   * FramAllocationRow:mapped:
   *
   * Address and port that the server sees us at.
   */
  { "mapped", G_TYPE_STRING, NULL, 0 },
  /**
   * FramAllocationRow:relayed:
   *
   * Address and port that it relays for us.
   */
  { "relayed", G_TYPE_STRING, NULL, 0 },
  /**
   * FramAllocationRow:relayed-6:
   *
   * The same of IPv6.
   */
  { "relayed-6", G_TYPE_STRING, NULL, 0 },
  /**
   * FramAllocationRow:state:
   *
   * `asking`, `there`, `ending`, `resting` or `closing`.
   */
  { "state", G_TYPE_STRING, NULL, 0 },
  /**
   * FramAllocationRow:cause:
   *
   * Why it is ending or resting, as a word for programs; may be empty.
   */
  { "cause", G_TYPE_STRING, NULL, 0 },
  /**
   * FramAllocationRow:explanation:
   *
   * The same as a sentence for people.
   */
  { "explanation", G_TYPE_STRING, NULL, 0 },
  /**
   * FramAllocationRow:sessions:
   *
   * How many sessions use it.
   */
  { "sessions", G_TYPE_UINT, NULL, 0 },
  /**
   * FramAllocationRow:permissions:
   *
   * How many addresses of peers may send to it (RFC 8656 §9).
   */
  { "permissions", G_TYPE_UINT, NULL, 0 },
  /**
   * FramAllocationRow:channels:
   *
   * How many channels it has (RFC 8656 §12).
   */
  { "channels", G_TYPE_UINT, NULL, 0 },
  /**
   * FramAllocationRow:remaining:
   *
   * Until it ends if it is not refreshed.
   */
  { "remaining", G_TYPE_INT64, NULL, 0 },
  /**
   * FramAllocationRow:retry:
   *
   * Until it is tried again.
   */
  { "retry", G_TYPE_INT64, NULL, 0 },
  /**
   * FramAllocationRow:rtt:
   *
   * The round trip to the server.
   */
  { "rtt", G_TYPE_INT64, NULL, 0 },
  /**
   * FramAllocationRow:age:
   *
   * Since when it is in its state.
   */
  { "age", G_TYPE_INT64, NULL, 0 },
};

DEFINE_ROW (FramAllocationRow, fram_allocation_row, allocation_row_columns)

/**
 * FramHistoryRow:
 *
 * A session that has ended.
 */

static const FramColumn history_row_columns[] = {
  /**
   * FramHistoryRow:id:
   *
   * Its number, which grows.
   */
  { "id", G_TYPE_UINT64, NULL, 0 },
  /**
   * FramHistoryRow:application:
   *
   * The command of the application that it belonged to; may be empty.
   */
  { "application", G_TYPE_STRING, NULL, 0 },
  /**
   * FramHistoryRow:label:
   *
   * What it was for; may be empty.
   */
  { "label", G_TYPE_STRING, NULL, 0 },
  /**
   * FramHistoryRow:started:
   *
   * When it was created, in seconds since 1970, UTC.
   */
  { "started", G_TYPE_INT64, NULL, 0 },
  /**
   * FramHistoryRow:ended:
   *
   * When it ended, in seconds since 1970, UTC.
   */
  { "ended", G_TYPE_INT64, NULL, 0 },
  /**
   * FramHistoryRow:state:
   *
   * The best state that it came to.
   */
  { "state", 0, fram_state_get_type, FRAM_STATE_NEW },
  /**
   * FramHistoryRow:cause:
   *
   * Why it ended, as a word for programs.
   */
  { "cause", G_TYPE_STRING, NULL, 0 },
  /**
   * FramHistoryRow:path:
   *
   * The path of its data in words; empty if it had none.
   */
  { "path", G_TYPE_STRING, NULL, 0 },
  /**
   * FramHistoryRow:rtt:
   *
   * The round-trip time on that path in microseconds; -1 if it was not measured.
   */
  { "rtt", G_TYPE_INT64, NULL, 0 },
  /**
   * FramHistoryRow:bytes-sent:
   *
   * Bytes of the application's data that were sent.
   */
  { "bytes-sent", G_TYPE_UINT64, NULL, 0 },
  /**
   * FramHistoryRow:bytes-received:
   *
   * Those received.
   */
  { "bytes-received", G_TYPE_UINT64, NULL, 0 },
};

DEFINE_ROW (FramHistoryRow, fram_history_row, history_row_columns)
