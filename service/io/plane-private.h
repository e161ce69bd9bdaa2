/* What the files of the data plane share. */
#pragma once

#include "io/plane.h"
#include "io/udp-socket.h"

typedef struct
{
  FramPollItem item;
  FramBaseId id;
  FramAddress address; /* it is bound to, without scope */
  FramUdpSocket *socket;
  guint32 way;        /* the interface that it sends by; 0: as the kernel routes */
  GPtrArray *waiting; /* FramAppSocket: those that found the socket full */
} FramBaseSocket;

struct _FramPlane
{
  FramPoller *poller;
  FramBatch *batch;
  GHashTable *bases;      /* FramBaseId -> FramBaseSocket */
  GHashTable *by_address; /* of those that others of this host can reach by it */
  GArray *interfaces;     /* FramInterfaceAddress */
  FramComponents *components;
  FramRouteMap *routes;
  const FramPlaneOwner *owner;
  gpointer user_data;
  FramDriverStats stats;
  FramPlaneTap tap; /* NULL: nobody looks on */
  gpointer tap_data;
};

/* Return: NULL if it is not open. */
FramBaseSocket *fram_plane_find_base (FramPlane *plane, FramBaseId base);
/* Ends the application's descriptor, if there is one; the component may be freed. */
void fram_plane_close_app (FramPlane *plane, FramComponent *component);

/* plane-receive.c: a base is ready; `user_data` is the plane. */
void fram_plane_base_ready (FramPollItem *item, guint32 events, gpointer user_data);
/* Datagrams have arrived at `base` from `remote`, by the network or without. */
void fram_plane_take_in (FramPlane *plane, const FramBaseSocket *base,
                         const FramAddress *remote, const struct iovec *datagrams,
                         guint n_datagrams);

/* plane-send.c: an application's socket is ready; `user_data` is the plane. */
void fram_plane_app_ready (FramPollItem *item, guint32 events, gpointer user_data);
/* Sends and adds to the plane's counts; `ret_counts` are those of this call. */
void fram_plane_send (FramPlane *plane, FramBaseSocket *base, const FramAddress *remote,
                      const struct iovec *packets, guint n_packets,
                      FramSendCounts *ret_counts);
/* Reads again from those who waited. */
void fram_plane_wake_waiting (FramPlane *plane, FramBaseSocket *base);
/* It waits no more, and is not read again either. */
void fram_plane_forget_waiting (FramPlane *plane, FramAppSocket *app);
