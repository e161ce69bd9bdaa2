#include "traffic.h"

#include "figures.h"

#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Of each path; a turn begins with a path that is cold. */
#define N_TURNS 16
#define TURN (40 * 1000) /* microseconds */
#define N_PING_TURNS 10
#define N_PINGS 300 /* in each of them */
/* So many times less when it is only to be seen that all works. */
#define QUICK 10
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
  gint *stop;    /* atomic */
  guint64 lost;  /* of the sender */
  GArray *times; /* (element-type gint64): of round trips, microseconds */
} Worker;

/* What the turns of a path have given. */
typedef struct
{
  const TrafficPath *path;
  const char *ending; /* of the figures' names */
  guint64 lost;
} Measured;

static guint share = 1;
static gboolean free_to_move;

void
traffic_set_quick (gboolean quick)
{
  share = quick ? QUICK : 1;
}

void
traffic_set_free (gboolean is_free)
{
  free_to_move = is_free;
}

void
traffic_pin (pid_t process, guint side)
{
  cpu_set_t set;

  if (free_to_move)
    return;
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
  else if (taken % TRAFFIC_WAKE == 0 || taken == g_atomic_int_get (&end->last))
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

/* Return: how many are lost of all that were sent, `sent` being what `taken` is then. */
static guint
await_last (TrafficEnd *receiver, gint sent)
{
  g_atomic_int_set (&receiver->last, sent);
  while (sent - g_atomic_int_get (&receiver->taken) > 0)
    if (!await_progress (receiver))
      return (guint) (sent - g_atomic_int_get (&receiver->taken));
  return 0;
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
  worker->lost += await_last (worker->other, sent);
  return NULL;
}

/* Nanoseconds, of all threads that there were. */
static guint64
processor_time (const pid_t *services)
{
  guint64 sum = figures_processor_time (getpid ());

  for (; services != NULL && *services != 0; services++)
    sum += figures_processor_time (*services);
  return sum;
}

static void
write_figure (const Measured *measured, const char *name, double value, const char *unit)
{
  g_autofree char *full = g_strconcat (name, measured->ending, NULL);

  figures_write (full, value, unit);
}

static void
take_turn (Measured *measured, gboolean is_told)
{
  TrafficEnd *sender = measured->path->sender, *receiver = measured->path->receiver;
  gint stop_sending = 0, stop_receiving = 0;
  Worker sends = { .end = sender, .other = receiver, .stop = &stop_sending };
  Worker receives = { .end = receiver, .other = sender, .stop = &stop_receiving };
  guint64 time = processor_time (measured->path->services);
  guint taken = g_atomic_int_get (&receiver->taken);
  gint64 began = g_get_monotonic_time ();
  GThread *receiving = g_thread_new ("receiver", run_receiver, &receives);
  GThread *sending = g_thread_new ("sender", run_sender, &sends);

  g_usleep (TURN / share);
  g_atomic_int_set (&stop_sending, 1);
  g_thread_join (sending);

  double seconds = (g_get_monotonic_time () - began) / 1e6;

  g_atomic_int_set (&stop_receiving, 1);
  g_thread_join (receiving);
  taken = g_atomic_int_get (&receiver->taken) - taken;
  time = processor_time (measured->path->services) - time;
  measured->lost += sends.lost;
  if (!is_told)
    return;
  write_figure (measured, "throughput", taken / seconds, "packet/s");
  write_figure (measured, "cpu", time / 1000.0 / MAX (taken, 1), "us/packet");
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
  guint8 packet[TRAFFIC_PING];

  traffic_pin (0, 0);
  memset (packet, 0xd6, sizeof packet);
  for (guint i = 0; i < N_PINGS / share; i++)
    {
      gint64 time = ping (worker->end, packet);

      if (time >= 0)
        g_array_append_val (worker->times, time);
    }
  return NULL;
}

static void
take_ping_turn (Measured *measured, gboolean is_told)
{
  TrafficEnd *end = measured->path->sender, *other = measured->path->receiver;
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint stop = 0;
  Worker pings = { .end = end, .other = other, .stop = &stop, .times = times };
  Worker answers = { .end = other, .other = end, .stop = &stop };

  other->answers = TRUE;

  GThread *answering = g_thread_new ("answers", run_receiver, &answers);
  GThread *pinging = g_thread_new ("pings", run_pings, &pings);

  g_thread_join (pinging);
  g_atomic_int_set (&stop, 1);
  g_thread_join (answering);
  other->answers = FALSE;
  if (times->len < N_PINGS / share / 2)
    g_error ("Half of the pings had no answer");
  if (!is_told)
    return;
  write_figure (measured, "rtt-p50", figures_quantile (times, 0.50), "us");
  write_figure (measured, "rtt-p99", figures_quantile (times, 0.99), "us");
}

/* Both paths, in turns whose order changes: what becomes faster or slower meanwhile does so for
 * both.  The first turn of each only warms it. */
static void
alternate (Measured *measured, void (*take) (Measured *, gboolean), guint n_turns)
{
  for (guint i = 0; i <= n_turns; i++)
    {
      take (&measured[i % 2], i > 0);
      take (&measured[1 - i % 2], i > 0);
    }
}

static void
open_wakes (const TrafficPath *path)
{
  path->sender->wake = eventfd (0, EFD_CLOEXEC);
  path->receiver->wake = eventfd (0, EFD_CLOEXEC);
}

static void
close_wakes (const TrafficPath *path)
{
  close (path->sender->wake);
  close (path->receiver->wake);
}

void
traffic_measure (const TrafficPath *path, const TrafficPath *beside)
{
  Measured measured[] = { { path, "", 0 }, { beside, "-beside", 0 } };

  open_wakes (path);
  open_wakes (beside);
  alternate (measured, take_turn, MAX (N_TURNS / share, 1));
  figures_write ("lost", measured[0].lost, "packet");
  alternate (measured, take_ping_turn, MAX (N_PING_TURNS / share, 1));
  close_wakes (path);
  close_wakes (beside);
}
