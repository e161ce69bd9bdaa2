/* What a component holds, for the code that moves its data. */
#pragma once

#include <gio/gio.h>

#include "fram-component.h"
#include "fram-session.h"

struct _FramComponent
{
  GObject parent_instance;

  FramSession *session; /* lives at least as long as its data */
  GSocket *socket;      /* SOCK_SEQPACKET, not blocking */
  GSocketConnection *connection;
  int fd; /* the socket's */
  gboolean closed;
};

/* Takes `fd` in any case.  Return: (transfer full): NULL with `error` set. */
FramComponent *fram_component_new (FramSession *session, int fd, GError **error);

/* The other end is gone: tells so, once. */
void fram_component_mark_closed (FramComponent *self);

/* Makes `error_number` of a call on the socket an error, and notes an end. */
void fram_component_set_error (FramComponent *self, int error_number, GError **error);
