/* Packets for those who look on.  What goes over a stream is not shown: on the wire it is
 * encrypted, or cut into pieces that are not ours. */
#include "io/driver-private.h"

#include "broker/inspection.h"

void
fram_driver_show (FramDriver *driver, FramSessionId session, FramBaseId base,
                  const FramAddress *remote, gboolean outgoing, const guint8 *bytes,
                  gsize length)
{
  FramTappedPacket packet = { .session = session,
                              .base = base,
                              .remote = *remote,
                              .outgoing = outgoing,
                              .bytes = bytes,
                              .length = length };

  if (fram_plane_get_address (driver->plane, base, &packet.local))
    driver->tap (&packet, driver->tap_data);
}

/* Data that go by a relay are shown as they are at the relay, between its address and the
 * peer. */
static gboolean
find_local (FramDriver *driver, const FramComponent *component, FramAddress *ret_local)
{
  FramPathLook look;

  if (component->path_base == 0)
    return FALSE;
  if (fram_plane_get_address (driver->plane, component->path_base, ret_local))
    return TRUE;
  if (!fram_broker_inspect_path (driver->broker, component->key.session, &look))
    return FALSE;
  *ret_local = look.local;
  return TRUE;
}

static void
on_data (gpointer user_data, const FramComponent *component, gboolean outgoing,
         const struct iovec *datagram)
{
  FramDriver *driver = user_data;
  FramTappedPacket packet = { .session = component->key.session,
                              .base = component->path_base,
                              .remote = component->path_remote,
                              .outgoing = outgoing,
                              .is_data = TRUE,
                              .bytes = datagram->iov_base,
                              .length = datagram->iov_len };

  if (find_local (driver, component, &packet.local))
    driver->tap (&packet, driver->tap_data);
}

void
fram_driver_set_tap (FramDriver *driver, FramDriverTap tap, gboolean with_data,
                     gpointer user_data)
{
  driver->tap = tap;
  driver->tap_data = user_data;
  fram_plane_set_tap (driver->plane, with_data ? on_data : NULL, driver);
}

void
fram_driver_release_direct (FramDriver *driver, FramDriverRelease release,
                            gpointer user_data)
{
  g_autoptr (GArray) keys = fram_plane_release_direct (driver->plane);

  for (guint i = 0; i < keys->len; i++)
    {
      const FramComponentKey *key = &g_array_index (keys, FramComponentKey, i);

      release (key->session, key->stream, key->component, user_data);
    }
}
