/* start-up: how long framd takes until it is of use, and what it needs then, COUNT times one after
 * the other; without FRAMD, dbus-daemon as far as that has the like.  All times are from before the
 * program is executed. */
#include "figures.h"
#include "gathered-session.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAME "org.fram.Ice1"
#define BUS "org.freedesktop.DBus"

typedef struct
{
  pid_t pid;
  int output; /* what it writes */
  gint64 began;
} Program;

/* In the child: it ends with us, however we end. */
static void
bind_to_parent (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static Program
begin (const char *const *command)
{
  Program program = { .began = g_get_monotonic_time () };
  g_autoptr (GError) error = NULL;

  if (!g_spawn_async_with_pipes (
          NULL, (char **) command, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH,
          bind_to_parent, NULL, &program.pid, NULL, &program.output, NULL, &error))
    g_error ("%s", error->message);
  return program;
}

static void
end (Program *program)
{
  int status = 0;

  kill (program->pid, SIGTERM);
  if (waitpid (program->pid, &status, 0) != program->pid
      || (WIFEXITED (status) ? WEXITSTATUS (status) != 0 : WTERMSIG (status) != SIGTERM))
    g_error ("What was started has ended badly");
  close (program->output);
}

static void
write_time (const char *name, const Program *program)
{
  figures_write (name, (g_get_monotonic_time () - program->began) / 1000.0, "ms");
}

static void
write_memory (const Program *program)
{
  figures_write ("memory", figures_resident_memory (program->pid), "B");
  figures_write ("memory-anonymous", figures_anonymous_memory (program->pid), "B");
}

static void
on_owner_changed (GDBusConnection *connection, const char *sender, const char *path,
                  const char *interface, const char *signal, GVariant *parameters,
                  gpointer user_data)
{
  gboolean *is_owned = user_data;
  const char *owner;

  g_variant_get (parameters, "(&s&s&s)", NULL, NULL, &owner);
  *is_owned = *owner != '\0';
}

/* A call that the bus answers itself: then it has read all that was sent to it before. */
static void
catch_up_with_bus (GDBusConnection *connection)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) id = g_dbus_connection_call_sync (
      connection, BUS, "/org/freedesktop/DBus", BUS, "GetId", NULL, NULL,
      G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

  if (id == NULL)
    g_error ("%s", error->message);
}

static void
start_framd (GDBusConnection *connection, const gboolean *is_owned, const char *path)
{
  Program program = begin ((const char *[]){ path, NULL });
  g_autoptr (GError) error = NULL;

  while (!*is_owned)
    g_main_context_iteration (NULL, TRUE);
  write_time ("named", &program);

  g_autoptr (FramClient) client = fram_client_new_sync (connection, NULL, &error);

  if (client == NULL)
    g_error ("%s", error->message);
  write_time ("answered", &program);
  write_memory (&program);

  g_autoptr (FramSession) session = gathered_session_open (client, FALSE);

  write_time ("gathered", &program);
  end (&program);
  while (*is_owned)
    g_main_context_iteration (NULL, TRUE);
}

static void
measure_framd (guint count, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection
      = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  gboolean is_owned = FALSE;

  if (connection == NULL)
    g_error ("%s", error->message);

  guint subscription = g_dbus_connection_signal_subscribe (
      connection, BUS, BUS, "NameOwnerChanged", NULL, NAME, G_DBUS_SIGNAL_FLAGS_NONE,
      on_owner_changed, &is_owned, NULL);

  catch_up_with_bus (connection);
  for (guint i = 0; i < count; i++)
    start_framd (connection, &is_owned, path);
  g_dbus_connection_signal_unsubscribe (connection, subscription);
}

/* Return: (transfer full): the first line that it writes. */
static char *
read_line (const Program *program)
{
  g_autoptr (GIOChannel) channel = g_io_channel_unix_new (program->output);
  g_autoptr (GError) error = NULL;
  char *line = NULL;

  if (g_io_channel_read_line (channel, &line, NULL, NULL, &error) != G_IO_STATUS_NORMAL)
    g_error ("dbus-daemon does not tell its address");
  return g_strchomp (line);
}

static void
start_dbus_daemon (void)
{
  Program program = begin ((const char *[]){ "dbus-daemon", "--session", "--nofork",
                                             "--print-address=1", NULL });
  g_autofree char *address = read_line (&program);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_dbus_connection_new_for_address_sync (
      address,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);

  if (connection == NULL)
    g_error ("%s", error->message);
  write_time ("answered", &program);
  write_memory (&program);
  if (!g_dbus_connection_close_sync (connection, NULL, &error))
    g_error ("%s", error->message);
  end (&program);
}

int
main (int argc, char **argv)
{
  guint count = argc >= 2 ? (guint) g_ascii_strtoull (argv[1], NULL, 10) : 0;

  if (count == 0 || argc > 3)
    {
      g_printerr ("usage: start-up COUNT [FRAMD]\n");
      return 2;
    }
  figures_bound_time (120);
  if (argc == 3)
    measure_framd (count, argv[2]);
  for (guint i = 0; argc == 2 && i < count; i++)
    start_dbus_daemon ();
  return 0;
}
