/* What libnice says, in the words of the line protocol. */
#pragma once

#include <nice/agent.h>

/* Return: (transfer full): the line of RFC 8839 §5.1, without the "a=" of libnice. */
char *nice_words_line (NiceAgent *agent, NiceCandidate *candidate);

/* Return: (transfer full) (element-type utf8): the lines of all local candidates of the
 * components 1 to `n_components`. */
GPtrArray *nice_words_lines (NiceAgent *agent, guint stream, guint n_components);

/* Return: (transfer full): address, type and transport, as "192.0.2.1:9 host udp". */
char *nice_words_candidate (const NiceCandidate *candidate);

/* The W3C's state word for all components together: failed if one has failed, else that of
 * the component that is least far. */
const char *nice_words_state (NiceAgent *agent, guint stream, guint n_components);
