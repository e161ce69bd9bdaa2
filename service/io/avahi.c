#include "io/avahi.h"

#include "io/avahi-private.h"

#define NAME "org.freedesktop.Avahi"

/* --- Calls ------------------------------------------------------------------------- */

void
fram_avahi_call (FramAvahi *avahi, const char *path, const char *interface,
                 const char *method, GVariant *arguments, const char *reply_type,
                 GAsyncReadyCallback answer, gpointer user_data)
{
  g_main_context_push_thread_default (avahi->context);
  g_dbus_connection_call (avahi->bus, avahi->owner, path, interface, method, arguments,
                          reply_type != NULL ? G_VARIANT_TYPE (reply_type) : NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, FRAM_AVAHI_PATIENCE,
                          answer != NULL ? avahi->cancellable : NULL, answer, user_data);
  g_main_context_pop_thread_default (avahi->context);
}

void
fram_avahi_free_object (FramAvahi *avahi, const char *interface, const char *path)
{
  /* With Avahi, all of them have gone. */
  if (avahi->owner != NULL)
    fram_avahi_call (avahi, path, interface, "Free", NULL, NULL, NULL, NULL);
}

guint
fram_avahi_subscribe (FramAvahi *avahi, const char *interface, const char *signal,
                      GDBusSignalCallback callback)
{
  guint subscription;

  g_main_context_push_thread_default (avahi->context);
  subscription = g_dbus_connection_signal_subscribe (
      avahi->bus, avahi->owner, interface, signal, NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
      callback, avahi, NULL);
  g_main_context_pop_thread_default (avahi->context);
  return subscription;
}

/* --- Whether it runs --------------------------------------------------------------- */

static void
set_problem (FramAvahi *avahi, char *problem)
{
  g_free (avahi->problem);
  avahi->problem = problem;
}

/* Nothing is found, and nothing published. */
static void
do_without (FramAvahi *avahi, char *problem)
{
  set_problem (avahi, problem);
  fram_avahi_end_lookups (avahi);
  fram_avahi_end_names (avahi);
}

static void
leave (FramAvahi *avahi)
{
  for (guint i = 0; i < G_N_ELEMENTS (avahi->subscriptions); i++)
    if (avahi->subscriptions[i] != 0)
      g_dbus_connection_signal_unsubscribe (avahi->bus, avahi->subscriptions[i]);
  memset (avahi->subscriptions, 0, sizeof avahi->subscriptions);
  g_clear_pointer (&avahi->owner, g_free);
}

static void
on_appeared (GDBusConnection *bus, const char *name, const char *owner,
             gpointer user_data)
{
  FramAvahi *avahi = user_data;

  avahi->is_known = TRUE;
  avahi->owner = g_strdup (owner);
  set_problem (avahi, NULL);
  fram_avahi_begin_lookups (avahi);
  fram_avahi_begin_names (avahi);
}

static void
on_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  FramAvahi *avahi = user_data;

  leave (avahi);
  avahi->is_known = TRUE;
  do_without (avahi, g_strdup ("Avahi (avahi-daemon) does not run on this computer."));
}

/* --- The system bus ---------------------------------------------------------------- */

static void
disconnect (FramAvahi *avahi)
{
  if (avahi->bus == NULL)
    return;
  leave (avahi);
  g_bus_unwatch_name (avahi->watch);
  g_signal_handler_disconnect (avahi->bus, avahi->on_closed);
  g_clear_object (&avahi->bus);
  avahi->is_known = FALSE;
}

/* It is connected to again when there is something to ask. */
static void
on_closed (GDBusConnection *bus, gboolean remote_vanished, GError *error,
           gpointer user_data)
{
  FramAvahi *avahi = user_data;

  disconnect (avahi);
  do_without (avahi, g_strdup ("The system bus, by which Avahi is asked, is gone."));
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus = g_dbus_connection_new_for_address_finish (result, &error);
  FramAvahi *avahi = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  avahi->connecting = FALSE;
  if (bus == NULL)
    {
      do_without (avahi,
                  g_strdup_printf ("Avahi cannot be asked: there is no system bus (%s).",
                                   error->message));
      return;
    }
  avahi->bus = bus;
  g_main_context_push_thread_default (avahi->context);
  avahi->on_closed = g_signal_connect (bus, "closed", G_CALLBACK (on_closed), avahi);
  avahi->watch = g_bus_watch_name_on_connection (bus, NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                 on_appeared, on_vanished, avahi, NULL);
  g_main_context_pop_thread_default (avahi->context);
}

/* A connection of its own: one that is shared would end the service when it is lost. */
static void
connect_bus (FramAvahi *avahi)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *address
      = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SYSTEM, NULL, &error);

  if (address == NULL)
    {
      do_without (avahi, g_strdup_printf ("Avahi cannot be asked: %s", error->message));
      return;
    }
  avahi->connecting = TRUE;
  g_main_context_push_thread_default (avahi->context);
  g_dbus_connection_new_for_address (address,
                                     G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                         | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                     NULL, avahi->cancellable, on_connected, avahi);
  g_main_context_pop_thread_default (avahi->context);
}

void
fram_avahi_need (FramAvahi *avahi)
{
  if (avahi->bus == NULL && !avahi->connecting)
    connect_bus (avahi);
}

/* --- Its life ---------------------------------------------------------------------- */

FramAvahi *
fram_avahi_new (GMainContext *context, const FramAvahiListener *listener,
                gpointer user_data)
{
  FramAvahi *avahi = g_new0 (FramAvahi, 1);

  avahi->context = g_main_context_ref (context);
  avahi->listener = listener;
  avahi->user_data = user_data;
  avahi->cancellable = g_cancellable_new ();
  fram_avahi_init_lookups (avahi);
  fram_avahi_init_names (avahi);
  return avahi;
}

void
fram_avahi_free (FramAvahi *avahi)
{
  if (avahi == NULL)
    return;
  g_cancellable_cancel (avahi->cancellable);
  fram_avahi_clear_lookups (avahi);
  fram_avahi_clear_names (avahi);
  disconnect (avahi);
  g_object_unref (avahi->cancellable);
  g_main_context_unref (avahi->context);
  g_free (avahi->problem);
  g_free (avahi);
}

const char *
fram_avahi_get_problem (const FramAvahi *avahi)
{
  return avahi->problem;
}

void
fram_avahi_forget (FramAvahi *avahi, FramNameId name)
{
  fram_avahi_forget_lookup (avahi, name);
  fram_avahi_forget_name (avahi, name);
}
