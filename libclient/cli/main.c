/* fram: the connection service on the command line. */
#include <locale.h>
#include <stdio.h>

#include "cli/command.h"

static const struct
{
  const char *name;
  const char *summary;
  int (*run) (int argc, char **argv);
} commands[] = {
  { "config", "Show and change the settings", command_config },
  { "connect", "Connect to somebody else who runs it", command_connect },
  { "history", "List the sessions that have ended", command_history },
  { "netcheck", "Find out how this network treats connections", command_netcheck },
  { "servers", "Keep and test the STUN and TURN servers for all applications",
    command_servers },
  { "sessions", "List the sessions of all applications", command_sessions },
  { "status", "Show what the service holds and has done", command_status },
  { "watch", "Follow all sessions and their pairs", command_watch },
};

static void
print_help (FILE *file)
{
  fputs ("Usage:\n  fram COMMAND [OPTION…]\n\nPeer connections from the Fram service.\n\n"
         "Commands:\n",
         file);
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    fprintf (file, "  %-10s %s\n", commands[i].name, commands[i].summary);
  fputs ("\n“fram COMMAND --help” tells the options of each; “fram --version” the "
         "version.\n" STATUS_HELP "\n",
         file);
}

int
main (int argc, char **argv)
{
  const char *command = argc > 1 ? argv[1] : "";

  setlocale (LC_ALL, "");
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (command, commands[i].name))
      return commands[i].run (argc - 1, argv + 1);
  if (g_str_equal (command, "--version"))
    puts ("fram " FRAM_VERSION);
  else if (g_str_equal (command, "--help") || g_str_equal (command, "-h"))
    print_help (stdout);
  else
    {
      if (argc > 1)
        g_printerr ("fram: There is no command “%s”\n", command);
      print_help (stderr);
      return STATUS_USAGE;
    }
  return STATUS_DONE;
}
