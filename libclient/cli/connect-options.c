#include "cli/connect-options.h"

#include "cli/command.h"
#include "cli/secret.h"

/* Of a stream. */
#define MAX_COMPONENTS 4
/* Six bits (RFC 2474 §3). */
#define MAX_DSCP 63

#define DESCRIPTION                                                                      \
  "Run it on both sides.  Each prints a code, one line; give it to the other side and\n" \
  "paste theirs.  Who has the other's code already gives it as an argument.  When the\n" \
  "two are connected, lines typed on one side appear on the other, until the end of\n"   \
  "the input.\n"                                                                         \
  "\n"                                                                                   \
  "It uses the servers that “fram servers” keeps, and those of --server, which is\n" \
  "followed by --user, if need be; the password there is asked for, or is the first\n"   \
  "line of --password-file.\n"                                                           \
  "\n"                                                                                   \
  "With --json it is for programs: one object a line.  It prints, by \"ev\":\n"          \
  "  local              ufrag pwd candidates role options pacing gather_ms,\n"           \
  "                     when gathering is done; with --trickle at once\n"                \
  "  candidate          candidate                  found later, with --trickle\n"        \
  "  end-of-candidates                             the same\n"                           \
  "  state              state ms\n"                                                      \
  "  selected           component local remote\n"                                        \
  "  restart-advised    cause explanation          the path is lost, a restart would "   \
  "help\n"                                                                               \
  "  recv               data\n"                                                          \
  "  stats              state cause explanation role components pairs, and report:\n"    \
  "                     the same as the W3C names it, with its units\n"                  \
  "  error              message\n"                                                       \
  "It takes objects with these members:\n"                                               \
  "  ufrag pwd candidates    the peer; also options, pacing, end (default: true)\n"      \
  "  candidate               one more of its candidates\n"                               \
  "  end                     those were all\n"                                           \
  "  send                    a text for the peer\n"                                      \
  "  stats, restart, quit    whatever their value\n"                                     \
  "With more than one of --streams, there is streams in place of candidates, a list\n"   \
  "of those of each, in what it prints and takes; and candidate, selected, recv, and\n"  \
  "send have a stream, from 0.\n"                                                        \
  "Times are in milliseconds, those of states since the remote description; an\n"        \
  "rtt_us is in microseconds.  A line that is wrong gets an error, and it goes on.\n"    \
  "At the end of the input it quits once nothing is left to do: when the outcome is\n"   \
  "known or no peer was named; with --echo, when the session has ended."

/* A server as it is collected from several options. */
typedef struct
{
  char *uri;
  char *user;
  Secret password;
} Server;

typedef struct
{
  ConnectOptions *options;
  GPtrArray *servers; /* Server */
} Parsing;

static void
server_free (gpointer data)
{
  Server *server = data;

  g_free (server->uri);
  g_free (server->user);
  secret_clear (&server->password);
  g_free (server);
}

/* Return: NULL with `error` set if no server came before `option`. */
static Server *
last_server (Parsing *parsing, const char *option, GError **error)
{
  if (parsing->servers->len > 0)
    return g_ptr_array_index (parsing->servers, parsing->servers->len - 1);
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "%s belongs to the --server before it, and there is none", option);
  return NULL;
}

static gboolean
on_server (const char *option, const char *value, gpointer data, GError **error)
{
  Parsing *parsing = data;
  Server *server = g_new0 (Server, 1);

  server->uri = g_strdup (value);
  g_ptr_array_add (parsing->servers, server);
  return TRUE;
}

static gboolean
on_user (const char *option, const char *value, gpointer data, GError **error)
{
  Server *server = last_server (data, option, error);

  if (server == NULL)
    return FALSE;
  g_free (server->user);
  server->user = g_strdup (value);
  return TRUE;
}

static gboolean
on_password_file (const char *option, const char *value, gpointer data, GError **error)
{
  Server *server = last_server (data, option, error);

  return server != NULL && secret_read (value, &server->password, error);
}

/* A user name alone is of no use.  Return: STATUS_DONE, or the exit status after a
 * message. */
static int
ask_password (Server *server)
{
  g_autofree char *question
      = g_strdup_printf ("Password of %s at %s: ", server->user, server->uri);
  g_autoptr (GError) error = NULL;

  if (!secret_can_ask ())
    g_printerr ("fram: The password of “%s” is needed, and there is no terminal to ask "
                "for it: --password-file tells where it is\n",
                server->user);
  else if (secret_ask (question, &server->password, &error))
    return STATUS_DONE;
  else if (g_error_matches (error, SECRET_ERROR, SECRET_ERROR_INTERRUPTED))
    return STATUS_INTERRUPTED;
  else
    g_printerr ("fram: %s\n", error->message);
  return STATUS_USAGE;
}

/* Return: FALSE with `error` set if `word` is none of the enumeration `type`. */
static gboolean
word_to_enum (GType type, const char *option, const char *word, int *ret_value,
              GError **error)
{
  g_autoptr (GEnumClass) words = g_type_class_ref (type);
  const GEnumValue *value = g_enum_get_value_by_nick (words, word);

  if (value == NULL)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 "%s cannot be “%s”; --help tells what it can be", option, word);
  else
    *ret_value = value->value;
  return value != NULL;
}

static gboolean
on_role (const char *option, const char *value, gpointer data, GError **error)
{
  Parsing *parsing = data;
  int role;

  if (!word_to_enum (FRAM_TYPE_ROLE, option, value, &role, error))
    return FALSE;
  fram_session_options_set_role (parsing->options->session, role);
  return TRUE;
}

static gboolean
on_policy (const char *option, const char *value, gpointer data, GError **error)
{
  Parsing *parsing = data;
  int policy;

  if (!word_to_enum (FRAM_TYPE_POLICY, option, value, &policy, error))
    return FALSE;
  fram_session_options_set_policy (parsing->options->session, policy);
  return TRUE;
}

static gboolean
on_label (const char *option, const char *value, gpointer data, GError **error)
{
  Parsing *parsing = data;

  fram_session_options_set_label (parsing->options->session, value);
  return TRUE;
}

static GOptionGroup *
make_group (Parsing *parsing)
{
  ConnectOptions *options = parsing->options;
  const GOptionEntry entries[] = {
    { "role", 0, 0, G_OPTION_ARG_CALLBACK, on_role, "controlling or controlled", "ROLE" },
    { "policy", 0, 0, G_OPTION_ARG_CALLBACK, on_policy,
      "all, mdns (show names for addresses), nohost (show none of this host) or relay",
      "POLICY" },
    { "trickle", 0, 0, G_OPTION_ARG_NONE, &options->trickle,
      "Tell candidates one by one (with --json)", NULL },
    { "no-tcp", 0, 0, G_OPTION_ARG_NONE, &options->no_tcp,
      "UDP alone, even where it does not get through", NULL },
    { "lite", 0, 0, G_OPTION_ARG_NONE, &options->lite,
      "Only answer: for a server that everybody reaches at its own addresses", NULL },
    { "streams", 0, 0, G_OPTION_ARG_INT, &options->streams,
      "Connect so many streams, 1 to 8, on both sides; texts take the first", "N" },
    { "components", 0, 0, G_OPTION_ARG_INT, &options->components,
      "Connect so many components of each, 1 to 4; texts take the first", "N" },
    { "dscp", 0, 0, G_OPTION_ARG_INT, &options->dscp,
      "The mark of all that is sent (differentiated services), 0 to 63", "N" },
    { "echo", 0, 0, G_OPTION_ARG_NONE, &options->echo, "Answer each text with echo:TEXT",
      NULL },
    { "server", 0, 0, G_OPTION_ARG_CALLBACK, on_server,
      "A STUN or TURN server to use besides (repeatable)", "URI" },
    { "user", 0, 0, G_OPTION_ARG_CALLBACK, on_user,
      "The user name at the server before it", "NAME" },
    { "password-file", 0, 0, G_OPTION_ARG_CALLBACK, on_password_file,
      "The file with the password there; -: standard input", "FILE" },
    { "no-settings-servers", 0, 0, G_OPTION_ARG_NONE, &options->no_settings_servers,
      "Use none of the servers that “fram servers” keeps", NULL },
    { "label", 0, 0, G_OPTION_ARG_CALLBACK, on_label, "What the session is for", "TEXT" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options->json, "For programs", NULL },
    { NULL },
  };
  GOptionGroup *group = g_option_group_new ("connect", "", "", parsing, NULL);

  g_option_group_add_entries (group, entries);
  return group;
}

static int
check (const ConnectOptions *options)
{
  if (options->json && options->code != NULL)
    g_printerr ("fram: With --json the other side comes by the input, not by a code\n");
  else if (options->trickle && !options->json)
    g_printerr ("fram: --trickle needs --json: a code cannot be told piece by piece\n");
  else if (options->streams < 1 || options->streams > CONNECT_MAX_STREAMS)
    g_printerr ("fram: --streams is 1 to %d\n", CONNECT_MAX_STREAMS);
  else if (options->components < 0 || options->components > MAX_COMPONENTS)
    g_printerr ("fram: --components is 1 to %d\n", MAX_COMPONENTS);
  else if (options->dscp < 0 || options->dscp > MAX_DSCP)
    g_printerr ("fram: --dscp is 0 to %d\n", MAX_DSCP);
  else
    return STATUS_DONE;
  return STATUS_USAGE;
}

/* What was not asked for is for the service to say. */
static void
add_streams (ConnectOptions *options)
{
  if (options->streams == 1 && options->components == 0)
    return;
  for (int i = 0; i < options->streams; i++)
    fram_session_options_add_stream (options->session,
                                     (guint) MAX (options->components, 1));
}

int
connect_options_parse (ConnectOptions *ret_options, int argc, char **argv)
{
  g_autoptr (GPtrArray) servers = g_ptr_array_new_with_free_func (server_free);
  Parsing parsing = { ret_options, servers };
  int status;

  ret_options->streams = 1;
  ret_options->session = fram_session_options_new ();
  status = command_parse ("[CODE]", DESCRIPTION, make_group (&parsing), 1, &argc, &argv);
  if (status != STATUS_DONE)
    return status;
  ret_options->code = argc > 1 ? g_strdup (argv[1]) : NULL;
  fram_session_options_set_trickle (ret_options->session, ret_options->trickle);
  fram_session_options_set_tcp (ret_options->session, !ret_options->no_tcp);
  fram_session_options_set_lite (ret_options->session, ret_options->lite);
  fram_session_options_set_dscp (ret_options->session, (guint) ret_options->dscp);
  fram_session_options_set_settings_servers (ret_options->session,
                                             !ret_options->no_settings_servers);
  status = check (ret_options);
  if (status == STATUS_DONE)
    add_streams (ret_options);
  for (guint i = 0; status == STATUS_DONE && i < servers->len; i++)
    {
      Server *server = g_ptr_array_index (servers, i);

      if (server->user != NULL && server->password.length == 0)
        status = ask_password (server);
      fram_session_options_add_server (ret_options->session, server->uri, server->user,
                                       server->password.text);
    }
  return status;
}

void
connect_options_clear (ConnectOptions *options)
{
  g_free (options->code);
  g_clear_object (&options->session);
}
