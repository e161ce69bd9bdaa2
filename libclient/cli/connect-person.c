#include "cli/connect-person.h"

#include <stdarg.h>
#include <stdio.h>

#include "cli/code.h"
#include "cli/command.h"
#include "cli/connection.h"
#include "cli/terminal.h"
#include "cli/way.h"

typedef struct
{
  GHashTable *shown_pairs; /* id -> what was shown of it */
  gboolean asking_pairs;
  gboolean pairs_changed; /* since they were asked for */
  gboolean described;     /* the other side is known */
  gboolean connected;     /* it was, once */
  char *ufrag;            /* ours, to know our own code by */
} Talk;

static Talk *
talk_of (Connection *connection)
{
  return connection->state;
}

static void say (const char *format, ...) G_GNUC_PRINTF (1, 2);

static void
say (const char *format, ...)
{
  va_list values;

  va_start (values, format);
  vprintf (format, values);
  va_end (values);
  putchar ('\n');
  fflush (stdout);
}

/* What is said of a stream where there are several.  Return: (transfer full) */
static char *
of_stream (Connection *connection, guint stream)
{
  return connection->options->streams > 1 ? g_strdup_printf (", stream %u", stream)
                                          : g_strdup ("");
}

/* --- Codes ------------------------------------------------------------------------- */

static void
on_local (GObject *source, GAsyncResult *result, gpointer data)
{
  Connection *connection = data;
  Talk *talk = talk_of (connection);
  g_autoptr (GError) error = NULL;
  g_autoptr (FramDescription) local
      = fram_session_get_local_description_finish (connection->session, result, &error);
  g_autofree char *code = NULL;

  /* A code of a session that has failed is of no use. */
  if (connection->quitting)
    return;
  if (local == NULL)
    {
      connection_quit (connection, command_report (error));
      return;
    }
  g_free (talk->ufrag);
  talk->ufrag = g_strdup (fram_description_get_ufrag (local));
  code = code_encode (local);
  say ("\nGive this code to the other side:\n\n%s\n", code);
  if (talk->described)
    return;
  say ("Then paste theirs here:");
  line_reader_resume (connection->input);
}

static void
on_gathered (FramSession *session, const char *ufrag, gint64 duration, gpointer data)
{
  g_autofree char *time = terminal_duration (duration);

  say ("All candidates found, in %s.", time);
  fram_session_get_local_description_async (session, NULL, on_local, data);
}

static void
on_described (GObject *source, GAsyncResult *result, gpointer data)
{
  Connection *connection = data;
  g_autoptr (GError) error = NULL;

  if (fram_session_set_remote_description_finish (connection->session, result, &error))
    return;
  talk_of (connection)->described = FALSE;
  say ("The service does not take this code: %s\nPaste another:", error->message);
  line_reader_resume (connection->input);
}

static void
take_code (Connection *connection, const char *line)
{
  Talk *talk = talk_of (connection);
  g_autoptr (GError) error = NULL;
  g_autoptr (FramDescription) remote = NULL;

  if (line[0] == '\0')
    return;
  remote = code_decode (line, &error);
  if (remote == NULL)
    say ("%s\nPaste it again:", error->message);
  else if (g_strcmp0 (fram_description_get_ufrag (remote), talk->ufrag) == 0)
    say ("This is your own code; paste that of the other side:");
  else
    {
      talk->described = TRUE;
      /* Lines that follow are for the peer, and wait until there is a way to it. */
      line_reader_pause (connection->input);
      fram_session_set_remote_description_async (connection->session, remote, NULL,
                                                 on_described, connection);
    }
}

/* --- What happens ------------------------------------------------------------------ */

static void
on_candidate (FramSession *session, const char *ufrag, guint stream, const char *line,
              gpointer data)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  g_autofree char *where = of_stream (data, stream);

  /* RFC 8839 §5.1: foundation, component, transport, priority, address, port, "typ". */
  if (g_strv_length (words) >= 8)
    say ("  candidate  %s port %s  %s %s%s", words[4], words[5], words[7], words[2],
         where);
}

static void
show_pair (Talk *talk, FramPair *pair)
{
  char *text = g_strdup_printf ("%s %s -> %s %s  %s%s (%s)", pair->local_address,
                                fram_candidate_type_to_string (pair->local_type),
                                pair->remote_address,
                                fram_candidate_type_to_string (pair->remote_type),
                                fram_pair_state_to_string (pair->state),
                                pair->nominated ? ", nominated" : "", pair->cause);

  if (g_strcmp0 (g_hash_table_lookup (talk->shown_pairs, GUINT_TO_POINTER (pair->id)),
                 text)
      != 0)
    say ("  pair %u  %s", pair->id, text);
  g_hash_table_insert (talk->shown_pairs, GUINT_TO_POINTER (pair->id), text);
}

static void on_pairs_changed (FramSession *session, gpointer data);

static void
on_pairs (GObject *source, GAsyncResult *result, gpointer data)
{
  Connection *connection = data;
  Talk *talk = talk_of (connection);
  g_autoptr (GPtrArray) pairs
      = fram_session_get_pairs_finish (connection->session, result, NULL);

  talk->asking_pairs = FALSE;
  if (pairs == NULL) /* The session has ended, which is told elsewhere. */
    return;
  for (guint i = 0; i < pairs->len; i++)
    show_pair (talk, g_ptr_array_index (pairs, i));
  if (talk->pairs_changed)
    on_pairs_changed (connection->session, connection);
}

static void
on_pairs_changed (FramSession *session, gpointer data)
{
  Talk *talk = talk_of (data);

  talk->pairs_changed = talk->asking_pairs;
  if (talk->asking_pairs)
    return;
  talk->asking_pairs = TRUE;
  fram_session_get_pairs_async (session, NULL, on_pairs, data);
}

static void
on_selected (FramSession *session, guint stream, guint component, const char *local,
             const char *remote, gpointer data)
{
  g_autofree char *selected = g_strconcat (local, " -> ", remote, NULL);
  g_autofree char *way = way_describe (selected, NULL);
  g_autofree char *where = of_stream (data, stream);

  say ("  path  %s  (%s)%s", selected, way, where);
}

static void
on_state (FramSession *session, FramState state, const char *cause,
          const char *explanation, gint64 duration, gpointer data)
{
  Connection *connection = data;
  Talk *talk = talk_of (connection);
  g_autofree char *time = terminal_duration (duration);

  say ("%s after %s: %s", fram_state_to_string (state), time, explanation);
  /* Hints are rare; a new state always has to do with the pairs. */
  on_pairs_changed (session, connection);
  if (state == FRAM_STATE_FAILED)
    connection_quit (connection, STATUS_FAILED);
  /* A side that is but connected may be ahead of the other, which would then lose text. */
  if (state == FRAM_STATE_COMPLETED && !talk->connected)
    {
      talk->connected = TRUE;
      say (
          "\nWhat you type now appears on the other side; the end of the input ends it.");
      line_reader_resume (connection->input);
    }
}

static void
on_closed (FramSession *session, const char *cause, const char *explanation,
           gpointer data)
{
  Connection *connection = data;

  connection_quit (connection, connection_outcome (connection));
}

static void
created (Connection *connection)
{
  FramSession *session = connection->session;

  g_signal_connect (session, "local-candidate", G_CALLBACK (on_candidate), connection);
  g_signal_connect (session, "gathering-done", G_CALLBACK (on_gathered), connection);
  g_signal_connect (session, "pairs-changed", G_CALLBACK (on_pairs_changed), connection);
  g_signal_connect (session, "selected-pair-changed", G_CALLBACK (on_selected),
                    connection);
  g_signal_connect (session, "state-changed", G_CALLBACK (on_state), connection);
  g_signal_connect (session, "closed", G_CALLBACK (on_closed), connection);
  say ("Looking for candidates…");
}

static void
opened (Connection *connection)
{
  /* The input is read when there is something to say: a code, then text. */
}

/* --- Text -------------------------------------------------------------------------- */

static void
take_line (Connection *connection, const char *line, gsize length)
{
  g_autoptr (GError) error = NULL;

  if (line == NULL)
    say ("This line is too long.");
  else if (!talk_of (connection)->described)
    take_code (connection, line);
  else if (length > 0 && !connection_send (connection, 0, line, &error))
    say ("Not sent: %s", error->message);
}

static void
input_ended (Connection *connection)
{
  gboolean connected = talk_of (connection)->connected;

  if (!connected)
    g_printerr ("fram: The input ended before there was a connection\n");
  connection_quit (connection, connected ? STATUS_DONE : STATUS_FAILED);
}

static void
received (Connection *connection, guint stream, const char *text)
{
  g_autofree char *safe = terminal_safe (text);

  say ("< %s", safe);
}

static void
failed (Connection *connection, const GError *error)
{
  command_report (error);
}

int
connect_person (const ConnectOptions *options)
{
  static const ConnectionManner manner
      = { created, opened, take_line, input_ended, received, failed };
  Talk talk = { 0 };
  int status;

  talk.described = options->code != NULL;
  talk.shown_pairs = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  status = connection_run (options, &manner, &talk);
  g_hash_table_unref (talk.shown_pairs);
  g_free (talk.ufrag);
  return status;
}
