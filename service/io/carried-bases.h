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
  GHashTable *channels; /* peer -> number: by which data leave */
} FramCarriedBase;

/* Of what comes by a channel. */
typedef struct
{
  FramAddress peer;
  const FramCarriedBase *base;
} FramPeerChannel;

typedef struct _FramCarriedBases FramCarriedBases;

FramCarriedBases *fram_carried_bases_new (void);
void fram_carried_bases_free (FramCarriedBases *bases);

/* The id must be new, and the family new to the link. */
void fram_carried_bases_add (FramCarriedBases *bases, FramBaseId id, FramBaseId carrier,
                             const FramAddress *server, FramFamily family);
/* It has another carrier from now on; its channels stay. */
void fram_carried_bases_move (FramCarriedBases *bases, FramCarriedBase *base,
                              FramBaseId carrier, const FramAddress *server);
/* Return: FALSE if there is none. */
gboolean fram_carried_bases_remove (FramCarriedBases *bases, FramBaseId id);
/* Return: NULL if there is none. */
FramCarriedBase *fram_carried_bases_find (const FramCarriedBases *bases, FramBaseId id);
/* The number stands for the peer, until the base is removed, or it is given to another peer of
 * the link. */
void fram_carried_base_expect_channel (FramCarriedBase *base, const FramAddress *peer,
                                       guint16 number);
/* The same, and data to the peer leave by it; 0: they leave by none. */
void fram_carried_base_set_channel (FramCarriedBase *base, const FramAddress *peer,
                                    guint16 number);
/* By which data leave.  Return: 0 if there is none. */
guint16 fram_carried_base_get_channel (const FramCarriedBase *base,
                                       const FramAddress *peer);

/* Return: NULL if `remote` is no server of relayed bases that `carrier` carries. */
const FramTurnLink *fram_carried_bases_find_link (const FramCarriedBases *bases,
                                                  FramBaseId carrier,
                                                  const FramAddress *remote);
/* Return: NULL if there is none. */
const FramCarriedBase *fram_turn_link_get_base (const FramTurnLink *link,
                                                FramFamily family);
/* Return: NULL if the number stands for nobody. */
const FramPeerChannel *fram_turn_link_find_channel (const FramTurnLink *link,
                                                    guint16 number);
