/* `fram servers`: the STUN and TURN servers that all applications have. */
#include "cli/servers.h"

#include <stdio.h>
#include <string.h>

#include "cli/command.h"

static const struct
{
  const char *name;
  const char *parameters;
  const char *summary;
  int (*run) (int argc, char **argv);
} commands[] = {
  { "list", "", "Show them, in order of preference", servers_list },
  { "add", "URI", "Add one, and print its id", servers_add },
  { "edit", "ID", "Change one", servers_edit },
  { "remove", "ID", "Remove one, and its password", servers_remove },
  { "enable", "ID", "Let sessions use one", servers_enable },
  { "disable", "ID", "Let sessions not use one", servers_disable },
  { "test", "[ID|URI]", "Try one for real, or all that are used", servers_test },
};

static void
print_help (FILE *file)
{
  fputs (
      "Usage:\n  fram servers COMMAND [OPTION…]\n\n"
      "Keeps the STUN and TURN servers that all applications of this user have besides\n"
      "their own.  Administrators give further ones in /etc/fram/conf.d/*.conf.\n\n"
      "Commands:\n",
      file);
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    fprintf (file, "  %-7s %-9s %s\n", commands[i].name, commands[i].parameters,
             commands[i].summary);
  fputs ("\nAn ID may be shortened as long as no other begins so; the URI of a server "
         "stands\nfor it too.  Passwords are asked for, or come from a file; they are "
         "never shown.\n“fram servers COMMAND --help” tells the options of each.\n"
         "\n" STATUS_HELP "\n",
         file);
}

int
command_servers (int argc, char **argv)
{
  const char *name = argc > 1 ? argv[1] : "";

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (name, commands[i].name))
      {
        g_autofree char *whole = g_strconcat ("servers ", name, NULL);

        argv[1] = whole;
        return commands[i].run (argc - 1, argv + 1);
      }
  if (g_str_equal (name, "--help") || g_str_equal (name, "-h"))
    {
      print_help (stdout);
      return STATUS_DONE;
    }
  if (argc > 1)
    g_printerr ("fram: “fram servers” has no command “%s”\n", name);
  print_help (stderr);
  return STATUS_USAGE;
}

/* --- Shared ------------------------------------------------------------------------ */

int
servers_parse (const GOptionEntry *entries, const char *parameters,
               const char *description, int *argc, char ***argv)
{
  GOptionGroup *group = g_option_group_new ("servers", "", "", NULL, NULL);
  int outcome;

  if (entries != NULL)
    g_option_group_add_entries (group, entries);
  outcome = command_parse (parameters, description, group, parameters != NULL ? 1 : 0,
                           argc, argv);
  if (outcome != STATUS_DONE || *argc > 1 || parameters == NULL || parameters[0] == '[')
    return outcome;
  g_printerr ("fram: “%s” takes the %s of a server\n“%s --help” tells more.\n",
              g_get_prgname (), parameters, g_get_prgname ());
  return STATUS_USAGE;
}

FramSettings *
servers_open (int *ret_status)
{
  g_autoptr (FramClient) client = command_find_service (ret_status);

  return client != NULL ? fram_settings_new (client) : NULL;
}

int
servers_report (const GError *error)
{
  if (error->domain != SECRET_ERROR)
    return command_report_refusal (error);
  if (error->code == SECRET_ERROR_INTERRUPTED)
    return STATUS_INTERRUPTED;
  g_printerr ("fram: %s\n", error->message);
  return STATUS_USAGE;
}

gboolean
servers_is_uri (const char *name)
{
  return strchr (name, ':') != NULL;
}

FramServer *
servers_find (GPtrArray *servers, const char *name, GError **error)
{
  gboolean is_uri = servers_is_uri (name);
  FramServer *found = NULL, *other = NULL;

  for (guint i = 0; i < servers->len; i++)
    {
      FramServer *row = g_ptr_array_index (servers, i);

      if (!is_uri && g_str_equal (row->id, name))
        return row;
      if (is_uri ? !g_str_equal (row->uri, name) : !g_str_has_prefix (row->id, name))
        continue;
      other = found;
      found = row;
    }
  if (found != NULL && other == NULL && name[0] != '\0')
    return found;
  if (other != NULL && name[0] != '\0')
    g_set_error (error, FRAM_ERROR, FRAM_ERROR_NO_SERVER,
                 "“%s” may be %s or %s; tell more of the id", name, other->id, found->id);
  else
    g_set_error (error, FRAM_ERROR, FRAM_ERROR_NO_SERVER,
                 "There is no server “%s”; “fram servers list” tells which there are",
                 name);
  return NULL;
}

FramServer *
servers_find_now (FramSettings *settings, const char *name, GError **error)
{
  g_autoptr (GPtrArray) servers = fram_settings_list_servers_sync (settings, NULL, error);
  FramServer *row = servers != NULL ? servers_find (servers, name, error) : NULL;

  return row != NULL ? fram_server_ref (row) : NULL;
}
