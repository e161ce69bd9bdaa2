/* From the network to the applications and to the owner. */
#include "io/plane-private.h"

#include "stun/message.h"

/* So many ICMP errors are looked at in one turn. */
#define ERRORS_PER_TURN 32

/* Turns; the rest of a flood comes later. */
#define DRAIN_MAX 64

void
fram_plane_delivery_init (FramDelivery *delivery)
{
  delivery->component = NULL;
  delivery->n = 0;
}

void
fram_plane_delivery_end (FramPlane *plane, FramDelivery *delivery)
{
  FramAppSocket *app = delivery->n > 0 ? delivery->component->app : NULL;

  if (app != NULL)
    {
      guint64 dropped = app->stats.dropped_app_full;

      plane->moved += delivery->n;
      fram_app_socket_write (app, delivery->datagrams, delivery->n);
      plane->stats.dropped_app_full += app->stats.dropped_app_full - dropped;
    }
  else
    /* Nobody has opened the component: nobody reads. */
    plane->stats.dropped_app_full += delivery->n;
  delivery->n = 0;
}

void
fram_plane_delivery_push (FramPlane *plane, FramDelivery *delivery,
                          FramComponent *component, struct iovec datagram)
{
  /* It would look like the end of file. */
  if (datagram.iov_len == 0)
    {
      plane->stats.dropped_other++;
      return;
    }
  if (delivery->component != component || delivery->n == FRAM_APP_WRITE_MAX)
    fram_plane_delivery_end (plane, delivery);
  delivery->component = component;
  delivery->datagrams[delivery->n++] = datagram;
  fram_plane_show (plane, component, FALSE, &datagram, 1);
}

gboolean
fram_plane_sort (FramPlane *plane, FramComponent *component, struct iovec bytes,
                 FramDelivery *delivery)
{
  plane->stats.packets_in++;
  plane->stats.bytes_in += bytes.iov_len;
  if (fram_stun_looks_like (bytes.iov_base, bytes.iov_len))
    return FALSE;
  if (component == NULL)
    {
      plane->stats.dropped_no_route++;
      return FALSE;
    }
  fram_plane_delivery_push (plane, delivery, component, bytes);
  return TRUE;
}

void
fram_plane_tell_owner (FramPlane *plane, FramBaseId base, const FramAddress *remote,
                       struct iovec bytes)
{
  plane->more_than_data = TRUE;
  plane->owner->receive (plane->user_data, base, remote, bytes.iov_base, bytes.iov_len);
}

static void
sort_datagram (FramPlane *plane, const FramBaseSocket *base, const FramAddress *remote,
               FramComponent *component, struct iovec bytes, FramDelivery *delivery)
{
  if (!fram_plane_sort (plane, component, bytes, delivery))
    fram_plane_tell_owner (plane, base->id, remote, bytes);
}

static void
sort_message (FramPlane *plane, const FramBaseSocket *base, const FramAddress *remote,
              const FramTurnLink *link, struct iovec bytes, FramDelivery *delivery)
{
  if (!fram_plane_take_out (plane, link, bytes, delivery))
    fram_plane_tell_owner (plane, base->id, remote, bytes);
}

/* All segments have one source, but each may be STUN or data: the kernel joins them by their
 * addresses and lengths alone. */
static void
split (FramPlane *plane, const FramBaseSocket *base, guint index, FramDelivery *delivery)
{
  struct iovec joined = fram_batch_get_bytes (plane->batch, index);
  gsize segment = fram_batch_get_segment (plane->batch, index), offset = 0;
  FramComponent *component = NULL;
  const FramTurnLink *link;
  FramAddress remote;

  if (!fram_udp_socket_get_source (plane->batch, index, &remote)
      || fram_batch_is_truncated (plane->batch, index))
    {
      plane->stats.dropped_other++;
      return;
    }

  link = fram_carried_bases_find_link (plane->relayed, base->id, &remote);
  do
    {
      struct iovec bytes = { .iov_base = (guint8 *) joined.iov_base + offset,
                             .iov_len = MIN (segment, joined.iov_len - offset) };

      offset += segment;
      if (link != NULL)
        {
          sort_message (plane, base, &remote, link, bytes, delivery);
          continue;
        }
      /* Only for data: who has thousands of silent paths gets little else than STUN. */
      if (component == NULL && !fram_stun_looks_like (bytes.iov_base, bytes.iov_len))
        component = fram_route_map_find (plane->routes, base->id, &remote);
      sort_datagram (plane, base, &remote, component, bytes, delivery);
    }
  while (offset < joined.iov_len);
}

static gboolean
receive (FramPlane *plane, FramBaseSocket *base)
{
  FramDelivery delivery;
  int n = fram_udp_socket_receive (base->socket, plane->batch);

  fram_plane_delivery_init (&delivery);
  for (int i = 0; i < n; i++)
    split (plane, base, i, &delivery);
  fram_plane_delivery_end (plane, &delivery);
  return n > 0;
}

void
fram_plane_drain (FramPlane *plane, FramBaseSocket *base)
{
  for (guint i = 0; i < DRAIN_MAX; i++)
    if (!receive (plane, base))
      return;
}

void
fram_plane_take_in (FramPlane *plane, const FramBaseSocket *base,
                    const FramAddress *remote, const struct iovec *datagrams,
                    guint n_datagrams)
{
  FramComponent *component = fram_route_map_find (plane->routes, base->id, remote);
  FramDelivery delivery;

  fram_plane_delivery_init (&delivery);
  for (guint i = 0; i < n_datagrams; i++)
    sort_datagram (plane, base, remote, component, datagrams[i], &delivery);
  fram_plane_delivery_end (plane, &delivery);
}

static void
take_errors (FramPlane *plane, FramBaseSocket *base)
{
  FramAddress told = { 0 };
  FramUdpError error;

  for (guint i = 0; i < ERRORS_PER_TURN; i++)
    {
      if (!fram_udp_socket_take_error (base->socket, &error))
        return;
      /* A burst of data to a closed port brings as many errors as it had packets. */
      if (error.hard && !fram_address_equal (&told, &error.remote))
        {
          plane->more_than_data = TRUE;
          plane->owner->unreachable (plane->user_data, base->id, &error.remote);
          told = error.remote;
        }
    }
}

void
fram_plane_base_ready (FramPollItem *item, guint32 events, gpointer user_data)
{
  FramPlane *plane = user_data;
  FramBaseSocket *base = (FramBaseSocket *) item;

  if ((events & EPOLLERR) != 0)
    take_errors (plane, base);
  if ((events & EPOLLIN) != 0)
    receive (plane, base);
  if ((events & EPOLLOUT) != 0)
    fram_plane_wake_waiting (plane, base);
}
