#include "rpc/delta.h"

typedef struct
{
  guint64 id; /* its own key */
  guint64 digest;
  guint64 source; /* the digest of what it was made from; 0: not told */
  guint64 stamp;  /* the generation since which it is as it is */
  guint64 seen;   /* the generation in which it was met last */
} Row;

typedef struct
{
  guint64 id, stamp;
} Removed;

struct _FramDelta
{
  GHashTable *rows; /* id -> Row */
  GQueue removed;   /* Removed, the oldest first */
  guint64 floor;    /* of what was removed before, nothing is known; 0: of nothing yet */
  guint64 known;
  guint64 source;     /* of the row that is looked at */
  guint64 generation; /* of the answer that is being made, or was last */
};

FramDelta *
fram_delta_new (void)
{
  FramDelta *delta = g_new0 (FramDelta, 1);

  delta->rows = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  g_queue_init (&delta->removed);
  return delta;
}

void
fram_delta_free (FramDelta *delta)
{
  if (delta == NULL)
    return;
  g_queue_clear_full (&delta->removed, g_free);
  g_hash_table_unref (delta->rows);
  g_free (delta);
}

gboolean
fram_delta_can_tell (const FramDelta *delta, guint64 known)
{
  return delta->floor != 0 && known >= delta->floor && known <= delta->generation;
}

void
fram_delta_begin (FramDelta *delta, guint64 known, guint64 generation)
{
  g_assert (generation > delta->generation);

  delta->known = known;
  delta->generation = generation;
  if (delta->floor == 0)
    delta->floor = generation;
}

gboolean
fram_delta_needs (FramDelta *delta, guint64 id, gboolean touched)
{
  Row *row = g_hash_table_lookup (delta->rows, &id);

  delta->source = 0;
  if (row == NULL)
    return TRUE;
  row->seen = delta->generation;
  return touched || row->stamp > delta->known;
}

gboolean
fram_delta_needs_made_from (FramDelta *delta, guint64 id, guint64 source)
{
  Row *row = g_hash_table_lookup (delta->rows, &id);
  gboolean needs
      = fram_delta_needs (delta, id, row == NULL || row->source != source || source == 0);

  delta->source = source;
  return needs;
}

/* FNV-1a.  It need not stand against anybody: who could make two rows of one digest would
 * hide a change of rows that are his own. */
guint64
fram_delta_digest (guint64 sum, gconstpointer data, gsize size)
{
  const guint8 *bytes = data;

  if (sum == 0)
    sum = G_GUINT64_CONSTANT (0xcbf29ce484222325);
  for (gsize i = 0; i < size; i++)
    sum = (sum ^ bytes[i]) * G_GUINT64_CONSTANT (0x100000001b3);
  return sum;
}

void
fram_delta_add (FramDelta *delta, guint64 id, GVariant *variant, GVariantBuilder *rows)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (variant);
  Row *row = g_hash_table_lookup (delta->rows, &id);
  guint64 sum
      = fram_delta_digest (0, g_variant_get_data (owned), g_variant_get_size (owned));

  if (row == NULL)
    {
      row = g_new0 (Row, 1);
      row->id = id;
      g_hash_table_insert (delta->rows, &row->id, row);
    }
  if (row->stamp == 0 || row->digest != sum)
    row->stamp = delta->generation;
  row->digest = sum;
  row->source = delta->source;
  row->seen = delta->generation;
  if (row->stamp > delta->known)
    g_variant_builder_add_value (rows, owned);
}

static void
remember_removed (FramDelta *delta, guint64 id)
{
  Removed *removed;

  if (delta->removed.length == FRAM_DELTA_MAX_REMOVED)
    {
      removed = g_queue_pop_head (&delta->removed);
      delta->floor = removed->stamp;
    }
  else
    removed = g_new (Removed, 1);
  removed->id = id;
  removed->stamp = delta->generation;
  g_queue_push_tail (&delta->removed, removed);
}

GVariant *
fram_delta_end (FramDelta *delta)
{
  GVariantBuilder ids;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, delta->rows);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Row *row = value;

      if (row->seen == delta->generation)
        continue;
      remember_removed (delta, row->id);
      g_hash_table_iter_remove (&iter);
    }

  g_variant_builder_init (&ids, G_VARIANT_TYPE ("at"));
  for (GList *link = delta->removed.head; delta->known != 0 && link != NULL;
       link = link->next)
    {
      const Removed *removed = link->data;

      if (removed->stamp > delta->known)
        g_variant_builder_add (&ids, "t", removed->id);
    }
  return g_variant_builder_end (&ids);
}
