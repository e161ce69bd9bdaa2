#include "cli/netcheck-json.h"

#include "cli/json-rows.h"

static void
begin_list (JsonBuilder *builder, const char *name)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
}

static void
add_network (JsonBuilder *builder, FramNetwork *network)
{
  json_builder_set_member_name (builder, "network");
  if (*fram_network_get_name (network) == '\0')
    {
      json_builder_add_null_value (builder);
      return;
    }
  json_builder_begin_object (builder);
  json_add_text (builder, "name", fram_network_get_name (network));
  json_add_time (builder, "attached_us", fram_network_get_attached (network));
  json_add_time (builder, "first_age_us", fram_network_get_first_age (network));
  json_add_time (builder, "last_age_us", fram_network_get_last_age (network));
  json_builder_end_object (builder);
}

static void
add_calls (JsonBuilder *builder, FramNetworkInterface *row)
{
  guint n = fram_network_interface_get_n_calls (row);

  json_builder_set_member_name (builder, "calls");
  json_builder_begin_object (builder);
  for (guint i = 0; i < n; i++)
    {
      const char *kind, *name, *expectation;

      fram_network_interface_get_call (row, i, &kind, &name, &expectation);
      json_add_text (builder, kind, expectation);
    }
  json_builder_end_object (builder);
}

static void
add_interface (JsonBuilder *builder, FramNetworkInterface *row)
{
  g_autofree const char **flags = fram_network_interface_list_flags (row);

  json_builder_begin_object (builder);
  json_add_text (builder, "name", row->name);
  json_add_text (builder, "address", row->address);
  begin_list (builder, "flags");
  for (guint i = 0; flags[i] != NULL; i++)
    json_builder_add_string_value (builder, flags[i]);
  json_builder_end_array (builder);
  json_add_text (builder, "use", row->use);
  json_add_flag (builder, "checking", row->checking);
  json_add_time (builder, "age_us", row->age);
  json_add_text (builder, "kind", row->kind);
  json_add_text (builder, "kind_name", row->kind_name);
  json_add_text (builder, "server_answers", row->server_answers);
  json_add_text (builder, "server_helps", row->server_helps);
  json_add_text (builder, "translated", row->translated);
  json_add_text (builder, "mapping", row->mapping);
  json_add_text (builder, "filtering", row->filtering);
  json_add_text (builder, "hairpin", row->hairpin);
  json_add_text (builder, "keeps_port", row->keeps_port);
  json_add_text (builder, "mapped_address", row->mapped_address);
  json_add_time (builder, "rtt_us", row->rtt);
  json_add_time (builder, "lives_us", row->lives);
  json_add_time (builder, "dies_us", row->dies);
  json_add_time (builder, "keepalive_us", row->keepalive);
  json_add_text (builder, "expectation", row->expectation);
  json_add_text (builder, "explanation", row->explanation);
  add_calls (builder, row);
  json_builder_end_object (builder);
}

static void
add_server (JsonBuilder *builder, FramNetworkServer *row)
{
  json_builder_begin_object (builder);
  json_add_text (builder, "uri", row->uri);
  json_add_text (builder, "address", row->address);
  json_add_text (builder, "transport", row->transport);
  json_add_time (builder, "rtt_us", row->rtt);
  json_add_int (builder, "successes", row->successes);
  json_add_int (builder, "failures", row->failures);
  json_add_time (builder, "success_age_us", row->success_age);
  json_add_time (builder, "failure_age_us", row->failure_age);
  json_add_flag (builder, "in_use", row->in_use);
  json_builder_end_object (builder);
}

static void
add_mapping (JsonBuilder *builder, FramMapping *row)
{
  json_builder_begin_object (builder);
  json_add_int (builder, "socket", row->socket);
  json_add_int (builder, "lane", row->lane);
  json_add_text (builder, "interface", row->interface);
  json_add_text (builder, "local", row->local_address);
  json_add_text (builder, "server", row->server_address);
  json_add_text (builder, "mapped", row->mapped_address);
  json_add_text (builder, "state", row->state);
  json_add_int (builder, "sessions", row->sessions);
  json_add_time (builder, "interval_us", row->interval);
  json_add_time (builder, "next_us", row->next);
  json_add_time (builder, "age_us", row->age);
  json_builder_end_object (builder);
}

static void
add_deaf (JsonBuilder *builder, FramDeafWay *row)
{
  json_builder_begin_object (builder);
  json_add_text (builder, "interface", row->interface);
  json_add_text (builder, "family", row->family);
  json_add_text (builder, "uri", row->uri);
  json_add_text (builder, "transport", row->transport);
  json_add_time (builder, "first_age_us", row->first_age);
  json_add_time (builder, "last_age_us", row->last_age);
  json_builder_end_object (builder);
}

typedef void (*AddRow) (JsonBuilder *builder, gpointer row);

/* `rows`: (transfer full) */
static void
add_rows (JsonBuilder *builder, const char *name, GPtrArray *rows, AddRow add_row)
{
  begin_list (builder, name);
  for (guint i = 0; i < rows->len; i++)
    add_row (builder, g_ptr_array_index (rows, i));
  json_builder_end_array (builder);
  g_ptr_array_unref (rows);
}

void
netcheck_print_json (FramNetwork *network)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_network (builder, network);
  add_rows (builder, "interfaces", fram_network_list_interfaces (network),
            (AddRow) add_interface);
  add_rows (builder, "servers", fram_network_list_servers (network), (AddRow) add_server);
  add_rows (builder, "mappings", fram_network_list_mappings (network),
            (AddRow) add_mapping);
  add_rows (builder, "deaf", fram_network_list_deaf (network), (AddRow) add_deaf);
  json_builder_end_object (builder);
  json_print (builder);
}
