/* The way of the data in words. */
#include "cli/way.h"

static void
check (const char *selected, GPtrArray *allocations, const char *expected)
{
  g_autofree char *way = way_describe (selected, allocations);

  g_assert_cmpstr (way, ==, expected);
}

static void
test_direct (void)
{
  check ("", NULL, "");
  check ("192.0.2.1:9 host udp -> 198.51.100.2:9 srflx udp", NULL, "direct");
  check ("[2001:db8::1]:9 prflx udp -> [2001:db8::2]:9 host udp", NULL, "direct");
  check ("something else", NULL, "direct");
  g_assert_false (way_is_relayed (""));
  g_assert_false (way_is_relayed ("192.0.2.1:9 host udp -> 198.51.100.2:9 relay udp"));
  g_assert_true (way_is_relayed ("192.0.2.1:9 relay udp -> 198.51.100.2:9 host udp"));
}

static void
test_relayed (void)
{
  check ("203.0.113.1:49160 relay udp -> 198.51.100.2:9 srflx udp", NULL,
         "relayed by 203.0.113.1");
  check ("[2001:db8::1]:49160 relay udp -> [2001:db8::2]:9 host udp", NULL,
         "relayed by [2001:db8::1]");
  check ("192.0.2.1:9 host udp -> 203.0.113.2:49160 relay udp", NULL,
         "relayed for the peer by 203.0.113.2");
  check ("203.0.113.1:49160 relay udp -> 203.0.113.2:49161 relay udp", NULL,
         "relayed by 203.0.113.1, for the peer by 203.0.113.2");
}

static void
test_names (void)
{
  FramAllocation rows[] = {
    { .uri = "turn:first.example.org", .relayed_address = "", .relayed_address_6 = "" },
    { .uri = "turn:turn.example.org?transport=tcp",
      .relayed_address = "203.0.113.1:49160",
      .relayed_address_6 = "[2001:db8::9]:49161" },
    { .uri = "turns:[2001:db8::1]:5349",
      .relayed_address = "203.0.113.1:491",
      .relayed_address_6 = "[2001:db8::1]:49160" },
    { .uri = "", .relayed_address = "203.0.113.4:5", .relayed_address_6 = "" },
  };
  g_autoptr (GPtrArray) allocations = g_ptr_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_ptr_array_add (allocations, &rows[i]);
  check ("203.0.113.1:49160 relay udp -> 198.51.100.2:9 srflx udp", allocations,
         "relayed by turn.example.org");
  check ("[2001:db8::9]:49161 relay udp -> 203.0.113.1:49160 relay udp", allocations,
         "relayed by turn.example.org, for the peer by 203.0.113.1");
  check ("[2001:db8::1]:49160 relay udp -> [2001:db8::2]:9 host udp", allocations,
         "relayed by [2001:db8::1]");
  check ("203.0.113.1:49162 relay udp -> 198.51.100.2:9 srflx udp", allocations,
         "relayed by 203.0.113.1");
  check ("203.0.113.4:5 relay udp -> 198.51.100.2:9 srflx udp", allocations,
         "relayed by 203.0.113.4");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/way/direct", test_direct);
  g_test_add_func ("/way/relayed", test_relayed);
  g_test_add_func ("/way/names", test_names);
  return g_test_run ();
}
