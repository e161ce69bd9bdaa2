#include "fram-settings.h"

#include "client-private.h"
#include "settings-private.h"

/**
 * FramSettings:
 *
 * The user's settings, as the service keeps them.
 *
 * They are the user's and not an application's: they hold for all applications, and any
 * may change them.  A change acts at once, and is on the disk when the call has returned.
 * Administrators may lock settings, and give other defaults.
 *
 * [struct@Setting] tells what each setting decides and may be; `fram config --help` lists
 * them.
 *
 * Beside them are the servers ([struct@Server]): the STUN and TURN servers that all sessions
 * have besides their own.  Their passwords can be given, and never be read.
 */

enum
{
  PROP_CLIENT = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
static guint changed_signal, servers_changed_signal;

G_DEFINE_FINAL_TYPE (FramSettings, fram_settings, G_TYPE_OBJECT)

/* --- A setting --------------------------------------------------------------------- */

static void
setting_clear (gpointer data)
{
  FramSetting *self = data;

  g_variant_unref (self->value);
  g_variant_unref (self->fallback);
  g_variant_unref (self->backing);
}

/**
 * fram_setting_ref:
 * @self: A setting.
 *
 * Keeps the row for one more owner.
 *
 * Returns: (transfer full): The same row.
 */
FramSetting *
fram_setting_ref (FramSetting *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * fram_setting_unref:
 * @self: (transfer full): A setting.
 *
 * Gives the row up.
 */
void
fram_setting_unref (FramSetting *self)
{
  g_atomic_rc_box_release_full (self, setting_clear);
}

G_DEFINE_BOXED_TYPE (FramSetting, fram_setting, fram_setting_ref, fram_setting_unref)

GPtrArray *
fram_settings_from_reply (GVariant *reply)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) fram_setting_unref);
  g_autoptr (GVariant) table = g_variant_get_child_value (reply, 0);
  gsize n = g_variant_n_children (table);

  for (gsize i = 0; i < n; i++)
    {
      FramSetting *row = g_atomic_rc_box_new0 (FramSetting);

      row->backing = g_variant_get_child_value (table, i);
      g_variant_get (row->backing, "(&svv&s&s&s&s)", &row->name, &row->value,
                     &row->fallback, &row->origin, &row->lock, &row->summary,
                     &row->allowed);
      g_ptr_array_add (rows, row);
    }
  return rows;
}

/* --- The object -------------------------------------------------------------------- */

static void
on_changed (GDBusConnection *connection, const char *sender, const char *path,
            const char *interface, const char *name, GVariant *body, gpointer user_data)
{
  FramSettings *self = user_data;
  g_autoptr (GVariant) values = NULL;

  if (!g_variant_is_of_type (body, G_VARIANT_TYPE ("(a{sv})")))
    return;
  values = g_variant_get_child_value (body, 0);
  g_signal_emit (self, changed_signal, 0, values);
}

static void
on_servers_changed (GDBusConnection *connection, const char *sender, const char *path,
                    const char *interface, const char *name, GVariant *body,
                    gpointer user_data)
{
  g_signal_emit (user_data, servers_changed_signal, 0);
}

static guint
subscribe (FramSettings *self, const char *signal, GDBusSignalCallback callback)
{
  return g_dbus_connection_signal_subscribe (
      self->client->connection, FRAM_BUS_NAME, FRAM_BUS_SETTINGS_INTERFACE, signal,
      FRAM_BUS_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, callback, self, NULL);
}

static void
unsubscribe (FramSettings *self, guint *subscription)
{
  if (*subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->client->connection, *subscription);
  *subscription = 0;
}

/* The service tells of changes to those who have read something, and to those who ask for it.  What
 * it answers is no matter: if it refuses this, it refuses all other calls.  Nobody takes it back:
 * the connection may have other settings, which listen too. */
static void
ask_to_be_told (FramSettings *self)
{
  GDBusProxy *manager = G_DBUS_PROXY (self->client->manager);
  g_autofree char *owner = g_dbus_proxy_get_name_owner (manager);

  if (owner != NULL)
    g_dbus_connection_call (self->client->connection, owner, FRAM_BUS_PATH,
                            FRAM_BUS_SETTINGS_INTERFACE, "Subscribe", NULL, NULL,
                            G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
}

static void
fram_settings_constructed (GObject *object)
{
  FramSettings *self = FRAM_SETTINGS (object);

  G_OBJECT_CLASS (fram_settings_parent_class)->constructed (object);
  self->owner_handler = g_signal_connect_swapped (
      self->client->manager, "notify::g-name-owner", G_CALLBACK (ask_to_be_told), self);
  ask_to_be_told (self);
  self->subscription = subscribe (self, "Changed", on_changed);
  self->servers_subscription = subscribe (self, "ServersChanged", on_servers_changed);
}

static void
fram_settings_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  FramSettings *self = FRAM_SETTINGS (object);

  switch (id)
    {
    case PROP_CLIENT:
      g_value_set_object (value, self->client);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fram_settings_set_property (GObject *object, guint id, const GValue *value,
                            GParamSpec *pspec)
{
  FramSettings *self = FRAM_SETTINGS (object);

  switch (id)
    {
    case PROP_CLIENT:
      self->client = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fram_settings_dispose (GObject *object)
{
  FramSettings *self = FRAM_SETTINGS (object);

  unsubscribe (self, &self->subscription);
  unsubscribe (self, &self->servers_subscription);
  g_clear_signal_handler (&self->owner_handler, self->client->manager);
  G_OBJECT_CLASS (fram_settings_parent_class)->dispose (object);
}

static void
fram_settings_finalize (GObject *object)
{
  FramSettings *self = FRAM_SETTINGS (object);

  g_clear_object (&self->client);
  G_OBJECT_CLASS (fram_settings_parent_class)->finalize (object);
}

static void
fram_settings_class_init (FramSettingsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = fram_settings_constructed;
  object_class->get_property = fram_settings_get_property;
  object_class->set_property = fram_settings_set_property;
  object_class->dispose = fram_settings_dispose;
  object_class->finalize = fram_settings_finalize;

  /**
   * FramSettings:client: (getter get_client)
   *
   * The way to the service.
   */
  properties[PROP_CLIENT] = g_param_spec_object (
      "client", NULL, NULL, FRAM_TYPE_CLIENT,
      G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * FramSettings::changed:
   * @self: The settings.
   * @values: The settings whose value is another now: `a{sv}`.  If it is empty, the
   *   problems are others.
   *
   * Somebody has changed settings, this application or another, or an administrator.
   *
   * While the service does not run nothing is told; what was missed so is found by
   * listing the settings again after [signal@Client::service-lost].
   */
  changed_signal = g_signal_new ("changed", FRAM_TYPE_SETTINGS, G_SIGNAL_RUN_LAST, 0,
                                 NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_VARIANT);

  /**
   * FramSettings::servers-changed:
   * @self: The settings.
   *
   * The list of servers is another now, or the password of one is kept elsewhere: the time
   * to list them again.
   */
  servers_changed_signal
      = g_signal_new ("servers-changed", FRAM_TYPE_SETTINGS, G_SIGNAL_RUN_LAST, 0, NULL,
                      NULL, NULL, G_TYPE_NONE, 0);
}

static void
fram_settings_init (FramSettings *self)
{
}

/**
 * fram_settings_new:
 * @client: The way to the service.
 *
 * Gives the settings of the service that @client has found.  Nothing is read yet.
 *
 * Returns: (transfer full): The settings.
 */
FramSettings *
fram_settings_new (FramClient *client)
{
  g_return_val_if_fail (FRAM_IS_CLIENT (client), NULL);

  return g_object_new (FRAM_TYPE_SETTINGS, "client", client, NULL);
}

/**
 * fram_settings_get_client:
 * @self: Settings.
 *
 * Gives the way to the service.
 *
 * Returns: (transfer none): The client.
 */
FramClient *
fram_settings_get_client (FramSettings *self)
{
  g_return_val_if_fail (FRAM_IS_SETTINGS (self), NULL);

  return self->client;
}
