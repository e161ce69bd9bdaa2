#include "traffic.h"

#include "figures.h"

#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define WARM_UP (200 * 1000) /* microseconds */
#define DURATION (500 * 1000)
#define N_PINGS 4000
/* So many times less when it is only to be seen that all works. */
#define QUICK 20
/* A sender that has to wait is woken each time so many packets have been taken; fewer than
 * the smallest socket buffer holds. */
#define TRAFFIC_WAKE 32
/* Milliseconds without progress after which what is missing is lost; longer than a thread
 * ever waits for its processor. */
#define PATIENCE 1000

/* What one thread does until it is told to stop. */
typedef struct
{
  TrafficEnd *end;
  TrafficEnd *other;
  gint *stop;   /* atomic */
  guint64 lost; /* of the sender */
} Worker;

static guint share = 1;

void
traffic_set_quick (gboolean quick)
{
  share = quick ? QUICK : 1;
}

void
traffic_pin (pid_t process, guint side)
{
  cpu_set_t set;

  CPU_ZERO (&set);
  CPU_SET (side % g_get_num_processors (), &set);
  sched_setaffinity (process, sizeof set, &set);
}

void
traffic_take (TrafficEnd *end, const void *packet, gsize length)
{
  gint taken = g_atomic_int_add (&end->taken, 1) + 1;

  if (end->answers)
    end->send (end, packet, length);
  else if (taken % TRAFFIC_WAKE == 0)
    eventfd_write (end->wake, 1);
}

static gpointer
run_receiver (gpointer data)
{
  Worker *worker = data;

  traffic_pin (0, 1);
  while (!g_atomic_int_get (worker->stop))
    worker->end->receive (worker->end, 10);
  return NULL;
}

/* Waits until the receiver has taken some more; FALSE: nothing moved for PATIENCE. */
static gboolean
await_progress (TrafficEnd *receiver)
{
  struct pollfd poll_fd = { .fd = receiver->wake, .events = POLLIN };
  eventfd_t count;

  if (poll (&poll_fd, 1, PATIENCE) <= 0)
    return FALSE;
  eventfd_read (receiver->wake, &count);
  return TRUE;
}

/* Return: how many packets have left. */
static guint
send_some (TrafficEnd *end, const guint8 *packet, gint room)
{
  if (room <= 0)
    return 0;
  if (end->send_many != NULL)
    return end->send_many (end, packet, TRAFFIC_PACKET,
                           MIN ((guint) room, TRAFFIC_BURST));
  return end->send (end, packet, TRAFFIC_PACKET) ? 1 : 0;
}

static gpointer
run_sender (gpointer data)
{
  Worker *worker = data;
  guint8 packet[TRAFFIC_PACKET];
  gint sent = g_atomic_int_get (&worker->other->taken);

  traffic_pin (0, 0);
  memset (packet, 0xd6, sizeof packet);
  while (!g_atomic_int_get (worker->stop))
    {
      gint taken = g_atomic_int_get (&worker->other->taken);
      guint n = send_some (worker->end, packet, TRAFFIC_WINDOW - (sent - taken));

      sent += (gint) n;
      if (n == 0 && !await_progress (worker->other))
        {
          taken = g_atomic_int_get (&worker->other->taken);
          worker->lost += sent - taken;
          sent = taken;
        }
    }
  return NULL;
}

static guint64
processor_time (const pid_t *services)
{
  guint64 sum = figures_processor_time (getpid ());

  for (; services != NULL && *services != 0; services++)
    sum += figures_processor_time (*services);
  return sum;
}

static void
measure_throughput (TrafficEnd *sender, TrafficEnd *receiver, const pid_t *services)
{
  gint stop_sending = 0, stop_receiving = 0;
  Worker sends = { .end = sender, .other = receiver, .stop = &stop_sending };
  Worker receives = { .end = receiver, .other = sender, .stop = &stop_receiving };
  GThread *receiving = g_thread_new ("receiver", run_receiver, &receives);
  GThread *sending = g_thread_new ("sender", run_sender, &sends);

  g_usleep (WARM_UP / share);

  gint64 began = g_get_monotonic_time ();
  guint64 time = processor_time (services);
  guint taken = g_atomic_int_get (&receiver->taken);

  g_usleep (DURATION / share);
  taken = g_atomic_int_get (&receiver->taken) - taken;
  time = processor_time (services) - time;

  double seconds = (g_get_monotonic_time () - began) / 1e6;

  /* What is on the way when the sender stops is not lost: the receiver stops later. */
  g_atomic_int_set (&stop_sending, 1);
  g_thread_join (sending);
  g_atomic_int_set (&stop_receiving, 1);
  g_thread_join (receiving);
  figures_write ("throughput", taken / seconds, "packet/s");
  figures_write ("cpu", time / 1000.0 / MAX (taken, 1), "us/packet");
  figures_write ("lost", sends.lost, "packet");
}

/* Return: microseconds, or -1 if no answer came. */
static gint64
ping (TrafficEnd *end, const guint8 *packet)
{
  gint before = g_atomic_int_get (&end->taken);
  gint64 began = g_get_monotonic_time ();

  if (!end->send (end, packet, TRAFFIC_PING))
    return -1;
  while (g_atomic_int_get (&end->taken) == before)
    {
      if (g_get_monotonic_time () - began > PATIENCE * 1000)
        return -1;
      end->receive (end, PATIENCE);
    }
  return g_get_monotonic_time () - began;
}

static gpointer
run_pings (gpointer data)
{
  Worker *worker = data;
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint8 packet[TRAFFIC_PING];

  traffic_pin (0, 0);
  memset (packet, 0xd6, sizeof packet);
  for (guint i = 0; i < N_PINGS / share; i++)
    {
      gint64 time = ping (worker->end, packet);

      if (time >= 0)
        g_array_append_val (times, time);
    }
  if (times->len < N_PINGS / share / 2)
    g_error ("Half of the pings had no answer");
  figures_write ("rtt-p50", figures_quantile (times, 0.50), "us");
  figures_write ("rtt-p99", figures_quantile (times, 0.99), "us");
  return NULL;
}

static void
measure_round_trips (TrafficEnd *end, TrafficEnd *other)
{
  gint stop = 0;
  Worker pings = { .end = end, .other = other, .stop = &stop };
  Worker answers = { .end = other, .other = end, .stop = &stop };

  other->answers = TRUE;

  GThread *answering = g_thread_new ("answers", run_receiver, &answers);
  GThread *pinging = g_thread_new ("pings", run_pings, &pings);

  g_thread_join (pinging);
  g_atomic_int_set (&stop, 1);
  g_thread_join (answering);
  other->answers = FALSE;
}

void
traffic_measure (TrafficEnd *sender, TrafficEnd *receiver, const pid_t *services)
{
  sender->wake = eventfd (0, EFD_CLOEXEC);
  receiver->wake = eventfd (0, EFD_CLOEXEC);
  measure_throughput (sender, receiver, services);
  measure_round_trips (sender, receiver);
  close (sender->wake);
  close (receiver->wake);
}
