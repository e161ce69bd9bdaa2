/* libdbus keeps the tree of paths and gives each object its calls; everything from the
 * interface on is found here. */
#include "dbus/exporter-private.h"

#include "dbus/bus.h"
#include "dbus/call-private.h"
#include "dbus/memory.h"
#include "dbus/variant.h"

struct _FramExporter
{
  DBusConnection *connection;
  FramInterface *introspectable;
  FramInterface *properties;
  GHashTable *objects; /* path -> FramExported, owned by libdbus' tree */
  GHashTable *pending; /* see call-private.h */
  guint64 signals_dropped;
};

/* A method that a message asks for. */
typedef struct
{
  FramInterface *interface;
  const FramBoundMethod *method;
  gpointer object;
} Target;

static DBusHandlerResult on_message (DBusConnection *connection, DBusMessage *message,
                                     void *data);
static DBusHandlerResult on_stray (DBusConnection *connection, DBusMessage *message,
                                   void *data);

/* --- Objects ----------------------------------------------------------------------- */

FramExporter *
fram_exporter_new (DBusConnection *connection)
{
  static const DBusObjectPathVTable everywhere_else = { .message_function = on_stray };
  FramExporter *exporter = g_new0 (FramExporter, 1);

  exporter->connection = dbus_connection_ref (connection);
  exporter->introspectable = fram_interface_new (&fram_introspectable_table, NULL);
  exporter->properties = fram_interface_new (&fram_properties_table, NULL);
  g_assert (exporter->introspectable != NULL && exporter->properties != NULL);
  exporter->objects = g_hash_table_new (g_str_hash, g_str_equal);
  exporter->pending = fram_call_table_new ();
  fram_bus_require (
      dbus_connection_register_fallback (connection, "/", &everywhere_else, exporter));
  return exporter;
}

void
fram_exporter_free (FramExporter *exporter)
{
  g_autoptr (GList) all = NULL;

  if (exporter == NULL)
    return;

  all = g_hash_table_get_values (exporter->objects);
  for (GList *link = all; link != NULL; link = link->next)
    fram_exporter_remove (exporter, ((FramExported *) link->data)->path);
  dbus_connection_unregister_object_path (exporter->connection, "/");
  g_hash_table_unref (exporter->objects);
  g_hash_table_unref (exporter->pending);
  fram_interface_free (exporter->properties);
  fram_interface_free (exporter->introspectable);
  dbus_connection_unref (exporter->connection);
  g_free (exporter);
}

static void
on_unregistered (DBusConnection *connection, void *data)
{
  FramExported *exported = data;

  g_free (exported->path);
  g_free (exported);
}

gboolean
fram_exporter_add (FramExporter *exporter, const char *path,
                   FramInterface *const *interfaces, guint n_interfaces, gpointer object,
                   GError **error)
{
  static const DBusObjectPathVTable vtable = {
    .unregister_function = on_unregistered,
    .message_function = on_message,
  };
  FramExported *exported;

  g_assert (n_interfaces <= FRAM_EXPORTER_MAX_INTERFACES);
  if (g_hash_table_contains (exporter->objects, path))
    {
      g_set_error (error, FRAM_BUS_ERROR, FRAM_BUS_ERROR_PATH_TAKEN,
                   "There is an object at %s already", path);
      return FALSE;
    }

  exported = g_new0 (FramExported, 1);
  exported->exporter = exporter;
  exported->connection = exporter->connection;
  exported->path = g_strdup (path);
  exported->n_interfaces = n_interfaces;
  for (guint i = 0; i < n_interfaces; i++)
    {
      exported->interfaces[i] = interfaces[i];
      exported->objects[i] = object;
    }
  fram_bus_require (dbus_connection_register_object_path (exporter->connection, path,
                                                          &vtable, exported));
  g_hash_table_insert (exporter->objects, exported->path, exported);
  return TRUE;
}

void
fram_exporter_extend (FramExporter *exporter, const char *path, FramInterface *interface,
                      gpointer object)
{
  FramExported *exported = g_hash_table_lookup (exporter->objects, path);

  g_assert (exported != NULL && exported->n_interfaces < FRAM_EXPORTER_MAX_INTERFACES);
  exported->interfaces[exported->n_interfaces] = interface;
  exported->objects[exported->n_interfaces] = object;
  exported->n_interfaces++;
}

void
fram_exporter_remove (FramExporter *exporter, const char *path)
{
  g_autofree char *own_path = g_strdup (path);

  if (g_hash_table_remove (exporter->objects, own_path))
    dbus_connection_unregister_object_path (exporter->connection, own_path);
}

FramInterface *
fram_exported_find_interface (const FramExported *exported, const char *name,
                              gpointer *ret_object)
{
  for (guint i = 0; i < exported->n_interfaces; i++)
    {
      if (!g_str_equal (fram_interface_get_info (exported->interfaces[i])->name, name))
        continue;
      *ret_object = exported->objects[i];
      return exported->interfaces[i];
    }
  return NULL;
}

/* --- Calls ------------------------------------------------------------------------- */

static gboolean
try_interface (FramInterface *interface, gpointer object, const char *interface_name,
               const char *member, Target *ret_target)
{
  const FramBoundMethod *method;

  if (interface_name != NULL
      && !g_str_equal (fram_interface_get_info (interface)->name, interface_name))
    return FALSE;
  method = fram_interface_find_method (interface, member);
  if (method == NULL)
    return FALSE;
  *ret_target = (Target){ interface, method, object };
  return TRUE;
}

/* A message need not name the interface; then the first that has the method counts. */
static gboolean
find_target (FramExported *exported, DBusMessage *message, Target *ret_target)
{
  const char *interface_name = dbus_message_get_interface (message);
  const char *member = dbus_message_get_member (message);

  for (guint i = 0; i < exported->n_interfaces; i++)
    {
      if (try_interface (exported->interfaces[i], exported->objects[i], interface_name,
                         member, ret_target))
        return TRUE;
    }
  return try_interface (exported->exporter->introspectable, exported, interface_name,
                        member, ret_target)
         || try_interface (exported->exporter->properties, exported, interface_name,
                           member, ret_target);
}

static gboolean
has_interface (FramExported *exported, const char *name)
{
  gpointer object;

  return fram_exported_find_interface (exported, name, &object) != NULL
         || g_str_equal (name, DBUS_INTERFACE_INTROSPECTABLE)
         || g_str_equal (name, DBUS_INTERFACE_PROPERTIES);
}

static void
refuse_unknown (FramExported *exported, DBusMessage *message)
{
  const char *interface_name = dbus_message_get_interface (message);

  if (interface_name != NULL && !has_interface (exported, interface_name))
    fram_call_refuse (exported->connection, message, DBUS_ERROR_UNKNOWN_INTERFACE,
                      "There is no interface “%s” at %s", interface_name, exported->path);
  else
    fram_call_refuse (exported->connection, message, DBUS_ERROR_UNKNOWN_METHOD,
                      "There is no method “%s” at %s", dbus_message_get_member (message),
                      exported->path);
}

static FramCall *
open_call (FramExported *exported, DBusMessage *message, const Target *target,
           GVariant **ret_arguments)
{
  FramVariantResult result;
  GUnixFDList *fds;
  FramCall *call;

  result = fram_variant_from_message (message, ret_arguments, &fds);
  if (result != FRAM_VARIANT_OK)
    {
      fram_call_refuse (exported->connection, message, DBUS_ERROR_INVALID_ARGS, "%s",
                        fram_variant_result_to_text (result));
      return NULL;
    }
  call = fram_call_new (exported->connection, message, target->method->reply_type, fds,
                        exported->exporter->pending);
  if (call == NULL)
    {
      g_clear_pointer (ret_arguments, g_variant_unref);
      fram_call_refuse (exported->connection, message, DBUS_ERROR_LIMITS_EXCEEDED,
                        "%d calls of this application wait for an answer already",
                        FRAM_CALL_MAX_PENDING);
    }
  return call;
}

static DBusHandlerResult
on_message (DBusConnection *connection, DBusMessage *message, void *data)
{
  FramExported *exported = data;
  const char *sender = dbus_message_get_sender (message);
  g_autoptr (GVariant) arguments = NULL;
  Target target;
  FramCall *call;

  if (dbus_message_get_type (message) != DBUS_MESSAGE_TYPE_METHOD_CALL)
    return DBUS_HANDLER_RESULT_NOT_YET_HANDLED;

  if (!find_target (exported, message, &target))
    refuse_unknown (exported, message);
  else if (!fram_interface_may_use (target.interface, target.object,
                                    sender != NULL ? sender : ""))
    fram_call_refuse (connection, message, DBUS_ERROR_ACCESS_DENIED,
                      "%s belongs to another application", exported->path);
  else if (!dbus_message_has_signature (message, target.method->signature))
    fram_call_refuse (connection, message, DBUS_ERROR_INVALID_ARGS,
                      "%s takes arguments of type “%s”, not “%s”",
                      dbus_message_get_member (message), target.method->signature,
                      dbus_message_get_signature (message));
  else
    {
      call = open_call (exported, message, &target, &arguments);
      /* The handler may remove the object. */
      if (call != NULL)
        fram_interface_admit (target.interface, call, arguments, target.object,
                              target.method->handler, target.object);
    }
  return DBUS_HANDLER_RESULT_HANDLED;
}

/* A call to a path at which nothing is.  libdbus itself would say that the method is unknown,
 * which tells the caller of a session that has ended the wrong thing. */
static DBusHandlerResult
on_stray (DBusConnection *connection, DBusMessage *message, void *data)
{
  if (dbus_message_get_type (message) != DBUS_MESSAGE_TYPE_METHOD_CALL
      || dbus_message_is_method_call (message, DBUS_INTERFACE_INTROSPECTABLE,
                                      "Introspect"))
    return DBUS_HANDLER_RESULT_NOT_YET_HANDLED;
  fram_call_refuse (connection, message, DBUS_ERROR_UNKNOWN_OBJECT,
                    "There is no object at %s", dbus_message_get_path (message));
  return DBUS_HANDLER_RESULT_HANDLED;
}

/* --- Signals ----------------------------------------------------------------------- */

static gboolean
is_signal_of (const FramInterface *interface, const char *name, GVariant *body)
{
  const GDBusInterfaceInfo *info = fram_interface_get_info (interface);
  const GDBusSignalInfo *signal
      = g_dbus_interface_info_lookup_signal ((GDBusInterfaceInfo *) info, name);
  const GVariantType *type;

  if (signal == NULL)
    return FALSE;
  type = g_variant_type_first (g_variant_get_type (body));
  for (guint i = 0; signal->args != NULL && signal->args[i] != NULL; i++)
    {
      if (type == NULL
          || !g_variant_type_equal (type, G_VARIANT_TYPE (signal->args[i]->signature)))
        return FALSE;
      type = g_variant_type_next (type);
    }
  return type == NULL;
}

gboolean
fram_exporter_signal (FramExporter *exporter, const char *destination, const char *path,
                      const FramInterface *interface, const char *name, GVariant *body)
{
  g_autoptr (GVariant) tuple
      = g_variant_ref_sink (body != NULL ? body : g_variant_new_tuple (NULL, 0));
  DBusMessage *message;
  gboolean sent = FALSE;

  g_assert (is_signal_of (interface, name, tuple));
  if (dbus_connection_get_outgoing_size (exporter->connection) > FRAM_EXPORTER_HIGH_WATER)
    {
      exporter->signals_dropped++;
      return FALSE;
    }

  message
      = dbus_message_new_signal (path, fram_interface_get_info (interface)->name, name);
  fram_bus_require (message != NULL
                    && dbus_message_set_destination (message, destination));
  if (fram_variant_to_message (message, tuple, NULL) == FRAM_VARIANT_OK)
    sent = dbus_connection_send (exporter->connection, message, NULL);
  else
    exporter->signals_dropped++;
  dbus_message_unref (message);
  return sent;
}

guint64
fram_exporter_get_signals_dropped (FramExporter *exporter)
{
  return exporter->signals_dropped;
}
