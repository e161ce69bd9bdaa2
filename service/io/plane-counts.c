/* How much data there was: the plane counts what it relays, and applications what goes past it. */
#include "io/plane-private.h"

#include "broker/broker.h"

static void
add_shared (const FramComponent *component, FramComponentStats *stats)
{
  const FramSharedCounts *shared = component->shared;

  if (shared == NULL)
    return;
  stats->packets_sent += __atomic_load_n (&shared->packets_sent, __ATOMIC_RELAXED);
  stats->bytes_sent += __atomic_load_n (&shared->bytes_sent, __ATOMIC_RELAXED);
  stats->packets_received
      += __atomic_load_n (&shared->packets_received, __ATOMIC_RELAXED);
  stats->bytes_received += __atomic_load_n (&shared->bytes_received, __ATOMIC_RELAXED);
}

void
fram_plane_count_bytes (const FramComponent *component, guint64 *ret_sent,
                        guint64 *ret_received)
{
  FramComponentStats stats = { 0 };

  if (component->app != NULL)
    stats = component->app->stats;
  add_shared (component, &stats);
  *ret_sent = component->past_bytes_sent + stats.bytes_sent;
  *ret_received = component->past_bytes_received + stats.bytes_received;
}

void
fram_plane_end_counts (FramComponent *component)
{
  FramComponentStats stats = { 0 };

  if (component->shared == NULL)
    return;
  add_shared (component, &stats);
  component->past_bytes_sent += stats.bytes_sent;
  component->past_bytes_received += stats.bytes_received;
  fram_shared_counts_free (g_steal_pointer (&component->shared));
}

int
fram_plane_share_counts (FramPlane *plane, const FramComponentKey *key, GError **error)
{
  FramComponent *component = fram_components_find (plane->components, key);
  const FramSharedCounts *shared;
  int fd;

  if (component == NULL || component->app == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED,
                           "The component is not open");
      return -1;
    }
  shared = fram_shared_counts_new (&fd, error);
  if (shared == NULL)
    return -1;
  fram_plane_end_counts (component);
  component->shared = shared;
  return fd;
}

gboolean
fram_plane_get_component_stats (FramPlane *plane, const FramComponentKey *key,
                                FramComponentStats *ret_stats)
{
  FramComponent *component = fram_components_find (plane->components, key);

  if (component == NULL || component->app == NULL)
    return FALSE;
  *ret_stats = component->app->stats;
  add_shared (component, ret_stats);
  return TRUE;
}

void
fram_plane_get_session_bytes (FramPlane *plane, FramSessionId session, guint64 *ret_sent,
                              guint64 *ret_received)
{
  FramComponentKey key = { .session = session };

  *ret_sent = *ret_received = 0;
  for (key.stream = 0; key.stream < FRAM_MAX_STREAMS; key.stream++)
    for (key.component = 1; key.component <= FRAM_MAX_COMPONENTS; key.component++)
      {
        const FramComponent *component = fram_components_find (plane->components, &key);
        guint64 sent, received;

        if (component == NULL)
          continue;
        fram_plane_count_bytes (component, &sent, &received);
        *ret_sent += sent;
        *ret_received += received;
      }
}

void
fram_plane_get_path_bytes (FramPlane *plane, const FramComponentKey *key,
                           guint64 *ret_sent, guint64 *ret_received)
{
  const FramComponent *component = fram_components_find (plane->components, key);

  *ret_sent = *ret_received = 0;
  if (component == NULL || component->path_base == 0)
    return;
  fram_plane_count_bytes (component, ret_sent, ret_received);
  *ret_sent -= component->former_bytes_sent;
  *ret_received -= component->former_bytes_received;
}
