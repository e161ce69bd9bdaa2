/* application: one application that has many sessions, and tells how long they gather.
 *
 * It asks framd with the servers of its command line and speaks JSON, an object a line.  It
 * takes
 *     {"create": N}                              N sessions more, which make offers
 *     {"answer": {"ufrag", "pwd", "candidates"}} one more, which answers that offer
 *     {"session": I, "ufrag", "pwd", "candidates"}  the peer of a session
 *     {"session": I, "candidate": LINE}          a candidate that the peer found later
 *     {"session": I, "close": 1}, {"network": 1}, {"quit": 1}
 * and tells, of each session,
 *     gathered   session ms first_ms ufrag pwd candidates
 *     candidate  session candidate               found after that, with --trickle
 *     state      session state
 * and of the network, as libfram has it (times in microseconds),
 *     interface  name use checking kind mapping lives_us dies_us keepalive_us
 *     mapping    local server mapped state sessions interval_us
 *     deaf       uri
 *     network
 * `ms` is the time from the call that creates the session until the application has its whole
 * description, and `first_ms` until it heard of a candidate that is not of this host, -1 if
 * it never did. */
#include "../interop/json-lines.h"

#include <fram.h>
#include <glib-unix.h>

typedef struct
{
  GMainLoop *loop;
  FramClient *client;
  JsonLines *lines;
  GPtrArray *held; /* Held */
  char **servers;
  char *user, *password; /* of all servers; or NULL */
  gboolean trickle;
} Application;

/* One session; the application never forgets one. */
typedef struct
{
  Application *application;
  FramSession *session; /* NULL: not created yet */
  guint number;
  gint64 began, first, gathered; /* monotonic; 0: not yet */
} Held;

static void
held_free (gpointer data)
{
  Held *held = data;

  if (held->session != NULL)
    g_signal_handlers_disconnect_by_data (held->session, held);
  g_clear_object (&held->session);
  g_free (held);
}

/* Tells the error of a call, if there is one; takes it. */
static gboolean
succeeded (gboolean done, GError *error)
{
  if (!done)
    json_lines_write_error (error->message);
  g_clear_error (&error);
  return done;
}

/* --- What it tells ------------------------------------------------------------------ */

static JsonBuilder *
begin (const Held *held, const char *event)
{
  JsonBuilder *builder = json_lines_begin (event);

  json_lines_set_int (builder, "session", held->number);
  return builder;
}

static double
milliseconds (const Held *held, gint64 instant)
{
  return instant == 0 ? -1 : (instant - held->began) / 1000.0;
}

static void
note_first (Held *held, const char *line)
{
  if (held->first == 0 && strstr (line, " typ host") == NULL)
    held->first = g_get_monotonic_time ();
}

static void
tell_gathered (Held *held, FramDescription *local)
{
  g_auto (GStrv) candidates = fram_description_list_candidates (local, 0);
  g_autoptr (GPtrArray) lines = g_ptr_array_new ();

  held->gathered = g_get_monotonic_time ();
  for (guint i = 0; candidates[i] != NULL; i++)
    {
      note_first (held, candidates[i]);
      g_ptr_array_add (lines, candidates[i]);
    }

  JsonBuilder *builder = begin (held, "gathered");

  json_lines_set_double (builder, "ms", milliseconds (held, held->gathered));
  json_lines_set_double (builder, "first_ms", milliseconds (held, held->first));
  json_lines_set_string (builder, "ufrag", fram_description_get_ufrag (local));
  json_lines_set_string (builder, "pwd", fram_description_get_pwd (local));
  json_lines_set_strings (builder, "candidates", lines);
  json_lines_write (builder);
}

static void
on_described (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Held *held = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FramDescription) local
      = fram_session_get_local_description_finish (FRAM_SESSION (source), result, &error);

  if (local == NULL)
    succeeded (FALSE, g_steal_pointer (&error));
  /* The end of gathering may have been before anyone could listen. */
  else if (held->gathered == 0 && fram_description_get_complete (local))
    tell_gathered (held, local);
}

static void
describe (Held *held)
{
  fram_session_get_local_description_async (held->session, NULL, on_described, held);
}

static void
on_candidate (FramSession *session, const char *ufrag, guint stream, const char *line,
              Held *held)
{
  note_first (held, line);
  if (held->gathered == 0 || !held->application->trickle)
    return;

  JsonBuilder *builder = begin (held, "candidate");

  json_lines_set_string (builder, "candidate", line);
  json_lines_write (builder);
}

static void
on_state (FramSession *session, FramState state, const char *cause,
          const char *explanation, gint64 duration, Held *held)
{
  JsonBuilder *builder = begin (held, "state");

  json_lines_set_string (builder, "state", fram_state_to_string (state));
  json_lines_write (builder);
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Held *held = user_data;
  GError *error = NULL;

  held->session
      = fram_client_create_session_finish (FRAM_CLIENT (source), result, &error);
  if (!succeeded (held->session != NULL, error))
    return;
  g_signal_connect (held->session, "local-candidate", G_CALLBACK (on_candidate), held);
  g_signal_connect (held->session, "state-changed", G_CALLBACK (on_state), held);
  g_signal_connect_swapped (held->session, "gathering-done", G_CALLBACK (describe), held);
  describe (held);
}

static void
tell_interface (gpointer data, gpointer user_data)
{
  const FramNetworkInterface *row = data;
  JsonBuilder *builder = json_lines_begin ("interface");

  json_lines_set_string (builder, "name", row->name);
  json_lines_set_string (builder, "use", row->use);
  json_lines_set_int (builder, "checking", row->checking);
  json_lines_set_string (builder, "kind", row->kind);
  json_lines_set_string (builder, "mapping", row->mapping);
  json_lines_set_int (builder, "lives_us", row->lives);
  json_lines_set_int (builder, "dies_us", row->dies);
  json_lines_set_int (builder, "keepalive_us", row->keepalive);
  json_lines_write (builder);
}

static void
tell_mapping (gpointer data, gpointer user_data)
{
  const FramMapping *row = data;
  JsonBuilder *builder = json_lines_begin ("mapping");

  json_lines_set_string (builder, "local", row->local_address);
  json_lines_set_string (builder, "server", row->server_address);
  json_lines_set_string (builder, "mapped", row->mapped_address);
  json_lines_set_string (builder, "state", row->state);
  json_lines_set_int (builder, "sessions", row->sessions);
  json_lines_set_int (builder, "interval_us", row->interval);
  json_lines_write (builder);
}

static void
tell_deaf (gpointer data, gpointer user_data)
{
  const FramDeafWay *row = data;
  JsonBuilder *builder = json_lines_begin ("deaf");

  json_lines_set_string (builder, "uri", row->uri);
  json_lines_write (builder);
}

static void
tell_rows (GPtrArray *rows, GFunc tell)
{
  g_ptr_array_foreach (rows, tell, NULL);
  g_ptr_array_unref (rows);
}

static void
on_network (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  g_autoptr (FramNetwork) network
      = fram_client_get_network_finish (FRAM_CLIENT (source), result, &error);

  if (!succeeded (network != NULL, error))
    return;
  tell_rows (fram_network_list_interfaces (network), tell_interface);
  tell_rows (fram_network_list_mappings (network), tell_mapping);
  tell_rows (fram_network_list_deaf (network), tell_deaf);
  json_lines_write (json_lines_begin ("network"));
}

/* --- What it is told ---------------------------------------------------------------- */

/* Return: (transfer full): NULL, with the error told, if it is none. */
static FramDescription *
read_description (const Application *application, JsonObject *message)
{
  const char *ufrag = json_object_get_string_member_with_default (message, "ufrag", NULL);
  const char *pwd = json_object_get_string_member_with_default (message, "pwd", NULL);
  JsonNode *candidates = json_object_get_member (message, "candidates");

  if (ufrag == NULL || pwd == NULL || candidates == NULL
      || !JSON_NODE_HOLDS_ARRAY (candidates))
    {
      json_lines_write_error ("A description has a ufrag, a pwd and candidates");
      return NULL;
    }

  FramDescription *description = fram_description_new (ufrag, pwd);
  JsonArray *array = json_node_get_array (candidates);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      const char *line = json_array_get_string_element (array, i);

      if (line != NULL)
        fram_description_add_candidate (description, 0, line);
    }
  fram_description_set_complete (description, !application->trickle);
  return description;
}

static void
create (Application *application, FramDescription *remote)
{
  Held *held = g_new0 (Held, 1);
  g_autoptr (FramSessionOptions) options = fram_session_options_new ();

  held->application = application;
  held->number = application->held->len;
  g_ptr_array_add (application->held, held);
  fram_session_options_set_trickle (options, application->trickle);
  for (char **uri = application->servers; uri != NULL && *uri != NULL; uri++)
    fram_session_options_add_server (options, *uri, application->user,
                                     application->password);
  if (remote != NULL)
    fram_session_options_set_remote (options, remote);
  held->began = g_get_monotonic_time ();
  fram_client_create_session_async (application->client, options, NULL, on_created, held);
}

static void
answer (Application *application, JsonObject *offer)
{
  g_autoptr (FramDescription) remote = read_description (application, offer);

  if (remote != NULL)
    create (application, remote);
}

static void
on_remote_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  succeeded (
      fram_session_set_remote_description_finish (FRAM_SESSION (source), result, &error),
      error);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  succeeded (
      fram_session_add_remote_candidates_finish (FRAM_SESSION (source), result, &error),
      error);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  succeeded (fram_session_close_finish (FRAM_SESSION (source), result, &error), error);
}

static void
take_for_session (Held *held, JsonObject *message)
{
  const char *line
      = json_object_get_string_member_with_default (message, "candidate", NULL);
  const char *lines[] = { line, NULL };

  if (line != NULL)
    fram_session_add_remote_candidates_async (held->session, NULL, 0, lines, NULL,
                                              on_added, NULL);
  else if (json_object_has_member (message, "close"))
    fram_session_close_async (held->session, NULL, on_closed, NULL);
  else
    {
      g_autoptr (FramDescription) remote = read_description (held->application, message);

      if (remote != NULL)
        fram_session_set_remote_description_async (held->session, remote, NULL,
                                                   on_remote_set, NULL);
    }
}

static void
take_session (Application *application, JsonObject *message)
{
  gint64 number = json_object_get_int_member_with_default (message, "session", -1);
  Held *held = number >= 0 && number < application->held->len
                   ? g_ptr_array_index (application->held, number)
                   : NULL;

  if (held == NULL || held->session == NULL)
    json_lines_write_error ("There is no such session");
  else
    take_for_session (held, message);
}

static void
on_message (JsonObject *message, gpointer user_data)
{
  Application *application = user_data;
  gint64 count = json_object_get_int_member_with_default (message, "create", 0);

  if (json_object_has_member (message, "session"))
    take_session (application, message);
  else if (json_object_has_member (message, "answer"))
    answer (application, json_object_get_object_member (message, "answer"));
  else if (json_object_has_member (message, "network"))
    fram_client_get_network_async (application->client, NULL, on_network, NULL);
  else if (json_object_has_member (message, "quit"))
    g_main_loop_quit (application->loop);
  else if (count < 1)
    json_lines_write_error ("No known key in this line");
  for (gint64 i = 0; i < count; i++)
    create (application, NULL);
}

/* --- The program -------------------------------------------------------------------- */

static void
on_input_ended (gpointer lines, gpointer user_data)
{
  Application *application = user_data;

  g_main_loop_quit (application->loop);
}

static gboolean
on_terminate (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
parse_options (Application *application, int argc, char **argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "server", 0, 0, G_OPTION_ARG_STRING_ARRAY, &application->servers,
      "Ask this server (repeatable)", "URI" },
    { "user", 0, 0, G_OPTION_ARG_STRING, &application->user, "Of all servers", "NAME" },
    { "password", 0, 0, G_OPTION_ARG_STRING, &application->password, "Of that user",
      "TEXT" },
    { "trickle", 0, 0, G_OPTION_ARG_NONE, &application->trickle,
      "Candidates that are found later are passed on", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_add_main_entries (context, entries, NULL);
  return g_option_context_parse (context, &argc, &argv, error);
}

int
main (int argc, char **argv)
{
  Application application = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = NULL;

  if (!parse_options (&application, argc, argv, &error))
    {
      g_printerr ("application: %s\n", error->message);
      return 2;
    }
  bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  if (bus != NULL)
    application.client = fram_client_new_sync (bus, NULL, &error);
  if (application.client == NULL)
    g_error ("%s", error->message);

  application.loop = g_main_loop_new (NULL, FALSE);
  application.held = g_ptr_array_new_with_free_func (held_free);
  application.lines = json_lines_new (0, on_message, on_input_ended, &application);
  g_unix_signal_add (SIGTERM, on_terminate, application.loop);
  json_lines_write (json_lines_begin ("ready"));
  g_main_loop_run (application.loop);

  json_lines_free (application.lines);
  g_ptr_array_unref (application.held);
  g_object_unref (application.client);
  g_main_loop_unref (application.loop);
  g_strfreev (application.servers);
  g_free (application.user);
  g_free (application.password);
  return 0;
}
