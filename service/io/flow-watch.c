#include "io/flow-watch.h"

#include "broker/broker.h"

#define SHORT_MS 100
#define LONG_MS 1000

/* Data are regular when they came in so many short spans in a row, ... */
#define N_REGULAR 10
/* ... and have stopped when they came in none of so many: a fifth of a second at least, as a
 * video's frames or a voice's packets never pause, but on the road. */
#define N_QUIET 3

typedef struct
{
  FramComponentKey key;
  guint64 received;
  guint n_busy;  /* spans in a row in which data came; N_REGULAR at most */
  guint n_quiet; /* spans since */
} Flow;

struct _FramFlowWatch
{
  GMainContext *context;
  FramPlane *plane;
  FramFlowQuiet quiet;
  gpointer user_data;
  GHashTable *flows; /* Flow; set */
  GSource *timer;    /* NULL: nothing comes */
  guint64 delivered; /* by the plane, when a turn was last over */
  gboolean is_short;
};

FramFlowWatch *
fram_flow_watch_new (GMainContext *context, FramPlane *plane, FramFlowQuiet quiet,
                     gpointer user_data)
{
  FramFlowWatch *watch = g_new0 (FramFlowWatch, 1);

  watch->context = context;
  watch->plane = plane;
  watch->quiet = quiet;
  watch->user_data = user_data;
  watch->flows = g_hash_table_new_full (fram_component_key_hash, fram_component_key_equal,
                                        g_free, NULL);
  return watch;
}

static void
stop (FramFlowWatch *watch)
{
  if (watch->timer == NULL)
    return;
  g_source_destroy (watch->timer);
  g_clear_pointer (&watch->timer, g_source_unref);
}

void
fram_flow_watch_free (FramFlowWatch *watch)
{
  stop (watch);
  g_hash_table_unref (watch->flows);
  g_free (watch);
}

static guint64
count_received (FramFlowWatch *watch, const FramComponentKey *key)
{
  FramTransferCounts counts;

  fram_plane_get_counts (watch->plane, key, &counts);
  return counts.bytes_received;
}

void
fram_flow_watch_set_path (FramFlowWatch *watch, const FramComponentKey *key,
                          gboolean has_path)
{
  Flow *flow;

  g_hash_table_remove (watch->flows, key);
  if (!has_path)
    return;
  flow = g_new0 (Flow, 1);
  flow->key = *key;
  flow->received = count_received (watch, key);
  g_hash_table_add (watch->flows, flow);
}

void
fram_flow_watch_forget (FramFlowWatch *watch, FramSessionId session)
{
  FramComponentKey key = { .session = session };

  for (key.stream = 0; key.stream < FRAM_MAX_STREAMS; key.stream++)
    for (key.component = 1; key.component <= FRAM_MAX_COMPONENTS; key.component++)
      g_hash_table_remove (watch->flows, &key);
}

/* Return: whether it has just stopped; `ret_came`: whether data have come. */
static gboolean
look (FramFlowWatch *watch, Flow *flow, gboolean *ret_came)
{
  guint64 received = count_received (watch, &flow->key);
  gboolean came = received != flow->received, is_regular = flow->n_busy == N_REGULAR;

  flow->received = received;
  *ret_came |= came;
  if (came)
    {
      /* A gap that was no end, but too long to be regular. */
      flow->n_busy
          = flow->n_quiet > 0 && !is_regular ? 1 : MIN (flow->n_busy + 1, N_REGULAR);
      flow->n_quiet = 0;
      return FALSE;
    }
  if (flow->n_busy == 0 || ++flow->n_quiet < N_QUIET)
    return FALSE;
  flow->n_busy = flow->n_quiet = 0;
  return is_regular;
}

static gboolean on_time (gpointer user_data);

static void
start (FramFlowWatch *watch, gboolean is_short)
{
  watch->is_short = is_short;
  watch->timer = g_timeout_source_new (is_short ? SHORT_MS : LONG_MS);
  g_source_set_static_name (watch->timer, "Fram flows");
  g_source_set_callback (watch->timer, on_time, watch, NULL);
  g_source_attach (watch->timer, watch->context);
}

static gboolean
on_time (gpointer user_data)
{
  FramFlowWatch *watch = user_data;
  g_autoptr (GArray) stopped = g_array_new (FALSE, FALSE, sizeof (FramComponentKey));
  gboolean came = FALSE, is_busy = FALSE;
  FramDriverStats stats;
  GHashTableIter iter;
  Flow *flow;

  g_hash_table_iter_init (&iter, watch->flows);
  while (g_hash_table_iter_next (&iter, (gpointer *) &flow, NULL))
    {
      if (look (watch, flow, &came))
        g_array_append_val (stopped, flow->key);
      is_busy |= flow->n_busy > 0;
    }
  stop (watch);
  fram_plane_get_stats (watch->plane, &stats);
  /* What goes past the plane does not wake anybody. */
  if (came || is_busy || stats.n_direct > 0)
    start (watch, is_busy);
  /* Being told may change the flows. */
  for (guint i = 0; i < stopped->len; i++)
    watch->quiet (watch->user_data, &g_array_index (stopped, FramComponentKey, i));
  return G_SOURCE_REMOVE;
}

void
fram_flow_watch_wake (FramFlowWatch *watch)
{
  if (watch->timer == NULL && g_hash_table_size (watch->flows) > 0)
    start (watch, FALSE);
}

void
fram_flow_watch_end_turn (FramFlowWatch *watch)
{
  guint64 delivered = fram_plane_get_delivered (watch->plane);

  if (delivered == watch->delivered)
    return;
  watch->delivered = delivered;
  fram_flow_watch_wake (watch);
}
