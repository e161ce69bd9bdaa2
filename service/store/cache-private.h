/* The cache's inside, shared by the files that cut it. */
#pragma once

#include "store/cache-record.h"
#include "store/cache.h"
#include "store/database.h"

/* Written in one transaction at most: some milliseconds. */
#define FRAM_CACHE_BATCH 256

/* What is beyond these comes from a wrong clock or a damaged file. */
#define FRAM_CACHE_MAX_RTT FRAM_SECONDS (3600)
#define FRAM_CACHE_MAX_LIFETIME ((gint64) 30 * 24 * 3600 * 1000) /* milliseconds */
#define FRAM_CACHE_LAST_TIME G_GINT64_CONSTANT (253402300799)    /* the year 9999 */

struct _FramCache
{
  char *path; /* NULL: in memory from the start */
  FramDatabase *database;
  FramCacheState state;
  GError *problem;
  gboolean history;
  gboolean erase_due; /* the history, as soon as the disk lets it */
  FramWallClock *clock;
  FramCacheNotice notice;
  gpointer user_data;

  GMainContext *context;
  GSource *idle;   /* writes what waits when the loop is idle; NULL: nothing is due */
  GSource *latest; /* and at the latest then */

  FramRecordQueue queue;
  FramCacheTotals totals;
  guint n_replaced;   /* damaged files, in this run */
  gint64 last_pruned; /* seconds since 1970 */
};

gint64 fram_cache_now (const FramCache *cache);

/* Takes the record, and has it written soon. */
void fram_cache_push (FramCache *cache, FramRecord *record);
/* Has what waits written soon. */
void fram_cache_schedule (FramCache *cache);

/* The database failed with `error`.  Return: whether it is a fresh one now, so that what
 * failed may be tried again. */
gboolean fram_cache_failed (FramCache *cache, const GError *error);

/* cache-write.c: writes up to `n` records from `first` on in one transaction, of which the
 * tables refused `ret_n_refused`.  `prune`: old facts of all networks go too. */
gboolean fram_cache_write (FramDatabase *database, GList *first, guint n, gint64 now,
                           gboolean prune, guint *ret_n_refused, GError **error);

/* cache-history.c */
gboolean fram_cache_erase_history (FramCache *cache, GError **error);
