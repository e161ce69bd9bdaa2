/* nice-traffic: the load over libnice, by nice_agent_send() and the receive callback. */
#include "figures.h"
#include "nice-pair.h"
#include "plain-path.h"

#include <sys/socket.h>

/* One side of a pair, with the context that its agent lives in. */
typedef struct
{
  NicePair *pair;
  guint side;
  GMainContext *context;
} NicePath;

static gboolean
send_packet (TrafficEnd *end, const void *packet, gsize length)
{
  const NicePath *path = end->path;

  return nice_agent_send (path->pair->agents[path->side], path->pair->streams[path->side],
                          1, length, packet)
         > 0;
}

static guint
send_batch (TrafficEnd *end, const void *packet, gsize length, guint n)
{
  const NicePath *path = end->path;
  GOutputVector vector = { packet, length };
  NiceOutputMessage messages[TRAFFIC_BURST];
  gint sent;

  for (guint i = 0; i < n; i++)
    messages[i] = (NiceOutputMessage){ &vector, 1 };
  sent = nice_agent_send_messages_nonblocking (path->pair->agents[path->side],
                                               path->pair->streams[path->side], 1,
                                               messages, n, NULL, NULL);
  return sent > 0 ? (guint) sent : 0;
}

static void
on_data (NiceAgent *agent, guint stream, guint component, guint length, char *buffer,
         gpointer user_data)
{
  traffic_take (user_data, buffer, length);
}

static gboolean
on_time_over (gpointer user_data)
{
  return G_SOURCE_REMOVE;
}

static void
receive_packets (TrafficEnd *end, int milliseconds)
{
  const NicePath *path = end->path;
  g_autoptr (GSource) bound = g_timeout_source_new (milliseconds);

  g_source_set_callback (bound, on_time_over, NULL, NULL);
  g_source_attach (bound, path->context);
  g_main_context_iteration (path->context, TRUE);
  g_source_destroy (bound);
}

/* As much room as socket-path gives. */
static void
widen_sockets (const NicePath *path)
{
  g_autoptr (GPtrArray) sockets = nice_agent_get_sockets (
      path->pair->agents[path->side], path->pair->streams[path->side], 1);
  int size = 1024 * 1024;

  for (guint i = 0; i < sockets->len; i++)
    {
      int fd = g_socket_get_fd (g_ptr_array_index (sockets, i));

      setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
      setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    }
}

static void
open_end (TrafficEnd *end, NicePath *path)
{
  *end = (TrafficEnd){ .send = send_packet, .receive = receive_packets, .path = path };
  nice_pair_attach (path->pair, path->side, path->context, on_data, end);
  widen_sockets (path);
}

int
main (int argc, char **argv)
{
  Places places = places_parse ("nice-traffic", argc, argv, NULL);
  const NicePairOptions options
      = { .aggressive = TRUE,
          .addresses = { places.addresses[0], places.addresses[1] },
          .enter_other = places_enter_other,
          .leave = places_leave };
  g_autoptr (GMainContext) one = g_main_context_new ();
  g_autoptr (GMainContext) other = g_main_context_new ();
  g_autoptr (NicePair) pair = nice_pair_new (one, other, &options);
  NicePath paths[2] = { { pair, 0, one }, { pair, 1, other } };
  TrafficEnd sender, receiver;

  figures_bound_time (60);
  while (pair->connected == 0 && !pair->failed)
    {
      g_main_context_iteration (one, FALSE);
      g_main_context_iteration (other, FALSE);
    }
  if (pair->failed)
    g_error ("The libnice agents did not connect");

  open_end (&sender, &paths[0]);
  open_end (&receiver, &paths[1]);
  if (g_strcmp0 (places.way, "batch") == 0)
    sender.send_many = send_batch;
  plain_path_measure_beside (&places, &sender, &receiver, NULL);
  return 0;
}
