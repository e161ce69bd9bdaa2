/* What the kernel gives: random numbers, socket addresses, descriptors. */
#include "io/descriptor-limit.h"
#include "io/random.h"
#include "io/sockaddr.h"

#include <string.h>
#include <sys/resource.h>

static void
test_random (void)
{
  static const guint8 zero[64];
  FramRandom random;
  guint8 first[64] = { 0 }, second[64] = { 0 };

  fram_system_random_init (&random);
  random.fill (&random, first, sizeof first);
  random.fill (&random, second, sizeof second);
  /* Not equal, and filled to the last half; each fails once in 2^256 runs. */
  g_assert_cmpint (memcmp (first, second, sizeof first), !=, 0);
  g_assert_cmpint (memcmp (first, zero, 32), !=, 0);
  g_assert_cmpint (memcmp (first + 32, zero, 32), !=, 0);
  random.fill (&random, NULL, 0);
}

/* By lengths that do not divide the pool: no byte of it is left out, given twice, or kept. */
static void
test_random_pool (void)
{
  static const guint8 zero[sizeof ((FramRandomPool){ 0 }.bytes)];
  g_autoptr (GHashTable) seen = g_hash_table_new (g_int64_hash, g_int64_equal);
  FramRandomPool pool;
  guint64 drawn[300] = { 0 };
  guint8 *bytes = (guint8 *) drawn;
  gsize done = 0;

  fram_random_pool_init (&pool);
  for (gsize length = 0; done < sizeof drawn; done += length++)
    {
      length = MIN (length, sizeof drawn - done);
      pool.random.fill (&pool.random, bytes + done, length);
      g_assert_cmpint (memcmp (pool.bytes, zero, sizeof pool.bytes - pool.n_left), ==, 0);
    }
  /* Two that are equal, or one that is zero, fail once in 2^48 runs. */
  for (guint i = 0; i < G_N_ELEMENTS (drawn); i++)
    g_assert_true (drawn[i] != 0 && g_hash_table_add (seen, &drawn[i]));
}

static void
check_both_ways (const char *text, guint32 scope, int family, socklen_t length)
{
  FramAddress address, back = { 0 };
  FramSockaddr sockaddr;

  g_assert_true (fram_address_parse (&address, text));
  address.scope = scope;
  g_assert_cmpuint (fram_sockaddr_from_address (&sockaddr, &address, 0), ==, length);
  g_assert_cmpint (sockaddr.any.sa_family, ==, family);
  g_assert_true (fram_sockaddr_to_address (&sockaddr, length, &back));
  g_assert_true (fram_address_equal (&address, &back));
}

static void
test_sockaddr (void)
{
  check_both_ways ("192.0.2.1:5000", 0, AF_INET, sizeof (struct sockaddr_in));
  check_both_ways ("[2001:db8::1]:65535", 0, AF_INET6, sizeof (struct sockaddr_in6));
  check_both_ways ("[fe80::1]:1", 3, AF_INET6, sizeof (struct sockaddr_in6));
}

static void
test_sockaddr_scope (void)
{
  FramSockaddr sockaddr;
  FramAddress address;

  g_assert_true (fram_address_parse (&address, "[fe80::1]:1"));
  fram_sockaddr_from_address (&sockaddr, &address, 7);
  g_assert_cmpuint (sockaddr.ipv6.sin6_scope_id, ==, 7);
  address.scope = 3;
  fram_sockaddr_from_address (&sockaddr, &address, 7);
  g_assert_cmpuint (sockaddr.ipv6.sin6_scope_id, ==, 3);
  g_assert_true (fram_address_parse (&address, "[2001:db8::1]:1"));
  fram_sockaddr_from_address (&sockaddr, &address, 7);
  g_assert_cmpuint (sockaddr.ipv6.sin6_scope_id, ==, 0);
}

static void
test_sockaddr_of_others (void)
{
  FramSockaddr sockaddr = { .any.sa_family = AF_UNIX };
  FramAddress address = { 0 };

  g_assert_false (fram_sockaddr_to_address (&sockaddr, sizeof sockaddr, &address));
  sockaddr.any.sa_family = AF_INET6;
  g_assert_false (fram_sockaddr_to_address (&sockaddr, sizeof sockaddr.ipv4, &address));
  g_assert_false (fram_sockaddr_to_address (&sockaddr, 0, &address));
  g_assert_cmpuint (address.family, ==, FRAM_FAMILY_NONE);
}

static void
test_descriptor_limit (void)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = 100;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  fram_raise_descriptor_limit ();
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  g_assert_cmpuint (limit.rlim_cur, ==, limit.rlim_max);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/system/random", test_random);
  g_test_add_func ("/system/random-pool", test_random_pool);
  g_test_add_func ("/system/sockaddr/both-ways", test_sockaddr);
  g_test_add_func ("/system/sockaddr/scope", test_sockaddr_scope);
  g_test_add_func ("/system/sockaddr/others", test_sockaddr_of_others);
  g_test_add_func ("/system/descriptor-limit", test_descriptor_limit);
  return g_test_run ();
}
