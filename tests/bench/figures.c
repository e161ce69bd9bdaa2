#include "figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

void
figures_write (const char *name, double value, const char *unit)
{
  printf ("%s %.3f %s\n", name, value, unit);
  fflush (stdout);
}

/* The contents of a file below /proc/PID; the program ends if there is no such process. */
static char *
read_process_file (pid_t pid, const char *file)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/%s", (int) pid, file);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, &error))
    g_error ("%s", error->message);
  return text;
}

/* The clock counts threads that have ended too, and to the nanosecond those that run. */
guint64
figures_processor_time (pid_t pid)
{
  struct timespec time;
  clockid_t clock;

  if (clock_getcpuclockid (pid, &clock) != 0 || clock_gettime (clock, &time) < 0)
    g_error ("There is no process %d", (int) pid);
  return (guint64) time.tv_sec * G_GUINT64_CONSTANT (1000000000) + (guint64) time.tv_nsec;
}

/* Of the fields of /proc/PID/statm, in bytes. */
static guint64
memory_in_field (pid_t pid, guint field)
{
  g_autofree char *text = read_process_file (pid, "statm");
  g_auto (GStrv) fields = g_strsplit (text, " ", -1);

  g_assert (field < g_strv_length (fields));
  return g_ascii_strtoull (fields[field], NULL, 10) * sysconf (_SC_PAGESIZE);
}

guint64
figures_resident_memory (pid_t pid)
{
  return memory_in_field (pid, 1);
}

guint64
figures_anonymous_memory (pid_t pid)
{
  return memory_in_field (pid, 1) - memory_in_field (pid, 2);
}

/* The table has one line with the names and the next one with the numbers. */
static guint64
sent_by_ipv4 (void)
{
  g_autofree char *text = read_process_file (getpid (), "net/snmp");
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL && lines[i + 1] != NULL; i++)
    {
      g_auto (GStrv) names = g_strsplit (lines[i], " ", -1);
      g_auto (GStrv) numbers = g_strsplit (lines[i + 1], " ", -1);

      if (!g_str_equal (names[0], "Udp:"))
        continue;
      for (guint k = 1; names[k] != NULL && numbers[k] != NULL; k++)
        if (g_str_equal (names[k], "OutDatagrams"))
          return g_ascii_strtoull (numbers[k], NULL, 10);
    }
  g_error ("The kernel does not count UDP packets");
}

static guint64
sent_by_ipv6 (void)
{
  static const char NAME[] = "Udp6OutDatagrams";
  g_autofree char *text = read_process_file (getpid (), "net/snmp6");
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], NAME))
      return g_ascii_strtoull (lines[i] + strlen (NAME), NULL, 10);
  g_error ("The kernel does not count UDP packets by IPv6");
}

guint64
figures_packets_sent (void)
{
  return sent_by_ipv4 () + sent_by_ipv6 ();
}

guint
figures_descriptors (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/fd", (int) pid);
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  guint n = 0;

  g_assert (directory != NULL);
  while (g_dir_read_name (directory) != NULL)
    n++;
  return n;
}

void
figures_raise_descriptor_limit (void)
{
  struct rlimit limit;

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
}

static int
compare_gint64 (gconstpointer a, gconstpointer b)
{
  const gint64 *left = a, *right = b;

  return (*left > *right) - (*left < *right);
}

gint64
figures_quantile (GArray *values, double fraction)
{
  g_assert (values->len > 0);
  g_array_sort (values, compare_gint64);
  return g_array_index (values, gint64, (guint) (fraction * (values->len - 1)));
}

void
figures_bound_time (guint seconds)
{
  /* The default action of SIGALRM says "Alarm clock" and ends the process. */
  alarm (seconds);
}
