/* The broker: what all sessions of all applications share, and the sessions themselves.
 *
 * It is sans-IO.  Calls and told facts go in together with `now`; events come out of
 * fram_broker_pop(); fram_broker_deadline() says when fram_broker_advance() is due.  After
 * each call the owner pops until there is nothing left.  Session calls that cannot be done
 * give a GError of FRAM_BROKER_ERROR and change nothing. */
#pragma once

#include "base/random.h"
#include "broker/event.h"
#include "ice/description.h"

typedef struct _FramBroker FramBroker;

#define FRAM_BROKER_ERROR (fram_broker_error_quark ())
GQuark fram_broker_error_quark (void);

typedef enum
{
  FRAM_BROKER_ERROR_NO_SESSION,
  FRAM_BROKER_ERROR_INVALID_ARGUMENT,
  FRAM_BROKER_ERROR_INVALID_CANDIDATE,
  FRAM_BROKER_ERROR_INVALID_DESCRIPTION,
  FRAM_BROKER_ERROR_WRONG_STATE,
  FRAM_BROKER_ERROR_LIMIT,
  FRAM_BROKER_ERROR_NOT_SUPPORTED,
} FramBrokerError;

/* Limits of what callers control. */
#define FRAM_MAX_STREAMS 8
#define FRAM_MAX_COMPONENTS 4
#define FRAM_MAX_REMOTE_CANDIDATES 64 /* each component; more are an error */
#define FRAM_MAX_HELD_CANDIDATES 16   /* the same of those that wait for their names */
#define FRAM_MAX_PEER_NAMES 256 /* being resolved at a time; others are not looked for */
#define FRAM_MAX_OWN_NAMES 256  /* of this host; addresses without one are not shown */
#define FRAM_MAX_PAIRS 100      /* RFC 8445 §6.1.2.5 */
#define FRAM_MAX_SERVERS 8      /* of one session's own, and of those that all have */
#define FRAM_MAX_LABEL 128      /* bytes */

/* What the user decides; strings are copied. */
typedef struct
{
  FramTime linger; /* how long an unused base and its mappings stay; NEVER: always */
  gboolean no_vpn; /* tunnels and point-to-point interfaces are left out */
  /* Patterns of interface names, with “*” and “?”; NULL-terminated, or NULL.  `deny` is
   * stronger; with an empty `allow` all are allowed. */
  const char *const *allow;
  const char *const *deny;
  gboolean probe;    /* find out in the background how the NATs behave */
  FramFamily family; /* the only one whose addresses are used; NONE: both are */
  /* Ports of new bases, both included; 0 and 0: the system chooses.  Other bases stay until
   * no session uses them.  It is not for probes: they need ports where nothing was before. */
  guint16 first_port, last_port;
} FramBrokerPolicy;

#define FRAM_LINGER_DEFAULT FRAM_SECONDS (60)
#define FRAM_MAX_PATTERNS 32 /* of `allow` and of `deny`; more are left out */

typedef struct
{
  guint max_sessions;           /* of the whole service; 0: the default, 20,000 */
  guint max_sessions_per_owner; /* 0: the default, 2,000 */
  FramBrokerPolicy policy;
} FramBrokerConfig;

FramBroker *fram_broker_new (const FramBrokerConfig *config, FramRandom *random);
void fram_broker_free (FramBroker *broker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramBroker, fram_broker_free)

/* Acts at once, on running sessions too. */
void fram_broker_set_policy (FramBroker *broker, const FramBrokerPolicy *policy,
                             FramTime now);

/* --- Facts about the world --------------------------------------------------------- */

typedef enum
{
  FRAM_INTERFACE_NONE = 0,
  FRAM_INTERFACE_LOOPBACK = 1 << 0,
  FRAM_INTERFACE_POINT_TO_POINT = 1 << 1,
  FRAM_INTERFACE_VIRTUAL = 1 << 2,    /* a bridge or container interface: left out */
  FRAM_INTERFACE_TEMPORARY = 1 << 3,  /* RFC 8981 address: preferred */
  FRAM_INTERFACE_DEPRECATED = 1 << 4, /* left out */
  FRAM_INTERFACE_TUNNEL = 1 << 5,     /* a VPN, as with POINT_TO_POINT */
} FramInterfaceFlags;

typedef struct
{
  char name[16];
  guint32 index;
  FramInterfaceFlags flags;
  FramAddress address; /* port 0 */
} FramInterfaceAddress;

/* All addresses of the host, in order of preference; replaces what was told before.
 * Bases whose address is gone are closed, sessions learn it.  Loopback is used only where
 * there is nothing else. */
void fram_broker_told_interfaces (FramBroker *broker,
                                  const FramInterfaceAddress *addresses,
                                  guint n_addresses, FramTime now);
/* The host is attached to another network, of which this is known; NULL: it cannot be told
 * which one it is, and what is learned is for this attachment alone.  What was learned while
 * no network was told belongs to the one that is told first. */
void fram_broker_told_network (FramBroker *broker, const FramKnownNetwork *known,
                               FramTime now);
/* The time of the day is `seconds` since 1970, UTC.  It says why a server refuses a credential
 * whose user name begins with the time of its end.  Told at the start, and when it was set. */
void fram_broker_told_time_of_day (FramBroker *broker, gint64 seconds, FramTime now);
void fram_broker_told_base_opened (FramBroker *broker, FramBaseId base,
                                   const FramAddress *bound, FramTime now);
void fram_broker_told_base_failed (FramBroker *broker, FramBaseId base, FramTime now);

/* Why there is no stream, or not any more. */
typedef enum
{
  FRAM_STREAM_UNREACHABLE, /* no route, no proxy, refused */
  FRAM_STREAM_SILENT,      /* nothing came back in time */
  FRAM_STREAM_CERTIFICATE, /* the server could not prove who it is; or more precisely: */
  FRAM_STREAM_CERTIFICATE_AUTHORITY, /* nobody who is trusted has signed it */
  FRAM_STREAM_CERTIFICATE_NAME,      /* it is for another name */
  FRAM_STREAM_CERTIFICATE_EXPIRED,   /* its time is over */
  FRAM_STREAM_TLS,                   /* another failure of TLS */
  FRAM_STREAM_PROXY,                 /* the proxy does not want to */
  FRAM_STREAM_CLOSED,                /* by the server; or what came is no message */
} FramStreamFailure;

/* It is gone, and its id with it. `details`: for people, or NULL. */
void fram_broker_told_stream_failed (FramBroker *broker, FramBaseId stream,
                                     FramStreamFailure failure, const char *details,
                                     FramTime now);
/* `remote` has connected to the base, which listens.  Return: the id of the stream, which is open,
 * and ends as others do; 0: it is not wanted, and is to be closed. */
FramBaseId fram_broker_told_accepted (FramBroker *broker, FramBaseId base,
                                      const FramAddress *remote, FramTime now);
/* A transmission to `remote` was refused, at once or by ICMP (a hard error). */
void fram_broker_told_unreachable (FramBroker *broker, FramBaseId base,
                                   const FramAddress *remote, FramTime now);
/* Data of the component came regularly, and have stopped: maybe its path is dead. */
void fram_broker_told_quiet (FramBroker *broker, FramSessionId session, guint stream,
                             guint component, FramTime now);
/* Whether data of the component come or go, as is supposed of each new path. */
void fram_broker_told_use (FramBroker *broker, FramSessionId session, guint stream,
                           guint component, gboolean is_used, FramTime now);
/* `n_addresses` 0: the name has none. Each has its port; SRV records give theirs. */
void fram_broker_told_resolved (FramBroker *broker, guint16 query,
                                const FramAddress *addresses, guint n_addresses,
                                FramTime now);
/* The addresses of a peer's name; `n_addresses` 0: it has none, or nobody looks for names. */
void fram_broker_told_name_resolved (FramBroker *broker, FramNameId name,
                                     const FramAddress *addresses, guint n_addresses,
                                     FramTime now);
/* The name is published, or (FALSE) cannot be, or is not any more.  Again and again. */
void fram_broker_told_name_published (FramBroker *broker, FramNameId name,
                                      gboolean is_published, FramTime now);
/* A datagram that is STUN, or that no route claims. */
void fram_broker_receive (FramBroker *broker, FramBaseId base, const FramAddress *remote,
                          const guint8 *data, gsize length, FramTime now);

/* What servers hold for this host is given back, and nothing new is asked of them.  The owner
 * goes on as ever until fram_broker_is_shut_down(), or for as long as it has time, and frees
 * the broker then.  Sessions that are still open lose their relays. */
void fram_broker_shut_down (FramBroker *broker, FramTime now);
gboolean fram_broker_is_shut_down (FramBroker *broker);

FramTime fram_broker_deadline (FramBroker *broker);
/* Does some of what is due: as long as the deadline is not after `now`, it is to be called again, once
 * what it asked for was done. */
void fram_broker_advance (FramBroker *broker, FramTime now);
/* Takes the next event; its owner clears it. */
gboolean fram_broker_pop (FramBroker *broker, FramEvent *ret_event);

/* --- The network ------------------------------------------------------------------- */

typedef struct
{
  const char *uri;      /* RFC 7064, RFC 7065 */
  const char *username; /* NULL or "": there is no credential */
  const char *password;
  const char *authority; /* a file of CA certificates; NULL: the system's store */
} FramServerOption;

/* The servers that sessions have besides their own, in order of preference; they replace
 * those set before.  Running sessions keep the servers they have; another credential of one of
 * these is used where the server asks next.  Their URIs are checked by
 * fram_server_uri_check(), what it refuses is left out, as is more than FRAM_MAX_SERVERS. */
void fram_broker_set_servers (FramBroker *broker, const FramServerOption *servers,
                              guint n_servers, FramTime now);

/* Tries a server for real: its name, the way there, who it says we are and, of TURN, an
 * allocation, which is given back.  Ends, within 15 s, with FRAM_EVENT_SERVER_TESTED; until
 * the next test ends, fram_broker_get_server_test() (broker/server-test.h) tells what was
 * found.  Return: the number of the test; 0 with `error`. */
guint16 fram_broker_test_server (FramBroker *broker, const FramServerOption *server,
                                 FramTime now, GError **error);

/* Finds out anew how the NATs before all interfaces behave and which of the servers answer,
 * `n_servers` of them, or (0) those that sessions use or used; ends, within 10 s, with
 * FRAM_EVENT_NETWORK_CHECKED.  What was found is in broker/network-snapshot.h.
 * Return: the number of the check, which may be one that is under way; 0 with `error`. */
guint16 fram_broker_check_network (FramBroker *broker, const FramServerOption *servers,
                                   guint n_servers, FramTime now, GError **error);

/* --- Sessions ---------------------------------------------------------------------- */

/* From the least strict to the strictest. */
typedef enum
{
  FRAM_POLICY_ALL,
  FRAM_POLICY_MDNS,    /* host candidates are shown with names in place of addresses */
  FRAM_POLICY_NO_HOST, /* no host candidates are shown to the peer */
  FRAM_POLICY_RELAY,   /* nothing but relayed candidates, not even checks */
} FramPolicy;

typedef struct
{
  const char *owner; /* who asks: quotas are counted by it */
  const char *label; /* for people, may be NULL */
  guint n_streams;   /* 0: one stream of one component */
  guint n_components[FRAM_MAX_STREAMS];
  /* RFC 8445 §6.1.1: if not fixed, who has no remote description at creation controls. */
  gboolean role_fixed;
  FramRole role;
  FramPolicy policy;
  gboolean lite;    /* RFC 8445 §2.5: only answers; no servers, no relays */
  gboolean trickle; /* the application passes on candidates found later */
  gboolean tcp;     /* with TCP candidates, for where UDP does not get through */
  guint pacing;     /* Ta to propose, milliseconds; 0: FRAM_PACING_PROPOSED */
  guint8 dscp;      /* of all components: see fram_broker_set_dscp() */
  guint max_pairs;  /* at most FRAM_MAX_PAIRS; 0: that */
  FramServerOption servers[FRAM_MAX_SERVERS];
  guint n_servers;
  gboolean own_servers_only; /* not those of fram_broker_set_servers() */
  /* The offer that is answered, if there is one: it decides role and lane. */
  const FramDescription *remote;
  const char *const *remote_candidates; /* lines, NULL-terminated; stream 0 */
} FramSessionOptions;

/* Return: the session's id, or 0 with `error` set. */
FramSessionId fram_broker_create_session (FramBroker *broker,
                                          const FramSessionOptions *options, FramTime now,
                                          GError **error);
/* Once for each generation. The pwd is taken into a prepared key. */
gboolean fram_broker_set_remote_description (FramBroker *broker, FramSessionId session,
                                             const FramDescription *remote, FramTime now,
                                             GError **error);
/* `line` as RFC 8839 §5.1.  One with a name of Multicast DNS has its effect when that is
 * resolved; the end of candidates waits for it.  Ignorable candidates are accepted without effect; a line that
 * is already known too. `ufrag` NULL or of an older generation: see RFC 8838 §11. */
gboolean fram_broker_add_remote_candidate (FramBroker *broker, FramSessionId session,
                                           const char *ufrag, guint stream,
                                           const char *line, FramTime now,
                                           GError **error);
/* No more remote candidates in any stream. (RFC 8838 §13) */
gboolean fram_broker_end_remote_candidates (FramBroker *broker, FramSessionId session,
                                            const char *ufrag, FramTime now,
                                            GError **error);
/* New credentials; the old path carries data until the new one is selected. (RFC 8445 §9)*/
gboolean fram_broker_restart (FramBroker *broker, FramSessionId session, FramTime now,
                              GError **error);
/* The differentiated services code point (RFC 2474), 0 to FRAM_DSCP_MAX, of the component's data
 * and of the checks that its pairs send and answer (RFC 8445 §7.2.3).  It stays over restarts. */
gboolean fram_broker_set_dscp (FramBroker *broker, FramSessionId session, guint stream,
                               guint component, guint dscp, GError **error);
#define FRAM_DSCP_MAX 63
/* The stream ends, the others go on: its components are closed, what it used is given back, and
 * its number is not used again.  The last stream cannot be removed. */
gboolean fram_broker_remove_stream (FramBroker *broker, FramSessionId session,
                                    guint stream, FramTime now, GError **error);
/* Ends it with FRAM_EVENT_CLOSED. An unknown session is not an error: it may just have
 * ended. */
void fram_broker_close_session (FramBroker *broker, FramSessionId session,
                                FramCause cause, FramTime now);
