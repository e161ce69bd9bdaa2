/* The direct path: when it is asked for, when it is taken, and when it ends.
 *
 * Every component asks for it when its data are first moved by functions that read two sockets.
 * Who takes the descriptor has one socket, and all that comes in it.
 *
 * Nothing is lost on the way from one path to the other: a datagram that the one refuses goes
 * the other way, and both sockets are read.  Order is kept as far as it can be: what went the
 * former way first has left the socket before the new way is taken, and what came the former way
 * is read first.  Longer datagrams than the path has frames for are cut by the service alone: they
 * may be overtaken by what follows. */
#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "component-private.h"
#include "session-private.h"

/* Datagrams that a sender who never rests may still send the former way. */
#define PATIENCE 4096

/* Reads of one socket until the other has its turn. */
#define IN_A_ROW 64

static void ask (FramComponent *self);

static gboolean
has_direct (const FramComponent *self)
{
  return self->direct.fd >= 0 && !self->direct.is_over;
}

void
fram_component_drop_direct (FramComponent *self)
{
  gboolean had = has_direct (self);

  if (self->direct.fd < 0)
    return;
  close (self->direct.fd);
  self->direct.fd = -1;
  self->direct.is_over = FALSE;
  if (had)
    fram_component_notify_direct (self);
}

void
fram_component_cut_direct (FramComponent *self)
{
  /* It fails, for want of a peer, and works. */
  if (self->direct.fd >= 0)
    shutdown (self->direct.fd, SHUT_RDWR);
}

/* What it still has is read. */
static void
end_direct (FramComponent *self)
{
  if (self->direct.is_over)
    return;
  self->direct.is_over = TRUE;
  fram_component_notify_direct (self);
  ask (self);
}

void
fram_component_look_at_direct (FramComponent *self)
{
  struct pollfd state = { .fd = self->direct.fd, .events = POLLIN };

  if (self->direct.fd < 0 || poll (&state, 1, 0) <= 0 || (state.revents & POLLHUP) == 0)
    return;
  end_direct (self);
  /* A socket that hangs up is always readable: whether something is there, only reading tells. */
  if (self->direct.is_over
      && recv (self->direct.fd, &(char){ 0 }, 1, MSG_PEEK | MSG_DONTWAIT) < 0)
    fram_component_drop_direct (self);
}

gboolean
fram_component_sends_direct (FramComponent *self)
{
  int queued = 0;

  if (!has_direct (self))
    {
      fram_component_begin (self);
      return FALSE;
    }
  if (self->direct.patience == 0)
    return TRUE;
  self->direct.patience--;
  if (ioctl (self->fd, SIOCOUTQ, &queued) == 0 && queued > 0)
    return self->direct.patience == 0;
  self->direct.patience = 0;
  return TRUE;
}

gboolean
fram_component_direct_failed (FramComponent *self, int error_number)
{
  if (error_number != EPIPE)
    return FALSE;
  end_direct (self);
  return TRUE;
}

gboolean
fram_component_is_loss (int error_number)
{
  return error_number == ENETUNREACH || error_number == EHOSTUNREACH
         || error_number == ENETDOWN || error_number == EHOSTDOWN || error_number == EPERM
         || error_number == EACCES || error_number == ECONNREFUSED;
}

gboolean
fram_component_reads_direct (FramComponent *self)
{
  if (self->direct.fd < 0)
    fram_component_begin (self);
  if (self->direct.fd < 0 || self->direct.relayed_first)
    return FALSE;
  if (!self->direct.is_over && ++self->direct.n_in_a_row > IN_A_ROW)
    {
      self->direct.n_in_a_row = 0;
      return FALSE;
    }
  return TRUE;
}

void
fram_component_read_relayed (FramComponent *self, gboolean something)
{
  if (self->direct.fd < 0)
    return;
  if (!something)
    self->direct.relayed_first = FALSE;
  else if (!self->direct.relayed_first)
    {
      self->n_reordered++;
      fram_component_look_at_direct (self);
    }
}

/* --- Taking it --------------------------------------------------------------------- */

static void
take (FramComponent *self, int fd, const struct sockaddr_in6 *peer)
{
  if (self->direct.fd >= 0)
    fram_component_keep_rest (self);
  fram_component_drop_direct (self);
  self->direct.fd = fd;
  self->direct.peer = *peer;
  self->direct.run_limit = G_MAXSIZE;
  self->direct.patience = PATIENCE;
  self->direct.relayed_first = TRUE;
  self->direct.n_in_a_row = 0;
  fram_component_let_join (self);
  fram_component_notify_direct (self);
}

static gboolean
read_peer (const char *address, guint16 port, guint32 scope,
           struct sockaddr_in6 *ret_peer)
{
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (address);

  if (inet == NULL || g_inet_address_get_family (inet) != G_SOCKET_FAMILY_IPV6)
    return FALSE;
  *ret_peer = (struct sockaddr_in6){ .sin6_family = AF_INET6,
                                     .sin6_port = g_htons (port),
                                     .sin6_scope_id = scope };
  memcpy (&ret_peer->sin6_addr, g_inet_address_to_bytes (inet),
          sizeof ret_peer->sin6_addr);
  return TRUE;
}

static void
take_answer (FramComponent *self, GVariant *answer, GUnixFDList *descriptors)
{
  struct sockaddr_in6 peer;
  const char *address;
  gint32 index;
  guint16 port;
  guint32 scope;
  int fd;

  if (!g_variant_is_of_type (answer, G_VARIANT_TYPE ("(hsqu)")))
    return;
  g_variant_get (answer, "(h&squ)", &index, &address, &port, &scope);
  if (descriptors == NULL || index < 0 || index >= g_unix_fd_list_get_length (descriptors)
      || !read_peer (address, port, scope, &peer))
    return;
  fd = g_unix_fd_list_get (descriptors, index, NULL);
  if (fd >= 0)
    take (self, fd, &peer);
}

static void
on_given_up (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FramComponent) self = user_data;

  fram_component_look_at_direct (self);
}

/* What has come by it is still read: it hangs up when the service has ended it. */
static void
give_up_direct (FramComponent *self)
{
  if (self->session->ended)
    return;
  g_dbus_proxy_call (G_DBUS_PROXY (self->session->proxy), "CloseDirect",
                     g_variant_new ("(uu)", self->stream, self->number),
                     G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_given_up, g_object_ref (self));
}

/* That the service refuses is no error: the data are relayed. */
static void
on_answer (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FramComponent) self = user_data;
  g_autoptr (GUnixFDList) descriptors = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_proxy_call_with_unix_fd_list_finish (
      G_DBUS_PROXY (object), &descriptors, result, &error);

  self->is_asking = FALSE;
  if (answer != NULL && !self->closed)
    take_answer (self, answer, descriptors);
  else if (error != NULL)
    g_debug ("No direct path: %s", error->message);
  if (self->stays_relayed && has_direct (self))
    give_up_direct (self);
  /* It may be over already. */
  else if (self->asks_again || self->direct.fd >= 0)
    ask (self);
}

static void
ask (FramComponent *self)
{
  if (self->stays_relayed || self->closed || self->session->ended)
    return;
  fram_component_look_at_direct (self);
  if (has_direct (self))
    return;
  self->asks_again = self->is_asking;
  if (self->is_asking)
    return;
  self->is_asking = TRUE;
  /* They are there before anything is to be counted: answers come in the order of the calls. */
  fram_component_share_counters (self);
  g_dbus_proxy_call_with_unix_fd_list (G_DBUS_PROXY (self->session->proxy), "OpenDirect",
                                       g_variant_new ("(uu)", self->stream, self->number),
                                       G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, on_answer,
                                       g_object_ref (self));
}

static void
on_selected (FramSession *session, guint stream, guint component, const char *local,
             const char *remote, gpointer user_data)
{
  FramComponent *self = user_data;

  if (stream == self->stream && component == self->number)
    ask (self);
}

static void
on_state (FramSession *session, guint stream, guint component, FramState state,
          const char *cause, const char *explanation, gpointer user_data)
{
  FramComponent *self = user_data;

  if (stream == self->stream && component == self->number && !has_direct (self)
      && (state == FRAM_STATE_CONNECTED || state == FRAM_STATE_COMPLETED))
    ask (self);
}

/* Nobody looks at the packets any more, for which the service had refused. */
static void
on_possible (IceBusSession *proxy, guint stream, guint component, gpointer user_data)
{
  FramComponent *self = user_data;

  if (stream == self->stream && component == self->number)
    ask (self);
}

/* For tests, and for who has to find out what is the matter. */
static gboolean
is_unwanted (void)
{
  return g_strcmp0 (g_getenv ("FRAM_DATA"), "relayed") == 0;
}

void
fram_component_begin (FramComponent *self)
{
  if (self->is_used)
    return;
  self->is_used = TRUE;
  self->stays_relayed = self->stays_relayed || is_unwanted ();
  if (self->stays_relayed)
    return;
  g_signal_connect_object (self->session, "selected-pair-changed",
                           G_CALLBACK (on_selected), self, 0);
  g_signal_connect_object (self->session, "component-state-changed",
                           G_CALLBACK (on_state), self, 0);
  g_signal_connect_object (self->session->proxy, "direct-possible",
                           G_CALLBACK (on_possible), self, 0);
  ask (self);
}

/**
 * fram_component_stay_relayed:
 * @self: A component.
 *
 * Lets all of the component's data go through the service, from now on and for good.
 *
 * Otherwise the kernel carries them past the service where that is possible: over UDP and
 * without a relay, for processes outside of sandboxes, from the first call on that sends,
 * receives or waits.  It is faster, and costs less.  Paths are changed without loss.
 *
 * [method@Component.get_fd] and [method@Component.get_connection] do the same, as they have only
 * what goes through the service.
 */
void
fram_component_stay_relayed (FramComponent *self)
{
  g_return_if_fail (FRAM_IS_COMPONENT (self));

  if (self->stays_relayed)
    return;
  self->stays_relayed = TRUE;
  if (has_direct (self))
    give_up_direct (self);
}

/**
 * fram_component_get_direct:
 * @self: A component.
 *
 * Tells whether what is sent does not pass through the service now.
 *
 * Returns: Whether the direct path is taken.
 */
gboolean
fram_component_get_direct (FramComponent *self)
{
  g_return_val_if_fail (FRAM_IS_COMPONENT (self), FALSE);

  return has_direct (self);
}

/**
 * fram_component_get_reordered:
 * @self: A component.
 *
 * Counts the datagrams that came through the service while the direct path was there already:
 * later ones may have been received before them.
 *
 * Returns: How many there were.
 */
guint64
fram_component_get_reordered (FramComponent *self)
{
  g_return_val_if_fail (FRAM_IS_COMPONENT (self), 0);

  return self->n_reordered;
}
