#include "fram-couple.h"

/* The benchmark has no use for a report that is half a report. */
static void
check (gboolean done, GError *error)
{
  if (!done)
    g_error ("%s", error->message);
}

/* Whether both have come as far as `wanted`, which is CONNECTED or COMPLETED. */
static gboolean
have_reached (FramCouple *couple, FramState wanted)
{
  for (guint side = 0; side < 2; side++)
    {
      FramSession *session = couple->sessions[side];
      FramState state
          = session != NULL ? fram_session_get_state (session) : FRAM_STATE_NEW;

      if (state > FRAM_STATE_COMPLETED)
        g_error ("A session did not connect: %s", fram_session_get_explanation (session));
      if (state < wanted)
        return FALSE;
    }
  return TRUE;
}

static void
on_state (FramCouple *couple)
{
  if (couple->connected == 0 && have_reached (couple, FRAM_STATE_CONNECTED))
    couple->connected = g_get_monotonic_time ();
  if (couple->completed == 0 && have_reached (couple, FRAM_STATE_COMPLETED))
    couple->completed = g_get_monotonic_time ();
}

/* What is found after the description was passed on; what was in it has no effect. */
static void
on_candidate (FramSession *session, const char *ufrag, guint stream, const char *line,
              FramCouple *couple)
{
  FramSession *other = couple->sessions[session == couple->sessions[0] ? 1 : 0];
  const char *const lines[] = { line, NULL };

  if (couple->trickle && couple->answered && other != NULL)
    fram_session_add_remote_candidates_async (other, ufrag, stream, lines, NULL, NULL,
                                              NULL);
}

static void
on_remote_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  gboolean done = fram_session_set_remote_description_finish (FRAM_SESSION (source),
                                                              result, &error);

  check (done, error);
}

static void
on_answer_described (GObject *source, GAsyncResult *result, gpointer user_data)
{
  FramCouple *couple = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FramDescription) answer
      = fram_session_get_local_description_finish (FRAM_SESSION (source), result, &error);

  check (answer != NULL, error);
  if (couple->answered || !fram_description_get_complete (answer))
    return;
  couple->answered = TRUE;
  fram_description_set_complete (answer, !couple->trickle);
  fram_session_set_remote_description_async (couple->sessions[0], answer, NULL,
                                             on_remote_set, NULL);
}

static void
describe_answer (FramCouple *couple)
{
  fram_session_get_local_description_async (couple->sessions[1], NULL,
                                            on_answer_described, couple);
}

static void
on_answerer_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  FramCouple *couple = user_data;
  g_autoptr (GError) error = NULL;

  couple->sessions[1]
      = fram_client_create_session_finish (FRAM_CLIENT (source), result, &error);
  check (couple->sessions[1] != NULL, error);
  couple->n_open++;
  g_signal_connect_swapped (couple->sessions[1], "state-changed", G_CALLBACK (on_state),
                            couple);
  g_signal_connect_swapped (couple->sessions[1], "gathering-done",
                            G_CALLBACK (describe_answer), couple);
  g_signal_connect (couple->sessions[1], "local-candidate", G_CALLBACK (on_candidate),
                    couple);
  describe_answer (couple);
}

static void
on_offer_described (GObject *source, GAsyncResult *result, gpointer user_data)
{
  FramCouple *couple = user_data;
  g_autoptr (FramSessionOptions) options = fram_session_options_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FramDescription) offer
      = fram_session_get_local_description_finish (FRAM_SESSION (source), result, &error);

  check (offer != NULL, error);
  if (couple->answerer == NULL || !fram_description_get_complete (offer))
    return;

  g_autoptr (FramClient) answerer = g_steal_pointer (&couple->answerer);

  fram_description_set_complete (offer, !couple->trickle);
  fram_session_options_set_trickle (options, couple->trickle);
  fram_session_options_set_remote (options, offer);
  fram_client_create_session_async (answerer, options, NULL, on_answerer_created, couple);
}

static void
describe_offer (FramCouple *couple)
{
  fram_session_get_local_description_async (couple->sessions[0], NULL, on_offer_described,
                                            couple);
}

static void
on_offerer_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  FramCouple *couple = user_data;
  g_autoptr (GError) error = NULL;

  couple->sessions[0]
      = fram_client_create_session_finish (FRAM_CLIENT (source), result, &error);
  check (couple->sessions[0] != NULL, error);
  couple->n_open++;
  g_signal_connect_swapped (couple->sessions[0], "state-changed", G_CALLBACK (on_state),
                            couple);
  g_signal_connect_swapped (couple->sessions[0], "gathering-done",
                            G_CALLBACK (describe_offer), couple);
  g_signal_connect (couple->sessions[0], "local-candidate", G_CALLBACK (on_candidate),
                    couple);
  /* It may have gathered before anyone could listen. */
  describe_offer (couple);
}

FramClient *
fram_couple_new_client (const char *address)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *bus
      = address != NULL
            ? g_strdup (address)
            : g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SESSION, NULL, &error);

  check (bus != NULL, error);

  g_autoptr (GDBusConnection) connection = g_dbus_connection_new_for_address_sync (
      bus,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);

  check (connection != NULL, error);

  FramClient *client = fram_client_new_sync (connection, NULL, &error);

  check (client != NULL, error);
  return client;
}

FramCouple *
fram_couple_new (FramClient *offerer, FramClient *answerer, gboolean trickle)
{
  FramCouple *couple = g_new0 (FramCouple, 1);
  g_autoptr (FramSessionOptions) options = fram_session_options_new ();

  couple->answerer = g_object_ref (answerer);
  couple->trickle = trickle;
  fram_session_options_set_trickle (options, trickle);
  couple->began = g_get_monotonic_time ();
  fram_client_create_session_async (offerer, options, NULL, on_offerer_created, couple);
  return couple;
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  FramCouple *couple = user_data;
  g_autoptr (GError) error = NULL;

  check (fram_session_close_finish (FRAM_SESSION (source), result, &error), error);
  couple->n_open--;
  couple->closed = couple->n_open == 0;
}

void
fram_couple_close (FramCouple *couple)
{
  couple->closing = TRUE;
  for (guint side = 0; side < 2; side++)
    {
      g_signal_handlers_disconnect_by_data (couple->sessions[side], couple);
      fram_session_close_async (couple->sessions[side], NULL, on_closed, couple);
    }
}

void
fram_couple_free (FramCouple *couple)
{
  for (guint side = 0; side < 2; side++)
    if (couple->sessions[side] != NULL)
      g_signal_handlers_disconnect_by_data (couple->sessions[side], couple);
  g_clear_object (&couple->sessions[0]);
  g_clear_object (&couple->sessions[1]);
  g_clear_object (&couple->answerer);
  g_free (couple);
}
