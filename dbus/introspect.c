/* org.freedesktop.DBus.Introspectable: the XML of an object and the names of its children. */
#include "dbus/exporter-private.h"

#include "dbus/memory.h"
#include "dbus/standard-info.h"

static void
append_interface (GString *xml, const GDBusInterfaceInfo *info)
{
  g_dbus_interface_info_generate_xml ((GDBusInterfaceInfo *) info, 2, xml);
}

static void
append_children (GString *xml, FramExported *exported)
{
  char **children = NULL;

  fram_bus_require (
      dbus_connection_list_registered (exported->connection, exported->path, &children));
  /* Parts of a path need no escaping in XML. */
  for (guint i = 0; children[i] != NULL; i++)
    g_string_append_printf (xml, "  <node name=\"%s\"/>\n", children[i]);
  dbus_free_string_array (children);
}

static void
introspect (FramCall *call, GVariant *arguments, gpointer object)
{
  FramExported *exported = object;
  g_autoptr (GString) xml
      = g_string_new (DBUS_INTROSPECT_1_0_XML_DOCTYPE_DECL_NODE "<node>\n");

  append_interface (xml, &org_freedesktop_dbus_introspectable_interface);
  append_interface (xml, &org_freedesktop_dbus_properties_interface);
  append_interface (xml, &org_freedesktop_dbus_peer_interface);
  for (guint i = 0; i < exported->n_interfaces; i++)
    append_interface (xml, fram_interface_get_info (exported->interfaces[i]));
  append_children (xml, exported);
  g_string_append (xml, "</node>\n");
  fram_call_return (call, g_variant_new ("(s)", xml->str));
}

const FramInterfaceTable fram_introspectable_table = {
  .info = &org_freedesktop_dbus_introspectable_interface,
  .methods = (const FramMethod[]){ { "Introspect", introspect }, { NULL, NULL } },
};
