/* panel-cost: what the panel costs, itself and the service, while somebody looks at each of its
 * views of many sessions that are always busy; what framd pays for it when the panel is closed;
 * and what a reader that has stopped costs framd's memory.
 *
 * The window is the panel's own, in this process.  What it costs framd is the time that framd
 * has more than while nobody looks. */
#include <adwaita.h>
#include <signal.h>
#include <unistd.h>

#include "figures.h"
#include "shell/panel-window.h"

/* Each second. */
#define CHANGES "20"
/* Columns are measured and rows are made first. */
#define WARM_UP (2 * G_USEC_PER_SEC)
/* What is taken from all others is measured for longer: so many times. */
#define AT_REST 2

/* What a view cost framd is known when it is known what framd uses without it. */
typedef struct
{
  char *name;
  double service; /* its share of a processor, with what it uses without the view */
} View;

typedef struct
{
  pid_t service;
  gint64 span;                   /* of a measurement, microseconds */
  GArray *views;                 /* View */
  GPollableInputStream *changes; /* a byte for each */
  gint64 turned;                 /* the loop has been busy since then */
  gint64 busiest;                /* the longest that it did not look for anything else */
  gint64 painting;               /* since then */
  gint64 longest;                /* frame */
  guint n_frames;
} Cost;

static Cost cost;

/* --- Time ------------------------------------------------------------------------------ */

static int
poll_and_watch (GPollFD *fds, guint n_fds, int timeout)
{
  int result;

  cost.busiest = MAX (cost.busiest, g_get_monotonic_time () - cost.turned);
  result = g_poll (fds, n_fds, timeout);
  cost.turned = g_get_monotonic_time ();
  return result;
}

static void
on_before_paint (void)
{
  cost.painting = g_get_monotonic_time ();
}

static void
on_after_paint (void)
{
  cost.longest = MAX (cost.longest, g_get_monotonic_time () - cost.painting);
  cost.n_frames++;
}

static gboolean
on_time (gpointer over)
{
  *(gboolean *) over = TRUE;
  return G_SOURCE_REMOVE;
}

static void
run_for (gint64 span)
{
  gboolean over = FALSE;

  g_timeout_add (span / 1000, on_time, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

#define until(condition)                                                                 \
  while (!(condition))                                                                   \
  g_main_context_iteration (NULL, TRUE)

/* Percent of a processor. */
static double
share (guint64 nanoseconds)
{
  return 100.0 * nanoseconds / (cost.span * 1000);
}

static void
write_figure (const char *view, const char *figure, double value, const char *unit)
{
  g_autofree char *name = g_strconcat (view, "-", figure, NULL);

  figures_write (name, value, unit);
}

/* --- The load ---------------------------------------------------------------------- */

/* Return: the changes that were made since the last time. */
static guint
take_changes (void)
{
  char bytes[4096];
  gssize n;
  guint sum = 0;

  while ((n = g_pollable_input_stream_read_nonblocking (cost.changes, bytes, sizeof bytes,
                                                        NULL, NULL))
         > 0)
    sum += n;
  return sum;
}

static void
write_changes (const char *view, gint64 span)
{
  write_figure (view, "changes", take_changes () * 1e6 / span, "1/s");
}

/* --- While nobody looks ------------------------------------------------------------ */

static double
service_share (const char *when)
{
  guint64 before;

  take_changes ();
  before = figures_processor_time (cost.service);
  g_usleep (AT_REST * cost.span);
  write_changes (when, AT_REST * cost.span);
  return share (figures_processor_time (cost.service) - before) / AT_REST;
}

/* --- While somebody looks ---------------------------------------------------------- */

static void
measure (const char *view)
{
  guint64 own, service;
  View seen;

  run_for (WARM_UP);
  take_changes ();
  cost.busiest = cost.longest = 0;
  cost.n_frames = 0;
  own = figures_processor_time (getpid ());
  service = figures_processor_time (cost.service);
  run_for (cost.span);
  write_figure (view, "cpu", share (figures_processor_time (getpid ()) - own), "%");
  write_changes (view, cost.span);
  seen.name = g_strdup (view);
  seen.service = share (figures_processor_time (cost.service) - service);
  g_array_append_val (cost.views, seen);
  write_figure (view, "frame", cost.longest / 1000.0, "ms");
  write_figure (view, "busy", cost.busiest / 1000.0, "ms");
  write_figure (view, "frames", cost.n_frames * 1e6 / cost.span, "1/s");
}

static GtkWidget *
find_button (GtkWidget *within, const char *label)
{
  if (GTK_IS_LABEL (within)
      && strcmp (gtk_label_get_text (GTK_LABEL (within)), label) == 0)
    return gtk_widget_get_ancestor (within, GTK_TYPE_TOGGLE_BUTTON);
  for (GtkWidget *child = gtk_widget_get_first_child (within); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_button (child, label);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* The one that changes most, by its label.  Return: (transfer full). */
static FramRow *
find_middle (GListModel *sessions, guint n_sessions)
{
  g_autofree char *label = g_strdup_printf ("Call %u", n_sessions / 2 + 1);

  for (guint i = 0; i < g_list_model_get_n_items (sessions); i++)
    {
      g_autoptr (FramRow) row = g_list_model_get_item (sessions, i);

      if (strcmp (fram_row_get_string (row, "label"), label) == 0)
        return g_steal_pointer (&row);
    }
  g_error ("There is no %s", label);
}

static void
measure_session (PanelWindow *window, PanelWorld *world, guint n_sessions)
{
  static const char *const views[] = { "Overview", "Candidates", "Pairs", "Checks" };
  g_autoptr (FramRow) row = find_middle (
      fram_inspector_get_sessions (panel_world_get_inspector (world)), n_sessions);

  panel_window_show_session (window, fram_row_get_string (row, "path"));
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      GtkWidget *button = find_button (GTK_WIDGET (window), views[i]);
      g_autofree char *name = g_ascii_strdown (views[i], -1);

      g_assert (button != NULL);
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
      measure (name);
    }
}

static void
add_style (void)
{
  g_autoptr (GtkCssProvider) style = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (style, "/org/fram/Panel/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (style),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

static void
look (guint n_sessions)
{
  PanelWorld *world = panel_world_new ();
  PanelWindow *window = PANEL_WINDOW (panel_window_new (NULL, world));
  GdkFrameClock *clock;

  gtk_window_set_default_size (GTK_WINDOW (window), 1280, 800);
  gtk_window_present (GTK_WINDOW (window));
  clock = gtk_widget_get_frame_clock (GTK_WIDGET (window));
  g_signal_connect (clock, "before-paint", on_before_paint, NULL);
  g_signal_connect (clock, "after-paint", on_after_paint, NULL);
  until (panel_world_get_state (world) == PANEL_WORLD_THERE);
  until (g_list_model_get_n_items (
             fram_inspector_get_sessions (panel_world_get_inspector (world)))
         >= n_sessions);
  measure ("sessions");
  measure_session (window, world, n_sessions);
  gtk_window_destroy (GTK_WINDOW (window));
  g_object_unref (world);
  /* Time for it to say that it has gone. */
  run_for (G_USEC_PER_SEC / 2);
}

/* The load sways a little, so the views are compared with what was before them and after them. */
static void
look_and_compare (guint n_sessions)
{
  double before = service_share ("rest"), after;

  look (n_sessions);
  after = service_share ("closed");
  figures_write ("rest-service", before, "%");
  figures_write ("closed-service", after - before, "%");
  for (guint i = 0; i < cost.views->len; i++)
    {
      const View *view = &g_array_index (cost.views, View, i);

      write_figure (view->name, "service", view->service - (before + after) / 2, "%");
      g_free (view->name);
    }
}

/* --- A reader that has stopped ----------------------------------------------------- */

static G_NORETURN void
read_on (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FramInspector) inspector = fram_inspector_new_sync (NULL, NULL, &error);
  g_autoptr (FramEventLog) log = NULL;

  if (inspector == NULL)
    g_error ("%s", error->message);
  log = fram_inspector_open_events (inspector, 0);
  until (fram_inspector_get_loaded (inspector) && fram_event_log_get_open (log));
  g_print ("reading\n");
  for (;;)
    g_main_context_iteration (NULL, TRUE);
}

/* Return: the process, which has said something. */
static GSubprocess *
begin (const char *const *command)
{
  g_autoptr (GError) error = NULL;
  GSubprocess *process = g_subprocess_newv (
      command, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDIN_PIPE, &error);
  char byte;

  if (process == NULL)
    g_error ("%s", error->message);
  if (g_input_stream_read (g_subprocess_get_stdout_pipe (process), &byte, 1, NULL, &error)
      != 1)
    g_error ("%s said nothing", command[0]);
  return process;
}

static GSubprocess *
begin_load (char **argv)
{
  g_autofree char *folder = g_path_get_dirname (argv[0]);
  g_autofree char *path = g_build_filename (folder, "panel-load", NULL);
  const char *const command[] = { path, argv[1], argv[2], CHANGES, argv[5], NULL };
  GSubprocess *load = begin (command);

  cost.changes = G_POLLABLE_INPUT_STREAM (g_subprocess_get_stdout_pipe (load));
  return load;
}

static double
measure_growth (guint seconds)
{
  guint64 before = figures_resident_memory (cost.service);

  g_usleep (seconds * G_USEC_PER_SEC);
  return ((double) figures_resident_memory (cost.service) - (double) before) / seconds;
}

/* The load swings, and the heap with it, so a reader that has stopped is compared with one that
 * reads for as long. */
static void
measure_reader (const char *program, guint seconds)
{
  const char *const command[] = { program, "read", NULL };
  g_autoptr (GSubprocess) reader = begin (command);

  /* What is kept for readers at all is there first. */
  measure_growth (MAX (seconds / 4, 1));
  write_figure ("reading", "memory", measure_growth (seconds), "B/s");
  g_subprocess_send_signal (reader, SIGSTOP);
  write_figure ("stopped", "memory", measure_growth (seconds), "B/s");
  g_subprocess_force_exit (reader);
  g_subprocess_wait (reader, NULL, NULL);
}

/* --- All --------------------------------------------------------------------------- */

int
main (int argc, char **argv)
{
  g_autoptr (GSubprocess) crowd = NULL;
  guint milliseconds, stop;

  if (argc == 2 && strcmp (argv[1], "read") == 0)
    read_on ();
  if (argc != 7)
    {
      g_printerr ("usage: panel-cost SESSIONS PAIRS MILLISECONDS STOP-SECONDS "
                  "candidates|restarts SERVICE-PID\n");
      return 2;
    }
  milliseconds = g_ascii_strtoull (argv[3], NULL, 10);
  stop = g_ascii_strtoull (argv[4], NULL, 10);
  cost.span = milliseconds * 1000;
  cost.service = g_ascii_strtoull (argv[6], NULL, 10);
  cost.views = g_array_new (FALSE, FALSE, sizeof (View));
  figures_bound_time (395);
  g_main_context_set_poll_func (NULL, poll_and_watch);
  cost.turned = g_get_monotonic_time ();
  adw_init ();
  add_style ();

  crowd = begin_load (argv);
  /* A check is given up after 40 s, and for as long sessions end that began with all others: from
   * then on they are of all ages.  So much is steady after 80 s, where a reader stops for 60. */
  g_usleep (stop * G_USEC_PER_SEC * 4 / 3);
  look_and_compare (g_ascii_strtoull (argv[1], NULL, 10));
  measure_reader (argv[0], stop);
  g_subprocess_force_exit (crowd);
  g_subprocess_wait (crowd, NULL, NULL);
  g_array_unref (cost.views);
  return 0;
}
