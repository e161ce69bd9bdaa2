/* One broker, stepped by hand, and STUN servers that answer as a test wants: how far they are,
 * whether they answer, and what the NAT before the host makes of its sockets. */
#pragma once

#include "broker/network-snapshot.h"
#include "broker/snapshot.h"
#include "seeded-random.h"

#define LONE_HOST_MAX_SERVERS 4

typedef struct
{
  char *uri;
  FramAddress address;
  FramTime rtt;
  gboolean dead;
  guint n_questions; /* that reached it, or would have */
} LoneServer;

typedef struct
{
  SeededRandom random;
  FramBroker *broker;
  FramTime now;
  LoneServer servers[LONE_HOST_MAX_SERVERS];
  guint n_servers;
  GHashTable *sockets; /* base -> FramAddress */
  guint16 next_port;
  GQueue answers; /* in flight */

  FramPolicy policy;          /* of sessions */
  const char *outside;        /* the NAT's address; NULL: there is no NAT */
  guint16 shift;              /* what it adds to a port */
  gboolean symmetric;         /* another port for each server */
  const char *deaf;           /* this interface address leads nowhere */
  const char *refuses;        /* no socket can be bound to this one */
  guint16 busy_from, busy_to; /* ports that others have; 0: none */
  guint n_refused;            /* questions for a socket */

  GPtrArray *lines; /* "SESSION line" */
  GPtrArray *facts; /* FramFact, of servers by UDP */
  GArray *done;     /* sessions that have gathered, FramEvent */
  guint n_late;     /* lines of sessions that had */
  FramTime last_question;
} LoneHost;

/* Addresses as text, comma-separated; their interfaces are if0, if1 ... */
LoneHost *lone_host_new (const char *addresses);
void lone_host_free (LoneHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LoneHost, lone_host_free)

void lone_host_told (LoneHost *host, const char *addresses);
LoneServer *lone_host_add_server (LoneHost *host, const char *ip, FramTime rtt);
/* A session with all servers. */
FramSessionId lone_host_open (LoneHost *host, gboolean trickle);
void lone_host_close (LoneHost *host, FramSessionId session);
void lone_host_run (LoneHost *host, FramTime duration);
/* Pops and carries out what the broker has queued. */
void lone_host_settle (LoneHost *host);

/* How long the session gathered; -1: it still does. */
FramTime lone_host_gathered (LoneHost *host, FramSessionId session);
guint lone_host_count_lines (LoneHost *host, FramSessionId session, const char *part);
guint lone_host_count_questions (LoneHost *host);
guint lone_host_count_facts (LoneHost *host, FramFactKind kind);
/* It has learned that its NAT gives the same address to all. */
void lone_host_learn_cone (LoneHost *host);
/* What a file of facts would tell of the network; its strings are the facts'. */
void lone_host_recall (LoneHost *host, FramKnownNetwork *ret_known);
void lone_known_clear (FramKnownNetwork *known);
