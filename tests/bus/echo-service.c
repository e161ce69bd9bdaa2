/* A small service on dbus/, for its tests: org.fram.Test1 at /org/fram/Test1, at
 * /org/fram/Test1/brief, which may vanish, and at /org/fram/Test1/locked, which nobody may
 * use. */
#include <gio/gio.h>
#include <glib-unix.h>
#include <stdio.h>
#include <stdlib.h>

#include "dbus/bus.h"
#include "dbus/exporter.h"
#include "test-info.h"

#define ROOT "/org/fram/Test1"
#define HUGE_BYTES (80 * 1024 * 1024)

typedef struct
{
  FramExporter *exporter;
  FramInterface *interface;
  GQueue waiting; /* FramCall */
  char *text;
  char *burst_to;
  guint burst_count;
  guint burst_size;
} Service;

typedef struct
{
  Service *service;
  const char *path;
  gboolean locked;
} Object;

static void
echo (FramCall *call, GVariant *arguments, gpointer object)
{
  fram_call_return_fds (call, arguments, fram_call_get_fds (call));
}

static void
count_fds (FramCall *call, GVariant *arguments, gpointer object)
{
  g_autoptr (GDir) folder = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (folder) != NULL)
    n++;
  fram_call_return (call, g_variant_new ("(u)", n));
}

static void
wait_for_release (FramCall *call, GVariant *arguments, gpointer data)
{
  Object *object = data;

  g_queue_push_tail (&object->service->waiting, call);
}

static void
release (FramCall *call, GVariant *arguments, gpointer data)
{
  Object *object = data;
  FramCall *waiting;
  guint n = 0;

  while ((waiting = g_queue_pop_head (&object->service->waiting)) != NULL)
    {
      fram_call_return (waiting, NULL);
      n++;
    }
  fram_call_return (call, g_variant_new ("(u)", n));
}

static void
misbehave (FramCall *call, GVariant *arguments, gpointer object)
{
  const char *how;
  GVariant *value;

  g_variant_get (arguments, "(&s)", &how);
  if (g_str_equal (how, "maybe"))
    value = g_variant_new_maybe (G_VARIANT_TYPE_STRING, NULL);
  else if (g_str_equal (how, "unit"))
    value = g_variant_new_tuple (NULL, 0);
  else
    {
      g_autofree guint8 *bytes = g_malloc0 (HUGE_BYTES);

      value = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, HUGE_BYTES, 1);
    }
  fram_call_return (call, g_variant_new ("(v)", value));
}

static void
fail (FramCall *call, GVariant *arguments, gpointer object)
{
  g_autoptr (GVariant) bytes = NULL;
  g_autofree char *text = NULL;
  const char *name;
  gsize length;
  const char *data;

  g_variant_get (arguments, "(&s@ay)", &name, &bytes);
  data = g_variant_get_fixed_array (bytes, &length, 1);
  text = g_strndup (data, length);
  fram_call_fail (call, name, "%s", text);
}

static guint
send_burst (Service *service, const char *to, guint count, guint size)
{
  g_autofree guint8 *bytes = g_malloc0 (size + 1);
  guint n_sent = 0;

  for (guint i = 0; i < count; i++)
    {
      GVariant *noise = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, size, 1);

      n_sent += fram_exporter_signal (service->exporter, to, ROOT, service->interface,
                                      "Noise", g_variant_new ("(@ay)", noise));
    }
  return n_sent;
}

static void
burst (FramCall *call, GVariant *arguments, gpointer data)
{
  Object *object = data;
  guint count, size;

  g_variant_get (arguments, "(uu)", &count, &size);
  count = send_burst (object->service, fram_call_get_sender (call), count, size);
  fram_call_return (call, g_variant_new ("(u)", count));
}

static void
burst_on_signal (FramCall *call, GVariant *arguments, gpointer data)
{
  Object *object = data;
  Service *service = object->service;

  g_free (service->burst_to);
  service->burst_to = g_strdup (fram_call_get_sender (call));
  g_variant_get (arguments, "(uu)", &service->burst_count, &service->burst_size);
  fram_call_return (call, NULL);
}

static gboolean
on_user_signal (gpointer user_data)
{
  Service *service = user_data;
  guint n_sent = send_burst (service, service->burst_to, service->burst_count,
                             service->burst_size);

  g_print ("sent %u, dropped %" G_GUINT64_FORMAT "\n", n_sent,
           fram_exporter_get_signals_dropped (service->exporter));
  return G_SOURCE_CONTINUE;
}

static void
vanish (FramCall *call, GVariant *arguments, gpointer data)
{
  Object *object = data;

  fram_exporter_remove (object->service->exporter, object->path);
  fram_call_return (call, NULL);
}

static GVariant *
get_text (gpointer data)
{
  const Object *object = data;

  return g_variant_new_string (object->service->text);
}

static void
set_text (FramCall *call, GVariant *value, gpointer data)
{
  Object *object = data;

  g_free (object->service->text);
  object->service->text = g_variant_dup_string (value, NULL);
  fram_call_return (call, NULL);
}

static GVariant *
get_number (gpointer object)
{
  return g_variant_new_uint32 (42);
}

static void
set_password (FramCall *call, GVariant *value, gpointer object)
{
  fram_call_return (call, NULL);
}

static gboolean
is_unlocked (gpointer data, const char *sender)
{
  const Object *object = data;

  return !object->locked;
}

static const FramMethod methods[] = {
  { "Echo", echo },
  { "EchoFds", echo },
  { "CountFds", count_fds },
  { "Wait", wait_for_release },
  { "Release", release },
  { "Misbehave", misbehave },
  { "Fail", fail },
  { "Burst", burst },
  { "BurstOnSignal", burst_on_signal },
  { "Vanish", vanish },
  { NULL, NULL },
};

static const FramProperty properties[] = {
  { "Text", get_text, set_text },
  { "Number", get_number, NULL },
  { "Password", NULL, set_password },
  { NULL, NULL, NULL },
};

static const FramInterfaceTable table = {
  .info = &org_fram_test1_interface,
  .methods = methods,
  .properties = properties,
  .access = is_unlocked,
};

static void
on_bus_lost (gpointer user_data)
{
  g_main_loop_quit (user_data);
}

static gboolean
on_stop (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

int
main (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (FramBus) bus = fram_bus_open (on_bus_lost, loop, &error);
  g_autoptr (FramInterface) interface = fram_interface_new (&table, &error);
  g_autoptr (FramExporter) exporter = NULL;
  Service service = { .interface = interface, .waiting = G_QUEUE_INIT };
  Object objects[] = {
    { &service, ROOT, FALSE },
    { &service, ROOT "/brief", FALSE },
    { &service, ROOT "/locked", TRUE },
  };

  g_assert_no_error (error);
  exporter = service.exporter = fram_exporter_new (fram_bus_get_connection (bus));
  service.text = g_strdup ("nothing");
  for (guint i = 0; i < G_N_ELEMENTS (objects); i++)
    fram_exporter_add (exporter, objects[i].path, &service.interface, 1, &objects[i],
                       &error);
  g_assert_no_error (error);
  fram_bus_request_name (bus, "org.fram.Test1", &error);
  g_assert_no_error (error);
  g_unix_signal_add (SIGUSR1, on_user_signal, &service);
  g_unix_signal_add (SIGTERM, on_stop, loop);
  setvbuf (stdout, NULL, _IOLBF, 0);

  g_print ("ready\n");
  g_main_loop_run (loop);
  g_free (service.text);
  g_free (service.burst_to);
  return EXIT_SUCCESS;
}
