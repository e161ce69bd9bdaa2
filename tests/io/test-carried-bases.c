/* Which base, peer and channel belong together. */
#include "io/carried-bases.h"

static FramAddress
parse (const char *text)
{
  FramAddress address;

  g_assert_true (fram_address_parse (&address, text));
  return address;
}

typedef struct
{
  FramCarriedBases *bases;
  FramAddress server, peer, other;
} Fixture;

/* 10 and 11 by one carrier and server, one of each family; 12 by another carrier. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->bases = fram_carried_bases_new ();
  fixture->server = parse ("192.0.2.1:3478");
  fixture->peer = parse ("198.51.100.1:4000");
  fixture->other = parse ("198.51.100.2:4000");
  g_assert_null (fram_carried_bases_find_link (fixture->bases, 1, &fixture->server));
  fram_carried_bases_add (fixture->bases, 10, 1, &fixture->server, FRAM_FAMILY_IPV4);
  fram_carried_bases_add (fixture->bases, 11, 1, &fixture->server, FRAM_FAMILY_IPV6);
  fram_carried_bases_add (fixture->bases, 12, 2, &fixture->server, FRAM_FAMILY_IPV4);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  fram_carried_bases_free (fixture->bases);
}

static void
test_links (Fixture *fixture, gconstpointer data)
{
  FramCarriedBases *bases = fixture->bases;
  const FramTurnLink *link = fram_carried_bases_find_link (bases, 1, &fixture->server);
  const FramTurnLink *second = fram_carried_bases_find_link (bases, 2, &fixture->server);

  g_assert_nonnull (link);
  g_assert_true (second != NULL && second != link);
  g_assert_null (fram_carried_bases_find_link (bases, 3, &fixture->server));
  g_assert_null (fram_carried_bases_find_link (bases, 1, &fixture->peer));
  g_assert_cmpuint (fram_turn_link_get_base (link, FRAM_FAMILY_IPV4)->id, ==, 10);
  g_assert_cmpuint (fram_turn_link_get_base (link, FRAM_FAMILY_IPV6)->id, ==, 11);
  g_assert_null (fram_turn_link_get_base (second, FRAM_FAMILY_IPV6));

  /* The link is there as long as one of its bases. */
  g_assert_true (fram_carried_bases_remove (bases, 10));
  g_assert_false (fram_carried_bases_remove (bases, 10));
  g_assert_null (fram_carried_bases_find (bases, 10));
  g_assert_true (fram_carried_bases_find_link (bases, 1, &fixture->server) == link);
  g_assert_null (fram_turn_link_get_base (link, FRAM_FAMILY_IPV4));
  g_assert_true (fram_carried_bases_remove (bases, 11));
  g_assert_null (fram_carried_bases_find_link (bases, 1, &fixture->server));
  g_assert_nonnull (fram_carried_bases_find (bases, 12));
}

/* A link-local server, whose scope is its carrier's. */
static void
test_scope (Fixture *fixture, gconstpointer data)
{
  FramAddress server = parse ("[fe80::1]:3478"), scoped = server;

  scoped.scope = 3;
  fram_carried_bases_add (fixture->bases, 13, 4, &scoped, FRAM_FAMILY_IPV6);
  g_assert_nonnull (fram_carried_bases_find_link (fixture->bases, 4, &server));
  g_assert_cmpuint (fram_carried_bases_find (fixture->bases, 13)->server.scope, ==, 3);
}

static void
expect_channel (const Fixture *fixture, FramBaseId carrier, guint16 number,
                const FramAddress *peer, FramBaseId base)
{
  const FramPeerChannel *channel = fram_turn_link_find_channel (
      fram_carried_bases_find_link (fixture->bases, carrier, &fixture->server), number);

  if (peer == NULL)
    {
      g_assert_null (channel);
      return;
    }
  g_assert_nonnull (channel);
  g_assert_true (fram_address_equal (&channel->peer, peer));
  g_assert_cmpuint (channel->base->id, ==, base);
}

static void
test_channels (Fixture *fixture, gconstpointer data)
{
  FramCarriedBase *base = fram_carried_bases_find (fixture->bases, 10);
  FramCarriedBase *second = fram_carried_bases_find (fixture->bases, 12);
  FramCarriedBase *ipv6 = fram_carried_bases_find (fixture->bases, 11);
  FramAddress peer6 = parse ("[2001:db8::1]:4000");

  g_assert_cmpuint (fram_carried_base_get_channel (base, &fixture->peer), ==, 0);
  fram_carried_base_set_channel (base, &fixture->peer, 0);
  fram_carried_base_set_channel (base, &fixture->peer, FRAM_TURN_CHANNEL_LAST);
  fram_carried_base_set_channel (base, &fixture->other, FRAM_TURN_CHANNEL_FIRST);
  fram_carried_base_set_channel (ipv6, &peer6, FRAM_TURN_CHANNEL_FIRST + 1);
  /* Another link has numbers of its own. */
  fram_carried_base_set_channel (second, &fixture->peer, FRAM_TURN_CHANNEL_FIRST);
  g_assert_cmpuint (fram_carried_base_get_channel (base, &fixture->peer), ==,
                    FRAM_TURN_CHANNEL_LAST);
  expect_channel (fixture, 1, FRAM_TURN_CHANNEL_LAST, &fixture->peer, 10);
  expect_channel (fixture, 1, FRAM_TURN_CHANNEL_FIRST, &fixture->other, 10);
  expect_channel (fixture, 1, FRAM_TURN_CHANNEL_FIRST + 1, &peer6, 11);
  expect_channel (fixture, 2, FRAM_TURN_CHANNEL_FIRST, &fixture->peer, 12);
  expect_channel (fixture, 2, FRAM_TURN_CHANNEL_FIRST + 1, NULL, 0);
  expect_channel (fixture, 1, FRAM_TURN_CHANNEL_FIRST - 1, NULL, 0);
  expect_channel (fixture, 1, FRAM_TURN_CHANNEL_LAST + 1, NULL, 0);
  expect_channel (fixture, 1, 0, NULL, 0);

  /* Taken from a peer, by another base even. */
  fram_carried_base_set_channel (ipv6, &peer6, FRAM_TURN_CHANNEL_LAST);
  g_assert_cmpuint (fram_carried_base_get_channel (base, &fixture->peer), ==, 0);
  expect_channel (fixture, 1, FRAM_TURN_CHANNEL_LAST, &peer6, 11);
  /* Its own former one stands for it still, and so does one that is not used any more. */
  expect_channel (fixture, 1, FRAM_TURN_CHANNEL_FIRST + 1, &peer6, 11);
  fram_carried_base_set_channel (ipv6, &peer6, 0);
  g_assert_cmpuint (fram_carried_base_get_channel (ipv6, &peer6), ==, 0);
  expect_channel (fixture, 1, FRAM_TURN_CHANNEL_LAST, &peer6, 11);
  /* One that is asked for is not used yet. */
  fram_carried_base_expect_channel (ipv6, &peer6, FRAM_TURN_CHANNEL_FIRST + 2);
  g_assert_cmpuint (fram_carried_base_get_channel (ipv6, &peer6), ==, 0);
  expect_channel (fixture, 1, FRAM_TURN_CHANNEL_FIRST + 2, &peer6, 11);

  /* They go with their base. */
  g_assert_true (fram_carried_bases_remove (fixture->bases, 10));
  expect_channel (fixture, 1, FRAM_TURN_CHANNEL_FIRST, NULL, 0);
}

/* To another carrier, one after the other; what their channels stand for goes with them. */
static void
test_move (Fixture *fixture, gconstpointer data)
{
  FramCarriedBases *bases = fixture->bases;
  FramCarriedBase *base = fram_carried_bases_find (bases, 10);
  FramCarriedBase *ipv6 = fram_carried_bases_find (bases, 11);
  FramAddress peer6 = parse ("[2001:db8::1]:4000");

  fram_carried_base_set_channel (base, &fixture->peer, FRAM_TURN_CHANNEL_FIRST + 3);
  fram_carried_base_expect_channel (base, &fixture->other, FRAM_TURN_CHANNEL_FIRST);
  fram_carried_base_set_channel (ipv6, &peer6, FRAM_TURN_CHANNEL_FIRST + 1);
  fram_carried_bases_move (bases, base, 1, &fixture->server);
  expect_channel (fixture, 1, FRAM_TURN_CHANNEL_FIRST, &fixture->other, 10);

  fram_carried_bases_move (bases, base, 5, &fixture->server);
  g_assert_cmpuint (base->carrier, ==, 5);
  g_assert_cmpuint (fram_carried_base_get_channel (base, &fixture->peer), ==,
                    FRAM_TURN_CHANNEL_FIRST + 3);
  expect_channel (fixture, 5, FRAM_TURN_CHANNEL_FIRST, &fixture->other, 10);
  expect_channel (fixture, 5, FRAM_TURN_CHANNEL_FIRST + 1, NULL, 0);
  expect_channel (fixture, 5, FRAM_TURN_CHANNEL_FIRST + 3, &fixture->peer, 10);
  expect_channel (fixture, 1, FRAM_TURN_CHANNEL_FIRST, NULL, 0);
  expect_channel (fixture, 1, FRAM_TURN_CHANNEL_FIRST + 1, &peer6, 11);

  fram_carried_bases_move (bases, ipv6, 5, &fixture->server);
  expect_channel (fixture, 5, FRAM_TURN_CHANNEL_FIRST + 1, &peer6, 11);
  expect_channel (fixture, 5, FRAM_TURN_CHANNEL_FIRST + 3, &fixture->peer, 10);
  g_assert_null (fram_carried_bases_find_link (bases, 1, &fixture->server));
  g_assert_true (fram_carried_bases_remove (bases, 10));
  expect_channel (fixture, 5, FRAM_TURN_CHANNEL_FIRST + 3, NULL, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/carried-bases/links", test_links);
  ADD ("/carried-bases/scope", test_scope);
  ADD ("/carried-bases/channels", test_channels);
  ADD ("/carried-bases/move", test_move);
  return g_test_run ();
}
