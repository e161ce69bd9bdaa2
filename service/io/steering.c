#include "io/steering-private.h"

#include "io/dscp.h"
#include "io/sockaddr.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Two of 500 keys of 31 bits are equal once in 17,000 times. */
#define MULTIPLIERS 8

static guint
list_entries (const FramSteering *steering, FramSteeringEntry *ret_entries)
{
  guint n = 0;

  for (guint i = 0; i < steering->places->len; i++)
    {
      const FramMember *member = g_ptr_array_index (steering->places, i);

      if (member == NULL || member->kind != FRAM_MEMBER_STEERED
          || member->remote.family == FRAM_FAMILY_NONE)
        continue;
      ret_entries[n].remote = member->remote;
      ret_entries[n++].slot = i;
    }
  return n;
}

/* The kernel changes from the former program to this one between two datagrams. */
static gboolean
attach (FramSteering *steering, GError **error)
{
  FramSteeringEntry entries[FRAM_STEERING_MAX];
  struct sock_filter code[FRAM_STEERING_LENGTH];
  guint n = list_entries (steering, entries), length = 0;
  struct sock_fprog program = { .filter = code };

  for (guint i = 0; i < MULTIPLIERS && length == 0; i++)
    {
      length = fram_steering_build (code, &steering->frame, entries, n);
      if (length == 0)
        steering->frame.multiplier = fram_random_u32 (steering->random) | 1;
    }
  program.len = (unsigned short) length;
  if (length > 0
      && setsockopt (steering->service_fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program,
                     sizeof program)
             == 0)
    return TRUE;
  fram_steering_set_error (error, length > 0 ? errno : EEXIST,
                           "Cannot steer what arrives at the port");
  return FALSE;
}

static gboolean
replenish (FramSteering *steering, GError **error)
{
  guint wanted
      = MAX (steering->steered->len + steering->n_leaving, FRAM_STEERING_BALLAST);

  while (steering->n_ballast < wanted)
    if (!fram_steering_add_ballast (steering, error))
      return FALSE;
  return TRUE;
}

static gboolean
set_frame (FramSteering *steering, GError **error)
{
  FramSockaddr sockaddr;
  socklen_t length = sizeof sockaddr;
  FramAddress own;

  steering->probe_fd = fram_steering_open_probe (steering, error);
  if (steering->probe_fd < 0)
    return FALSE;
  if (getsockname (steering->probe_fd, &sockaddr.any, &length) < 0
      || !fram_sockaddr_to_address (&sockaddr, length, &own))
    {
      fram_steering_set_error (error, errno, "Cannot tell the address of a socket");
      return FALSE;
    }
  steering->frame.own = own;
  steering->frame.probe_port = own.port;
  steering->frame.multiplier = fram_random_u32 (steering->random) | 1;
  return TRUE;
}

FramSteering *
fram_steering_new (int service_fd, const FramAddress *address, guint32 interface,
                   FramRandom *random, GError **error)
{
  g_autoptr (FramSteering) steering = g_new0 (FramSteering, 1);
  FramMember *service = g_new0 (FramMember, 1);

  service->kind = FRAM_MEMBER_SERVICE;
  service->fd = service_fd;
  steering->probe_fd = -1;
  steering->places = g_ptr_array_new ();
  steering->steered = g_ptr_array_new ();
  g_ptr_array_add (steering->places, service);
  steering->service_fd = service_fd;
  steering->address = *address;
  steering->interface = interface;
  steering->random = random;
  if (!set_frame (steering, error) || !attach (steering, error)
      || !replenish (steering, error))
    return NULL;
  return g_steal_pointer (&steering);
}

void
fram_steering_free (FramSteering *steering)
{
  for (guint i = 0; i < steering->steered->len; i++)
    shutdown (((FramMember *) g_ptr_array_index (steering->steered, i))->fd, SHUT_RDWR);
  for (guint i = steering->places->len; i > 0; i--)
    {
      FramMember *member = g_ptr_array_index (steering->places, i - 1);

      if (member != NULL)
        fram_steering_drop (steering, member);
    }
  /* Those without a place. */
  while (steering->steered->len > 0)
    fram_steering_drop (steering, g_ptr_array_index (steering->steered, 0));
  g_ptr_array_unref (steering->steered);
  g_ptr_array_unref (steering->places);
  if (steering->probe_fd >= 0)
    close (steering->probe_fd);
  g_free (steering);
}

/* --- Opening ----------------------------------------------------------------------- */

static guint
find_first_ballast (const FramSteering *steering)
{
  for (guint i = 1; i < steering->places->len; i++)
    {
      const FramMember *member = g_ptr_array_index (steering->places, i);

      if (member != NULL && member->kind == FRAM_MEMBER_BALLAST)
        return i;
    }
  return 0;
}

static gboolean
is_in_place (FramSteering *steering, FramMember *member)
{
  guint place;

  if (!g_ptr_array_find (steering->places, member, &place))
    return FALSE;
  if (fram_steering_probe (steering, place, member))
    return TRUE;
  fram_steering_find_all (steering, member);
  return !member->is_lost && !steering->is_given_up;
}

/* The newest member is the last; it moves into the place of the ballast that leaves. */
static void
take_place (FramSteering *steering, FramMember *member)
{
  guint place = find_first_ballast (steering);

  g_ptr_array_add (steering->places, member);
  if (place == 0)
    return;
  fram_steering_drop (steering, g_ptr_array_index (steering->places, place));
  g_ptr_array_remove_index_fast (steering->places, place);
}

static void
remove_newest (FramSteering *steering, FramMember *member)
{
  guint place;

  if (g_ptr_array_find (steering->places, member, &place))
    g_ptr_array_remove_index_fast (steering->places, place);
  fram_steering_drop (steering, member);
}

static FramMember *
add_member (FramSteering *steering, GError **error)
{
  FramMember *member;
  int fd = fram_steering_bind (steering, error);

  if (fd < 0)
    return NULL;
  member = g_new0 (FramMember, 1);
  member->kind = FRAM_MEMBER_STEERED;
  member->fd = fd;
  g_ptr_array_add (steering->steered, member);
  take_place (steering, member);
  if (replenish (steering, error) && is_in_place (steering, member)
      && replenish (steering, error))
    return member;

  remove_newest (steering, member);
  if (error != NULL && *error == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                         "A datagram did not reach the socket that it was for");
  return NULL;
}

static void reap (FramSteering *steering);

static gboolean
has_room (FramSteering *steering, GError **error)
{
  if (steering->is_given_up)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                           "Another program has disturbed the port");
      return FALSE;
    }
  if (steering->steered->len + steering->n_leaving >= FRAM_STEERING_MAX)
    reap (steering);
  if (steering->steered->len < FRAM_STEERING_MAX)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
               "The port has %d sockets of applications, as many as it may",
               FRAM_STEERING_MAX);
  return FALSE;
}

FramSteered *
fram_steering_open (FramSteering *steering, const FramAddress *remote, int *ret_fd,
                    GError **error)
{
  FramMember *member;
  int fd = -1;

  g_return_val_if_fail (remote->family == steering->address.family, NULL);

  if (!has_room (steering, error))
    return NULL;
  member = add_member (steering, error);
  if (member == NULL)
    return NULL;
  if (fram_steering_confine (member->fd, remote, error))
    {
      fd = fcntl (member->fd, F_DUPFD_CLOEXEC, 0);
      if (fd < 0)
        fram_steering_set_error (error, errno, "Cannot duplicate a socket");
    }
  if (fd >= 0)
    {
      member->remote = *remote;
      if (attach (steering, error))
        {
          *ret_fd = fd;
          return member;
        }
      close (fd);
    }
  remove_newest (steering, member);
  return NULL;
}

/* --- Ending ------------------------------------------------------------------------ */

static void
leave (FramSteering *steering, FramSteered *steered)
{
  g_ptr_array_remove_fast (steering->steered, steered);
  steered->kind = FRAM_MEMBER_LEAVING;
  steering->n_leaving++;
}

/* Receiving comes before sending: nothing arrives when the application sees the end. */
static void
stop_receiving (FramSteering *steering)
{
  g_autoptr (GError) error = NULL;

  if (!attach (steering, &error))
    g_warning ("%s", error->message);
}

/* No call undoes it, though it fails for want of a peer. */
static void
stop_sending (FramSteering *steering, FramSteered *steered)
{
  shutdown (steered->fd, SHUT_RDWR);
  if (steered->is_lost || fram_steering_is_connected (steered))
    fram_steering_tie_down (steering, steered);
  if (!g_ptr_array_find (steering->places, steered, NULL))
    fram_steering_drop (steering, steered);
}

void
fram_steering_end (FramSteering *steering, FramSteered *steered)
{
  leave (steering, steered);
  stop_receiving (steering);
  stop_sending (steering, steered);
}

void
fram_steering_end_all (FramSteering *steering,
                       void (*ended) (FramSteered *steered, gpointer user_data),
                       gpointer user_data)
{
  g_autoptr (GPtrArray) all = g_ptr_array_copy (steering->steered, NULL, NULL);

  for (guint i = 0; i < all->len; i++)
    leave (steering, g_ptr_array_index (all, i));
  stop_receiving (steering);
  for (guint i = 0; i < all->len; i++)
    {
      FramSteered *steered = g_ptr_array_index (all, i);

      ended (steered, user_data);
      stop_sending (steering, steered);
    }
}

guint
fram_steering_count (const FramSteering *steering)
{
  return steering->steered->len;
}

/* Those of whom only our own descriptor is left make way for the last; of the others nobody
 * can tell when they will. */
static void
reap (FramSteering *steering)
{
  GPtrArray *places = steering->places;

  for (guint i = 1; i < places->len; i++)
    {
      FramMember *member = g_ptr_array_index (places, i), *last;

      if (member == NULL || member->kind != FRAM_MEMBER_LEAVING)
        continue;
      fram_steering_drop (steering, member);
      g_ptr_array_index (places, i) = NULL;
      last = g_ptr_array_index (places, places->len - 1);
      if (last != NULL && last->kind == FRAM_MEMBER_BALLAST
          && fram_steering_probe (steering, i, last))
        g_ptr_array_remove_index_fast (places, i);
    }
}

void
fram_steering_check (FramSteering *steering,
                     void (*lost) (FramSteered *steered, gpointer user_data),
                     gpointer user_data)
{
  g_autoptr (GPtrArray) before = g_ptr_array_copy (steering->steered, NULL, NULL);
  g_autoptr (GError) error = NULL;

  /* Without a program every member is drawn by a hash, so this comes first. */
  if (!attach (steering, &error))
    g_warning ("%s", error->message);
  fram_steering_free_port (steering);
  reap (steering);
  fram_steering_find_all (steering, NULL);
  for (guint i = 0; i < before->len; i++)
    {
      FramSteered *steered = g_ptr_array_index (before, i);

      if (steered->is_lost || fram_steering_is_connected (steered))
        lost (steered, user_data);
    }
  g_clear_error (&error);
  if (!replenish (steering, &error))
    g_debug ("%s", error->message);
}

void
fram_steered_set_data (FramSteered *steered, gpointer data)
{
  steered->data = data;
}

gpointer
fram_steered_get_data (const FramSteered *steered)
{
  return steered->data;
}

void
fram_steered_set_dscp (FramSteered *steered, guint8 dscp)
{
  fram_dscp_set (steered->fd, dscp);
}
