/* One 5-tuple, one component. */
#include "io/component.h"

typedef struct
{
  FramComponents *components;
  FramRouteMap *map;
  FramComponent *one, *two;
  FramAddress near, far;
} Fixture;

static void
set_up (Fixture *fixture)
{
  FramComponentKey one = { 1, 0, 1 }, two = { 1, 0, 2 };

  fixture->components = fram_components_new ();
  fixture->map = fram_route_map_new ();
  fixture->one = fram_components_get (fixture->components, &one);
  fixture->two = fram_components_get (fixture->components, &two);
  g_assert_true (fram_address_parse (&fixture->near, "192.0.2.1:5000"));
  g_assert_true (fram_address_parse (&fixture->far, "[2001:db8::1]:5000"));
}

static void
tear_down (Fixture *fixture)
{
  fram_route_map_remove_all (fixture->map, fixture->one);
  fram_route_map_remove_all (fixture->map, fixture->two);
  fram_components_prune (fixture->components, fixture->one);
  fram_components_prune (fixture->components, fixture->two);
  g_assert_null (fram_components_first (fixture->components));
  fram_route_map_free (fixture->map);
  fram_components_free (fixture->components);
}

static void
test_found_by_base_and_remote (void)
{
  Fixture f;
  FramAddress other_port;

  set_up (&f);
  g_assert_true (fram_address_parse (&other_port, "192.0.2.1:5001"));
  fram_route_map_add (f.map, 1, &f.near, f.one);
  fram_route_map_add (f.map, 2, &f.near, f.two);
  fram_route_map_add (f.map, 1, &f.far, f.two);
  g_assert_true (fram_route_map_find (f.map, 1, &f.near) == f.one);
  g_assert_true (fram_route_map_find (f.map, 2, &f.near) == f.two);
  g_assert_true (fram_route_map_find (f.map, 1, &f.far) == f.two);
  g_assert_null (fram_route_map_find (f.map, 2, &f.far));
  g_assert_null (fram_route_map_find (f.map, 1, &other_port));
  tear_down (&f);
}

static void
test_scope_does_not_count (void)
{
  Fixture f;
  FramAddress signalled, seen;

  set_up (&f);
  g_assert_true (fram_address_parse (&signalled, "[fe80::1]:5000"));
  seen = signalled;
  seen.scope = 3;
  fram_route_map_add (f.map, 1, &seen, f.one);
  g_assert_true (fram_route_map_find (f.map, 1, &signalled) == f.one);
  fram_route_map_remove (f.map, 1, &signalled, f.one);
  g_assert_null (fram_route_map_find (f.map, 1, &seen));
  tear_down (&f);
}

static void
test_taken_over (void)
{
  Fixture f;

  set_up (&f);
  fram_route_map_add (f.map, 1, &f.near, f.one);
  fram_route_map_add (f.map, 1, &f.near, f.two);
  g_assert_true (fram_route_map_find (f.map, 1, &f.near) == f.two);
  /* The former one gives it back late. */
  fram_route_map_remove (f.map, 1, &f.near, f.one);
  fram_route_map_remove_all (f.map, f.one);
  g_assert_true (fram_route_map_find (f.map, 1, &f.near) == f.two);
  fram_route_map_remove (f.map, 1, &f.near, f.two);
  g_assert_null (fram_route_map_find (f.map, 1, &f.near));
  tear_down (&f);
}

static void
test_many_removed_at_once (void)
{
  Fixture f;
  FramAddress remote;

  set_up (&f);
  for (guint i = 0; i < 1000; i++)
    {
      fram_address_init_ipv4 (&remote, 0xc0000200 + i, (guint16) (1000 + i));
      fram_route_map_add (f.map, 1, &remote, i % 2 == 0 ? f.one : f.two);
    }
  fram_route_map_remove_all (f.map, f.one);
  for (guint i = 0; i < 1000; i++)
    {
      fram_address_init_ipv4 (&remote, 0xc0000200 + i, (guint16) (1000 + i));
      g_assert_true (fram_route_map_find (f.map, 1, &remote)
                     == (i % 2 == 0 ? NULL : f.two));
    }
  tear_down (&f);
}

/* An idle session costs nothing: a record without a use is not kept. */
static void
test_record_lives_while_used (void)
{
  Fixture f;
  FramComponentKey key = { 9, 7, 4 };
  FramComponent *component;

  set_up (&f);
  component = fram_components_get (f.components, &key);
  g_assert_true (fram_components_find (f.components, &key) == component);
  fram_route_map_add (f.map, 1, &f.near, component);
  fram_components_prune (f.components, component);
  g_assert_true (fram_components_find (f.components, &key) == component);
  fram_route_map_remove (f.map, 1, &f.near, component);
  fram_components_prune (f.components, component);
  g_assert_null (fram_components_find (f.components, &key));
  tear_down (&f);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/route-map/found", test_found_by_base_and_remote);
  g_test_add_func ("/route-map/scope", test_scope_does_not_count);
  g_test_add_func ("/route-map/taken-over", test_taken_over);
  g_test_add_func ("/route-map/many", test_many_removed_at_once);
  g_test_add_func ("/route-map/record-lives-while-used", test_record_lives_while_used);
  return g_test_run ();
}
