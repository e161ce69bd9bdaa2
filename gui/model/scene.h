/* What the picture of the paths shows: places, from this host on the left to the peer on the
 * right, and lines between them.  It knows nothing of sizes and colours. */
#pragma once

#include <fram.h>

typedef enum
{
  SCENE_HOST,
  SCENE_INTERFACE,      /* an address of this host */
  SCENE_NAT,            /* the same address as the world sees it */
  SCENE_STUN,           /* a server that was asked for that address */
  SCENE_RELAY,          /* an address at a server that relays (TURN) */
  SCENE_PEER_CANDIDATE, /* an address of the peer */
  SCENE_PEER,
  SCENE_N_LAYERS
} SceneLayer;

typedef struct
{
  SceneLayer layer;
  char *title;
  char *subtitle;
  guint index;    /* its place among those of its layer */
  gboolean taken; /* the data go through it */
} SceneNode;

typedef enum
{
  SCENE_BELONGS, /* no path, but how places belong together */
  SCENE_FROZEN,
  SCENE_FAILED,
  SCENE_WAITING,
  SCENE_CHECKING,
  SCENE_WORKS,
  SCENE_SELECTED /* carries the data */
} SceneLineState;

#define SCENE_N_STATES (SCENE_SELECTED + 1)

typedef struct
{
  guint from; /* places in Scene.nodes */
  guint to;
  SceneLineState state;
  gint64 rtt;   /* microseconds; -1: not known */
  guint beside; /* the number of lines before it between the same places */
} SceneLine;

typedef struct
{
  GArray *nodes;                /* of SceneNode */
  GArray *lines;                /* of SceneLine, the most important last */
  guint counts[SCENE_N_LAYERS]; /* places in each layer */
  guint states[SCENE_N_STATES]; /* lines in each state */
  char *summary;                /* all that in a sentence */
} Scene;

/* `candidates`, `pairs`: of a session. */
Scene *scene_new (GListModel *candidates, GListModel *pairs);
void scene_free (Scene *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Scene, scene_free)

/* What a line's state is called in the legend. */
const char *scene_state_name (SceneLineState state);
