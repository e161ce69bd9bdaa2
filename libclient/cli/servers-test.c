/* `fram servers test`: servers tried for real. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/json-rows.h"
#include "cli/progress.h"
#include "cli/servers-report.h"
#include "cli/servers.h"
#include "cli/terminal.h"

#define DESCRIPTION                                                                                           \
  "Tries a server for real: whether its name has an address, whether it can be\n"                             \
  "connected to and answers, and whether it relays; and tells what to do where it\n"                          \
  "does not.  It takes 15 seconds at most.  Without an argument all servers are tried\n"                      \
  "that are used.  A URI that is none of theirs is tried as it is described by the\n"                         \
  "options; of a server that is kept, they replace what is known.\n"                                          \
  "\n"                                                                                                        \
  "The exit status is 0 if all is well with all of them, else 1.  With --json it\n"                           \
  "prints a list of objects: “id” and “name” (or empty), “uri”, “ok”, “step” (the one\n"  \
  "that failed: “resolve”, “connect”, “answer”, “allocate”; or “done”), “cause” (a\n" \
  "word), “advice” (for people), “transport”; “server”, “mapped”, “relayed” and\n"        \
  "“relayed_6” (addresses, or empty); “rtt_us” and “took_us” (microseconds, or null),\n"          \
  "“lifetime” (seconds; 0: nothing was relayed)."

/* org.fram.Ice1.Settings.TestServer: a caller has at most so many under way. */
#define AT_ONCE 4

typedef struct
{
  FramServer *row; /* NULL: one that is not kept */
  const char *uri;
  FramServerTest *test; /* NULL until it has ended */
} Trial;

typedef struct
{
  FramSettings *settings;
  const ServerOptions *options;
  const Secret *secret;
  GArray *trials; /* Trial */
  guint n_begun;
  guint n_ended;
  GMainLoop *loop;
  GError *error; /* the first */
} Trials;

/* --- Trying ------------------------------------------------------------------------ */

static void begin_some (Trials *trials);

/* Answers come in any order: the place says whose it is. */
typedef struct
{
  Trials *trials;
  guint place;
} Answer;

static void
on_tested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Answer *answer = user_data;
  Trials *trials = answer->trials;
  GError *error = NULL;

  g_array_index (trials->trials, Trial, answer->place).test
      = fram_settings_test_server_finish (trials->settings, result, &error);
  if (error != NULL && trials->error == NULL)
    trials->error = error;
  else
    g_clear_error (&error);
  trials->n_ended++;
  begin_some (trials);
}

static void
begin_some (Trials *trials)
{
  while (trials->error == NULL && trials->n_begun < trials->trials->len
         && trials->n_begun - trials->n_ended < AT_ONCE)
    {
      const Trial *trial = &g_array_index (trials->trials, Trial, trials->n_begun);
      Answer *answer = g_new (Answer, 1);

      *answer = (Answer){ trials, trials->n_begun++ };
      fram_settings_test_server_async (
          trials->settings, trial->row != NULL ? trial->row->id : NULL,
          server_options_to_variant (trials->options),
          trials->secret->length > 0 ? trials->secret->text : NULL, NULL, on_tested,
          answer);
    }
  if (trials->n_ended == trials->n_begun)
    g_main_loop_quit (trials->loop);
}

static void
run (Trials *trials)
{
  Progress *progress;

  trials->loop = g_main_loop_new (NULL, FALSE);
  begin_some (trials);
  progress = progress_new (trials->trials->len > AT_ONCE ? "Trying the servers"
                                                         : "Trying, 15 s at most");
  g_main_loop_run (trials->loop);
  progress_free (progress);
  g_main_loop_unref (trials->loop);
}

/* --- Telling ----------------------------------------------------------------------- */

static const char *
id_of (const Trial *trial)
{
  return trial->row != NULL ? trial->row->id : "";
}

static const char *
name_of (const Trial *trial)
{
  return trial->row != NULL ? trial->row->name : "";
}

static void
print_json (const Trials *trials)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < trials->trials->len; i++)
    {
      const Trial *trial = &g_array_index (trials->trials, Trial, i);

      servers_add_json (builder, id_of (trial), trial->uri, name_of (trial), trial->test);
    }
  json_builder_end_array (builder);
  json_print (builder);
}

static void
print_report (const Trials *trials)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < trials->trials->len; i++)
    {
      const Trial *trial = &g_array_index (trials->trials, Trial, i);

      if (i > 0)
        g_string_append_c (text, '\n');
      servers_append_report (text, id_of (trial), trial->uri, name_of (trial),
                             trial->test, terminal_width ());
    }
  fputs (text->str, stdout);
}

static gboolean
are_well (const Trials *trials)
{
  for (guint i = 0; i < trials->trials->len; i++)
    if (!g_array_index (trials->trials, Trial, i).test->ok)
      return FALSE;
  return TRUE;
}

/* --- Which ones -------------------------------------------------------------------- */

static void
add_trial (GArray *trials, FramServer *row, const char *uri)
{
  Trial trial = { row != NULL ? fram_server_ref (row) : NULL, uri, NULL };

  g_array_append_val (trials, trial);
}

static void
trial_clear (gpointer data)
{
  Trial *trial = data;

  g_clear_pointer (&trial->row, fram_server_unref);
  g_clear_pointer (&trial->test, fram_server_test_unref);
}

/* All that are used, or the one that `name` stands for.  `options` are made to describe one
 * that is not kept.  Return: STATUS_DONE, or the exit status after a message. */
static int
choose (GArray *trials, GPtrArray *servers, const char *name, ServerOptions *options)
{
  g_autoptr (GError) error = NULL;
  FramServer *row = name != NULL ? servers_find (servers, name, &error) : NULL;

  if (row != NULL)
    add_trial (trials, row, row->uri);
  else if (name != NULL && !servers_is_uri (name))
    return servers_report (error);
  else if (name != NULL)
    {
      options->uri = g_strdup (name);
      add_trial (trials, NULL, name);
      return server_options_check (options, TRUE);
    }
  else
    for (guint i = 0; i < servers->len; i++)
      {
        row = g_ptr_array_index (servers, i);
        if (row->enabled)
          add_trial (trials, row, row->uri);
      }
  if (trials->len > 0)
    return server_options_check (options, FALSE);
  g_printerr ("fram: No server is used, so none can be tried; “fram servers add” adds "
              "one\n");
  return STATUS_FAILED;
}

static int
try (Trials *trials, const char *name, ServerOptions *options, gboolean json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) servers
      = fram_settings_list_servers_sync (trials->settings, NULL, &error);
  g_auto (Secret) secret = { 0 };
  gboolean wanted;
  int outcome;

  if (servers == NULL)
    return command_report (error);
  outcome = choose (trials->trials, servers, name, options);
  if (outcome != STATUS_DONE)
    return outcome;
  wanted = options->uri != NULL && !g_str_equal (options->credential, "none");
  outcome = server_options_get_secret (
      options, g_array_index (trials->trials, Trial, 0).uri, wanted, &secret);
  if (outcome != STATUS_DONE)
    return outcome;
  trials->options = options;
  trials->secret = &secret;
  run (trials);
  if (trials->error != NULL)
    return servers_report (trials->error);
  (json ? print_json : print_report) (trials);
  return are_well (trials) ? STATUS_DONE : STATUS_FAILED;
}

int
servers_test (int argc, char **argv)
{
  g_auto (ServerOptions) options = { NULL };
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    SERVER_OPTIONS_CREDENTIAL (&options),
    { "ask-password", 0, 0, G_OPTION_ARG_NONE, &options.ask_password,
      "Ask for a password to try", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "For programs", NULL },
    { NULL },
  };
  g_autoptr (FramSettings) settings = NULL;
  g_autoptr (GArray) list = g_array_new (FALSE, TRUE, sizeof (Trial));
  Trials trials = { NULL };
  int outcome = servers_parse (entries, "[ID|URI]", DESCRIPTION, &argc, &argv);

  g_array_set_clear_func (list, trial_clear);
  if (outcome == STATUS_DONE && argc < 2 && server_options_are_given (&options))
    {
      g_printerr ("fram: These options are for one server; tell its ID or URI\n");
      outcome = STATUS_USAGE;
    }
  if (outcome != STATUS_DONE || (settings = servers_open (&outcome)) == NULL)
    return outcome;
  trials.settings = settings;
  trials.trials = list;
  outcome = try (&trials, argc > 1 ? argv[1] : NULL, &options, json);
  g_clear_error (&trials.error);
  return outcome;
}
