/* The streams that the broker asked for. */
#include "io/driver-private.h"

static void
on_opened (gpointer user_data, FramBaseId id, const FramAddress *local)
{
  FramDriver *driver = user_data;

  fram_plane_add_stream (driver->plane, id,
                         g_hash_table_lookup (driver->streams, GUINT_TO_POINTER (id)));
  fram_broker_told_base_opened (driver->broker, id, local, fram_driver_now ());
}

static void
on_receive (gpointer user_data, FramBaseId id, const FramAddress *remote,
            const guint8 *data, gsize length)
{
  FramDriver *driver = user_data;

  if (!fram_plane_take_message (driver->plane, id, remote, data, length))
    fram_broker_receive (driver->broker, id, remote, data, length, fram_driver_now ());
}

static void
on_failed (gpointer user_data, FramBaseId id, FramStreamFailure failure,
           const char *details)
{
  FramDriver *driver = user_data;

  g_debug ("A stream failed: %s", details != NULL ? details : "silence");
  fram_plane_deliver (driver->plane);
  fram_broker_told_stream_failed (driver->broker, id, failure, details,
                                  fram_driver_now ());
  fram_driver_close_stream (driver, id);
  fram_driver_kick (driver);
}

static void
on_room (gpointer user_data, FramBaseId id)
{
  FramDriver *driver = user_data;

  fram_plane_stream_has_room (driver->plane, id);
}

static void
close_stream (gpointer stream)
{
  fram_stream_close (stream);
}

GHashTable *
fram_driver_new_streams (void)
{
  return g_hash_table_new_full (NULL, NULL, NULL, close_stream);
}

static const FramStreamOwner owner
    = { on_opened, on_receive, on_failed, fram_driver_end_turn, on_room };

void
fram_driver_open_stream (FramDriver *driver, const FramEvent *event)
{
  FramStreamTarget target = { .id = event->base,
                              .bind = event->bind,
                              .remote = event->remote,
                              .scheme = event->scheme,
                              .transport = event->transport,
                              .name = event->text,
                              .authority = event->authority,
                              .to_peer = event->text == NULL };

  if (target.to_peer || target.bind.port != 0)
    target.way = fram_plane_find_way (driver->plane, &target.bind);
  g_hash_table_insert (
      driver->streams, GUINT_TO_POINTER (event->base),
      fram_stream_new (driver->context, &target, FRAM_STREAM_LIMIT, &owner, driver));
}

void
fram_driver_take_stream (FramDriver *driver, const FramStreamTarget *target,
                         GSocket *socket)
{
  FramStream *stream
      = fram_stream_new_accepted (driver->context, target, socket, &owner, driver);

  g_hash_table_insert (driver->streams, GUINT_TO_POINTER (target->id), stream);
  fram_plane_add_stream (driver->plane, target->id, stream);
}

gboolean
fram_driver_close_stream (FramDriver *driver, FramBaseId id)
{
  if (!g_hash_table_contains (driver->streams, GUINT_TO_POINTER (id)))
    return FALSE;
  fram_plane_close_base (driver->plane, id);
  return g_hash_table_remove (driver->streams, GUINT_TO_POINTER (id));
}

gboolean
fram_driver_transmit_stream (FramDriver *driver, const FramEvent *event)
{
  FramStream *stream
      = g_hash_table_lookup (driver->streams, GUINT_TO_POINTER (event->base));

  if (stream == NULL)
    return FALSE;
  fram_stream_set_dscp (stream, event->dscp);
  fram_stream_send (stream, event->data, event->length);
  return TRUE;
}
