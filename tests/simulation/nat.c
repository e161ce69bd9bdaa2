#include "nat.h"

/* RFC 4787 §4.2.1: a NAT stays out of the system ports. */
#define LOWEST_PORT 1024

typedef struct
{
  FramAddress internal;
  FramAddress remote; /* masked by the mapping behaviour */
} Key;

typedef struct
{
  Key key;
  guint16 port; /* external */
  FramTime used;
  GHashTable *permitted; /* masked remote -> FramTime, last outbound packet to it */
} Mapping;

struct _SimNat
{
  SimNatKind kind;
  FramAddress external;
  SimDice *dice;
  GHashTable *by_key;  /* Key -> Mapping, owned */
  GHashTable *by_port; /* port -> GPtrArray of Mapping; more than one if overloaded */
};

static guint
key_hash (gconstpointer data)
{
  const Key *key = data;

  return fram_address_hash (&key->internal) * 31 + fram_address_hash (&key->remote);
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  const Key *left = a, *right = b;

  return fram_address_equal (&left->internal, &right->internal)
         && fram_address_equal (&left->remote, &right->remote);
}

static void
mapping_free (gpointer data)
{
  Mapping *mapping = data;

  g_hash_table_unref (mapping->permitted);
  g_free (mapping);
}

FramAddress
sim_dependence_mask (SimDependence dependence, const FramAddress *remote)
{
  FramAddress masked = *remote;

  switch (dependence)
    {
    case SIM_DEPENDS_ON_NOTHING:
      return (FramAddress){ 0 };
    case SIM_DEPENDS_ON_ADDRESS:
      masked.port = 0;
      return masked;
    case SIM_DEPENDS_ON_ADDRESS_AND_PORT:
      return masked;
    }
  g_assert_not_reached ();
}

const char *
sim_dependence_to_text (SimDependence dependence)
{
  switch (dependence)
    {
    case SIM_DEPENDS_ON_NOTHING:
      return "EI";
    case SIM_DEPENDS_ON_ADDRESS:
      return "AD";
    case SIM_DEPENDS_ON_ADDRESS_AND_PORT:
      return "APD";
    }
  g_assert_not_reached ();
}

SimNat *
sim_nat_new (const SimNatKind *kind, const FramAddress *external, SimDice *dice)
{
  SimNat *nat = g_new0 (SimNat, 1);

  nat->kind = *kind;
  nat->external = *external;
  nat->dice = dice;
  nat->by_key = g_hash_table_new_full (key_hash, key_equal, NULL, mapping_free);
  nat->by_port
      = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_ptr_array_unref);
  return nat;
}

void
sim_nat_free (SimNat *nat)
{
  if (nat == NULL)
    return;
  g_hash_table_unref (nat->by_port);
  g_hash_table_unref (nat->by_key);
  g_free (nat);
}

const SimNatKind *
sim_nat_get_kind (const SimNat *nat)
{
  return &nat->kind;
}

guint
sim_nat_get_n_mappings (const SimNat *nat)
{
  return g_hash_table_size (nat->by_key);
}

void
sim_nat_renumber (SimNat *nat, const FramAddress *external)
{
  g_hash_table_remove_all (nat->by_port);
  g_hash_table_remove_all (nat->by_key);
  nat->external = *external;
}

static gboolean
is_alive (const SimNat *nat, FramTime used, FramTime now)
{
  return now - used < nat->kind.lifetime;
}

static void
forget (SimNat *nat, Mapping *mapping)
{
  GPtrArray *sharing
      = g_hash_table_lookup (nat->by_port, GUINT_TO_POINTER (mapping->port));

  g_ptr_array_remove (sharing, mapping);
  if (sharing->len == 0)
    g_hash_table_remove (nat->by_port, GUINT_TO_POINTER (mapping->port));
  g_hash_table_remove (nat->by_key, &mapping->key);
}

/* The live mappings on a port; what has expired on it is forgotten. NULL: the port is free.*/
static GPtrArray *
mappings_on (SimNat *nat, guint16 port, FramTime now)
{
  GPtrArray *sharing = g_hash_table_lookup (nat->by_port, GUINT_TO_POINTER (port));

  for (guint i = sharing != NULL ? sharing->len : 0; i > 0; i--)
    {
      Mapping *mapping = g_ptr_array_index (sharing, i - 1);

      if (!is_alive (nat, mapping->used, now))
        forget (nat, mapping);
    }
  return g_hash_table_lookup (nat->by_port, GUINT_TO_POINTER (port));
}

/* Whether a new mapping may use the port: alone, or beside mappings to other remotes. */
static gboolean
may_use (SimNat *nat, guint16 port, const Key *key, FramTime now)
{
  GPtrArray *sharing = mappings_on (nat, port, now);

  if (sharing == NULL)
    return TRUE;
  if (nat->kind.ports != SIM_PORTS_OVERLOADED)
    return FALSE;
  for (guint i = 0; i < sharing->len; i++)
    {
      const Mapping *other = g_ptr_array_index (sharing, i);

      if (fram_address_equal (&other->key.remote, &key->remote))
        return FALSE;
    }
  return TRUE;
}

static guint16
choose_port (SimNat *nat, const Key *key, FramTime now)
{
  guint16 port = key->internal.port;

  if (nat->kind.ports == SIM_PORTS_RANDOM || port < LOWEST_PORT)
    port = (guint16) sim_dice_range (nat->dice, LOWEST_PORT, 65536);
  while (!may_use (nat, port, key, now))
    port = (guint16) sim_dice_range (nat->dice, LOWEST_PORT, 65536);
  return port;
}

static Mapping *
add_mapping (SimNat *nat, const Key *key, FramTime now)
{
  Mapping *mapping = g_new0 (Mapping, 1);
  GPtrArray *sharing;

  mapping->key = *key;
  mapping->port = choose_port (nat, key, now);
  mapping->permitted
      = g_hash_table_new_full (fram_address_hash, fram_address_equal, g_free, g_free);
  g_hash_table_insert (nat->by_key, &mapping->key, mapping);

  sharing = mappings_on (nat, mapping->port, now);
  if (sharing == NULL)
    {
      sharing = g_ptr_array_new ();
      g_hash_table_insert (nat->by_port, GUINT_TO_POINTER (mapping->port), sharing);
    }
  g_ptr_array_add (sharing, mapping);
  return mapping;
}

static void
permit (SimNat *nat, Mapping *mapping, const FramAddress *remote, FramTime now)
{
  FramAddress masked = sim_dependence_mask (nat->kind.filtering, remote);
  FramTime *last = g_hash_table_lookup (mapping->permitted, &masked);

  if (last != NULL)
    *last = now;
  else
    g_hash_table_insert (mapping->permitted, g_memdup2 (&masked, sizeof masked),
                         g_memdup2 (&now, sizeof now));
}

void
sim_nat_outbound (SimNat *nat, FramAddress *source, const FramAddress *destination,
                  FramTime now)
{
  Key key = { *source, sim_dependence_mask (nat->kind.mapping, destination) };
  Mapping *mapping = g_hash_table_lookup (nat->by_key, &key);

  if (mapping != NULL && !is_alive (nat, mapping->used, now))
    {
      forget (nat, mapping);
      mapping = NULL;
    }
  if (mapping == NULL)
    mapping = add_mapping (nat, &key, now);

  mapping->used = now;
  permit (nat, mapping, destination, now);
  *source = nat->external;
  source->port = mapping->port;
}

static gboolean
accepts (const SimNat *nat, const Mapping *mapping, const FramAddress *source,
         FramTime now)
{
  FramAddress masked = sim_dependence_mask (nat->kind.filtering, source);
  const FramTime *last = g_hash_table_lookup (mapping->permitted, &masked);

  /* Without a filter there is one permission for all, as old as the mapping. */
  if (nat->kind.filtering == SIM_DEPENDS_ON_NOTHING)
    return TRUE;
  return last != NULL && is_alive (nat, *last, now);
}

gboolean
sim_nat_inbound (SimNat *nat, const FramAddress *source, FramAddress *destination,
                 FramTime now)
{
  GPtrArray *sharing;

  if (!fram_address_equal_ip (destination, &nat->external))
    return FALSE;

  sharing = mappings_on (nat, destination->port, now);
  for (guint i = 0; sharing != NULL && i < sharing->len; i++)
    {
      Mapping *mapping = g_ptr_array_index (sharing, i);

      if (!accepts (nat, mapping, source, now))
        continue;
      if (nat->kind.inbound_refreshes)
        {
          mapping->used = now;
          permit (nat, mapping, source, now);
        }
      *destination = mapping->key.internal;
      return TRUE;
    }
  return FALSE;
}
