#include "cli/watch-session.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/inspecting.h"
#include "cli/session-view.h"
#include "cli/terminal.h"

typedef struct
{
  FramSessionWatch *watch;
  GMainLoop *loop;
  guint remaining; /* views to go; 0: without end */
  char *shown;     /* the view before */
  int status;
} Watch;

static void
quit (Watch *self, int status)
{
  self->status = status;
  g_main_loop_quit (self->loop);
}

static void
show (Watch *self)
{
  g_autoptr (GString) view = g_string_new (NULL);

  session_view_append (view, self->watch);
  if (terminal_is_there ())
    terminal_show (view->str);
  else if (g_strcmp0 (view->str, self->shown) != 0)
    {
      printf ("%s\n", view->str);
      fflush (stdout);
    }
  g_free (self->shown);
  self->shown = g_strdup (view->str);
}

static gboolean
on_interval (gpointer user_data)
{
  Watch *self = user_data;

  show (self);
  if (self->remaining > 0 && --self->remaining == 0)
    quit (self, STATUS_DONE);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_interrupted (gpointer user_data)
{
  quit (user_data, STATUS_DONE);
  return G_SOURCE_CONTINUE;
}

/* The last view is of how it ended. */
static void
on_ended (Watch *self)
{
  show (self);
  g_printerr ("fram: The session has ended\n");
  quit (self, STATUS_DONE);
}

static void
on_service_lost (FramClient *client, gpointer user_data)
{
  g_printerr ("fram: The Fram service (framd) has ended\n");
  quit (user_data, STATUS_NO_SERVICE);
}

static int
run (Watch *self, FramClient *client, guint interval)
{
  self->loop = g_main_loop_new (NULL, FALSE);
  g_signal_connect (client, "service-lost", G_CALLBACK (on_service_lost), self);
  g_signal_connect_swapped (self->watch, "notify::ended", G_CALLBACK (on_ended), self);
  g_unix_signal_add (SIGINT, on_interrupted, self);
  g_unix_signal_add (SIGTERM, on_interrupted, self);
  if (terminal_is_there ())
    terminal_show ("");
  g_timeout_add (interval, on_interval, self);
  show (self);
  if (self->remaining != 1)
    {
      self->remaining -= self->remaining > 0;
      g_main_loop_run (self->loop);
    }
  g_signal_handlers_disconnect_by_data (self->watch, self);
  g_main_loop_unref (self->loop);
  return self->status;
}

int
watch_session (FramClient *client, const char *name, guint interval, guint count)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FramInspector) inspector = inspecting_begin (client, &error);
  g_autoptr (FramSessionWatch) watch = NULL;
  FramSessionRow *row;
  Watch self = { .remaining = count, .status = STATUS_DONE };

  if (inspector == NULL)
    return command_report (error);
  row = inspecting_find (inspector, name);
  if (row == NULL)
    {
      g_printerr (
          "fram: There is no session “%s”; “fram sessions” lists those there are\n",
          name);
      return STATUS_FAILED;
    }
  fram_inspector_set_interval (inspector, interval);
  watch = self.watch = inspecting_watch (inspector, fram_row_get_id (FRAM_ROW (row)));
  run (&self, client, interval);
  g_free (self.shown);
  return self.status;
}
