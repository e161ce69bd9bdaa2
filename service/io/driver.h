/* The driver does what the broker asks: it owns the broker, its sockets, the clock and the
 * timer, and carries the data.  One thread, one GMainContext.
 *
 * rpc/ calls the broker through fram_driver_get_broker(), then fram_driver_kick(); session
 * events come back through the sink, in order, never inside a call into the broker. */
#pragma once

#include "broker/broker.h"
#include "io/network.h"

typedef struct _FramDriver FramDriver;

/* Gets each event from LOCAL_CANDIDATE on; the driver clears it afterwards. */
typedef void (*FramDriverSink) (const FramEvent *event, gpointer user_data);

/* Keeps what the broker learns.  Both are called outside of the broker's calls. */
typedef struct
{
  /* The host is attached to this network now; NULL: it cannot be told which.  It answers by
   * fram_broker_told_network (), and then fram_driver_kick (). */
  void (*attached) (const FramNetworkIdentity *network, gpointer user_data);
  void (*remember) (const FramFact *fact, gpointer user_data);
} FramDriverMemory;

/* Counters of one open component. */
typedef struct
{
  guint64 packets_sent, packets_received;
  guint64 bytes_sent, bytes_received;
  guint64 dropped_no_path;  /* the application wrote before there was a path */
  guint64 dropped_app_full; /* the application did not read */
  guint64 dropped_net_full; /* the UDP socket, or the stream to the relay, was full */
  guint64 dropped_too_long; /* more than a datagram of its path carries */
  guint64 dropped_refused;  /* the kernel gave another error */
  guint64 dropped_empty;    /* empty datagrams are not carried */
} FramComponentStats;

/* What applications' data amount to. */
typedef struct
{
  guint64 packets_sent, packets_received;
  guint64 bytes_sent, bytes_received;
  guint64
      packets_discarded; /* taken from the application, and not sent: no socket took them */
} FramTransferCounts;

/* Of the whole service since its start. */
typedef struct
{
  guint64 packets_in, packets_out, bytes_in, bytes_out;
  guint64 dropped_no_route; /* neither STUN nor any component's */
  guint64 dropped_app_full, dropped_net_full, dropped_no_path, dropped_other;
  gboolean has_udp_gro, has_udp_segment;
  guint n_direct; /* components whose data do not pass through the service now */
  const char
      *direct_problem; /* why none can, a sentence of the driver's; NULL: they can */
  /* The same of names of Multicast DNS: why they have no addresses; NULL: they have, or
   * there was none yet. */
  const char *names_problem;
} FramDriverStats;

/* `context` NULL: the thread's default.  Reads the interfaces at once and follows their
 * changes. */
FramDriver *fram_driver_new (const FramBrokerConfig *config, GMainContext *context,
                             GError **error);
/* Runs the context until one of its sources says that it `is_over`: as g_main_loop_run(), but data
 * are moved past the other sources. */
void fram_driver_run (FramDriver *driver, const gboolean *is_over);
/* Gives back what servers hold for this host, which takes no longer than FRAM_DRIVER_FAREWELL;
 * turns the context until then.  Only fram_driver_free() follows. */
void fram_driver_shut_down (FramDriver *driver);
#define FRAM_DRIVER_FAREWELL FRAM_SECONDS (1)
/* Closes every session's data, then every socket. */
void fram_driver_free (FramDriver *driver);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramDriver, fram_driver_free)

void fram_driver_set_sink (FramDriver *driver, FramDriverSink sink, gpointer user_data);
/* `memory` outlives the driver, and is told at once of the network that is there. */
void fram_driver_set_memory (FramDriver *driver, const FramDriverMemory *memory,
                             gpointer user_data);
FramBroker *fram_driver_get_broker (FramDriver *driver);
/* The monotonic clock, in the broker's unit; the only place that reads it. */
FramTime fram_driver_now (void);
/* Carries out what the broker has queued and sets the timer. */
void fram_driver_kick (FramDriver *driver);

/* Return: the application's end of a SOCK_SEQPACKET pair, close-on-exec, or -1 with `error`.
 * A component opened again loses its earlier socket. */
int fram_driver_open_component (FramDriver *driver, FramSessionId session, guint stream,
                                guint component, GError **error);
/* A socket of the application's own for what an open component and its peer exchange, and
 * where it sends to; see fram_plane_open_direct().  Return: -1 with `error` of
 * FRAM_BROKER_ERROR: WRONG_STATE if there is no path yet, NOT_SUPPORTED if it is not for that. */
int fram_driver_open_direct (FramDriver *driver, FramSessionId session, guint stream,
                             guint component, FramAddress *ret_remote, GError **error);
/* Does nothing if there is none. */
void fram_driver_close_direct (FramDriver *driver, FramSessionId session, guint stream,
                               guint component);
/* Memory in which the application counts what it moves past the service: a descriptor, or -1
 * (io/shared-counts.h).  Errors: FRAM_BROKER_ERROR. */
int fram_driver_share_counts (FramDriver *driver, FramSessionId session, guint stream,
                              guint component, GError **error);
gboolean fram_driver_get_component_stats (FramDriver *driver, FramSessionId session,
                                          guint stream, guint component,
                                          FramComponentStats *ret_stats);
/* The applications' data of all its components, until it is closed; also what went through
 * descriptors that are not open any more. */
void fram_driver_get_session_bytes (FramDriver *driver, FramSessionId session,
                                    guint64 *ret_sent, guint64 *ret_received);
/* Of one component, over all sockets that it has or had. */
void fram_driver_get_component_counts (FramDriver *driver, FramSessionId session,
                                       guint stream, guint component,
                                       FramTransferCounts *ret_counts);
/* The same, while its data took the path by `base` to `remote`: now, and whenever they did. */
void fram_driver_get_path_counts (FramDriver *driver, FramSessionId session, guint stream,
                                  guint component, FramBaseId base,
                                  const FramAddress *remote,
                                  FramTransferCounts *ret_counts);
void fram_driver_get_stats (FramDriver *driver, FramDriverStats *ret_stats);

/* A packet of the protocol, or one of an application's data. */
typedef struct
{
  FramSessionId session; /* 0: of none alone, as a server's answer to a shared question */
  FramBaseId base;
  FramAddress local, remote;
  gboolean outgoing;
  gboolean is_data;
  const guint8 *bytes;
  gsize length;
} FramTappedPacket;

typedef void (*FramDriverTap) (const FramTappedPacket *packet, gpointer user_data);

/* Looks on while packets go out and come in over UDP, with or without the data of the
 * applications; NULL: nobody looks on.  It must not call the driver but
 * fram_driver_get_broker(). */
void fram_driver_set_tap (FramDriver *driver, FramDriverTap tap, gboolean with_data,
                          gpointer user_data);
typedef void (*FramDriverRelease) (FramSessionId session, guint stream, guint component,
                                   gpointer user_data);

/* Tells for which components fram_driver_open_direct() was refused, or its socket ended, as somebody
 * looked at the data: it may be called again. */
void fram_driver_release_direct (FramDriver *driver, FramDriverRelease release,
                                 gpointer user_data);
