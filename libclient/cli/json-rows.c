#include "cli/json-rows.h"

#include <json-glib/json-gvariant.h>
#include <stdio.h>

void
json_add_text (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text);
}

void
json_add_int (JsonBuilder *builder, const char *name, gint64 number)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, number);
}

void
json_add_flag (JsonBuilder *builder, const char *name, gboolean flag)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, flag);
}

void
json_add_ms (JsonBuilder *builder, const char *name, gint64 microseconds)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, microseconds / 1000.0);
}

void
json_add_variant (JsonBuilder *builder, const char *name, GVariant *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_value (builder, json_gvariant_serialize (value));
}

void
json_add_time (JsonBuilder *builder, const char *name, gint64 microseconds)
{
  json_builder_set_member_name (builder, name);
  if (microseconds >= 0)
    json_builder_add_int_value (builder, microseconds);
  else
    json_builder_add_null_value (builder);
}

static void
add_pair (JsonBuilder *builder, FramPair *pair)
{
  json_builder_begin_object (builder);
  json_add_int (builder, "id", pair->id);
  json_add_int (builder, "stream", pair->stream);
  json_add_int (builder, "component", pair->component);
  json_add_text (builder, "local", pair->local_address);
  json_add_text (builder, "local_type", fram_candidate_type_to_string (pair->local_type));
  json_add_text (builder, "remote", pair->remote_address);
  json_add_text (builder, "remote_type",
                 fram_candidate_type_to_string (pair->remote_type));
  json_add_text (builder, "state", fram_pair_state_to_string (pair->state));
  json_add_text (builder, "cause", pair->cause);
  json_add_text (builder, "explanation", pair->explanation);
  json_add_flag (builder, "readable", pair->readable);
  json_add_flag (builder, "writable", pair->writable);
  json_add_flag (builder, "nominated", pair->nominated);
  json_add_flag (builder, "selected", pair->selected);
  json_add_int (builder, "priority", pair->priority);
  json_add_time (builder, "rtt_us", pair->rtt);
  json_add_int (builder, "requests_sent", pair->requests_sent);
  json_add_int (builder, "requests_received", pair->requests_received);
  json_add_int (builder, "responses_sent", pair->responses_sent);
  json_add_int (builder, "responses_received", pair->responses_received);
  json_add_int (builder, "retransmissions", pair->retransmissions);
  json_add_int (builder, "consent_requests_sent", pair->consent_requests_sent);
  json_builder_end_object (builder);
}

void
json_add_pairs (JsonBuilder *builder, const char *name, GPtrArray *pairs)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < pairs->len; i++)
    add_pair (builder, g_ptr_array_index (pairs, i));
  json_builder_end_array (builder);
}

void
json_add_session (JsonBuilder *builder, FramSessionInfo *row, GPtrArray *pairs)
{
  json_builder_begin_object (builder);
  json_add_text (builder, "path", row->path);
  json_add_text (builder, "application", row->application);
  json_add_text (builder, "label", row->label);
  json_add_text (builder, "role", fram_role_to_string (row->role));
  json_add_text (builder, "state", fram_state_to_string (row->state));
  json_add_text (builder, "cause", row->cause);
  json_add_text (builder, "selected", row->selected);
  json_add_time (builder, "rtt_us", row->rtt);
  json_add_int (builder, "age", row->age);
  if (pairs != NULL)
    json_add_pairs (builder, "pairs", pairs);
  json_builder_end_object (builder);
}

void
json_print (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *line = json_to_string (root, FALSE);

  puts (line);
  fflush (stdout);
}
