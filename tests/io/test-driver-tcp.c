/* Sessions that reach each other by TCP alone, over loopback: messages stay messages, a slow
 * reader slows itself and nobody else, and what ends at one side ends at the other.
 * (RFC 6544, RFC 4571) */
#include "driver-couple.h"
#include "io/driver-private.h"
#include "namespace.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
close_session (const End *end)
{
  fram_broker_close_session (fram_driver_get_broker (end->driver), end->session,
                             FRAM_CAUSE_CLOSED_BY_APPLICATION, fram_driver_now ());
  fram_driver_kick (end->driver);
}

static void
await_state (Couple *couple, GMainContext *context, guint end, FramState state)
{
  while (couple->ends[end].state != state)
    g_main_context_iteration (context, TRUE);
}

static void
assert_tcp (const End *end)
{
  FramPairRow row = { 0 };
  g_autoptr (GArray) rows
      = fram_broker_list_pairs (fram_driver_get_broker (end->driver), end->session);

  for (guint i = 0; i < rows->len; i++)
    if (g_array_index (rows, FramPairRow, i).selected)
      row = g_array_index (rows, FramPairRow, i);
  g_assert_true (row.selected);
  g_assert_true (fram_transport_is_tcp (row.transport));
}

static void
test_two_drivers (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (FramDriver) one = couple_new_driver (context);
  g_autoptr (FramDriver) two = couple_new_driver (context);
  g_autoptr (GError) error = NULL;
  FramComponentStats sent, received;
  FramAddress remote;
  Couple couple;

  couple_init_tcp (&couple, one, two);
  for (guint i = 0; i < G_N_ELEMENTS (couple.ends); i++)
    {
      await_state (&couple, context, i, FRAM_STATE_COMPLETED);
      assert_tcp (&couple.ends[i]);
    }
  couple_exchange (&couple, context, 60);
  g_assert_cmpint (
      fram_driver_open_direct (one, couple.ends[0].session, 0, 1, &remote, &error), ==,
      -1);
  g_assert_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "TCP"));
  fram_driver_get_component_stats (one, couple.ends[0].session, 0, 1, &sent);
  fram_driver_get_component_stats (two, couple.ends[1].session, 0, 1, &received);
  g_assert_cmpuint (sent.packets_sent, ==, 60);
  g_assert_cmpuint (sent.bytes_sent, ==, 60 * 1200 - 30);
  g_assert_cmpuint (received.packets_received, ==, 60);

  /* The peer goes: its connection does, too. */
  close_session (&couple.ends[1]);
  await_state (&couple, context, 0, FRAM_STATE_DISCONNECTED);
  couple_clear (&couple);
}

/* What comes by a stream alone is watched too: that it stops says that the way is dead.  It is such a
 * count that wakes who watches. */
static void
test_data_are_watched (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (FramDriver) one = couple_new_driver (context);
  g_autoptr (FramDriver) two = couple_new_driver (context);
  Couple couple;
  char received;

  couple_init_tcp (&couple, one, two);
  for (guint i = 0; i < G_N_ELEMENTS (couple.ends); i++)
    await_state (&couple, context, i, FRAM_STATE_COMPLETED);
  /* Checks are no data. */
  g_assert_cmpuint (fram_plane_get_moved (two->plane), ==, 0);
  g_assert_cmpint (send (couple.ends[0].fd, "x", 1, 0), ==, 1);
  while (recv (couple.ends[1].fd, &received, 1, MSG_DONTWAIT) != 1)
    g_main_context_iteration (context, TRUE);
  g_assert_cmpuint (fram_plane_get_moved (two->plane), ==, 1);
  couple_clear (&couple);
}

/* Both ends, and what listens, are in one service. */
static void
test_one_driver (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (FramDriver) driver = couple_new_driver (context);
  Couple couple;

  couple_init_tcp (&couple, driver, driver);
  couple_await_connected (&couple, context);
  couple_exchange (&couple, context, 10);
  couple_clear (&couple);
}

/* The longest message that an application can hand over is one at the other side. */
static void
test_long_message (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (FramDriver) driver = couple_new_driver (context);
  static guint8 message[65000], received[sizeof message + 1];
  ssize_t n;
  Couple couple;

  couple_init_tcp (&couple, driver, driver);
  couple_await_connected (&couple, context);
  for (guint i = 0; i < sizeof message; i++)
    message[i] = (guint8) (i * 7);
  g_assert_cmpint (send (couple.ends[0].fd, message, sizeof message, 0), ==,
                   sizeof message);
  while ((n = recv (couple.ends[1].fd, received, sizeof received, MSG_DONTWAIT)) < 0)
    g_main_context_iteration (context, TRUE);
  g_assert_cmpmem (received, (gsize) n, message, sizeof message);
  couple_clear (&couple);
}

/* The two drivers, in contexts of their own: one of them can be made to stand still. */
static void
connect_apart (Couple *couple, GMainContext *one, GMainContext *two)
{
  while (couple->ends[0].state != FRAM_STATE_COMPLETED
         || couple->ends[1].state != FRAM_STATE_COMPLETED)
    {
      g_main_context_iteration (one, FALSE);
      g_main_context_iteration (two, FALSE);
    }
}

/* The other service takes nothing in.  What is sent waits up to a limit; then the application
 * itself has to wait, and nothing of it is lost or changes its order. */
static void
test_slow_connection (void)
{
  g_autoptr (GMainContext) context = g_main_context_new (), other = g_main_context_new ();
  g_autoptr (FramDriver) one = couple_new_driver (context);
  g_autoptr (FramDriver) two = couple_new_driver (other);
  guint32 number = 0, awaited = 0, message[300] = { 0 };
  FramComponentStats stats;
  guint idle = 0;
  Couple couple;

  couple_init_tcp (&couple, one, two);
  connect_apart (&couple, context, other);
  while (idle < 100)
    {
      message[0] = number;
      if (send (couple.ends[0].fd, message, sizeof message, MSG_DONTWAIT) > 0)
        {
          number++;
          idle = 0;
        }
      else
        {
          g_assert_cmpint (errno, ==, EAGAIN);
          idle += g_main_context_iteration (context, FALSE) ? 0 : 1;
        }
      /* The kernel's buffers are as long as they are, and no longer. */
      g_assert_cmpuint (number, <, 100000);
    }
  fram_driver_get_component_stats (one, couple.ends[0].session, 0, 1, &stats);
  g_assert_cmpuint (stats.packets_sent, <, number);
  g_assert_cmpuint (stats.dropped_net_full, ==, 0);

  while (awaited < number)
    {
      g_main_context_iteration (context, FALSE);
      g_main_context_iteration (other, FALSE);
      while (recv (couple.ends[1].fd, message, sizeof message, MSG_DONTWAIT) > 0)
        {
          /* What the reader had no room for is lost, as with UDP; nothing comes back. */
          g_assert_cmpuint (message[0], >=, awaited);
          awaited = message[0] + 1;
        }
      if (!g_main_context_pending (context) && !g_main_context_pending (other))
        break;
    }
  g_assert_cmpuint (awaited, ==, number);
  couple_clear (&couple);
}

/* One connection that is full, and another session of the same service beside it. */
static void
test_fair (void)
{
  g_autoptr (GMainContext) context = g_main_context_new (), other = g_main_context_new ();
  g_autoptr (FramDriver) one = couple_new_driver (context);
  g_autoptr (FramDriver) two = couple_new_driver (other);
  static const guint8 message[1200];
  guint idle = 0;
  Couple slow, quick;

  couple_init_tcp (&slow, one, two);
  connect_apart (&slow, context, other);
  while (idle < 100)
    if (send (slow.ends[0].fd, message, sizeof message, MSG_DONTWAIT) < 0)
      idle += g_main_context_iteration (context, FALSE) ? 0 : 1;

  fram_driver_set_sink (one, NULL, NULL);
  couple_init_tcp (&quick, one, one);
  couple_await_connected (&quick, context);
  couple_exchange (&quick, context, 20);
  couple_clear (&quick);
  couple_clear (&slow);
}

int
main (int argc, char *argv[])
{
  namespace_enter ();
  namespace_run ("ip link set lo up");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/driver-tcp/two-drivers", test_two_drivers);
  g_test_add_func ("/driver-tcp/data-are-watched", test_data_are_watched);
  g_test_add_func ("/driver-tcp/one-driver", test_one_driver);
  g_test_add_func ("/driver-tcp/long-message", test_long_message);
  g_test_add_func ("/driver-tcp/slow-connection", test_slow_connection);
  g_test_add_func ("/driver-tcp/fair", test_fair);
  return g_test_run ();
}
