/* Datagrams of one length, one behind the other in one buffer, as the kernel likes to carry
 * them: as one packet through all of its layers. */
#include "component-private.h"
#include "fram-error.h"

static gboolean
check_segments (gsize length, gsize segment, GError **error)
{
  if (length >= 1 && segment >= 1 && segment <= FRAM_DATAGRAM_MAX)
    return TRUE;
  g_set_error (error, FRAM_ERROR, FRAM_ERROR_INVALID_ARGUMENT,
               "A datagram has 1 to %d bytes, not %" G_GSIZE_FORMAT ".",
               FRAM_DATAGRAM_MAX, MIN (length, segment));
  return FALSE;
}

/* Return: bytes, or -1 with `error` set. */
static gssize
send_some (FramComponent *self, const guint8 *data, gsize length, gsize segment,
           GError **error)
{
  GOutputVector vectors[FRAM_COMPONENT_BATCH_MAX];
  gsize n = 0, bytes = 0;
  gssize sent;

  for (gsize start = 0; start < length && n < FRAM_COMPONENT_BATCH_MAX; start += segment)
    {
      vectors[n].buffer = data + start;
      vectors[n++].size = MIN (segment, length - start);
    }
  sent = fram_component_send_batch (self, vectors, n, error);
  if (sent < 0)
    return -1;
  for (gssize i = 0; i < sent; i++)
    bytes += vectors[i].size;
  return (gssize) bytes;
}

/**
 * fram_component_send_segments:
 * @self: A component.
 * @data: (array length=length) (element-type guint8): Datagrams, one behind the other.
 * @length: The bytes of all.
 * @segment: The bytes of each, 1 to %FRAM_DATAGRAM_MAX; the last may have less.
 * @error: Where to put an error.
 *
 * Sends datagrams of one length, as many as there is room for.  By the direct path the kernel
 * carries many as one, which costs a tenth.
 *
 * Fails as [method@Component.send] if not even the first could be sent.
 *
 * Returns: How many bytes were handed over, or -1.
 */
gssize
fram_component_send_segments (FramComponent *self, const guint8 *data, gsize length,
                              gsize segment, GError **error)
{
  gsize sent = 0;

  g_return_val_if_fail (FRAM_IS_COMPONENT (self), -1);

  if (!check_segments (length, segment, error))
    return -1;
  while (sent < length)
    {
      gssize n = send_some (self, data + sent, length - sent, segment,
                            sent == 0 ? error : NULL);

      if (n < 0)
        break;
      sent += (gsize) n;
    }
  return sent > 0 ? (gssize) sent : -1;
}

/**
 * fram_component_receive_segments: (skip)
 * @self: A component.
 * @buffer: Where to put the datagrams.
 * @size: At least %FRAM_SEGMENTS_MAX.
 * @ret_segment: (out): The length of each of them but the last, which may be shorter.
 * @error: Where to put an error.
 *
 * Receives datagrams that came one behind the other, if there are any: all that the kernel has
 * joined, or a single one.
 *
 * Fails as [method@Component.receive], and with %FRAM_ERROR_INVALID_ARGUMENT if there is too
 * little room.
 *
 * Returns: The bytes of all of them, or -1.
 */
gssize
fram_component_receive_segments (FramComponent *self, guint8 *buffer, gsize size,
                                 gsize *ret_segment, GError **error)
{
  gssize n = -1;

  g_return_val_if_fail (FRAM_IS_COMPONENT (self), -1);

  if (size < FRAM_SEGMENTS_MAX)
    {
      g_set_error (error, FRAM_ERROR, FRAM_ERROR_INVALID_ARGUMENT,
                   "There must be room for %d bytes.", FRAM_SEGMENTS_MAX);
      return -1;
    }
  if (!self->direct.joins)
    {
      self->direct.joins = TRUE;
      fram_component_let_join (self);
    }
  if (!fram_component_has_read (self) && fram_component_reads_direct (self))
    n = fram_component_receive_joined (self, buffer, ret_segment);
  if (n > 0)
    return n;
  n = fram_component_receive_into (self, buffer, size, error);
  if (n > 0)
    *ret_segment = (gsize) n;
  return n;
}
