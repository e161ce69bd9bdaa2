/* Candidates as text: the candidate-attribute of RFC 8839 §5.1, "candidate:…" without the
 * leading "a=". */
#pragma once

#include "ice/candidate.h"

typedef enum
{
  FRAM_CANDIDATE_LINE_OK = 0,
  /* Well-formed, but to be ignored by rule: a name instead of an address, an unknown
   * transport or type (RFC 8839 §5.1). */
  FRAM_CANDIDATE_LINE_IGNORED,
  /* Well-formed, and its address is to be found by a name of Multicast DNS. */
  FRAM_CANDIDATE_LINE_NAMED,
  FRAM_CANDIDATE_LINE_TOO_LONG,
  FRAM_CANDIDATE_LINE_NO_PREFIX,
  FRAM_CANDIDATE_LINE_BAD_FOUNDATION,
  FRAM_CANDIDATE_LINE_BAD_COMPONENT,
  FRAM_CANDIDATE_LINE_BAD_TRANSPORT,
  FRAM_CANDIDATE_LINE_BAD_PRIORITY,
  FRAM_CANDIDATE_LINE_BAD_ADDRESS,
  FRAM_CANDIDATE_LINE_BAD_PORT,
  FRAM_CANDIDATE_LINE_BAD_TYPE,
  FRAM_CANDIDATE_LINE_BAD_RELATED,
  FRAM_CANDIDATE_LINE_BAD_EXTENSION,
} FramCandidateLineResult;

/* Longest line read or written, without NUL. */
#define FRAM_CANDIDATE_LINE_MAX 512

/* Longest name of Multicast DNS: a label of 63 bytes (RFC 1035 §2.3.4) and ".local". */
#define FRAM_MDNS_NAME_MAX 69

/* A sentence a person can act on. */
const char *fram_candidate_line_result_to_text (FramCandidateLineResult result);

/* `line` may begin with "a="; anything behind the grammar is an error. Outputs are
 * untouched but for OK and NAMED.  For NAMED the address has a port alone, and `ret_name` is
 * one label, in lower case, and ".local" (draft-ietf-mmusic-mdns-ice-candidates §3.2.1). */
FramCandidateLineResult fram_candidate_parse (FramCandidate *ret_candidate,
                                              char ret_name[FRAM_MDNS_NAME_MAX + 1],
                                              const char *line);

/* `name`: stands in place of the IP address; or NULL.  Return: (transfer full): the line. */
char *fram_candidate_to_line (const FramCandidate *candidate, const char *name);
