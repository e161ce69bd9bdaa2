#include "rpc/session-table.h"

#include "broker/explain.h"
#include "broker/inspection.h"
#include "rpc/rows.h"
#include "rpc/session.h"

#define ROW_TYPE "(tosssusssssssssauuxttssssssx)"

/* --- One row ----------------------------------------------------------------------- */

static void
add_application (GVariantBuilder *row, const FramBusSession *session)
{
  const FramApplication *application = fram_owners_identify (
      fram_sessions_get_owners (session->sessions), session->owner);

  if (application == NULL)
    {
      /* The bus has not told yet who it is. */
      g_variant_builder_add (row, "s", "");
      g_variant_builder_add (row, "s", FRAM_APPLICATION_UNKNOWN);
      g_variant_builder_add (row, "s", "");
      g_variant_builder_add (row, "u", 0);
      g_variant_builder_add (row, "s", "");
      return;
    }
  g_variant_builder_add (row, "s", application->id);
  g_variant_builder_add (row, "s", application->name);
  g_variant_builder_add (row, "s", application->icon);
  g_variant_builder_add (row, "u", application->pid);
  g_variant_builder_add (row, "s", application->command);
}

static void
add_state (GVariantBuilder *row, const FramBusSession *session,
           const FramSessionRow *state)
{
  FramBroker *broker = fram_sessions_get_broker (session->sessions);
  const char *word = "";
  g_autofree char *sentence
      = fram_broker_explain (broker, session->id, fram_driver_now (), &word);

  g_variant_builder_add (row, "s", session->label);
  g_variant_builder_add (row, "s", fram_role_to_text (state->role));
  g_variant_builder_add (row, "s", fram_policy_to_text (state->policy));
  g_variant_builder_add (row, "s", fram_state_to_text (state->state));
  g_variant_builder_add (
      row, "s",
      fram_state_cause_get_word (&session->course.cause, state->state, state->cause));
  g_variant_builder_add (
      row, "s",
      fram_state_cause_get_sentence (&session->course.cause, state->state, state->cause));
  g_variant_builder_add (row, "s", word);
  g_variant_builder_add (row, "s", sentence != NULL ? sentence : "");
  g_variant_builder_add_value (
      row, g_variant_new_fixed_array (G_VARIANT_TYPE_UINT32, session->n_components,
                                      session->n_streams, sizeof (guint32)));
  g_variant_builder_add (row, "u", state->n_pairs);
  g_variant_builder_add (row, "x", session->started);
}

static void
add_path (GVariantBuilder *row, const FramBusSession *session, const FramPathLook *path)
{
  static const char *const protocols[] = {
    [FRAM_KNOWN_UDP] = "udp",
    [FRAM_KNOWN_TCP] = "tcp",
    [FRAM_KNOWN_TLS] = "tls",
    [FRAM_KNOWN_DTLS] = "dtls",
  };
  FramBroker *broker = fram_sessions_get_broker (session->sessions);
  char local[FRAM_SHOWN_ADDRESS_TEXT], remote[FRAM_SHOWN_ADDRESS_TEXT];

  if (path == NULL)
    {
      for (guint i = 0; i < 6; i++)
        g_variant_builder_add (row, "s", "");
      g_variant_builder_add (row, "x", (gint64) -1);
      return;
    }
  g_variant_builder_add (row, "s", fram_candidate_type_to_text (path->local_type));
  g_variant_builder_add (row, "s",
                         fram_broker_show_address (broker, session->id, FALSE,
                                                   path->local_type, &path->local,
                                                   local));
  g_variant_builder_add (row, "s", fram_candidate_type_to_text (path->remote_type));
  g_variant_builder_add (row, "s",
                         fram_broker_show_address (broker, session->id, TRUE,
                                                   path->remote_type, &path->remote,
                                                   remote));
  g_variant_builder_add (row, "s", protocols[path->transport]);
  g_variant_builder_add (row, "s", path->relay != NULL ? path->relay : "");
  g_variant_builder_add (row, "x", path->rtt);
}

static GVariant *
make_row (const FramBusSession *session, const FramSessionRow *state,
          const FramPathLook *path, const FramSessionGlance *glance)
{
  GVariantBuilder row;

  g_variant_builder_init (&row, G_VARIANT_TYPE (ROW_TYPE));
  g_variant_builder_add (&row, "t", (guint64) session->id);
  g_variant_builder_add (&row, "o", session->path);
  add_application (&row, session);
  add_state (&row, session, state);
  g_variant_builder_add (&row, "t", glance->bytes_sent);
  g_variant_builder_add (&row, "t", glance->bytes_received);
  add_path (&row, session, path);
  return g_variant_builder_end (&row);
}

/* --- All of them ------------------------------------------------------------------- */

/* What changes without an event. */
static FramSessionGlance
glance_at (const FramBusSession *session, const FramPathLook *path)
{
  FramSessions *sessions = session->sessions;
  FramSessionGlance glance = { .rtt = -1 };

  fram_driver_get_session_bytes (fram_sessions_get_driver (sessions), session->id,
                                 &glance.bytes_sent, &glance.bytes_received);
  if (path != NULL)
    {
      glance.rtt = path->rtt;
      glance.n_answers = path->n_answers;
    }
  glance.application
      = fram_owners_identify (fram_sessions_get_owners (sessions), session->owner);
  return glance;
}

static gboolean
has_changed (const FramSessionGlance *before, const FramSessionGlance *after)
{
  return before->bytes_sent != after->bytes_sent
         || before->bytes_received != after->bytes_received || before->rtt != after->rtt
         || before->n_answers != after->n_answers
         || before->application != after->application;
}

static void
pull_session (FramBusSession *session, FramDelta *delta, GVariantBuilder *rows)
{
  FramBroker *broker = fram_sessions_get_broker (session->sessions);
  FramPathLook path;
  gboolean has_path = fram_broker_inspect_path (broker, session->id, &path);
  FramSessionGlance glance = glance_at (session, has_path ? &path : NULL);
  gboolean touched = session->touched || has_changed (&session->glance, &glance);
  FramSessionRow state;
  GVariant *row;

  if ((delta != NULL && !fram_delta_needs (delta, session->id, touched))
      || !fram_broker_get_session (broker, session->id, &state))
    return;
  row = make_row (session, &state, has_path ? &path : NULL, &glance);
  if (delta == NULL)
    {
      g_variant_builder_add_value (rows, row);
      return;
    }
  session->touched = FALSE;
  session->glance = glance;
  fram_delta_add (delta, session->id, row, rows);
}

GVariant *
fram_session_table_pull (FramSessions *sessions, FramDelta *delta)
{
  GHashTableIter iter;
  GVariantBuilder rows;
  FramBusSession *session;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a" ROW_TYPE));
  fram_sessions_iter_init (sessions, &iter);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &session))
    pull_session (session, delta, &rows);
  return g_variant_builder_end (&rows);
}
