#include "io/poller.h"

#include <errno.h>
#include <glib-unix.h>
#include <unistd.h>

/* More descriptors of others than that are left to poll(), which is told of all with one call. */
#define OTHERS_MAX 32

struct _FramPoller
{
  GSource source;
  int epoll;
  guint n_items;
  gboolean (*turn_ended) (gpointer);
  gpointer user_data;
  /* The turn under way: a removed item is struck out. */
  struct epoll_event turn[FRAM_POLLER_TURN];
  int n_turn;
  /* The descriptors of others that are asked for. */
  GPollFD *asked;
  guint n_asked;
  guint n_told; /* of these: how many are ready */
};

/* --- The descriptors of others ----------------------------------------------------- */

/* An item's address is even. */
static guint64
name_other (int fd)
{
  return (guint64) fd << 1 | 1;
}

/* One that is asked for no more may come once, and is silent then. */
static void
tell_other (FramPoller *poller, const struct epoll_event *event)
{
  for (guint i = 0; i < poller->n_asked; i++)
    if (name_other (poller->asked[i].fd) == event->data.u64)
      {
        poller->asked[i].revents = (gushort) event->events;
        poller->n_told++;
      }
}

/* Anew each time: a number that was closed since then and given to another file looks like the
 * same descriptor, but is not watched any more. */
static gboolean
watch_other (FramPoller *poller, const GPollFD *other)
{
  struct epoll_event event
      = { .events = other->events | EPOLLONESHOT, .data.u64 = name_other (other->fd) };

  if (epoll_ctl (poller->epoll, EPOLL_CTL_MOD, other->fd, &event) == 0)
    return TRUE;
  return errno == ENOENT
         && epoll_ctl (poller->epoll, EPOLL_CTL_ADD, other->fd, &event) == 0;
}

/* Return: FALSE: an epoll set cannot have them all, a file's for example. */
static gboolean
watch_others (FramPoller *poller, GPollFD *fds, guint n_fds)
{
  if (n_fds > OTHERS_MAX)
    return FALSE;
  for (guint i = 0; i < n_fds; i++)
    {
      fds[i].revents = 0;
      /* The context has the set itself among its descriptors. */
      if (fds[i].fd != poller->epoll && !watch_other (poller, &fds[i]))
        return FALSE;
    }
  return TRUE;
}

/* --- Turns ------------------------------------------------------------------------- */

static void
serve (FramPoller *poller, const struct epoll_event *event)
{
  FramPollItem *item = event->data.ptr;

  if ((event->data.u64 & 1) != 0)
    tell_other (poller, event);
  else if (item != NULL)
    item->ready (item, event->events, poller->user_data);
}

/* Return: whether the items that were ready have left nothing to do for the context. */
static gboolean
take_turn (FramPoller *poller, int timeout, int *ret_n_ready)
{
  /* Nobody runs the loop from within a turn. */
  g_assert (poller->n_turn == 0);

  *ret_n_ready = epoll_wait (poller->epoll, poller->turn, FRAM_POLLER_TURN, timeout);
  poller->n_turn = *ret_n_ready;
  for (int i = 0; i < poller->n_turn; i++)
    serve (poller, &poller->turn[i]);
  poller->n_turn = 0;

  return poller->turn_ended (poller->user_data);
}

gboolean
fram_poller_turn (FramPoller *poller)
{
  int n_ready;

  take_turn (poller, 0, &n_ready);
  return n_ready > 0;
}

/* Milliseconds, rounded up: who waits for a moment is not to be woken before it. */
static int
get_time_left (gint64 end)
{
  gint64 left;

  if (end < 0)
    return -1;
  left = end - g_get_monotonic_time ();
  return (int) ((MAX (left, 0) + 999) / 1000);
}

gint
fram_poller_wait (FramPoller *poller, GPollFD *fds, guint n_fds, gint timeout)
{
  gint64 end = timeout > 0 ? g_get_monotonic_time () + timeout * (gint64) 1000 : timeout;
  gboolean is_done;
  int n_ready;

  if (!watch_others (poller, fds, n_fds))
    return g_poll (fds, n_fds, timeout);

  poller->asked = fds;
  poller->n_asked = n_fds;
  poller->n_told = 0;
  do
    {
      is_done = take_turn (poller, timeout, &n_ready);
      timeout = get_time_left (end);
    }
  while (is_done && n_ready > 0 && poller->n_told == 0 && timeout != 0);
  poller->n_asked = 0;
  return (gint) poller->n_told;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  fram_poller_turn ((FramPoller *) source);
  return G_SOURCE_CONTINUE;
}

static void
finalize (GSource *source)
{
  FramPoller *poller = (FramPoller *) source;

  if (poller->epoll >= 0)
    close (poller->epoll);
}

FramPoller *
fram_poller_new (GMainContext *context, gboolean (*turn_ended) (gpointer),
                 gpointer user_data, GError **error)
{
  static GSourceFuncs functions = { .dispatch = dispatch, .finalize = finalize };
  GSource *source = g_source_new (&functions, sizeof (FramPoller));
  FramPoller *poller = (FramPoller *) source;

  poller->turn_ended = turn_ended;
  poller->user_data = user_data;
  poller->epoll = epoll_create1 (EPOLL_CLOEXEC);
  if (poller->epoll < 0)
    {
      int code = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                   "Cannot watch descriptors: %s", g_strerror (code));
      g_source_unref (source);
      return NULL;
    }

  g_source_set_static_name (source, "Fram data");
  /* Else GLib takes its descriptor out before each turn and puts it back after, and wakes itself
   * for both: that is more than a turn with one packet costs. */
  g_source_set_can_recurse (source, TRUE);
  g_source_add_unix_fd (source, poller->epoll, G_IO_IN);
  g_source_attach (source, context);
  return poller;
}

void
fram_poller_free (FramPoller *poller)
{
  g_assert (poller->n_items == 0);

  g_source_destroy (&poller->source);
  g_source_unref (&poller->source);
}

gboolean
fram_poller_add (FramPoller *poller, FramPollItem *item, GError **error)
{
  struct epoll_event event = { .events = item->events, .data.ptr = item };

  if (epoll_ctl (poller->epoll, EPOLL_CTL_ADD, item->fd, &event) < 0)
    {
      int code = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                   "Cannot watch another descriptor: %s", g_strerror (code));
      return FALSE;
    }
  item->watched = TRUE;
  poller->n_items++;
  return TRUE;
}

void
fram_poller_set_events (FramPoller *poller, FramPollItem *item, guint32 events)
{
  struct epoll_event event = { .events = events, .data.ptr = item };

  if (item->events == events)
    return;
  item->events = events;
  if (epoll_ctl (poller->epoll, EPOLL_CTL_MOD, item->fd, &event) < 0)
    g_error ("epoll lost descriptor %d: %s", item->fd, g_strerror (errno));
}

void
fram_poller_remove (FramPoller *poller, FramPollItem *item)
{
  if (!item->watched)
    return;
  epoll_ctl (poller->epoll, EPOLL_CTL_DEL, item->fd, NULL);
  item->watched = FALSE;
  poller->n_items--;
  for (int i = 0; i < poller->n_turn; i++)
    if (poller->turn[i].data.ptr == item)
      poller->turn[i].data.ptr = NULL;
}
