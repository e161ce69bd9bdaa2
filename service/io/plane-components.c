/* The components of the data plane: routes to them, paths from them, and their opening and
 * closing. */
#include "io/plane-private.h"

#include "broker/broker.h"

#include <unistd.h>

void
fram_plane_add_route (FramPlane *plane, const FramComponentKey *key, FramBaseId base,
                      const FramAddress *remote)
{
  FramComponent *former = fram_route_map_find (plane->routes, base, remote);
  FramComponent *component = fram_components_get (plane->components, key);

  if (former != NULL && former != component)
    fram_plane_end_direct_to (plane, former, base, remote);
  fram_route_map_add (plane->routes, base, remote, component);
}

void
fram_plane_remove_route (FramPlane *plane, const FramComponentKey *key, FramBaseId base,
                         const FramAddress *remote)
{
  FramComponent *component = fram_components_find (plane->components, key);

  if (component == NULL)
    return;
  fram_plane_end_direct_to (plane, component, base, remote);
  fram_route_map_remove (plane->routes, base, remote, component);
  fram_components_prune (plane->components, component);
}

void
fram_plane_set_path (FramPlane *plane, const FramComponentKey *key, FramBaseId base,
                     const FramAddress *remote)
{
  FramComponent *component = fram_components_get (plane->components, key);

  if (base == 0 || base != component->path_base
      || !fram_address_equal (remote, &component->path_remote))
    fram_plane_end_direct (plane, component);
  fram_plane_leave_path (component);
  component->path_base = base;
  if (base != 0)
    component->path_remote = *remote;
  if (component->app != NULL)
    fram_plane_stop_waiting (plane, component->app);
  else
    fram_components_prune (plane->components, component);
}

void
fram_plane_set_dscp (FramPlane *plane, const FramComponentKey *key, guint8 dscp)
{
  FramComponent *component = fram_components_find (plane->components, key);
  const FramBaseSocket *base;

  if (component == NULL)
    return;
  component->dscp = dscp;
  if (component->steered != NULL)
    fram_steered_set_dscp (component->steered, dscp);
  base = fram_plane_find_base (plane, component->path_base);
  if (base != NULL && base->stream != NULL)
    fram_stream_set_dscp (base->stream, dscp);
}

void
fram_plane_close_app (FramPlane *plane, FramComponent *component)
{
  FramAppSocket *app = g_steal_pointer (&component->app);

  if (app == NULL)
    return;
  plane->more_than_data = TRUE;
  fram_plane_end_direct (plane, component);
  if (app->waits_for != 0)
    fram_plane_forget_waiting (plane, app);
  fram_poller_remove (plane->poller, &app->item);
  fram_plane_end_counts (component);
  fram_plane_end_socket_counts (component, &app->stats);
  fram_app_socket_free (app);
  fram_components_prune (plane->components, component);
}

int
fram_plane_open_component (FramPlane *plane, const FramComponentKey *key, GError **error)
{
  FramAppSocket *app;
  FramComponent *component;
  int fd;

  app = fram_app_socket_new (&fd, error);
  if (app == NULL)
    return -1;
  app->item.ready = fram_plane_app_ready;
  if (!fram_poller_add (plane->poller, &app->item, error))
    {
      fram_app_socket_free (app);
      close (fd);
      return -1;
    }

  /* The earlier one ends only now, when nothing can fail any more. */
  component = fram_components_find (plane->components, key);
  if (component != NULL)
    fram_plane_close_app (plane, component);
  component = fram_components_get (plane->components, key);
  component->app = app;
  app->component = component;
  return fd;
}

void
fram_plane_close_component (FramPlane *plane, const FramComponentKey *key)
{
  FramComponent *component = fram_components_find (plane->components, key);

  if (component == NULL)
    return;
  fram_plane_end_direct (plane, component);
  fram_route_map_remove_all (plane->routes, component);
  component->path_base = 0;
  if (component->app != NULL)
    fram_plane_close_app (plane, component);
  else
    fram_components_prune (plane->components, component);
}

void
fram_plane_close_session (FramPlane *plane, FramSessionId session)
{
  FramComponentKey key = { .session = session };

  /* So few keys are possible that no list of a session's components is kept. */
  for (key.stream = 0; key.stream < FRAM_MAX_STREAMS; key.stream++)
    for (key.component = 1; key.component <= FRAM_MAX_COMPONENTS; key.component++)
      fram_plane_close_component (plane, &key);
}
