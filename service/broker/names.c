#include "broker/names.h"

static void
peer_name_free (gpointer data)
{
  FramPeerName *name = data;

  g_array_unref (name->sessions);
  g_free (name->text);
  g_free (name);
}

static void
own_name_free (gpointer data)
{
  FramOwnName *name = data;

  g_free (name->owner);
  g_free (name->text);
  g_free (name);
}

void
fram_name_table_init (FramNameTable *table)
{
  table->by_id = g_hash_table_new_full (NULL, NULL, NULL, peer_name_free);
  table->by_text = g_hash_table_new (g_str_hash, g_str_equal);
  table->own = g_ptr_array_new_with_free_func (own_name_free);
  table->last = 0;
}

void
fram_name_table_clear (FramNameTable *table)
{
  g_ptr_array_unref (table->own);
  g_hash_table_unref (table->by_text);
  g_hash_table_unref (table->by_id);
}

FramPeerName *
fram_name_table_find (const FramNameTable *table, FramNameId id)
{
  return g_hash_table_lookup (table->by_id, GUINT_TO_POINTER (id));
}

FramPeerName *
fram_name_table_find_text (const FramNameTable *table, const char *text)
{
  return g_hash_table_lookup (table->by_text, text);
}

FramPeerName *
fram_name_table_add (FramNameTable *table, const char *text)
{
  FramPeerName *name = g_new0 (FramPeerName, 1);

  name->id = ++table->last;
  name->text = g_strdup (text);
  name->sessions = g_array_new (FALSE, FALSE, sizeof (FramSessionId));
  name->due.kind = FRAM_DUE_PEER_NAME;
  name->due.owner = name;
  g_hash_table_insert (table->by_id, GUINT_TO_POINTER (name->id), name);
  g_hash_table_insert (table->by_text, name->text, name);
  return name;
}

void
fram_name_table_remove (FramNameTable *table, FramPeerName *name)
{
  g_hash_table_remove (table->by_text, name->text);
  g_hash_table_remove (table->by_id, GUINT_TO_POINTER (name->id));
}

FramOwnName *
fram_name_table_find_own (const FramNameTable *table, FramNameId id)
{
  for (guint i = 0; i < table->own->len; i++)
    {
      FramOwnName *name = g_ptr_array_index (table->own, i);

      if (name->id == id)
        return name;
    }
  return NULL;
}

FramOwnName *
fram_name_table_add_own (FramNameTable *table, const char *owner, const char *text,
                         const FramAddress *address)
{
  FramOwnName *name = g_new0 (FramOwnName, 1);

  name->id = ++table->last;
  name->owner = g_strdup (owner);
  name->text = g_strdup (text);
  name->address = *address;
  name->linger.kind = FRAM_DUE_OWN_NAME;
  name->linger.owner = name;
  g_ptr_array_add (table->own, name);
  return name;
}

void
fram_name_table_remove_own (FramNameTable *table, FramOwnName *name)
{
  g_ptr_array_remove_fast (table->own, name);
}

/* Return: its place, or their number: it does not wait. */
static guint
find_session (const FramPeerName *name, FramSessionId session)
{
  guint i = 0;

  while (i < name->sessions->len
         && g_array_index (name->sessions, FramSessionId, i) != session)
    i++;
  return i;
}

void
fram_peer_name_join (FramPeerName *name, FramSessionId session)
{
  if (find_session (name, session) == name->sessions->len)
    g_array_append_val (name->sessions, session);
}

void
fram_peer_name_leave (FramPeerName *name, FramSessionId session)
{
  guint place = find_session (name, session);

  if (place < name->sessions->len)
    g_array_remove_index (name->sessions, place);
}
