/* Brokers that reach each other by TCP, and by UDP only if that is let through: connections that
 * open, are refused, are silent, and break; and a server that tells how it sees them.
 *
 * A host whose address outside is another one is behind a NAT, which maps each of its ports to the
 * same port outside, and lets those in whom the host connects to meanwhile. */
#pragma once

#include "broker/snapshot.h"
#include "seeded-random.h"

typedef enum
{
  TCP_OPENS,
  TCP_REFUSES,
  TCP_IS_SILENT, /* nothing ever comes back */
} TcpManner;

typedef struct _TcpWorld TcpWorld;
typedef struct _TcpEnd TcpEnd;

typedef struct
{
  TcpWorld *world;
  FramBroker *broker;
  FramAddress address;
  FramAddress outside; /* as others see it: of its NAT, or the same */
  guint16 next_port;
  GHashTable *sockets;   /* base -> FramAddress, UDP */
  GHashTable *listening; /* base -> FramAddress */
  GHashTable *ends;      /* stream -> TcpEnd */
  GHashTable *routes;    /* "BASE REMOTE" as a set */
  FramBaseId path;       /* of the last PATH */
  FramAddress path_remote;
  guint n_attempts, n_attempting, most_attempting;
} TcpHost;

/* One end of a connection. */
struct _TcpEnd
{
  TcpHost *host; /* NULL: the test's own */
  FramBaseId id;
  FramAddress local, remote;
  TcpEnd *other; /* NULL: it is closed there */
  guint n_received;
  gboolean is_open;
  FramTime begun;
};

struct _TcpWorld
{
  SeededRandom random;
  FramTime now;
  GPtrArray *hosts;
  GPtrArray *ends;  /* owned */
  GQueue happening; /* what will happen */
  TcpManner manner;
  gboolean has_udp;
  /* Of the server: whether it answers by TCP; by UDP it does with `has_udp`. */
  gboolean server_is_dead;
  guint n_asked;
};

#define TCP_WORLD_SERVER "203.0.113.3:3478"

TcpWorld *tcp_world_new (void);
void tcp_world_free (TcpWorld *world);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcpWorld, tcp_world_free)

TcpHost *tcp_world_add_host (TcpWorld *world, const char *address);
/* Everything that happens in the time. */
void tcp_world_run (TcpWorld *world, FramTime duration);
void tcp_world_settle (TcpWorld *world);

FramSessionId tcp_host_create (TcpHost *host, const FramSessionOptions *options);
/* Passes the description and the candidates of one to the other. */
void tcp_world_signal (TcpHost *from, FramSessionId offer, TcpHost *to,
                       FramSessionId answer);
FramState tcp_host_state (TcpHost *host, FramSessionId session);
/* Return: (transfer full): its candidate lines. */
GPtrArray *tcp_host_lines (TcpHost *host, FramSessionId session);
/* Where it listens; FALSE: nowhere. */
gboolean tcp_host_get_listening (TcpHost *host, FramAddress *ret_address);

/* The test itself connects to the host.  Return: its end; NULL: it was refused. */
TcpEnd *tcp_world_connect (TcpHost *host, const FramAddress *from);
void tcp_end_say (TcpEnd *end, const guint8 *data, gsize length);
void tcp_end_close (TcpEnd *end);
/* How many connections are open at the host. */
guint tcp_host_count_open (TcpHost *host);
/* The connection breaks for both. */
void tcp_world_break_all (TcpWorld *world);
