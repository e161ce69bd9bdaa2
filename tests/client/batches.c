/* Moves datagrams by the batch through a service that gives each back with `mock:` before
 * it; the functions for that are for C alone.  Run by test_library.py on a bus with the
 * service. */
#include <fram.h>
#include <poll.h>
#include <string.h>

#define N_DATAGRAMS 150
#define SIZE 16

static void
wait_readable (FramComponent *component)
{
  struct pollfd fd = { fram_component_get_fd (component), POLLIN, 0 };

  g_assert_cmpint (poll (&fd, 1, 30000), ==, 1);
}

/* As many as there is room for; the rest when some have come back. */
static gsize
send_some (FramComponent *component, char texts[][SIZE], gsize sent)
{
  GOutputVector vectors[N_DATAGRAMS];
  g_autoptr (GError) error = NULL;
  gssize n;

  for (gsize i = sent; i < N_DATAGRAMS; i++)
    vectors[i - sent] = (GOutputVector){ texts[i], strlen (texts[i]) };
  n = fram_component_send_batch (component, vectors, N_DATAGRAMS - sent, &error);
  if (n >= 0)
    return n;
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  return 0;
}

static gsize
receive_some (FramComponent *component, char texts[][SIZE], gsize received)
{
  guint8 buffers[N_DATAGRAMS][SIZE + 5];
  GInputVector vectors[N_DATAGRAMS];
  gsize lengths[N_DATAGRAMS];
  g_autoptr (GError) error = NULL;
  gssize n;

  for (gsize i = 0; i < N_DATAGRAMS; i++)
    vectors[i] = (GInputVector){ buffers[i], sizeof buffers[i] };
  wait_readable (component);
  n = fram_component_receive_batch (component, vectors, lengths, N_DATAGRAMS, &error);
  g_assert_no_error (error);
  for (gssize i = 0; i < n; i++)
    {
      g_autofree char *expected = g_strconcat ("mock:", texts[received + i], NULL);

      g_assert_cmpmem (buffers[i], lengths[i], expected, strlen (expected));
    }
  return n;
}

static void
move_all (FramComponent *component)
{
  char texts[N_DATAGRAMS][SIZE];
  gsize sent = 0, received = 0;

  for (guint i = 0; i < N_DATAGRAMS; i++)
    g_snprintf (texts[i], SIZE, "number %u", i);
  while (received < N_DATAGRAMS)
    {
      if (sent < N_DATAGRAMS)
        sent += send_some (component, texts, sent);
      received += receive_some (component, texts, received);
    }
}

static void
expect_nothing (FramComponent *component)
{
  guint8 buffer[SIZE];
  GInputVector vector = { buffer, sizeof buffer };
  g_autoptr (GError) error = NULL;
  gsize length;

  g_assert_cmpint (fram_component_receive_batch (component, &vector, &length, 1, &error),
                   ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

/* What does not fit is lost, and said to be. */
static void
receive_too_long (FramComponent *component)
{
  guint8 buffer[4];
  GInputVector vector = { buffer, sizeof buffer };
  g_autoptr (GError) error = NULL;
  gsize length;

  g_assert_true (fram_component_send (component, (const guint8 *) "first", 5, NULL));
  wait_readable (component);
  g_assert_cmpint (fram_component_receive_into (component, buffer, sizeof buffer, &error),
                   ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE);
  g_assert_true (fram_component_send (component, (const guint8 *) "second", 6, NULL));
  wait_readable (component);
  g_assert_cmpint (fram_component_receive_batch (component, &vector, &length, 1, NULL),
                   ==, 1);
  g_assert_cmpuint (length, ==, strlen ("mock:second"));
  g_assert_cmpmem (buffer, sizeof buffer, "mock", 4);
}

static void
expect_end (FramComponent *component)
{
  guint8 buffer[SIZE];
  GInputVector in = { buffer, sizeof buffer };
  GOutputVector out = { "late", 4 };
  g_autoptr (GError) receive_error = NULL;
  g_autoptr (GError) send_error = NULL;
  gsize length;

  wait_readable (component);
  g_assert_cmpint (
      fram_component_receive_batch (component, &in, &length, 1, &receive_error), ==, -1);
  g_assert_error (receive_error, FRAM_ERROR, FRAM_ERROR_CLOSED);
  g_assert_cmpint (fram_component_send_batch (component, &out, 1, &send_error), ==, -1);
  g_assert_error (send_error, FRAM_ERROR, FRAM_ERROR_CLOSED);
  g_assert_true (fram_component_get_closed (component));
}

int
main (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FramClient) client = fram_client_new_sync (NULL, NULL, &error);
  g_autoptr (FramSession) session = NULL;
  g_autoptr (FramComponent) component = NULL;

  g_assert_no_error (error);
  session = fram_client_create_session_sync (client, NULL, NULL, &error);
  g_assert_no_error (error);
  component = fram_session_open_component_sync (session, 0, 1, NULL, &error);
  g_assert_no_error (error);
  move_all (component);
  expect_nothing (component);
  receive_too_long (component);
  g_assert_true (fram_session_close_sync (session, NULL, &error));
  expect_end (component);
  return 0;
}
