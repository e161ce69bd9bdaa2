/* What an inspector holds, for the objects that it gives. */
#pragma once

#include "fram-inspector.h"
#include "table.h"

struct _FramInspector
{
  GObject parent_instance;

  GDBusConnection *connection;
  GMainContext *context; /* of the thread that made it */
  guint watch;           /* of the service's name */
  guint subscription;    /* to `Changed` */
  GSource *timer;        /* or NULL */
  guint interval;        /* milliseconds */
  gboolean available, loaded;
  GError *error;
  GCancellable *cancellable; /* of the service that is there */

  FramTable *sessions;
  guint64 known;
  gboolean pulling, pull_again;
  GPtrArray *session_watches; /* not owned: they go by themselves */
  GPtrArray *network_watches; /* the same */
};

/* Calls a method of the inspector on the bus; the reply is looked at by
 * fram_inspector_call_finish(). `arguments`: (transfer floating) (nullable) */
void fram_inspector_call (FramInspector *self, const char *method, GVariant *arguments,
                          const char *reply_type, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data);
/* Return: (transfer full): NULL with an error of FRAM_ERROR.  `ret_fd`: the descriptor that
 * came with it, or NULL where none can. */
GVariant *fram_inspector_call_finish (FramInspector *self, GAsyncResult *result,
                                      int *ret_fd, GError **error);
/* The service failed to answer. `error`: (transfer none) (nullable): NULL: it did not. */
void fram_inspector_set_error (FramInspector *self, const GError *error);

/* inspector-pull.c */
/* Pulls all that is shown, or once more when what is on its way has arrived. */
void fram_inspector_pull (FramInspector *self);
/* The service has gone. */
void fram_inspector_forget (FramInspector *self);

/* session-watch.c, network-watch.c */
void fram_session_watch_pull (FramSessionWatch *self);
void fram_session_watch_end (FramSessionWatch *self);
/* The table of sessions has been pulled. */
void fram_session_watch_find_row (FramSessionWatch *self);
void fram_network_watch_pull (FramNetworkWatch *self);
void fram_network_watch_forget (FramNetworkWatch *self);
