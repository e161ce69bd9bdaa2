#include "fram-server.h"
#include "row-type.h"
#include "settings-private.h"

/**
 * fram_server_ref:
 * @self: A server.
 *
 * Keeps the row for one more owner.
 *
 * Returns: (transfer full): The same row.
 */
/**
 * fram_server_unref:
 * @self: (transfer full): A server.
 *
 * Gives the row up.
 */
FRAM_DEFINE_ROW (FramServer, fram_server)

/**
 * fram_server_test_ref:
 * @self: What a test found.
 *
 * Keeps it for one more owner.
 *
 * Returns: (transfer full): The same.
 */
/**
 * fram_server_test_unref:
 * @self: (transfer full): What a test found.
 *
 * Gives it up.
 */
FRAM_DEFINE_ROW (FramServerTest, fram_server_test)

GPtrArray *
fram_servers_from_reply (GVariant *reply)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) fram_server_unref);
  g_autoptr (GVariant) table = g_variant_get_child_value (reply, 0);
  gsize n = g_variant_n_children (table);

  for (gsize i = 0; i < n; i++)
    {
      FramServer *row = g_atomic_rc_box_new0 (FramServer);

      row->backing = g_variant_get_child_value (table, i);
      g_variant_get (row->backing, "(&s&s&sb&s&sb&s&s&s)", &row->id, &row->uri,
                     &row->name, &row->enabled, &row->credential, &row->username,
                     &row->has_secret, &row->storage, &row->authority, &row->file);
      g_ptr_array_add (rows, row);
    }
  return rows;
}

/* What a service does not tell is empty. */
static const char *
lookup_text (GVariant *values, const char *key)
{
  const char *text = "";

  g_variant_lookup (values, key, "&s", &text);
  return text;
}

FramServerTest *
fram_server_test_from_reply (GVariant *reply)
{
  FramServerTest *self = g_atomic_rc_box_new0 (FramServerTest);
  GVariant *values = g_variant_get_child_value (reply, 0);

  self->backing = values;
  g_variant_lookup (values, "ok", "b", &self->ok);
  self->step = lookup_text (values, "step");
  self->cause = lookup_text (values, "cause");
  self->advice = lookup_text (values, "advice");
  self->transport = lookup_text (values, "transport");
  self->server = lookup_text (values, "server");
  self->mapped = lookup_text (values, "mapped");
  self->relayed = lookup_text (values, "relayed");
  self->relayed_6 = lookup_text (values, "relayed-6");
  self->rtt = -1;
  g_variant_lookup (values, "rtt", "x", &self->rtt);
  g_variant_lookup (values, "took", "x", &self->took);
  g_variant_lookup (values, "lifetime", "u", &self->lifetime);
  return self;
}
