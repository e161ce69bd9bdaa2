#include "data-plane.h"

struct _SimDataPlane
{
  GHashTable *routes;  /* SimTuple -> SimComponent */
  GHashTable *paths;   /* SimComponent -> SimTuple */
  GHashTable *trodden; /* SimTuple; set */
};

guint
sim_tuple_hash (gconstpointer data)
{
  const SimTuple *tuple = data;

  return fram_address_hash (&tuple->remote) * 31 + tuple->base;
}

gboolean
sim_tuple_equal (gconstpointer a, gconstpointer b)
{
  const SimTuple *left = a, *right = b;

  return left->base == right->base && fram_address_equal (&left->remote, &right->remote);
}

static guint
component_hash (gconstpointer data)
{
  const SimComponent *component = data;

  return component->session * 1009 + component->stream * 31u + component->component;
}

static gboolean
component_equal (gconstpointer a, gconstpointer b)
{
  const SimComponent *left = a, *right = b;

  return left->session == right->session && left->stream == right->stream
         && left->component == right->component;
}

SimDataPlane *
sim_data_plane_new (void)
{
  SimDataPlane *plane = g_new0 (SimDataPlane, 1);

  plane->routes = g_hash_table_new_full (sim_tuple_hash, sim_tuple_equal, g_free, g_free);
  plane->paths = g_hash_table_new_full (component_hash, component_equal, g_free, g_free);
  plane->trodden = g_hash_table_new_full (sim_tuple_hash, sim_tuple_equal, g_free, NULL);
  return plane;
}

void
sim_data_plane_free (SimDataPlane *plane)
{
  if (plane == NULL)
    return;
  g_hash_table_unref (plane->routes);
  g_hash_table_unref (plane->paths);
  g_hash_table_unref (plane->trodden);
  g_free (plane);
}

gboolean
sim_data_plane_add_route (SimDataPlane *plane, const SimTuple *tuple,
                          const SimComponent *owner)
{
  if (g_hash_table_contains (plane->routes, tuple))
    return FALSE;
  g_hash_table_insert (plane->routes, g_memdup2 (tuple, sizeof *tuple),
                       g_memdup2 (owner, sizeof *owner));
  return TRUE;
}

gboolean
sim_data_plane_remove_route (SimDataPlane *plane, const SimTuple *tuple,
                             const SimComponent *owner)
{
  const SimComponent *found = g_hash_table_lookup (plane->routes, tuple);

  return found != NULL && component_equal (found, owner)
         && g_hash_table_remove (plane->routes, tuple);
}

void
sim_data_plane_set_path (SimDataPlane *plane, const SimComponent *component,
                         const SimTuple *tuple)
{
  if (tuple->base == 0)
    g_hash_table_remove (plane->paths, component);
  else
    {
      g_hash_table_insert (plane->paths, g_memdup2 (component, sizeof *component),
                           g_memdup2 (tuple, sizeof *tuple));
      g_hash_table_add (plane->trodden, g_memdup2 (tuple, sizeof *tuple));
    }
}

const SimComponent *
sim_data_plane_find_route (SimDataPlane *plane, const SimTuple *tuple)
{
  return g_hash_table_lookup (plane->routes, tuple);
}

const SimTuple *
sim_data_plane_find_path (SimDataPlane *plane, const SimComponent *component)
{
  return g_hash_table_lookup (plane->paths, component);
}

gboolean
sim_data_plane_was_path (SimDataPlane *plane, const SimTuple *tuple)
{
  return g_hash_table_contains (plane->trodden, tuple);
}

guint
sim_data_plane_count_routes (SimDataPlane *plane)
{
  return g_hash_table_size (plane->routes);
}

gboolean
sim_data_plane_uses_base (SimDataPlane *plane, FramBaseId base)
{
  GHashTableIter iter;
  const SimTuple *tuple;

  g_hash_table_iter_init (&iter, plane->routes);
  while (g_hash_table_iter_next (&iter, (gpointer *) &tuple, NULL))
    if (tuple->base == base)
      return TRUE;
  g_hash_table_iter_init (&iter, plane->paths);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &tuple))
    if (tuple->base == base)
      return TRUE;
  return FALSE;
}

/* `stream`: of this one; G_MAXUINT: of any. */
static gboolean
uses (SimDataPlane *plane, FramSessionId session, guint stream)
{
  GHashTableIter iter;
  const SimComponent *component;

  g_hash_table_iter_init (&iter, plane->routes);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &component))
    if (component->session == session
        && (stream == G_MAXUINT || component->stream == stream))
      return TRUE;
  g_hash_table_iter_init (&iter, plane->paths);
  while (g_hash_table_iter_next (&iter, (gpointer *) &component, NULL))
    if (component->session == session
        && (stream == G_MAXUINT || component->stream == stream))
      return TRUE;
  return FALSE;
}

gboolean
sim_data_plane_uses_session (SimDataPlane *plane, FramSessionId session)
{
  return uses (plane, session, G_MAXUINT);
}

gboolean
sim_data_plane_uses_stream (SimDataPlane *plane, FramSessionId session, guint stream)
{
  return uses (plane, session, stream);
}

gboolean
sim_data_plane_is_coherent (SimDataPlane *plane, SimComponent *ret_component)
{
  GHashTableIter iter;
  const SimComponent *component, *owner;
  const SimTuple *tuple;

  g_hash_table_iter_init (&iter, plane->paths);
  while (g_hash_table_iter_next (&iter, (gpointer *) &component, (gpointer *) &tuple))
    {
      owner = sim_data_plane_find_route (plane, tuple);
      if (owner != NULL && component_equal (owner, component))
        continue;
      *ret_component = *component;
      return FALSE;
    }
  return TRUE;
}
