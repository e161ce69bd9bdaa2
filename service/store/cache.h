/* cache.db: what was learned of networks, and the sessions of the last 30 days.
 *
 * What is told is queued, and written within two seconds, many facts in one transaction,
 * when the loop has nothing better to do; telling costs an allocation and touches no disk.
 * Of a fact that is told again before it was written only the newest is written.
 *
 * The cache is always there.  If its file cannot be used, it works in memory for this run;
 * if the disk refuses for a while, what is told waits, and is tried again each minute.  What
 * is the matter is told once, as a sentence for people.
 *
 *     cache = fram_cache_new (&config);
 *     a network is there:    known = fram_cache_load (cache, key)
 *     a server answered:     fram_cache_record_server (cache, key, uri, ...)
 *     the service ends:      fram_cache_free (cache), which writes what waits
 *
 * It belongs to the thread of its GMainContext. */
#pragma once

#include "store/errors.h"
#include "store/known.h"

typedef struct _FramCache FramCache;

typedef enum
{
  FRAM_CACHE_ON_DISK,
  FRAM_CACHE_WAITING,   /* the disk refuses; it is tried again */
  FRAM_CACHE_IN_MEMORY, /* nothing outlives this run */
} FramCacheState;

/* The wall clock, in seconds since 1970 in UTC; a test gives its own. */
typedef struct _FramWallClock FramWallClock;
struct _FramWallClock
{
  gint64 (*read) (FramWallClock *clock);
};

/* Something is to be said: the cache was damaged and begun afresh, cannot be used or
 * written, or (`problem` NULL) is written again.  It must not call into the cache. */
typedef void (*FramCacheNotice) (FramCacheState state, const GError *problem,
                                 gpointer user_data);

typedef struct
{
  const char *path;   /* NULL: fram_place_path (FRAM_PLACE_CACHE, "cache.db") */
  gboolean in_memory; /* there is to be no file */
  gboolean history;   /* sessions are remembered, else those that are there are erased */
  GMainContext *context;  /* NULL: the default one */
  FramWallClock *clock;   /* NULL: the system's */
  FramCacheNotice notice; /* may be called before fram_cache_new() returns; may be NULL */
  gpointer user_data;
} FramCacheConfig;

/* Opens the file, which takes some milliseconds; up to a quarter of a second if another
 * process has it open, and then without it. */
FramCache *fram_cache_new (const FramCacheConfig *config);
/* Writes what waits, if the disk lets it. NULL is allowed. */
void fram_cache_free (FramCache *cache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramCache, fram_cache_free)

FramCacheState fram_cache_get_state (const FramCache *cache);
/* The last notice that still holds, or NULL. */
const GError *fram_cache_get_problem (const FramCache *cache);

/* Writes what waits, now. Return: whether nothing waits any more. */
gboolean fram_cache_flush (FramCache *cache);

/* --- Networks ------------------------------------------------------------------------ */

/* 32 characters and a NUL. */
#define FRAM_NETWORK_KEY 33

/* The name under which an attachment is remembered: the same gateway and prefix are the same
 * network.  `gateway` is the link address (MAC) of the default gateway, `prefix` counts with
 * its first `prefix_length` bits. */
void fram_network_key (const guint8 *gateway, gsize gateway_length,
                       const FramAddress *prefix, guint prefix_length,
                       char ret_key[FRAM_NETWORK_KEY]);

/* What is known of it, newest first and at most FRAM_CACHE_MAX_… of each kind.  It reads the
 * disk, after writing what waits: for when a network comes, not for each session.
 * Return: (transfer full): never NULL. */
FramKnownNetwork *fram_cache_load (FramCache *cache, const char *network);

/* The network is there.  `name` is for people; NULL: as it was. */
void fram_cache_record_network (FramCache *cache, const char *network, const char *name);
/* A server answered after `rtt`, or (-1) not at all.  `address` NULL: its name has none. */
void fram_cache_record_server (FramCache *cache, const char *network, const char *uri,
                               const FramAddress *address, FramKnownTransport transport,
                               FramTime rtt);
void fram_cache_record_deaf (FramCache *cache, const char *network,
                             const FramKnownDeaf *deaf);
/* It is not, or not any more. */
void fram_cache_record_heard (FramCache *cache, const char *network,
                              const FramKnownDeaf *heard);
void fram_cache_record_nat (FramCache *cache, const char *network,
                            const FramKnownNat *nat);
void fram_cache_record_lifetime (FramCache *cache, const char *network,
                                 const FramKnownLifetime *lifetime);

/* --- Sessions ------------------------------------------------------------------------ */

/* Does nothing while the history is off. */
void fram_cache_record_session (FramCache *cache, const FramPastSession *session);
/* Turned off, what was remembered is erased before it returns, and overwritten on the disk;
 * later, if the disk refuses, and shown to nobody until then. */
void fram_cache_set_history (FramCache *cache, gboolean history);
/* The last ones, newest first, that ended before the one of the id `before` (0: of all).
 * Return: (transfer full): FramPastSession; at most `limit`. */
GPtrArray *fram_cache_list_sessions (FramCache *cache, gint64 before, guint limit);

/* --- Bounds -------------------------------------------------------------------------- */

#define FRAM_CACHE_MAX_NETWORKS 200
#define FRAM_CACHE_MAX_SERVERS 64 /* of a network; as the next ones */
#define FRAM_CACHE_MAX_DEAF 64
#define FRAM_CACHE_MAX_NATS 32
#define FRAM_CACHE_MAX_LIFETIMES 32
#define FRAM_CACHE_MAX_SESSIONS 10000
#define FRAM_CACHE_MAX_LISTED 1000
#define FRAM_CACHE_MAX_WAITING 2048 /* facts; the oldest are lost first */
#define FRAM_CACHE_MAX_BYTES (64 << 20)

#define FRAM_CACHE_DAY ((gint64) 24 * 60 * 60) /* seconds */
#define FRAM_CACHE_SESSION_DAYS 30
#define FRAM_CACHE_FACT_DAYS 30 /* deaf, NATs, lifetimes: since they were last found so */
#define FRAM_CACHE_NETWORK_DAYS 365 /* since it was last seen */

typedef struct
{
  guint n_waiting;   /* facts */
  guint64 n_written; /* facts */
  guint64 n_lost;    /* facts that came when too many waited, or that the tables refuse */
  guint64 n_batches; /* transactions */
} FramCacheTotals;

void fram_cache_get_totals (const FramCache *cache, FramCacheTotals *ret_totals);
