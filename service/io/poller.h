/* Many descriptors behind one GSource.
 *
 * A GMainContext asks poll() about every descriptor in every turn, which a thousand open
 * components would pay for each packet.  Here they are in an epoll set, and the context sees
 * that set alone.  A turn handles a bounded number of ready descriptors, each of them does a
 * bounded piece of work, and the rest waits for the next turn, behind the other sources of
 * the context and behind the descriptors that were not served yet.
 *
 * Whoever runs the context may wait with fram_poller_wait() instead of poll().  Then items are
 * served without the context's being asked for its other sources before and after, which costs
 * as much as a packet does. */
#pragma once

#include <gio/gio.h>
#include <sys/epoll.h>

typedef struct _FramPoller FramPoller;
typedef struct _FramPollItem FramPollItem;

/* Part of its owner's memory.  `ready` may add, change and remove any item; `user_data` is
 * the poller's. */
struct _FramPollItem
{
  int fd;
  guint32 events; /* EPOLLIN ...; errors and hang-ups are always told */
  gboolean watched;
  void (*ready) (FramPollItem *item, guint32 events, gpointer user_data);
};

/* Served after one another in a turn: so many that the answers to a host's checks of consent, which
 * go out together, come in before they are missed, however slow the turns are. */
#define FRAM_POLLER_TURN 64

/* `turn_ended` is called after the items of each turn; it must not free the poller.  It says
 * whether all is done; FALSE: the context's sources have changed, or another one has something to
 * do. */
FramPoller *fram_poller_new (GMainContext *context, gboolean (*turn_ended) (gpointer),
                             gpointer user_data, GError **error);
/* The items must have been removed. */
void fram_poller_free (FramPoller *poller);

/* A turn at once, out of turn and without waiting.  Return: whether anybody was ready. */
gboolean fram_poller_turn (FramPoller *poller);

/* As g_poll(), for one who runs the context, of what g_main_context_query() has said; but the items
 * are served meanwhile, turn by turn, until one of them concerns the context. */
gint fram_poller_wait (FramPoller *poller, GPollFD *fds, guint n_fds, gint timeout);

/* Watches item->fd, level-triggered.
 * Errors: G_IO_ERROR, if the kernel's limit of watches is reached. */
gboolean fram_poller_add (FramPoller *poller, FramPollItem *item, GError **error);
void fram_poller_set_events (FramPoller *poller, FramPollItem *item, guint32 events);
/* Does nothing if it is not watched. */
void fram_poller_remove (FramPoller *poller, FramPollItem *item);
