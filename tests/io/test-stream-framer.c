/* Bytes into messages, however they come. (RFC 8489 §6.2.2, RFC 8656 §12.5) */
#include "io/stream-framer.h"

#include "base/big-endian.h"
#include "stun/message.h"

typedef struct
{
  FramStreamFramer framer;
  GByteArray *input;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fram_stream_framer_init (&fixture->framer, TRUE);
  fixture->input = g_byte_array_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  fram_stream_framer_clear (&fixture->framer);
  g_byte_array_unref (fixture->input);
}

static void
add (Fixture *fixture, guint16 first, guint16 length, guint32 cookie, gsize more)
{
  guint8 header[8];

  fram_store_be16 (header, first);
  fram_store_be16 (header + 2, length);
  fram_store_be32 (header + 4, cookie);
  g_byte_array_append (fixture->input, header, sizeof header);
  g_byte_array_set_size (fixture->input, fixture->input->len + (guint) more);
}

static void
add_stun (Fixture *fixture, guint16 length)
{
  add (fixture, 0x0101, length, FRAM_STUN_MAGIC_COOKIE, 12u + length);
}

/* At least four bytes of data. */
static void
add_channel (Fixture *fixture, guint16 length)
{
  add (fixture, 0x4001, length, 0, (length - 4u + 3) & ~3u);
}

/* Return: (transfer full): the lengths of what comes of it, and “!” where it breaks. */
static char *
cut (Fixture *fixture, gsize step)
{
  GString *text = g_string_new (NULL);
  const guint8 *message;
  gsize length;
  FramStreamFrame frame;

  for (gsize at = 0; at < fixture->input->len; at += step)
    {
      fram_stream_framer_push (&fixture->framer, fixture->input->data + at,
                               MIN (step, fixture->input->len - at));
      while ((frame = fram_stream_framer_next (&fixture->framer, &message, &length))
             == FRAM_STREAM_FRAME_MESSAGE)
        g_string_append_printf (text, "%" G_GSIZE_FORMAT " ", length);
      if (frame == FRAM_STREAM_FRAME_BROKEN)
        {
          g_string_append_c (text, '!');
          break;
        }
    }
  return g_string_free (text, FALSE);
}

static void
expect (Fixture *fixture, const char *expected)
{
  for (gsize step = 1; step <= fixture->input->len; step++)
    {
      g_autofree char *text = cut (fixture, step);

      g_assert_cmpstr (text, ==, expected);
      fram_stream_framer_clear (&fixture->framer);
      fram_stream_framer_init (&fixture->framer, TRUE);
    }
}

static void
test_messages (Fixture *fixture, gconstpointer data)
{
  add_stun (fixture, 0);
  add_stun (fixture, 8);
  add_channel (fixture, 4);
  add_channel (fixture, 5);
  add_channel (fixture, 7);
  add_stun (fixture, 4);
  expect (fixture, "20 28 8 9 11 24 ");
}

/* An empty one has four bytes, and is one. */
static void
test_empty_channel (Fixture *fixture, gconstpointer data)
{
  static const guint8 empty[] = { 0x40, 0, 0, 0, 0x4f, 0xff, 0, 0 };

  g_byte_array_append (fixture->input, empty, sizeof empty);
  expect (fixture, "4 4 ");
}

static void
test_longest (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;

  add_stun (fixture, 65512);
  add_channel (fixture, 65528);
  text = cut (fixture, 1460);
  g_assert_cmpstr (text, ==, "65532 65532 ");
  g_assert_false (fram_stream_framer_is_within (&fixture->framer));
}

static void
test_too_long (Fixture *fixture, gconstpointer data)
{
  add_stun (fixture, 65516);
  expect (fixture, "!");
}

static void
test_channel_too_long (Fixture *fixture, gconstpointer data)
{
  add (fixture, 0x4000, 65529, 0, 0);
  expect (fixture, "!");
}

static void
test_cookie (Fixture *fixture, gconstpointer data)
{
  add_stun (fixture, 0);
  add (fixture, 0x0101, 0, FRAM_STUN_MAGIC_COOKIE + 1, 12);
  expect (fixture, "20 !");
}

static void
test_odd_length (Fixture *fixture, gconstpointer data)
{
  add_stun (fixture, 2);
  expect (fixture, "!");
}

/* What is neither, by its first byte. (RFC 7983 §7) */
static void
test_first_byte (Fixture *fixture, gconstpointer data)
{
  for (guint first = 0; first < 256; first++)
    {
      gboolean right = first < 4 || (first >= 64 && first < 80);

      g_byte_array_set_size (fixture->input, 0);
      add (fixture, (guint16) (first << 8), right && first < 4 ? 0 : 4,
           FRAM_STUN_MAGIC_COOKIE, right && first < 4 ? 12 : 0);
      expect (fixture, !right ? "!" : first < 4 ? "20 " : "8 ");
    }
}

/* From a server that has none, it is something else: “HTTP” looks like it. */
static void
test_no_channels (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;

  fixture->framer.has_channels = FALSE;
  add_stun (fixture, 0);
  add_channel (fixture, 4);
  text = cut (fixture, 20);
  g_assert_cmpstr (text, ==, "20 !");
}

/* Once broken, it stays so, and holds nothing. */
static void
test_stays_broken (Fixture *fixture, gconstpointer data)
{
  const guint8 *message;
  gsize length;

  fram_stream_framer_push (&fixture->framer, (const guint8 *) "x", 1);
  g_assert_cmpint (fram_stream_framer_next (&fixture->framer, &message, &length), ==,
                   FRAM_STREAM_FRAME_BROKEN);
  add_stun (fixture, 0);
  fram_stream_framer_push (&fixture->framer, fixture->input->data, fixture->input->len);
  g_assert_cmpint (fram_stream_framer_next (&fixture->framer, &message, &length), ==,
                   FRAM_STREAM_FRAME_BROKEN);
  g_assert_cmpuint (fixture->framer.bytes->len, ==, 1);
}

static void
test_within (Fixture *fixture, gconstpointer data)
{
  const guint8 *message;
  gsize length;

  g_assert_false (fram_stream_framer_is_within (&fixture->framer));
  add_stun (fixture, 0);
  fram_stream_framer_push (&fixture->framer, fixture->input->data, 19);
  g_assert_cmpint (fram_stream_framer_next (&fixture->framer, &message, &length), ==,
                   FRAM_STREAM_FRAME_NONE);
  g_assert_true (fram_stream_framer_is_within (&fixture->framer));
}

/* --- Frames (RFC 4571 §2) ---------------------------------------------------------- */

static void
add_frame (Fixture *fixture, guint16 length)
{
  guint8 header[2];

  fram_store_be16 (header, length);
  g_byte_array_append (fixture->input, header, sizeof header);
  g_byte_array_set_size (fixture->input, fixture->input->len + length);
}

static void
begin_frames (Fixture *fixture)
{
  fram_stream_framer_clear (&fixture->framer);
  fram_stream_framer_init_frames (&fixture->framer);
}

/* Whatever is in them, in every cut; an empty one is nothing. */
static void
test_frames (Fixture *fixture, gconstpointer data)
{
  add_frame (fixture, 1);
  add_frame (fixture, 0);
  add_frame (fixture, 20);
  add_frame (fixture, 300);
  add_frame (fixture, 0);
  for (gsize step = 1; step <= fixture->input->len; step++)
    {
      g_autofree char *text = NULL;

      begin_frames (fixture);
      text = cut (fixture, step);
      g_assert_cmpstr (text, ==, "1 20 300 ");
      g_assert_false (fram_stream_framer_is_within (&fixture->framer));
    }
}

static void
test_longest_frame (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;

  begin_frames (fixture);
  add_frame (fixture, 65535);
  add_frame (fixture, 7);
  text = cut (fixture, 1460);
  g_assert_cmpstr (text, ==, "65535 7 ");
}

static void
test_part_of_frame (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;

  begin_frames (fixture);
  add_frame (fixture, 9);
  g_byte_array_set_size (fixture->input, 10);
  text = cut (fixture, 1);
  g_assert_cmpstr (text, ==, "");
  g_assert_true (fram_stream_framer_is_within (&fixture->framer));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                              \
  g_test_add ("/stream-framer/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("messages", test_messages);
  ADD ("empty-channel", test_empty_channel);
  ADD ("longest", test_longest);
  ADD ("too-long", test_too_long);
  ADD ("channel-too-long", test_channel_too_long);
  ADD ("cookie", test_cookie);
  ADD ("odd-length", test_odd_length);
  ADD ("first-byte", test_first_byte);
  ADD ("no-channels", test_no_channels);
  ADD ("stays-broken", test_stays_broken);
  ADD ("within", test_within);
  ADD ("frames", test_frames);
  ADD ("longest-frame", test_longest_frame);
  ADD ("part-of-frame", test_part_of_frame);
  return g_test_run ();
}
