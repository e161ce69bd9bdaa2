/* From the network to the applications and to the owner. */
#include "io/plane-private.h"

#include "stun/message.h"

/* So many ICMP errors are looked at in one turn. */
#define ERRORS_PER_TURN 32

/* Datagrams in a row for one component, given to it with one call. */
typedef struct
{
  FramComponent *component;
  guint n;
  struct iovec datagrams[FRAM_APP_WRITE_MAX];
} Delivery;

static void
deliver (FramPlane *plane, Delivery *delivery)
{
  FramAppSocket *app = delivery->n > 0 ? delivery->component->app : NULL;

  if (app != NULL)
    {
      guint64 dropped = app->stats.dropped_app_full;

      fram_app_socket_write (app, delivery->datagrams, delivery->n);
      plane->stats.dropped_app_full += app->stats.dropped_app_full - dropped;
    }
  else
    /* Nobody has opened the component: nobody reads. */
    plane->stats.dropped_app_full += delivery->n;
  delivery->n = 0;
}

static void
push (FramPlane *plane, Delivery *delivery, FramComponent *component, struct iovec bytes)
{
  if (delivery->component != component || delivery->n == FRAM_APP_WRITE_MAX)
    deliver (plane, delivery);
  delivery->component = component;
  delivery->datagrams[delivery->n++] = bytes;
  if (plane->tap != NULL)
    plane->tap (plane->tap_data, component, FALSE, &bytes);
}

static void
sort_datagram (FramPlane *plane, const FramBaseSocket *base, const FramAddress *remote,
               FramComponent *component, struct iovec bytes, Delivery *delivery)
{
  gboolean stun = fram_stun_looks_like (bytes.iov_base, bytes.iov_len);

  plane->stats.packets_in++;
  plane->stats.bytes_in += bytes.iov_len;
  if (stun || component == NULL)
    {
      if (!stun)
        plane->stats.dropped_no_route++;
      plane->owner->receive (plane->user_data, base->id, remote, bytes.iov_base,
                             bytes.iov_len);
    }
  else if (bytes.iov_len == 0)
    /* It would look like the end of file. */
    plane->stats.dropped_other++;
  else
    push (plane, delivery, component, bytes);
}

/* All segments have one source, but each may be STUN or data: the kernel joins them by their
 * addresses and lengths alone. */
static void
split (FramPlane *plane, const FramBaseSocket *base, guint index, Delivery *delivery)
{
  struct iovec joined = fram_batch_get_bytes (plane->batch, index);
  gsize segment = fram_batch_get_segment (plane->batch, index), offset = 0;
  FramComponent *component;
  FramAddress remote;

  if (!fram_udp_socket_get_source (plane->batch, index, &remote)
      || fram_batch_is_truncated (plane->batch, index))
    {
      plane->stats.dropped_other++;
      return;
    }

  component = fram_route_map_find (plane->routes, base->id, &remote);
  do
    {
      struct iovec bytes = { .iov_base = (guint8 *) joined.iov_base + offset,
                             .iov_len = MIN (segment, joined.iov_len - offset) };

      sort_datagram (plane, base, &remote, component, bytes, delivery);
      offset += segment;
    }
  while (offset < joined.iov_len);
}

static void
receive (FramPlane *plane, FramBaseSocket *base)
{
  Delivery delivery;
  int n = fram_udp_socket_receive (base->socket, plane->batch);

  delivery.n = 0;
  delivery.component = NULL;
  for (int i = 0; i < n; i++)
    split (plane, base, i, &delivery);
  deliver (plane, &delivery);
}

void
fram_plane_take_in (FramPlane *plane, const FramBaseSocket *base,
                    const FramAddress *remote, const struct iovec *datagrams,
                    guint n_datagrams)
{
  FramComponent *component = fram_route_map_find (plane->routes, base->id, remote);
  Delivery delivery;

  delivery.n = 0;
  delivery.component = NULL;
  for (guint i = 0; i < n_datagrams; i++)
    sort_datagram (plane, base, remote, component, datagrams[i], &delivery);
  deliver (plane, &delivery);
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
