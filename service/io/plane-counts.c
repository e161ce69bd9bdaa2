/* How much data there was: the plane counts what it relays, and applications what goes past it. */
#include "io/plane-private.h"

#include "broker/broker.h"

static void
add (FramTransferCounts *counts, const FramTransferCounts *more)
{
  counts->packets_sent += more->packets_sent;
  counts->packets_received += more->packets_received;
  counts->bytes_sent += more->bytes_sent;
  counts->bytes_received += more->bytes_received;
  counts->packets_discarded += more->packets_discarded;
}

static void
add_socket (FramTransferCounts *counts, const FramComponentStats *stats)
{
  const FramTransferCounts more
      = { .packets_sent = stats->packets_sent,
          .packets_received = stats->packets_received,
          .bytes_sent = stats->bytes_sent,
          .bytes_received = stats->bytes_received,
          .packets_discarded
          = stats->dropped_net_full + stats->dropped_too_long + stats->dropped_refused };

  add (counts, &more);
}

static FramTransferCounts
read_shared (const FramComponent *component)
{
  const FramSharedCounts *shared = component->shared;
  FramTransferCounts counts = { 0 };

  if (shared == NULL)
    return counts;
  counts.packets_sent = __atomic_load_n (&shared->packets_sent, __ATOMIC_RELAXED);
  counts.bytes_sent = __atomic_load_n (&shared->bytes_sent, __ATOMIC_RELAXED);
  counts.packets_received = __atomic_load_n (&shared->packets_received, __ATOMIC_RELAXED);
  counts.bytes_received = __atomic_load_n (&shared->bytes_received, __ATOMIC_RELAXED);
  return counts;
}

FramTransferCounts
fram_plane_count (const FramComponent *component)
{
  FramTransferCounts counts = component->past, shared = read_shared (component);

  if (component->app != NULL)
    add_socket (&counts, &component->app->stats);
  add (&counts, &shared);
  return counts;
}

void
fram_plane_end_counts (FramComponent *component)
{
  FramTransferCounts shared = read_shared (component);

  if (component->shared == NULL)
    return;
  add (&component->past, &shared);
  fram_shared_counts_free (g_steal_pointer (&component->shared));
}

void
fram_plane_end_socket_counts (FramComponent *component, const FramComponentStats *stats)
{
  add_socket (&component->past, stats);
}

/* --- Paths ------------------------------------------------------------------------- */

/* Since the present path was taken. */
static FramTransferCounts
count_present (const FramComponent *component)
{
  FramTransferCounts counts = fram_plane_count (component);

  counts.packets_sent -= component->former.packets_sent;
  counts.packets_received -= component->former.packets_received;
  counts.bytes_sent -= component->former.bytes_sent;
  counts.bytes_received -= component->former.bytes_received;
  counts.packets_discarded -= component->former.packets_discarded;
  return counts;
}

static gboolean
is_path (const FramPathCounts *path, FramBaseId base, const FramAddress *remote)
{
  return path->base == base && fram_address_equal (&path->remote, remote);
}

static FramPathCounts *
find_path (const FramComponent *component, FramBaseId base, const FramAddress *remote)
{
  for (guint i = 0; component->paths != NULL && i < component->paths->len; i++)
    {
      FramPathCounts *path = &g_array_index (component->paths, FramPathCounts, i);

      if (is_path (path, base, remote))
        return path;
    }
  return NULL;
}

static FramPathCounts *
get_path (FramComponent *component)
{
  FramPathCounts *known
      = find_path (component, component->path_base, &component->path_remote);
  FramPathCounts path
      = { .base = component->path_base, .remote = component->path_remote };

  if (known != NULL)
    return known;
  if (component->paths == NULL)
    component->paths = g_array_new (FALSE, FALSE, sizeof (FramPathCounts));
  if (component->paths->len == FRAM_MAX_PAST_PATHS)
    g_array_remove_index (component->paths, 0);
  g_array_append_val (component->paths, path);
  return &g_array_index (component->paths, FramPathCounts, component->paths->len - 1);
}

void
fram_plane_leave_path (FramComponent *component)
{
  FramTransferCounts counts = count_present (component);

  if (component->path_base != 0)
    add (&get_path (component)->counts, &counts);
  add (&component->former, &counts);
}

/* --- What is asked ----------------------------------------------------------------- */

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
  FramTransferCounts shared;

  if (component == NULL || component->app == NULL)
    return FALSE;
  *ret_stats = component->app->stats;
  shared = read_shared (component);
  ret_stats->packets_sent += shared.packets_sent;
  ret_stats->packets_received += shared.packets_received;
  ret_stats->bytes_sent += shared.bytes_sent;
  ret_stats->bytes_received += shared.bytes_received;
  return TRUE;
}

void
fram_plane_get_counts (FramPlane *plane, const FramComponentKey *key,
                       FramTransferCounts *ret_counts)
{
  const FramComponent *component = fram_components_find (plane->components, key);

  *ret_counts
      = component != NULL ? fram_plane_count (component) : (FramTransferCounts){ 0 };
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
        FramTransferCounts counts;

        fram_plane_get_counts (plane, &key, &counts);
        *ret_sent += counts.bytes_sent;
        *ret_received += counts.bytes_received;
      }
}

void
fram_plane_get_path_counts (FramPlane *plane, const FramComponentKey *key,
                            FramBaseId base, const FramAddress *remote,
                            FramTransferCounts *ret_counts)
{
  const FramComponent *component = fram_components_find (plane->components, key);
  const FramPathCounts *past;

  *ret_counts = (FramTransferCounts){ 0 };
  if (component == NULL || base == 0)
    return;
  past = find_path (component, base, remote);
  if (past != NULL)
    *ret_counts = past->counts;
  if (component->path_base == base
      && fram_address_equal (&component->path_remote, remote))
    {
      FramTransferCounts present = count_present (component);

      add (ret_counts, &present);
    }
}
