#include "table.h"

typedef struct
{
  char *key;
  FramRow *row;
  gboolean kept; /* while it is brought up to date */
} Entry;

struct _FramTable
{
  GObject parent_instance;

  GType row_type;
  FramTableKey key;
  GPtrArray *entries; /* Entry, in the order that is shown */
  GHashTable *by_key; /* key -> Entry */
};

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FramTable, fram_table, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      list_model_iface_init))

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_object_unref (entry->row);
  g_free (entry->key);
  g_free (entry);
}

/* --- The list ---------------------------------------------------------------------- */

static GType
get_item_type (GListModel *model)
{
  return FRAM_TABLE (model)->row_type;
}

static guint
get_n_items (GListModel *model)
{
  return FRAM_TABLE (model)->entries->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  FramTable *self = FRAM_TABLE (model);

  return position < self->entries->len ? g_object_ref (fram_table_peek (self, position))
                                       : NULL;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
tell (FramTable *self, guint position, guint removed, guint added)
{
  if (removed > 0 || added > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

/* --- Its life ---------------------------------------------------------------------- */

static void
fram_table_finalize (GObject *object)
{
  FramTable *self = FRAM_TABLE (object);

  g_hash_table_unref (self->by_key);
  g_ptr_array_unref (self->entries);
  G_OBJECT_CLASS (fram_table_parent_class)->finalize (object);
}

static void
fram_table_class_init (FramTableClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fram_table_finalize;
}

static void
fram_table_init (FramTable *self)
{
  self->entries = g_ptr_array_new_with_free_func (entry_free);
  self->by_key = g_hash_table_new (g_str_hash, g_str_equal);
}

FramTable *
fram_table_new (GType row_type, FramTableKey key)
{
  FramTable *self = g_object_new (FRAM_TYPE_TABLE, NULL);

  self->row_type = row_type;
  self->key = key;
  return self;
}

static char *
key_of_id (guint64 id)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, id);
}

char *
fram_table_key_id (GVariant *values)
{
  guint64 id;

  g_variant_get_child (values, 0, "t", &id);
  return key_of_id (id);
}

/* --- Bringing it up to date -------------------------------------------------------- */

/* Return: (transfer none): the entry of the row, which is up to date. `*ret_new`: it is in
 * the hash table alone. */
static Entry *
take_in (FramTable *self, GVariant *values, gboolean *ret_new)
{
  g_autofree char *key = self->key (values);
  Entry *entry = g_hash_table_lookup (self->by_key, key);

  *ret_new = entry == NULL;
  if (entry != NULL)
    fram_row_update (entry->row, values);
  else
    {
      entry = g_new0 (Entry, 1);
      entry->row = fram_row_new (self->row_type, values);
      entry->key = g_steal_pointer (&key);
      g_hash_table_insert (self->by_key, entry->key, entry);
    }
  entry->kept = TRUE;
  return entry;
}

static void
keep_all (FramTable *self, gboolean kept)
{
  for (guint i = 0; i < self->entries->len; i++)
    ((Entry *) g_ptr_array_index (self->entries, i))->kept = kept;
}

/* From the end, so that positions before stay what they are; neighbours go together. */
static void
drop_others (FramTable *self)
{
  guint end = self->entries->len;

  while (end > 0)
    {
      guint begin = end;

      while (begin > 0 && !((Entry *) g_ptr_array_index (self->entries, begin - 1))->kept)
        {
          begin--;
          g_hash_table_remove (self->by_key,
                               ((Entry *) g_ptr_array_index (self->entries, begin))->key);
        }
      if (begin < end)
        {
          g_ptr_array_remove_range (self->entries, begin, end - begin);
          tell (self, begin, end - begin, 0);
        }
      end = begin > 0 ? begin - 1 : 0;
    }
}

void
fram_table_update (FramTable *self, GVariant *rows, gboolean complete)
{
  guint n_before;
  GVariantIter iter;
  GVariant *values;
  g_autoptr (GPtrArray) added = g_ptr_array_new ();

  keep_all (self, FALSE);
  g_variant_iter_init (&iter, rows);
  while ((values = g_variant_iter_next_value (&iter)) != NULL)
    {
      gboolean is_new;
      Entry *entry = take_in (self, values, &is_new);

      if (is_new)
        g_ptr_array_add (added, entry);
      g_variant_unref (values);
    }
  if (complete)
    drop_others (self);
  n_before = self->entries->len;
  g_ptr_array_extend_and_steal (self->entries, g_steal_pointer (&added));
  tell (self, n_before, 0, self->entries->len - n_before);
}

/* Only what lies between the rows that did not move is told of. */
static void
put_in_order (FramTable *self, GPtrArray *ordered)
{
  guint n_before = self->entries->len, n_after = ordered->len, begin = 0, end = 0;
  GPtrArray *before = self->entries;

  while (begin < MIN (n_before, n_after)
         && g_ptr_array_index (before, begin) == g_ptr_array_index (ordered, begin))
    begin++;
  while (end < MIN (n_before, n_after) - begin
         && g_ptr_array_index (before, n_before - 1 - end)
                == g_ptr_array_index (ordered, n_after - 1 - end))
    end++;
  g_ptr_array_set_free_func (before, NULL);
  g_ptr_array_set_free_func (ordered, entry_free);
  self->entries = ordered;
  g_ptr_array_unref (before);
  tell (self, begin, n_before - begin - end, n_after - begin - end);
}

void
fram_table_replace (FramTable *self, GVariant *rows)
{
  GPtrArray *ordered = g_ptr_array_new ();
  GVariantIter iter;
  GVariant *values;

  keep_all (self, FALSE);
  g_variant_iter_init (&iter, rows);
  while ((values = g_variant_iter_next_value (&iter)) != NULL)
    {
      g_autofree char *key = self->key (values);
      Entry *entry = g_hash_table_lookup (self->by_key, key);
      gboolean is_new;

      /* Two of one key are one row. */
      if (entry == NULL || !entry->kept)
        g_ptr_array_add (ordered, take_in (self, values, &is_new));
      g_variant_unref (values);
    }
  drop_others (self);
  put_in_order (self, ordered);
}

void
fram_table_remove (FramTable *self, GVariant *ids)
{
  GVariantIter iter;
  guint64 id;

  if (g_variant_n_children (ids) == 0)
    return;
  keep_all (self, TRUE);
  g_variant_iter_init (&iter, ids);
  while (g_variant_iter_next (&iter, "t", &id))
    {
      g_autofree char *key = key_of_id (id);
      Entry *entry = g_hash_table_lookup (self->by_key, key);

      if (entry != NULL)
        entry->kept = FALSE;
    }
  drop_others (self);
}

void
fram_table_clear (FramTable *self)
{
  keep_all (self, FALSE);
  drop_others (self);
}

/* --- Looking ----------------------------------------------------------------------- */

FramRow *
fram_table_find (FramTable *self, const char *key)
{
  Entry *entry = g_hash_table_lookup (self->by_key, key);

  return entry != NULL ? entry->row : NULL;
}

FramRow *
fram_table_find_id (FramTable *self, guint64 id)
{
  g_autofree char *key = key_of_id (id);

  return fram_table_find (self, key);
}

guint
fram_table_get_length (FramTable *self)
{
  return self->entries->len;
}

FramRow *
fram_table_peek (FramTable *self, guint index)
{
  return ((Entry *) g_ptr_array_index (self->entries, index))->row;
}
