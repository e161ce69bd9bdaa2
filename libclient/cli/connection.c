#include "cli/connection.h"

#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"

/* For each stream: longer than any description of 64 candidates for each component. */
#define LINE_MAX_LENGTH (256 * 1024)
/* Datagrams taken in one go, so that others have their turn. */
#define RECEIVE_BURST 64

/* --- The end ----------------------------------------------------------------------- */

static void
on_closed (GObject *source, GAsyncResult *result, gpointer data)
{
  Connection *self = data;

  fram_session_close_finish (FRAM_SESSION (source), result, NULL);
  g_main_loop_quit (self->loop);
}

void
connection_quit (Connection *self, int status)
{
  if (self->quitting)
    return;
  self->quitting = TRUE;
  self->status = status;
  line_reader_pause (self->input);
  if (self->session != NULL)
    fram_session_close_async (self->session, NULL, on_closed, self);
  else
    g_main_loop_quit (self->loop);
}

int
connection_outcome (Connection *self)
{
  if (g_str_equal (fram_session_get_cause (self->session), "service-lost"))
    return STATUS_NO_SERVICE;
  return fram_session_get_state (self->session) == FRAM_STATE_CLOSED
                 || fram_session_get_state (self->session) == FRAM_STATE_FAILED
             ? STATUS_FAILED
             : STATUS_DONE;
}

static gboolean
on_interrupted (gpointer data)
{
  Connection *self = data;

  /* Who is impatient with an orderly end interrupts again. */
  if (self->quitting)
    g_main_loop_quit (self->loop);
  connection_quit (self, STATUS_INTERRUPTED);
  return G_SOURCE_CONTINUE;
}

static void
fail (Connection *self, const GError *error)
{
  self->manner->failed (self, error);
  connection_quit (self,
                   g_error_matches (error, FRAM_ERROR, FRAM_ERROR_SERVICE_UNAVAILABLE)
                           || g_error_matches (error, FRAM_ERROR, FRAM_ERROR_SERVICE_LOST)
                       ? STATUS_NO_SERVICE
                       : STATUS_FAILED);
}

/* --- Data -------------------------------------------------------------------------- */

gboolean
connection_send (Connection *self, guint stream, const char *text, GError **error)
{
  if (stream < (guint) self->options->streams)
    return fram_component_send (self->data[stream].component, (const guint8 *) text,
                                strlen (text), error);
  g_set_error (error, FRAM_ERROR, FRAM_ERROR_INVALID_ARGUMENT,
               "There is no stream %u: the session has %d", stream,
               self->options->streams);
  return FALSE;
}

static void
take_datagram (Connection *self, guint stream, GBytes *datagram)
{
  gsize length;
  const char *bytes = g_bytes_get_data (datagram, &length);
  g_autofree char *text = g_utf8_make_valid (bytes, length);

  self->manner->received (self, stream, text);
  if (self->options->echo)
    {
      g_autofree char *answer = g_strconcat ("echo:", text, NULL);

      /* An answer for which there is no room is lost like any other datagram. */
      connection_send (self, stream, answer, NULL);
    }
}

static gboolean
on_data (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  ConnectionData *data = user_data;

  for (guint i = 0; i < RECEIVE_BURST; i++)
    {
      g_autoptr (GBytes) datagram = fram_component_receive (data->component, NULL);

      if (datagram == NULL)
        break;
      take_datagram (data->connection, data->stream, datagram);
    }
  return fram_component_get_closed (data->component) ? G_SOURCE_REMOVE
                                                     : G_SOURCE_CONTINUE;
}

/* --- The beginning ----------------------------------------------------------------- */

static void open_data (Connection *self, guint stream);

static void
on_component (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ConnectionData *data = user_data;
  Connection *self = data->connection;
  g_autoptr (GError) error = NULL;

  data->component = fram_session_open_component_finish (self->session, result, &error);
  if (data->component == NULL)
    {
      fail (self, error);
      return;
    }
  data->source = fram_component_create_source (data->component, G_IO_IN, NULL);
  g_source_set_callback (data->source, G_SOURCE_FUNC (on_data), data, NULL);
  g_source_attach (data->source, NULL);
  if (self->quitting)
    return;
  if (data->stream + 1 < (guint) self->options->streams)
    open_data (self, data->stream + 1);
  else
    self->manner->opened (self);
}

static void
open_data (Connection *self, guint stream)
{
  ConnectionData *data = &self->data[stream];

  data->connection = self;
  data->stream = stream;
  fram_session_open_component_async (self->session, stream, 1, NULL, on_component, data);
}

static void
on_session (GObject *source, GAsyncResult *result, gpointer data)
{
  Connection *self = data;
  g_autoptr (GError) error = NULL;

  self->session = fram_client_create_session_finish (self->client, result, &error);
  if (self->session == NULL)
    {
      fail (self, error);
      return;
    }
  self->manner->created (self);
  open_data (self, 0);
}

static void
on_client (GObject *source, GAsyncResult *result, gpointer data)
{
  Connection *self = data;
  g_autoptr (GError) error = NULL;

  self->client = fram_client_new_finish (result, &error);
  if (self->client == NULL)
    {
      fail (self, error);
      return;
    }
  /* A bus that ends is told by us, not by the signal that GIO would raise. */
  g_dbus_connection_set_exit_on_close (fram_client_get_connection (self->client), FALSE);
  fram_client_create_session_async (self->client, self->options->session, NULL,
                                    on_session, self);
}

static void
on_line (const char *line, gsize length, gpointer data)
{
  Connection *self = data;

  self->manner->line (self, line, length);
}

static void
on_long_line (gpointer data)
{
  Connection *self = data;

  self->manner->line (self, NULL, 0);
}

static void
on_input_ended (gpointer data)
{
  Connection *self = data;

  self->manner->input_ended (self);
}

static void
clear (Connection *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->data); i++)
    {
      if (self->data[i].source != NULL)
        g_source_destroy (self->data[i].source);
      g_clear_pointer (&self->data[i].source, g_source_unref);
      g_clear_object (&self->data[i].component);
    }
  line_reader_free (self->input);
  g_clear_object (&self->session);
  g_clear_object (&self->client);
  g_main_loop_unref (self->loop);
}

int
connection_run (const ConnectOptions *options, const ConnectionManner *manner,
                gpointer state)
{
  const LineReaderHandlers handlers = { on_line, on_long_line, on_input_ended };
  Connection self = { options, manner, state };
  guint interrupt, terminate;

  self.loop = g_main_loop_new (NULL, FALSE);
  self.input = line_reader_new (STDIN_FILENO, LINE_MAX_LENGTH * (gsize) options->streams,
                                &handlers, &self);
  interrupt = g_unix_signal_add (SIGINT, on_interrupted, &self);
  terminate = g_unix_signal_add (SIGTERM, on_interrupted, &self);
  fram_client_new_async (NULL, NULL, on_client, &self);
  g_main_loop_run (self.loop);
  g_source_remove (interrupt);
  g_source_remove (terminate);
  clear (&self);
  return self.status;
}
