#include "relay-load.h"

#include "figures.h"

#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE 100 /* milliseconds without progress: what is missing is lost */
#define PING_LENGTH 100
#define PINGS_MAX 200000
#define WARM_UP 150 /* milliseconds */
#define LENGTH_MAX 9000

/* What the processes tell each other, in memory that they share. */
typedef struct
{
  gint taken;   /* atomic */
  gint lost;    /* atomic */
  gint n_pings; /* atomic */
  gint64 pings[PINGS_MAX];
} Shared;

typedef struct
{
  const RelayPath *path;
  gsize length;
  Shared *shared;
  pid_t children[2 * RELAY_SIDES];
  guint n_children;
} Load;

typedef void (*Role) (Load *load, guint side);

static void
pin (guint side)
{
  cpu_set_t set;

  CPU_ZERO (&set);
  CPU_SET (side % g_get_num_processors (), &set);
  sched_setaffinity (0, sizeof set, &set);
}

static void
start (Load *load, guint side, Role role)
{
  pid_t parent = getpid (), pid = fork ();

  if (pid < 0)
    g_error ("fork: %s", g_strerror (errno));
  if (pid == 0)
    {
      /* It must not outlive who measures. */
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      if (getppid () != parent)
        _exit (1);
      pin (side);
      role (load, side);
      _exit (0);
    }
  load->children[load->n_children++] = pid;
}

static void
stop_all (Load *load)
{
  for (guint i = 0; i < load->n_children; i++)
    kill (load->children[i], SIGKILL);
  for (guint i = 0; i < load->n_children; i++)
    waitpid (load->children[i], NULL, 0);
  load->n_children = 0;
}

static void
serve (Load *load, guint side)
{
  load->path->serve (load->path->services[side]);
}

/* Gives way until something more has arrived. */
static gboolean
await_progress (Load *load, gint taken)
{
  gint64 limit = g_get_monotonic_time () + PATIENCE * 1000;

  while (g_atomic_int_get (&load->shared->taken) == taken)
    {
      sched_yield ();
      if (g_get_monotonic_time () > limit)
        return FALSE;
    }
  return TRUE;
}

static void
send_for_ever (Load *load, guint side)
{
  gint sent = g_atomic_int_get (&load->shared->taken);
  guint8 packet[LENGTH_MAX];

  memset (packet, 0xd6, sizeof packet);
  for (;;)
    {
      gint taken = g_atomic_int_get (&load->shared->taken);

      if (sent - taken < RELAY_WINDOW)
        sent += send (load->path->fds[side], packet, load->length, 0) > 0;
      else if (!await_progress (load, taken))
        {
          taken = g_atomic_int_get (&load->shared->taken);
          g_atomic_int_add (&load->shared->lost, sent - taken);
          sent = taken;
        }
    }
}

static void
send_in_bursts (Load *load, guint side)
{
  guint8 packet[LENGTH_MAX];
  gint64 next = g_get_monotonic_time ();

  memset (packet, 0xd6, sizeof packet);
  for (;; next += 1000)
    {
      gint64 now = g_get_monotonic_time ();

      if (next > now)
        g_usleep ((gulong) (next - now));
      for (guint i = 0; i < RELAY_RATE / 1000; i++)
        send (load->path->fds[side], packet, load->length, 0);
    }
}

static void
take_for_ever (Load *load, guint side)
{
  guint8 packet[LENGTH_MAX];

  while (recv (load->path->fds[side], packet, sizeof packet, 0) > 0)
    g_atomic_int_inc (&load->shared->taken);
}

static void
echo_for_ever (Load *load, guint side)
{
  guint8 packet[LENGTH_MAX];
  ssize_t n;

  while ((n = recv (load->path->fds[side], packet, sizeof packet, 0)) > 0)
    send (load->path->fds[side], packet, (gsize) n, 0);
}

static void
ping_for_ever (Load *load, guint side)
{
  guint8 packet[PING_LENGTH];

  memset (packet, 0xd6, sizeof packet);
  for (gint i = 0; i < PINGS_MAX; i++)
    {
      gint64 began = g_get_monotonic_time ();

      if (send (load->path->fds[side], packet, sizeof packet, 0) < 0
          || recv (load->path->fds[side], packet, sizeof packet, 0) < 0)
        return;
      load->shared->pings[i] = g_get_monotonic_time () - began;
      g_atomic_int_inc (&load->shared->n_pings);
    }
}

static guint64
get_processor_time (const Load *load)
{
  guint64 sum = 0;

  for (guint i = 0; i < load->n_children; i++)
    sum += figures_processor_time (load->children[i]);
  return sum;
}

static void
start_all (Load *load, Role first, Role second)
{
  if (load->path->serve != NULL)
    for (guint side = 0; side < RELAY_SIDES; side++)
      start (load, side, serve);
  start (load, 1, second);
  start (load, 0, first);
  g_usleep (WARM_UP * 1000);
}

static void
load_init (Load *load, const RelayPath *path, gsize length)
{
  memset (load, 0, sizeof *load);
  load->path = path;
  load->length = MIN (length, LENGTH_MAX);
  load->shared = mmap (NULL, sizeof *load->shared, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (load->shared == MAP_FAILED)
    g_error ("There is no memory to share");
}

static void
load_clear (Load *load)
{
  stop_all (load);
  munmap (load->shared, sizeof *load->shared);
}

void
relay_load_throughput (const RelayPath *path, gsize length, guint milliseconds,
                       RelayFigures *ret_figures)
{
  gint64 began;
  gint taken, lost;
  Load load;

  load_init (&load, path, length);
  start_all (&load, send_for_ever, take_for_ever);
  began = g_get_monotonic_time ();
  taken = g_atomic_int_get (&load.shared->taken);
  lost = g_atomic_int_get (&load.shared->lost);
  g_usleep (milliseconds * 1000);
  taken = g_atomic_int_get (&load.shared->taken) - taken;
  ret_figures->lost = g_atomic_int_get (&load.shared->lost) - lost;
  ret_figures->throughput = taken * 1e6 / (double) (g_get_monotonic_time () - began);
  load_clear (&load);
}

void
relay_load_cpu (const RelayPath *path, gsize length, guint milliseconds,
                RelayFigures *ret_figures)
{
  guint64 time;
  gint taken;
  Load load;

  load_init (&load, path, length);
  start_all (&load, send_in_bursts, take_for_ever);
  time = get_processor_time (&load);
  taken = g_atomic_int_get (&load.shared->taken);
  g_usleep (milliseconds * 1000);
  time = get_processor_time (&load) - time;
  taken = g_atomic_int_get (&load.shared->taken) - taken;
  ret_figures->cpu = (double) time / 1000 / MAX (taken, 1);
  load_clear (&load);
}

void
relay_load_round_trips (const RelayPath *path, guint milliseconds,
                        RelayFigures *ret_figures)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint first;
  Load load;

  load_init (&load, path, PING_LENGTH);
  start_all (&load, ping_for_ever, echo_for_ever);
  first = g_atomic_int_get (&load.shared->n_pings);
  g_usleep (milliseconds * 1000);
  g_array_append_vals (times, load.shared->pings + first,
                       (guint) (g_atomic_int_get (&load.shared->n_pings) - first));
  load_clear (&load);
  if (times->len < 10)
    g_error ("There were next to no round trips");
  ret_figures->rtt_p50 = (double) figures_quantile (times, 0.5);
}
