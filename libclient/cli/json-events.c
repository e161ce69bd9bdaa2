#include "cli/json-events.h"

#include "cli/json-rows.h"

static JsonBuilder *
begin (const char *event)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_add_text (builder, "ev", event);
  return builder;
}

static void
end (JsonBuilder *builder)
{
  json_builder_end_object (builder);
  json_print (builder);
}

static void
add_stream (JsonBuilder *builder, int stream)
{
  if (stream != JSON_ONE_STREAM)
    json_add_int (builder, "stream", stream);
}

static void
add_list (JsonBuilder *builder, const char *const *texts)
{
  json_builder_begin_array (builder);
  for (guint i = 0; texts[i] != NULL; i++)
    json_builder_add_string_value (builder, texts[i]);
  json_builder_end_array (builder);
}

static void
add_candidates (JsonBuilder *builder, FramDescription *local, guint stream)
{
  g_auto (GStrv) candidates = fram_description_list_candidates (local, stream);

  add_list (builder, (const char *const *) candidates);
}

static void
add_streams (JsonBuilder *builder, FramDescription *local, guint n_streams)
{
  json_builder_begin_array (builder);
  for (guint i = 0; i < n_streams; i++)
    add_candidates (builder, local, i);
  json_builder_end_array (builder);
}

void
json_event_local (FramDescription *local, guint n_streams, FramRole role,
                  gint64 gather_time)
{
  g_autoptr (JsonBuilder) builder = begin ("local");

  json_add_text (builder, "ufrag", fram_description_get_ufrag (local));
  json_add_text (builder, "pwd", fram_description_get_pwd (local));
  json_builder_set_member_name (builder, n_streams > 1 ? "streams" : "candidates");
  if (n_streams > 1)
    add_streams (builder, local, n_streams);
  else
    add_candidates (builder, local, 0);
  json_add_text (builder, "role", fram_role_to_string (role));
  json_builder_set_member_name (builder, "options");
  add_list (builder, fram_description_get_options (local));
  json_add_int (builder, "pacing", fram_description_get_pacing (local));
  json_add_ms (builder, "gather_ms", gather_time);
  end (builder);
}

void
json_event_candidate (int stream, const char *line)
{
  g_autoptr (JsonBuilder) builder = begin ("candidate");

  add_stream (builder, stream);
  json_add_text (builder, "candidate", line);
  end (builder);
}

void
json_event_end_of_candidates (void)
{
  g_autoptr (JsonBuilder) builder = begin ("end-of-candidates");

  end (builder);
}

void
json_event_state (FramState state, gint64 duration)
{
  g_autoptr (JsonBuilder) builder = begin ("state");

  json_add_text (builder, "state", fram_state_to_string (state));
  json_add_ms (builder, "ms", duration);
  end (builder);
}

void
json_event_selected (int stream, guint component, const char *local, const char *remote)
{
  g_autoptr (JsonBuilder) builder = begin ("selected");

  add_stream (builder, stream);
  json_add_int (builder, "component", component);
  json_add_text (builder, "local", local);
  json_add_text (builder, "remote", remote);
  end (builder);
}

void
json_event_restart_advised (const char *cause, const char *explanation)
{
  g_autoptr (JsonBuilder) builder = begin ("restart-advised");

  json_add_text (builder, "cause", cause);
  json_add_text (builder, "explanation", explanation);
  end (builder);
}

void
json_event_recv (int stream, const char *text)
{
  g_autoptr (JsonBuilder) builder = begin ("recv");

  add_stream (builder, stream);
  json_add_text (builder, "data", text);
  end (builder);
}

void
json_event_stats (FramSession *session, GVariant *counters, GPtrArray *pairs,
                  GVariant *report)
{
  g_autoptr (JsonBuilder) builder = begin ("stats");

  json_add_text (builder, "state",
                 fram_state_to_string (fram_session_get_state (session)));
  json_add_text (builder, "cause", fram_session_get_cause (session));
  json_add_text (builder, "explanation", fram_session_get_explanation (session));
  json_add_text (builder, "role", fram_role_to_string (fram_session_get_role (session)));
  json_add_variant (builder, "components", counters);
  json_add_pairs (builder, "pairs", pairs);
  json_add_variant (builder, "report", report);
  end (builder);
}

void
json_event_error (const char *message)
{
  g_autoptr (JsonBuilder) builder = begin ("error");

  json_add_text (builder, "message", message);
  end (builder);
}
