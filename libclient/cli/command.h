/* The commands of `fram`: how they are called and how they end. */
#pragma once

#include <fram.h>

/* Exit statuses, the same for all commands. */
typedef enum
{
  STATUS_DONE = 0,         /* what was wanted was done */
  STATUS_FAILED = 1,       /* it was not: no path, a session that ended, an error */
  STATUS_USAGE = 2,        /* wrong options or arguments */
  STATUS_NO_SERVICE = 3,   /* framd cannot be reached, or ended */
  STATUS_INTERRUPTED = 130 /* by a signal, as shells count it */
} Status;

/* For the end of each command's --help. */
#define STATUS_HELP                                                                      \
  "Exit status: 0 done, 1 failed, 2 wrong usage, 3 no framd, 130 interrupted."

/* `argv[0]` is the command's name.  Return: the exit status. */
int command_config (int argc, char **argv);
int command_connect (int argc, char **argv);
int command_history (int argc, char **argv);
int command_netcheck (int argc, char **argv);
int command_servers (int argc, char **argv);
int command_sessions (int argc, char **argv);
int command_status (int argc, char **argv);
int command_watch (int argc, char **argv);

/* Parses `argv` by `entries`; what is left in it must be at most `n_arguments`.
 *
 * `description`: what the command does, for --help.
 * Return: STATUS_DONE to go on, or the exit status after a message. */
int command_parse (const char *parameters, const char *description, GOptionGroup *group,
                   int n_arguments, int *argc, char ***argv);

/* Parses `argv` by `entries`, of a command without arguments, and finds the service.
 * Return: (transfer full): NULL with `*ret_status` set after a message. */
FramClient *command_begin (const GOptionEntry *entries, const char *description,
                           int *argc, char ***argv, int *ret_status);

/* Says on standard error what went wrong.  Return: the exit status for `error`. */
int command_report (const GError *error);

/* The same, where the service may refuse what was asked for: that is wrong usage then. */
int command_report_refusal (const GError *error);

/* Finds the service, blocking.  Return: (transfer full): NULL with `*ret_status` set
 * after a message. */
FramClient *command_find_service (int *ret_status);
