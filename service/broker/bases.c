#include "broker/bases.h"

static void
base_free (gpointer data)
{
  FramBase *base = data;

  g_assert (base->mappings->len == 0 && base->linger.place == 0);
  g_assert (base->carried->len == 0);
  g_ptr_array_unref (base->carried);
  g_array_unref (base->members);
  g_ptr_array_unref (base->mappings);
  g_free (base);
}

void
fram_base_table_init (FramBaseTable *table)
{
  table->by_id = g_hash_table_new_full (NULL, NULL, NULL, base_free);
  table->by_place
      = g_hash_table_new_full (fram_address_hash, fram_address_equal, g_free, NULL);
}

void
fram_base_table_clear (FramBaseTable *table)
{
  g_clear_pointer (&table->by_place, g_hash_table_unref);
  g_clear_pointer (&table->by_id, g_hash_table_unref);
}

guint
fram_base_table_size (const FramBaseTable *table)
{
  return g_hash_table_size (table->by_id);
}

static FramAddress
place_of (const FramAddress *address, guint32 lane)
{
  FramAddress place = *address;

  place.port = (guint16) lane;
  return place;
}

FramBase *
fram_base_table_find (FramBaseTable *table, FramBaseId id)
{
  return g_hash_table_lookup (table->by_id, GUINT_TO_POINTER (id));
}

FramBase *
fram_base_table_find_place (FramBaseTable *table, const FramAddress *address,
                            guint32 lane)
{
  FramAddress place = place_of (address, lane);

  return g_hash_table_lookup (table->by_place, &place);
}

FramBase *
fram_base_table_add (FramBaseTable *table, FramBaseId id,
                     const FramInterfaceAddress *interface, guint32 lane)
{
  FramAddress place = place_of (&interface->address, lane);
  FramBase *base = g_new0 (FramBase, 1);

  base->id = id;
  base->interface = *interface;
  base->lane = lane;
  base->state = FRAM_BASE_OPENING;
  base->members = g_array_new (FALSE, FALSE, sizeof (FramBaseMember));
  base->mappings = g_ptr_array_new ();
  base->carried = g_ptr_array_new ();
  base->linger.kind = FRAM_DUE_BASE;
  base->linger.owner = base;
  g_hash_table_insert (table->by_id, GUINT_TO_POINTER (id), base);
  g_hash_table_insert (table->by_place, g_memdup2 (&place, sizeof place), base);
  return base;
}

void
fram_base_table_remove (FramBaseTable *table, FramBase *base)
{
  FramAddress place = place_of (&base->interface.address, base->lane);

  g_hash_table_remove (table->by_place, &place);
  g_hash_table_remove (table->by_id, GUINT_TO_POINTER (base->id));
}

void
fram_base_join (FramBase *base, const FramBaseMember *member)
{
  g_array_append_vals (base->members, member, 1);
}

gboolean
fram_members_have_stream (const GArray *members, FramSessionId session, guint stream)
{
  const FramBaseMember *member = fram_members_find (members, session);

  return member != NULL && member->stream == stream;
}

void
fram_members_leave (GArray *members, FramSessionId session)
{
  for (guint i = members->len; i > 0; i--)
    if (g_array_index (members, FramBaseMember, i - 1).session == session)
      g_array_remove_index_fast (members, i - 1);
}

const FramBaseMember *
fram_members_find (const GArray *members, FramSessionId session)
{
  for (guint i = 0; i < members->len; i++)
    {
      const FramBaseMember *member = &g_array_index (members, FramBaseMember, i);

      if (member->session == session)
        return member;
    }
  return NULL;
}

const FramBaseMember *
fram_base_find_member (const FramBase *base, FramSessionId session)
{
  return fram_members_find (base->members, session);
}

gboolean
fram_base_is_used (const FramBase *base)
{
  return base->members->len + base->carried->len > 0;
}
