#include "fram-inspector.h"

#include "network-reply.h"
#include "network-watch-private.h"

/**
 * FramNetworkWatch:
 *
 * What is known of the network that the host is attached to, kept up to date while this object
 * is there.
 *
 * Times are pulled with everything else, every [property@Inspector:interval].  They are in
 * microseconds; -1 stands for never, or for not known.
 */

enum
{
  PROP_LOADED = 1,
  PROP_NAME,
  PROP_ATTACHED,
  PROP_FIRST_AGE,
  PROP_LAST_AGE,
  PROP_CHECKING,
  PROP_INTERFACES,
  PROP_SERVERS,
  PROP_MAPPINGS,
  PROP_DEAF,
  PROP_ALLOCATIONS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FramNetworkWatch, fram_network_watch, G_TYPE_OBJECT)

static void
notify (FramNetworkWatch *self, guint property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

/* --- Rows -------------------------------------------------------------------------- */

static char *
join (GVariant *values, const guint *columns, guint n_columns)
{
  GString *key = g_string_new (NULL);

  for (guint i = 0; i < n_columns; i++)
    {
      g_autoptr (GVariant) value = g_variant_get_child_value (values, columns[i]);
      g_autofree char *text = g_variant_print (value, FALSE);

      g_string_append_printf (key, "%s ", text);
    }
  return g_string_free (key, FALSE);
}

/* Name of the interface, address. */
static char *
key_of_interface (GVariant *values)
{
  static const guint columns[] = { 0, 1 };

  return join (values, columns, G_N_ELEMENTS (columns));
}

/* URI, address, transport. */
static char *
key_of_server (GVariant *values)
{
  static const guint columns[] = { 0, 1, 2 };

  return join (values, columns, G_N_ELEMENTS (columns));
}

/* Socket, server. */
static char *
key_of_mapping (GVariant *values)
{
  static const guint columns[] = { 0, 4 };

  return join (values, columns, G_N_ELEMENTS (columns));
}

/* Interface, family, URI, transport. */
static char *
key_of_deaf (GVariant *values)
{
  static const guint columns[] = { 0, 1, 2, 3 };

  return join (values, columns, G_N_ELEMENTS (columns));
}

/* URI, interface, lane, transport. */
static char *
key_of_allocation (GVariant *values)
{
  static const guint columns[] = { 0, 1, 3, 4 };

  return join (values, columns, G_N_ELEMENTS (columns));
}

/* --- Pulling ----------------------------------------------------------------------- */

static void
set_time (FramNetworkWatch *self, gint64 *time, gint64 value, guint property)
{
  if (*time == value)
    return;
  *time = value;
  notify (self, property);
}

static void
set_name (FramNetworkWatch *self, const char *name)
{
  if (g_strcmp0 (self->name, name) == 0)
    return;
  g_free (self->name);
  self->name = g_strdup (name);
  notify (self, PROP_NAME);
}

void
fram_network_watch_take (FramNetworkWatch *self, GVariant *reply)
{
  FramTable *const tables[]
      = { self->interfaces, self->servers, self->mappings, self->deaf };
  gint64 attached, first_age, last_age;
  const char *name;

  g_variant_get_child (reply, 0, "&s", &name);
  g_variant_get_child (reply, 1, "x", &attached);
  g_variant_get_child (reply, 2, "x", &first_age);
  g_variant_get_child (reply, 3, "x", &last_age);
  set_name (self, name);
  set_time (self, &self->attached, attached, PROP_ATTACHED);
  set_time (self, &self->first_age, first_age, PROP_FIRST_AGE);
  set_time (self, &self->last_age, last_age, PROP_LAST_AGE);
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_autoptr (GVariant) rows = g_variant_get_child_value (reply, 4 + i);

      fram_table_replace (tables[i], rows);
    }
  if (self->loaded)
    return;
  self->loaded = TRUE;
  notify (self, PROP_LOADED);
}

static void
on_network (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FramNetworkWatch) self = user_data;
  g_autoptr (GVariant) reply
      = fram_inspector_call_finish (self->inspector, result, NULL, NULL);

  self->pulling = FALSE;
  /* A service that does not answer is told of by the table of sessions. */
  if (reply != NULL && self->inspector->available)
    fram_network_watch_take (self, reply);
}

/* A service that is too old to tell of them has none to show. */
static void
on_allocations (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FramNetworkWatch) self = user_data;
  g_autoptr (GVariant) reply
      = fram_inspector_call_finish (self->inspector, result, NULL, NULL);
  g_autoptr (GVariant) rows = NULL;

  self->pulling_allocations = FALSE;
  if (reply == NULL || !self->inspector->available)
    return;
  rows = g_variant_get_child_value (reply, 0);
  fram_table_replace (self->allocations, rows);
}

static void
pull_allocations (FramNetworkWatch *self)
{
  if (self->pulling_allocations || self->inspector->cancellable == NULL)
    return;
  self->pulling_allocations = TRUE;
  fram_inspector_call (self->inspector, "GetAllocations", NULL, FRAM_ALLOCATIONS_REPLY,
                       self->inspector->cancellable, on_allocations, g_object_ref (self));
}

void
fram_network_watch_pull (FramNetworkWatch *self)
{
  pull_allocations (self);
  if (self->pulling || self->inspector->cancellable == NULL)
    return;
  self->pulling = TRUE;
  fram_inspector_call (self->inspector, "GetNetwork", NULL, FRAM_NETWORK_REPLY,
                       self->inspector->cancellable, on_network, g_object_ref (self));
}

void
fram_network_watch_forget (FramNetworkWatch *self)
{
  FramTable *const tables[]
      = { self->interfaces, self->servers, self->mappings, self->deaf };

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    fram_table_clear (tables[i]);
  fram_table_clear (self->allocations);
  set_name (self, "");
  set_time (self, &self->attached, -1, PROP_ATTACHED);
  set_time (self, &self->first_age, -1, PROP_FIRST_AGE);
  set_time (self, &self->last_age, -1, PROP_LAST_AGE);
  if (!self->loaded)
    return;
  self->loaded = FALSE;
  notify (self, PROP_LOADED);
}

/* --- The object -------------------------------------------------------------------- */

static void
fram_network_watch_get_property (GObject *object, guint id, GValue *value,
                                 GParamSpec *pspec)
{
  FramNetworkWatch *self = FRAM_NETWORK_WATCH (object);

  switch (id)
    {
    case PROP_LOADED:
      g_value_set_boolean (value, self->loaded);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_ATTACHED:
      g_value_set_int64 (value, self->attached);
      break;
    case PROP_FIRST_AGE:
      g_value_set_int64 (value, self->first_age);
      break;
    case PROP_LAST_AGE:
      g_value_set_int64 (value, self->last_age);
      break;
    case PROP_CHECKING:
      g_value_set_boolean (value, self->n_checks > 0);
      break;
    case PROP_INTERFACES:
      g_value_set_object (value, self->interfaces);
      break;
    case PROP_SERVERS:
      g_value_set_object (value, self->servers);
      break;
    case PROP_MAPPINGS:
      g_value_set_object (value, self->mappings);
      break;
    case PROP_DEAF:
      g_value_set_object (value, self->deaf);
      break;
    case PROP_ALLOCATIONS:
      g_value_set_object (value, self->allocations);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fram_network_watch_finalize (GObject *object)
{
  FramNetworkWatch *self = FRAM_NETWORK_WATCH (object);

  g_ptr_array_remove (self->inspector->network_watches, self);
  g_clear_object (&self->inspector);
  g_clear_object (&self->interfaces);
  g_clear_object (&self->servers);
  g_clear_object (&self->mappings);
  g_clear_object (&self->deaf);
  g_clear_object (&self->allocations);
  g_free (self->name);
  G_OBJECT_CLASS (fram_network_watch_parent_class)->finalize (object);
}

static GParamSpec *
time_property (const char *name)
{
  return g_param_spec_int64 (name, NULL, NULL, -1, G_MAXINT64, -1,
                             G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY
                                 | G_PARAM_STATIC_STRINGS);
}

static GParamSpec *
list_property (const char *name)
{
  return g_param_spec_object (name, NULL, NULL, G_TYPE_LIST_MODEL,
                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

static void
fram_network_watch_class_init (FramNetworkWatchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags readable
      = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = fram_network_watch_get_property;
  object_class->finalize = fram_network_watch_finalize;

  /**
   * FramNetworkWatch:loaded: (getter get_loaded)
   *
   * Whether the lists are filled.
   */
  properties[PROP_LOADED] = g_param_spec_boolean ("loaded", NULL, NULL, FALSE, readable);
  /**
   * FramNetworkWatch:name: (getter get_name)
   *
   * A name of the network for people; empty if it cannot be told which one it is.
   */
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, "", readable);
  /**
   * FramNetworkWatch:attached: (getter get_attached)
   *
   * How long the host is attached to the network.
   */
  properties[PROP_ATTACHED] = time_property ("attached");
  /**
   * FramNetworkWatch:first-age: (getter get_first_age)
   *
   * Since it was seen for the first time.
   */
  properties[PROP_FIRST_AGE] = time_property ("first-age");
  /**
   * FramNetworkWatch:last-age: (getter get_last_age)
   *
   * Since it was seen before this time.
   */
  properties[PROP_LAST_AGE] = time_property ("last-age");
  /**
   * FramNetworkWatch:checking: (getter get_checking)
   *
   * Whether a check that was begun here is under way.
   */
  properties[PROP_CHECKING]
      = g_param_spec_boolean ("checking", NULL, NULL, FALSE, readable);
  /**
   * FramNetworkWatch:interfaces: (getter get_interfaces)
   *
   * The addresses of the host, in order of preference: [class@InterfaceRow].
   */
  properties[PROP_INTERFACES] = list_property ("interfaces");
  /**
   * FramNetworkWatch:servers: (getter get_servers)
   *
   * The servers: [class@ServerRow].
   */
  properties[PROP_SERVERS] = list_property ("servers");
  /**
   * FramNetworkWatch:mappings: (getter get_mappings)
   *
   * The addresses outside that sessions share: [class@MappingRow].
   */
  properties[PROP_MAPPINGS] = list_property ("mappings");
  /**
   * FramNetworkWatch:deaf: (getter get_deaf)
   *
   * The ways to servers that end in silence: [class@DeafRow].
   */
  properties[PROP_DEAF] = list_property ("deaf");
  /**
   * FramNetworkWatch:allocations: (getter get_allocations)
   *
   * The relays that sessions share: [class@AllocationRow].
   */
  properties[PROP_ALLOCATIONS] = list_property ("allocations");
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
fram_network_watch_init (FramNetworkWatch *self)
{
  self->name = g_strdup ("");
  self->attached = self->first_age = self->last_age = -1;
  self->interfaces = fram_table_new (FRAM_TYPE_INTERFACE_ROW, key_of_interface);
  self->servers = fram_table_new (FRAM_TYPE_SERVER_ROW, key_of_server);
  self->mappings = fram_table_new (FRAM_TYPE_MAPPING_ROW, key_of_mapping);
  self->deaf = fram_table_new (FRAM_TYPE_DEAF_ROW, key_of_deaf);
  self->allocations = fram_table_new (FRAM_TYPE_ALLOCATION_ROW, key_of_allocation);
}

/**
 * fram_inspector_watch_network:
 * @self: An inspector.
 *
 * Shows what is known of the network, until the object is released.
 *
 * Returns: (transfer full): The network.
 */
FramNetworkWatch *
fram_inspector_watch_network (FramInspector *self)
{
  FramNetworkWatch *watch;

  g_return_val_if_fail (FRAM_IS_INSPECTOR (self), NULL);

  watch = g_object_new (FRAM_TYPE_NETWORK_WATCH, NULL);
  watch->inspector = g_object_ref (self);
  g_ptr_array_add (self->network_watches, watch);
  fram_network_watch_pull (watch);
  return watch;
}

/**
 * fram_network_watch_get_loaded:
 * @self: The network.
 *
 * Tells whether the lists are filled.
 *
 * Returns: Whether they are.
 */
gboolean
fram_network_watch_get_loaded (FramNetworkWatch *self)
{
  g_return_val_if_fail (FRAM_IS_NETWORK_WATCH (self), FALSE);

  return self->loaded;
}

/**
 * fram_network_watch_get_name:
 * @self: The network.
 *
 * Gives a name of the network for people.
 *
 * Returns: (transfer none): The name; empty if it cannot be told which one it is.
 */
const char *
fram_network_watch_get_name (FramNetworkWatch *self)
{
  g_return_val_if_fail (FRAM_IS_NETWORK_WATCH (self), NULL);

  return self->name;
}

/**
 * fram_network_watch_get_attached:
 * @self: The network.
 *
 * Tells how long the host is attached to the network.
 *
 * Returns: Microseconds; -1 if it cannot be told which one it is.
 */
gint64
fram_network_watch_get_attached (FramNetworkWatch *self)
{
  g_return_val_if_fail (FRAM_IS_NETWORK_WATCH (self), -1);

  return self->attached;
}

/**
 * fram_network_watch_get_first_age:
 * @self: The network.
 *
 * Tells when the host was attached to the network for the first time.
 *
 * Returns: Microseconds ago; -1 if this is the first time.
 */
gint64
fram_network_watch_get_first_age (FramNetworkWatch *self)
{
  g_return_val_if_fail (FRAM_IS_NETWORK_WATCH (self), -1);

  return self->first_age;
}

/**
 * fram_network_watch_get_last_age:
 * @self: The network.
 *
 * Tells when the host was attached to the network before this time.
 *
 * Returns: Microseconds ago; -1 if this is the first time.
 */
gint64
fram_network_watch_get_last_age (FramNetworkWatch *self)
{
  g_return_val_if_fail (FRAM_IS_NETWORK_WATCH (self), -1);

  return self->last_age;
}

/**
 * fram_network_watch_get_checking:
 * @self: The network.
 *
 * Tells whether a check that was begun here is under way.
 *
 * Returns: Whether one is.
 */
gboolean
fram_network_watch_get_checking (FramNetworkWatch *self)
{
  g_return_val_if_fail (FRAM_IS_NETWORK_WATCH (self), FALSE);

  return self->n_checks > 0;
}

/**
 * fram_network_watch_get_interfaces:
 * @self: The network.
 *
 * Gives the addresses of the host, in order of preference.
 *
 * Returns: (transfer none): A list of [class@InterfaceRow].
 */
GListModel *
fram_network_watch_get_interfaces (FramNetworkWatch *self)
{
  g_return_val_if_fail (FRAM_IS_NETWORK_WATCH (self), NULL);

  return G_LIST_MODEL (self->interfaces);
}

/**
 * fram_network_watch_get_servers:
 * @self: The network.
 *
 * Gives the servers, each at each of its addresses.
 *
 * Returns: (transfer none): A list of [class@ServerRow].
 */
GListModel *
fram_network_watch_get_servers (FramNetworkWatch *self)
{
  g_return_val_if_fail (FRAM_IS_NETWORK_WATCH (self), NULL);

  return G_LIST_MODEL (self->servers);
}

/**
 * fram_network_watch_get_mappings:
 * @self: The network.
 *
 * Gives the addresses outside that sessions share.
 *
 * Returns: (transfer none): A list of [class@MappingRow].
 */
GListModel *
fram_network_watch_get_mappings (FramNetworkWatch *self)
{
  g_return_val_if_fail (FRAM_IS_NETWORK_WATCH (self), NULL);

  return G_LIST_MODEL (self->mappings);
}

/**
 * fram_network_watch_get_deaf:
 * @self: The network.
 *
 * Gives the ways to servers that end in silence.
 *
 * Returns: (transfer none): A list of [class@DeafRow].
 */
GListModel *
fram_network_watch_get_deaf (FramNetworkWatch *self)
{
  g_return_val_if_fail (FRAM_IS_NETWORK_WATCH (self), NULL);

  return G_LIST_MODEL (self->deaf);
}

/**
 * fram_network_watch_get_allocations:
 * @self: The network.
 *
 * Gives the relays at TURN servers that sessions share.
 *
 * Returns: (transfer none): A list of [class@AllocationRow].
 */
GListModel *
fram_network_watch_get_allocations (FramNetworkWatch *self)
{
  g_return_val_if_fail (FRAM_IS_NETWORK_WATCH (self), NULL);

  return G_LIST_MODEL (self->allocations);
}
