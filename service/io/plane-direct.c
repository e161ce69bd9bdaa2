/* The direct path: the kernel brings a peer's data to a socket of the application's own, and
 * takes them from there.  It is for what goes over UDP and through no relay; whatever else is so
 * or becomes so, is relayed, and the application's descriptor is there for that all the time. */
#include "io/plane-private.h"

#include "broker/lanes.h"
#include "stun/message.h"

#include <unistd.h>

static void
set_not_supported (GError **error, const char *why)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
               "The data go through the service: %s", why);
}

/* --- What the kernel can do -------------------------------------------------------- */

static gboolean
try_port (FramUdpSocket *socket, const FramAddress *address, FramRandom *random,
          GError **error)
{
  g_autoptr (FramSteering) steering = NULL;
  FramAddress remote = *address;
  int fd;

  steering
      = fram_steering_new (fram_udp_socket_get_fd (socket), address, 0, random, error);
  /* It tries the socket with a datagram by itself. */
  if (steering == NULL || fram_steering_open (steering, &remote, &fd, error) == NULL)
    return FALSE;
  close (fd);
  return TRUE;
}

void
fram_plane_try_direct (FramPlane *plane)
{
  g_autoptr (FramUdpSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  FramAddress loopback, bound;

  fram_address_init_ipv4 (&loopback, 0x7f000001, 0);
  socket = fram_udp_socket_new (&loopback, &bound, &error);
  if (socket != NULL && !fram_udp_socket_is_shared (socket))
    g_set_error (
        &error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
        "The kernel cannot share a port by a program, for which it needs IPv6: %s",
        g_strerror (fram_udp_socket_get_share_error (socket)));
  if (error == NULL && try_port (socket, &bound, &plane->random, &error))
    return;
  plane->direct_problem = g_strdup (error->message);
  g_debug ("There is no direct path: %s", error->message);
}

/* --- Its end ----------------------------------------------------------------------- */

void
fram_plane_end_direct (FramPlane *plane, FramComponent *component)
{
  FramSteered *steered = g_steal_pointer (&component->steered);

  if (steered == NULL)
    return;
  fram_steering_end (fram_plane_find_base (plane, component->path_base)->steering,
                     steered);
  plane->stats.n_direct--;
}

void
fram_plane_end_direct_to (FramPlane *plane, FramComponent *component, FramBaseId base,
                          const FramAddress *remote)
{
  if (component->path_base == base
      && fram_address_equal (&component->path_remote, remote))
    fram_plane_end_direct (plane, component);
}

static void
on_ended (FramSteered *steered, gpointer user_data)
{
  FramPlane *plane = user_data;
  FramComponent *component = fram_steered_get_data (steered);

  component->steered = NULL;
  component->is_held_back |= plane->tap != NULL;
  plane->stats.n_direct--;
}

void
fram_plane_end_direct_of (FramPlane *plane, FramBaseSocket *base)
{
  if (base->steering != NULL)
    fram_steering_end_all (base->steering, on_ended, plane);
}

void
fram_plane_end_all_direct (FramPlane *plane)
{
  GHashTableIter iter;
  gpointer base;

  g_hash_table_iter_init (&iter, plane->bases);
  while (g_hash_table_iter_next (&iter, NULL, &base))
    fram_plane_end_direct_of (plane, base);
}

void
fram_plane_close_direct (FramPlane *plane, const FramComponentKey *key)
{
  FramComponent *component = fram_components_find (plane->components, key);

  if (component != NULL)
    fram_plane_end_direct (plane, component);
}

/* --- What applications do with it -------------------------------------------------- */

static void
on_lost (FramSteered *steered, gpointer user_data)
{
  FramComponent *component = fram_steered_get_data (steered);

  g_debug ("Session %u has spoilt its direct path", component->key.session);
  component->is_misused = TRUE;
  fram_plane_end_direct (user_data, component);
}

void
fram_plane_check_direct (FramPlane *plane)
{
  GHashTableIter iter;
  gpointer data;

  g_hash_table_iter_init (&iter, plane->bases);
  while (g_hash_table_iter_next (&iter, NULL, &data))
    {
      FramBaseSocket *base = data;

      if (base->steering == NULL)
        continue;
      fram_steering_check (base->steering, on_lost, plane);
      /* The port may have a new beginning. */
      if (fram_steering_count (base->steering) == 0)
        g_clear_pointer (&base->steering, fram_steering_free);
    }
}

static gboolean
is_any_port_shared (FramPlane *plane)
{
  GHashTableIter iter;
  gpointer base;

  g_hash_table_iter_init (&iter, plane->bases);
  while (g_hash_table_iter_next (&iter, NULL, &base))
    if (((FramBaseSocket *) base)->steering != NULL)
      return TRUE;
  return FALSE;
}

/* It goes on until ports are free again of those that have ended. */
static gboolean
on_timer (gpointer user_data)
{
  FramPlane *plane = user_data;

  fram_plane_check_direct (plane);
  if (is_any_port_shared (plane))
    return G_SOURCE_CONTINUE;
  g_clear_pointer (&plane->direct_timer, g_source_unref);
  return G_SOURCE_REMOVE;
}

static void
start_timer (FramPlane *plane)
{
  if (plane->direct_timer != NULL)
    return;
  plane->direct_timer = g_timeout_source_new_seconds (FRAM_PLANE_CHECK_SECONDS);
  g_source_set_callback (plane->direct_timer, on_timer, plane, NULL);
  g_source_attach (plane->direct_timer, plane->context);
}

guint
fram_plane_take_strays (FramPlane *plane, const FramComponent *component,
                        struct iovec *packets, guint n_packets)
{
  guint n = 0;

  for (guint i = 0; i < n_packets; i++)
    if (fram_stun_looks_like (packets[i].iov_base, packets[i].iov_len))
      fram_plane_tell_owner (plane, component->path_base, &component->path_remote,
                             packets[i]);
    else
      packets[n++] = packets[i];
  return n;
}

/* --- Its beginning ----------------------------------------------------------------- */

/* No base has more components than may have a socket at its port. */
G_STATIC_ASSERT (FRAM_LANE_MAX_USERS <= FRAM_STEERING_MAX);

/* Return: NULL with `error`: its data must be relayed. */
static FramBaseSocket *
find_eligible (FramPlane *plane, FramComponent *component, GError **error)
{
  FramBaseSocket *base;

  if (component == NULL || component->app == NULL || component->path_base == 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED,
                           "The component is not open, or has no path yet");
      return NULL;
    }
  base = fram_plane_find_base (plane, component->path_base);
  if (plane->direct_problem != NULL)
    set_not_supported (error, plane->direct_problem);
  else if (base == NULL)
    set_not_supported (error, "a server relays them");
  else if (base->socket == NULL)
    set_not_supported (error, "they go by TCP");
  else if (!fram_udp_socket_is_shared (base->socket))
    set_not_supported (error, "the kernel cannot share the port");
  else if (plane->tap != NULL)
    {
      component->is_held_back = TRUE;
      set_not_supported (error, "somebody looks at the packets");
    }
  else if (component->is_misused)
    set_not_supported (error, "the application has connected its socket");
  else if (fram_route_map_find (plane->routes, base->id, &component->path_remote)
           != component)
    set_not_supported (error, "the peer's address belongs to another session");
  else
    return base;
  return NULL;
}

static gboolean
prepare_port (FramPlane *plane, FramBaseSocket *base, GError **error)
{
  if (base->steering == NULL)
    base->steering = fram_steering_new (fram_udp_socket_get_fd (base->socket),
                                        &base->address, base->way, &plane->random, error);
  return base->steering != NULL;
}

int
fram_plane_open_direct (FramPlane *plane, const FramComponentKey *key,
                        FramAddress *ret_remote, GError **error)
{
  FramComponent *component = fram_components_find (plane->components, key);
  FramBaseSocket *base = find_eligible (plane, component, error);
  g_autoptr (GError) cause = NULL;
  FramSteered *steered = NULL;
  int fd = -1;

  if (base == NULL)
    return -1;
  fram_plane_end_direct (plane, component);
  if (prepare_port (plane, base, &cause))
    steered = fram_steering_open (base->steering, &component->path_remote, &fd, &cause);
  if (steered == NULL)
    {
      set_not_supported (error, cause->message);
      return -1;
    }

  fram_steered_set_data (steered, component);
  if (component->dscp != 0)
    fram_steered_set_dscp (steered, component->dscp);
  component->steered = steered;
  plane->stats.n_direct++;
  start_timer (plane);
  /* What came before is in the application's descriptor before it gets the other one. */
  fram_plane_drain (plane, base);
  *ret_remote = component->path_remote;
  if (fram_address_is_link_local (ret_remote))
    ret_remote->scope = base->way;
  return fd;
}
