#include "store/cache-private.h"

/* What is given out, with what it owns. */
typedef struct
{
  FramPastSession session;
  char *texts[5];
} Past;

static void
past_free (gpointer data)
{
  Past *past = data;

  for (gsize i = 0; i < G_N_ELEMENTS (past->texts); i++)
    g_free (past->texts[i]);
  g_free (past);
}

static Past *
read_past (FramQuery *query)
{
  Past *past = g_new0 (Past, 1);
  FramPastSession *session = &past->session;

  for (gsize i = 0; i < G_N_ELEMENTS (past->texts); i++)
    past->texts[i] = fram_query_dup_text (query, 3 + i);
  session->id = fram_query_get_integer (query, 0);
  session->started = fram_query_get_integer (query, 1);
  session->ended = fram_query_get_integer (query, 2);
  session->application = past->texts[0];
  session->label = past->texts[1];
  session->state = past->texts[2];
  session->cause = past->texts[3];
  session->path = past->texts[4];
  session->rtt = CLAMP (fram_query_get_integer (query, 8), -1, FRAM_CACHE_MAX_RTT);
  session->bytes_sent = MAX (fram_query_get_integer (query, 9), 0);
  session->bytes_received = MAX (fram_query_get_integer (query, 10), 0);
  /* Only damage can make them other than this. */
  session->started = CLAMP (session->started, 0, FRAM_CACHE_LAST_TIME);
  session->ended = CLAMP (session->ended, session->started, FRAM_CACHE_LAST_TIME);
  session->duration = FRAM_SECONDS (session->ended - session->started);
  return past;
}

static gboolean
list (FramDatabase *database, gint64 before, guint limit, GPtrArray *sessions,
      GError **error)
{
  g_autoptr (FramQuery) query = fram_database_query (
      database, error,
      "SELECT id, started, ended, application, label, state, cause, path,"
      " coalesce (rtt, -1), sent, received"
      " FROM sessions WHERE id < ?1 ORDER BY id DESC LIMIT ?2",
      "li", before > 0 ? before : G_MAXINT64, limit);
  FramStep step = FRAM_STEP_FAILED;

  while (query != NULL && (step = fram_query_step (query, error)) == FRAM_STEP_ROW)
    g_ptr_array_add (sessions, read_past (query));
  return step == FRAM_STEP_DONE;
}

GPtrArray *
fram_cache_list_sessions (FramCache *cache, gint64 before, guint limit)
{
  GPtrArray *sessions = g_ptr_array_new_with_free_func (past_free);
  g_autoptr (GError) error = NULL;

  /* What is to be erased is not shown either. */
  fram_cache_flush (cache);
  if (cache->database != NULL && !cache->erase_due
      && !list (cache->database, before, MIN (limit, FRAM_CACHE_MAX_LISTED), sessions,
                &error))
    {
      g_ptr_array_set_size (sessions, 0);
      fram_cache_failed (cache, error);
    }
  return sessions;
}

static gboolean
is_empty (FramDatabase *database, gboolean *ret_empty, GError **error)
{
  g_autoptr (FramQuery) query = fram_database_query (
      database, error, "SELECT NOT EXISTS (SELECT 1 FROM sessions)", "");

  if (query == NULL || !fram_query_row (query, error))
    return FALSE;
  *ret_empty = fram_query_get_integer (query, 0);
  return TRUE;
}

/* Deleted is overwritten in the file; that file and log are settled makes it so at once. */
gboolean
fram_cache_erase_history (FramCache *cache, GError **error)
{
  gboolean empty;

  if (!is_empty (cache->database, &empty, error))
    return FALSE;
  if (!empty
      && (!fram_database_execute (cache->database, error, "DELETE FROM sessions", "")
          || !fram_database_settle (cache->database, error)))
    return FALSE;
  cache->erase_due = FALSE;
  return TRUE;
}

void
fram_cache_set_history (FramCache *cache, gboolean history)
{
  cache->history = history;
  /* Turned on again, the old ones are still to be erased. */
  cache->erase_due = cache->erase_due || !history;
  if (history)
    return;
  fram_record_queue_drop_kind (&cache->queue, FRAM_RECORD_SESSION);
  if (!fram_cache_flush (cache))
    fram_cache_schedule (cache);
}
