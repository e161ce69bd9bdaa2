/* org.freedesktop.DBus.Properties, answered from the tables of an object's interfaces. */
#include "dbus/exporter-private.h"

#include "dbus/standard-info.h"

/* Return: the interface, if the object has it and the caller may use it; else the call has
 * been answered. */
static FramInterface *
open_interface (FramCall *call, FramExported *exported, const char *name,
                gpointer *ret_object)
{
  FramInterface *interface = fram_exported_find_interface (exported, name, ret_object);

  if (interface == NULL)
    fram_call_fail (call, DBUS_ERROR_UNKNOWN_INTERFACE,
                    "There is no interface “%s” at %s", name, exported->path);
  else if (!fram_interface_may_use (interface, *ret_object, fram_call_get_sender (call)))
    {
      fram_call_fail (call, DBUS_ERROR_ACCESS_DENIED, "%s belongs to another application",
                      exported->path);
      interface = NULL;
    }
  return interface;
}

static const FramProperty *
open_property (FramCall *call, FramInterface *interface, const char *name)
{
  const FramProperty *property = fram_interface_find_property (interface, name);

  if (property == NULL)
    fram_call_fail (call, DBUS_ERROR_UNKNOWN_PROPERTY, "There is no property “%s”", name);
  return property;
}

static void
get (FramCall *call, GVariant *arguments, gpointer object)
{
  FramExported *exported = object;
  FramInterface *interface;
  const FramProperty *property;
  const char *interface_name, *name;
  gpointer target;

  g_variant_get (arguments, "(&s&s)", &interface_name, &name);
  interface = open_interface (call, exported, interface_name, &target);
  if (interface == NULL)
    return;
  property = open_property (call, interface, name);
  if (property == NULL)
    return;
  if (property->get == NULL)
    fram_call_fail (call, DBUS_ERROR_INVALID_ARGS, "The property “%s” cannot be read",
                    name);
  else
    fram_call_return (call, g_variant_new ("(v)", property->get (target)));
}

static void
get_all (FramCall *call, GVariant *arguments, gpointer object)
{
  FramExported *exported = object;
  GDBusPropertyInfo *const *infos;
  GVariantBuilder values;
  FramInterface *interface;
  const char *interface_name;
  gpointer target;

  g_variant_get (arguments, "(&s)", &interface_name);
  interface = open_interface (call, exported, interface_name, &target);
  if (interface == NULL)
    return;

  g_variant_builder_init (&values, G_VARIANT_TYPE_VARDICT);
  infos = fram_interface_get_info (interface)->properties;
  for (; infos != NULL && *infos != NULL; infos++)
    {
      const FramProperty *property
          = fram_interface_find_property (interface, (*infos)->name);

      if (property->get != NULL)
        g_variant_builder_add (&values, "{sv}", property->name, property->get (target));
    }
  fram_call_return (call, g_variant_new ("(a{sv})", &values));
}

static void
set (FramCall *call, GVariant *arguments, gpointer object)
{
  FramExported *exported = object;
  FramInterface *interface;
  const FramProperty *property;
  const GDBusPropertyInfo *info;
  const char *interface_name, *name;
  g_autoptr (GVariant) value = NULL;
  gpointer target;

  g_variant_get (arguments, "(&s&sv)", &interface_name, &name, &value);
  interface = open_interface (call, exported, interface_name, &target);
  if (interface == NULL)
    return;
  property = open_property (call, interface, name);
  if (property == NULL)
    return;

  info = g_dbus_interface_info_lookup_property (
      (GDBusInterfaceInfo *) fram_interface_get_info (interface), name);
  if (property->set == NULL)
    fram_call_fail (call, DBUS_ERROR_PROPERTY_READ_ONLY,
                    "The property “%s” cannot be set", name);
  else if (!g_variant_is_of_type (value, G_VARIANT_TYPE (info->signature)))
    fram_call_fail (call, DBUS_ERROR_INVALID_ARGS,
                    "The property “%s” is of type “%s”, not “%s”", name, info->signature,
                    g_variant_get_type_string (value));
  else
    property->set (call, value, target);
}

const FramInterfaceTable fram_properties_table = {
  .info = &org_freedesktop_dbus_properties_interface,
  .methods = (const FramMethod[]){ { "Get", get },
                                   { "GetAll", get_all },
                                   { "Set", set },
                                   { NULL, NULL } },
};
