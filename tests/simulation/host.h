/* A host: addresses, sockets, a broker, and the world in the part of io/.
 *
 * Whoever calls the host's broker calls sim_host_settle() after it, which carries out all
 * that the broker asks and checks the rules of the house. */
#pragma once

#include "data-plane.h"
#include "topology.h"

typedef struct _SimHost SimHost;

/* Who gets what is for the applications. */
typedef struct
{
  /* Events from LOCAL_CANDIDATE on. Must not call the broker. */
  void (*event) (gpointer owner, const FramEvent *event);
  /* Data for a component, and where they came in. */
  void (*data) (gpointer owner, guint stream, guint component, const SimTuple *tuple,
                const guint8 *data, gsize length);
} SimHostSink;

SimHost *sim_host_new (const SimContext *context, SimTopology *topology,
                       const SimPlan *plan, guint index, const SimHostSink *sink);
void sim_host_free (SimHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimHost, sim_host_free)

/* Tells the broker its addresses. */
void sim_host_start (SimHost *host);
/* Its address number `interface` is there now, or not any more. */
void sim_host_change_interface (SimHost *host, guint interface, gboolean there);
/* Gone, in the middle of whatever it does. */
void sim_host_leave (SimHost *host);
gboolean sim_host_has_left (const SimHost *host);
const char *sim_host_get_name (const SimHost *host);
/* NULL once it has left. */
FramBroker *sim_host_get_broker (SimHost *host);
SimDataPlane *sim_host_get_data_plane (SimHost *host);

/* After fram_broker_create_session(): the session's events go to `owner`. */
void sim_host_own_session (SimHost *host, FramSessionId session, gboolean trickle,
                           gpointer owner);
/* RFC 7675 §3: a lite agent asks for no consent. */
void sim_host_exempt_session (SimHost *host, FramSessionId session);
/* The session with that peer nominates with all of its checks. */
void sim_host_nominate_early (SimHost *host, const FramDescription *peer);
/* After fram_broker_restart(). */
void sim_host_restarted_session (SimHost *host, FramSessionId session);
void sim_host_remove_stream (SimHost *host, FramSessionId session, guint stream);
void sim_host_settle (SimHost *host);
/* The user wants nothing to stay that nobody uses. */
void sim_host_end_linger (SimHost *host);
/* Somebody asks how its network is. */
void sim_host_check_network (SimHost *host);

/* Sends data of a component by its path. FALSE: there is none. */
gboolean sim_host_send_data (SimHost *host, const SimComponent *component,
                             const void *data, gsize length);

/* When all sessions are closed and the linger time is over, nothing may be left. */
void sim_host_check_empty (SimHost *host);
