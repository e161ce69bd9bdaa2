#include "io/component.h"

struct _FramComponents
{
  GHashTable *table; /* a set of FramComponent, by key */
};

G_STATIC_ASSERT (G_STRUCT_OFFSET (FramComponent, key) == 0);

guint
fram_component_key_hash (gconstpointer data)
{
  const FramComponentKey *key = data;

  return (key->session * 32 + key->stream * 4 + key->component) * 0x9e3779b1u;
}

gboolean
fram_component_key_equal (gconstpointer a, gconstpointer b)
{
  const FramComponentKey *key = a, *other = b;

  return key->session == other->session && key->stream == other->stream
         && key->component == other->component;
}

static void
component_free (gpointer data)
{
  FramComponent *component = data;

  g_clear_pointer (&component->paths, g_array_unref);
  g_free (component);
}

FramComponents *
fram_components_new (void)
{
  FramComponents *components = g_new (FramComponents, 1);

  components->table = g_hash_table_new_full (
      fram_component_key_hash, fram_component_key_equal, component_free, NULL);
  return components;
}

void
fram_components_free (FramComponents *components)
{
  g_assert (g_hash_table_size (components->table) == 0);

  g_hash_table_unref (components->table);
  g_free (components);
}

FramComponent *
fram_components_find (FramComponents *components, const FramComponentKey *key)
{
  return g_hash_table_lookup (components->table, key);
}

FramComponent *
fram_components_get (FramComponents *components, const FramComponentKey *key)
{
  FramComponent *component = fram_components_find (components, key);

  if (component == NULL)
    {
      component = g_new0 (FramComponent, 1);
      component->key = *key;
      g_hash_table_add (components->table, component);
    }
  return component;
}

void
fram_components_prune (FramComponents *components, FramComponent *component)
{
  if (component->path_base == 0 && component->routes == NULL && component->app == NULL)
    g_hash_table_remove (components->table, component);
}

GArray *
fram_components_release (FramComponents *components)
{
  GArray *keys = g_array_new (FALSE, FALSE, sizeof (FramComponentKey));
  FramComponent *component;
  GHashTableIter iter;

  g_hash_table_iter_init (&iter, components->table);
  while (g_hash_table_iter_next (&iter, (gpointer *) &component, NULL))
    {
      if (!component->is_held_back)
        continue;
      component->is_held_back = FALSE;
      g_array_append_val (keys, component->key);
    }
  return keys;
}

FramComponent *
fram_components_first (FramComponents *components)
{
  GHashTableIter iter;
  gpointer component;

  g_hash_table_iter_init (&iter, components->table);
  return g_hash_table_iter_next (&iter, &component, NULL) ? component : NULL;
}
