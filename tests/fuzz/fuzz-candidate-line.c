/* Candidate lines from a peer: whatever the bytes, parsing ends; what is accepted is within
 * its limits, and printing it gives a line that says the same. */
#include "ice/candidate-line.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* `name`: empty where there is none. */
static void
check_accepted (const FramCandidate *candidate, const char *name)
{
  char name_back[FRAM_MDNS_NAME_MAX + 1];
  FramCandidate back = { 0 };
  g_autofree char *line
      = fram_candidate_to_line (candidate, candidate->is_named ? name : NULL);

  g_assert (candidate->component >= 1 && candidate->component <= FRAM_COMPONENT_MAX);
  g_assert (candidate->priority >= 1 && candidate->priority <= G_MAXINT32);
  g_assert (strlen (candidate->foundation) >= 1);
  g_assert (candidate->is_named || fram_address_is_usable_remote (&candidate->address));
  g_assert (candidate->is_named == g_str_has_suffix (name, ".local"));
  g_assert (candidate->address.port != 0);
  g_assert (candidate->base == 0);

  g_assert (strlen (line) <= FRAM_CANDIDATE_LINE_MAX);
  g_assert (
      fram_candidate_parse (&back, name_back, line)
      == (candidate->is_named ? FRAM_CANDIDATE_LINE_NAMED : FRAM_CANDIDATE_LINE_OK));
  g_assert (strcmp (name, name_back) == 0);
  g_assert (candidate->type == back.type && candidate->transport == back.transport);
  g_assert (candidate->component == back.component);
  g_assert (candidate->priority == back.priority);
  g_assert (strcmp (candidate->foundation, back.foundation) == 0);
  g_assert (fram_address_equal (&candidate->address, &back.address));
  g_assert (fram_address_equal (&candidate->related, &back.related));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  char name[FRAM_MDNS_NAME_MAX + 1];
  FramCandidate candidate = { 0 };
  FramCandidateLineResult result;
  /* A block of the exact size, so that a byte read behind the text is found. */
  char *line = malloc (size + 1);

  g_assert (line != NULL);
  memcpy (line, data, size);
  line[size] = '\0';
  result = fram_candidate_parse (&candidate, name, line);
  if (result == FRAM_CANDIDATE_LINE_OK || result == FRAM_CANDIDATE_LINE_NAMED)
    check_accepted (&candidate, name);
  free (line);
  return 0;
}
