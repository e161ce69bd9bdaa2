#include "store/keyring.h"

#include <libsecret/secret.h>

#include "store/keyring-unlock.h"

struct _FramKeyring
{
  FramKeyringChanged changed;
  gpointer user_data;
  GPtrArray *questions; /* FramKeyringQuestion: those to be answered */
  GDBusConnection *bus; /* NULL before the first question */
  guint subscriptions[2];
  guint watch;
};

/* Two hold it: the keyring until it is answered or cancelled, and what is under way in
 * libsecret, which may take longer. */
struct _FramKeyringQuestion
{
  gint n_refs;
  FramKeyring *keyring; /* NULL: nobody waits for the answer */
  FramKeyringAnswer answer;
  gpointer user_data;
  GCancellable *cancellable;
  GSource *patience;
  void (*ask) (FramKeyringQuestion *question);
  char *id, *origin, *user;
  SecretValue *value;        /* to be stored */
  FramKeyringUnlock *unlock; /* NULL: it is not asked for */
};

/* `server` is the origin; `user` is for people who look into their keyring.  GNOME Keyring does
 * not find anything by the name of the schema as long as a keyring is locked, so the first
 * attribute has a name that nobody else uses. */
static const SecretSchema schema = {
  "org.fram.Fram.Server",
  SECRET_SCHEMA_DONT_MATCH_NAME,
  { { "fram-id", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "server", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "user", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL, 0 } },
};

/* --- Questions ------------------------------------------------------------------------- */

static void
release (FramKeyringQuestion *question)
{
  if (--question->n_refs > 0)
    return;
  g_object_unref (question->cancellable);
  g_clear_pointer (&question->value, secret_value_unref);
  g_free (question->id);
  g_free (question->origin);
  g_free (question->user);
  g_free (question);
}

/* Nobody waits for it any more. */
static void
detach (FramKeyringQuestion *question)
{
  g_ptr_array_remove_fast (question->keyring->questions, question);
  question->keyring = NULL;
  g_clear_pointer (&question->unlock, fram_keyring_unlock_free);
  g_source_destroy (question->patience);
  g_clear_pointer (&question->patience, g_source_unref);
}

static void
finish (FramKeyringQuestion *question, FramKeyringResult result, const char *secret)
{
  if (question->keyring == NULL)
    return;
  detach (question);
  if (question->answer != NULL)
    question->answer (result, secret, question->user_data);
  release (question);
}

void
fram_keyring_cancel (FramKeyringQuestion *question)
{
  detach (question);
  g_cancellable_cancel (question->cancellable);
  release (question);
}

static gboolean
on_patience_over (gpointer user_data)
{
  FramKeyringQuestion *question = user_data;

  question->n_refs++;
  /* A prompt is taken away by this; what comes of it comes too late. */
  g_cancellable_cancel (question->cancellable);
  finish (question, FRAM_KEYRING_ABSENT, NULL);
  release (question);
  return G_SOURCE_REMOVE;
}

/* Errors of libsecret name the keyring and no secret. */
static void
give_up (FramKeyringQuestion *question, const GError *error)
{
  g_debug ("The keyring: %s", error->message);
  finish (question,
          g_error_matches (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED)
              ? FRAM_KEYRING_LOCKED
              : FRAM_KEYRING_ABSENT,
          NULL);
}

/* --- Looking up ------------------------------------------------------------------------ */

static void
take_items (FramKeyringQuestion *question, GList *items)
{
  FramKeyringResult result = FRAM_KEYRING_UNKNOWN;
  SecretValue *value = NULL;

  for (GList *link = items; link != NULL && value == NULL; link = link->next)
    {
      if (secret_item_get_locked (link->data))
        result = FRAM_KEYRING_LOCKED;
      else
        value = secret_item_get_secret (link->data);
    }
  if (value != NULL && secret_value_get_text (value) != NULL)
    finish (question, FRAM_KEYRING_DONE, secret_value_get_text (value));
  else
    finish (question, result, NULL);
  g_clear_pointer (&value, secret_value_unref);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  FramKeyringQuestion *question = user_data;
  g_autoptr (GError) error = NULL;
  GList *items = secret_service_search_finish (NULL, result, &error);

  if (error != NULL)
    give_up (question, error);
  else
    take_items (question, items);
  g_list_free_full (items, g_object_unref);
  release (question);
}

static void
ask_to_look_up (FramKeyringQuestion *question)
{
  g_autoptr (GHashTable) attributes
      = secret_attributes_build (&schema, "fram-id", question->id, NULL);

  if (question->origin != NULL)
    g_hash_table_insert (attributes, g_strdup ("server"), g_strdup (question->origin));
  question->n_refs++;
  secret_service_search (NULL, &schema, attributes,
                         SECRET_SEARCH_ALL | SECRET_SEARCH_LOAD_SECRETS,
                         question->cancellable, on_found, question);
}

/* --- Storing, and forgetting ------------------------------------------------------------ */

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  FramKeyringQuestion *question = user_data;
  g_autoptr (GError) error = NULL;

  if (secret_service_store_finish (NULL, result, &error))
    finish (question, FRAM_KEYRING_DONE, NULL);
  else
    give_up (question, error);
  release (question);
}

static void
store (FramKeyringQuestion *question)
{
  g_autofree char *label = g_strdup_printf ("Fram: %s", question->origin);
  g_autoptr (GHashTable) attributes
      = secret_attributes_build (&schema, "fram-id", question->id, "server",
                                 question->origin, "user", question->user, NULL);

  question->n_refs++;
  secret_service_store (NULL, &schema, attributes, SECRET_COLLECTION_DEFAULT, label,
                        question->value, question->cancellable, on_stored, question);
}

static void
on_unlocked (gboolean unlocked, gpointer user_data)
{
  FramKeyringQuestion *question = user_data;

  g_clear_pointer (&question->unlock, fram_keyring_unlock_free);
  if (unlocked)
    store (question);
  else
    finish (question, FRAM_KEYRING_LOCKED, NULL);
}

static void
on_collection (GObject *source, GAsyncResult *result, gpointer user_data)
{
  FramKeyringQuestion *question = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretCollection) collection
      = secret_collection_for_alias_finish (result, &error);

  if (error != NULL)
    give_up (question, error);
  else if (collection == NULL)
    finish (question, FRAM_KEYRING_ABSENT, NULL);
  else if (question->keyring == NULL)
    ;
  else if (secret_collection_get_locked (collection))
    /* The user may be asked for its password, which happens for no other question. */
    question->unlock = fram_keyring_unlock_new (
        question->keyring->bus, g_dbus_proxy_get_object_path (G_DBUS_PROXY (collection)),
        on_unlocked, question);
  else
    store (question);
  release (question);
}

static void
ask_to_store (FramKeyringQuestion *question)
{
  question->n_refs++;
  secret_collection_for_alias (NULL, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE,
                               question->cancellable, on_collection, question);
}

/* What is locked is not cleared, and would come back. */
static void
on_cleared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  FramKeyringQuestion *question = user_data;
  g_autoptr (GError) error = NULL;

  secret_service_clear_finish (NULL, result, &error);
  if (error != NULL)
    give_up (question, error);
  else if (question->keyring == NULL)
    ;
  else if (question->value != NULL)
    ask_to_store (question);
  else
    ask_to_look_up (question);
  release (question);
}

/* What is stored anew replaces what was there of another user name too. */
static void
ask_to_clear (FramKeyringQuestion *question)
{
  g_autoptr (GHashTable) attributes
      = secret_attributes_build (&schema, "fram-id", question->id, NULL);

  question->n_refs++;
  secret_service_clear (NULL, &schema, attributes, question->cancellable, on_cleared,
                        question);
}

/* --- The bus --------------------------------------------------------------------------- */

static void
on_signal (GDBusConnection *bus, const char *sender, const char *path,
           const char *interface, const char *name, GVariant *body, gpointer user_data)
{
  FramKeyring *keyring = user_data;

  keyring->changed (keyring->user_data);
}

static void
on_appeared (GDBusConnection *bus, const char *name, const char *owner,
             gpointer user_data)
{
  FramKeyring *keyring = user_data;

  keyring->changed (keyring->user_data);
}

/* Some services tell of a collection by its properties, some by a signal of their own. */
static void
follow (FramKeyring *keyring, GDBusConnection *bus)
{
  keyring->bus = g_object_ref (bus);
  keyring->subscriptions[0] = g_dbus_connection_signal_subscribe (
      bus, FRAM_SECRET_SERVICE, "org.freedesktop.DBus.Properties", "PropertiesChanged",
      NULL, "org.freedesktop.Secret.Collection", G_DBUS_SIGNAL_FLAGS_NONE, on_signal,
      keyring, NULL);
  keyring->subscriptions[1] = g_dbus_connection_signal_subscribe (
      bus, FRAM_SECRET_SERVICE, "org.freedesktop.Secret.Service", NULL, NULL, NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, on_signal, keyring, NULL);
  keyring->watch = g_bus_watch_name_on_connection (bus, FRAM_SECRET_SERVICE,
                                                   G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                   on_appeared, NULL, keyring, NULL);
}

/* libsecret takes the same connection. */
static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  FramKeyringQuestion *question = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, &error);

  if (bus == NULL)
    give_up (question, error);
  else if (question->keyring != NULL)
    {
      /* The end of the bus is not the end of the process before it has cleaned up. */
      g_dbus_connection_set_exit_on_close (bus, FALSE);
      if (question->keyring->bus == NULL)
        follow (question->keyring, bus);
      question->ask (question);
    }
  release (question);
}

static FramKeyringQuestion *
begin (FramKeyring *keyring, void (*ask) (FramKeyringQuestion *), const char *id,
       const char *origin, FramKeyringAnswer answer, gpointer user_data)
{
  FramKeyringQuestion *question = g_new0 (FramKeyringQuestion, 1);

  question->n_refs = 2;
  question->keyring = keyring;
  question->answer = answer;
  question->user_data = user_data;
  question->ask = ask;
  question->id = g_strdup (id);
  question->origin = g_strdup (origin);
  question->cancellable = g_cancellable_new ();
  question->patience = g_timeout_source_new (FRAM_KEYRING_PATIENCE);
  g_source_set_callback (question->patience, on_patience_over, question, NULL);
  g_source_attach (question->patience, g_main_context_get_thread_default ());
  g_ptr_array_add (keyring->questions, question);
  /* Not to be cancelled: all who ask at this time share the one connection, and its end. */
  g_bus_get (G_BUS_TYPE_SESSION, NULL, on_bus, question);
  return question;
}

/* --- The keyring ----------------------------------------------------------------------- */

FramKeyring *
fram_keyring_new (FramKeyringChanged changed, gpointer user_data)
{
  FramKeyring *keyring = g_new0 (FramKeyring, 1);

  keyring->changed = changed;
  keyring->user_data = user_data;
  keyring->questions = g_ptr_array_new ();
  return keyring;
}

void
fram_keyring_free (FramKeyring *keyring)
{
  if (keyring == NULL)
    return;
  while (keyring->questions->len > 0)
    fram_keyring_cancel (keyring->questions->pdata[0]);
  g_ptr_array_unref (keyring->questions);
  if (keyring->bus != NULL)
    {
      for (guint i = 0; i < G_N_ELEMENTS (keyring->subscriptions); i++)
        g_dbus_connection_signal_unsubscribe (keyring->bus, keyring->subscriptions[i]);
      g_bus_unwatch_name (keyring->watch);
      g_object_unref (keyring->bus);
    }
  g_free (keyring);
}

FramKeyringQuestion *
fram_keyring_look_up (FramKeyring *keyring, const char *id, const char *origin,
                      FramKeyringAnswer answer, gpointer user_data)
{
  return begin (keyring, ask_to_look_up, id, origin, answer, user_data);
}

FramKeyringQuestion *
fram_keyring_store (FramKeyring *keyring, const char *id, const char *origin,
                    const char *user, const char *secret, FramKeyringAnswer answer,
                    gpointer user_data)
{
  FramKeyringQuestion *question
      = begin (keyring, ask_to_clear, id, origin, answer, user_data);

  question->user = g_strdup (user);
  question->value = secret_value_new (secret, -1, "text/plain");
  return question;
}

FramKeyringQuestion *
fram_keyring_forget (FramKeyring *keyring, const char *id, FramKeyringAnswer answer,
                     gpointer user_data)
{
  return begin (keyring, ask_to_clear, id, NULL, answer, user_data);
}
