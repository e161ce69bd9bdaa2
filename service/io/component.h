/* What the data plane knows of a component: whose it is, which routes lead to it, by which
 * path its data leave, and the application's end of it.
 *
 * A record exists only while one of these does: an idle session costs nothing here. */
#pragma once

#include "io/relay/app-socket.h"
#include "io/route-map.h"
#include "io/shared-counts.h"
#include "io/steering.h"

typedef struct
{
  FramSessionId session;
  guint16 stream;
  guint16 component;
} FramComponentKey;

/* GHashFunc and GEqualFunc. */
guint fram_component_key_hash (gconstpointer data);
gboolean fram_component_key_equal (gconstpointer a, gconstpointer b);

/* What took a path that the component has left. */
typedef struct
{
  FramBaseId base;
  FramAddress remote;
  FramTransferCounts counts;
} FramPathCounts;

/* So many are remembered, the last ones. */
#define FRAM_MAX_PAST_PATHS 32

struct _FramComponent
{
  FramComponentKey key;
  FramBaseId path_base; /* 0: there is no path */
  FramAddress path_remote;
  FramMappedRoute *routes;
  FramAppSocket *app;             /* NULL: not open */
  FramSteered *steered;           /* at its path's port; NULL: all its data are relayed */
  const FramSharedCounts *shared; /* of what goes past the service; or NULL */
  guint8 dscp;                    /* marks its data */
  gboolean is_misused;     /* its application has spoilt a direct path: no other for it */
  gboolean is_held_back;   /* it has no direct path for somebody looks at the packets */
  FramTransferCounts past; /* of sockets that are closed */
  FramTransferCounts former; /* before the present path */
  GArray *paths;             /* FramPathCounts, of former paths, or NULL */
};

typedef struct _FramComponents FramComponents;

FramComponents *fram_components_new (void);
/* There must be no component left. */
void fram_components_free (FramComponents *components);

/* Return: NULL if there is none. */
FramComponent *fram_components_find (FramComponents *components,
                                     const FramComponentKey *key);
/* Makes it if there is none. */
FramComponent *fram_components_get (FramComponents *components,
                                    const FramComponentKey *key);
/* Frees the record if it says nothing any more. */
void fram_components_prune (FramComponents *components, FramComponent *component);
/* Return: (transfer full) (element-type FramComponentKey): those that are held back; they are so no
 * more. */
GArray *fram_components_release (FramComponents *components);
/* Return: any, or NULL if there is none left. */
FramComponent *fram_components_first (FramComponents *components);
