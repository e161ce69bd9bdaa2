#include "io/plane-private.h"

#include "io/interface-way.h"
#include "io/loop.h"
#include "io/random.h"

static void
free_base (FramBaseSocket *base)
{
  /* Its members must not outlive the service's socket, whose place they would take. */
  if (base->steering != NULL)
    fram_steering_free (base->steering);
  if (base->socket != NULL)
    fram_udp_socket_free (base->socket);
  if (base->waiting != NULL)
    g_ptr_array_unref (base->waiting);
  g_free (base);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramBaseSocket, free_base)

/* Return: whether the main loop has nothing to do. */
static gboolean
turn_ended (gpointer user_data)
{
  FramPlane *plane = user_data;
  gboolean more_than_data = plane->more_than_data;

  plane->more_than_data = FALSE;
  if (!more_than_data)
    return plane->owner->data_moved (plane->user_data);
  plane->owner->turn_ended (plane->user_data);
  return FALSE;
}

FramPlane *
fram_plane_new (GMainContext *context, const FramPlaneOwner *owner, gpointer user_data,
                GError **error)
{
  FramPlane *plane = g_new0 (FramPlane, 1);

  plane->poller = fram_poller_new (context, turn_ended, plane, error);
  if (plane->poller == NULL)
    {
      g_free (plane);
      return NULL;
    }
  plane->context = context != NULL ? g_main_context_ref (context)
                                   : g_main_context_ref_thread_default ();
  plane->batch = fram_batch_new ();
  plane->bases = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) free_base);
  plane->by_address = g_hash_table_new (fram_address_hash, fram_address_equal);
  plane->interfaces = g_array_new (FALSE, FALSE, sizeof (FramInterfaceAddress));
  plane->components = fram_components_new ();
  plane->routes = fram_route_map_new ();
  plane->relayed = fram_carried_bases_new ();
  fram_plane_delivery_init (&plane->by_streams);
  fram_system_random_init (&plane->random);
  fram_plane_checks_init (plane);
  plane->owner = owner;
  plane->user_data = user_data;
  fram_plane_try_direct (plane);
  return plane;
}

void
fram_plane_free (FramPlane *plane)
{
  FramComponent *component;
  GHashTableIter iter;
  gpointer base;

  while ((component = fram_components_first (plane->components)) != NULL)
    fram_plane_close_session (plane, component->key.session);
  g_hash_table_iter_init (&iter, plane->bases);
  while (g_hash_table_iter_next (&iter, NULL, &base))
    fram_poller_remove (plane->poller, &((FramBaseSocket *) base)->item);

  g_hash_table_unref (plane->by_address);
  g_hash_table_unref (plane->bases);
  g_array_unref (plane->interfaces);
  fram_components_free (plane->components);
  fram_route_map_free (plane->routes);
  fram_carried_bases_free (plane->relayed);
  fram_batch_free (plane->batch);
  fram_plane_checks_clear (plane);
  fram_poller_free (plane->poller);
  if (plane->direct_timer != NULL)
    {
      g_source_destroy (plane->direct_timer);
      g_source_unref (plane->direct_timer);
    }
  g_main_context_unref (plane->context);
  g_free (plane->direct_problem);
  g_free (plane);
}

gboolean
fram_plane_turn (FramPlane *plane)
{
  return fram_poller_turn (plane->poller);
}

void
fram_plane_run (FramPlane *plane, const gboolean *is_over)
{
  fram_loop_run (plane->context, plane->poller, is_over);
}

FramBaseSocket *
fram_plane_find_base (FramPlane *plane, FramBaseId base)
{
  return g_hash_table_lookup (plane->bases, GUINT_TO_POINTER (base));
}

guint32
fram_plane_find_way (FramPlane *plane, const FramAddress *address)
{
  const GArray *interfaces = plane->interfaces;

  return fram_interface_way_find ((const FramInterfaceAddress *) interfaces->data,
                                  interfaces->len, address);
}

static void
choose_way (FramPlane *plane, FramBaseSocket *base)
{
  guint32 way;

  if (base->socket == NULL)
    return;
  way = fram_plane_find_way (plane, &base->address);
  if (way == base->way)
    return;
  /* The kernel takes no socket into the group that sends by another interface. */
  fram_plane_end_direct_of (plane, base);
  g_clear_pointer (&base->steering, fram_steering_free);
  base->way = way;
  fram_udp_socket_set_interface (base->socket, way);
}

void
fram_plane_set_interfaces (FramPlane *plane, const FramInterfaceAddress *addresses,
                           guint n_addresses)
{
  GHashTableIter iter;
  gpointer base;

  g_array_set_size (plane->interfaces, 0);
  g_array_append_vals (plane->interfaces, addresses, n_addresses);
  g_hash_table_iter_init (&iter, plane->bases);
  while (g_hash_table_iter_next (&iter, NULL, &base))
    choose_way (plane, base);
}

gboolean
fram_plane_open_base (FramPlane *plane, FramBaseId id, const FramAddress *bind,
                      FramAddress *ret_bound, GError **error)
{
  g_autoptr (FramBaseSocket) base = g_new0 (FramBaseSocket, 1);

  g_return_val_if_fail (id != 0 && fram_plane_find_base (plane, id) == NULL, FALSE);

  base->id = id;
  base->socket = fram_udp_socket_new (bind, ret_bound, error);
  if (base->socket == NULL)
    return FALSE;
  base->item.fd = fram_udp_socket_get_fd (base->socket);
  base->item.events = EPOLLIN;
  base->item.ready = fram_plane_base_ready;
  if (!fram_poller_add (plane->poller, &base->item, error))
    return FALSE;

  base->address = *ret_bound;
  base->address.scope = 0;
  choose_way (plane, base);
  /* A link-local address may be another host's on another link. */
  if (!fram_address_is_link_local (&base->address))
    g_hash_table_insert (plane->by_address, &base->address, base);
  plane->stats.has_udp_gro = fram_udp_socket_has_gro (base->socket);
  plane->stats.has_udp_segment = fram_udp_socket_has_segments (base->socket);
  g_hash_table_insert (plane->bases, GUINT_TO_POINTER (id), g_steal_pointer (&base));
  return TRUE;
}

void
fram_plane_close_base (FramPlane *plane, FramBaseId id)
{
  FramBaseSocket *base = fram_plane_find_base (plane, id);

  if (base == NULL)
    {
      fram_carried_bases_remove (plane->relayed, id);
      return;
    }
  fram_plane_flush_base (plane, base);
  fram_plane_end_direct_of (plane, base);
  fram_plane_wake_waiting (plane, base);
  fram_poller_remove (plane->poller, &base->item);
  if (g_hash_table_lookup (plane->by_address, &base->address) == base)
    g_hash_table_remove (plane->by_address, &base->address);
  g_hash_table_remove (plane->bases, GUINT_TO_POINTER (id));
}

void
fram_plane_set_tap (FramPlane *plane, FramPlaneTap tap, gpointer user_data)
{
  plane->tap = tap;
  plane->tap_data = user_data;
  /* What does not pass through here cannot be shown. */
  if (tap != NULL)
    fram_plane_end_all_direct (plane);
}

void
fram_plane_show (FramPlane *plane, const FramComponent *component, gboolean is_sent,
                 const struct iovec *packets, guint n_packets)
{
  if (plane->tap == NULL)
    return;
  plane->more_than_data = TRUE;
  for (guint i = 0; i < n_packets; i++)
    plane->tap (plane->tap_data, component, is_sent, &packets[i]);
}

GArray *
fram_plane_release_direct (FramPlane *plane)
{
  if (plane->tap != NULL)
    return g_array_new (FALSE, FALSE, sizeof (FramComponentKey));
  return fram_components_release (plane->components);
}

gboolean
fram_plane_get_address (FramPlane *plane, FramBaseId id, FramAddress *ret_address)
{
  const FramBaseSocket *base = fram_plane_find_base (plane, id);

  if (base == NULL || base->socket == NULL)
    return FALSE;
  *ret_address = base->address;
  return TRUE;
}

void
fram_plane_get_stats (FramPlane *plane, FramDriverStats *ret_stats)
{
  *ret_stats = plane->stats;
  ret_stats->direct_problem = plane->direct_problem;
}

guint64
fram_plane_get_moved (const FramPlane *plane)
{
  return plane->moved;
}
