/* What a session is made of, for the code that creates it and makes its calls. */
#pragma once

#include "fram-client.h"
#include "fram-session.h"
#include "ice-bus.h"

typedef enum
{
  FRAM_SESSION_PROPERTY_PATH = 1,
  FRAM_SESSION_PROPERTY_LABEL,
  FRAM_SESSION_PROPERTY_STATE,
  FRAM_SESSION_PROPERTY_CAUSE,
  FRAM_SESSION_PROPERTY_EXPLANATION,
  FRAM_SESSION_PROPERTY_ROLE,
  FRAM_SESSION_PROPERTY_UFRAG,
  FRAM_SESSION_N_PROPERTIES
} FramSessionProperty;

struct _FramSession
{
  GObject parent_instance;

  FramClient *client; /* keeps the watch over the service alive */
  IceBusSession *proxy;
  char *owner; /* the service that holds the session, by its unique name */
  char *label;
  FramRole role;
  FramState state;
  char *cause;
  char *explanation;
  char *ufrag;
  gint64 described; /* monotonic: when the remote description was set; 0: unknown */
  gboolean ended;   /* nothing more comes from the service */
};

void fram_session_install_properties (GObjectClass *object_class);
void fram_session_notify (FramSession *self, FramSessionProperty property);

/* A session that listens at `path` of the service with the unique name `owner`, before it
 * exists there.  Return: (transfer full) */
FramSession *fram_session_new (FramClient *client, const char *owner, const char *path,
                               FramSessionOptions *options);

/* It never came to be: nothing is to be closed and nobody told. */
void fram_session_abandon (FramSession *self);

/* The name fragment of the present generation, as the service just told it. */
void fram_session_take_ufrag (FramSession *self, const char *ufrag);

/* Return: FALSE with `error` set if the session has ended. */
gboolean fram_session_check_open (FramSession *self, GError **error);

/* fram_call() and fram_call_sync() for a session that may have ended.
 * `arguments`: (transfer floating) (nullable); `task`: (transfer full) */
void fram_session_call_for (FramSession *self, const char *method, GVariant *arguments,
                            GTask *task);
void fram_session_call (FramSession *self, const char *method, GVariant *arguments,
                        gpointer tag, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data);
GVariant *fram_session_call_sync (FramSession *self, const char *method,
                                  GVariant *arguments, GUnixFDList **ret_descriptors,
                                  GCancellable *cancellable, GError **error);
