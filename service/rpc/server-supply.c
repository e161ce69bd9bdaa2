#include "rpc/server-supply.h"

#include "io/wall-clock.h"
#include "store/shared-secret.h"

struct _FramServerSupply
{
  FramSettings *settings;
  FramSecrets *secrets;
  FramDriver *driver;
  FramWallClock *clock;
  GHashTable *made; /* id -> Made */
};

/* A credential made from a shared secret.  It is kept as long as it is good: to the server
 * another user name is another user, who has no allocation yet. */
typedef struct
{
  char *secret, *user; /* what it was made of */
  gint64 when;
  char *username, *password;
} Made;

static void
made_free (gpointer data)
{
  Made *made = data;

  fram_secret_free (made->secret);
  fram_secret_free (made->password);
  g_free (made->user);
  g_free (made->username);
  g_free (made);
}

static Made *
make (const FramServerEntry *server, const char *secret, gint64 now)
{
  Made *made = g_new0 (Made, 1);

  made->secret = g_strdup (secret);
  made->user = g_strdup (server->username);
  made->when = now;
  fram_shared_secret_make (secret, server->username, now, &made->username,
                           &made->password);
  return made;
}

/* Moves what is still good from the former credentials to the present ones. */
static const Made *
keep_or_make (FramServerSupply *supply, GHashTable *former, const FramServerEntry *server,
              const char *secret, gint64 now)
{
  Made *made = NULL;
  char *id = NULL;

  g_hash_table_steal_extended (former, server->id, (gpointer *) &id, (gpointer *) &made);
  g_free (id);
  if (made != NULL
      && (!g_str_equal (made->secret, secret)
          || !g_str_equal (made->user, server->username)
          || fram_shared_secret_is_old (made->when, now)))
    g_clear_pointer (&made, made_free);
  if (made == NULL)
    made = make (server, secret, now);
  g_hash_table_insert (supply->made, g_strdup (server->id), made);
  return made;
}

/* Return: FALSE: it is of no use without the secret that is not known. */
static gboolean
describe (FramServerSupply *supply, GHashTable *former, const FramServerEntry *server,
          gint64 now, FramServerOption *ret_option)
{
  FramSecretStorage storage;
  const char *secret = fram_secrets_get (supply->secrets, server, &storage);
  const Made *made;

  *ret_option = (FramServerOption){
    .uri = server->uri,
    .authority = server->authority[0] != '\0' ? server->authority : NULL,
  };
  switch (server->credential)
    {
    case FRAM_CREDENTIAL_NONE:
      return TRUE;
    case FRAM_CREDENTIAL_LONG_TERM:
      ret_option->username = server->username;
      ret_option->password = secret;
      return secret != NULL;
    case FRAM_CREDENTIAL_SHARED_SECRET:
      if (secret == NULL)
        return FALSE;
      made = keep_or_make (supply, former, server, secret, now);
      ret_option->username = made->username;
      ret_option->password = made->password;
      return TRUE;
    }
  g_assert_not_reached ();
}

/* When the first of the credentials is to be made anew; 0: there is none. */
static gint64
find_renewal (FramServerSupply *supply)
{
  GHashTableIter iter;
  gint64 first = 0;
  Made *made;

  g_hash_table_iter_init (&iter, supply->made);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &made))
    {
      gint64 renewal = made->when + FRAM_SHARED_SECRET_RENEWAL;

      first = first == 0 ? renewal : MIN (first, renewal);
    }
  return first;
}

static GHashTable *
new_credentials (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, made_free);
}

static void
hand_over (FramServerSupply *supply)
{
  const GPtrArray *servers = fram_servers_list (supply->settings);
  g_autoptr (GHashTable) former = g_steal_pointer (&supply->made);
  FramServerOption options[FRAM_MAX_SERVERS];
  gint64 now = fram_wall_clock_now ();
  guint n = 0;

  supply->made = new_credentials ();
  for (guint i = 0; i < servers->len && n < FRAM_MAX_SERVERS; i++)
    {
      const FramServerEntry *server = servers->pdata[i];

      if (server->enabled && describe (supply, former, server, now, &options[n]))
        n++;
    }
  fram_broker_set_servers (fram_driver_get_broker (supply->driver), options, n,
                           fram_driver_now ());
  fram_driver_kick (supply->driver);
  fram_wall_clock_set (supply->clock, find_renewal (supply));
}

static void
on_settings_changed (FramSettings *settings, guint changed, gpointer user_data)
{
  if ((changed & FRAM_SETTINGS_SERVERS) != 0)
    hand_over (user_data);
}

static void
on_secrets_changed (FramSecrets *secrets, gpointer user_data)
{
  hand_over (user_data);
}

FramServerSupply *
fram_server_supply_new (FramSettings *settings, FramSecrets *secrets, FramDriver *driver)
{
  FramServerSupply *supply = g_new0 (FramServerSupply, 1);

  supply->settings = settings;
  supply->secrets = secrets;
  supply->driver = driver;
  supply->made = new_credentials ();
  supply->clock = fram_wall_clock_new (NULL, (FramWallClockDue) hand_over, supply);
  fram_settings_add_listener (settings, on_settings_changed, supply);
  fram_secrets_add_listener (secrets, on_secrets_changed, supply);
  hand_over (supply);
  return supply;
}

void
fram_server_supply_free (FramServerSupply *supply)
{
  if (supply == NULL)
    return;
  fram_settings_remove_listener (supply->settings, supply);
  fram_secrets_remove_listener (supply->secrets, supply);
  fram_wall_clock_free (supply->clock);
  g_hash_table_unref (supply->made);
  g_free (supply);
}
