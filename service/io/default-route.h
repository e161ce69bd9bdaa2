/* The ways out of the host: the default routes of the main table. */
#pragma once

#include "io/links.h"

typedef struct
{
  FramFamily family;
  guint32 index; /* of the interface */
  guint32 metric;
  guint
      preference; /* of the router that announced it (RFC 4191), 0 to 2; less is better */
  FramAddress gateway; /* scope 0; family NONE: the interface itself is the way out */
  FramAddress source;  /* that it is to be used with; family NONE: any */
} FramDefaultRoute;

/* More are left out. */
#define FRAM_DEFAULT_ROUTES_MAX 64

/* Return: FALSE if the message is not one of a default route that is there and works. */
gboolean fram_default_route_parse (const struct nlmsghdr *message,
                                   FramDefaultRoute *ret_route);
/* Return: (transfer full): FramDefaultRoute, the best ones first.  Errors: G_IO_ERROR. */
GArray *fram_default_routes_read (FramNetlink *netlink, GError **error);
/* Return: the best one of the family whose interface runs; NULL if there is none. */
const FramDefaultRoute *fram_default_routes_find (const GArray *routes, FramFamily family,
                                                  GHashTable *links);
/* Whether one of them leads out by that interface. */
gboolean fram_default_routes_have (const GArray *routes, guint32 index);
