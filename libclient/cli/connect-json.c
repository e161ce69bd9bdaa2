#include "cli/connect-json.h"

#include "cli/command.h"
#include "cli/connection.h"
#include "cli/json-events.h"
#include "cli/json-message.h"

typedef struct
{
  char *told_ufrag;     /* the generation whose description was printed */
  GHashTable *told;     /* its candidates that were printed, each behind its stream */
  gboolean told_end;    /* and that those were all */
  char *gathered_ufrag; /* the generation that was gathered last */
  gint64 gather_time;   /* microseconds it took */
  guint pending;        /* calls without an answer */
  gboolean described;   /* the service took the peer's description */
  gboolean input_ended;
} Talk;

static Talk *
talk_of (Connection *connection)
{
  return connection->state;
}

/* As events name it. */
static int
name_stream (Connection *connection, guint stream)
{
  return connection->options->streams > 1 ? (int) stream : JSON_ONE_STREAM;
}

/* Return: whether it was not noted before. */
static gboolean
note_told (Connection *connection, guint stream, const char *line)
{
  return g_hash_table_add (talk_of (connection)->told,
                           g_strdup_printf ("%u %s", stream, line));
}

/* --- Whether there is anything left to do ------------------------------------------ */

static gboolean
is_busy (Connection *connection)
{
  const Talk *talk = talk_of (connection);

  if (talk->pending > 0 || !talk->told_end)
    return TRUE;
  if (!talk->described)
    return FALSE;
  switch (fram_session_get_state (connection->session))
    {
    case FRAM_STATE_NEW:
    case FRAM_STATE_CHECKING:
      return TRUE;
    case FRAM_STATE_CONNECTED:
    case FRAM_STATE_COMPLETED:
    case FRAM_STATE_DISCONNECTED:
      return connection->options->echo;
    case FRAM_STATE_FAILED:
    case FRAM_STATE_CLOSED:
      return FALSE;
    }
  return FALSE;
}

static void
quit_if_idle (Connection *connection)
{
  if (talk_of (connection)->input_ended && !is_busy (connection))
    connection_quit (connection, connection_outcome (connection));
}

/* --- The local description --------------------------------------------------------- */

static void
tell_end (Connection *connection)
{
  Talk *talk = talk_of (connection);

  if (talk->told_end)
    return;
  talk->told_end = TRUE;
  if (connection->options->trickle)
    json_event_end_of_candidates ();
}

static void
tell_local (Connection *connection, FramDescription *local)
{
  Talk *talk = talk_of (connection);
  const char *ufrag = fram_description_get_ufrag (local);
  guint n = fram_description_get_n_candidates (local);

  g_free (talk->told_ufrag);
  talk->told_ufrag = g_strdup (ufrag);
  talk->told_end = FALSE;
  g_hash_table_remove_all (talk->told);
  for (guint i = 0; i < n; i++)
    {
      guint stream;
      const char *line = fram_description_get_candidate (local, i, &stream);

      note_told (connection, stream, line);
    }
  json_event_local (local, (guint) connection->options->streams,
                    fram_session_get_role (connection->session),
                    g_strcmp0 (talk->gathered_ufrag, ufrag) == 0 ? talk->gather_time : 0);
  if (fram_description_get_complete (local))
    tell_end (connection);
}

static void
on_local (GObject *source, GAsyncResult *result, gpointer data)
{
  Connection *connection = data;
  Talk *talk = talk_of (connection);
  g_autoptr (GError) error = NULL;
  g_autoptr (FramDescription) local
      = fram_session_get_local_description_finish (connection->session, result, &error);

  talk->pending--;
  if (local == NULL)
    json_event_error (error->message);
  /* After a restart the end of gathering may have asked for the same too. */
  else if (g_strcmp0 (talk->told_ufrag, fram_description_get_ufrag (local)) != 0
           && (connection->options->trickle || fram_description_get_complete (local)))
    tell_local (connection, local);
  quit_if_idle (connection);
}

static void
ask_local (Connection *connection)
{
  talk_of (connection)->pending++;
  fram_session_get_local_description_async (connection->session, NULL, on_local,
                                            connection);
}

static void
on_candidate (FramSession *session, const char *ufrag, guint stream, const char *line,
              gpointer data)
{
  Connection *connection = data;
  Talk *talk = talk_of (connection);

  if (!connection->options->trickle || g_strcmp0 (ufrag, talk->told_ufrag) != 0)
    return;
  if (note_told (connection, stream, line))
    json_event_candidate (name_stream (connection, stream), line);
}

static void
on_gathered (FramSession *session, const char *ufrag, gint64 duration, gpointer data)
{
  Connection *connection = data;
  Talk *talk = talk_of (connection);

  g_free (talk->gathered_ufrag);
  talk->gathered_ufrag = g_strdup (ufrag);
  talk->gather_time = duration;
  if (g_strcmp0 (ufrag, talk->told_ufrag) == 0)
    tell_end (connection);
  else if (!connection->options->trickle)
    ask_local (connection);
  quit_if_idle (connection);
}

/* --- What else the session tells --------------------------------------------------- */

static void
on_state (FramSession *session, FramState state, const char *cause,
          const char *explanation, gint64 duration, gpointer data)
{
  json_event_state (state, duration);
  quit_if_idle (data);
}

static void
on_selected (FramSession *session, guint stream, guint component, const char *local,
             const char *remote, gpointer data)
{
  json_event_selected (name_stream (data, stream), component, local, remote);
}

static void
on_advice (FramSession *session, const char *cause, const char *explanation,
           gpointer data)
{
  json_event_restart_advised (cause, explanation);
}

static void
on_closed (FramSession *session, const char *cause, const char *explanation,
           gpointer data)
{
  Connection *connection = data;

  if (!connection->quitting)
    json_event_error (explanation);
  connection_quit (connection, connection_outcome (connection));
}

static void
created (Connection *connection)
{
  FramSession *session = connection->session;

  g_signal_connect (session, "local-candidate", G_CALLBACK (on_candidate), connection);
  g_signal_connect (session, "gathering-done", G_CALLBACK (on_gathered), connection);
  g_signal_connect (session, "state-changed", G_CALLBACK (on_state), connection);
  g_signal_connect (session, "selected-pair-changed", G_CALLBACK (on_selected),
                    connection);
  g_signal_connect (session, "restart-advised", G_CALLBACK (on_advice), connection);
  g_signal_connect (session, "closed", G_CALLBACK (on_closed), connection);
}

static void
opened (Connection *connection)
{
  if (connection->options->trickle)
    ask_local (connection);
  line_reader_resume (connection->input);
}

static void
received (Connection *connection, guint stream, const char *text)
{
  json_event_recv (name_stream (connection, stream), text);
}

static void
failed (Connection *connection, const GError *error)
{
  json_event_error (error->message);
}

/* --- What it is asked for ---------------------------------------------------------- */

/* Tells the error of a call, if there is one. */
static void
answered (Connection *connection, GError *error)
{
  talk_of (connection)->pending--;
  if (error != NULL)
    json_event_error (error->message);
  g_clear_error (&error);
  quit_if_idle (connection);
}

static void
on_described (GObject *source, GAsyncResult *result, gpointer data)
{
  Connection *connection = data;
  GError *error = NULL;

  if (fram_session_set_remote_description_finish (connection->session, result, &error))
    talk_of (connection)->described = TRUE;
  answered (connection, error);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer data)
{
  Connection *connection = data;
  GError *error = NULL;

  fram_session_add_remote_candidates_finish (connection->session, result, &error);
  answered (connection, error);
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer data)
{
  Connection *connection = data;
  GError *error = NULL;

  fram_session_end_remote_candidates_finish (connection->session, result, &error);
  answered (connection, error);
}

static void
on_restarted (GObject *source, GAsyncResult *result, gpointer data)
{
  Connection *connection = data;
  Talk *talk = talk_of (connection);
  GError *error = NULL;

  if (fram_session_restart_finish (connection->session, result, &error))
    {
      g_clear_pointer (&talk->told_ufrag, g_free);
      talk->told_end = FALSE;
      talk->described = FALSE;
      ask_local (connection);
    }
  answered (connection, error);
}

/* Three calls make one answer; several may be under way. */
typedef struct
{
  Connection *connection;
  GVariant *counters;
  GPtrArray *pairs;
} StatsRequest;

static void
finish_stats (StatsRequest *request, GError *error)
{
  answered (request->connection, error);
  g_clear_pointer (&request->counters, g_variant_unref);
  g_clear_pointer (&request->pairs, g_ptr_array_unref);
  g_free (request);
}

static void
on_report (GObject *source, GAsyncResult *result, gpointer data)
{
  StatsRequest *request = data;
  FramSession *session = request->connection->session;
  GError *error = NULL;
  g_autoptr (GVariant) report
      = fram_session_get_stats_report_finish (session, result, &error);

  if (report != NULL)
    json_event_stats (session, request->counters, request->pairs, report);
  finish_stats (request, error);
}

static void
on_pairs (GObject *source, GAsyncResult *result, gpointer data)
{
  StatsRequest *request = data;
  FramSession *session = request->connection->session;
  GError *error = NULL;

  request->pairs = fram_session_get_pairs_finish (session, result, &error);
  if (request->pairs != NULL)
    fram_session_get_stats_report_async (session, NULL, on_report, request);
  else
    finish_stats (request, error);
}

static void
on_counters (GObject *source, GAsyncResult *result, gpointer data)
{
  StatsRequest *request = data;
  FramSession *session = request->connection->session;
  GError *error = NULL;

  request->counters = fram_session_get_stats_finish (session, result, &error);
  if (request->counters != NULL)
    fram_session_get_pairs_async (session, NULL, on_pairs, request);
  else
    finish_stats (request, error);
}

static void
ask_stats (Connection *connection)
{
  StatsRequest *request = g_new0 (StatsRequest, 1);

  request->connection = connection;
  fram_session_get_stats_async (connection->session, NULL, on_counters, request);
}

static void
send_text (Connection *connection, guint stream, const char *text)
{
  g_autoptr (GError) error = NULL;

  if (!connection_send (connection, stream, text, &error))
    json_event_error (error->message);
}

static void
do_message (Connection *connection, const JsonMessage *message)
{
  FramSession *session = connection->session;
  const char *candidates[] = { message->text, NULL };

  switch (message->type)
    {
    case JSON_MESSAGE_DESCRIPTION:
      fram_session_set_remote_description_async (session, message->description, NULL,
                                                 on_described, connection);
      break;
    case JSON_MESSAGE_CANDIDATE:
      fram_session_add_remote_candidates_async (session, NULL, message->stream,
                                                candidates, NULL, on_added, connection);
      break;
    case JSON_MESSAGE_END:
      fram_session_end_remote_candidates_async (session, NULL, NULL, on_ended,
                                                connection);
      break;
    case JSON_MESSAGE_STATS:
      ask_stats (connection);
      break;
    case JSON_MESSAGE_RESTART:
      fram_session_restart_async (session, NULL, on_restarted, connection);
      break;
    case JSON_MESSAGE_SEND:
      send_text (connection, message->stream, message->text);
      return;
    case JSON_MESSAGE_QUIT:
      connection_quit (connection, STATUS_DONE);
      return;
    }
  talk_of (connection)->pending++;
}

static void
take_line (Connection *connection, const char *line, gsize length)
{
  g_auto (JsonMessage) message = { 0 };
  g_autoptr (GError) error = NULL;

  if (line == NULL)
    json_event_error ("The line is too long");
  else if (length == 0)
    return;
  else if (json_message_parse (line, length, &message, &error))
    do_message (connection, &message);
  else
    json_event_error (error->message);
}

static void
input_ended (Connection *connection)
{
  talk_of (connection)->input_ended = TRUE;
  quit_if_idle (connection);
}

int
connect_json (const ConnectOptions *options)
{
  static const ConnectionManner manner
      = { created, opened, take_line, input_ended, received, failed };
  Talk talk = { 0 };
  int status;

  talk.told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  status = connection_run (options, &manner, &talk);
  g_hash_table_unref (talk.told);
  g_free (talk.told_ufrag);
  g_free (talk.gathered_ufrag);
  return status;
}
