/* What the service knows of the network, and the sessions that have ended.
 *
 * Lengths of time are in microseconds unless it is said otherwise; an age is how long ago
 * something was.  -1 stands for never, or for not known. */
#pragma once

#include <fram-types.h>

G_BEGIN_DECLS

/**
 * FramNetwork:
 *
 * What is known of the network that the host is attached to, as a snapshot.
 */
#define FRAM_TYPE_NETWORK (fram_network_get_type ())
FRAM_API GType fram_network_get_type (void);

FRAM_API FramNetwork *fram_network_ref (FramNetwork *self);
FRAM_API void fram_network_unref (FramNetwork *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramNetwork, fram_network_unref)

FRAM_API const char *fram_network_get_name (FramNetwork *self);
FRAM_API gint64 fram_network_get_attached (FramNetwork *self);
FRAM_API gint64 fram_network_get_first_age (FramNetwork *self);
FRAM_API gint64 fram_network_get_last_age (FramNetwork *self);
FRAM_API GPtrArray *fram_network_list_interfaces (FramNetwork *self);
FRAM_API GPtrArray *fram_network_list_servers (FramNetwork *self);
FRAM_API GPtrArray *fram_network_list_mappings (FramNetwork *self);
FRAM_API GPtrArray *fram_network_list_deaf (FramNetwork *self);

/**
 * FramNetworkInterface:
 * @name: The name of the interface.
 * @address: Its IP address.
 * @use: What becomes of the address: `used`, or why it is not.
 * @checking: Whether its NAT is being found out.
 * @age: Of what is known of the NAT or firewall before it.
 * @kind: That in one word for programs, as `port-restricted-cone`.
 * @kind_name: The name that people use.
 * @server_answers: Whether a server answers over UDP: `yes`, `no` or `unknown`, as the next.
 * @server_helps: Whether one answers that offers the tests of RFC 5780.
 * @translated: Whether addresses are translated.
 * @mapping: How mappings depend on the destination (RFC 4787 §4.1), as
 *   `endpoint-independent`.
 * @filtering: How the filter depends on the sender (RFC 4787 §5).
 * @hairpin: Whether hosts behind it reach each other by their outer addresses.
 * @keeps_port: Whether ports are kept.
 * @mapped_address: The address and port outside; empty if it is not known.
 * @rtt: The round trip to the server that saw it.
 * @lives: How long a mapping that nobody uses lived at least.
 * @dies: How long none lived.
 * @keepalive: The time between two keep-alives of a mapping that nobody uses.
 * @expectation: What to expect of a call, as a word: `direct`, `direct-unless-symmetric`,
 *   `direct-if-open`, `relay` or `unknown`.
 * @explanation: The same as a sentence.
 *
 * An address of the host, and the NAT or firewall before it.
 */
struct _FramNetworkInterface
{
  /*< private >*/
  GVariant *backing;

  /*< public >*/
  const char *name;
  const char *address;
  const char *use;
  gboolean checking;
  gint64 age;
  const char *kind;
  const char *kind_name;
  const char *server_answers;
  const char *server_helps;
  const char *translated;
  const char *mapping;
  const char *filtering;
  const char *hairpin;
  const char *keeps_port;
  const char *mapped_address;
  gint64 rtt;
  gint64 lives;
  gint64 dies;
  gint64 keepalive;
  const char *expectation;
  const char *explanation;
};

#define FRAM_TYPE_NETWORK_INTERFACE (fram_network_interface_get_type ())
FRAM_API GType fram_network_interface_get_type (void);

FRAM_API FramNetworkInterface *fram_network_interface_ref (FramNetworkInterface *self);
FRAM_API void fram_network_interface_unref (FramNetworkInterface *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramNetworkInterface, fram_network_interface_unref)

FRAM_API const char **fram_network_interface_list_flags (FramNetworkInterface *self);
FRAM_API guint fram_network_interface_get_n_calls (FramNetworkInterface *self);
FRAM_API void fram_network_interface_get_call (FramNetworkInterface *self, guint index,
                                               const char **kind, const char **kind_name,
                                               const char **expectation);

/**
 * FramNetworkServer:
 * @uri: As it was given (RFC 7064, RFC 7065).
 * @address: One of its addresses; empty if its name has none.
 * @transport: How it is spoken to: `udp`, `tcp`, `tls` or `dtls`.
 * @rtt: The smoothed round trip.
 * @successes: How often it answered.
 * @failures: How often it did not.
 * @success_age: Since its last answer.
 * @failure_age: Since its last silence.
 * @in_use: Whether a session has it.
 *
 * A server at one of its addresses.
 */
struct _FramNetworkServer
{
  /*< private >*/
  GVariant *backing;

  /*< public >*/
  const char *uri;
  const char *address;
  const char *transport;
  gint64 rtt;
  guint successes;
  guint failures;
  gint64 success_age;
  gint64 failure_age;
  gboolean in_use;
};

#define FRAM_TYPE_NETWORK_SERVER (fram_network_server_get_type ())
FRAM_API GType fram_network_server_get_type (void);

FRAM_API FramNetworkServer *fram_network_server_ref (FramNetworkServer *self);
FRAM_API void fram_network_server_unref (FramNetworkServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramNetworkServer, fram_network_server_unref)

/**
 * FramMapping:
 * @socket: The number of its socket.
 * @lane: The number of its lane: sessions of one lane share sockets.
 * @interface: The name of the interface.
 * @local_address: Address and port of the socket.
 * @server_address: Address and port of the server that saw it.
 * @mapped_address: Address and port outside; empty while they are not known.
 * @state: `asking`, `known` or `deaf`.
 * @sessions: How many sessions have it as a candidate.
 * @interval: The time between two keep-alives.
 * @next: The time until the next one.
 * @age: Since it is as it is.
 *
 * An address outside that sessions share.
 */
struct _FramMapping
{
  /*< private >*/
  GVariant *backing;

  /*< public >*/
  guint socket;
  guint lane;
  const char *interface;
  const char *local_address;
  const char *server_address;
  const char *mapped_address;
  const char *state;
  guint sessions;
  gint64 interval;
  gint64 next;
  gint64 age;
};

#define FRAM_TYPE_MAPPING (fram_mapping_get_type ())
FRAM_API GType fram_mapping_get_type (void);

FRAM_API FramMapping *fram_mapping_ref (FramMapping *self);
FRAM_API void fram_mapping_unref (FramMapping *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramMapping, fram_mapping_unref)

/**
 * FramDeafWay:
 * @interface: The name of the interface.
 * @family: `ipv4` or `ipv6`.
 * @uri: The server; empty: all.
 * @transport: How it was spoken to.
 * @first_age: Since it was first found so.
 * @last_age: Since it was last found so.
 *
 * A way to a server that ends in silence, and is not tried for a while.
 */
struct _FramDeafWay
{
  /*< private >*/
  GVariant *backing;

  /*< public >*/
  const char *interface;
  const char *family;
  const char *uri;
  const char *transport;
  gint64 first_age;
  gint64 last_age;
};

#define FRAM_TYPE_DEAF_WAY (fram_deaf_way_get_type ())
FRAM_API GType fram_deaf_way_get_type (void);

FRAM_API FramDeafWay *fram_deaf_way_ref (FramDeafWay *self);
FRAM_API void fram_deaf_way_unref (FramDeafWay *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramDeafWay, fram_deaf_way_unref)

/**
 * FramPastSession:
 * @id: Its number, which grows from session to session.
 * @application: The command of the application it belonged to.
 * @label: What it was for; may be empty.
 * @started: When it began, in seconds since 1970, UTC.
 * @ended: When it ended, in seconds since 1970, UTC.
 * @state: The best state it came to, a word.
 * @cause: Why it ended, a word.
 * @path: The path of its data in words, as `host to srflx over UDP`; empty if it had none.
 * @rtt: The round-trip time on it.
 * @bytes_sent: The application's data that were sent, in bytes.
 * @bytes_received: The application's data that were received, in bytes.
 *
 * A session that has ended.
 */
struct _FramPastSession
{
  /*< private >*/
  GVariant *backing;

  /*< public >*/
  gint64 id;
  const char *application;
  const char *label;
  gint64 started;
  gint64 ended;
  const char *state;
  const char *cause;
  const char *path;
  gint64 rtt;
  guint64 bytes_sent;
  guint64 bytes_received;
};

#define FRAM_TYPE_PAST_SESSION (fram_past_session_get_type ())
FRAM_API GType fram_past_session_get_type (void);

FRAM_API FramPastSession *fram_past_session_ref (FramPastSession *self);
FRAM_API void fram_past_session_unref (FramPastSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramPastSession, fram_past_session_unref)

G_END_DECLS
