#include "io/poller.h"

#include <errno.h>
#include <glib-unix.h>
#include <unistd.h>

struct _FramPoller
{
  GSource source;
  int epoll;
  guint n_items;
  void (*turn_ended) (gpointer);
  gpointer user_data;
  /* The turn under way: a removed item is struck out. */
  struct epoll_event turn[FRAM_POLLER_TURN];
  int n_turn;
};

gboolean
fram_poller_turn (FramPoller *poller)
{
  int n;

  /* Nobody runs the loop from within a turn. */
  g_assert (poller->n_turn == 0);

  n = epoll_wait (poller->epoll, poller->turn, FRAM_POLLER_TURN, 0);
  poller->n_turn = n;
  for (int i = 0; i < n; i++)
    {
      FramPollItem *item = poller->turn[i].data.ptr;

      if (item != NULL)
        item->ready (item, poller->turn[i].events, poller->user_data);
    }
  poller->n_turn = 0;

  poller->turn_ended (poller->user_data);
  return n > 0;
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
fram_poller_new (GMainContext *context, void (*turn_ended) (gpointer), gpointer user_data,
                 GError **error)
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
