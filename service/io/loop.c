/* What g_main_loop_run() does, with another way to wait. */
#include "io/loop.h"

static void
query (GMainContext *context, gint priority, GArray *fds, gint *ret_timeout)
{
  gint n;

  while ((n = g_main_context_query (context, priority, ret_timeout, (GPollFD *) fds->data,
                                    (gint) fds->len))
         > (gint) fds->len)
    g_array_set_size (fds, (guint) n);
  g_array_set_size (fds, (guint) n);
}

static void
iterate (GMainContext *context, FramPoller *poller, GArray *fds)
{
  gint priority, timeout;

  g_main_context_prepare (context, &priority);
  query (context, priority, fds, &timeout);
  fram_poller_wait (poller, (GPollFD *) fds->data, fds->len, timeout);
  if (g_main_context_check (context, priority, (GPollFD *) fds->data, (gint) fds->len))
    g_main_context_dispatch (context);
}

void
fram_loop_run (GMainContext *context, FramPoller *poller, const gboolean *is_over)
{
  g_autoptr (GArray) fds = g_array_new (FALSE, FALSE, sizeof (GPollFD));
  gboolean is_mine = g_main_context_acquire (context);

  /* Threads may give the context something to do, but none of them runs it. */
  g_assert (is_mine);
  while (!*is_over)
    iterate (context, poller, fds);
  g_main_context_release (context);
}
