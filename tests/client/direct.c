/* Moves datagrams by the batch and as segments between two sessions of the service, by the path
 * that is named: `relayed`, `direct`, `unwanted`, which is relayed by what the environment says,
 * or `refused`, which is relayed by what the service can; or `narrow`, by frames that are shorter
 * than some datagrams; or `confined`, to see that who lives in other namespaces is refused.  Run by
 * test_direct.py. */
#include <fram.h>
#include <string.h>

#include "../bench/fram-couple.h"

#define N_DATAGRAMS 150
#define SIZE 1000
#define LONG 4000

typedef struct
{
  FramComponent *mouth, *ears;
} Pair;

static FramComponent *
open_component (FramSession *session)
{
  g_autoptr (GError) error = NULL;
  FramComponent *component
      = fram_session_open_component_sync (session, 0, 1, NULL, &error);

  g_assert_no_error (error);
  return component;
}

static gboolean
on_ready (GSocket *socket, GIOCondition condition, gpointer is_ready)
{
  *(gboolean *) is_ready = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_for (FramComponent *component, GIOCondition condition)
{
  g_autoptr (GSource) source = fram_component_create_source (component, condition, NULL);
  gboolean is_ready = FALSE;

  g_source_set_callback (source, G_SOURCE_FUNC (on_ready), &is_ready, NULL);
  g_source_attach (source, NULL);
  while (!is_ready)
    g_main_context_iteration (NULL, TRUE);
}

static void
fill (guint8 bytes[N_DATAGRAMS][SIZE])
{
  for (guint i = 0; i < N_DATAGRAMS; i++)
    memset (bytes[i], (int) i, SIZE);
}

static void
expect_next (const guint8 *bytes, gsize length, guint *received)
{
  guint8 expected[SIZE];

  memset (expected, (int) *received, SIZE);
  g_assert_cmpmem (bytes, length, expected, SIZE);
  *received += 1;
}

static void
receive_batch (FramComponent *ears, guint *received)
{
  static guint8 room[N_DATAGRAMS][SIZE];
  GInputVector buffers[N_DATAGRAMS];
  gsize lengths[N_DATAGRAMS];
  g_autoptr (GError) error = NULL;
  gssize n;

  for (guint i = 0; i < N_DATAGRAMS; i++)
    buffers[i] = (GInputVector){ room[i], SIZE };
  wait_for (ears, G_IO_IN);
  n = fram_component_receive_batch (ears, buffers, lengths, N_DATAGRAMS, &error);
  g_assert_no_error (error);
  for (gssize i = 0; i < n; i++)
    expect_next (room[i], lengths[i], received);
}

static void
move_by_batches (const Pair *pair)
{
  static guint8 bytes[N_DATAGRAMS][SIZE];
  guint sent = 0, received = 0;

  fill (bytes);
  while (received < N_DATAGRAMS)
    {
      GOutputVector vectors[N_DATAGRAMS];
      g_autoptr (GError) error = NULL;
      guint n = MIN (N_DATAGRAMS - sent, 40);

      for (guint i = 0; i < n; i++)
        vectors[i] = (GOutputVector){ bytes[sent + i], SIZE };
      if (n > 0)
        {
          gssize done = fram_component_send_batch (pair->mouth, vectors, n, &error);

          g_assert_no_error (error);
          sent += (guint) done;
        }
      while (received < sent)
        receive_batch (pair->ears, &received);
    }
}

static guint
receive_segments (FramComponent *ears, guint *received)
{
  static guint8 room[FRAM_SEGMENTS_MAX];
  g_autoptr (GError) error = NULL;
  gsize segment;
  gssize n;

  wait_for (ears, G_IO_IN);
  n = fram_component_receive_segments (ears, room, sizeof room, &segment, &error);
  /* What was ready may have been of the protocol. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return 0;
  g_assert_no_error (error);
  g_assert_cmpuint (segment, ==, SIZE);
  for (gsize start = 0; start < (gsize) n; start += segment)
    expect_next (room + start, MIN (segment, (gsize) n - start), received);
  return (guint) n / SIZE;
}

/* Return: how many datagrams. */
static guint
send_alike (const Pair *pair, const guint8 *bytes, guint n, gboolean by_batch)
{
  GOutputVector vectors[N_DATAGRAMS];
  g_autoptr (GError) error = NULL;
  gssize done;

  for (guint i = 0; i < n; i++)
    vectors[i] = (GOutputVector){ bytes + i * SIZE, SIZE };
  if (by_batch)
    done = fram_component_send_batch (pair->mouth, vectors, n, &error);
  else
    done = fram_component_send_segments (pair->mouth, bytes, n * SIZE, SIZE, &error);
  g_assert_no_error (error);
  if (by_batch)
    return (guint) done;
  g_assert_cmpint (done % SIZE, ==, 0);
  return (guint) done / SIZE;
}

static void
move_alike (const Pair *pair, gboolean by_batch, gboolean direct)
{
  static guint8 bytes[N_DATAGRAMS][SIZE];
  guint sent = 0, received = 0, most = 0;

  fill (bytes);
  while (sent < N_DATAGRAMS)
    {
      sent += send_alike (pair, bytes[sent], MIN (N_DATAGRAMS - sent, 40), by_batch);
      while (received < sent)
        {
          guint joined = receive_segments (pair->ears, &received);

          most = MAX (most, joined);
        }
    }
  /* On loopback the kernel carries what was sent so as one. */
  g_assert_cmpint (most > 1, ==, direct);
}

/* Neighbours of one length are sent as one, and each arrives as it was, in order. */
static void
move_mixed (const Pair *pair)
{
  static const gsize lengths[]
      = { SIZE, SIZE, SIZE, 400,  400,  400, SIZE, 1,   1,  2,  2,  1,
          1,    SIZE, 999,  SIZE, SIZE, 999, 998,  999, 20, 20, 20, 20 };
  static guint8 bytes[N_DATAGRAMS][SIZE];
  GOutputVector vectors[G_N_ELEMENTS (lengths)];
  g_autoptr (GError) error = NULL;
  guint received = 0;

  fill (bytes);
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    vectors[i] = (GOutputVector){ bytes[i], lengths[i] };
  g_assert_cmpint (
      fram_component_send_batch (pair->mouth, vectors, G_N_ELEMENTS (vectors), &error),
      ==, G_N_ELEMENTS (vectors));
  g_assert_no_error (error);
  while (received < G_N_ELEMENTS (lengths))
    {
      guint8 room[SIZE];
      gssize n;

      wait_for (pair->ears, G_IO_IN);
      n = fram_component_receive_into (pair->ears, room, sizeof room, NULL);
      if (n < 0)
        continue;
      g_assert_cmpmem (room, n, bytes[received], lengths[received]);
      received++;
    }
}

/* After joining was asked for: each is given out for itself. */
static void
move_singly (const Pair *pair)
{
  static guint8 bytes[N_DATAGRAMS][SIZE];
  g_autoptr (GError) error = NULL;
  guint received = 0;
  guint8 room[SIZE];

  fill (bytes);
  g_assert_cmpint (
      fram_component_send_segments (pair->mouth, bytes[0], 40 * SIZE, SIZE, &error), ==,
      40 * SIZE);
  while (received < 40)
    {
      gssize n;

      wait_for (pair->ears, G_IO_IN);
      n = fram_component_receive_into (pair->ears, room, sizeof room, &error);
      g_assert_no_error (error);
      expect_next (room, (gsize) n, &received);
    }
}

static void
expect_refusal (FramComponent *component)
{
  FramSession *session = fram_component_get_session (component);
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
      bus, "org.fram.Ice1", fram_session_get_path (session), "org.fram.Ice1.Session",
      "OpenDirect", g_variant_new ("(uu)", 0, 1), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
      &error);
  g_autofree char *name = NULL;

  g_assert_null (answer);
  name = g_dbus_error_get_remote_error (error);
  g_assert_cmpstr (name, ==, "org.fram.Ice1.Error.NotSupported");
  g_assert_nonnull (strstr (error->message, "sandbox"));
  g_assert_false (fram_component_get_direct (component));
}

/* Longer than a frame, and shorter: by each way of sending, all arrive, though not in order. */
static void
move_long (const Pair *pair)
{
  static const guint8 bytes[2 * LONG];
  const GOutputVector vectors[] = { { bytes, 100 }, { bytes, LONG }, { bytes, 100 } };
  static guint8 room[LONG + 1];
  g_autoptr (GError) error = NULL;
  guint n_long = 0, n_short = 0;

  fram_component_send (pair->mouth, bytes, LONG, &error);
  g_assert_no_error (error);
  g_assert_cmpint (
      fram_component_send_batch (pair->mouth, vectors, G_N_ELEMENTS (vectors), &error),
      ==, G_N_ELEMENTS (vectors));
  g_assert_cmpint (
      fram_component_send_segments (pair->mouth, bytes, 2 * LONG, LONG, &error), ==,
      2 * LONG);
  g_assert_true (fram_component_get_direct (pair->mouth));
  while (n_long + n_short < 6)
    {
      gssize n;

      wait_for (pair->ears, G_IO_IN);
      n = fram_component_receive_into (pair->ears, room, sizeof room, NULL);
      n_long += n == LONG;
      n_short += n == 100;
    }
  g_assert_cmpuint (n_long, ==, 4);
}

int
main (int argc, char **argv)
{
  gboolean narrow = argc > 1 && g_str_equal (argv[1], "narrow");
  gboolean direct = narrow || (argc > 1 && g_str_equal (argv[1], "direct"));
  g_autoptr (FramClient) offerer = fram_client_new_sync (NULL, NULL, NULL);
  g_autoptr (FramClient) answerer = fram_couple_new_client (NULL);
  g_autoptr (FramCouple) couple = fram_couple_new (offerer, answerer, FALSE);
  Pair pair;

  while (couple->completed == 0)
    g_main_context_iteration (NULL, TRUE);
  pair.mouth = open_component (couple->sessions[0]);
  pair.ears = open_component (couple->sessions[1]);
  if (argc > 1 && g_str_equal (argv[1], "confined"))
    expect_refusal (pair.mouth);
  else
    {
      if (g_str_equal (argv[1], "relayed"))
        {
          fram_component_stay_relayed (pair.mouth);
          fram_component_stay_relayed (pair.ears);
        }
      move_by_batches (&pair);
      while (direct
             && !(fram_component_get_direct (pair.mouth)
                  && fram_component_get_direct (pair.ears)))
        g_main_context_iteration (NULL, TRUE);
      move_alike (&pair, FALSE, direct);
      move_alike (&pair, TRUE, direct);
      move_mixed (&pair);
      move_singly (&pair);
      if (narrow)
        move_long (&pair);
      move_by_batches (&pair);
      g_assert_cmpint (fram_component_get_direct (pair.mouth), ==, direct);
      g_assert_cmpint (fram_component_get_direct (pair.ears), ==, direct);
    }
  g_object_unref (pair.mouth);
  g_object_unref (pair.ears);
  return 0;
}
