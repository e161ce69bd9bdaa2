/* Broker, driver, sockets and relay together: sessions that connect and carry data, on a
 * host that is a namespace of the test's own. */
#include "driver-couple.h"
#include "io/driver-private.h"
#include "namespace.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
expect_end (int fd)
{
  guint8 byte;

  g_assert_cmpint (recv (fd, &byte, 1, MSG_DONTWAIT), ==, 0);
}

static void
connect_and_exchange (FramDriver *offerer, FramDriver *answerer, GMainContext *context)
{
  FramComponentStats sent, received;
  Couple couple;

  couple_init (&couple, offerer, answerer);
  couple_await_connected (&couple, context);
  couple_exchange (&couple, context, 100);

  g_assert_true (
      fram_driver_get_component_stats (offerer, couple.ends[0].session, 0, 1, &sent));
  g_assert_true (fram_driver_get_component_stats (answerer, couple.ends[1].session, 0, 1,
                                                  &received));
  g_assert_cmpuint (sent.packets_sent, ==, 100);
  g_assert_cmpuint (sent.bytes_sent, ==, 119950);
  g_assert_cmpuint (received.packets_received, ==, 100);
  g_assert_cmpuint (received.bytes_received, ==, 119950);

  for (guint i = 0; i < G_N_ELEMENTS (couple.ends); i++)
    {
      fram_broker_close_session (fram_driver_get_broker (couple.ends[i].driver),
                                 couple.ends[i].session, FRAM_CAUSE_CLOSED_BY_APPLICATION,
                                 fram_driver_now ());
      fram_driver_kick (couple.ends[i].driver);
    }
  couple_await_closed (&couple, context);
  for (guint i = 0; i < G_N_ELEMENTS (couple.ends); i++)
    {
      g_assert_cmpint (couple.ends[i].cause, ==, FRAM_CAUSE_CLOSED_BY_APPLICATION);
      expect_end (couple.ends[i].fd);
    }
  couple_clear (&couple);
}

static void
test_two_sessions_of_one_driver (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (FramDriver) driver = couple_new_driver (context);

  connect_and_exchange (driver, driver, context);
  connect_and_exchange (driver, driver, context);
}

static void
test_two_drivers (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (FramDriver) one = couple_new_driver (context);
  g_autoptr (FramDriver) two = couple_new_driver (context);

  connect_and_exchange (one, two, context);
}

static void
test_free_ends_data (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  FramDriver *driver = couple_new_driver (context);
  Couple couple;

  couple_init (&couple, driver, driver);
  couple_await_connected (&couple, context);
  fram_driver_set_sink (driver, NULL, NULL);
  fram_driver_free (driver);
  for (guint i = 0; i < G_N_ELEMENTS (couple.ends); i++)
    {
      expect_end (couple.ends[i].fd);
      close (couple.ends[i].fd);
    }
}

static void
test_component_that_is_not (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (FramDriver) driver = couple_new_driver (context);
  FramComponentStats stats;
  g_autoptr (GError) error = NULL;
  Couple couple;

  g_assert_cmpint (fram_driver_open_component (driver, 77, 0, 1, &error), ==, -1);
  g_assert_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_NO_SESSION);
  g_clear_error (&error);

  couple_init (&couple, driver, driver);
  g_assert_cmpint (
      fram_driver_open_component (driver, couple.ends[0].session, 1, 1, &error), ==, -1);
  g_assert_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_cmpint (
      fram_driver_open_component (driver, couple.ends[0].session, 0, 0, &error), ==, -1);
  g_assert_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_INVALID_ARGUMENT);
  g_assert_false (
      fram_driver_get_component_stats (driver, couple.ends[0].session, 1, 1, &stats));
  couple_clear (&couple);
}

/* What is written before there is a path is counted, not kept. */
static void
test_written_early (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (FramDriver) driver = couple_new_driver (context);
  FramComponentStats stats;
  Couple couple;

  couple_init (&couple, driver, driver);
  g_assert_cmpint (send (couple.ends[0].fd, "early", 5, 0), ==, 5);
  couple_await_connected (&couple, context);
  couple_exchange (&couple, context, 3);
  fram_driver_get_component_stats (driver, couple.ends[0].session, 0, 1, &stats);
  g_assert_cmpuint (stats.dropped_no_path, ==, 1);
  g_assert_cmpuint (stats.packets_sent, ==, 3);
  couple_clear (&couple);
}

static guint
count_consent_checks (const End *end)
{
  g_autoptr (GArray) pairs
      = fram_broker_list_pairs (fram_driver_get_broker (end->driver), end->session);
  guint n = 0;

  for (guint i = 0; i < pairs->len; i++)
    n += g_array_index (pairs, FramPairRow, i).consent_requests_sent;
  return n;
}

/* A driver that did not run for a while reads what came before it judges who is silent. */
static void
test_late (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (FramDriver) driver = couple_new_driver (context);
  guint n_asked;
  FramTime now;
  Couple couple;

  couple_init (&couple, driver, driver);
  couple_await_connected (&couple, context);
  n_asked = count_consent_checks (&couple.ends[0]);
  do
    {
      now = fram_broker_deadline (fram_driver_get_broker (driver));
      fram_driver_advance (driver, now);
    }
  while (count_consent_checks (&couple.ends[0]) == n_asked);

  /* The answer would be overdue; the other end has not even read the question. */
  fram_driver_advance (driver, now + FRAM_MILLISECONDS (300));
  g_assert_cmpuint (count_consent_checks (&couple.ends[0]), ==, n_asked + 1);
  couple_clear (&couple);
}

static void
furnish_network (void)
{
  static const char *const ips[] = { "192.0.2.1", "2001:db8::1", NULL };

  namespace_run ("ip link add eth0 type veth peer name far0");
  namespace_run ("ip addr add 192.0.2.1/24 dev eth0");
  namespace_run ("ip addr add 2001:db8::1/64 dev eth0 nodad");
  namespace_run ("ip link set far0 up");
  namespace_run ("ip link set eth0 up");
  namespace_await_addresses (ips);
}

/* With "network", the host has more than loopback. */
int
main (int argc, char *argv[])
{
  namespace_enter ();
  namespace_run ("ip link set lo up");
  g_test_init (&argc, &argv, NULL);
  if (argc > 1 && strcmp (argv[1], "network") == 0)
    furnish_network ();
  g_test_add_func ("/driver/two-sessions-of-one", test_two_sessions_of_one_driver);
  g_test_add_func ("/driver/two-drivers", test_two_drivers);
  g_test_add_func ("/driver/free", test_free_ends_data);
  g_test_add_func ("/driver/component-that-is-not", test_component_that_is_not);
  g_test_add_func ("/driver/written-early", test_written_early);
  g_test_add_func ("/driver/late", test_late);
  return g_test_run ();
}
