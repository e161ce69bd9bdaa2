#include "cli/command.h"

int
command_parse (const char *parameters, const char *description, GOptionGroup *group,
               int n_arguments, int *argc, char ***argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (parameters);
  g_autofree char *name = g_strconcat ("fram ", (*argv)[0], NULL);
  g_autofree char *help = g_strconcat (description, "\n\n" STATUS_HELP, NULL);
  g_autoptr (GError) error = NULL;

  g_set_prgname (name);
  g_option_context_set_main_group (context, group);
  g_option_context_set_description (context, help);
  if (!g_option_context_parse (context, argc, argv, &error))
    g_printerr ("fram: %s\n", error->message);
  else if (*argc - 1 > n_arguments)
    g_printerr ("fram: There is no use for “%s”\n", (*argv)[n_arguments + 1]);
  else
    return STATUS_DONE;
  g_printerr ("“%s --help” tells more.\n", name);
  return STATUS_USAGE;
}

int
command_report (const GError *error)
{
  g_printerr ("fram: %s\n", error->message);
  if (g_error_matches (error, FRAM_ERROR, FRAM_ERROR_SERVICE_UNAVAILABLE)
      || g_error_matches (error, FRAM_ERROR, FRAM_ERROR_SERVICE_LOST))
    return STATUS_NO_SERVICE;
  return STATUS_FAILED;
}

int
command_report_refusal (const GError *error)
{
  int status = command_report (error);

  if (g_error_matches (error, FRAM_ERROR, FRAM_ERROR_INVALID_ARGUMENT)
      || g_error_matches (error, FRAM_ERROR, FRAM_ERROR_NO_SETTING)
      || g_error_matches (error, FRAM_ERROR, FRAM_ERROR_NO_SERVER))
    return STATUS_USAGE;
  return status;
}

FramClient *
command_find_service (int *ret_status)
{
  g_autoptr (GError) error = NULL;
  FramClient *client = fram_client_new_sync (NULL, NULL, &error);

  if (client == NULL)
    *ret_status = command_report (error);
  else
    /* A bus that ends is told by us, not by the signal that GIO would raise. */
    g_dbus_connection_set_exit_on_close (fram_client_get_connection (client), FALSE);
  return client;
}

FramClient *
command_begin (const GOptionEntry *entries, const char *description, int *argc,
               char ***argv, int *ret_status)
{
  GOptionGroup *group = g_option_group_new ((*argv)[0], "", "", NULL, NULL);

  g_option_group_add_entries (group, entries);
  *ret_status = command_parse (NULL, description, group, 0, argc, argv);
  return *ret_status == STATUS_DONE ? command_find_service (ret_status) : NULL;
}
