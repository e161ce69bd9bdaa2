/* The data plane: the bases' sockets, the routes, and the components' descriptors.
 *
 * It does what it is told and decides nothing.  Data pass through it alone; STUN and what no
 * route claims go up to its owner.  How a component's data reach its application is known
 * here only: they are relayed, or the kernel brings them to a socket of the application's own.
 *
 * A base is a UDP socket, or lies at a TURN server: then its datagrams travel inside those of
 * a socket, or inside the messages of a stream, to which the plane is told. */
#pragma once

#include "io/component.h"
#include "io/stream.h"

typedef struct _FramPlane FramPlane;

/* Told from within a turn of the plane.  None of them may call the plane but the last
 * two. */
typedef struct
{
  void (*receive) (gpointer user_data, FramBaseId base, const FramAddress *remote,
                   const guint8 *data, gsize length);
  /* ICMP says that there is nobody, and will not be. */
  void (*unreachable) (gpointer user_data, FramBaseId base, const FramAddress *remote);
  /* All that was ready has been told; must not free the plane. */
  void (*turn_ended) (gpointer user_data);
  /* Instead, of a turn that did nothing but move data.
   * Return: FALSE: the main loop has something to do. */
  gboolean (*data_moved) (gpointer user_data);
} FramPlaneOwner;

/* `owner` must outlive it. Errors: G_IO_ERROR. */
FramPlane *fram_plane_new (GMainContext *context, const FramPlaneOwner *owner,
                           gpointer user_data, GError **error);
/* Ends the components' data first, then closes the bases. */
void fram_plane_free (FramPlane *plane);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramPlane, fram_plane_free)

/* `base` is the caller's number for it and must be new. Errors: G_IO_ERROR. */
gboolean fram_plane_open_base (FramPlane *plane, FramBaseId base, const FramAddress *bind,
                               FramAddress *ret_bound, GError **error);
/* The host's addresses, in their order of preference; they are copied.  Bases send by the
 * interfaces that they belong to. */
void fram_plane_set_interfaces (FramPlane *plane, const FramInterfaceAddress *addresses,
                                guint n_addresses);
/* The index of the interface by which sockets of the address send; 0: as the kernel routes. */
guint32 fram_plane_find_way (FramPlane *plane, const FramAddress *address);
/* Or a stream, or a relayed base; does nothing if there is none. */
void fram_plane_close_base (FramPlane *plane, FramBaseId base);
/* A packet of the protocol, which leaves with fram_plane_flush(), or before the base is closed. */
void fram_plane_transmit (FramPlane *plane, FramBaseId base, const FramAddress *remote,
                          guint8 dscp, const guint8 *data, gsize length);
/* Sends what waits, of each base in order.  Where the kernel refuses to send, the owner is told
 * `unreachable`; what finds a full socket is lost as any datagram may be.
 * Return: whether the owner was told something. */
gboolean fram_plane_flush (FramPlane *plane);

/* Takes in some of what has arrived, as the main loop does in one turn, but at once.
 * Return: FALSE: there was nothing. */
gboolean fram_plane_turn (FramPlane *plane);
/* Runs the context until `is_over`, as g_main_loop_run() would; but while there are data alone,
 * they are moved without its other sources' being asked. */
void fram_plane_run (FramPlane *plane, const gboolean *is_over);

/* --- At TURN servers --------------------------------------------------------------- */

/* An open stream may carry relayed bases, or lead to a peer: then it is a base of its own.  It is its owner's, who closes the base first. */
void fram_plane_add_stream (FramPlane *plane, FramBaseId base, FramStream *stream);
/* What waited for that can be sent by the stream. */
void fram_plane_stream_has_room (FramPlane *plane, FramBaseId base);
/* `base` is a relayed one, of the address `relayed`: its datagrams travel inside of what is
 * between `carrier` and `server`, from now on if it was known before. */
void fram_plane_add_relay (FramPlane *plane, FramBaseId base, FramBaseId carrier,
                           const FramAddress *server, const FramAddress *relayed);
/* What comes by that channel is of `peer`, for as long as the base is there. */
void fram_plane_expect_channel (FramPlane *plane, FramBaseId base,
                                const FramAddress *peer, guint16 channel);
/* The same, and what goes to the peer goes by it; 0: by indications. */
void fram_plane_set_channel (FramPlane *plane, FramBaseId base, const FramAddress *peer,
                             guint16 channel);
/* A message has come by the stream.  TRUE: it holds data of a route, which are its
 * component's, and must stay where they are until the next fram_plane_deliver(). */
gboolean fram_plane_take_message (FramPlane *plane, FramBaseId base,
                                  const FramAddress *remote, const guint8 *message,
                                  gsize length);
/* Gives the applications what was taken so. */
void fram_plane_deliver (FramPlane *plane);

/* --- Components -------------------------------------------------------------------- */

void fram_plane_add_route (FramPlane *plane, const FramComponentKey *key, FramBaseId base,
                           const FramAddress *remote);
void fram_plane_remove_route (FramPlane *plane, const FramComponentKey *key,
                              FramBaseId base, const FramAddress *remote);
/* `base` 0: none; `remote` is not looked at then. */
void fram_plane_set_path (FramPlane *plane, const FramComponentKey *key, FramBaseId base,
                          const FramAddress *remote);

/* The component's data are marked so from now on, on the path that it has; nothing if it has
 * neither a path nor a socket.  What takes a connection to a TURN server is not marked: it is shared
 * (RFC 8835 §4.2). */
void fram_plane_set_dscp (FramPlane *plane, const FramComponentKey *key, guint8 dscp);

/* Return: the application's descriptor, or -1.  An earlier one reads its end of file.
 * Errors: G_IO_ERROR. */
int fram_plane_open_component (FramPlane *plane, const FramComponentKey *key,
                               GError **error);
/* Ends the data of a component and forgets it. */
void fram_plane_close_component (FramPlane *plane, const FramComponentKey *key);
/* The same for all of a session's. */
void fram_plane_close_session (FramPlane *plane, FramSessionId session);

/* --- The direct path --------------------------------------------------------------- */

/* What the open component and its peer exchange goes by a socket of the application's own,
 * until the path changes or ends; then the socket is of no use any more, and all is relayed again.
 * The application gives back by its descriptor what of the protocol comes to that socket.
 * `ret_remote` is where it sends to.  A former direct path of the component ends.
 *
 * Return: the socket, or -1.  Errors: G_IO_ERROR; of them G_IO_ERROR_NOT_CONNECTED: there is no
 * path yet, and G_IO_ERROR_NOT_SUPPORTED: this path cannot be taken directly. */
int fram_plane_open_direct (FramPlane *plane, const FramComponentKey *key,
                            FramAddress *ret_remote, GError **error);
/* Does nothing if there is none. */
void fram_plane_close_direct (FramPlane *plane, const FramComponentKey *key);
/* Memory in which the application counts what it moves past the plane (io/shared-counts.h): a
 * descriptor, or -1.  Earlier memory of the component is looked at no more.  Errors: G_IO_ERROR; of
 * them G_IO_ERROR_NOT_CONNECTED: it is not open. */
int fram_plane_share_counts (FramPlane *plane, const FramComponentKey *key,
                             GError **error);
/* Puts right what applications have done with their sockets; the plane does so by itself every
 * FRAM_PLANE_CHECK_SECONDS. */
void fram_plane_check_direct (FramPlane *plane);
/* As long as a check of consent takes (RFC 7675 §5.1). */
#define FRAM_PLANE_CHECK_SECONDS 5

/* Return: FALSE if it is not open. */
gboolean fram_plane_get_component_stats (FramPlane *plane, const FramComponentKey *key,
                                         FramComponentStats *ret_stats);
/* Of all its components, with what went through descriptors that are closed by now. */
void fram_plane_get_session_bytes (FramPlane *plane, FramSessionId session,
                                   guint64 *ret_sent, guint64 *ret_received);
/* Of one component. */
void fram_plane_get_counts (FramPlane *plane, const FramComponentKey *key,
                            FramTransferCounts *ret_counts);
/* The same, while its data took this path. */
void fram_plane_get_path_counts (FramPlane *plane, const FramComponentKey *key,
                                 FramBaseId base, const FramAddress *remote,
                                 FramTransferCounts *ret_counts);
void fram_plane_get_stats (FramPlane *plane, FramDriverStats *ret_stats);
/* How many datagrams it ever had for applications that have opened their components, and from them. */
guint64 fram_plane_get_moved (const FramPlane *plane);

/* --- Looking on -------------------------------------------------------------------- */

/* Gets each datagram of an application, as it is sent or was received.  It must not call the
 * plane. */
typedef void (*FramPlaneTap) (gpointer user_data, const FramComponent *component,
                              gboolean outgoing, const struct iovec *datagram);

/* NULL: nobody looks on. */
void fram_plane_set_tap (FramPlane *plane, FramPlaneTap tap, gpointer user_data);
/* Return: (transfer full) (element-type FramComponentKey): those that have lost a direct path, or
 * were refused one, for somebody looked on, and nobody does any more.  Each is told once. */
GArray *fram_plane_release_direct (FramPlane *plane);
/* Return: FALSE if it is no socket of ours. */
gboolean fram_plane_get_address (FramPlane *plane, FramBaseId base,
                                 FramAddress *ret_address);
