#include "fram-network.h"
#include "network-reply.h"
#include "row-type.h"

struct _FramNetwork
{
  GVariant *backing; /* a reply of the inspector */
};

/* The values of FRAM_NETWORK_REPLY. */
enum
{
  REPLY_NAME,
  REPLY_ATTACHED,
  REPLY_FIRST_AGE,
  REPLY_LAST_AGE,
  REPLY_INTERFACES,
  REPLY_SERVERS,
  REPLY_MAPPINGS,
  REPLY_DEAF,
};

/* What follows the plain values of an interface. */
enum
{
  INTERFACE_FLAGS = 2,
  INTERFACE_CALLS = 22,
};

/**
 * fram_network_ref:
 * @self: What is known.
 *
 * Keeps the snapshot for one more owner.
 *
 * Returns: (transfer full): The same snapshot.
 */
/**
 * fram_network_unref:
 * @self: (transfer full): What is known.
 *
 * Gives the snapshot up.
 */
FRAM_DEFINE_ROW (FramNetwork, fram_network)

/**
 * fram_network_interface_ref:
 * @self: An address of the host.
 *
 * Keeps the row for one more owner.
 *
 * Returns: (transfer full): The same row.
 */
/**
 * fram_network_interface_unref:
 * @self: (transfer full): An address of the host.
 *
 * Gives the row up.
 */
FRAM_DEFINE_ROW (FramNetworkInterface, fram_network_interface)

/**
 * fram_network_server_ref:
 * @self: A server.
 *
 * Keeps the row for one more owner.
 *
 * Returns: (transfer full): The same row.
 */
/**
 * fram_network_server_unref:
 * @self: (transfer full): A server.
 *
 * Gives the row up.
 */
FRAM_DEFINE_ROW (FramNetworkServer, fram_network_server)

/**
 * fram_mapping_ref:
 * @self: A mapping.
 *
 * Keeps the row for one more owner.
 *
 * Returns: (transfer full): The same row.
 */
/**
 * fram_mapping_unref:
 * @self: (transfer full): A mapping.
 *
 * Gives the row up.
 */
FRAM_DEFINE_ROW (FramMapping, fram_mapping)

/**
 * fram_deaf_way_ref:
 * @self: A deaf way.
 *
 * Keeps the row for one more owner.
 *
 * Returns: (transfer full): The same row.
 */
/**
 * fram_deaf_way_unref:
 * @self: (transfer full): A deaf way.
 *
 * Gives the row up.
 */
FRAM_DEFINE_ROW (FramDeafWay, fram_deaf_way)

/**
 * fram_past_session_ref:
 * @self: A session that has ended.
 *
 * Keeps the row for one more owner.
 *
 * Returns: (transfer full): The same row.
 */
/**
 * fram_past_session_unref:
 * @self: (transfer full): A session that has ended.
 *
 * Gives the row up.
 */
FRAM_DEFINE_ROW (FramPastSession, fram_past_session)

/* --- The network ------------------------------------------------------------------- */

FramNetwork *
fram_network_from_reply (GVariant *reply)
{
  FramNetwork *self = g_atomic_rc_box_new0 (FramNetwork);

  self->backing = g_variant_ref (reply);
  return self;
}

static gint64
get_time (FramNetwork *self, gsize value)
{
  gint64 time;

  g_variant_get_child (self->backing, value, "x", &time);
  return time;
}

typedef gpointer (*RowReader) (GVariant *backing);

/* `read` takes the variant. */
static GPtrArray *
read_rows (GVariant *reply, gsize value, RowReader read, GDestroyNotify unref)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (unref);
  g_autoptr (GVariant) table = g_variant_get_child_value (reply, value);
  gsize n = g_variant_n_children (table);

  for (gsize i = 0; i < n; i++)
    g_ptr_array_add (rows, read (g_variant_get_child_value (table, i)));
  return rows;
}

/**
 * fram_network_get_name:
 * @self: What is known.
 *
 * Gives a name of the network for people.
 *
 * Returns: (transfer none): The name; empty if it cannot be told which one it is.
 */
const char *
fram_network_get_name (FramNetwork *self)
{
  const char *name;

  g_variant_get_child (self->backing, REPLY_NAME, "&s", &name);
  return name;
}

/**
 * fram_network_get_attached:
 * @self: What is known.
 *
 * Tells how long the host is attached to the network.
 *
 * Returns: Microseconds; -1 if it cannot be told which one it is.
 */
gint64
fram_network_get_attached (FramNetwork *self)
{
  return get_time (self, REPLY_ATTACHED);
}

/**
 * fram_network_get_first_age:
 * @self: What is known.
 *
 * Tells when the host was attached to the network for the first time.
 *
 * Returns: Microseconds ago; -1 if this is the first time.
 */
gint64
fram_network_get_first_age (FramNetwork *self)
{
  return get_time (self, REPLY_FIRST_AGE);
}

/**
 * fram_network_get_last_age:
 * @self: What is known.
 *
 * Tells when the host was attached to the network before this time.
 *
 * Returns: Microseconds ago; -1 if this is the first time.
 */
gint64
fram_network_get_last_age (FramNetwork *self)
{
  return get_time (self, REPLY_LAST_AGE);
}

/* --- Interfaces -------------------------------------------------------------------- */

static gpointer
read_interface (GVariant *backing)
{
  FramNetworkInterface *row = g_atomic_rc_box_new0 (FramNetworkInterface);

  row->backing = backing;
  g_variant_get (backing, "(&s&s@as&sbx&s&s&s&s&s&s&s&s&s&sxxxx&s&s@a(sss))", &row->name,
                 &row->address, NULL, &row->use, &row->checking, &row->age, &row->kind,
                 &row->kind_name, &row->server_answers, &row->server_helps,
                 &row->translated, &row->mapping, &row->filtering, &row->hairpin,
                 &row->keeps_port, &row->mapped_address, &row->rtt, &row->lives,
                 &row->dies, &row->keepalive, &row->expectation, &row->explanation, NULL);
  return row;
}

/**
 * fram_network_list_interfaces:
 * @self: What is known.
 *
 * Lists the addresses of the host, in order of preference, and what is known of the NATs
 * before them.
 *
 * Returns: (transfer container) (element-type FramNetworkInterface): The addresses.
 */
GPtrArray *
fram_network_list_interfaces (FramNetwork *self)
{
  return read_rows (self->backing, REPLY_INTERFACES, read_interface,
                    (GDestroyNotify) fram_network_interface_unref);
}

/**
 * fram_network_interface_list_flags:
 * @self: An address of the host.
 *
 * Lists what the interface and the address are, as words: `loopback`, `point-to-point`,
 * `virtual`, `temporary`, `deprecated`, `tunnel`.
 *
 * Returns: (transfer container) (array zero-terminated=1): The words.
 */
const char **
fram_network_interface_list_flags (FramNetworkInterface *self)
{
  g_autoptr (GVariant) flags = g_variant_get_child_value (self->backing, INTERFACE_FLAGS);

  return g_variant_get_strv (flags, NULL);
}

/**
 * fram_network_interface_get_n_calls:
 * @self: An address of the host.
 *
 * Counts the kinds of NATs that others may be behind, for
 * [method@NetworkInterface.get_call].
 *
 * Returns: The number of kinds; 0 where the address is not used.
 */
guint
fram_network_interface_get_n_calls (FramNetworkInterface *self)
{
  g_autoptr (GVariant) calls = g_variant_get_child_value (self->backing, INTERFACE_CALLS);

  return g_variant_n_children (calls);
}

/**
 * fram_network_interface_get_call:
 * @self: An address of the host.
 * @index: Which one, from 0.
 * @kind: (out) (transfer none): What the other is behind, as a word.
 * @kind_name: (out) (transfer none): The name that people use.
 * @expectation: (out) (transfer none): `direct`, `relay` or `unknown`.
 *
 * Tells what to expect of a call with somebody behind such a NAT.
 */
void
fram_network_interface_get_call (FramNetworkInterface *self, guint index,
                                 const char **kind, const char **kind_name,
                                 const char **expectation)
{
  g_autoptr (GVariant) calls = g_variant_get_child_value (self->backing, INTERFACE_CALLS);

  g_return_if_fail (index < g_variant_n_children (calls));

  g_variant_get_child (calls, index, "(&s&s&s)", kind, kind_name, expectation);
}

/* --- Servers, mappings, deaf ways -------------------------------------------------- */

static gpointer
read_server (GVariant *backing)
{
  FramNetworkServer *row = g_atomic_rc_box_new0 (FramNetworkServer);

  row->backing = backing;
  g_variant_get (backing, "(&s&s&sxuuxxb)", &row->uri, &row->address, &row->transport,
                 &row->rtt, &row->successes, &row->failures, &row->success_age,
                 &row->failure_age, &row->in_use);
  return row;
}

/**
 * fram_network_list_servers:
 * @self: What is known.
 *
 * Lists the servers, each at each of its addresses.
 *
 * Returns: (transfer container) (element-type FramNetworkServer): The servers.
 */
GPtrArray *
fram_network_list_servers (FramNetwork *self)
{
  return read_rows (self->backing, REPLY_SERVERS, read_server,
                    (GDestroyNotify) fram_network_server_unref);
}

static gpointer
read_mapping (GVariant *backing)
{
  FramMapping *row = g_atomic_rc_box_new0 (FramMapping);

  row->backing = backing;
  g_variant_get (backing, "(uu&s&s&s&s&suxxx)", &row->socket, &row->lane, &row->interface,
                 &row->local_address, &row->server_address, &row->mapped_address,
                 &row->state, &row->sessions, &row->interval, &row->next, &row->age);
  return row;
}

/**
 * fram_network_list_mappings:
 * @self: What is known.
 *
 * Lists the addresses outside that sessions share.
 *
 * Returns: (transfer container) (element-type FramMapping): The mappings.
 */
GPtrArray *
fram_network_list_mappings (FramNetwork *self)
{
  return read_rows (self->backing, REPLY_MAPPINGS, read_mapping,
                    (GDestroyNotify) fram_mapping_unref);
}

static gpointer
read_deaf (GVariant *backing)
{
  FramDeafWay *row = g_atomic_rc_box_new0 (FramDeafWay);

  row->backing = backing;
  g_variant_get (backing, "(&s&s&s&sxx)", &row->interface, &row->family, &row->uri,
                 &row->transport, &row->first_age, &row->last_age);
  return row;
}

/**
 * fram_network_list_deaf:
 * @self: What is known.
 *
 * Lists the ways to servers that end in silence.
 *
 * Returns: (transfer container) (element-type FramDeafWay): The ways.
 */
GPtrArray *
fram_network_list_deaf (FramNetwork *self)
{
  return read_rows (self->backing, REPLY_DEAF, read_deaf,
                    (GDestroyNotify) fram_deaf_way_unref);
}

/* --- The history ------------------------------------------------------------------- */

static gpointer
read_past_session (GVariant *backing)
{
  FramPastSession *row = g_atomic_rc_box_new0 (FramPastSession);

  row->backing = backing;
  g_variant_get (backing, "(x&s&sxx&s&s&sxtt)", &row->id, &row->application, &row->label,
                 &row->started, &row->ended, &row->state, &row->cause, &row->path,
                 &row->rtt, &row->bytes_sent, &row->bytes_received);
  return row;
}

GPtrArray *
fram_past_sessions_from_reply (GVariant *reply)
{
  return read_rows (reply, 0, read_past_session,
                    (GDestroyNotify) fram_past_session_unref);
}
