/* Where the members of a group are.  Nobody can ask the kernel; but a datagram of our probe
 * names the place that it is for, and who gets it, is there.
 *
 * A place that does not exist is replaced by one that the kernel draws by a hash of the
 * addresses, which is the same for all datagrams of a probe.  Hence the least place by which a
 * member is reached is its own. */
#include "io/steering-private.h"

#include "io/sockaddr.h"

#include <poll.h>
#include <sys/socket.h>

/* Milliseconds.  A datagram to this host is there at once; another thread of the kernel may
 * have to bring it when the machine is busy. */
#define PATIENCE 20

/* So many places beyond those that we know of are looked at. */
#define BEYOND 16

gboolean
fram_steering_send_probe (FramSteering *steering, guint place)
{
  guint32 payload = g_htonl (place);
  FramSockaddr sockaddr;
  socklen_t length
      = fram_sockaddr_from_mapped (&sockaddr, &steering->address, steering->interface);

  return sendto (steering->probe_fd, &payload, sizeof payload,
                 MSG_DONTWAIT | MSG_NOSIGNAL, &sockaddr.any, length)
         == sizeof payload;
}

/* Takes the next probe that has come.  Return: its place, or 0: there is none. */
static guint
take_probe (const FramSteering *steering, int fd)
{
  guint32 payload;
  FramSockaddr sockaddr;
  FramAddress source;

  for (;;)
    {
      socklen_t length = sizeof sockaddr;
      ssize_t n = recvfrom (fd, &payload, sizeof payload, MSG_DONTWAIT | MSG_TRUNC,
                            &sockaddr.any, &length);

      if (n < 0)
        return 0;
      if (n == sizeof payload && fram_sockaddr_to_address (&sockaddr, length, &source)
          && source.port == steering->frame.probe_port
          && fram_address_equal_ip (&source, &steering->frame.own))
        return g_ntohl (payload);
    }
}

gboolean
fram_steering_probe (FramSteering *steering, guint place, const FramMember *member)
{
  return fram_steering_send_probe (steering, place)
         && take_probe (steering, member->fd) == place;
}

/* The least place by which it is reached; others are forgotten. */
static guint
drain (const FramSteering *steering, const FramMember *member)
{
  guint least = take_probe (steering, member->fd), next = least;

  while (next != 0)
    {
      least = MIN (least, next);
      next = take_probe (steering, member->fd);
    }
  return least;
}

static gboolean
can_be_asked (const FramMember *member, const FramMember *newest)
{
  return member != NULL && (member->kind == FRAM_MEMBER_BALLAST || member == newest);
}

/* How many members at the end are ballast: so many may leave without another one moving. */
static guint
count_tail (const FramSteering *steering, const FramMember *newest)
{
  const GPtrArray *places = steering->places;
  guint n = 0;

  while (n < places->len)
    {
      const FramMember *member = g_ptr_array_index (places, places->len - n - 1);

      if (!can_be_asked (member, newest))
        break;
      n++;
    }
  return n;
}

static void
put (GPtrArray *places, guint place, FramMember *member)
{
  if (places->len <= place)
    g_ptr_array_set_size (places, (int) place + 1);
  g_ptr_array_index (places, place) = member;
}

/* A place for those that were asked, by where they were reached. */
static GPtrArray *
ask_all (FramSteering *steering, FramMember *newest)
{
  GPtrArray *before = steering->places, *places = g_ptr_array_new ();

  for (guint i = 0; i < before->len; i++)
    {
      FramMember *member = g_ptr_array_index (before, i);
      guint place;

      if (!can_be_asked (member, newest))
        continue;
      place = drain (steering, member);
      if (place != 0)
        put (places, place, member);
      else if (member == newest)
        newest->is_lost = TRUE;
      else
        fram_steering_drop (steering, member);
    }
  return places;
}

/* The others are where they were, unless somebody else is there now. */
static void
keep_others (FramSteering *steering, GPtrArray *places, const FramMember *newest)
{
  GPtrArray *before = steering->places;
  guint tail = count_tail (steering, newest);

  if (before->len > places->len + tail)
    steering->is_given_up = TRUE;
  for (guint i = 0; i < before->len; i++)
    {
      FramMember *member = g_ptr_array_index (before, i);

      if (member == NULL || can_be_asked (member, newest))
        continue;
      if (i < places->len && g_ptr_array_index (places, i) == NULL
          && !(steering->is_given_up && i > 0))
        g_ptr_array_index (places, i) = member;
      else if (member->kind == FRAM_MEMBER_LEAVING)
        fram_steering_drop (steering, member);
      else
        member->is_lost = TRUE;
    }
}

/* What was there before is of no interest. */
static void
clear (const FramSteering *steering, const FramMember *newest)
{
  for (guint i = 0; i < steering->places->len; i++)
    {
      FramMember *member = g_ptr_array_index (steering->places, i);

      if (can_be_asked (member, newest))
        drain (steering, member);
    }
}

static void
wait_for_last (const FramSteering *steering)
{
  const FramMember *last
      = g_ptr_array_index (steering->places, steering->places->len - 1);
  struct pollfd ready = { .fd = last != NULL ? last->fd : -1, .events = POLLIN };

  poll (&ready, 1, PATIENCE);
}

void
fram_steering_find_all (FramSteering *steering, FramMember *newest)
{
  GPtrArray *before = steering->places, *places;
  guint n = before->len + BEYOND;

  clear (steering, newest);
  for (guint place = 1; place < n; place++)
    fram_steering_send_probe (steering, place);
  wait_for_last (steering);
  places = ask_all (steering, newest);
  keep_others (steering, places, newest);
  steering->places = places;
  g_ptr_array_unref (before);
}
