/* The way that data take, in words: straight to the peer, or by whose relay. */
#pragma once

#include <fram.h>

/* Whether this side's end of it is at a relay.  `selected`: as in FramSessionInfo. */
gboolean way_is_relayed (const char *selected);

/* `servers`: FramNetworkServer, by whose addresses a relay is known; NULL: it is called by its
 * address.  Return: (transfer full): empty if nothing is selected. */
char *way_describe (const char *selected, GPtrArray *servers);
