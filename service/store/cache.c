#include "store/cache-private.h"

#include "store/cache-schema.h"
#include "store/place.h"

/* Milliseconds from the first fact that waits: when the loop is idle, and in any case. */
#define SOON 1000
#define AT_THE_LATEST 2000
/* The same, while the disk refuses. */
#define RETRY_SOON 60000
#define RETRY_AT_THE_LATEST 90000

/* A disk that damages file after file is left alone. */
#define MAX_REPLACED 3

#define PRUNE_INTERVAL 3600 /* seconds */

gint64
fram_cache_now (const FramCache *cache)
{
  if (cache->clock != NULL)
    return cache->clock->read (cache->clock);
  return g_get_real_time () / G_USEC_PER_SEC;
}

FramCacheState
fram_cache_get_state (const FramCache *cache)
{
  return cache->state;
}

const GError *
fram_cache_get_problem (const FramCache *cache)
{
  return cache->problem;
}

void
fram_cache_get_totals (const FramCache *cache, FramCacheTotals *ret_totals)
{
  *ret_totals = cache->totals;
  ret_totals->n_waiting = cache->queue.records.length;
  ret_totals->n_lost += cache->queue.n_lost;
}

static void
tell (FramCache *cache, FramCacheState state, const GError *problem)
{
  cache->state = state;
  g_clear_error (&cache->problem);
  cache->problem = problem != NULL ? g_error_copy (problem) : NULL;
  if (cache->notice != NULL)
    cache->notice (state, problem, cache->user_data);
}

static void
go_without_file (FramCache *cache, const GError *problem)
{
  g_autoptr (GError) error = NULL;

  cache->database = fram_database_open (NULL, &fram_cache_schema, &error);
  if (cache->database == NULL)
    g_debug ("Not even in memory: %s", error->message);
  tell (cache, FRAM_CACHE_IN_MEMORY, problem);
}

static void
open_file (FramCache *cache)
{
  g_autoptr (GError) damage = NULL, error = NULL;

  cache->database
      = fram_database_open_or_replace (cache->path, &fram_cache_schema, &damage, &error);
  if (cache->path == NULL)
    cache->state = FRAM_CACHE_IN_MEMORY;
  else if (cache->database == NULL)
    go_without_file (cache, error);
  else if (damage != NULL)
    tell (cache, FRAM_CACHE_ON_DISK, damage);
}

static gboolean
replace (FramCache *cache, const GError *error)
{
  g_autoptr (GError) damage = NULL, failure = NULL;

  fram_database_close (g_steal_pointer (&cache->database));
  if (cache->n_replaced++ < MAX_REPLACED)
    cache->database = fram_database_replace (cache->path, &fram_cache_schema, error,
                                             &damage, &failure);
  if (cache->database != NULL)
    tell (cache, FRAM_CACHE_ON_DISK, damage);
  else
    go_without_file (cache, failure != NULL ? failure : error);
  return cache->database != NULL;
}

gboolean
fram_cache_failed (FramCache *cache, const GError *error)
{
  gboolean is_new = cache->problem == NULL || cache->problem->code != error->code;

  g_debug ("%s", error->message);
  if (cache->state == FRAM_CACHE_IN_MEMORY)
    return FALSE;
  if (fram_schema_is_lost (&fram_cache_schema, error))
    return replace (cache, error);
  if (cache->state != FRAM_CACHE_WAITING || is_new)
    tell (cache, FRAM_CACHE_WAITING, error);
  return FALSE;
}

static gboolean
is_anything_due (const FramCache *cache)
{
  return cache->queue.records.length > 0 || cache->erase_due;
}

static gboolean
write_facts (FramCache *cache, GError **error)
{
  guint n = MIN (cache->queue.records.length, FRAM_CACHE_BATCH), n_refused = 0;
  gint64 now = fram_cache_now (cache);
  gboolean prune = ABS (now - cache->last_pruned) >= PRUNE_INTERVAL;

  if (!fram_cache_write (cache->database, cache->queue.records.head, n, now, prune,
                         &n_refused, error))
    return FALSE;
  fram_record_queue_drop (&cache->queue, n);
  cache->last_pruned = prune ? now : cache->last_pruned;
  cache->totals.n_written += n - n_refused;
  cache->totals.n_lost += n_refused;
  cache->totals.n_batches++;
  return TRUE;
}

/* Return: whether it is of use to go on. */
static gboolean
write_batch (FramCache *cache)
{
  g_autoptr (GError) error = NULL;

  if (cache->database != NULL && !fram_database_is_in_place (cache->database))
    {
      fram_database_close (g_steal_pointer (&cache->database));
      open_file (cache);
    }
  if (cache->database == NULL)
    return FALSE;
  if ((cache->erase_due && !fram_cache_erase_history (cache, &error))
      || !write_facts (cache, &error))
    return fram_cache_failed (cache, error);
  if (cache->state == FRAM_CACHE_WAITING)
    tell (cache, FRAM_CACHE_ON_DISK, NULL);
  return TRUE;
}

gboolean
fram_cache_flush (FramCache *cache)
{
  while (is_anything_due (cache) && write_batch (cache))
    ;
  return !is_anything_due (cache);
}

static void
drop_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static GSource *
add_source (FramCache *cache, guint milliseconds, int priority, GSourceFunc function)
{
  GSource *source = g_timeout_source_new (milliseconds);

  g_source_set_static_name (source, "Fram cache");
  g_source_set_priority (source, priority);
  g_source_set_callback (source, function, cache, NULL);
  g_source_attach (source, cache->context);
  return source;
}

/* A loop that is never idle would never write: the second source waits for nothing. */
static void
arm (FramCache *cache, guint soon, guint at_the_latest, GSourceFunc function)
{
  drop_source (&cache->idle);
  drop_source (&cache->latest);
  cache->idle = add_source (cache, soon, G_PRIORITY_DEFAULT_IDLE, function);
  cache->latest = add_source (cache, at_the_latest, G_PRIORITY_DEFAULT, function);
}

static gboolean
on_due (gpointer user_data)
{
  FramCache *cache = user_data;
  gboolean refused = is_anything_due (cache) && !write_batch (cache);

  drop_source (&cache->idle);
  drop_source (&cache->latest);
  if (refused)
    arm (cache, RETRY_SOON, RETRY_AT_THE_LATEST, on_due);
  else if (is_anything_due (cache))
    arm (cache, 0, SOON, on_due);
  return G_SOURCE_REMOVE;
}

void
fram_cache_schedule (FramCache *cache)
{
  if (cache->idle == NULL)
    arm (cache, SOON, AT_THE_LATEST, on_due);
}

void
fram_cache_push (FramCache *cache, FramRecord *record)
{
  fram_record_queue_push (&cache->queue, record, FRAM_CACHE_MAX_WAITING);
  fram_cache_schedule (cache);
}

FramCache *
fram_cache_new (const FramCacheConfig *config)
{
  FramCache *cache = g_new0 (FramCache, 1);

  cache->context = g_main_context_ref (
      config->context != NULL ? config->context : g_main_context_default ());
  cache->clock = config->clock;
  cache->notice = config->notice;
  cache->user_data = config->user_data;
  fram_record_queue_init (&cache->queue);
  if (!config->in_memory)
    cache->path = config->path != NULL ? g_strdup (config->path)
                                       : fram_place_path (FRAM_PLACE_CACHE, "cache.db");
  open_file (cache);
  /* The first batch, which has no facts yet, drops what has grown old. */
  write_batch (cache);
  fram_cache_set_history (cache, config->history);
  return cache;
}

void
fram_cache_free (FramCache *cache)
{
  if (cache == NULL)
    return;
  fram_cache_flush (cache);
  drop_source (&cache->idle);
  drop_source (&cache->latest);
  fram_database_close (cache->database);
  fram_record_queue_clear (&cache->queue);
  g_clear_error (&cache->problem);
  g_main_context_unref (cache->context);
  g_free (cache->path);
  g_free (cache);
}
