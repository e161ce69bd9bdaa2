/* How a session is created.
 *
 * The session listens at its future path before the call is made, so that no signal is
 * missed; for that the service must be known by its unique name, and is started first if
 * it does not run. */
#include "bus-error.h"
#include "client-private.h"
#include "fram-error.h"
#include "options-variant.h"
#include "session-private.h"

#define DBUS_NAME "org.freedesktop.DBus"
#define DBUS_PATH "/org/freedesktop/DBus"

/* Return: (transfer full): the path that a session with `token` will have. */
static char *
predict_path (FramClient *client, const char *token)
{
  g_autofree char *sender
      = g_strdup (g_dbus_connection_get_unique_name (client->connection));

  g_strdelimit (sender, ".", '_');
  return g_strconcat (FRAM_BUS_PATH "/session/", sender + 1, "/", token, NULL);
}

/* Random, as there may be several clients on one connection; short, as people see it in
 * lists.  Return: (transfer full) */
static char *
make_token (void)
{
  return g_strdup_printf ("%08x%08x", g_random_int (), g_random_int ());
}

/* A call that is about to be made. */
typedef struct
{
  FramSession *session;
  GVariant *arguments;
  GUnixFDList *descriptors;
} Creation;

static void
creation_clear (Creation *creation)
{
  g_clear_object (&creation->session);
  g_clear_pointer (&creation->arguments, g_variant_unref);
  g_clear_object (&creation->descriptors);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Creation, creation_clear)

static gboolean
prepare (FramClient *self, const char *owner, FramSessionOptions *options,
         Creation *ret_creation, GError **error)
{
  g_autofree char *token = make_token ();
  g_autofree char *path = NULL;
  GVariant *wanted;

  path = predict_path (self, token);
  wanted = fram_session_options_to_variant (options, token, &ret_creation->descriptors,
                                            error);
  if (wanted == NULL)
    return FALSE;
  ret_creation->arguments = g_variant_ref_sink (g_variant_new_tuple (&wanted, 1));
  ret_creation->session = fram_session_new (self, owner, path, options);
  return TRUE;
}

/* Gives up `session` if the service did not create it.  A call that was cancelled may
 * have succeeded all the same: such a session is closed with its last reference. */
static gboolean
check_created (FramSession *session, GVariant *reply, GError *failure, GError **error)
{
  const char *path;

  if (reply == NULL)
    {
      if (!g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        fram_session_abandon (session);
      g_propagate_error (error, fram_bus_error_translate (failure, FRAM_CALLEE_SERVICE));
      return FALSE;
    }
  g_variant_get (reply, "(&o)", &path);
  if (g_str_equal (path, fram_session_get_path (session)))
    return fram_session_check_open (session, error);
  fram_session_abandon (session);
  g_set_error (error, FRAM_ERROR, FRAM_ERROR_FAILED,
               "The service put the session at %s, where it was not expected.", path);
  return FALSE;
}

/* --- Without blocking -------------------------------------------------------------- */

static void
on_created (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  FramSession *session = g_object_get_data (G_OBJECT (task), "session");
  GError *failure = NULL, *error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (
      G_DBUS_CONNECTION (source), NULL, result, &failure);

  if (check_created (session, reply, failure, &error))
    g_task_return_pointer (task, g_object_ref (session), g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
create (GTask *task, const char *owner)
{
  FramClient *self = g_task_get_source_object (task);
  g_auto (Creation) creation = { NULL };
  GError *error = NULL;

  if (!prepare (self, owner, g_task_get_task_data (task), &creation, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  g_object_set_data_full (G_OBJECT (task), "session", g_object_ref (creation.session),
                          g_object_unref);
  g_dbus_connection_call_with_unix_fd_list (
      self->connection, owner, FRAM_BUS_PATH, FRAM_BUS_NAME ".Manager", "CreateSession",
      creation.arguments, G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
      creation.descriptors, g_task_get_cancellable (task), on_created, task);
}

static void
on_owner_found (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  const char *owner;

  if (reply == NULL)
    {
      g_task_return_error (task, fram_bus_error_translate (error, FRAM_CALLEE_SERVICE));
      return;
    }
  g_variant_get (reply, "(&s)", &owner);
  create (g_steal_pointer (&task), owner);
}

static void
find_owner (FramClient *self, GTask *task)
{
  g_dbus_connection_call (self->connection, DBUS_NAME, DBUS_PATH, DBUS_NAME,
                          "GetNameOwner", g_variant_new ("(s)", FRAM_BUS_NAME),
                          G_VARIANT_TYPE ("(s)"), G_DBUS_CALL_FLAGS_NONE, -1,
                          g_task_get_cancellable (task), on_owner_found, task);
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  FramClient *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    find_owner (self, g_steal_pointer (&task));
  else
    g_task_return_error (task, fram_bus_error_translate (error, FRAM_CALLEE_SERVICE));
}

/**
 * fram_client_create_session_async:
 * @self: A client.
 * @options: (nullable): What is wanted; %NULL: nothing special.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called with the session.
 * @user_data: Data for @callback.
 *
 * Creates a session.  Its signals come after @callback, so none is missed by who connects
 * to them there.
 */
void
fram_client_create_session_async (FramClient *self, FramSessionOptions *options,
                                  GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autofree char *owner = NULL;
  GTask *task;

  g_return_if_fail (FRAM_IS_CLIENT (self));
  g_return_if_fail (options == NULL || FRAM_IS_SESSION_OPTIONS (options));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, fram_client_create_session_async);
  g_task_set_task_data (
      task, options != NULL ? g_object_ref (options) : fram_session_options_new (),
      g_object_unref);
  owner = g_dbus_proxy_get_name_owner (G_DBUS_PROXY (self->manager));
  if (owner != NULL)
    create (task, owner);
  else
    g_dbus_connection_call (
        self->connection, DBUS_NAME, DBUS_PATH, DBUS_NAME, "StartServiceByName",
        g_variant_new ("(su)", FRAM_BUS_NAME, 0), G_VARIANT_TYPE ("(u)"),
        G_DBUS_CALL_FLAGS_NONE, -1, cancellable, on_started, task);
}

/**
 * fram_client_create_session_finish:
 * @self: A client.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Client.create_session_async].
 *
 * Fails with %FRAM_ERROR_INVALID_ARGUMENT if an option is wrong, with
 * %FRAM_ERROR_INVALID_DESCRIPTION or %FRAM_ERROR_INVALID_CANDIDATE if the remote
 * description is, with %FRAM_ERROR_LIMIT_EXCEEDED if there are too many sessions, with
 * %FRAM_ERROR_NOT_SUPPORTED if the service cannot do what is wanted.
 *
 * Returns: (transfer full): The session.
 */
FramSession *
fram_client_create_session_finish (FramClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Blocking ---------------------------------------------------------------------- */

/* Return: (transfer full): the unique name of the service. */
static char *
find_owner_sync (FramClient *self, GCancellable *cancellable, GError **error)
{
  char *owner = g_dbus_proxy_get_name_owner (G_DBUS_PROXY (self->manager));
  g_autoptr (GVariant) started = NULL;
  g_autoptr (GVariant) found = NULL;

  if (owner != NULL)
    return owner;
  started = g_dbus_connection_call_sync (
      self->connection, DBUS_NAME, DBUS_PATH, DBUS_NAME, "StartServiceByName",
      g_variant_new ("(su)", FRAM_BUS_NAME, 0), G_VARIANT_TYPE ("(u)"),
      G_DBUS_CALL_FLAGS_NONE, -1, cancellable, error);
  if (started == NULL)
    return NULL;
  found = g_dbus_connection_call_sync (
      self->connection, DBUS_NAME, DBUS_PATH, DBUS_NAME, "GetNameOwner",
      g_variant_new ("(s)", FRAM_BUS_NAME), G_VARIANT_TYPE ("(s)"),
      G_DBUS_CALL_FLAGS_NONE, -1, cancellable, error);
  if (found != NULL)
    g_variant_get (found, "(s)", &owner);
  return owner;
}

/**
 * fram_client_create_session_sync:
 * @self: A client.
 * @options: (nullable): What is wanted; %NULL: nothing special.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Creates a session.  Blocks meanwhile; its signals come when the main context runs next.
 *
 * Fails as [method@Client.create_session_finish].
 *
 * Returns: (transfer full): The session.
 */
FramSession *
fram_client_create_session_sync (FramClient *self, FramSessionOptions *options,
                                 GCancellable *cancellable, GError **error)
{
  g_autoptr (FramSessionOptions) wanted
      = options != NULL ? g_object_ref (options) : fram_session_options_new ();
  g_auto (Creation) creation = { NULL };
  g_autofree char *owner = NULL;
  g_autoptr (GVariant) reply = NULL;
  GError *failure = NULL;

  g_return_val_if_fail (FRAM_IS_CLIENT (self), NULL);

  owner = find_owner_sync (self, cancellable, &failure);
  if (owner == NULL)
    {
      g_propagate_error (error, fram_bus_error_translate (failure, FRAM_CALLEE_SERVICE));
      return NULL;
    }
  if (!prepare (self, owner, wanted, &creation, error))
    return NULL;
  reply = g_dbus_connection_call_with_unix_fd_list_sync (
      self->connection, owner, FRAM_BUS_PATH, FRAM_BUS_NAME ".Manager", "CreateSession",
      creation.arguments, G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
      creation.descriptors, NULL, cancellable, &failure);
  if (!check_created (creation.session, reply, failure, error))
    return NULL;
  return g_steal_pointer (&creation.session);
}
