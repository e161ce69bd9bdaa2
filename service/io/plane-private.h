/* What the files of the data plane share. */
#pragma once

#include "io/plane.h"
#include "io/carried-bases.h"
#include "io/udp-socket.h"

/* A base's socket, or a stream. */
typedef struct
{
  FramPollItem item;
  FramBaseId id;
  FramAddress address;   /* it is bound to, without scope */
  FramUdpSocket *socket; /* NULL: it is a stream, which is watched elsewhere */
  FramStream *stream;
  guint32 way;            /* the interface that it sends by; 0: as the kernel routes */
  GPtrArray *waiting;     /* FramAppSocket: those that found it full */
  FramSteering *steering; /* NULL: nobody has had a direct path here */
  guint first_check, last_check; /* of the packets that wait to be sent; 0: none does */
} FramBaseSocket;

/* By what a component's data leave. */
typedef struct
{
  FramBaseSocket *base;           /* NULL: there is no path */
  const FramCarriedBase *relayed; /* that it carries; or NULL */
  guint8 dscp;
} FramPlaneWay;

/* Datagrams in a row for one component, given to it with one call. */
typedef struct
{
  FramComponent *component;
  guint n;
  struct iovec datagrams[FRAM_APP_WRITE_MAX];
} FramDelivery;

struct _FramPlane
{
  GMainContext *context;
  FramPoller *poller;
  FramBatch *batch;
  GHashTable *bases;      /* FramBaseId -> FramBaseSocket */
  GHashTable *by_address; /* of those that others of this host can reach by it */
  GArray *interfaces;     /* FramInterfaceAddress */
  FramComponents *components;
  FramRouteMap *routes;
  FramCarriedBases *relayed;
  FramDelivery by_streams; /* what streams have brought */
  FramRandom random;
  GArray *checks;          /* FramWaitingCheck */
  GByteArray *check_bytes; /* what they are to send */
  const FramPlaneOwner *owner;
  gpointer user_data;
  FramDriverStats stats;
  guint64 moved;
  gboolean more_than_data; /* was done in this turn: somebody else must see to it */
  char *direct_problem;    /* NULL: the kernel can do it */
  GSource *direct_timer;   /* while applications may have sockets at a port */
  FramPlaneTap tap;        /* NULL: nobody looks on */
  gpointer tap_data;
};

/* The component's packets, to whoever looks on. */
void fram_plane_show (FramPlane *plane, const FramComponent *component, gboolean is_sent,
                      const struct iovec *packets, guint n_packets);

/* Return: NULL if it is not open. */
FramBaseSocket *fram_plane_find_base (FramPlane *plane, FramBaseId base);
/* Ends the application's descriptor, if there is one; the component may be freed. */
void fram_plane_close_app (FramPlane *plane, FramComponent *component);

/* plane-checks.c: what the owner sends */
void fram_plane_checks_init (FramPlane *plane);
void fram_plane_checks_clear (FramPlane *plane);
/* As fram_plane_flush(). */
gboolean fram_plane_flush_base (FramPlane *plane, FramBaseSocket *base);

/* plane-receive.c: a base is ready; `user_data` is the plane. */
void fram_plane_base_ready (FramPollItem *item, guint32 events, gpointer user_data);
/* It has got what is no data. */
void fram_plane_tell_owner (FramPlane *plane, FramBaseId base, const FramAddress *remote,
                            struct iovec bytes);
/* Datagrams have arrived at `base` from `remote`, by the network or without. */
void fram_plane_take_in (FramPlane *plane, const FramBaseSocket *base,
                         const FramAddress *remote, const struct iovec *datagrams,
                         guint n_datagrams);

/* A peer's datagram: `component` is the route's, or NULL.
 * Return: FALSE: it is no data of a component, but the owner's. */
gboolean fram_plane_sort (FramPlane *plane, FramComponent *component, struct iovec bytes,
                          FramDelivery *delivery);
/* Of no component yet. */
void fram_plane_delivery_init (FramDelivery *delivery);
void fram_plane_delivery_push (FramPlane *plane, FramDelivery *delivery,
                               FramComponent *component, struct iovec datagram);
/* Gives the application what is there. */
void fram_plane_delivery_end (FramPlane *plane, FramDelivery *delivery);

/* plane-relayed.c: to TURN servers and from them. */
/* Wraps the packets, which lie in the plane's batch, where they are, and sends them to the
 * server.  `ret_counts` have the packets' own bytes. */
void fram_plane_send_relayed (FramPlane *plane, const FramPlaneWay *way,
                              const FramAddress *peer, struct iovec *packets,
                              guint n_packets, FramSendCounts *ret_counts);
/* Something has come by the link.  Return: FALSE: it is for the owner. */
gboolean fram_plane_take_out (FramPlane *plane, const FramTurnLink *link,
                              struct iovec message, FramDelivery *delivery);

/* plane-send.c: an application's socket is ready; `user_data` is the plane. */
void fram_plane_app_ready (FramPollItem *item, guint32 events, gpointer user_data);
/* Sends and adds to the plane's counts; `ret_counts` are those of this call. */
void fram_plane_send (FramPlane *plane, const FramPlaneWay *way,
                      const FramAddress *remote, const struct iovec *packets,
                      guint n_packets, FramSendCounts *ret_counts);
/* Adds to the plane's counts. */
void fram_plane_count_sent (FramPlane *plane, const FramSendCounts *counts);
/* Reads again from those who waited. */
void fram_plane_wake_waiting (FramPlane *plane, FramBaseSocket *base);
/* It waits no more, and is not read again either. */
void fram_plane_forget_waiting (FramPlane *plane, FramAppSocket *app);
/* It need not wait any more: its path is another one. */
void fram_plane_stop_waiting (FramPlane *plane, FramAppSocket *app);
/* Takes in all that has arrived at the base so far. */
void fram_plane_drain (FramPlane *plane, FramBaseSocket *base);

/* plane-counts.c */
/* All that ever went by the component. */
FramTransferCounts fram_plane_count (const FramComponent *component);
/* The application's counters are of the past. */
void fram_plane_end_counts (FramComponent *component);
/* So are those of its socket. */
void fram_plane_end_socket_counts (FramComponent *component,
                                   const FramComponentStats *stats);
/* What went by until now took the path that it has. */
void fram_plane_leave_path (FramComponent *component);

/* plane-direct.c: sockets of the applications' own. */
/* Finds out whether the kernel can do it. */
void fram_plane_try_direct (FramPlane *plane);
/* The component's data are relayed from now on. */
void fram_plane_end_direct (FramPlane *plane, FramComponent *component);
/* The same if its direct path is that one. */
void fram_plane_end_direct_to (FramPlane *plane, FramComponent *component,
                               FramBaseId base, const FramAddress *remote);
/* Of all components with a direct path by the base. */
void fram_plane_end_direct_of (FramPlane *plane, FramBaseSocket *base);
/* Of all. */
void fram_plane_end_all_direct (FramPlane *plane);
/* The protocol's packets among those that the application gave back go to the owner.
 * Return: how many packets are left. */
guint fram_plane_take_strays (FramPlane *plane, const FramComponent *component,
                              struct iovec *packets, guint n_packets);
