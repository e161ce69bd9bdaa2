#include "rpc/remote.h"

#include "ice/candidate-line.h"

gboolean
fram_remote_read_description (const char *ufrag, const char *pwd,
                              const char *const *options, guint pacing,
                              FramDescription *ret_description, GError **error)
{
  FramDescription description = { .pacing = pacing };

  if (!fram_ufrag_is_valid (ufrag))
    {
      g_set_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_INVALID_DESCRIPTION,
                   "A ufrag has %d to %d characters of A-Z a-z 0-9 + /", FRAM_UFRAG_MIN,
                   FRAM_CREDENTIAL_MAX);
      return FALSE;
    }
  if (!fram_pwd_is_valid (pwd))
    {
      g_set_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_INVALID_DESCRIPTION,
                   "A pwd has %d to %d characters of A-Z a-z 0-9 + /", FRAM_PWD_MIN,
                   FRAM_CREDENTIAL_MAX);
      return FALSE;
    }

  g_strlcpy (description.ufrag, ufrag, sizeof description.ufrag);
  g_strlcpy (description.pwd, pwd, sizeof description.pwd);
  for (guint i = 0; options[i] != NULL; i++)
    {
      if (g_str_equal (options[i], FRAM_REMOTE_LITE_WORD))
        description.lite = TRUE;
      else
        description.options |= fram_ice_option_from_text (options[i]);
    }
  *ret_description = description;
  return TRUE;
}

/* Candidates of one call by component; those of components that Fram has not are left out. */
typedef struct
{
  guint n[FRAM_MAX_STREAMS][FRAM_MAX_COMPONENTS];
} Counts;

static gboolean
check_candidate (Counts *counts, guint stream, const char *line, GError **error)
{
  char name[FRAM_MDNS_NAME_MAX + 1];
  FramCandidate candidate;
  FramCandidateLineResult result = fram_candidate_parse (&candidate, name, line);

  if (result == FRAM_CANDIDATE_LINE_IGNORED)
    return TRUE;
  if (result != FRAM_CANDIDATE_LINE_OK && result != FRAM_CANDIDATE_LINE_NAMED)
    {
      g_set_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_INVALID_CANDIDATE,
                   "%s: “%.*s”", fram_candidate_line_result_to_text (result),
                   FRAM_CANDIDATE_LINE_MAX, line);
      return FALSE;
    }
  if (candidate.component <= FRAM_MAX_COMPONENTS
      && ++counts->n[stream][candidate.component - 1] > FRAM_MAX_REMOTE_CANDIDATES)
    {
      g_set_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_LIMIT,
                   "A component has at most %d remote candidates",
                   FRAM_MAX_REMOTE_CANDIDATES);
      return FALSE;
    }
  return TRUE;
}

gboolean
fram_remote_check_candidates (GVariant *candidates, guint n_streams, GError **error)
{
  Counts counts = { 0 };
  GVariantIter iter;
  const char *line;
  guint32 stream;

  g_variant_iter_init (&iter, candidates);
  while (g_variant_iter_next (&iter, "(u&s)", &stream, &line))
    {
      if (stream >= n_streams)
        {
          g_set_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_INVALID_ARGUMENT,
                       "There is no stream %u: the session has %u", stream, n_streams);
          return FALSE;
        }
      if (!check_candidate (&counts, stream, line, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
fram_remote_add_candidates (FramBroker *broker, FramSessionId session, const char *ufrag,
                            GVariant *candidates, guint first_stream, FramTime now,
                            GError **error)
{
  GVariantIter iter;
  const char *line;
  guint32 stream;

  g_variant_iter_init (&iter, candidates);
  while (g_variant_iter_next (&iter, "(u&s)", &stream, &line))
    {
      if (stream >= first_stream
          && !fram_broker_add_remote_candidate (broker, session, ufrag, stream, line, now,
                                                error))
        return FALSE;
    }
  return TRUE;
}
