/* What io/ does with data, without sockets: routes in, paths out, and the rules both keep. */
#pragma once

#include "broker/event.h"

typedef struct
{
  FramBaseId base;
  FramAddress remote;
} SimTuple;

typedef struct
{
  FramSessionId session;
  guint16 stream, component;
} SimComponent;

typedef struct _SimDataPlane SimDataPlane;

guint sim_tuple_hash (gconstpointer tuple);
gboolean sim_tuple_equal (gconstpointer a, gconstpointer b);

SimDataPlane *sim_data_plane_new (void);
void sim_data_plane_free (SimDataPlane *plane);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimDataPlane, sim_data_plane_free)

/* FALSE: the 5-tuple has an owner already. */
gboolean sim_data_plane_add_route (SimDataPlane *plane, const SimTuple *tuple,
                                   const SimComponent *owner);
/* FALSE: there is no such route of this owner. */
gboolean sim_data_plane_remove_route (SimDataPlane *plane, const SimTuple *tuple,
                                      const SimComponent *owner);
/* Base 0: there is no path. */
void sim_data_plane_set_path (SimDataPlane *plane, const SimComponent *component,
                              const SimTuple *tuple);

/* NULL: none. Valid until the next change. */
const SimComponent *sim_data_plane_find_route (SimDataPlane *plane,
                                               const SimTuple *tuple);
const SimTuple *sim_data_plane_find_path (SimDataPlane *plane,
                                          const SimComponent *component);
/* Whether the tuple has been some component's path, lately or long ago. */
gboolean sim_data_plane_was_path (SimDataPlane *plane, const SimTuple *tuple);

guint sim_data_plane_count_routes (SimDataPlane *plane);
gboolean sim_data_plane_uses_base (SimDataPlane *plane, FramBaseId base);
gboolean sim_data_plane_uses_session (SimDataPlane *plane, FramSessionId session);
gboolean sim_data_plane_uses_stream (SimDataPlane *plane, FramSessionId session,
                                     guint stream);
/* Whether every path leads where its component is also heard from. */
gboolean sim_data_plane_is_coherent (SimDataPlane *plane, SimComponent *ret_component);
