/* From the applications to the network, or to another base of this host.
 *
 * Two applications of one user may talk to each other: their packets need not go through
 * the network's layers to come back to this process.  Otherwise all is as if they had.  What
 * goes by a TURN server goes there always: it alone knows whom it lets through.
 *
 * A socket that is full drops what was just read and stops the reading: the application's
 * own socket fills, and it learns to wait as with a socket of its own. */
#include "io/plane-private.h"

static void
wait_for_room (FramPlane *plane, FramBaseSocket *base, FramAppSocket *app)
{
  if (app->waits_for != 0)
    return;
  app->waits_for = base->id;
  fram_poller_remove (plane->poller, &app->item);
  if (base->waiting == NULL)
    base->waiting = g_ptr_array_new ();
  g_ptr_array_add (base->waiting, app);
  if (base->socket != NULL)
    fram_poller_set_events (plane->poller, &base->item, EPOLLIN | EPOLLOUT);
}

static void
read_again (FramPlane *plane, FramAppSocket *app)
{
  g_autoptr (GError) error = NULL;

  app->waits_for = 0;
  if (fram_poller_add (plane->poller, &app->item, &error))
    return;
  g_warning ("A component is closed: %s", error->message);
  fram_plane_close_app (plane, app->component);
}

void
fram_plane_wake_waiting (FramPlane *plane, FramBaseSocket *base)
{
  if (base->socket != NULL)
    fram_poller_set_events (plane->poller, &base->item, EPOLLIN);
  while (base->waiting != NULL && base->waiting->len > 0)
    read_again (plane, g_ptr_array_steal_index (base->waiting, 0));
}

void
fram_plane_forget_waiting (FramPlane *plane, FramAppSocket *app)
{
  FramBaseSocket *base = fram_plane_find_base (plane, app->waits_for);

  g_ptr_array_remove (base->waiting, app);
  app->waits_for = 0;
}

void
fram_plane_stop_waiting (FramPlane *plane, FramAppSocket *app)
{
  if (app->waits_for == 0)
    return;
  fram_plane_forget_waiting (plane, app);
  read_again (plane, app);
}

void
fram_plane_count_sent (FramPlane *plane, const FramSendCounts *counts)
{
  plane->stats.packets_out += counts->packets;
  plane->stats.bytes_out += counts->bytes;
  plane->stats.dropped_net_full += counts->full;
  plane->stats.dropped_other += counts->too_long + counts->refused;
}

void
fram_plane_send (FramPlane *plane, const FramPlaneWay *way, const FramAddress *remote,
                 const struct iovec *packets, guint n_packets, FramSendCounts *ret_counts)
{
  FramSendCounts counts = { 0 };

  if (way->base->socket != NULL)
    fram_udp_socket_send (way->base->socket, remote, way->dscp, packets, n_packets,
                          &counts);
  else
    {
      /* It may wait for room by a source of its own. */
      plane->more_than_data = TRUE;
      fram_stream_send_data (way->base->stream, packets, n_packets, &counts);
    }
  fram_plane_count_sent (plane, &counts);
  *ret_counts = counts;
}

static void
send_within (FramPlane *plane, const FramBaseSocket *from, const FramBaseSocket *to,
             const struct iovec *packets, guint n_packets, FramSendCounts *ret_counts)
{
  FramSendCounts counts = { .packets = n_packets };

  for (guint i = 0; i < n_packets; i++)
    counts.bytes += packets[i].iov_len;
  fram_plane_count_sent (plane, &counts);
  fram_plane_take_in (plane, to, &from->address, packets, n_packets);
  *ret_counts = counts;
}

/* A stream has a path of its own where it leads to a peer: others carry relayed bases. */
static FramPlaneWay
find_way (FramPlane *plane, const FramComponent *component)
{
  FramPlaneWay way = { .base = fram_plane_find_base (plane, component->path_base),
                       .dscp = component->dscp };

  if (way.base != NULL && way.base->stream != NULL
      && !fram_stream_is_to_peer (way.base->stream))
    way.base = NULL;
  else if (way.base == NULL)
    way.relayed = fram_carried_bases_find (plane->relayed, component->path_base);
  if (way.relayed != NULL)
    way.base = fram_plane_find_base (plane, way.relayed->carrier);
  return way;
}

static gboolean
is_full (const FramPlaneWay *way)
{
  return way->base != NULL && way->base->stream != NULL
         && fram_stream_is_full (way->base->stream);
}

static void
send_by (FramPlane *plane, const FramPlaneWay *way, const FramAddress *remote,
         struct iovec *packets, guint n_packets, FramSendCounts *ret_counts)
{
  const FramBaseSocket *target;

  if (way->relayed != NULL)
    {
      fram_plane_send_relayed (plane, way, remote, packets, n_packets, ret_counts);
      return;
    }
  target = way->base->socket != NULL ? g_hash_table_lookup (plane->by_address, remote)
                                     : NULL;
  if (target != NULL)
    send_within (plane, way->base, target, packets, n_packets, ret_counts);
  else
    fram_plane_send (plane, way, remote, packets, n_packets, ret_counts);
}

static void
relay (FramPlane *plane, FramComponent *component, const FramPlaneWay *way,
       struct iovec *packets, guint n_packets)
{
  FramComponentStats *stats = &component->app->stats;
  FramSendCounts counts;

  if (way->base == NULL)
    {
      stats->dropped_no_path += n_packets;
      plane->stats.dropped_no_path += n_packets;
      return;
    }

  fram_plane_show (plane, component, TRUE, packets, n_packets);
  send_by (plane, way, &component->path_remote, packets, n_packets, &counts);
  stats->packets_sent += counts.packets;
  stats->bytes_sent += counts.bytes;
  stats->dropped_net_full += counts.full;
  stats->dropped_too_long += counts.too_long;
  stats->dropped_refused += counts.refused;
  if (counts.full > 0 || is_full (way))
    wait_for_room (plane, way->base, component->app);
}

void
fram_plane_app_ready (FramPollItem *item, guint32 events, gpointer user_data)
{
  FramPlane *plane = user_data;
  FramAppSocket *app = (FramAppSocket *) item;
  FramComponent *component = app->component;
  FramPlaneWay way = find_way (plane, component);
  struct iovec packets[FRAM_BATCH_MAX];
  guint64 unfit = app->stats.dropped_empty + app->stats.dropped_too_long;
  guint n_packets;

  /* A stream tells beforehand: others that it carries may have filled it. */
  if (is_full (&way))
    {
      wait_for_room (plane, way.base, app);
      return;
    }
  n_packets = fram_app_socket_read (app, events, plane->batch, packets);
  plane->stats.dropped_other
      += app->stats.dropped_empty + app->stats.dropped_too_long - unfit;
  if (component->steered != NULL)
    n_packets = fram_plane_take_strays (plane, component, packets, n_packets);
  plane->moved += n_packets;
  if (n_packets > 0)
    relay (plane, component, &way, packets, n_packets);

  switch (app->state)
    {
    case FRAM_APP_OPEN:
      break;
    case FRAM_APP_SILENT:
      fram_poller_set_events (plane->poller, item, 0);
      break;
    case FRAM_APP_GONE:
      fram_plane_close_app (plane, component);
      break;
    }
}
