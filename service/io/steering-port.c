/* Sockets of applications that have left the group, but are still bound to its port.
 *
 * A socket that is connected is preferred to the group for what its peer sends.  One that was
 * connected and has let go of its peer may be preferred for everything: the kernel counts that
 * it has received on the same processor, and over IPv6 that it once had this peer's address
 * (compute_score in net/ipv4/udp.c and net/ipv6/udp.c).  Its filter drops what it gets so, but
 * nobody else gets it. */
#include "io/steering-private.h"

#include "io/sockaddr.h"

#include <linux/sock_diag.h>
#include <sys/socket.h>

static gboolean
is_of_application (const FramMember *member)
{
  return member != NULL
         && (member->kind == FRAM_MEMBER_STEERED || member->kind == FRAM_MEMBER_LEAVING);
}

gboolean
fram_steering_is_connected (const FramMember *member)
{
  struct sockaddr_storage peer;
  socklen_t length = sizeof peer;

  return getpeername (member->fd, (struct sockaddr *) &peer, &length) == 0;
}

static void
forget_processor (const FramMember *member)
{
  const int none = G_MAXINT;

  setsockopt (member->fd, SOL_SOCKET, SO_INCOMING_CPU, &none, sizeof none);
}

void
fram_steering_tie_down (const FramSteering *steering, const FramMember *member)
{
  FramSockaddr sockaddr;
  socklen_t length
      = fram_sockaddr_from_mapped (&sockaddr, &steering->address, steering->interface);

  forget_processor (member);
  if (connect (member->fd, &sockaddr.any, length) < 0)
    g_debug ("A socket stays at a shared port");
}

/* --- Who takes what is for others -------------------------------------------------- */

/* What its filter has dropped counts too. */
static guint32
count_drops (const FramMember *member)
{
  guint32 counts[SK_MEMINFO_VARS] = { 0 };
  socklen_t length = sizeof counts;

  getsockopt (member->fd, SOL_SOCKET, SO_MEMINFO, counts, &length);
  return counts[SK_MEMINFO_DROPS];
}

static GArray *
count_all_drops (const FramSteering *steering)
{
  GArray *drops = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint i = 0; i < steering->places->len; i++)
    {
      const FramMember *member = g_ptr_array_index (steering->places, i);
      guint32 n = is_of_application (member) ? count_drops (member) : 0;

      g_array_append_val (drops, n);
    }
  return drops;
}

/* Sends a probe to each piece of ballast.  Return: whether one of them came to where it was
 * sent. */
static gboolean
can_reach_ballast (FramSteering *steering, guint *ret_sent)
{
  *ret_sent = 0;
  for (guint i = 1; i < steering->places->len; i++)
    {
      const FramMember *member = g_ptr_array_index (steering->places, i);

      if (member == NULL || member->kind != FRAM_MEMBER_BALLAST)
        continue;
      if (fram_steering_probe (steering, i, member))
        return TRUE;
      *ret_sent += 1;
    }
  return FALSE;
}

/* Return: whether there was one. */
static gboolean
stop_who_takes_all (FramSteering *steering)
{
  g_autoptr (GArray) before = count_all_drops (steering);
  gboolean stopped = FALSE;
  guint sent;

  if (can_reach_ballast (steering, &sent) || sent < 2)
    return FALSE;
  for (guint i = 0; i < before->len; i++)
    {
      FramMember *member = g_ptr_array_index (steering->places, i);

      /* In the group it would have got one of them, and those that fit no place. */
      if (!is_of_application (member)
          || count_drops (member) - g_array_index (before, guint32, i) < sent)
        continue;
      member->is_lost = TRUE;
      fram_steering_tie_down (steering, member);
      stopped = TRUE;
    }
  return stopped;
}

void
fram_steering_free_port (FramSteering *steering)
{
  for (guint i = 1; i < steering->places->len; i++)
    {
      FramMember *member = g_ptr_array_index (steering->places, i);

      if (!is_of_application (member))
        continue;
      forget_processor (member);
      if (fram_steering_is_connected (member))
        member->is_lost = TRUE;
    }
  /* Each that is stopped may give way to another one. */
  for (guint i = 0; i < steering->places->len; i++)
    if (!stop_who_takes_all (steering))
      return;
}
