#include "component-path.h"

#include <string.h>

#define BURST 64

typedef struct
{
  FramComponent *component;
  SocketWay way;
  GMainContext *context;
  GSource *source, *bound;
  gboolean is_ready;
  guint8 buffer[FRAM_SEGMENTS_MAX];
  guint8 packets[TRAFFIC_BURST * TRAFFIC_PACKET]; /* to send: all the same */
} ComponentPath;

static void
check (GError *error)
{
  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    g_error ("%s", error->message);
}

static gboolean
send_packet (TrafficEnd *end, const void *packet, gsize length)
{
  ComponentPath *path = end->path;
  g_autoptr (GError) error = NULL;

  if (fram_component_send (path->component, packet, length, &error))
    return TRUE;
  check (error);
  return FALSE;
}

static guint
send_batch (TrafficEnd *end, const void *packet, gsize length, guint n)
{
  ComponentPath *path = end->path;
  GOutputVector vectors[TRAFFIC_BURST];
  g_autoptr (GError) error = NULL;
  gssize sent;

  for (guint i = 0; i < n; i++)
    vectors[i] = (GOutputVector){ packet, length };
  sent = fram_component_send_batch (path->component, vectors, n, &error);
  check (error);
  return sent > 0 ? (guint) sent : 0;
}

static guint
send_segments (TrafficEnd *end, const void *packet, gsize length, guint n)
{
  ComponentPath *path = end->path;
  g_autoptr (GError) error = NULL;
  gssize sent = fram_component_send_segments (path->component, path->packets, n * length,
                                              length, &error);

  check (error);
  return sent > 0 ? (guint) ((gsize) sent / length) : 0;
}

static gboolean
receive_one (TrafficEnd *end)
{
  ComponentPath *path = end->path;
  g_autoptr (GError) error = NULL;
  gssize length = fram_component_receive_into (path->component, path->buffer,
                                               sizeof path->buffer, &error);

  check (error);
  if (length > 0)
    traffic_take (end, path->buffer, (gsize) length);
  return length > 0;
}

static void
receive_batch (TrafficEnd *end)
{
  ComponentPath *path = end->path;
  GInputVector buffers[TRAFFIC_BURST];
  gsize lengths[TRAFFIC_BURST];
  g_autoptr (GError) error = NULL;
  gssize n;

  for (guint i = 0; i < TRAFFIC_BURST; i++)
    buffers[i] = (GInputVector){ path->buffer + i * 1600, 1600 };
  n = fram_component_receive_batch (path->component, buffers, lengths, TRAFFIC_BURST,
                                    &error);
  check (error);
  for (gssize i = 0; i < n; i++)
    traffic_take (end, buffers[i].buffer, lengths[i]);
}

static gboolean
receive_joined (TrafficEnd *end)
{
  ComponentPath *path = end->path;
  g_autoptr (GError) error = NULL;
  gsize segment;
  gssize n = fram_component_receive_segments (path->component, path->buffer,
                                              sizeof path->buffer, &segment, &error);

  check (error);
  for (gssize start = 0; start < n; start += (gssize) segment)
    traffic_take (end, path->buffer + start, MIN (segment, (gsize) (n - start)));
  return n > 0;
}

static gboolean
on_ready (GSocket *socket, GIOCondition condition, gpointer is_ready)
{
  *(gboolean *) is_ready = TRUE;
  return G_SOURCE_CONTINUE;
}

static gboolean
end_wait (GSource *bound, GSourceFunc callback, gpointer user_data)
{
  g_source_set_ready_time (bound, -1);
  return G_SOURCE_CONTINUE;
}

/* A bound that is made once: to make one for each packet is nothing that an application does. */
static GSource *
make_bound (GMainContext *context)
{
  static GSourceFuncs functions = { .dispatch = end_wait };
  GSource *bound = g_source_new (&functions, sizeof *bound);

  g_source_attach (bound, context);
  return bound;
}

static gboolean
wait_for_packets (ComponentPath *path, int milliseconds)
{
  path->is_ready = FALSE;
  if (g_source_get_ready_time (path->bound) < 0)
    g_source_set_ready_time (path->bound, g_get_monotonic_time () + milliseconds * 1000);
  g_main_context_iteration (path->context, TRUE);
  return path->is_ready;
}

static void
receive_packets (TrafficEnd *end, int milliseconds)
{
  ComponentPath *path = end->path;

  if (!wait_for_packets (path, milliseconds))
    return;
  switch (path->way)
    {
    case SOCKET_SINGLE:
      for (guint i = 0; i < BURST && receive_one (end); i++)
        continue;
      break;
    case SOCKET_BATCH:
    case SOCKET_RUNS: /* as it sends each batch */
      receive_batch (end);
      break;
    case SOCKET_SEGMENTS:
      for (guint i = 0; i < BURST && receive_joined (end); i++)
        continue;
      break;
    }
}

void
component_path_init (TrafficEnd *end, FramComponent *component, SocketWay way)
{
  ComponentPath *path = g_new0 (ComponentPath, 1);

  path->component = component;
  path->way = way;
  memset (path->packets, 0xd6, sizeof path->packets);
  path->context = g_main_context_new ();
  path->bound = make_bound (path->context);
  path->source = fram_component_create_source (component, G_IO_IN, NULL);
  g_source_set_callback (path->source, G_SOURCE_FUNC (on_ready), &path->is_ready, NULL);
  g_source_attach (path->source, path->context);
  *end = (TrafficEnd){ .send = send_packet, .receive = receive_packets, .path = path };
  if (way != SOCKET_SINGLE)
    end->send_many = way == SOCKET_SEGMENTS ? send_segments : send_batch;
}

void
component_path_clear (TrafficEnd *end)
{
  ComponentPath *path = g_steal_pointer (&end->path);

  g_source_destroy (path->bound);
  g_source_unref (path->bound);
  g_source_destroy (path->source);
  g_source_unref (path->source);
  g_main_context_unref (path->context);
  g_free (path);
}
