/* What the driver tells its memory of networks, and when. */
#include "driver-couple.h"
#include "namespace.h"
#include "network-log.h"

#include <string.h>

#define ONE "02:00:00:00:00:01 10.1.0.0/24 eth1"
#define TWO "02:00:00:00:00:02 10.2.0.0/24 eth2"

typedef struct
{
  GMainContext *context;
  FramDriver *driver;
  GString *told; /* with commas between */
} Memory;

/* It may call the driver, for it is not inside of one of the broker's calls. */
static void
on_attached (const FramNetworkIdentity *network, gpointer user_data)
{
  Memory *memory = user_data;
  g_autofree char *text = network_to_text (network);

  g_string_append_printf (memory->told, "%s%s", memory->told->len > 0 ? ", " : "", text);
  fram_driver_kick (memory->driver);
}

static void
on_fact (const FramFact *fact, gpointer user_data)
{
}

static const FramDriverMemory functions = { on_attached, on_fact };

static void
furnish (void)
{
  static const char *const expected[] = { "10.1.0.2", "10.2.0.2", NULL };

  namespace_enter ();
  namespace_run_batch ("link set lo up\n"
                       "link add eth1 type veth peer name far1\n"
                       "link add eth2 type veth peer name far2\n"
                       "link set far1 up\n"
                       "link set far2 up\n"
                       "link set eth1 up\n"
                       "link set eth2 up\n"
                       "addr add 10.1.0.2/24 dev eth1\n"
                       "addr add 10.2.0.2/24 dev eth2\n"
                       "neigh replace 10.1.0.1 lladdr 02:00:00:00:00:01 dev eth1\n"
                       "neigh replace 10.2.0.1 lladdr 02:00:00:00:00:02 dev eth2\n"
                       "route add default via 10.1.0.1\n");
  namespace_await_addresses (expected);
}

static gboolean
on_limit (gpointer user_data)
{
  g_error ("What was told is: %s", ((Memory *) user_data)->told->str);
  return G_SOURCE_REMOVE;
}

static void
await (Memory *memory, const char *expected)
{
  GSource *limit = g_timeout_source_new_seconds (20);

  g_source_set_callback (limit, on_limit, memory, NULL);
  g_source_attach (limit, memory->context);
  while (strlen (memory->told->str) < strlen (expected))
    g_main_context_iteration (memory->context, TRUE);
  g_assert_cmpstr (memory->told->str, ==, expected);
  g_source_destroy (limit);
  g_source_unref (limit);
}

static void
test_networks_are_told (void)
{
  Memory memory = { .context = g_main_context_new (), .told = g_string_new (NULL) };

  furnish ();
  memory.driver = couple_new_driver (memory.context);
  fram_driver_set_memory (memory.driver, &functions, &memory);
  g_assert_cmpstr (memory.told->str, ==, ONE);

  namespace_run ("ip route replace default via 10.2.0.1");
  await (&memory, ONE ", none, " TWO);
  namespace_run ("ip route del default");
  await (&memory, ONE ", none, " TWO ", none");

  /* Nobody is told any more. */
  fram_driver_set_memory (memory.driver, NULL, NULL);
  g_assert_cmpstr (memory.told->str, ==, ONE ", none, " TWO ", none");
  namespace_run ("ip route add default via 10.1.0.1");
  fram_driver_set_memory (memory.driver, &functions, &memory);
  await (&memory, ONE ", none, " TWO ", none, none, " ONE);

  fram_driver_free (memory.driver);
  g_string_free (memory.told, TRUE);
  g_main_context_unref (memory.context);
}

int
main (int argc, char *argv[])
{
  namespace_enter ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/memory/networks-are-told", test_networks_are_told);
  return g_test_run ();
}
