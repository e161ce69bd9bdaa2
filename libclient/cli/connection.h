/* One run of `fram connect`: the session, its data and the input, for who talks to it.
 *
 * Programs (connect-json.c) and people (connect-person.c) are talked to in different
 * ways; what is the same for both is here. */
#pragma once

#include "cli/connect-options.h"
#include "cli/line-reader.h"

typedef struct _Connection Connection;

/* The data of one stream, which take its first component. */
typedef struct
{
  Connection *connection;
  guint stream;
  FramComponent *component;
  GSource *source;
} ConnectionData;

typedef struct
{
  /* The session is there: the time to listen to its signals. */
  void (*created) (Connection *connection);
  /* Its data are open too: the time to resume the input. */
  void (*opened) (Connection *connection);
  /* A line of the input; NULL: it was too long. */
  void (*line) (Connection *connection, const char *line, gsize length);
  void (*input_ended) (Connection *connection);
  /* A datagram of the peer as text, with everything that is no UTF-8 replaced. */
  void (*received) (Connection *connection, guint stream, const char *text);
  void (*failed) (Connection *connection, const GError *error);
} ConnectionManner;

struct _Connection
{
  const ConnectOptions *options;
  const ConnectionManner *manner;
  gpointer state; /* the manner's */
  GMainLoop *loop;
  FramClient *client;
  FramSession *session;
  ConnectionData data[CONNECT_MAX_STREAMS];
  LineReader *input;
  gboolean quitting;
  int status; /* to exit with */
};

/* Runs until connection_quit().  Return: the exit status. */
int connection_run (const ConnectOptions *options, const ConnectionManner *manner,
                    gpointer state);

/* Ends the session in good order and then the run; the first status given counts. */
void connection_quit (Connection *connection, int status);

/* Sends a datagram.  Return: FALSE with `error` set. */
gboolean connection_send (Connection *connection, guint stream, const char *text,
                          GError **error);

/* Return: the exit status for a session that has ended or failed by itself. */
int connection_outcome (Connection *connection);
