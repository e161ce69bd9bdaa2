/* Blocks of pcapng: their lengths, and headers of IP and UDP that add up. */
#include <string.h>

#include "rpc/pcapng.h"

static guint32
get_u32 (const guint8 *bytes)
{
  guint32 value;

  memcpy (&value, bytes, sizeof value);
  return value;
}

/* Return: how many whole blocks there are; each has its length at both ends. */
static guint
count_blocks (const GByteArray *bytes)
{
  guint n = 0;

  for (guint offset = 0; offset < bytes->len; n++)
    {
      guint32 length = get_u32 (bytes->data + offset + 4);

      g_assert_cmpuint (length, >=, 12);
      g_assert_cmpuint (length % 4, ==, 0);
      g_assert_cmpuint (offset + length, <=, bytes->len);
      g_assert_cmpuint (get_u32 (bytes->data + offset + length - 4), ==, length);
      offset += length;
    }
  return n;
}

/* RFC 1071: with its checksum in it, what is right adds up to all ones. */
static guint16
add_up (const guint8 *bytes, gsize length, guint32 sum)
{
  for (gsize i = 0; i < length; i++)
    sum += i % 2 == 0 ? (guint32) bytes[i] << 8 : bytes[i];
  while (sum >> 16 != 0)
    sum = (sum & 0xffff) + (sum >> 16);
  return (guint16) sum;
}

static void
assert_packet (const char *source, const char *destination, gsize length)
{
  g_autofree guint8 *payload = g_malloc (length + 1);
  g_autoptr (GByteArray) block = g_byte_array_new ();
  FramPcapngPacket packet = { .when = G_GINT64_CONSTANT (0x123456789abcde),
                              .outgoing = TRUE,
                              .payload = payload,
                              .length = length,
                              .snap = G_MAXUINT16 };
  const guint8 *ip;
  gsize n_ip;

  for (gsize i = 0; i < length; i++)
    payload[i] = (guint8) (i * 7);
  g_assert_true (fram_address_parse (&packet.source, source));
  g_assert_true (fram_address_parse (&packet.destination, destination));
  g_assert_true (fram_pcapng_packet (block, &packet));
  g_assert_cmpuint (count_blocks (block), ==, 1);
  g_assert_cmpuint (get_u32 (block->data + 12), ==, 0x123456);
  g_assert_cmpuint (get_u32 (block->data + 16), ==, 0x789abcde);

  ip = block->data + 28;
  n_ip = packet.source.family == FRAM_FAMILY_IPV6 ? 40 : 20;
  g_assert_cmpuint (get_u32 (block->data + 20), ==, n_ip + 8 + length);
  g_assert_cmpuint (get_u32 (block->data + 24), ==, n_ip + 8 + length);
  if (n_ip == 20)
    {
      g_assert_cmpuint (add_up (ip, 20, 0), ==, 0xffff);
      /* The pseudo header: both addresses, the protocol, the length. */
      g_assert_cmpuint (
          add_up (ip + 20, 8 + length, add_up (ip + 12, 8, 17 + 8 + (guint32) length)),
          ==, 0xffff);
    }
  else
    g_assert_cmpuint (
        add_up (ip + 40, 8 + length, add_up (ip + 8, 32, 17 + 8 + (guint32) length)), ==,
        0xffff);
  g_assert_cmpmem (ip + n_ip + 8, length, payload, length);
}

static void
test_packets (void)
{
  for (gsize length = 0; length < 9; length++)
    {
      assert_packet ("192.0.2.1:9", "198.51.100.2:65535", length);
      assert_packet ("[2001:db8::1]:9", "[2001:db8::ffff]:65535", length);
    }
  assert_packet ("192.0.2.1:9", "198.51.100.2:65535", 65535 - 48);
}

static void
test_file (void)
{
  g_autoptr (GByteArray) file = g_byte_array_new ();

  fram_pcapng_begin (file, "Fram 1", "session 1");
  fram_pcapng_end (file, 5, 10, 2);
  g_assert_cmpuint (count_blocks (file), ==, 3);
  g_assert_cmpuint (get_u32 (file->data), ==, 0x0a0d0d0a);
  g_assert_cmpuint (get_u32 (file->data + 8), ==, 0x1a2b3c4d);
}

static void
test_snap (void)
{
  static const guint8 payload[1000] = { 1, 2, 3 };
  g_autoptr (GByteArray) block = g_byte_array_new ();
  FramPcapngPacket packet = { .payload = payload, .length = 1000, .dropped = 3 };

  g_assert_true (fram_address_parse (&packet.source, "192.0.2.1:9"));
  packet.destination = packet.source;
  /* The headers are always there. */
  for (packet.snap = 0; packet.snap < 100; packet.snap++)
    {
      g_byte_array_set_size (block, 0);
      g_assert_true (fram_pcapng_packet (block, &packet));
      g_assert_cmpuint (count_blocks (block), ==, 1);
      g_assert_cmpuint (get_u32 (block->data + 20), ==, MAX (packet.snap, 28));
      g_assert_cmpuint (get_u32 (block->data + 24), ==, 1028);
    }
}

static void
test_impossible (void)
{
  static const guint8 payload[65535] = { 0 };
  g_autoptr (GByteArray) block = g_byte_array_new ();
  FramPcapngPacket packet = { .payload = payload, .length = 10, .snap = 100 };

  g_assert_false (fram_pcapng_packet (block, &packet));
  g_assert_true (fram_address_parse (&packet.source, "192.0.2.1:9"));
  g_assert_true (fram_address_parse (&packet.destination, "[2001:db8::1]:9"));
  g_assert_false (fram_pcapng_packet (block, &packet));
  packet.destination = packet.source;
  packet.length = sizeof payload;
  g_assert_false (fram_pcapng_packet (block, &packet));
  g_assert_cmpuint (block->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rpc/pcapng/packets", test_packets);
  g_test_add_func ("/rpc/pcapng/file", test_file);
  g_test_add_func ("/rpc/pcapng/snap", test_snap);
  g_test_add_func ("/rpc/pcapng/impossible", test_impossible);
  return g_test_run ();
}
