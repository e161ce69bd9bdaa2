/* Addresses: text to value and back, the classes of address, and keys. */
#include "base/address.h"

#include <string.h>

static FramAddress
address (const char *text)
{
  FramAddress result;

  g_assert_true (fram_address_parse (&result, text));
  return result;
}

static void
test_round_trip (void)
{
  static const char *const texts[] = {
    "192.0.2.1:3478",
    "0.0.0.0:0",
    "255.255.255.255:65535",
    "[2001:db8::1]:3478",
    "[::]:0",
    "[::1]:1",
    "[fe80::1]:9",
    "[1:2:3:4:5:6:7:8]:80",
    "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535",
  };
  char buffer[FRAM_ADDRESS_TEXT];

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      FramAddress parsed = address (texts[i]);

      g_assert_cmpstr (fram_address_to_text (&parsed, buffer), ==, texts[i]);
    }
}

static void
test_refused (void)
{
  static const char *const texts[] = {
    "",
    ":",
    "192.0.2.1",
    "192.0.2.1:",
    "192.0.2.1:65536",
    "192.0.2.1:-1",
    "192.0.2.1:+1",
    "192.0.2.1: 1",
    "192.0.2.1:1 ",
    "192.0.2.1:0x10",
    "192.0.2.1:99999999999999999999",
    "192.0.2:1",
    "192.0.2.256:1",
    "192.0.2.1.5:1",
    " 192.0.2.1:1",
    "[192.0.2.1]:1",
    "2001:db8::1",
    "2001:db8::1:3478",
    "[2001:db8::1]",
    "[2001:db8::1]3478",
    "[2001:db8::1:3478",
    "[2001:db8:::1]:3478",
    "[1:2:3:4:5:6:7:8:9]:1",
    "[]:1",
    "localhost:1",
    "[fe80::1%eth0]:1",
    "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:f]:1",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      FramAddress untouched;

      memset (&untouched, 0xa5, sizeof untouched);
      g_test_message ("'%s'", texts[i]);
      g_assert_false (fram_address_parse (&untouched, texts[i]));
      g_assert_cmpuint (untouched.family, ==, 0xa5);
    }
}

static void
test_ip_alone (void)
{
  char buffer[FRAM_ADDRESS_TEXT];
  FramAddress parsed;

  g_assert_true (fram_address_parse_ip (&parsed, "2001:DB8:0:0::1", 7));
  g_assert_cmpstr (fram_address_ip_to_text (&parsed, buffer), ==, "2001:db8::1");
  g_assert_cmpuint (parsed.port, ==, 7);
  g_assert_false (fram_address_parse_ip (&parsed, "[2001:db8::1]", 7));
  g_assert_false (fram_address_parse_ip (&parsed, "192.0.2.1:7", 7));
  g_assert_false (fram_address_parse_ip (&parsed, "example.org", 7));
}

/* One host must not have two keys: the mapped form is the IPv4 address. */
static void
test_mapped_is_ipv4 (void)
{
  FramAddress mapped = address ("[::ffff:192.0.2.1]:80"),
              plain = address ("192.0.2.1:80");

  g_assert_cmpuint (mapped.family, ==, FRAM_FAMILY_IPV4);
  g_assert_true (fram_address_equal (&mapped, &plain));
  g_assert_cmpuint (fram_address_hash (&mapped), ==, fram_address_hash (&plain));
}

static void
test_none_has_text (void)
{
  FramAddress none = { 0 };
  char buffer[FRAM_ADDRESS_TEXT];

  g_assert_cmpstr (fram_address_ip_to_text (&none, buffer), ==, "none");
}

static void
test_comparison (void)
{
  FramAddress a = address ("192.0.2.1:80"), b = address ("192.0.2.1:81");
  FramAddress scoped = address ("[fe80::1]:80"), other = scoped;

  g_assert_false (fram_address_equal (&a, &b));
  g_assert_true (fram_address_equal_ip (&a, &b));
  g_assert_cmpint (fram_address_compare (&a, &b), ==, -fram_address_compare (&b, &a));
  g_assert_cmpint (fram_address_compare (&a, &a), ==, 0);

  other.scope = 3;
  g_assert_false (fram_address_equal (&scoped, &other));
  g_assert_false (fram_address_equal_ip (&scoped, &other));
}

/* A table of neighbours must not be a list: nearly every address has a hash of its own. */
static void
test_hash_spreads (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  FramAddress one;

  for (guint i = 0; i < 4096; i++)
    {
      fram_address_init_ipv4 (&one, 0x0a000000 + i / 64, (guint16) (40000 + i % 64));
      g_hash_table_add (seen, GUINT_TO_POINTER (fram_address_hash (&one)));
    }
  g_assert_cmpuint (g_hash_table_size (seen), >, 4090);
}

typedef struct
{
  const char *text;
  gboolean any, loopback, link_local, multicast, private_space, usable;
} Classes;

static void
test_classes (void)
{
  static const Classes table[] = {
    { "192.0.2.1:1", 0, 0, 0, 0, 0, 1 },
    { "192.0.2.1:0", 0, 0, 0, 0, 0, 0 },
    { "0.0.0.0:1", 1, 0, 0, 0, 0, 0 },
    { "127.0.0.1:1", 0, 1, 0, 0, 0, 1 },
    { "127.255.0.1:1", 0, 1, 0, 0, 0, 1 },
    { "169.254.7.7:1", 0, 0, 1, 0, 0, 1 },
    { "224.0.0.251:1", 0, 0, 0, 1, 0, 0 },
    { "239.255.255.250:1", 0, 0, 0, 1, 0, 0 },
    { "255.255.255.255:1", 0, 0, 0, 0, 0, 0 },
    { "240.0.0.1:1", 0, 0, 0, 0, 0, 0 },
    { "10.9.8.7:1", 0, 0, 0, 0, 1, 1 },
    { "11.0.0.1:1", 0, 0, 0, 0, 0, 1 },
    { "172.15.0.1:1", 0, 0, 0, 0, 0, 1 },
    { "172.16.0.1:1", 0, 0, 0, 0, 1, 1 },
    { "172.31.255.1:1", 0, 0, 0, 0, 1, 1 },
    { "172.32.0.1:1", 0, 0, 0, 0, 0, 1 },
    { "192.168.1.1:1", 0, 0, 0, 0, 1, 1 },
    { "192.169.1.1:1", 0, 0, 0, 0, 0, 1 },
    { "100.63.0.1:1", 0, 0, 0, 0, 0, 1 },
    { "100.64.0.1:1", 0, 0, 0, 0, 1, 1 },
    { "100.127.0.1:1", 0, 0, 0, 0, 1, 1 },
    { "100.128.0.1:1", 0, 0, 0, 0, 0, 1 },
    { "[::]:1", 1, 0, 0, 0, 0, 0 },
    { "[::1]:1", 0, 1, 0, 0, 0, 1 },
    { "[::2]:1", 0, 0, 0, 0, 0, 1 },
    { "[fe80::1]:1", 0, 0, 1, 0, 0, 1 },
    { "[febf::1]:1", 0, 0, 1, 0, 0, 1 },
    { "[fec0::1]:1", 0, 0, 0, 0, 0, 1 },
    { "[ff02::fb]:1", 0, 0, 0, 1, 0, 0 },
    { "[fd00::1]:1", 0, 0, 0, 0, 1, 1 },
    { "[fc00::1]:1", 0, 0, 0, 0, 1, 1 },
    { "[fe00::1]:1", 0, 0, 0, 0, 0, 1 },
    { "[2001:db8::1]:1", 0, 0, 0, 0, 0, 1 },
    { "[2001:db8::1]:0", 0, 0, 0, 0, 0, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      const Classes *row = &table[i];
      FramAddress one = address (row->text);

      g_test_message ("%s", row->text);
      g_assert_cmpint (fram_address_is_any (&one), ==, row->any);
      g_assert_cmpint (fram_address_is_loopback (&one), ==, row->loopback);
      g_assert_cmpint (fram_address_is_link_local (&one), ==, row->link_local);
      g_assert_cmpint (fram_address_is_multicast (&one), ==, row->multicast);
      g_assert_cmpint (fram_address_is_private (&one), ==, row->private_space);
      g_assert_cmpint (fram_address_is_usable_remote (&one), ==, row->usable);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/address/round-trip", test_round_trip);
  g_test_add_func ("/base/address/refused", test_refused);
  g_test_add_func ("/base/address/ip-alone", test_ip_alone);
  g_test_add_func ("/base/address/mapped-is-ipv4", test_mapped_is_ipv4);
  g_test_add_func ("/base/address/none-has-text", test_none_has_text);
  g_test_add_func ("/base/address/comparison", test_comparison);
  g_test_add_func ("/base/address/hash-spreads", test_hash_spreads);
  g_test_add_func ("/base/address/classes", test_classes);
  return g_test_run ();
}
