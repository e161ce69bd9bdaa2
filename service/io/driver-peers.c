/* Peers' connections: sockets that listen for them, and the streams that they become. */
#include "io/driver-private.h"

#include "io/listener.h"

GHashTable *
fram_driver_new_listeners (void)
{
  return g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) fram_listener_free);
}

static void
on_accepted (gpointer user_data, FramBaseId base, GSocket *socket,
             const FramAddress *remote)
{
  FramDriver *driver = user_data;
  FramStreamTarget target
      = { .remote = *remote, .transport = FRAM_KNOWN_TCP, .to_peer = TRUE };

  /* As every other word of it: without a scope. */
  target.remote.scope = 0;
  target.id = fram_broker_told_accepted (driver->broker, base, &target.remote,
                                         fram_driver_now ());
  if (target.id != 0)
    fram_driver_take_stream (driver, &target, socket);
}

void
fram_driver_open_listener (FramDriver *driver, const FramEvent *event)
{
  static const FramListenerOwner owner = { on_accepted, fram_driver_end_turn };
  g_autoptr (GError) error = NULL;
  FramListener *listener = fram_listener_new (driver->context, event->base, &event->bind,
                                              event->connects, &owner, driver, &error);
  FramAddress bound;

  if (listener == NULL)
    {
      g_debug ("A listening socket is missing: %s", error->message);
      fram_broker_told_base_failed (driver->broker, event->base, fram_driver_now ());
      return;
    }
  g_hash_table_insert (driver->listeners, GUINT_TO_POINTER (event->base), listener);
  bound = *fram_listener_get_address (listener);
  fram_listener_set_interface (listener, fram_plane_find_way (driver->plane, &bound));
  bound.scope = event->bind.scope;
  fram_broker_told_base_opened (driver->broker, event->base, &bound, fram_driver_now ());
}

gboolean
fram_driver_close_listener (FramDriver *driver, FramBaseId id)
{
  return g_hash_table_remove (driver->listeners, GUINT_TO_POINTER (id));
}

void
fram_driver_choose_ways (FramDriver *driver)
{
  GHashTableIter iter;
  gpointer listener;

  g_hash_table_iter_init (&iter, driver->listeners);
  while (g_hash_table_iter_next (&iter, NULL, &listener))
    fram_listener_set_interface (
        listener,
        fram_plane_find_way (driver->plane, fram_listener_get_address (listener)));
}
