/* What the panel says of rows: sentences, and the icon and the style of each state.  A state
 * is never told by a colour alone. */
#pragma once

#include <fram.h>

const char *words_icon_of (FramState state);
const char *words_style_of (FramState state);

/* Functions for columns; see widgets/panel-column.h.  Texts are (transfer full). */

/* Of rows with a `state` of FramState. */
const char *words_state_icon (FramRow *row);
const char *words_state_style (FramRow *row);

/* Of rows with a `state` of FramPairState. */
const char *words_pair_icon (FramRow *row);
const char *words_pair_style (FramRow *row);

/* Of an application's row: its icon, or a general one. */
const char *words_application_icon (FramRow *row);

/* "direct", "relayed by turn.example.org", "none yet": the way of a session's data. */
char *words_path (FramRow *session);

/* The same with its round-trip time: "direct, 12 ms". */
char *words_path_and_time (FramRow *session);

/* What a session is for: its label or, if it has none, what it is called on the bus. */
char *words_session_name (FramRow *session);

/* "host", "server-reflexive", "peer-reflexive", "relayed". */
const char *words_candidate_type (int type);

/* Of rows with a `type`. */
char *words_type (FramRow *row);

/* "1.2" for the second component of the second stream. */
char *words_component (FramRow *row);

/* Of rows with a `success-age` and a `failure-age`: how a server is. */
char *words_server_health (FramRow *server);
const char *words_server_icon (FramRow *server);
const char *words_server_style (FramRow *server);

/* Of mappings: "Known", "No answer". */
char *words_mapping_state (FramRow *mapping);

/* Of allocations: "Ready", "Failed". */
char *words_relay_state (FramRow *relay);
const char *words_relay_icon (FramRow *relay);
const char *words_relay_style (FramRow *relay);

/* The host of a URI (RFC 7064, RFC 7065), or all of it where there is none. */
char *words_server_host (const char *uri);
