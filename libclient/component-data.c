/* Datagrams, singly: at once or when there is one. */
#include <errno.h>
#include <sys/socket.h>

#include "component-private.h"
#include "fram-error.h"

static gboolean
check_length (gsize length, GError **error)
{
  if (length >= 1 && length <= FRAM_DATAGRAM_MAX)
    return TRUE;
  g_set_error (error, FRAM_ERROR, FRAM_ERROR_INVALID_ARGUMENT,
               "A datagram has 1 to %d bytes, not %" G_GSIZE_FORMAT ".",
               FRAM_DATAGRAM_MAX, length);
  return FALSE;
}

gssize
fram_component_send_relayed (FramComponent *self, const guint8 *data, gsize length)
{
  gssize n;

  do
    n = send (self->fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  return n;
}

/* Return: FALSE with errno set. */
static gboolean
send_directly (FramComponent *self, const guint8 *data, gsize length)
{
  gssize n;

  do
    n = sendto (self->direct.fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL,
                (struct sockaddr *) &self->direct.peer, sizeof self->direct.peer);
  while (n < 0 && errno == EINTR);
  if (n >= 0)
    fram_component_count_sent (self, 1, length);
  return n >= 0 || fram_component_is_loss (errno);
}

/**
 * fram_component_send:
 * @self: A component.
 * @data: (array length=length): The datagram.
 * @length: Its bytes, 1 to %FRAM_DATAGRAM_MAX.
 * @error: Where to put an error.
 *
 * Sends a datagram at once, or not at all.
 *
 * Fails with %G_IO_ERROR_WOULD_BLOCK if there is no room now, with %FRAM_ERROR_CLOSED if
 * the session has ended, with %FRAM_ERROR_INVALID_ARGUMENT if the length is wrong.
 *
 * Returns: Whether it was handed over.
 */
gboolean
fram_component_send (FramComponent *self, const guint8 *data, gsize length,
                     GError **error)
{
  g_return_val_if_fail (FRAM_IS_COMPONENT (self), FALSE);

  if (!check_length (length, error))
    return FALSE;
  if (fram_component_sends_direct (self))
    {
      if (send_directly (self, data, length))
        return TRUE;
      if (errno != EMSGSIZE && !fram_component_direct_failed (self, errno))
        {
          fram_component_set_error (self, errno, error);
          return FALSE;
        }
    }
  if (fram_component_send_relayed (self, data, length) >= 0)
    return TRUE;
  fram_component_set_error (self, errno, error);
  return FALSE;
}

static gssize
receive_relayed (FramComponent *self, guint8 *buffer, gsize size)
{
  gssize n;

  do
    n = recv (self->fd, buffer, size, MSG_DONTWAIT | MSG_TRUNC);
  while (n < 0 && errno == EINTR);
  /* Nobody sends empty datagrams: nothing is the end. */
  if (n == 0)
    {
      errno = EPIPE;
      n = -1;
    }
  fram_component_read_relayed (self, n > 0);
  return n;
}

/* From either socket.  Return: -1 with errno set. */
static gssize
receive_any (FramComponent *self, guint8 *buffer, gsize size)
{
  gboolean direct_first = fram_component_reads_direct (self);
  gssize n = -1;

  if (direct_first || fram_component_has_read (self))
    n = fram_component_receive_direct (self, buffer, size);
  if (n >= 0)
    return n;
  if (direct_first && self->direct.is_over)
    fram_component_drop_direct (self);
  n = receive_relayed (self, buffer, size);
  if (n < 0 && errno == EAGAIN && !direct_first && self->direct.fd >= 0)
    n = fram_component_receive_direct (self, buffer, size);
  return n;
}

/**
 * fram_component_receive_into: (skip)
 * @self: A component.
 * @buffer: Where to put the datagram.
 * @size: How many bytes there is room for.
 * @error: Where to put an error.
 *
 * Receives a datagram, if there is one.
 *
 * Fails with %G_IO_ERROR_WOULD_BLOCK if there is none now, with %FRAM_ERROR_CLOSED if the
 * session has ended, with %G_IO_ERROR_MESSAGE_TOO_LARGE, and loses it, if it is longer
 * than @size.
 *
 * Returns: Its bytes, or -1.
 */
gssize
fram_component_receive_into (FramComponent *self, guint8 *buffer, gsize size,
                             GError **error)
{
  gssize n;

  g_return_val_if_fail (FRAM_IS_COMPONENT (self), -1);

  n = receive_any (self, buffer, size);
  if (n > 0 && (gsize) n <= size)
    return n;
  fram_component_set_error (self, n < 0 ? errno : EMSGSIZE, error);
  return -1;
}

/**
 * fram_component_receive:
 * @self: A component.
 * @error: Where to put an error.
 *
 * Receives a datagram, if there is one.
 *
 * Fails with %G_IO_ERROR_WOULD_BLOCK if there is none now, with %FRAM_ERROR_CLOSED if the
 * session has ended.
 *
 * Returns: (transfer full): The datagram.
 */
GBytes *
fram_component_receive (FramComponent *self, GError **error)
{
  guint8 buffer[FRAM_DATAGRAM_MAX];
  gssize n = fram_component_receive_into (self, buffer, sizeof buffer, error);

  return n >= 0 ? g_bytes_new (buffer, n) : NULL;
}

/* --- When it is possible ----------------------------------------------------------- */

static void
wait_for (GTask *task, GIOCondition condition, GSocketSourceFunc ready)
{
  FramComponent *self = g_task_get_source_object (task);
  g_autoptr (GSource) source
      = fram_component_create_source (self, condition, g_task_get_cancellable (task));

  g_task_attach_source (task, source, G_SOURCE_FUNC (ready));
}

/* Does what was asked for and completes the task, unless it has to wait. */
static gboolean
try_send (GTask *task)
{
  FramComponent *self = g_task_get_source_object (task);
  GBytes *datagram = g_task_get_task_data (task);
  GError *error = NULL;
  gsize length;
  const guint8 *data = g_bytes_get_data (datagram, &length);

  if (g_task_return_error_if_cancelled (task))
    return TRUE;
  if (fram_component_send (self, data, length, &error))
    {
      g_task_return_boolean (task, TRUE);
      return TRUE;
    }
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    {
      g_task_return_error (task, error);
      return TRUE;
    }
  g_error_free (error);
  return FALSE;
}

static gboolean
on_room (GSocket *socket, GIOCondition condition, gpointer task)
{
  return try_send (task) ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

/**
 * fram_component_send_async:
 * @self: A component.
 * @datagram: The datagram, 1 to %FRAM_DATAGRAM_MAX bytes.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called when it was handed over.
 * @user_data: Data for @callback.
 *
 * Sends a datagram as soon as there is room.
 */
void
fram_component_send_async (FramComponent *self, GBytes *datagram,
                           GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (FRAM_IS_COMPONENT (self));
  g_return_if_fail (datagram != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, fram_component_send_async);
  g_task_set_task_data (task, g_bytes_ref (datagram), (GDestroyNotify) g_bytes_unref);
  if (!try_send (task))
    wait_for (task, G_IO_OUT, on_room);
}

/**
 * fram_component_send_finish:
 * @self: A component.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Component.send_async].
 *
 * Fails with %FRAM_ERROR_CLOSED if the session has ended, with
 * %FRAM_ERROR_INVALID_ARGUMENT if the length is wrong.
 *
 * Returns: Whether it was handed over.
 */
gboolean
fram_component_send_finish (FramComponent *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
try_receive (GTask *task)
{
  FramComponent *self = g_task_get_source_object (task);
  GError *error = NULL;
  GBytes *datagram;

  if (g_task_return_error_if_cancelled (task))
    return TRUE;
  datagram = fram_component_receive (self, &error);
  if (datagram != NULL)
    {
      g_task_return_pointer (task, datagram, (GDestroyNotify) g_bytes_unref);
      return TRUE;
    }
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    {
      g_task_return_error (task, error);
      return TRUE;
    }
  g_error_free (error);
  return FALSE;
}

static gboolean
on_datagram (GSocket *socket, GIOCondition condition, gpointer task)
{
  return try_receive (task) ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

/**
 * fram_component_receive_async:
 * @self: A component.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called with the datagram.
 * @user_data: Data for @callback.
 *
 * Receives the next datagram.
 */
void
fram_component_receive_async (FramComponent *self, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (FRAM_IS_COMPONENT (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, fram_component_receive_async);
  if (!try_receive (task))
    wait_for (task, G_IO_IN, on_datagram);
}

/**
 * fram_component_receive_finish:
 * @self: A component.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Component.receive_async].
 *
 * Fails with %FRAM_ERROR_CLOSED if the session has ended.
 *
 * Returns: (transfer full): The datagram.
 */
GBytes *
fram_component_receive_finish (FramComponent *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
