/* Keeps the tables of the cache within their bounds: within a transaction of the caller's. */
#pragma once

#include "store/database.h"

/* The facts about one network that were used longest ago, beyond their number. */
gboolean fram_cache_prune_network (FramDatabase *database, gint64 network,
                                   GError **error);
/* The networks that were seen longest ago, beyond their number. */
gboolean fram_cache_prune_networks (FramDatabase *database, GError **error);
/* Sessions by age and number. */
gboolean fram_cache_prune_sessions (FramDatabase *database, gint64 now, GError **error);
/* Facts and networks by age: looks at every row of them. */
gboolean fram_cache_prune_old (FramDatabase *database, gint64 now, GError **error);
