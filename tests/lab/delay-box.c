/* delay-box: a bad cable between two interfaces of a network namespace.
 *
 * It carries all frames from one to the other, both ways, with delay, jitter, loss and a
 * limited rate, each way by itself.  It says "ready" once it carries, and ends when one of
 * the interfaces is gone. */
#include <poll.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include "delay-queue.h"
#include "packet-port.h"

/* Frames taken before those are sent that became due meanwhile. */
#define BATCH 64
/* Frame check sequence, preamble and gap, as on Ethernet, are not counted: rates are those
 * that people measure with ping and UDP. */
#define WAYS 2

typedef struct
{
  double delay_ms, jitter_ms, loss, rate, queue_ms;
  int seed;
} Options;

/* From one interface to the other. */
typedef struct
{
  int from, to;
  DelayQueue *queue;
} Way;

static gboolean
parse (int *argc, char ***argv, Options *options, GError **error)
{
  const GOptionEntry entries[] = {
    { "delay-ms", 0, 0, G_OPTION_ARG_DOUBLE, &options->delay_ms,
      "Time that each frame takes", "MS" },
    { "jitter-ms", 0, 0, G_OPTION_ARG_DOUBLE, &options->jitter_ms,
      "By how much it varies both ways; frames overtake each other", "MS" },
    { "loss", 0, 0, G_OPTION_ARG_DOUBLE, &options->loss, "Frames that are lost",
      "PERCENT" },
    { "rate", 0, 0, G_OPTION_ARG_DOUBLE, &options->rate, "0: any", "KBIT/S" },
    { "queue-ms", 0, 0, G_OPTION_ARG_DOUBLE, &options->queue_ms,
      "Time that frames wait for the rate at most", "MS" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &options->seed, "What chance comes from",
      "NUMBER" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("INTERFACE INTERFACE");

  g_option_context_add_main_entries (context, entries, NULL);
  return g_option_context_parse (context, argc, argv, error);
}

/* Return: NULL, or what is wrong. */
static const char *
find_fault (const Options *options, int n_arguments)
{
  if (n_arguments != 1 + WAYS)
    return "Two interfaces are needed";
  if (!(options->delay_ms >= 0 && options->delay_ms <= 60000))
    return "A delay is 0 to 60000 ms";
  if (!(options->jitter_ms >= 0 && options->jitter_ms <= options->delay_ms))
    return "A delay varies by no more than itself";
  if (!(options->loss >= 0 && options->loss <= 100))
    return "A loss is 0 to 100 percent";
  if (!(options->rate >= 0 && options->queue_ms >= 0))
    return "A rate and a queue are not negative";
  return NULL;
}

static gboolean
open_ways (Way *ways, const Options *options, char **interfaces, GError **error)
{
  const DelayPolicy policy = {
    .delay = (gint64) (options->delay_ms * 1000),
    .jitter = (gint64) (options->jitter_ms * 1000),
    .loss = options->loss / 100,
    .rate = options->rate * 1000,
    .backlog = (gint64) (options->queue_ms * 1000),
  };
  int ports[WAYS];

  for (int i = 0; i < WAYS; i++)
    {
      ports[i] = packet_port_open (interfaces[i], error);
      if (ports[i] < 0)
        return FALSE;
    }
  for (int i = 0; i < WAYS; i++)
    ways[i] = (Way){
      .from = ports[i],
      .to = ports[WAYS - 1 - i],
      .queue = delay_queue_new (&policy, (guint32) (options->seed * WAYS + i)),
    };
  return TRUE;
}

/* Return: FALSE when the interface is gone. */
static gboolean
take_frames (Way *way)
{
  guint8 buffer[PACKET_PORT_MAX];
  gsize length;

  for (int i = 0; i < BATCH; i++)
    switch (packet_port_take (way->from, buffer, &length))
      {
      case PACKET_PORT_FRAME:
        delay_queue_push (way->queue, buffer, length, length - PACKET_PORT_HEADER,
                          g_get_monotonic_time ());
        break;
      case PACKET_PORT_NOTHING:
        return TRUE;
      case PACKET_PORT_GONE:
        return FALSE;
      }
  return TRUE;
}

static void
put_frames (Way *way)
{
  DelayFrame *frame;

  while ((frame = delay_queue_pop (way->queue, g_get_monotonic_time ())) != NULL)
    {
      packet_port_put (way->to, frame->data, frame->length);
      g_free (frame);
    }
}

static void
await (Way *ways)
{
  struct pollfd ready[WAYS];
  gint64 next = MIN (delay_queue_next (ways[0].queue), delay_queue_next (ways[1].queue));
  gint64 left = MAX (0, next - g_get_monotonic_time ());
  const struct timespec timeout = {
    .tv_sec = left / G_USEC_PER_SEC,
    .tv_nsec = left % G_USEC_PER_SEC * 1000,
  };

  for (int i = 0; i < WAYS; i++)
    ready[i] = (struct pollfd){ .fd = ways[i].from, .events = POLLIN };
  ppoll (ready, WAYS, next == G_MAXINT64 ? NULL : &timeout, NULL);
}

static void
carry (Way *ways)
{
  while (take_frames (&ways[0]) && take_frames (&ways[1]))
    {
      put_frames (&ways[0]);
      put_frames (&ways[1]);
      await (ways);
    }
}

int
main (int argc, char **argv)
{
  Options options = { .queue_ms = 200, .seed = 1 };
  g_autoptr (GError) error = NULL;
  const char *fault = NULL;
  Way ways[WAYS];

  if (parse (&argc, &argv, &options, &error))
    fault = find_fault (&options, argc);
  if (error == NULL && fault == NULL && open_ways (ways, &options, argv + 1, &error))
    {
      /* A sleep is to end when it should, not within the usual 50 microseconds. */
      prctl (PR_SET_TIMERSLACK, 1UL);
      g_print ("ready\n");
      carry (ways);
      return EXIT_SUCCESS;
    }
  g_printerr ("delay-box: %s\n", error != NULL ? error->message : fault);
  return EXIT_FAILURE;
}
