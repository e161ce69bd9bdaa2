#include "dbus/interface.h"

#include "dbus/bus.h"

struct _FramInterface
{
  const FramInterfaceTable *table;
  GHashTable *methods;    /* name -> FramBoundMethod */
  GHashTable *properties; /* name -> const FramProperty */
};

static void
bound_method_free (gpointer data)
{
  FramBoundMethod *method = data;

  g_free (method->signature);
  g_free (method->reply_type);
  g_free (method);
}

static char *
join_types (GDBusArgInfo *const *arguments)
{
  GString *types = g_string_new (NULL);

  for (guint i = 0; arguments != NULL && arguments[i] != NULL; i++)
    g_string_append (types, arguments[i]->signature);
  return g_string_free (types, FALSE);
}

static void
bind_methods (FramInterface *interface)
{
  const FramMethod *method = interface->table->methods;

  for (; method != NULL && method->name != NULL; method++)
    {
      GDBusMethodInfo *info = g_dbus_interface_info_lookup_method (
          (GDBusInterfaceInfo *) interface->table->info, method->name);
      FramBoundMethod *bound = g_new0 (FramBoundMethod, 1);
      g_autofree char *returned = join_types (info != NULL ? info->out_args : NULL);

      bound->handler = method->handler;
      bound->signature = join_types (info != NULL ? info->in_args : NULL);
      bound->reply_type = g_strdup_printf ("(%s)", returned);
      g_hash_table_insert (interface->methods, (gpointer) method->name, bound);
    }
}

static void
bind_properties (FramInterface *interface)
{
  const FramProperty *property = interface->table->properties;

  for (; property != NULL && property->name != NULL; property++)
    g_hash_table_insert (interface->properties, (gpointer) property->name,
                         (gpointer) property);
}

static gboolean
incomplete (FramInterface *interface, const char *what, const char *name, GError **error)
{
  g_set_error (error, FRAM_BUS_ERROR, FRAM_BUS_ERROR_INCOMPLETE,
               "%s.%s: the description and its handlers do not agree on this %s",
               interface->table->info->name, name, what);
  return FALSE;
}

static gboolean
check_methods (FramInterface *interface, GError **error)
{
  GDBusMethodInfo *const *infos = interface->table->info->methods;
  guint n_described = 0;

  for (; infos != NULL && infos[n_described] != NULL; n_described++)
    {
      const char *name = infos[n_described]->name;
      const FramBoundMethod *method = g_hash_table_lookup (interface->methods, name);

      if (method == NULL || method->handler == NULL)
        return incomplete (interface, "method", name, error);
    }
  if (n_described != g_hash_table_size (interface->methods))
    return incomplete (interface, "set of methods", "*", error);
  return TRUE;
}

static gboolean
check_properties (FramInterface *interface, GError **error)
{
  GDBusPropertyInfo *const *infos = interface->table->info->properties;
  guint n_described = 0;

  for (; infos != NULL && infos[n_described] != NULL; n_described++)
    {
      const GDBusPropertyInfo *info = infos[n_described];
      const FramProperty *property
          = g_hash_table_lookup (interface->properties, info->name);
      gboolean readable = (info->flags & G_DBUS_PROPERTY_INFO_FLAGS_READABLE) != 0;
      gboolean writable = (info->flags & G_DBUS_PROPERTY_INFO_FLAGS_WRITABLE) != 0;

      if (property == NULL || (property->get != NULL) != readable
          || (property->set != NULL) != writable)
        return incomplete (interface, "property", info->name, error);
    }
  if (n_described != g_hash_table_size (interface->properties))
    return incomplete (interface, "set of properties", "*", error);
  return TRUE;
}

FramInterface *
fram_interface_new (const FramInterfaceTable *table, GError **error)
{
  g_autoptr (FramInterface) interface = g_new0 (FramInterface, 1);

  interface->table = table;
  interface->methods
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, bound_method_free);
  interface->properties = g_hash_table_new (g_str_hash, g_str_equal);
  bind_methods (interface);
  bind_properties (interface);
  if (!check_methods (interface, error) || !check_properties (interface, error))
    return NULL;
  return g_steal_pointer (&interface);
}

void
fram_interface_free (FramInterface *interface)
{
  if (interface == NULL)
    return;
  g_hash_table_unref (interface->methods);
  g_hash_table_unref (interface->properties);
  g_free (interface);
}

const GDBusInterfaceInfo *
fram_interface_get_info (const FramInterface *interface)
{
  return interface->table->info;
}

gboolean
fram_interface_may_use (const FramInterface *interface, gpointer object,
                        const char *sender)
{
  return interface->table->access == NULL || interface->table->access (object, sender);
}

void
fram_interface_admit (const FramInterface *interface, FramCall *call, GVariant *arguments,
                      gpointer object, FramMethodHandler handler, gpointer data)
{
  if (interface->table->guard != NULL)
    interface->table->guard (call, arguments, object, handler, data);
  else
    handler (call, arguments, data);
}

const FramBoundMethod *
fram_interface_find_method (const FramInterface *interface, const char *name)
{
  return g_hash_table_lookup (interface->methods, name);
}

const FramProperty *
fram_interface_find_property (const FramInterface *interface, const char *name)
{
  return g_hash_table_lookup (interface->properties, name);
}
