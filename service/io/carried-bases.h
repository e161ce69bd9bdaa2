/* The bases that lie at TURN servers: by which carrier and server their datagrams travel, and
 * which channels stand for which peers.
 *
 * A link is a carrier and a server; it has at most one relayed base of each family.  A peer's
 * address counts without its scope: none has one at a server. */
#pragma once

#include "broker/event.h"
#include "turn/peer-data.h"

typedef struct _FramTurnLink FramTurnLink;

typedef struct
{
  FramBaseId id;
  FramBaseId carrier;
  FramAddress server;
  FramFamily family;
  FramTurnLink *link;
  GHashTable *channels; /* of this base alone, by peer */
} FramRelayedBase;

typedef struct
{
  FramAddress peer;
  guint16 number;
  const FramRelayedBase *base;
} FramPeerChannel;

typedef struct _FramRelayedBases FramRelayedBases;

FramRelayedBases *fram_relayed_bases_new (void);
void fram_relayed_bases_free (FramRelayedBases *bases);

/* The id must be new, and the family new to the link. */
void fram_relayed_bases_add (FramRelayedBases *bases, FramBaseId id, FramBaseId carrier,
                             const FramAddress *server, FramFamily family);
/* Return: FALSE if there is none. */
gboolean fram_relayed_bases_remove (FramRelayedBases *bases, FramBaseId id);
/* Return: NULL if there is none. */
FramRelayedBase *fram_relayed_bases_find (const FramRelayedBases *bases, FramBaseId id);
/* Of the base and peer; a number that stood for another peer of the link stands for this one
 * now.  0: there is no channel. */
void fram_relayed_base_set_channel (FramRelayedBase *base, const FramAddress *peer,
                                    guint16 number);
/* Return: 0 if there is none. */
guint16 fram_relayed_base_get_channel (const FramRelayedBase *base,
                                       const FramAddress *peer);

/* Return: NULL if `remote` is no server of relayed bases that `carrier` carries. */
const FramTurnLink *fram_relayed_bases_find_link (const FramRelayedBases *bases,
                                                  FramBaseId carrier,
                                                  const FramAddress *remote);
/* Return: NULL if there is none. */
const FramRelayedBase *fram_turn_link_get_base (const FramTurnLink *link,
                                                FramFamily family);
/* Return: NULL if the number stands for nobody. */
const FramPeerChannel *fram_turn_link_find_channel (const FramTurnLink *link,
                                                    guint16 number);
