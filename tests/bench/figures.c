#include "figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
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

guint64
figures_processor_time (pid_t pid)
{
  g_autofree char *tasks = g_strdup_printf ("/proc/%d/task", (int) pid);
  g_autoptr (GDir) directory = g_dir_open (tasks, 0, NULL);
  guint64 sum = 0;
  const char *task;

  g_assert (directory != NULL);
  while ((task = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *file = g_strdup_printf ("task/%s/schedstat", task);
      g_autofree char *text = read_process_file (pid, file);

      sum += g_ascii_strtoull (text, NULL, 10);
    }
  return sum;
}

guint64
figures_resident_memory (pid_t pid)
{
  g_autofree char *text = read_process_file (pid, "statm");
  char *resident = NULL;

  g_ascii_strtoull (text, &resident, 10);
  return g_ascii_strtoull (resident, NULL, 10) * sysconf (_SC_PAGESIZE);
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
