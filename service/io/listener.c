#include "io/listener.h"

#include "io/sockaddr.h"

#include <sys/socket.h>

/* Where the system has no descriptors left, it is asked again after that. */
#define PAUSE 1000 /* ms */

struct _FramListener
{
  GMainContext *context;
  FramBaseId id;
  FramAddress address;
  GSocket *socket;
  GSource *source; /* that it is readable, or the pause */
  const FramListenerOwner *owner;
  gpointer user_data;
};

static void listen_on (FramListener *listener);

static void
set_source (FramListener *listener, GSource *source, GSourceFunc callback)
{
  if (listener->source != NULL)
    {
      g_source_destroy (listener->source);
      g_source_unref (listener->source);
    }
  listener->source = source;
  if (source == NULL)
    return;
  g_source_set_callback (source, callback, listener, NULL);
  g_source_attach (source, listener->context);
}

static gboolean
on_pause_over (gpointer user_data)
{
  listen_on (user_data);
  return G_SOURCE_REMOVE;
}

/* Return: whether there may be another one. */
static gboolean
take_one (FramListener *listener)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_accept (listener->socket, NULL, &error);
  g_autoptr (GSocketAddress) from = NULL;
  FramAddress remote;

  if (socket == NULL)
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES))
        set_source (listener, g_timeout_source_new (PAUSE), on_pause_over);
      /* Whoever it was has gone again. */
      return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
    }
  from = g_socket_get_remote_address (socket, NULL);
  if (from != NULL && fram_sockaddr_from_gio (from, &remote))
    listener->owner->accepted (listener->user_data, listener->id, socket, &remote);
  return TRUE;
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  FramListener *listener = user_data;
  guint n = 0;

  while (n < FRAM_LISTENER_PER_TURN && take_one (listener))
    n++;
  listener->owner->turn_ended (listener->user_data);
  return G_SOURCE_CONTINUE;
}

static void
listen_on (FramListener *listener)
{
  set_source (listener, g_socket_create_source (listener->socket, G_IO_IN, NULL),
              G_SOURCE_FUNC (on_readable));
}

FramListener *
fram_listener_new (GMainContext *context, FramBaseId id, const FramAddress *bind,
                   gboolean connects, const FramListenerOwner *owner, gpointer user_data,
                   GError **error)
{
  g_autoptr (FramListener) listener = g_new0 (FramListener, 1);
  g_autoptr (GSocketAddress) at = fram_sockaddr_new_gio (bind);
  g_autoptr (GSocketAddress) bound = NULL;

  listener->context = g_main_context_ref (context);
  listener->id = id;
  listener->owner = owner;
  listener->user_data = user_data;
  listener->socket = g_socket_new (g_socket_address_get_family (at), G_SOCKET_TYPE_STREAM,
                                   G_SOCKET_PROTOCOL_TCP, error);
  if (listener->socket == NULL)
    return NULL;
  g_socket_set_blocking (listener->socket, FALSE);
  g_socket_set_listen_backlog (listener->socket, FRAM_LISTENER_BACKLOG);
  if (!g_socket_bind (listener->socket, at, TRUE, error)
      || !g_socket_listen (listener->socket, error))
    return NULL;
  /* Not before it is bound: it would share its port with others that listen. */
  if (connects
      && !g_socket_set_option (listener->socket, SOL_SOCKET, SO_REUSEPORT, 1, error))
    return NULL;
  bound = g_socket_get_local_address (listener->socket, error);
  if (bound == NULL)
    return NULL;
  fram_sockaddr_from_gio (bound, &listener->address);
  listen_on (listener);
  return g_steal_pointer (&listener);
}

/* What is accepted inherits it.  An interface that has just gone is no loss. */
void
fram_listener_set_interface (FramListener *listener, guint32 index)
{
  g_socket_set_option (listener->socket, SOL_SOCKET, SO_BINDTOIFINDEX, (gint) index,
                       NULL);
}

const FramAddress *
fram_listener_get_address (const FramListener *listener)
{
  return &listener->address;
}

void
fram_listener_free (FramListener *listener)
{
  if (listener == NULL)
    return;
  set_source (listener, NULL, NULL);
  g_clear_object (&listener->socket);
  g_main_context_unref (listener->context);
  g_free (listener);
}
