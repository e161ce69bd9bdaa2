#include "cache-fixture.h"

static gint64
read_clock (FramWallClock *clock)
{
  return ((CacheFixture *) clock)->now;
}

static void
on_notice (FramCacheState state, const GError *problem, gpointer user_data)
{
  CacheFixture *fixture = user_data;

  g_test_message ("notice: state %d: %s", state,
                  problem != NULL ? problem->message : "all is well");
  g_assert_true (problem == NULL || g_utf8_validate (problem->message, -1, NULL));
  fixture->n_notices++;
  fixture->noticed = state;
  g_clear_error (&fixture->problem);
  fixture->problem = problem != NULL ? g_error_copy (problem) : NULL;
}

void
cache_fixture_init (CacheFixture *fixture)
{
  *fixture = (CacheFixture){ .clock = { .read = read_clock }, .now = CACHE_FIXTURE_NOW };
  place_fixture_init (&fixture->place, "cache.db");
  fixture->context = g_main_context_new ();
}

void
cache_fixture_clear (CacheFixture *fixture)
{
  fram_cache_free (fixture->cache);
  g_clear_error (&fixture->problem);
  g_main_context_unref (fixture->context);
  place_fixture_clear (&fixture->place);
}

void
cache_fixture_open (CacheFixture *fixture)
{
  const FramCacheConfig config = {
    .path = fixture->place.path,
    .history = !fixture->no_history,
    .context = fixture->context,
    .clock = &fixture->clock,
    .notice = on_notice,
    .user_data = fixture,
  };

  g_assert_null (fixture->cache);
  fixture->cache = fram_cache_new (&config);
}

void
cache_fixture_close (CacheFixture *fixture)
{
  g_clear_pointer (&fixture->cache, fram_cache_free);
}

void
cache_fixture_reopen (CacheFixture *fixture)
{
  cache_fixture_close (fixture);
  cache_fixture_open (fixture);
}

void
cache_fixture_assert_quiet (const CacheFixture *fixture)
{
  if (fixture->n_notices > 0)
    g_error ("State %d: %s", fixture->noticed,
             fixture->problem != NULL ? fixture->problem->message : "all is well");
}

void
cache_fixture_assert_notice (CacheFixture *fixture, FramCacheState state, int code)
{
  g_assert_cmpuint (fixture->n_notices, ==, 1);
  g_assert_cmpint (fixture->noticed, ==, state);
  g_assert_error (fixture->problem, FRAM_STORE_ERROR, code);
  fixture->n_notices = 0;
}

#define URI "stun:s.example"

static FramAddress
make_address (void)
{
  FramAddress address;

  fram_address_init_ipv4 (&address, 0xc0000201, 3478);
  return address;
}

void
cache_fixture_fill (CacheFixture *fixture, const char *network, guint mark)
{
  g_autofree char *name = g_strdup_printf ("name %u", mark);
  const FramAddress address = make_address ();
  const FramKnownDeaf deaf = { .interface = "wlan0",
                               .uri = URI,
                               .family = FRAM_FAMILY_IPV6,
                               .transport = FRAM_KNOWN_TCP };
  const FramKnownNat nat = { .interface = "wlan0",
                             .family = FRAM_FAMILY_IPV4,
                             .translated = FRAM_NAT_YES,
                             .keeps_port = FRAM_NAT_NO,
                             .mapping = FRAM_NAT_ENDPOINT_INDEPENDENT,
                             .filtering = FRAM_NAT_ADDRESS_AND_PORT_DEPENDENT,
                             .hairpin = FRAM_NAT_UNKNOWN };
  const FramKnownLifetime lifetime = { .interface = "wlan0",
                                       .family = FRAM_FAMILY_IPV4,
                                       .alive = FRAM_MILLISECONDS (30000 + mark),
                                       .dead = FRAM_MILLISECONDS (33000 + mark) };

  fram_cache_record_network (fixture->cache, network, name);
  fram_cache_record_server (fixture->cache, network, URI, &address, FRAM_KNOWN_UDP,
                            FRAM_MILLISECONDS (20));
  fram_cache_record_deaf (fixture->cache, network, &deaf);
  fram_cache_record_nat (fixture->cache, network, &nat);
  fram_cache_record_lifetime (fixture->cache, network, &lifetime);
}

void
cache_fixture_assert_filled (CacheFixture *fixture, const char *network, guint mark)
{
  g_autoptr (FramKnownNetwork) known = fram_cache_load (fixture->cache, network);
  g_autofree char *name = g_strdup_printf ("name %u", mark);
  const FramAddress address = make_address ();

  g_assert_cmpstr (known->name, ==, name);
  g_assert_cmpuint (known->n_servers, ==, 1);
  g_assert_cmpstr (known->servers[0].uri, ==, URI);
  g_assert_true (fram_address_equal (&known->servers[0].address, &address));
  g_assert_cmpint (known->servers[0].transport, ==, FRAM_KNOWN_UDP);
  g_assert_cmpint (known->servers[0].rtt, ==, FRAM_MILLISECONDS (20));

  g_assert_cmpuint (known->n_deaf, ==, 1);
  g_assert_cmpstr (known->deaf[0].interface, ==, "wlan0");
  g_assert_cmpstr (known->deaf[0].uri, ==, URI);
  g_assert_cmpint (known->deaf[0].family, ==, FRAM_FAMILY_IPV6);
  g_assert_cmpint (known->deaf[0].transport, ==, FRAM_KNOWN_TCP);

  g_assert_cmpuint (known->n_nats, ==, 1);
  g_assert_cmpstr (known->nats[0].interface, ==, "wlan0");
  g_assert_cmpint (known->nats[0].family, ==, FRAM_FAMILY_IPV4);
  g_assert_cmpint (known->nats[0].translated, ==, FRAM_NAT_YES);
  g_assert_cmpint (known->nats[0].keeps_port, ==, FRAM_NAT_NO);
  g_assert_cmpint (known->nats[0].mapping, ==, FRAM_NAT_ENDPOINT_INDEPENDENT);
  g_assert_cmpint (known->nats[0].filtering, ==, FRAM_NAT_ADDRESS_AND_PORT_DEPENDENT);
  g_assert_cmpint (known->nats[0].hairpin, ==, FRAM_NAT_UNKNOWN);

  g_assert_cmpuint (known->n_lifetimes, ==, 1);
  g_assert_cmpstr (known->lifetimes[0].interface, ==, "wlan0");
  g_assert_cmpint (known->lifetimes[0].family, ==, FRAM_FAMILY_IPV4);
  g_assert_cmpint (known->lifetimes[0].alive, ==, FRAM_MILLISECONDS (30000 + mark));
  g_assert_cmpint (known->lifetimes[0].dead, ==, FRAM_MILLISECONDS (33000 + mark));
}

void
cache_fixture_add_session (CacheFixture *fixture, const char *label)
{
  const FramPastSession session = {
    .duration = FRAM_SECONDS (60),
    .application = "org.example.Talk",
    .label = label,
    .state = "completed",
    .cause = "closed-by-application",
    .path = "host to srflx over UDP",
    .rtt = FRAM_MILLISECONDS (30),
    .bytes_sent = 1000,
    .bytes_received = G_GUINT64_CONSTANT (1) << 40,
  };

  fram_cache_record_session (fixture->cache, &session);
}

guint
cache_fixture_count_sessions (CacheFixture *fixture)
{
  g_autoptr (GPtrArray) sessions
      = fram_cache_list_sessions (fixture->cache, 0, FRAM_CACHE_MAX_LISTED);

  return sessions->len;
}
