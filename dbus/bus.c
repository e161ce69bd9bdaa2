/* A private connection, because libdbus would end the process with the shared one; that is
 * for the owner to do, who can say goodbye to the sessions' data first. */
#include "dbus/bus.h"

#include "dbus/bus-source.h"
#include "dbus/memory.h"

/* Above this, libdbus reads no more until handlers have caught up.  The size of a single
 * message stays unlimited: over that limit libdbus would leave the bus. */
#define MAX_RECEIVED_BYTES (4 * 1024 * 1024)

struct _FramBus
{
  DBusConnection *connection;
  GSource *source;
  FramBusLost lost;
  gpointer user_data;
};

G_DEFINE_QUARK (fram - bus - error - quark, fram_bus_error)

static DBusHandlerResult
on_message (DBusConnection *connection, DBusMessage *message, void *data)
{
  FramBus *bus = data;

  if (dbus_message_is_signal (message, DBUS_INTERFACE_LOCAL, "Disconnected")
      && dbus_message_has_path (message, DBUS_PATH_LOCAL))
    bus->lost (bus->user_data);
  return DBUS_HANDLER_RESULT_NOT_YET_HANDLED;
}

FramBus *
fram_bus_open (FramBusLost lost, gpointer user_data, GError **error)
{
  FramBus *bus;
  DBusConnection *connection;
  DBusError failure = DBUS_ERROR_INIT;

  connection = dbus_bus_get_private (DBUS_BUS_SESSION, &failure);
  if (connection == NULL)
    {
      g_autofree char *reason = g_utf8_make_valid (failure.message, -1);

      g_set_error (error, FRAM_BUS_ERROR, FRAM_BUS_ERROR_NO_BUS,
                   "There is no session bus: %s", reason);
      dbus_error_free (&failure);
      return NULL;
    }

  dbus_connection_set_exit_on_disconnect (connection, FALSE);
  dbus_connection_set_max_received_size (connection, MAX_RECEIVED_BYTES);

  bus = g_new0 (FramBus, 1);
  bus->connection = connection;
  bus->lost = lost;
  bus->user_data = user_data;
  bus->source = fram_bus_source_attach (connection, NULL);
  fram_bus_require (dbus_connection_add_filter (connection, on_message, bus, NULL));
  return bus;
}

static gboolean
on_linger_over (gpointer user_data)
{
  gboolean *over = user_data;

  *over = TRUE;
  return G_SOURCE_CONTINUE;
}

static void
linger (FramBus *bus)
{
  gboolean over = FALSE;
  guint timer
      = g_timeout_add (FRAM_BUS_LINGER / G_TIME_SPAN_MILLISECOND, on_linger_over, &over);

  while (!over && dbus_connection_has_messages_to_send (bus->connection))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timer);
}

void
fram_bus_free (FramBus *bus)
{
  if (bus == NULL)
    return;

  dbus_connection_remove_filter (bus->connection, on_message, bus);
  if (dbus_connection_get_is_connected (bus->connection))
    linger (bus);
  fram_bus_source_detach (bus->source);
  dbus_connection_close (bus->connection);
  dbus_connection_unref (bus->connection);
  g_free (bus);
}

DBusConnection *
fram_bus_get_connection (FramBus *bus)
{
  return bus->connection;
}

gboolean
fram_bus_request_name (FramBus *bus, const char *name, GError **error)
{
  DBusError failure = DBUS_ERROR_INIT;
  int answer = dbus_bus_request_name (bus->connection, name, DBUS_NAME_FLAG_DO_NOT_QUEUE,
                                      &failure);

  if (answer == DBUS_REQUEST_NAME_REPLY_PRIMARY_OWNER)
    return TRUE;

  if (dbus_error_is_set (&failure))
    {
      g_autofree char *reason = g_utf8_make_valid (failure.message, -1);

      g_set_error (error, FRAM_BUS_ERROR, FRAM_BUS_ERROR_NAME_TAKEN,
                   "The name %s cannot be owned: %s", name, reason);
      dbus_error_free (&failure);
    }
  else
    g_set_error (error, FRAM_BUS_ERROR, FRAM_BUS_ERROR_NAME_TAKEN,
                 "The name %s is owned by another process: Fram is running already",
                 name);
  return FALSE;
}
