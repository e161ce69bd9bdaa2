/* org.freedesktop.DBus.Properties, answered from the tables of an object's interfaces. */
#include "dbus/exporter-private.h"

#include "dbus/standard-info.h"

/* Return: (nullable): the interface that the arguments of all methods begin with.  What has been
 * admitted is there: an object loses no interface. */
static FramInterface *
interface_of (GVariant *arguments, const FramExported *exported, gpointer *ret_object)
{
  const char *name;

  g_variant_get_child (arguments, 0, "&s", &name);
  return fram_exported_find_interface (exported, name, ret_object);
}

/* Who may not call the methods of an interface has nothing of its properties either. */
static void
admit (FramCall *call, GVariant *arguments, FramExported *exported,
       FramMethodHandler handler)
{
  gpointer target;
  FramInterface *interface = interface_of (arguments, exported, &target);

  if (interface == NULL)
    {
      const char *name;

      g_variant_get_child (arguments, 0, "&s", &name);
      fram_call_fail (call, DBUS_ERROR_UNKNOWN_INTERFACE,
                      "There is no interface “%s” at %s", name, exported->path);
    }
  else if (!fram_interface_may_use (interface, target, fram_call_get_sender (call)))
    fram_call_fail (call, DBUS_ERROR_ACCESS_DENIED, "%s belongs to another application",
                    exported->path);
  else
    fram_interface_admit (interface, call, arguments, target, handler, exported);
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
get_admitted (FramCall *call, GVariant *arguments, gpointer object)
{
  FramExported *exported = object;
  const FramProperty *property;
  const char *name;
  gpointer target;
  FramInterface *interface = interface_of (arguments, exported, &target);

  g_variant_get_child (arguments, 1, "&s", &name);
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
get_all_admitted (FramCall *call, GVariant *arguments, gpointer object)
{
  FramExported *exported = object;
  GDBusPropertyInfo *const *infos;
  GVariantBuilder values;
  gpointer target;
  FramInterface *interface = interface_of (arguments, exported, &target);

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
set_admitted (FramCall *call, GVariant *arguments, gpointer object)
{
  FramExported *exported = object;
  const FramProperty *property;
  const GDBusPropertyInfo *info;
  const char *name;
  g_autoptr (GVariant) value = NULL;
  gpointer target;
  FramInterface *interface = interface_of (arguments, exported, &target);

  g_variant_get (arguments, "(s&sv)", NULL, &name, &value);
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

static void
get (FramCall *call, GVariant *arguments, gpointer object)
{
  admit (call, arguments, object, get_admitted);
}

static void
get_all (FramCall *call, GVariant *arguments, gpointer object)
{
  admit (call, arguments, object, get_all_admitted);
}

static void
set (FramCall *call, GVariant *arguments, gpointer object)
{
  admit (call, arguments, object, set_admitted);
}

const FramInterfaceTable fram_properties_table = {
  .info = &org_freedesktop_dbus_properties_interface,
  .methods = (const FramMethod[]){ { "Get", get },
                                   { "GetAll", get_all },
                                   { "Set", set },
                                   { NULL, NULL } },
};
