#include "gathered-session.h"

/* It may be asked twice, as it may have gathered before anyone could listen: the first answer that
 * is complete counts, and framd may have ended before the other one. */
static void
on_described (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *has_gathered = user_data;
  g_autoptr (GError) error = NULL;

  if (g_object_get_data (source, "gathered") != NULL)
    return;

  g_autoptr (FramDescription) local
      = fram_session_get_local_description_finish (FRAM_SESSION (source), result, &error);

  if (local == NULL)
    g_error ("%s", error->message);
  if (!fram_description_get_complete (local))
    return;
  g_object_set_data (source, "gathered", source);
  *has_gathered = TRUE;
}

static void
describe (FramSession *session, gpointer has_gathered)
{
  fram_session_get_local_description_async (session, NULL, on_described, has_gathered);
}

static void
on_gathering_done (FramSession *session, const char *ufrag, gint64 duration,
                   gpointer has_gathered)
{
  describe (session, has_gathered);
}

FramSession *
gathered_session_open (FramClient *client, gboolean trickle)
{
  g_autoptr (FramSessionOptions) options = fram_session_options_new ();
  g_autoptr (GError) error = NULL;
  gboolean has_gathered = FALSE;

  fram_session_options_set_trickle (options, trickle);

  FramSession *session = fram_client_create_session_sync (client, options, NULL, &error);

  if (session == NULL)
    g_error ("%s", error->message);

  gulong handler = g_signal_connect (session, "gathering-done",
                                     G_CALLBACK (on_gathering_done), &has_gathered);

  describe (session, &has_gathered);
  while (!has_gathered)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (session, handler);
  return session;
}
