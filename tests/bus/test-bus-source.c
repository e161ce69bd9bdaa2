/* libdbus in a GMainContext: timeouts, wake-ups, fairness, and connections that come and go.
 * Each case has a bus of its own. */
#include <gio/gio.h>
#include <signal.h>
#include <sys/prctl.h>

#include "dbus/bus-source.h"

/* Only bounds a hang. */
#define PATIENCE 30

typedef struct
{
  GSubprocess *daemon;
  char *address;
  GMainContext *context;
  DBusConnection *connection;
  GSource *source;
  GSource *patience;
} Fixture;

static gboolean
on_patience_over (gpointer user_data)
{
  g_error ("The case did not end within %d s", PATIENCE);
  return G_SOURCE_REMOVE;
}

/* The daemon ends with the case, however that ends. */
static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static void
start_daemon (Fixture *fixture)
{
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (GDataInputStream) said = NULL;
  g_autoptr (GError) error = NULL;

  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  fixture->daemon = g_subprocess_launcher_spawn (
      launcher, &error, "dbus-daemon", "--session", "--nofork", "--nopidfile",
      "--address=unix:tmpdir=/tmp", "--print-address", NULL);
  g_assert_no_error (error);
  said = g_data_input_stream_new (g_subprocess_get_stdout_pipe (fixture->daemon));
  fixture->address = g_data_input_stream_read_line (said, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
stop_daemon (Fixture *fixture)
{
  g_subprocess_send_signal (fixture->daemon, SIGTERM);
  g_subprocess_wait (fixture->daemon, NULL, NULL);
}

static DBusConnection *
open_connection (Fixture *fixture)
{
  DBusError error = DBUS_ERROR_INIT;
  DBusConnection *connection = dbus_connection_open_private (fixture->address, &error);

  g_assert_cmpstr (error.message, ==, NULL);
  dbus_connection_set_exit_on_disconnect (connection, FALSE);
  dbus_bus_register (connection, &error);
  g_assert_cmpstr (error.message, ==, NULL);
  return connection;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  start_daemon (fixture);
  fixture->context = g_main_context_new ();
  fixture->connection = open_connection (fixture);
  fixture->source = fram_bus_source_attach (fixture->connection, fixture->context);
  fixture->patience = g_timeout_source_new_seconds (PATIENCE);
  g_source_set_callback (fixture->patience, on_patience_over, NULL, NULL);
  g_source_attach (fixture->patience, fixture->context);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  fram_bus_source_detach (fixture->source);
  dbus_connection_close (fixture->connection);
  dbus_connection_unref (fixture->connection);
  g_source_destroy (fixture->patience);
  g_source_unref (fixture->patience);
  g_main_context_unref (fixture->context);
  stop_daemon (fixture);
  g_object_unref (fixture->daemon);
  g_free (fixture->address);
}

static void
run_until (Fixture *fixture, const gboolean *condition)
{
  while (!*condition)
    g_main_context_iteration (fixture->context, TRUE);
}

static void
on_answer (DBusPendingCall *pending, void *data)
{
  gboolean *answered = data;

  *answered = TRUE;
}

/* Return: the pending call of a Ping to `destination`; `timeout` in milliseconds. */
static DBusPendingCall *
ping (Fixture *fixture, const char *destination, int timeout, gboolean *ret_answered)
{
  DBusMessage *message = dbus_message_new_method_call (destination, DBUS_PATH_DBUS,
                                                       DBUS_INTERFACE_PEER, "Ping");
  DBusPendingCall *pending = NULL;

  *ret_answered = FALSE;
  dbus_connection_send_with_reply (fixture->connection, message, &pending, timeout);
  g_assert_nonnull (pending);
  dbus_pending_call_set_notify (pending, on_answer, ret_answered, NULL);
  dbus_message_unref (message);
  return pending;
}

static void
assert_answer (DBusPendingCall *pending, const char *error_name)
{
  DBusMessage *answer = dbus_pending_call_steal_reply (pending);

  g_assert_cmpstr (dbus_message_get_error_name (answer), ==, error_name);
  dbus_message_unref (answer);
  dbus_pending_call_unref (pending);
}

static void
test_call (Fixture *fixture, gconstpointer data)
{
  gboolean answered;
  DBusPendingCall *pending = ping (fixture, DBUS_SERVICE_DBUS, -1, &answered);

  run_until (fixture, &answered);
  assert_answer (pending, NULL);
}

/* Nobody runs the other connection, so nothing but the timeout can answer. */
static void
test_timeout (Fixture *fixture, gconstpointer data)
{
  DBusConnection *silent = open_connection (fixture);
  gboolean answered;
  gint64 since = g_get_monotonic_time ();
  DBusPendingCall *pending
      = ping (fixture, dbus_bus_get_unique_name (silent), 50, &answered);

  run_until (fixture, &answered);
  assert_answer (pending, DBUS_ERROR_NO_REPLY);
  g_assert_cmpint (g_get_monotonic_time () - since, >=, 50 * G_TIME_SPAN_MILLISECOND);
  dbus_connection_close (silent);
  dbus_connection_unref (silent);
}

/* --- Fairness ---------------------------------------------------------------------- */

#define FLOOD 2000

typedef struct
{
  guint n_in_turn;
  guint most_in_turn;
  guint n_all;
  gboolean done;
} Turns;

static DBusHandlerResult
count_message (DBusConnection *connection, DBusMessage *message, void *data)
{
  Turns *turns = data;

  if (!dbus_message_is_signal (message, "org.fram.Test1", "Flood"))
    return DBUS_HANDLER_RESULT_NOT_YET_HANDLED;
  turns->n_in_turn++;
  turns->n_all++;
  turns->most_in_turn = MAX (turns->most_in_turn, turns->n_in_turn);
  turns->done = turns->n_all == FLOOD;
  return DBUS_HANDLER_RESULT_HANDLED;
}

/* Another source of the same priority, ready in every turn. */
static gboolean
begin_turn (gpointer user_data)
{
  Turns *turns = user_data;

  turns->n_in_turn = 0;
  return G_SOURCE_CONTINUE;
}

/* A blocking call reads all that comes before its answer, so everything lies ready at once. */
static void
fill_queue (Fixture *fixture)
{
  DBusMessage *call = dbus_message_new_method_call (DBUS_SERVICE_DBUS, DBUS_PATH_DBUS,
                                                    DBUS_INTERFACE_PEER, "Ping");
  DBusMessage *answer;

  for (guint i = 0; i < FLOOD; i++)
    {
      DBusMessage *message
          = dbus_message_new_signal ("/org/fram/Test1", "org.fram.Test1", "Flood");

      dbus_message_set_destination (message,
                                    dbus_bus_get_unique_name (fixture->connection));
      dbus_connection_send (fixture->connection, message, NULL);
      dbus_message_unref (message);
    }
  answer
      = dbus_connection_send_with_reply_and_block (fixture->connection, call, -1, NULL);
  g_assert_nonnull (answer);
  dbus_message_unref (answer);
  dbus_message_unref (call);
}

static void
test_fairness (Fixture *fixture, gconstpointer data)
{
  Turns turns = { 0 };
  GSource *other = g_idle_source_new ();

  dbus_connection_add_filter (fixture->connection, count_message, &turns, NULL);
  fill_queue (fixture);
  g_source_set_priority (other, G_PRIORITY_DEFAULT);
  g_source_set_callback (other, begin_turn, &turns, NULL);
  g_source_attach (other, fixture->context);

  run_until (fixture, &turns.done);
  /* The other source may be looked at before or behind the connection's. */
  g_assert_cmpuint (turns.most_in_turn, >=, 32);
  g_assert_cmpuint (turns.most_in_turn, <=, 64);
  g_source_destroy (other);
  g_source_unref (other);
  dbus_connection_remove_filter (fixture->connection, count_message, &turns);
}

/* --- Wake-up, detach, end ---------------------------------------------------------- */

static gpointer
ping_from_thread (gpointer data)
{
  DBusConnection *connection = data;
  DBusMessage *message = dbus_message_new_method_call (
      dbus_bus_get_unique_name (connection), "/", "org.fram.Test1", "Wake");

  dbus_message_set_no_reply (message, TRUE);
  dbus_connection_send (connection, message, NULL);
  dbus_message_unref (message);
  return NULL;
}

static DBusHandlerResult
note_wake (DBusConnection *connection, DBusMessage *message, void *data)
{
  gboolean *woken = data;

  if (!dbus_message_is_method_call (message, "org.fram.Test1", "Wake"))
    return DBUS_HANDLER_RESULT_NOT_YET_HANDLED;
  *woken = TRUE;
  return DBUS_HANDLER_RESULT_HANDLED;
}

/* The loop waits in poll() when another thread sends through the connection. */
static void
test_other_thread (Fixture *fixture, gconstpointer data)
{
  gboolean woken = FALSE;
  GThread *thread;

  dbus_connection_add_filter (fixture->connection, note_wake, &woken, NULL);
  while (g_main_context_iteration (fixture->context, FALSE))
    ;
  thread = g_thread_new ("sender", ping_from_thread, fixture->connection);
  run_until (fixture, &woken);
  g_thread_join (thread);
  dbus_connection_remove_filter (fixture->connection, note_wake, &woken);
}

static void
test_attach_again (Fixture *fixture, gconstpointer data)
{
  gboolean answered;
  DBusPendingCall *pending;

  fram_bus_source_detach (fixture->source);
  pending = ping (fixture, DBUS_SERVICE_DBUS, -1, &answered);
  while (g_main_context_iteration (fixture->context, FALSE))
    ;
  g_assert_false (answered);

  /* What the connection knows already is served by the new source. */
  fixture->source = fram_bus_source_attach (fixture->connection, fixture->context);
  run_until (fixture, &answered);
  assert_answer (pending, NULL);
}

static DBusHandlerResult
note_end (DBusConnection *connection, DBusMessage *message, void *data)
{
  gboolean *ended = data;

  if (dbus_message_is_signal (message, DBUS_INTERFACE_LOCAL, "Disconnected"))
    *ended = TRUE;
  return DBUS_HANDLER_RESULT_NOT_YET_HANDLED;
}

/* The bus goes away: one message says so, and then the source is silent.  A descriptor left in
 * the poll set would report its hang-up for ever. */
static void
test_bus_gone (Fixture *fixture, gconstpointer data)
{
  gboolean ended = FALSE;
  gboolean answered;
  DBusPendingCall *pending = ping (fixture, "org.fram.Nobody", -1, &answered);

  dbus_connection_add_filter (fixture->connection, note_end, &ended, NULL);
  stop_daemon (fixture);
  run_until (fixture, &ended);
  run_until (fixture, &answered);
  dbus_pending_call_unref (pending);

  while (g_main_context_iteration (fixture->context, FALSE))
    ;
  g_assert_false (g_main_context_pending (fixture->context));
  g_assert_cmpint (g_source_get_ready_time (fixture->source), ==, -1);
  dbus_connection_remove_filter (fixture->connection, note_end, &ended);
}

static DBusHandlerResult
detach_inside (DBusConnection *connection, DBusMessage *message, void *data)
{
  Fixture *fixture = data;

  if (!dbus_message_is_method_call (message, "org.fram.Test1", "Wake"))
    return DBUS_HANDLER_RESULT_NOT_YET_HANDLED;
  fram_bus_source_detach (fixture->source);
  fixture->source = NULL;
  return DBUS_HANDLER_RESULT_HANDLED;
}

/* A handler may detach the source it runs in. */
static void
test_detach_inside (Fixture *fixture, gconstpointer data)
{
  dbus_connection_add_filter (fixture->connection, detach_inside, fixture, NULL);
  ping_from_thread (fixture->connection);
  while (fixture->source != NULL)
    g_main_context_iteration (fixture->context, TRUE);
  dbus_connection_remove_filter (fixture->connection, detach_inside, fixture);
  fixture->source = fram_bus_source_attach (fixture->connection, fixture->context);
}

int
main (int argc, char **argv)
{
  const struct
  {
    const char *path;
    void (*run) (Fixture *fixture, gconstpointer data);
  } cases[] = {
    { "/bus-source/call", test_call },
    { "/bus-source/timeout", test_timeout },
    { "/bus-source/fairness", test_fairness },
    { "/bus-source/other-thread", test_other_thread },
    { "/bus-source/attach-again", test_attach_again },
    { "/bus-source/bus-gone", test_bus_gone },
    { "/bus-source/detach-inside", test_detach_inside },
  };

  g_test_init (&argc, &argv, NULL);
  dbus_threads_init_default ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add (cases[i].path, Fixture, NULL, set_up, cases[i].run, tear_down);
  return g_test_run ();
}
