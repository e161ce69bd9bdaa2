#include "names.h"

typedef struct
{
  gpointer publisher;
  guint network;
  FramAddress address;
} Published;

struct _SimNames
{
  GHashTable *published; /* text -> Published */
};

SimNames *
sim_names_new (void)
{
  SimNames *names = g_new0 (SimNames, 1);

  names->published = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return names;
}

void
sim_names_free (SimNames *names)
{
  if (names == NULL)
    return;
  g_hash_table_unref (names->published);
  g_free (names);
}

void
sim_names_publish (SimNames *names, gpointer publisher, guint network, const char *text,
                   const FramAddress *address)
{
  Published published = { publisher, network, *address };

  g_assert (!g_hash_table_contains (names->published, text));
  g_hash_table_insert (names->published, g_strdup (text),
                       g_memdup2 (&published, sizeof published));
}

gboolean
sim_names_withdraw (SimNames *names, const char *text)
{
  return g_hash_table_remove (names->published, text);
}

void
sim_names_withdraw_all (SimNames *names, gpointer publisher)
{
  GHashTableIter iter;
  const Published *published;

  g_hash_table_iter_init (&iter, names->published);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &published))
    if (published->publisher == publisher)
      g_hash_table_iter_remove (&iter);
}

gboolean
sim_names_find (const SimNames *names, gpointer seeker, guint network, const char *text,
                FramAddress *ret_address)
{
  const Published *published = g_hash_table_lookup (names->published, text);

  if (published == NULL
      || (published->publisher != seeker
          && (network == 0 || published->network != network)))
    return FALSE;
  *ret_address = published->address;
  return TRUE;
}
