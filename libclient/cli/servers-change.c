/* `fram servers add`, `edit`, `remove`, `enable` and `disable`. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/servers.h"
#include "cli/terminal.h"

/* --- Secrets ----------------------------------------------------------------------- */

/* A password that does not outlive the service is no surprise then. */
static void
tell_storage (const char *storage)
{
  if (g_str_equal (storage, "memory"))
    g_printerr (
        "fram: No keyring is open, so the password is kept in memory, until framd "
        "ends.  “fram config set secrets-file true” has it written into a file.\n");
}

static gboolean
set_secret (FramSettings *settings, const char *id, const char *secret, GError **error)
{
  g_autofree char *storage
      = fram_settings_set_secret_sync (settings, id, secret, NULL, error);

  if (storage == NULL)
    return FALSE;
  tell_storage (storage);
  return TRUE;
}

/* --- add --------------------------------------------------------------------------- */

#define ADD_DESCRIPTION                                                                  \
  "Adds a server for all applications, as your last one, and prints its id.\n"           \
  "\n"                                                                                   \
  "URI:\n"                                                                               \
  "  turn:HOST[:PORT][?transport=udp|tcp]    a relay, and what tells our own address\n"  \
  "  turns:HOST[:PORT][?transport=udp|tcp]   the same by DTLS or TLS\n"                  \
  "  stun:HOST[:PORT], stuns:HOST[:PORT]     what tells our own address, alone\n"        \
  "\n"                                                                                   \
  "With --user the credential is long-term, else none, unless --credential tells.  A\n"  \
  "password or shared secret is asked for on the terminal, unless --password-file\n"     \
  "tells where it is: in the first line.  With shared-secret, as coturn's\n"             \
  "use-auth-secret has it, passwords are made that expire; --user may be left out.\n"    \
  "\n"                                                                                   \
  "“fram servers test” finds out whether it works."

/* All or nothing: a server without its password is of no use. */
static int
add (FramSettings *settings, const char *uri, const ServerOptions *options,
     const Secret *secret)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = fram_settings_add_server_sync (
      settings, uri, server_options_to_variant (options), NULL, &error);

  if (id == NULL)
    return servers_report (error);
  if (secret->length > 0 && !set_secret (settings, id, secret->text, &error))
    {
      fram_settings_remove_server_sync (settings, id, NULL, NULL);
      return servers_report (error);
    }
  puts (id);
  return STATUS_DONE;
}

int
servers_add (int argc, char **argv)
{
  g_auto (ServerOptions) options = { NULL };
  const GOptionEntry entries[] = { SERVER_OPTIONS_CREDENTIAL (&options),
                                   SERVER_OPTIONS_PLACE (&options),
                                   { NULL } };
  g_auto (Secret) secret = { 0 };
  g_autoptr (FramSettings) settings = NULL;
  int outcome = servers_parse (entries, "URI", ADD_DESCRIPTION, &argc, &argv);

  if (outcome == STATUS_DONE)
    outcome = server_options_check (&options, TRUE);
  if (outcome != STATUS_DONE || (settings = servers_open (&outcome)) == NULL)
    return outcome;
  outcome = server_options_get_secret (
      &options, argv[1], !g_str_equal (options.credential, "none"), &secret);
  return outcome == STATUS_DONE ? add (settings, argv[1], &options, &secret) : outcome;
}

/* --- edit -------------------------------------------------------------------------- */

#define EDIT_DESCRIPTION                                                                 \
  "Changes what is told, and leaves the rest as it is.  Another host, port or scheme\n"  \
  "forgets the password; where one is needed and not known, it is asked for."

/* What the change made necessary: a password that is missing now. */
static int
complete (FramSettings *settings, const char *id, const ServerOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FramServer) row = servers_find_now (settings, id, &error);
  g_auto (Secret) secret = { 0 };
  g_autofree char *user = NULL;
  ServerOptions known;
  int outcome;

  if (row == NULL)
    return servers_report (error);
  if (row->has_secret || row->storage[0] != '\0' || options->forget_password
      || g_str_equal (row->credential, "none"))
    return STATUS_DONE;
  if (!secret_can_ask ())
    {
      g_printerr ("fram: The password of this server is not known; “fram servers edit %s "
                  "--password-file FILE” gives it\n",
                  row->id);
      return STATUS_DONE;
    }
  known = (ServerOptions){ .credential = (char *) row->credential,
                           .username
                           = row->username[0] != '\0' ? (char *) row->username : NULL };
  outcome = server_options_get_secret (&known, row->uri, TRUE, &secret);
  if (outcome == STATUS_DONE && !set_secret (settings, id, secret.text, &error))
    outcome = servers_report (error);
  return outcome;
}

static int
edit (FramSettings *settings, const char *name, const ServerOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FramServer) row = servers_find_now (settings, name, &error);
  g_autoptr (GVariant) values = g_variant_ref_sink (server_options_to_variant (options));
  g_auto (Secret) secret = { 0 };
  int outcome;

  if (row == NULL)
    return servers_report (error);
  outcome = server_options_get_secret (
      options, options->uri != NULL ? options->uri : row->uri, FALSE, &secret);
  if (outcome != STATUS_DONE)
    return outcome;
  if (g_variant_n_children (values) > 0
      && !fram_settings_change_server_sync (settings, row->id, values, NULL, &error))
    return servers_report (error);
  if ((secret.length > 0 || options->forget_password)
      && !set_secret (settings, row->id, secret.text, &error))
    return servers_report (error);
  return complete (settings, row->id, options);
}

int
servers_edit (int argc, char **argv)
{
  g_auto (ServerOptions) options = { NULL };
  const GOptionEntry entries[] = {
    { "uri", 0, 0, G_OPTION_ARG_STRING, &options.uri, "Another URI", "URI" },
    SERVER_OPTIONS_CREDENTIAL (&options),
    { "ask-password", 0, 0, G_OPTION_ARG_NONE, &options.ask_password,
      "Ask for another password", NULL },
    { "forget-password", 0, 0, G_OPTION_ARG_NONE, &options.forget_password,
      "Forget the password", NULL },
    SERVER_OPTIONS_PLACE (&options),
    { NULL },
  };
  g_autoptr (FramSettings) settings = NULL;
  int outcome = servers_parse (entries, "ID", EDIT_DESCRIPTION, &argc, &argv);

  if (outcome == STATUS_DONE)
    outcome = server_options_check (&options, FALSE);
  if (outcome == STATUS_DONE && !server_options_are_given (&options))
    {
      g_printerr ("fram: Nothing is to be changed; “fram servers edit --help” tells what "
                  "can be\n");
      outcome = STATUS_USAGE;
    }
  if (outcome != STATUS_DONE || (settings = servers_open (&outcome)) == NULL)
    return outcome;
  return edit (settings, argv[1], &options);
}

/* --- remove, enable, disable ------------------------------------------------------- */

/* `change` is told the id. */
static int
change_one (const char *description, int argc, char **argv,
            gboolean (*change) (FramSettings *settings, const char *id, GError **error))
{
  g_autoptr (FramSettings) settings = NULL;
  g_autoptr (FramServer) row = NULL;
  g_autoptr (GError) error = NULL;
  int outcome = servers_parse (NULL, "ID", description, &argc, &argv);

  if (outcome != STATUS_DONE || (settings = servers_open (&outcome)) == NULL)
    return outcome;
  row = servers_find_now (settings, argv[1], &error);
  if (row != NULL && change (settings, row->id, &error))
    return STATUS_DONE;
  return servers_report (error);
}

static gboolean
remove_it (FramSettings *settings, const char *id, GError **error)
{
  return fram_settings_remove_server_sync (settings, id, NULL, error);
}

int
servers_remove (int argc, char **argv)
{
  return change_one ("Removes a server, and its password.  Sessions that run keep it.",
                     argc, argv, remove_it);
}

static gboolean
set_enabled (FramSettings *settings, const char *id, gboolean enabled, GError **error)
{
  return fram_settings_change_server_sync (
      settings, id, g_variant_new_parsed ("{'enabled': <%b>}", enabled), NULL, error);
}

static gboolean
enable_it (FramSettings *settings, const char *id, GError **error)
{
  return set_enabled (settings, id, TRUE, error);
}

int
servers_enable (int argc, char **argv)
{
  return change_one ("Lets sessions use a server.  An administrator's may be enabled and "
                     "disabled too,\nunless that is locked.",
                     argc, argv, enable_it);
}

static gboolean
disable_it (FramSettings *settings, const char *id, GError **error)
{
  return set_enabled (settings, id, FALSE, error);
}

int
servers_disable (int argc, char **argv)
{
  return change_one ("Keeps a server that sessions do not use.", argc, argv, disable_it);
}
