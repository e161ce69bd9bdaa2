/* The way out of the host, and how the network behind it is recognised. */
#pragma once

#include "io/host-tables.h"
#include "io/neighbour.h"
#include "io/network.h"

typedef struct
{
  guint32 index;                /* of the interface; 0: there is no way out */
  FramAddress gateway;          /* scope 0; family NONE: none that has a link address */
  FramNetworkIdentity identity; /* all of it, if `is_known`; else without the gateway */
  gboolean is_known;
} FramAttachment;

void fram_attachment_find (FramAttachment *ret_attachment, const FramHostTables *tables);
/* Whether the way out is the same, as far as tables tell. */
gboolean fram_attachment_equal (const FramAttachment *a, const FramAttachment *b);
/* The neighbour is the gateway. */
gboolean fram_attachment_has_gateway (const FramAttachment *attachment,
                                      const FramNeighbour *neighbour);
/* The gateway's link address was found. */
void fram_attachment_resolve (FramAttachment *attachment, const guint8 *link_address,
                              gsize length);
/* Return: NULL, as long as it is not known. */
const FramNetworkIdentity *
fram_attachment_get_identity (const FramAttachment *attachment);
