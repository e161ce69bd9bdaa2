#include "io/carried-bases.h"

#include "broker/tuple.h"

struct _FramTurnLink
{
  FramTuple tuple;           /* carrier and server */
  FramCarriedBase *bases[2]; /* IPv4, IPv6 */
  GPtrArray *channels; /* FramPeerChannel or NULL, from FRAM_TURN_CHANNEL_FIRST on */
};

struct _FramCarriedBases
{
  GHashTable *by_id; /* id -> FramCarriedBase */
  GHashTable *links; /* a set of FramTurnLink */
};

static void
free_link (gpointer data)
{
  FramTurnLink *link = data;

  g_ptr_array_unref (link->channels);
  g_free (link);
}

static void
free_base (gpointer data)
{
  FramCarriedBase *base = data;

  g_hash_table_unref (base->channels);
  g_free (base);
}

FramCarriedBases *
fram_carried_bases_new (void)
{
  FramCarriedBases *bases = g_new (FramCarriedBases, 1);

  bases->by_id = g_hash_table_new_full (NULL, NULL, NULL, free_base);
  bases->links
      = g_hash_table_new_full (fram_tuple_hash, fram_tuple_equal, free_link, NULL);
  return bases;
}

void
fram_carried_bases_free (FramCarriedBases *bases)
{
  g_hash_table_unref (bases->by_id);
  g_hash_table_unref (bases->links);
  g_free (bases);
}

static FramCarriedBase **
get_place (FramTurnLink *link, FramFamily family)
{
  return &link->bases[family == FRAM_FAMILY_IPV6];
}

/* A server counts without its scope, which its carrier implies. */
static FramTuple
make_key (FramBaseId carrier, const FramAddress *server)
{
  FramTuple key = { *server, carrier };

  key.remote.scope = 0;
  return key;
}

static FramTurnLink *
find_link (const FramCarriedBases *bases, FramBaseId carrier, const FramAddress *server)
{
  FramTuple key = make_key (carrier, server);

  return g_hash_table_lookup (bases->links, &key);
}

static FramTurnLink *
new_link (FramCarriedBases *bases, FramBaseId carrier, const FramAddress *server)
{
  FramTurnLink *link = g_new0 (FramTurnLink, 1);

  link->tuple = make_key (carrier, server);
  link->channels = g_ptr_array_new_with_free_func (g_free);
  g_hash_table_add (bases->links, link);
  return link;
}

static void
join_link (FramCarriedBases *bases, FramCarriedBase *base, FramBaseId carrier,
           const FramAddress *server)
{
  FramTurnLink *link = find_link (bases, carrier, server);

  g_return_if_fail (link == NULL || *get_place (link, base->family) == NULL);

  if (link == NULL)
    link = new_link (bases, carrier, server);
  base->carrier = carrier;
  base->server = *server;
  base->link = link;
  *get_place (link, base->family) = base;
}

void
fram_carried_bases_add (FramCarriedBases *bases, FramBaseId id, FramBaseId carrier,
                        const FramAddress *server, FramFamily family)
{
  FramCarriedBase *base;

  g_return_if_fail (id != 0 && fram_carried_bases_find (bases, id) == NULL);

  base = g_new0 (FramCarriedBase, 1);
  base->id = id;
  base->family = family;
  base->channels
      = g_hash_table_new_full (fram_address_hash, fram_address_equal, g_free, NULL);
  join_link (bases, base, carrier, server);
  g_hash_table_insert (bases->by_id, GUINT_TO_POINTER (id), base);
}

/* --- Channels ---------------------------------------------------------------------- */

static FramPeerChannel **
find_channel (const FramTurnLink *link, guint16 number)
{
  guint place = (guint) number - FRAM_TURN_CHANNEL_FIRST;

  return place < link->channels->len
             ? (FramPeerChannel **) &g_ptr_array_index (link->channels, place)
             : NULL;
}

static void
take_channel (FramTurnLink *link, guint16 number)
{
  FramPeerChannel **channel = find_channel (link, number);

  if (*channel == NULL)
    return;
  if (fram_carried_base_get_channel ((*channel)->base, &(*channel)->peer) == number)
    g_hash_table_remove ((*channel)->base->channels, &(*channel)->peer);
  g_clear_pointer (channel, g_free);
}

void
fram_carried_base_expect_channel (FramCarriedBase *base, const FramAddress *peer,
                                  guint16 number)
{
  FramPeerChannel *channel;

  g_return_if_fail (number >= FRAM_TURN_CHANNEL_FIRST
                    && number <= FRAM_TURN_CHANNEL_LAST);

  channel = g_new0 (FramPeerChannel, 1);
  channel->peer = *peer;
  channel->peer.scope = 0;
  channel->base = base;
  /* Numbers are given out in order: the table is no longer than there are peers. */
  if (find_channel (base->link, number) == NULL)
    g_ptr_array_set_size (base->link->channels, number - FRAM_TURN_CHANNEL_FIRST + 1);
  take_channel (base->link, number);
  *find_channel (base->link, number) = channel;
}

void
fram_carried_base_set_channel (FramCarriedBase *base, const FramAddress *peer,
                               guint16 number)
{
  FramAddress key = *peer;

  key.scope = 0;
  g_hash_table_remove (base->channels, &key);
  if (number == 0)
    return;
  fram_carried_base_expect_channel (base, &key, number);
  g_hash_table_insert (base->channels, g_memdup2 (&key, sizeof key),
                       GUINT_TO_POINTER (number));
}

guint16
fram_carried_base_get_channel (const FramCarriedBase *base, const FramAddress *peer)
{
  FramAddress key = *peer;

  key.scope = 0;
  return (guint16) GPOINTER_TO_UINT (g_hash_table_lookup (base->channels, &key));
}

/* The channels of a base go with it: numbers are the allocation's. */
static void
hand_channels_over (FramTurnLink *from, const FramCarriedBase *base)
{
  for (guint i = 0; i < from->channels->len; i++)
    {
      const FramPeerChannel *channel = g_ptr_array_index (from->channels, i);
      guint16 number = (guint16) (FRAM_TURN_CHANNEL_FIRST + i);

      if (channel == NULL || channel->base != base)
        continue;
      if (find_channel (base->link, number) == NULL)
        g_ptr_array_set_size (base->link->channels, i + 1);
      *find_channel (base->link, number) = (FramPeerChannel *) channel;
      from->channels->pdata[i] = NULL;
    }
}

static void
leave_link (FramCarriedBases *bases, FramTurnLink *link, FramFamily family)
{
  *get_place (link, family) = NULL;
  if (link->bases[0] == NULL && link->bases[1] == NULL)
    g_hash_table_remove (bases->links, link);
}

void
fram_carried_bases_move (FramCarriedBases *bases, FramCarriedBase *base,
                         FramBaseId carrier, const FramAddress *server)
{
  FramTurnLink *former = base->link;

  if (find_link (bases, carrier, server) == former)
    return;
  join_link (bases, base, carrier, server);
  hand_channels_over (former, base);
  leave_link (bases, former, base->family);
}

const FramPeerChannel *
fram_turn_link_find_channel (const FramTurnLink *link, guint16 number)
{
  FramPeerChannel **channel = find_channel (link, number);

  return channel != NULL ? *channel : NULL;
}

/* --- The rest ---------------------------------------------------------------------- */

gboolean
fram_carried_bases_remove (FramCarriedBases *bases, FramBaseId id)
{
  FramCarriedBase *base = fram_carried_bases_find (bases, id);

  if (base == NULL)
    return FALSE;
  for (guint i = 0; i < base->link->channels->len; i++)
    {
      const FramPeerChannel *channel = g_ptr_array_index (base->link->channels, i);

      if (channel != NULL && channel->base == base)
        take_channel (base->link, (guint16) (FRAM_TURN_CHANNEL_FIRST + i));
    }
  leave_link (bases, base->link, base->family);
  g_hash_table_remove (bases->by_id, GUINT_TO_POINTER (id));
  return TRUE;
}

FramCarriedBase *
fram_carried_bases_find (const FramCarriedBases *bases, FramBaseId id)
{
  return g_hash_table_lookup (bases->by_id, GUINT_TO_POINTER (id));
}

const FramTurnLink *
fram_carried_bases_find_link (const FramCarriedBases *bases, FramBaseId carrier,
                              const FramAddress *remote)
{
  /* Most hosts need no server, and each packet asks. */
  return g_hash_table_size (bases->links) > 0 ? find_link (bases, carrier, remote) : NULL;
}

const FramCarriedBase *
fram_turn_link_get_base (const FramTurnLink *link, FramFamily family)
{
  return *get_place ((FramTurnLink *) link, family);
}
