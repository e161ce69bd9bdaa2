/* What applications ask of the broker. */
#include <string.h>

#include "broker/broker-private.h"
#include "broker/names-private.h"
#include "ice/candidate-line.h"

/* --- Checking what was asked ------------------------------------------------------- */

static gboolean
refuse (GError **error, FramBrokerError code, const char *message)
{
  g_set_error_literal (error, FRAM_BROKER_ERROR, code, message);
  return FALSE;
}

static FramBrokerSession *
find_session (FramBroker *broker, FramSessionId id, GError **error)
{
  FramBrokerSession *session = fram_broker_find_session (broker, id);

  if (session == NULL)
    refuse (error, FRAM_BROKER_ERROR_NO_SESSION, "There is no such session any more");
  return session;
}

static gboolean
check_description (const FramDescription *remote, GError **error)
{
  if (!fram_ufrag_is_valid (remote->ufrag))
    return refuse (error, FRAM_BROKER_ERROR_INVALID_DESCRIPTION,
                   "The ufrag must be 4 to 256 letters, digits, “+” or “/”");
  if (!fram_pwd_is_valid (remote->pwd))
    return refuse (error, FRAM_BROKER_ERROR_INVALID_DESCRIPTION,
                   "The pwd must be 22 to 256 letters, digits, “+” or “/”");
  return TRUE;
}

/* Return: FALSE with `error` set; `*ret_use` FALSE: well-formed, but to be ignored. */
static gboolean
parse_line (const char *line, FramCandidate *ret_candidate,
            char ret_name[FRAM_MDNS_NAME_MAX + 1], gboolean *ret_use, GError **error)
{
  FramCandidateLineResult result = fram_candidate_parse (ret_candidate, ret_name, line);

  *ret_use = result == FRAM_CANDIDATE_LINE_OK || result == FRAM_CANDIDATE_LINE_NAMED;
  if (*ret_use || result == FRAM_CANDIDATE_LINE_IGNORED)
    return TRUE;
  g_set_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_INVALID_CANDIDATE,
               "A candidate line is wrong: %s",
               fram_candidate_line_result_to_text (result));
  return FALSE;
}

static gboolean
check_options (const FramSessionOptions *options, GError **error)
{
  if (options->n_streams > FRAM_MAX_STREAMS)
    return refuse (error, FRAM_BROKER_ERROR_LIMIT, "A session has at most 8 streams");
  for (guint s = 0; s < options->n_streams; s++)
    if (options->n_components[s] < 1 || options->n_components[s] > FRAM_MAX_COMPONENTS)
      return refuse (error, FRAM_BROKER_ERROR_INVALID_ARGUMENT,
                     "A stream has 1 to 4 components");
  if (options->label != NULL && strlen (options->label) > FRAM_MAX_LABEL)
    return refuse (error, FRAM_BROKER_ERROR_LIMIT, "A label has at most 128 bytes");
  if (options->pacing != 0
      && (options->pacing < FRAM_PACING_PROPOSED || options->pacing > FRAM_PACING_MAX))
    return refuse (error, FRAM_BROKER_ERROR_INVALID_ARGUMENT,
                   "The pacing must be 5 to 1000 milliseconds");
  if (options->max_pairs > FRAM_MAX_PAIRS)
    return refuse (error, FRAM_BROKER_ERROR_INVALID_ARGUMENT,
                   "A session has at most 100 candidate pairs");
  if (options->lite && options->policy != FRAM_POLICY_ALL)
    return refuse (error, FRAM_BROKER_ERROR_INVALID_ARGUMENT,
                   "A lite session has host candidates alone, and shows them");
  if (options->n_servers > FRAM_MAX_SERVERS)
    return refuse (error, FRAM_BROKER_ERROR_LIMIT, "A session asks at most 8 servers");
  for (guint i = 0; i < options->n_servers; i++)
    if (!fram_server_uri_check (options->servers[i].uri, error))
      return FALSE;
  if (options->remote != NULL && !check_description (options->remote, error))
    return FALSE;
  for (guint i = 0; options->remote_candidates != NULL && options->remote_candidates[i];
       i++)
    {
      char name[FRAM_MDNS_NAME_MAX + 1];
      FramCandidate candidate;
      gboolean use;

      if (i >= FRAM_MAX_REMOTE_CANDIDATES * FRAM_MAX_COMPONENTS)
        return refuse (error, FRAM_BROKER_ERROR_LIMIT, "Too many remote candidates");
      if (!parse_line (options->remote_candidates[i], &candidate, name, &use, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_quota (FramBroker *broker, const char *owner, GError **error)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (broker->owners, owner));

  if (n >= broker->config.max_sessions_per_owner)
    return refuse (error, FRAM_BROKER_ERROR_LIMIT,
                   "This application has as many sessions as one may have");
  if (g_hash_table_size (broker->sessions) >= broker->config.max_sessions)
    return refuse (error, FRAM_BROKER_ERROR_LIMIT,
                   "The service has as many sessions as it may have");
  return TRUE;
}

static void
count_owner (FramBroker *broker, const char *owner, gint change)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (broker->owners, owner));

  n = (guint) ((gint) n + change);
  if (n == 0)
    g_hash_table_remove (broker->owners, owner);
  else
    g_hash_table_insert (broker->owners, g_strdup (owner), GUINT_TO_POINTER (n));
}

/* --- Calls ------------------------------------------------------------------------- */

static void
set_remote (FramBroker *broker, FramBrokerSession *session, const FramDescription *remote,
            FramTime now)
{
  session->remote_since = now;
  fram_ice_agent_set_remote (session->current->agent, remote, now);
  fram_broker_session_settle_offers (broker, session);
}

static void
add_known_candidates (FramBroker *broker, FramBrokerSession *session,
                      const char *const *lines, FramTime now)
{
  for (guint i = 0; lines != NULL && lines[i] != NULL; i++)
    {
      char name[FRAM_MDNS_NAME_MAX + 1];
      FramCandidate candidate;
      gboolean use;

      if (parse_line (lines[i], &candidate, name, &use, NULL) && use)
        fram_broker_session_add_remote (broker, session, 0, &candidate, name, now);
    }
}

FramSessionId
fram_broker_create_session (FramBroker *broker, const FramSessionOptions *options,
                            FramTime now, GError **error)
{
  const char *owner = options->owner != NULL ? options->owner : "";
  FramBrokerSession *session;

  if (!check_options (options, error) || !check_quota (broker, owner, error))
    return 0;

  session = fram_broker_session_new (broker, options, now);
  g_hash_table_insert (broker->sessions, GUINT_TO_POINTER (session->id), session);
  count_owner (broker, owner, 1);

  /* Who answers chooses its lane by the remote candidates, so they come first. */
  if (options->remote != NULL)
    {
      session->remote_since = now;
      fram_ice_agent_set_remote (session->current->agent, options->remote, now);
      add_known_candidates (broker, session, options->remote_candidates, now);
    }
  fram_broker_gather (broker, session, options, now);
  fram_broker_session_drain (broker, session, now);
  return session->id;
}

gboolean
fram_broker_set_remote_description (FramBroker *broker, FramSessionId id,
                                    const FramDescription *remote, FramTime now,
                                    GError **error)
{
  FramBrokerSession *session = find_session (broker, id, error);

  if (session == NULL || !check_description (remote, error))
    return FALSE;
  if (fram_ice_agent_has_remote (session->current->agent))
    return refuse (error, FRAM_BROKER_ERROR_WRONG_STATE,
                   "The peer is described already; a restart allows another description");
  set_remote (broker, session, remote, now);
  fram_broker_session_drain (broker, session, now);
  return TRUE;
}

/* RFC 8838 §11: a candidate names its generation; one of the past is late, not wrong.
 * Return: whether it is of the current one. */
static gboolean
is_current (FramBrokerSession *session, const char *ufrag)
{
  const char *known = fram_ice_agent_get_remote_ufrag (session->current->agent);

  return ufrag == NULL || ufrag[0] == '\0' || g_strcmp0 (ufrag, known) == 0;
}

gboolean
fram_broker_add_remote_candidate (FramBroker *broker, FramSessionId id, const char *ufrag,
                                  guint stream, const char *line, FramTime now,
                                  GError **error)
{
  FramBrokerSession *session = find_session (broker, id, error);
  char name[FRAM_MDNS_NAME_MAX + 1];
  FramIceAddResult result;
  FramCandidate candidate;
  gboolean use;

  if (session == NULL)
    return FALSE;
  if (stream >= session->n_streams)
    return refuse (error, FRAM_BROKER_ERROR_INVALID_ARGUMENT,
                   "The session has no such stream");
  if (!parse_line (line, &candidate, name, &use, error))
    return FALSE;
  if (!use || !is_current (session, ufrag))
    return TRUE;

  result
      = fram_broker_session_add_remote (broker, session, stream, &candidate, name, now);
  fram_broker_session_drain (broker, session, now);
  if (result == FRAM_ICE_ADD_LIMIT)
    return refuse (error, FRAM_BROKER_ERROR_LIMIT,
                   candidate.is_named
                       ? "A component has at most 16 remote candidates whose names are "
                         "being resolved"
                       : "A component has at most 64 remote candidates");
  /* A component that only the peer has is no error (RFC 8445 §6.1.2.2). */
  return TRUE;
}

gboolean
fram_broker_end_remote_candidates (FramBroker *broker, FramSessionId id,
                                   const char *ufrag, FramTime now, GError **error)
{
  FramBrokerSession *session = find_session (broker, id, error);

  if (session == NULL)
    return FALSE;
  if (!is_current (session, ufrag))
    return TRUE;
  fram_broker_session_end_remote (session, now);
  fram_broker_session_drain (broker, session, now);
  return TRUE;
}

gboolean
fram_broker_restart (FramBroker *broker, FramSessionId id, FramTime now, GError **error)
{
  FramBrokerSession *session = find_session (broker, id, error);
  FramEvent *event;

  if (session == NULL)
    return FALSE;
  if (!fram_ice_agent_has_remote (session->current->agent))
    return refuse (error, FRAM_BROKER_ERROR_WRONG_STATE,
                   "There is nothing to restart: the peer was not described yet");

  fram_broker_session_renew (broker, session, now);
  event = fram_broker_emit (broker, FRAM_EVENT_STATE, session->id);
  event->state = FRAM_STATE_NEW;
  event->cause = FRAM_CAUSE_RESTART;
  fram_broker_gather_again (broker, session, now);
  fram_broker_session_drain (broker, session, now);
  return TRUE;
}

/* The peers may hold consent to send to any of its generations. */
static void
say_farewell (FramBroker *broker, const FramGeneration *generation, FramTime now)
{
  const FramIceAgent *agent = generation->agent;

  if (fram_ice_agent_has_remote (agent))
    fram_farewells_add (&broker->farewells, fram_ice_agent_get_ufrag (agent),
                        fram_ice_agent_get_pwd (agent), now);
}

static void
say_farewells (FramBroker *broker, FramBrokerSession *session, FramTime now)
{
  for (guint i = 0; i < session->formers->len; i++)
    say_farewell (broker, g_ptr_array_index (session->formers, i), now);
  say_farewell (broker, session->current, now);
  fram_schedule_set (&broker->deadlines, &broker->farewells.due,
                     fram_farewells_expire (&broker->farewells, now));
}

static gboolean
check_dscp (guint dscp, GError **error)
{
  return dscp <= FRAM_DSCP_MAX
         || refuse (error, FRAM_BROKER_ERROR_INVALID_ARGUMENT,
                    "A code point of differentiated services is 0 to 63");
}

gboolean
fram_broker_set_dscp (FramBroker *broker, FramSessionId id, guint stream, guint component,
                      guint dscp, GError **error)
{
  FramBrokerSession *session = find_session (broker, id, error);

  if (session == NULL || !check_dscp (dscp, error))
    return FALSE;
  if (stream >= session->n_streams || component < 1
      || component > session->n_components[stream])
    return refuse (error, FRAM_BROKER_ERROR_INVALID_ARGUMENT,
                   "The session has no such component");
  if (session->components[stream][component - 1].dscp == dscp)
    return TRUE;
  session->components[stream][component - 1].dscp = (guint8) dscp;
  fram_broker_session_tell_path (broker, session, stream, component);
  return TRUE;
}

/* Whether the session has another stream than this one. */
static gboolean
has_other_stream (const FramBrokerSession *session, guint stream)
{
  for (guint s = 0; s < session->n_streams; s++)
    if (s != stream && session->n_components[s] > 0)
      return TRUE;
  return FALSE;
}

gboolean
fram_broker_remove_stream (FramBroker *broker, FramSessionId id, guint stream,
                           FramTime now, GError **error)
{
  FramBrokerSession *session = find_session (broker, id, error);

  if (session == NULL)
    return FALSE;
  if (stream >= session->n_streams || session->n_components[stream] == 0)
    return refuse (error, FRAM_BROKER_ERROR_INVALID_ARGUMENT,
                   "The session has no such stream, or not any more");
  if (!has_other_stream (session, stream))
    return refuse (error, FRAM_BROKER_ERROR_WRONG_STATE,
                   "It is the last stream of the session, which can be closed instead");

  /* RFC 7675 §5.2: the peer may still hold consent to send to it. */
  say_farewells (broker, session, now);
  for (guint i = 0; i <= session->formers->len; i++)
    fram_ice_agent_remove_stream (fram_broker_session_get_agent (session, i), stream,
                                  now);
  fram_broker_session_drain (broker, session, now);
  fram_broker_session_note_left (session, stream);
  fram_broker_session_leave_stream (broker, session, stream, now);
  fram_broker_gather_check_done (broker, session, now);
  fram_broker_session_drain (broker, session, now);
  return TRUE;
}

void
fram_broker_close_session (FramBroker *broker, FramSessionId id, FramCause cause,
                           FramTime now)
{
  FramBrokerSession *session = fram_broker_find_session (broker, id);
  FramEvent *event;

  if (session == NULL)
    return;
  g_hash_table_remove (broker->sessions, GUINT_TO_POINTER (id));
  count_owner (broker, session->owner != NULL ? session->owner : "", -1);
  say_farewells (broker, session, now);
  fram_broker_session_free (broker, session, now);

  event = fram_broker_emit (broker, FRAM_EVENT_CLOSED, id);
  event->state = FRAM_STATE_CLOSED;
  event->cause = cause;
}
