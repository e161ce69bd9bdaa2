#include "model/scene.h"
#include "model/format.h"
#include "model/words.h"

#define OUTSIDE "outside (NAT)"

/* While it is made: places by what they stand for. */
typedef struct
{
  Scene *scene;
  GHashTable *places;   /* name -> index + 1 */
  GHashTable *between;  /* "from to" -> number of lines */
  GHashTable *outsides; /* address of an interface -> index + 1 of its NAT */
} Maker;

const char *
scene_state_name (SceneLineState state)
{
  switch (state)
    {
    case SCENE_BELONGS:
      return "belongs together";
    case SCENE_FROZEN:
      return "frozen";
    case SCENE_FAILED:
      return "failed";
    case SCENE_WAITING:
      return "waits";
    case SCENE_CHECKING:
      return "being checked";
    case SCENE_WORKS:
      return "works";
    case SCENE_SELECTED:
      return "carries the data";
    }
  return NULL;
}

/* --- Places ------------------------------------------------------------------------ */

/* "192.0.2.1:9" and "[2001:db8::1]:9" without the port.  Return: (transfer full). */
static char *
without_port (const char *address)
{
  const char *colon = strrchr (address, ':');

  if (*address == '[')
    return g_strndup (address + 1, strcspn (address + 1, "]"));
  return colon == NULL ? g_strdup (address) : g_strndup (address, colon - address);
}

/* The place of that name, which is made if there is none. */
static guint
place (Maker *maker, SceneLayer layer, const char *title, const char *subtitle)
{
  Scene *scene = maker->scene;
  g_autofree char *name = g_strdup_printf ("%d %s %s", layer, title, subtitle);
  guint known = GPOINTER_TO_UINT (g_hash_table_lookup (maker->places, name));
  SceneNode node = { .layer = layer };

  if (known != 0)
    return known - 1;
  node.title = g_strdup (title);
  node.subtitle = g_strdup (subtitle);
  node.index = scene->counts[layer]++;
  g_array_append_val (scene->nodes, node);
  g_hash_table_insert (maker->places, g_steal_pointer (&name),
                       GUINT_TO_POINTER (scene->nodes->len));
  return scene->nodes->len - 1;
}

static guint
local_interface (Maker *maker, const char *address)
{
  g_autofree char *ip = without_port (address);

  return place (maker, SCENE_INTERFACE, ip, "this host's address");
}

static guint
peer_candidate (Maker *maker, const char *address, int type)
{
  g_autofree char *ip = without_port (address);

  return place (maker, SCENE_PEER_CANDIDATE, ip, words_candidate_type (type));
}

static guint
relay (Maker *maker, const char *address)
{
  g_autofree char *ip = without_port (address);

  return place (maker, SCENE_RELAY, ip, "relay (TURN)");
}

/* --- Lines ------------------------------------------------------------------------- */

static void
line (Maker *maker, guint from, guint to, SceneLineState state, gint64 rtt)
{
  SceneLine made = { .from = from, .to = to, .state = state, .rtt = rtt };
  g_autofree char *name = g_strdup_printf ("%u %u", from, to);

  made.beside = GPOINTER_TO_UINT (g_hash_table_lookup (maker->between, name));
  if (state == SCENE_BELONGS && made.beside > 0)
    return;
  g_hash_table_insert (maker->between, g_steal_pointer (&name),
                       GUINT_TO_POINTER (made.beside + 1));
  g_array_append_val (maker->scene->lines, made);
  maker->scene->states[state]++;
}

/* Where a relay is reached from: the NAT of that address, or this host. */
static guint
outside_of (Maker *maker, const char *address, guint host)
{
  g_autofree char *ip = without_port (address);
  g_autofree char *name = g_strdup_printf ("%d %s %s", SCENE_NAT, ip, OUTSIDE);
  guint known = GPOINTER_TO_UINT (g_hash_table_lookup (maker->places, name));

  return known == 0 ? host : known - 1;
}

static void
add_local (Maker *maker, FramRow *candidate, guint host)
{
  const char *address = fram_row_get_string (candidate, "address");
  const char *related = fram_row_get_string (candidate, "related");
  const char *server = fram_row_get_string (candidate, "server");
  FramCandidateType type = fram_row_get_number (candidate, "type");
  g_autofree char *name = words_server_host (server);
  guint inside, outside;

  if (type == FRAM_CANDIDATE_TYPE_RELAY)
    {
      line (maker, outside_of (maker, related, host), relay (maker, address),
            SCENE_BELONGS, -1);
      return;
    }
  inside = local_interface (
      maker, type == FRAM_CANDIDATE_TYPE_HOST || *related == '\0' ? address : related);
  line (maker, host, inside, SCENE_BELONGS, -1);
  if (type != FRAM_CANDIDATE_TYPE_HOST)
    {
      g_autofree char *ip = without_port (address);

      outside = place (maker, SCENE_NAT, ip, OUTSIDE);
      line (maker, inside, outside, SCENE_BELONGS, -1);
      g_hash_table_insert (maker->outsides, GUINT_TO_POINTER (inside + 1),
                           GUINT_TO_POINTER (outside + 1));
      if (*name != '\0')
        line (maker, outside, place (maker, SCENE_STUN, name, "asked (STUN)"),
              SCENE_BELONGS, -1);
    }
}

static void
add_candidates (Maker *maker, GListModel *candidates, guint host)
{
  for (guint i = 0; i < g_list_model_get_n_items (candidates); i++)
    {
      g_autoptr (FramRow) row = g_list_model_get_item (candidates, i);

      if (fram_row_get_boolean (row, "is-remote"))
        peer_candidate (maker, fram_row_get_string (row, "address"),
                        fram_row_get_number (row, "type"));
      else
        add_local (maker, row, host);
    }
}

static SceneLineState
state_of (FramRow *pair)
{
  if (fram_row_get_boolean (pair, "selected"))
    return SCENE_SELECTED;
  switch ((FramPairState) fram_row_get_number (pair, "state"))
    {
    case FRAM_PAIR_STATE_FROZEN:
      return SCENE_FROZEN;
    case FRAM_PAIR_STATE_WAITING:
      return SCENE_WAITING;
    case FRAM_PAIR_STATE_IN_PROGRESS:
      return SCENE_CHECKING;
    case FRAM_PAIR_STATE_SUCCEEDED:
      return SCENE_WORKS;
    case FRAM_PAIR_STATE_FAILED:
      break;
    }
  return SCENE_FAILED;
}

/* A pair's line begins at the NAT, where there is one, unless it leads to a host within. */
static void
add_pair (Maker *maker, FramRow *pair)
{
  FramCandidateType local = fram_row_get_number (pair, "local-type");
  FramCandidateType remote = fram_row_get_number (pair, "remote-type");
  SceneLineState state = state_of (pair);
  const char *address = fram_row_get_string (pair, "local");
  g_autofree char *ip = without_port (address);
  guint from, outside, to;

  if (local == FRAM_CANDIDATE_TYPE_RELAY)
    from = relay (maker, address);
  else if (local == FRAM_CANDIDATE_TYPE_HOST)
    from = local_interface (maker, address);
  else
    from = place (maker, SCENE_NAT, ip, OUTSIDE);
  outside = GPOINTER_TO_UINT (
      g_hash_table_lookup (maker->outsides, GUINT_TO_POINTER (from + 1)));
  if (outside != 0 && remote != FRAM_CANDIDATE_TYPE_HOST)
    from = outside - 1;
  to = peer_candidate (maker, fram_row_get_string (pair, "remote"), remote);
  line (maker, from, to, state, fram_row_get_number (pair, "rtt"));
  if (state == SCENE_SELECTED)
    g_array_index (maker->scene->nodes, SceneNode, from).taken
        = g_array_index (maker->scene->nodes, SceneNode, to).taken = TRUE;
}

static void
add_peer (Maker *maker)
{
  guint n = maker->scene->nodes->len, peer;

  if (maker->scene->counts[SCENE_PEER_CANDIDATE] == 0)
    return;
  peer = place (maker, SCENE_PEER, "The peer", "");
  for (guint i = 0; i < n; i++)
    if (g_array_index (maker->scene->nodes, SceneNode, i).layer == SCENE_PEER_CANDIDATE)
      line (maker, i, peer, SCENE_BELONGS, -1);
}

static int
by_importance (gconstpointer a, gconstpointer b)
{
  return ((const SceneLine *) a)->state - ((const SceneLine *) b)->state;
}

/* --- The whole --------------------------------------------------------------------- */

static char *
summary_of (Scene *scene)
{
  GString *text = g_string_new ("Picture of the paths: ");
  const SceneLine *last;

  g_string_append_printf (text, "%u addresses of this host, %u of the peer, %u pairs",
                          scene->counts[SCENE_INTERFACE],
                          scene->counts[SCENE_PEER_CANDIDATE],
                          scene->lines->len - scene->states[SCENE_BELONGS]);
  for (guint state = SCENE_N_STATES; --state > SCENE_BELONGS;)
    if (scene->states[state] > 0)
      g_string_append_printf (text, ", %u %s", scene->states[state],
                              scene_state_name (state));
  if (scene->states[SCENE_SELECTED] > 0)
    {
      g_autofree char *time = NULL;

      last = &g_array_index (scene->lines, SceneLine, scene->lines->len - 1);
      time = format_duration (last->rtt);
      g_string_append_printf (text, "; data go from %s to %s in %s",
                              g_array_index (scene->nodes, SceneNode, last->from).title,
                              g_array_index (scene->nodes, SceneNode, last->to).title,
                              time);
    }
  return g_string_free (text, FALSE);
}

static void
clear_node (gpointer data)
{
  g_free (((SceneNode *) data)->title);
  g_free (((SceneNode *) data)->subtitle);
}

Scene *
scene_new (GListModel *candidates, GListModel *pairs)
{
  Scene *scene = g_new0 (Scene, 1);
  g_autoptr (GHashTable) places
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) between
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) outsides = g_hash_table_new (NULL, NULL);
  Maker maker = { scene, places, between, outsides };

  scene->nodes = g_array_new (FALSE, FALSE, sizeof (SceneNode));
  g_array_set_clear_func (scene->nodes, clear_node);
  scene->lines = g_array_new (FALSE, FALSE, sizeof (SceneLine));
  add_candidates (&maker, candidates, place (&maker, SCENE_HOST, "This host", ""));
  for (guint i = 0; i < g_list_model_get_n_items (pairs); i++)
    {
      g_autoptr (FramRow) pair = g_list_model_get_item (pairs, i);

      if (!fram_row_get_boolean (pair, "past"))
        add_pair (&maker, pair);
    }
  add_peer (&maker);
  g_array_sort (scene->lines, by_importance);
  scene->summary = summary_of (scene);
  return scene;
}

void
scene_free (Scene *self)
{
  g_array_unref (self->nodes);
  g_array_unref (self->lines);
  g_free (self->summary);
  g_free (self);
}
