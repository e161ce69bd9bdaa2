#include "fram-component.h"

#include <errno.h>
#include <unistd.h>

#include "component-private.h"
#include "fram-error.h"

/**
 * FramComponent:
 *
 * The data of one component of a session.
 *
 * It is made by [method@Session.open_component_async] and may be used at once: what is
 * sent before the session is connected is dropped by the service, and counted.  Datagrams
 * are whole or not there; as on any network they may be lost.  None is empty.
 *
 * They go by a socket of the component's own at the service's port where that is possible, and
 * else through the service.  Who wants the latter always calls
 * [method@Component.stay_relayed], or sets `FRAM_DATA=relayed` in the environment of the process.
 *
 * There are three ways to wait: [method@Component.receive_async], a source of one's own
 * from [method@Component.create_source], or [method@Component.get_fd] in a loop that is
 * not GLib's.
 */

G_DEFINE_FINAL_TYPE (FramComponent, fram_component, G_TYPE_OBJECT)

enum
{
  PROP_SESSION = 1,
  PROP_CLOSED,
  PROP_DIRECT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

void
fram_component_mark_closed (FramComponent *self)
{
  if (self->closed)
    return;
  self->closed = TRUE;
  fram_component_cut_direct (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CLOSED]);
}

void
fram_component_notify_direct (FramComponent *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DIRECT]);
}

void
fram_component_set_error (FramComponent *self, int error_number, GError **error)
{
  if (error_number == EPIPE || error_number == ECONNRESET || error_number == ENOTCONN)
    {
      g_set_error_literal (
          error, FRAM_ERROR, FRAM_ERROR_CLOSED,
          "The session or the stream has ended, or the data were opened again.");
      fram_component_mark_closed (self);
      return;
    }
  g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (error_number),
                       g_strerror (error_number));
}

FramComponent *
fram_component_new (FramSession *session, guint stream, guint component, int fd,
                    GError **error)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, error);
  FramComponent *self;

  if (socket == NULL)
    {
      close (fd);
      return NULL;
    }
  g_socket_set_blocking (socket, FALSE);
  self = g_object_new (FRAM_TYPE_COMPONENT, NULL);
  self->session = g_object_ref (session);
  self->stream = stream;
  self->number = component;
  self->socket = g_steal_pointer (&socket);
  self->fd = fd;
  g_signal_connect_object (session, "closed", G_CALLBACK (fram_component_mark_closed),
                           self, G_CONNECT_SWAPPED);
  return self;
}

static void
fram_component_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  FramComponent *self = FRAM_COMPONENT (object);

  switch (id)
    {
    case PROP_SESSION:
      g_value_set_object (value, self->session);
      break;
    case PROP_CLOSED:
      g_value_set_boolean (value, self->closed);
      break;
    case PROP_DIRECT:
      g_value_set_boolean (value, fram_component_get_direct (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fram_component_finalize (GObject *object)
{
  FramComponent *self = FRAM_COMPONENT (object);

  fram_component_drop_direct (self);
  fram_component_free_counters (self);
  g_free (self->direct.joined);
  g_queue_clear_full (&self->direct.kept, (GDestroyNotify) g_bytes_unref);
  g_clear_object (&self->connection);
  g_clear_object (&self->socket);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (fram_component_parent_class)->finalize (object);
}

static void
fram_component_class_init (FramComponentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags
      = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = fram_component_get_property;
  object_class->finalize = fram_component_finalize;

  /**
   * FramComponent:session: (getter get_session)
   *
   * The session whose data these are.
   */
  properties[PROP_SESSION]
      = g_param_spec_object ("session", NULL, NULL, FRAM_TYPE_SESSION, flags);
  /**
   * FramComponent:closed: (getter get_closed)
   *
   * Whether it has been noticed that the other end is gone.  Datagrams that came before
   * can still be received.
   */
  properties[PROP_CLOSED] = g_param_spec_boolean ("closed", NULL, NULL, FALSE, flags);
  /**
   * FramComponent:direct: (getter get_direct)
   *
   * Whether what is sent does not pass through the service now.
   */
  properties[PROP_DIRECT] = g_param_spec_boolean ("direct", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
fram_component_init (FramComponent *self)
{
  self->fd = -1;
  self->direct.fd = -1;
  self->counters = &self->own_counters;
}

/**
 * fram_component_get_session:
 * @self: A component.
 *
 * Gives the session whose data these are.
 *
 * Returns: (transfer none): The session.
 */
FramSession *
fram_component_get_session (FramComponent *self)
{
  g_return_val_if_fail (FRAM_IS_COMPONENT (self), NULL);

  return self->session;
}

/**
 * fram_component_get_closed:
 * @self: A component.
 *
 * Tells whether it has been noticed that the other end is gone: that the session was
 * closed, its stream was removed, the service ended, or the component was opened again.
 *
 * Returns: Whether the other end is gone.
 */
gboolean
fram_component_get_closed (FramComponent *self)
{
  g_return_val_if_fail (FRAM_IS_COMPONENT (self), TRUE);

  return self->closed;
}

/**
 * fram_component_get_fd:
 * @self: A component.
 *
 * Gives the descriptor of the socket, for loops that are not GLib's: one write is one
 * datagram, one read is one datagram, an end of file is the end of the session.  It does
 * not block, and belongs to the component, all of whose data go through the service from now
 * on: see [method@Component.stay_relayed].  What has come another way before, is received by the
 * component's functions.
 *
 * Returns: The descriptor.
 */
int
fram_component_get_fd (FramComponent *self)
{
  g_return_val_if_fail (FRAM_IS_COMPONENT (self), -1);

  fram_component_stay_relayed (self);
  return self->fd;
}

/**
 * fram_component_get_connection:
 * @self: A component.
 *
 * Gives the socket as a connection, for code that takes streams: each read gives one
 * datagram, each write is one.  To close it closes the component.  As with
 * [method@Component.get_fd], all data go through the service from now on.
 *
 * Returns: (transfer none): The connection.
 */
GSocketConnection *
fram_component_get_connection (FramComponent *self)
{
  g_return_val_if_fail (FRAM_IS_COMPONENT (self), NULL);

  fram_component_stay_relayed (self);
  if (self->connection == NULL)
    self->connection = g_socket_connection_factory_create_connection (self->socket);
  return self->connection;
}
