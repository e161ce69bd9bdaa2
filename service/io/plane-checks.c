/* The protocol's packets: those that the owner sends in one go, and that leave by one socket, leave
 * with one call. */
#include "io/plane-private.h"

typedef struct
{
  FramBaseSocket *base; /* NULL: it was sent */
  FramAddress remote;
  gsize offset; /* of its bytes, among those of all */
  guint16 length;
  guint8 dscp;
  guint next; /* of the same base; 0: there is none */
} FramWaitingCheck;

/* They are numbered from 1. */
static FramWaitingCheck *
at (FramPlane *plane, guint number)
{
  return &g_array_index (plane->checks, FramWaitingCheck, number - 1);
}

void
fram_plane_checks_init (FramPlane *plane)
{
  plane->checks = g_array_new (FALSE, FALSE, sizeof (FramWaitingCheck));
  plane->check_bytes = g_byte_array_new ();
}

void
fram_plane_checks_clear (FramPlane *plane)
{
  g_array_unref (plane->checks);
  g_byte_array_unref (plane->check_bytes);
}

void
fram_plane_transmit (FramPlane *plane, FramBaseId id, const FramAddress *remote,
                     guint8 dscp, const guint8 *data, gsize length)
{
  FramBaseSocket *base = fram_plane_find_base (plane, id);
  FramWaitingCheck check = { .base = base,
                             .remote = *remote,
                             .offset = plane->check_bytes->len,
                             .length = (guint16) length,
                             .dscp = dscp };

  if (base == NULL || base->socket == NULL)
    return;
  g_return_if_fail (remote->family == base->address.family);

  g_byte_array_append (plane->check_bytes, data, (guint) length);
  g_array_append_val (plane->checks, check);
  if (base->first_check == 0)
    base->first_check = plane->checks->len;
  else
    at (plane, base->last_check)->next = plane->checks->len;
  base->last_check = plane->checks->len;
}

/* Takes so many at most. */
static guint
take (FramPlane *plane, FramBaseSocket *base, FramUdpCheck checks[FRAM_BATCH_MAX])
{
  guint n = 0;

  while (n < FRAM_BATCH_MAX && base->first_check != 0)
    {
      FramWaitingCheck *check = at (plane, base->first_check);

      checks[n++] = (FramUdpCheck){
        .remote = check->remote,
        .bytes = { plane->check_bytes->data + check->offset, check->length },
        .dscp = check->dscp,
      };
      base->first_check = check->next;
      check->base = NULL;
    }
  return n;
}

gboolean
fram_plane_flush_base (FramPlane *plane, FramBaseSocket *base)
{
  FramUdpCheck checks[FRAM_BATCH_MAX];
  gboolean told = FALSE;
  guint n;

  while ((n = take (plane, base, checks)) > 0)
    {
      FramSendCounts counts = { 0 };

      fram_udp_socket_send_checks (base->socket, checks, n, &counts);
      fram_plane_count_sent (plane, &counts);
      for (guint i = 0; i < n; i++)
        if (checks[i].is_refused)
          {
            plane->owner->unreachable (plane->user_data, base->id, &checks[i].remote);
            told = TRUE;
          }
    }
  return told;
}

gboolean
fram_plane_flush (FramPlane *plane)
{
  gboolean told = FALSE;

  for (guint number = 1; number <= plane->checks->len; number++)
    if (at (plane, number)->base != NULL)
      told |= fram_plane_flush_base (plane, at (plane, number)->base);
  g_array_set_size (plane->checks, 0);
  g_byte_array_set_size (plane->check_bytes, 0);
  return told;
}
