/* Peers' data in messages, byte for byte. */
#include "turn/peer-data.h"

#include <string.h>

static FramAddress
address (const char *text)
{
  FramAddress parsed;

  g_assert_true (fram_address_parse (&parsed, text));
  return parsed;
}

static void
test_channel (void)
{
  guint8 message[] = { 0, 0, 0, 0, 'h', 'i' };
  const guint8 *data;
  guint16 channel;
  gsize length;

  fram_turn_write_channel_header (message, 0x4abc, 2);
  g_assert_cmpmem (message, sizeof message, "\x4a\xbc\0\2hi", 6);
  g_assert_true (fram_turn_read_channel_data (message, 6, &channel, &data, &length));
  g_assert_cmpuint (channel, ==, 0x4abc);
  g_assert_cmpmem (data, length, "hi", 2);
  for (gsize cut = 0; cut < 6; cut++)
    g_assert_false (fram_turn_read_channel_data (message, cut, &channel, &data, &length));
}

/* RFC 7983 §7 */
static void
test_first_byte (void)
{
  for (guint first = 0; first < 256; first++)
    {
      guint8 message[] = { (guint8) first, 0, 0, 0 };
      const guint8 *data;
      guint16 channel;
      gsize length;

      g_assert_cmpint (fram_turn_is_channel_data (message, 4), ==,
                       first >= 64 && first <= 79);
      g_assert_cmpint (fram_turn_read_channel_data (message, 4, &channel, &data, &length),
                       ==, first >= 64 && first <= 79);
    }
  g_assert_false (fram_turn_is_channel_data ((const guint8 *) "@", 0));
}

static void
test_send (void)
{
  static const guint8 plain[]
      = { 0x00, 0x16, 0x00, 0x18, 0x21, 0x12, 0xa4, 0x42, 'i',  'd',  'e',  'n',
          't',  'i',  'f',  'i',  'e',  'r',  '1',  '2',  0x00, 0x12, 0x00, 0x08,
          0x00, 0x01, 0x2e, 0xb2, 0xe1, 0x12, 0xa6, 0x43, 0x00, 0x13, 0x00, 0x05 };
  static const guint8 whole[]
      = { 0x00, 0x16, 0x00, 0x1c, 0x21, 0x12, 0xa4, 0x42, 'i',  'd',
          'e',  'n',  't',  'i',  'f',  'i',  'e',  'r',  '1',  '2',
          0x00, 0x12, 0x00, 0x08, 0x00, 0x01, 0x2e, 0xb2, 0xe1, 0x12,
          0xa6, 0x43, 0x00, 0x1a, 0x00, 0x00, 0x00, 0x13, 0x00, 0x05 };
  const FramAddress peer = address ("192.0.2.1:4000");
  guint8 header[FRAM_TURN_SEND_HEADER];
  FramStunId id;

  memcpy (id.bytes, "identifier12", sizeof id.bytes);
  g_assert_cmpuint (fram_turn_get_send_header_length (&peer, FALSE), ==, sizeof plain);
  fram_turn_write_send_header (header, &id, &peer, FALSE, 5);
  g_assert_cmpmem (header, sizeof plain, plain, sizeof plain);
  g_assert_cmpuint (fram_turn_get_send_header_length (&peer, TRUE), ==, sizeof whole);
  fram_turn_write_send_header (header, &id, &peer, TRUE, 5);
  g_assert_cmpmem (header, sizeof whole, whole, sizeof whole);
}

static void
test_send_lengths (gconstpointer text)
{
  const FramAddress peer = address (text);
  const gsize header = fram_turn_get_send_header_length (&peer, FALSE);
  g_autofree guint8 *message = g_malloc0 (G_MAXUINT16 + 1);
  const FramStunId id = { { 1 } };

  g_assert_cmpuint (header, <=, FRAM_TURN_SEND_HEADER);
  for (gsize length = 0; header + length + 3 < G_MAXUINT16; length += 1 + length / 3)
    {
      gsize whole = header + length + fram_turn_get_padding (length), inner_length;
      const guint8 *inner;
      FramStunMessage parsed;
      FramAddress named;

      g_assert_cmpuint (whole % 4, ==, 0);
      fram_turn_write_send_header (message, &id, &peer, FALSE, length);
      g_assert_cmpint (fram_stun_message_parse (&parsed, message, whole), ==,
                       FRAM_STUN_PARSE_OK);
      /* One that is sent is none that is received. */
      g_assert_false (
          fram_turn_read_data_indication (&parsed, &named, &inner, &inner_length));
      message[1] |= 1;
      g_assert_cmpint (fram_stun_message_parse (&parsed, message, whole), ==,
                       FRAM_STUN_PARSE_OK);
      g_assert_true (
          fram_turn_read_data_indication (&parsed, &named, &inner, &inner_length));
      g_assert_true (fram_address_equal (&named, &peer));
      g_assert_true (inner == message + header);
      g_assert_cmpuint (inner_length, ==, length);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/turn/peer-data/channel", test_channel);
  g_test_add_func ("/turn/peer-data/first-byte", test_first_byte);
  g_test_add_func ("/turn/peer-data/send", test_send);
  g_test_add_data_func ("/turn/peer-data/lengths/ipv4", "192.0.2.1:4000",
                        test_send_lengths);
  g_test_add_data_func ("/turn/peer-data/lengths/ipv6", "[2001:db8::1]:4000",
                        test_send_lengths);
  return g_test_run ();
}
