#include "store/cache-prune.h"

#include "store/cache.h"

gboolean
fram_cache_prune_network (FramDatabase *database, gint64 network, GError **error)
{
  return fram_database_execute (
             database, error,
             "DELETE FROM servers WHERE network = ?1 AND (uri, address, transport) IN"
             " (SELECT uri, address, transport FROM servers WHERE network = ?1"
             "  ORDER BY max (coalesce (last_success, 0), coalesce (last_failure, 0)) "
             "DESC"
             "  LIMIT -1 OFFSET ?2)",
             "li", network, FRAM_CACHE_MAX_SERVERS)
         && fram_database_execute (
             database, error,
             "DELETE FROM deaf WHERE network = ?1 AND (interface, uri, family, "
             "transport) IN"
             " (SELECT interface, uri, family, transport FROM deaf WHERE network = ?1"
             "  ORDER BY confirmed DESC LIMIT -1 OFFSET ?2)",
             "li", network, FRAM_CACHE_MAX_DEAF)
         && fram_database_execute (
             database, error,
             "DELETE FROM nats WHERE network = ?1 AND (interface, family) IN"
             " (SELECT interface, family FROM nats WHERE network = ?1"
             "  ORDER BY found DESC LIMIT -1 OFFSET ?2)",
             "li", network, FRAM_CACHE_MAX_NATS)
         && fram_database_execute (
             database, error,
             "DELETE FROM lifetimes WHERE network = ?1 AND (interface, family) IN"
             " (SELECT interface, family FROM lifetimes WHERE network = ?1"
             "  ORDER BY found DESC LIMIT -1 OFFSET ?2)",
             "li", network, FRAM_CACHE_MAX_LIFETIMES);
}

gboolean
fram_cache_prune_networks (FramDatabase *database, GError **error)
{
  return fram_database_execute (
      database, error,
      "DELETE FROM networks WHERE id IN"
      " (SELECT id FROM networks ORDER BY last_seen DESC, id DESC LIMIT -1 OFFSET ?1)",
      "i", FRAM_CACHE_MAX_NETWORKS);
}

gboolean
fram_cache_prune_sessions (FramDatabase *database, gint64 now, GError **error)
{
  return fram_database_execute (database, error, "DELETE FROM sessions WHERE ended < ?1",
                                "l", now - FRAM_CACHE_SESSION_DAYS * FRAM_CACHE_DAY)
         && fram_database_execute (
             database, error,
             "DELETE FROM sessions WHERE id <= (SELECT max (id) FROM sessions) - ?1", "i",
             FRAM_CACHE_MAX_SESSIONS);
}

gboolean
fram_cache_prune_old (FramDatabase *database, gint64 now, GError **error)
{
  gint64 fact = now - FRAM_CACHE_FACT_DAYS * FRAM_CACHE_DAY;

  return fram_database_execute (database, error, "DELETE FROM deaf WHERE confirmed < ?1",
                                "l", fact)
         && fram_database_execute (database, error, "DELETE FROM nats WHERE found < ?1",
                                   "l", fact)
         && fram_database_execute (database, error,
                                   "DELETE FROM lifetimes WHERE found < ?1", "l", fact)
         && fram_database_execute (database, error,
                                   "DELETE FROM networks WHERE last_seen < ?1", "l",
                                   now - FRAM_CACHE_NETWORK_DAYS * FRAM_CACHE_DAY);
}
