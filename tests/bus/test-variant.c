/* The converter between message bodies and GVariant: what goes there comes back, and what
 * cannot go is refused. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dbus/variant.h"

static DBusMessage *
new_message (void)
{
  return dbus_message_new_method_call ("org.fram.Test1", "/org/fram/Test1",
                                       "org.fram.Test1", "Echo");
}

static void
assert_round_trip (GVariant *floating)
{
  g_autoptr (GVariant) body = g_variant_ref_sink (floating);
  g_autoptr (GVariant) back = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  DBusMessage *message = new_message ();

  g_assert_cmpint (fram_variant_to_message (message, body, NULL), ==, FRAM_VARIANT_OK);
  g_assert_cmpint (fram_variant_from_message (message, &back, &fds), ==, FRAM_VARIANT_OK);
  g_assert_cmpvariant (body, back);
  g_assert_null (fds);
  dbus_message_unref (message);
}

static void
test_basic (void)
{
  assert_round_trip (g_variant_new ("()"));
  assert_round_trip (g_variant_new ("(y)", 255));
  assert_round_trip (g_variant_new ("(bb)", TRUE, FALSE));
  assert_round_trip (g_variant_new ("(nq)", G_MININT16, G_MAXUINT16));
  assert_round_trip (g_variant_new ("(iu)", G_MININT32, G_MAXUINT32));
  assert_round_trip (g_variant_new ("(xt)", G_MININT64, G_MAXUINT64));
  assert_round_trip (g_variant_new ("(ddd)", -0.0, 1e308, 0.1));
  assert_round_trip (g_variant_new ("(sog)", "Grüße, 世界", "/a/b_1", "a{sv}"));
  assert_round_trip (g_variant_new ("(s)", ""));
}

/* An empty array keeps the type of the elements that it does not have. */
static void
test_empty_arrays (void)
{
  const char *types[]
      = { "ay",     "ab",        "an",           "aq",  "ai",       "au", "ax",
          "at",     "ad",        "as",           "ao",  "ag",       "av", "a(us)",
          "aa{sv}", "a{oa(ss)}", "a(a{s(ih)}b)", "aay", "a{sa{st}}" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      GVariant *empty = g_variant_new_array (
          g_variant_type_element (G_VARIANT_TYPE (types[i])), NULL, 0);

      assert_round_trip (g_variant_new_tuple (&empty, 1));
    }
}

static void
test_containers (void)
{
  /* A boolean is one byte in GVariant, and four in D-Bus. */
  assert_round_trip (g_variant_new_parsed ("([true, false, true, true],)"));
  assert_round_trip (g_variant_new_parsed ("(@ay [1, 2, 255], [b'text', b''])"));
  assert_round_trip (
      g_variant_new_parsed ("({'a': <1>, 'b': <{'c': <[<(1, 'x')>]>}>},)"));
  assert_round_trip (
      g_variant_new_parsed ("([(@u 7, 'seven')], {@u 1: (true, [@t 2])})"));
  assert_round_trip (g_variant_new_parsed ("(<<<'three deep'>>>, <@as []>)"));
}

/* A value made of dice: any type that D-Bus has, `depth` deep at most. */
static GVariant *
random_value (GRand *dice, guint depth)
{
  GVariant *children[3];
  guint n = g_rand_int_range (dice, 0, 4);
  GVariantBuilder builder;

  switch (g_rand_int_range (dice, 0, depth > 0 ? 10 : 6))
    {
    case 0:
      return g_variant_new_boolean (g_rand_boolean (dice));
    case 1:
      return g_variant_new_uint32 (g_rand_int (dice));
    case 2:
      return g_variant_new_int64 ((gint64) g_rand_int (dice) << 31);
    case 3:
      return g_variant_new_double (g_rand_double (dice));
    case 4:
      return g_variant_new_take_string (g_strnfill (g_rand_int_range (dice, 0, 9), 'x'));
    case 5:
      return g_variant_new_byte (g_rand_int_range (dice, 0, 256));
    case 6:
      return g_variant_new_variant (random_value (dice, depth - 1));
    case 7:
      n = MAX (n, 1);
      n = MIN (n, 3);
      for (guint i = 0; i < n; i++)
        children[i] = random_value (dice, depth - 1);
      return g_variant_new_tuple (children, n);
    case 8:
      g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
      for (guint i = 0; i < n; i++)
        g_variant_builder_add (&builder, "{sv}", "key", random_value (dice, depth - 1));
      return g_variant_builder_end (&builder);
    default:
      g_variant_builder_init (&builder, G_VARIANT_TYPE ("aav"));
      for (guint i = 0; i < n; i++)
        {
          GVariant *inner = g_variant_new_variant (random_value (dice, depth - 1));

          g_variant_builder_add_value (
              &builder, g_variant_new_array (G_VARIANT_TYPE_VARIANT, &inner, 1));
        }
      return g_variant_builder_end (&builder);
    }
}

static void
test_random (void)
{
  g_autoptr (GRand) dice = g_rand_new_with_seed (20445);

  for (guint i = 0; i < 5000; i++)
    {
      GVariant *value = random_value (dice, 6);

      assert_round_trip (g_variant_new_tuple (&value, 1));
    }
}

/* What GVariant has and D-Bus has not; libdbus would end the process. */
static void
test_no_type (void)
{
  const char *values[]
      = { "(@ms nothing,)",       "(@ms 'just',)", "(<@ms nothing>,)",
          "([<@ai [1]>, <()>],)", "((),)",         "({'k': <(1, @mi 2)>},)",
          "(@a(u()) [],)" };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (GVariant) body = g_variant_ref_sink (g_variant_new_parsed (values[i]));
      DBusMessage *message = new_message ();

      g_assert_cmpint (fram_variant_to_message (message, body, NULL), ==,
                       FRAM_VARIANT_NO_TYPE);
      dbus_message_unref (message);
    }
}

static GVariant *
nest (guint depth)
{
  GVariant *value = g_variant_new_boolean (TRUE);

  for (guint i = 0; i < depth; i++)
    value = g_variant_new_variant (value);
  return value;
}

static void
test_depth (void)
{
  GVariant *deep = nest (FRAM_VARIANT_MAX_DEPTH);
  g_autoptr (GVariant) body = NULL;
  DBusMessage *message = new_message ();

  assert_round_trip (g_variant_new_tuple (&deep, 1));

  deep = nest (FRAM_VARIANT_MAX_DEPTH + 1);
  body = g_variant_ref_sink (g_variant_new_tuple (&deep, 1));
  g_assert_cmpint (fram_variant_to_message (message, body, NULL), ==,
                   FRAM_VARIANT_TOO_DEEP);
  dbus_message_unref (message);
}

/* A message that was not written by the converter, and so does not keep its limit. */
static void
test_depth_read (void)
{
  DBusMessage *message = new_message ();
  DBusMessageIter iters[FRAM_VARIANT_MAX_DEPTH + 2];
  dbus_bool_t yes = TRUE;
  GVariant *body = NULL;
  GUnixFDList *fds = NULL;

  dbus_message_iter_init_append (message, &iters[0]);
  for (guint i = 0; i <= FRAM_VARIANT_MAX_DEPTH; i++)
    g_assert_true (dbus_message_iter_open_container (
        &iters[i], DBUS_TYPE_VARIANT, i < FRAM_VARIANT_MAX_DEPTH ? "v" : "b",
        &iters[i + 1]));
  dbus_message_iter_append_basic (&iters[FRAM_VARIANT_MAX_DEPTH + 1], DBUS_TYPE_BOOLEAN,
                                  &yes);
  for (guint i = FRAM_VARIANT_MAX_DEPTH + 1; i > 0; i--)
    dbus_message_iter_close_container (&iters[i - 1], &iters[i]);

  g_assert_cmpint (fram_variant_from_message (message, &body, &fds), ==,
                   FRAM_VARIANT_TOO_DEEP);
  g_assert_null (body);
  g_assert_null (fds);
  dbus_message_unref (message);
}

static FramVariantResult
read_bytes (gsize length)
{
  g_autofree guint8 *bytes = g_malloc0 (length);
  g_autoptr (GVariant) body = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  DBusMessage *message = new_message ();
  FramVariantResult result;

  dbus_message_append_args (message, DBUS_TYPE_ARRAY, DBUS_TYPE_BYTE, &bytes,
                            (int) length, DBUS_TYPE_INVALID);
  result = fram_variant_from_message (message, &body, &fds);
  dbus_message_unref (message);
  return result;
}

static void
test_size (void)
{
  g_assert_cmpint (read_bytes (FRAM_VARIANT_MAX_BYTES - 4096), ==, FRAM_VARIANT_OK);
  g_assert_cmpint (read_bytes (FRAM_VARIANT_MAX_BYTES + 1), ==, FRAM_VARIANT_TOO_LARGE);
}

/* Many small values cost more memory than their bytes say. */
static void
test_size_of_small (void)
{
  g_autofree dbus_uint32_t *numbers = g_new0 (dbus_uint32_t, FRAM_VARIANT_MAX_BYTES / 4);
  g_autoptr (GVariant) body = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  DBusMessage *message = new_message ();

  dbus_message_append_args (message, DBUS_TYPE_ARRAY, DBUS_TYPE_UINT32, &numbers,
                            FRAM_VARIANT_MAX_BYTES / 4, DBUS_TYPE_INVALID);
  g_assert_cmpint (fram_variant_from_message (message, &body, &fds), ==,
                   FRAM_VARIANT_TOO_LARGE);
  dbus_message_unref (message);
}

/* --- Descriptors ------------------------------------------------------------------- */

static gboolean
same_file (int a, int b)
{
  struct stat first, second;

  return fstat (a, &first) == 0 && fstat (b, &second) == 0
         && first.st_ino == second.st_ino && first.st_dev == second.st_dev;
}

static void
test_fds (void)
{
  g_autoptr (GUnixFDList) sent = g_unix_fd_list_new ();
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) body = NULL;
  g_autoptr (GVariant) back = NULL;
  g_autoptr (GVariant) boxed = NULL;
  DBusMessage *message = new_message ();
  int ends[2];
  gint32 first, second;
  const int *got;

  g_assert_cmpint (pipe2 (ends, O_CLOEXEC), ==, 0);
  g_unix_fd_list_append (sent, ends[0], NULL);
  g_unix_fd_list_append (sent, ends[1], NULL);

  /* The second before the first: handles are indices, not positions. */
  body = g_variant_ref_sink (g_variant_new ("(vh)", g_variant_new_handle (1), 0));
  g_assert_cmpint (fram_variant_to_message (message, body, sent), ==, FRAM_VARIANT_OK);
  g_assert_cmpint (fram_variant_from_message (message, &back, &fds), ==, FRAM_VARIANT_OK);
  g_variant_get (back, "(vh)", &boxed, &second);
  first = g_variant_get_handle (boxed);
  got = g_unix_fd_list_peek_fds (fds, NULL);
  g_assert_cmpint (g_unix_fd_list_get_length (fds), ==, 2);
  g_assert_true (same_file (got[first], ends[1]));
  g_assert_true (same_file (got[second], ends[0]));
  g_assert_cmpint (fcntl (got[first], F_GETFD) & FD_CLOEXEC, ==, FD_CLOEXEC);

  /* Both the message and the list have duplicates. */
  dbus_message_unref (message);
  g_assert_true (same_file (got[first], ends[1]));
  close (ends[0]);
  close (ends[1]);
}

static void
test_no_fd (void)
{
  g_autoptr (GUnixFDList) empty = g_unix_fd_list_new ();
  g_autoptr (GVariant) body = g_variant_ref_sink (g_variant_new ("(h)", 0));
  g_autoptr (GVariant) negative = g_variant_ref_sink (g_variant_new ("(h)", -1));
  DBusMessage *message = new_message ();

  g_assert_cmpint (fram_variant_to_message (message, body, NULL), ==, FRAM_VARIANT_NO_FD);
  g_assert_cmpint (fram_variant_to_message (message, body, empty), ==,
                   FRAM_VARIANT_NO_FD);
  g_assert_cmpint (fram_variant_to_message (message, negative, empty), ==,
                   FRAM_VARIANT_NO_FD);
  dbus_message_unref (message);
}

static void
test_too_many_fds (void)
{
  DBusMessage *message = new_message ();
  DBusMessageIter iter, inner;
  GVariant *body = NULL;
  GUnixFDList *fds = NULL;
  int fd = 0;

  dbus_message_iter_init_append (message, &iter);
  dbus_message_iter_open_container (&iter, DBUS_TYPE_ARRAY, "h", &inner);
  for (guint i = 0; i <= FRAM_VARIANT_MAX_FDS; i++)
    dbus_message_iter_append_basic (&inner, DBUS_TYPE_UNIX_FD, &fd);
  dbus_message_iter_close_container (&iter, &inner);

  g_assert_cmpint (fram_variant_from_message (message, &body, &fds), ==,
                   FRAM_VARIANT_TOO_MANY_FDS);
  g_assert_null (fds);
  dbus_message_unref (message);
}

static void
test_sentences (void)
{
  for (int i = FRAM_VARIANT_OK; i <= FRAM_VARIANT_TOO_DEEP; i++)
    g_assert_cmpuint (strlen (fram_variant_result_to_text (i)), >, 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/variant/basic", test_basic);
  g_test_add_func ("/variant/empty-arrays", test_empty_arrays);
  g_test_add_func ("/variant/containers", test_containers);
  g_test_add_func ("/variant/random", test_random);
  g_test_add_func ("/variant/no-type", test_no_type);
  g_test_add_func ("/variant/depth", test_depth);
  g_test_add_func ("/variant/depth-read", test_depth_read);
  g_test_add_func ("/variant/size", test_size);
  g_test_add_func ("/variant/size-of-small", test_size_of_small);
  g_test_add_func ("/variant/fds", test_fds);
  g_test_add_func ("/variant/no-fd", test_no_fd);
  g_test_add_func ("/variant/too-many-fds", test_too_many_fds);
  g_test_add_func ("/variant/sentences", test_sentences);
  return g_test_run ();
}
