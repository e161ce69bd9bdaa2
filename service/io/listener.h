/* A TCP socket that listens for peers.  (RFC 6544 §7.2) */
#pragma once

#include "broker/event.h"

#include <gio/gio.h>

typedef struct _FramListener FramListener;

/* Connections that wait for us in the kernel, and that are taken in one turn. */
#define FRAM_LISTENER_BACKLOG 64
#define FRAM_LISTENER_PER_TURN 16

typedef struct
{
  /* Who wants to keep `socket` takes a reference.  It must not free the listener. */
  void (*accepted) (gpointer user_data, FramBaseId id, GSocket *socket,
                    const FramAddress *remote);
  /* After all that were taken at once. */
  void (*turn_ended) (gpointer user_data);
} FramListenerOwner;

/* `bind` with the port 0: any.  `connects`: streams are opened from its port, too, by this user
 * (RFC 6544 §5.2).  `owner` must outlive it.  Errors: G_IO_ERROR. */
FramListener *fram_listener_new (GMainContext *context, FramBaseId id,
                                 const FramAddress *bind, gboolean connects,
                                 const FramListenerOwner *owner, gpointer user_data,
                                 GError **error);
/* Answers leave by that interface; 0: as the kernel routes. */
void fram_listener_set_interface (FramListener *listener, guint32 index);
/* As bound. */
const FramAddress *fram_listener_get_address (const FramListener *listener);
void fram_listener_free (FramListener *listener);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramListener, fram_listener_free)
