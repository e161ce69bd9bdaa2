/* The way of the data in words. */
#include "cli/way.h"

static GPtrArray *
make_servers (FramNetworkServer *rows, guint n)
{
  GPtrArray *servers = g_ptr_array_new ();

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (servers, &rows[i]);
  return servers;
}

static void
check (const char *selected, GPtrArray *servers, const char *expected)
{
  g_autofree char *way = way_describe (selected, servers);

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
         "relayed by the peer's 203.0.113.2");
  check ("203.0.113.1:49160 relay udp -> 203.0.113.2:49161 relay udp", NULL,
         "relayed by 203.0.113.1 and the peer's 203.0.113.2");
}

static void
test_names (void)
{
  FramNetworkServer rows[] = {
    { .uri = "stun:stun.example.org", .address = "203.0.113.1:3478" },
    { .uri = "turn:longer.example.org", .address = "203.0.113.11:3478" },
    { .uri = "turn:nowhere.example.org", .address = "" },
    { .uri = "turn:turn.example.org?transport=tcp", .address = "203.0.113.1:3478" },
    { .uri = "turns:[2001:db8::1]:5349", .address = "[2001:db8::1]:5349" },
  };
  g_autoptr (GPtrArray) servers = make_servers (rows, G_N_ELEMENTS (rows));

  check ("203.0.113.1:49160 relay udp -> 198.51.100.2:9 srflx udp", servers,
         "relayed by turn.example.org");
  check ("[2001:db8::1]:49160 relay udp -> [2001:db8::2]:9 host udp", servers,
         "relayed by [2001:db8::1]");
  check ("203.0.113.7:49160 relay udp -> 198.51.100.2:9 srflx udp", servers,
         "relayed by 203.0.113.7");
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
