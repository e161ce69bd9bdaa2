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
  guint64 received, sent;
  guint n_busy;   /* spans in a row in which data came; N_REGULAR at most */
  guint n_quiet;  /* spans since */
  FramTime moved; /* data came or went about then, or the path was taken */
  gboolean rests;
} Flow;

struct _FramFlowWatch
{
  GMainContext *context;
  FramPlane *plane;
  FramTime rest_after;
  const FramFlowListener *listener;
  gpointer user_data;
  GHashTable *flows; /* Flow; set */
  FramTime look_at;  /* at those that rest, too */
  GSource *timer;    /* NULL: nothing comes or goes */
  guint64 moved;     /* by the plane, when a turn was last over */
};

FramFlowWatch *
fram_flow_watch_new (GMainContext *context, FramPlane *plane, FramTime rest_after,
                     const FramFlowListener *listener, gpointer user_data)
{
  FramFlowWatch *watch = g_new0 (FramFlowWatch, 1);

  watch->context = context;
  watch->plane = plane;
  watch->rest_after = rest_after;
  watch->listener = listener;
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

/* What has come and gone since it was asked last. */
static void
read_counts (FramFlowWatch *watch, Flow *flow, gboolean *ret_came, gboolean *ret_went)
{
  FramTransferCounts counts;

  fram_plane_get_counts (watch->plane, &flow->key, &counts);
  *ret_came = counts.bytes_received != flow->received;
  *ret_went = counts.bytes_sent != flow->sent;
  flow->received = counts.bytes_received;
  flow->sent = counts.bytes_sent;
}

void
fram_flow_watch_set_path (FramFlowWatch *watch, const FramComponentKey *key,
                          gboolean has_path)
{
  gboolean came, went;
  Flow *flow;

  g_hash_table_remove (watch->flows, key);
  if (!has_path)
    return;
  flow = g_new0 (Flow, 1);
  flow->key = *key;
  flow->moved = g_get_monotonic_time ();
  read_counts (watch, flow, &came, &went);
  g_hash_table_add (watch->flows, flow);
  fram_flow_watch_wake (watch);
}

void
fram_flow_watch_forget (FramFlowWatch *watch, FramSessionId session)
{
  FramComponentKey key = { .session = session };

  for (key.stream = 0; key.stream < FRAM_MAX_STREAMS; key.stream++)
    for (key.component = 1; key.component <= FRAM_MAX_COMPONENTS; key.component++)
      g_hash_table_remove (watch->flows, &key);
}

/* Return: whether it has just stopped. */
static gboolean
note_received (Flow *flow, gboolean came)
{
  gboolean is_regular = flow->n_busy == N_REGULAR;

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

/* Return: whether it has begun or ended to rest. */
static gboolean
note_moved (const FramFlowWatch *watch, Flow *flow, gboolean moved, FramTime now)
{
  gboolean rested = flow->rests;

  if (moved)
    flow->moved = now;
  flow->rests = now - flow->moved >= watch->rest_after;
  return flow->rests != rested;
}

/* What those who listen are to be told. */
typedef struct
{
  FramComponentKey key;
  gboolean has_stopped, has_turned, rests;
} Finding;

static void
look (FramFlowWatch *watch, Flow *flow, FramTime now, GArray *findings)
{
  Finding finding = { .key = flow->key };
  gboolean came, went;

  read_counts (watch, flow, &came, &went);
  finding.has_stopped = note_received (flow, came);
  finding.has_turned = note_moved (watch, flow, came || went, now);
  finding.rests = flow->rests;
  if (finding.has_stopped || finding.has_turned)
    g_array_append_val (findings, finding);
}

static void
tell (FramFlowWatch *watch, const GArray *findings)
{
  for (guint i = 0; i < findings->len; i++)
    {
      const Finding *finding = &g_array_index (findings, Finding, i);

      if (finding->has_stopped)
        watch->listener->quiet (watch->user_data, &finding->key);
      if (finding->has_turned)
        watch->listener->use (watch->user_data, &finding->key, !finding->rests);
    }
}

static gboolean on_time (gpointer user_data);

static void
start (FramFlowWatch *watch, gboolean is_short)
{
  watch->timer = g_timeout_source_new (is_short ? SHORT_MS : LONG_MS);
  g_source_set_static_name (watch->timer, "Fram flows");
  g_source_set_callback (watch->timer, on_time, watch, NULL);
  g_source_attach (watch->timer, watch->context);
}

static gboolean
on_time (gpointer user_data)
{
  FramFlowWatch *watch = user_data;
  g_autoptr (GArray) findings = g_array_new (FALSE, FALSE, sizeof (Finding));
  FramTime now = g_get_monotonic_time ();
  gboolean is_awake = FALSE, is_busy = FALSE, at_all = now >= watch->look_at;
  FramDriverStats stats;
  GHashTableIter iter;
  Flow *flow;

  if (at_all)
    watch->look_at = now + (LONG_MS - SHORT_MS) * G_TIME_SPAN_MILLISECOND;
  g_hash_table_iter_init (&iter, watch->flows);
  while (g_hash_table_iter_next (&iter, (gpointer *) &flow, NULL))
    {
      if (at_all || !flow->rests)
        look (watch, flow, now, findings);
      is_awake |= !flow->rests;
      is_busy |= flow->n_busy > 0;
    }
  stop (watch);
  fram_plane_get_stats (watch->plane, &stats);
  /* What goes past the plane does not wake anybody. */
  if (is_awake || stats.n_direct > 0)
    start (watch, is_busy);
  /* Being told may change the flows. */
  tell (watch, findings);
  return G_SOURCE_REMOVE;
}

gboolean
fram_flow_watch_wake (FramFlowWatch *watch)
{
  if (watch->timer != NULL || g_hash_table_size (watch->flows) == 0)
    return FALSE;
  start (watch, FALSE);
  return TRUE;
}

gboolean
fram_flow_watch_end_turn (FramFlowWatch *watch)
{
  guint64 moved = fram_plane_get_moved (watch->plane);

  if (moved == watch->moved)
    return FALSE;
  watch->moved = moved;
  return fram_flow_watch_wake (watch);
}
