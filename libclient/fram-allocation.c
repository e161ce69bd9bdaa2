#include "fram-allocation.h"
#include "call.h"
#include "client-private.h"
#include "network-reply.h"
#include "row-type.h"

#define GET_ALLOCATIONS FRAM_BUS_INSPECTOR_INTERFACE ".GetAllocations"

/**
 * fram_allocation_ref:
 * @self: A relay.
 *
 * Keeps the row for one more owner.
 *
 * Returns: (transfer full): The same row.
 */
/**
 * fram_allocation_unref:
 * @self: (transfer full): A relay.
 *
 * Gives the row up.
 */
FRAM_DEFINE_ROW (FramAllocation, fram_allocation)

static FramAllocation *
read_row (GVariant *backing)
{
  FramAllocation *row = g_atomic_rc_box_new0 (FramAllocation);

  row->backing = backing;
  g_variant_get (backing, "(&s&suu&s&s&s&s&s&s&s&s&suuuxxxx)", &row->uri, &row->interface,
                 &row->carrier, &row->lane, &row->transport, &row->local_address,
                 &row->server_address, &row->mapped_address, &row->relayed_address,
                 &row->relayed_address_6, &row->state, &row->cause, &row->explanation,
                 &row->sessions, &row->permissions, &row->channels, &row->remaining,
                 &row->retry, &row->rtt, &row->age);
  return row;
}

/* `reply`: (transfer full) (nullable).  Return: (transfer full): NULL if there is none. */
static GPtrArray *
take_rows (GVariant *reply)
{
  g_autoptr (GVariant) table = NULL;
  GPtrArray *rows;

  if (reply == NULL)
    return NULL;
  table = g_variant_get_child_value (reply, 0);
  rows = g_ptr_array_new_with_free_func ((GDestroyNotify) fram_allocation_unref);
  for (gsize i = 0; i < g_variant_n_children (table); i++)
    g_ptr_array_add (rows, read_row (g_variant_get_child_value (table, i)));
  g_variant_unref (reply);
  return rows;
}

/**
 * fram_client_list_allocations_async:
 * @self: A client.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called with the relays.
 * @user_data: Data for @callback.
 *
 * Asks for the relays at TURN servers that the sessions of all applications share.
 */
void
fram_client_list_allocations_async (FramClient *self, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (FRAM_IS_CLIENT (self));

  fram_client_call (self, GET_ALLOCATIONS, NULL, fram_client_list_allocations_async,
                    cancellable, callback, user_data);
}

/**
 * fram_client_list_allocations_finish:
 * @self: A client.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Client.list_allocations_async].
 *
 * Fails with %FRAM_ERROR_NOT_SUPPORTED if the service is too old to tell.
 *
 * Returns: (transfer container) (element-type FramAllocation): The relays.
 */
GPtrArray *
fram_client_list_allocations_finish (FramClient *self, GAsyncResult *result,
                                     GError **error)
{
  return take_rows (fram_call_check (
      fram_call_finish (self, result, fram_client_list_allocations_async, error),
      FRAM_ALLOCATIONS_REPLY, error));
}

/**
 * fram_client_list_allocations_sync:
 * @self: A client.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Lists the relays at TURN servers that the sessions of all applications share.  Blocks
 * meanwhile.
 *
 * Fails as [method@Client.list_allocations_finish].
 *
 * Returns: (transfer container) (element-type FramAllocation): The relays.
 */
GPtrArray *
fram_client_list_allocations_sync (FramClient *self, GCancellable *cancellable,
                                   GError **error)
{
  g_return_val_if_fail (FRAM_IS_CLIENT (self), NULL);

  return take_rows (
      fram_call_check (fram_call_sync (G_DBUS_PROXY (self->manager), GET_ALLOCATIONS,
                                       NULL, NULL, cancellable, error),
                       FRAM_ALLOCATIONS_REPLY, error));
}
