#include "model/report.h"

#include <json-glib/json-glib.h>

static JsonNode *
node_of (FramRow *row)
{
  g_autoptr (GVariant) values = g_variant_take_ref (fram_row_to_dictionary (row));

  return json_gvariant_serialize (values);
}

static void
add_rows (JsonBuilder *builder, const char *name, GListModel *rows)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (FramRow) row = g_list_model_get_item (rows, i);

      json_builder_add_value (builder, node_of (row));
    }
  json_builder_end_array (builder);
}

char *
report_row (FramRow *row)
{
  g_autoptr (JsonNode) node = node_of (row);

  return json_to_string (node, TRUE);
}

char *
report_session (FramRow *session, FramSessionWatch *watch)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "session");
  json_builder_add_value (builder, node_of (session));
  add_rows (builder, "components", fram_session_watch_get_components (watch));
  add_rows (builder, "changes", fram_session_watch_get_changes (watch));
  add_rows (builder, "candidates", fram_session_watch_get_candidates (watch));
  add_rows (builder, "pairs", fram_session_watch_get_pairs (watch));
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, TRUE);
}
