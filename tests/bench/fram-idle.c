/* fram-idle: what a session costs framd that has gathered and waits for its peer, when there
 * are COUNT of them; with "trickle", of one whose ports framd may share. */
#include "figures.h"
#include "fram-couple.h"

static void
on_described (GObject *source, GAsyncResult *result, gpointer user_data)
{
  guint *n_gathered = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FramDescription) local
      = fram_session_get_local_description_finish (FRAM_SESSION (source), result, &error);

  if (local == NULL)
    g_error ("%s", error->message);
  if (!fram_description_get_complete (local))
    return;
  /* Once for each session, whichever answer is the first that is complete. */
  if (g_object_get_data (source, "gathered") == NULL)
    (*n_gathered)++;
  g_object_set_data (source, "gathered", source);
}

static void
describe (FramSession *session, gpointer n_gathered)
{
  fram_session_get_local_description_async (session, NULL, on_described, n_gathered);
}

static void
on_gathering_done (FramSession *session, const char *ufrag, gint64 duration,
                   gpointer n_gathered)
{
  describe (session, n_gathered);
}

/* Return: (transfer full): a session that has gathered. */
static FramSession *
open_session (FramClient *client, gboolean trickle)
{
  g_autoptr (FramSessionOptions) options = fram_session_options_new ();
  g_autoptr (GError) error = NULL;
  guint n_gathered = 0;

  fram_session_options_set_trickle (options, trickle);

  FramSession *session = fram_client_create_session_sync (client, options, NULL, &error);

  if (session == NULL)
    g_error ("%s", error->message);

  gulong handler = g_signal_connect (session, "gathering-done",
                                     G_CALLBACK (on_gathering_done), &n_gathered);

  describe (session, &n_gathered);
  while (n_gathered == 0)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (session, handler);
  return session;
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) sessions = g_ptr_array_new_with_free_func (g_object_unref);
  guint count = argc >= 3 ? g_ascii_strtoull (argv[1], NULL, 10) : 0;
  pid_t service = argc >= 3 ? g_ascii_strtoull (argv[argc - 1], NULL, 10) : 0;
  gboolean trickle = argc == 4 && g_str_equal (argv[2], "trickle");

  if (count == 0 || service == 0)
    {
      g_printerr ("usage: fram-idle COUNT [trickle] SERVICE-PID\n");
      return 2;
    }
  figures_bound_time (120);

  g_autoptr (FramClient) client = fram_couple_new_client (NULL);

  /* The first one pays for sockets, tables and libraries. */
  g_ptr_array_add (sessions, open_session (client, trickle));

  guint64 memory = figures_resident_memory (service);
  guint descriptors = figures_descriptors (service);

  for (guint i = 0; i < count; i++)
    g_ptr_array_add (sessions, open_session (client, trickle));
  figures_write ("memory", (double) (figures_resident_memory (service) - memory) / count,
                 "B");
  figures_write ("descriptors",
                 (double) (figures_descriptors (service) - descriptors) / count, "1");
  return 0;
}
