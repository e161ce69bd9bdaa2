/* An interface and its handlers are compared once, when a service starts: nothing may be
 * missing on either side. */
#include <string.h>

#include "dbus/bus.h"
#include "dbus/interface.h"
#include "test-info.h"

#define MAX_ROWS 16

static void
handle (FramCall *call, GVariant *arguments, gpointer object)
{
  fram_call_return (call, NULL);
}

static GVariant *
get (gpointer object)
{
  return g_variant_new_uint32 (0);
}

static const FramMethod all_methods[] = {
  { "Echo", handle },   { "EchoFds", handle }, { "CountFds", handle },
  { "Wait", handle },   { "Release", handle }, { "Misbehave", handle },
  { "Fail", handle },   { "Burst", handle },   { "BurstOnSignal", handle },
  { "Vanish", handle }, { NULL, NULL },
};

static const FramProperty all_properties[] = {
  { "Text", get, handle },
  { "Number", get, NULL },
  { "Password", NULL, handle },
  { NULL, NULL, NULL },
};

/* A copy of the complete tables, to be spoilt. */
typedef struct
{
  FramMethod methods[MAX_ROWS];
  FramProperty properties[MAX_ROWS];
  FramInterfaceTable table;
} Tables;

static void
init_tables (Tables *tables)
{
  memset (tables, 0, sizeof *tables);
  memcpy (tables->methods, all_methods, sizeof all_methods);
  memcpy (tables->properties, all_properties, sizeof all_properties);
  tables->table.info = &org_fram_test1_interface;
  tables->table.methods = tables->methods;
  tables->table.properties = tables->properties;
}

/* The error names what does not fit. */
static void
assert_incomplete (const Tables *tables, const char *name)
{
  g_autoptr (GError) error = NULL;
  FramInterface *interface = fram_interface_new (&tables->table, &error);

  g_assert_null (interface);
  g_assert_error (error, FRAM_BUS_ERROR, FRAM_BUS_ERROR_INCOMPLETE);
  g_assert_nonnull (strstr (error->message, name));
}

static void
test_complete (void)
{
  Tables tables;
  g_autoptr (FramInterface) interface = NULL;
  g_autoptr (GError) error = NULL;
  const FramBoundMethod *method;

  init_tables (&tables);
  interface = fram_interface_new (&tables.table, &error);
  g_assert_no_error (error);

  method = fram_interface_find_method (interface, "Burst");
  g_assert_cmpstr (method->signature, ==, "uu");
  g_assert_cmpstr (method->reply_type, ==, "(u)");
  g_assert_null (fram_interface_find_method (interface, "burst"));
  g_assert_true (fram_interface_find_property (interface, "Number")->get == get);
  g_assert_null (fram_interface_find_property (interface, "Burst"));
}

static void
test_method_missing (void)
{
  Tables tables;

  for (guint i = 0; all_methods[i].name != NULL; i++)
    {
      init_tables (&tables);
      tables.methods[i].handler = NULL;
      assert_incomplete (&tables, all_methods[i].name);

      init_tables (&tables);
      memmove (&tables.methods[i], &tables.methods[i + 1],
               (MAX_ROWS - i - 1) * sizeof (FramMethod));
      assert_incomplete (&tables, all_methods[i].name);
    }

  init_tables (&tables);
  tables.table.methods = NULL;
  assert_incomplete (&tables, "Echo");
}

static void
test_method_undescribed (void)
{
  Tables tables;

  init_tables (&tables);
  tables.methods[G_N_ELEMENTS (all_methods) - 1] = (FramMethod){ "Extra", handle };
  assert_incomplete (&tables, "org.fram.Test1");
}

static void
test_property_missing (void)
{
  Tables tables;

  for (guint i = 0; all_properties[i].name != NULL; i++)
    {
      init_tables (&tables);
      memmove (&tables.properties[i], &tables.properties[i + 1],
               (MAX_ROWS - i - 1) * sizeof (FramProperty));
      assert_incomplete (&tables, all_properties[i].name);
    }
}

/* What may be read has a getter, what may be written a setter, and nothing else has. */
static void
test_property_access (void)
{
  Tables tables;

  init_tables (&tables);
  tables.properties[0].get = NULL;
  assert_incomplete (&tables, "Text");

  init_tables (&tables);
  tables.properties[0].set = NULL;
  assert_incomplete (&tables, "Text");

  init_tables (&tables);
  tables.properties[1].set = handle;
  assert_incomplete (&tables, "Number");

  init_tables (&tables);
  tables.properties[2].get = get;
  assert_incomplete (&tables, "Password");
}

static void
test_property_undescribed (void)
{
  Tables tables;

  init_tables (&tables);
  tables.properties[3] = (FramProperty){ "Extra", get, NULL };
  assert_incomplete (&tables, "org.fram.Test1");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/interface/complete", test_complete);
  g_test_add_func ("/interface/method-missing", test_method_missing);
  g_test_add_func ("/interface/method-undescribed", test_method_undescribed);
  g_test_add_func ("/interface/property-missing", test_property_missing);
  g_test_add_func ("/interface/property-access", test_property_access);
  g_test_add_func ("/interface/property-undescribed", test_property_undescribed);
  return g_test_run ();
}
