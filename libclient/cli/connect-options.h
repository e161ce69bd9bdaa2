/* What `fram connect` was asked for on the command line. */
#pragma once

#include <fram.h>

typedef struct
{
  gboolean json;
  gboolean echo; /* answers each text with echo:TEXT */
  gboolean trickle;
  gboolean no_tcp;
  gboolean lite;
  int streams;    /* at least 1 */
  int components; /* of each stream; data take the first.  0: not asked for, 1 */
  int dscp;       /* of all components */
  gboolean no_settings_servers;
  char *code; /* of the other side, if it was given as an argument */
  FramSessionOptions *session;
} ConnectOptions;

/* As the service has it (dbus/org.fram.Ice1.Manager.xml). */
#define CONNECT_MAX_STREAMS 8

void connect_options_clear (ConnectOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ConnectOptions, connect_options_clear)

/* Return: STATUS_DONE, or the exit status after a message. */
int connect_options_parse (ConnectOptions *ret_options, int argc, char **argv);
