#include "io/wall-clock.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/timerfd.h>
#include <unistd.h>

struct _FramWallClock
{
  int fd;
  GSource *source;
  FramWallClockDue due;
  gpointer user_data;
};

gint64
fram_wall_clock_now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static gboolean
on_due (int fd, GIOCondition condition, gpointer user_data)
{
  FramWallClock *clock = user_data;
  guint64 n;
  gssize length = read (fd, &n, sizeof n);

  /* ECANCELED: the clock was set.  The timer goes by the old time no more. */
  if (length == sizeof n || errno == ECANCELED)
    clock->due (clock->user_data);
  return G_SOURCE_CONTINUE;
}

FramWallClock *
fram_wall_clock_new (GMainContext *context, FramWallClockDue due, gpointer user_data)
{
  FramWallClock *clock = g_new0 (FramWallClock, 1);

  clock->due = due;
  clock->user_data = user_data;
  clock->fd = timerfd_create (CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
  if (clock->fd < 0)
    /* Credentials would expire unseen. */
    g_error ("The kernel gives no timer: %s", g_strerror (errno));
  clock->source = g_unix_fd_source_new (clock->fd, G_IO_IN);
  g_source_set_callback (clock->source, G_SOURCE_FUNC (on_due), clock, NULL);
  g_source_attach (clock->source,
                   context != NULL ? context : g_main_context_get_thread_default ());
  return clock;
}

void
fram_wall_clock_free (FramWallClock *clock)
{
  if (clock == NULL)
    return;
  g_source_destroy (clock->source);
  g_source_unref (clock->source);
  close (clock->fd);
  g_free (clock);
}

void
fram_wall_clock_set (FramWallClock *clock, gint64 when)
{
  struct itimerspec time = { .it_value = { .tv_sec = when } };

  timerfd_settime (clock->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &time, NULL);
}
