#include "rpc/creation.h"

#include "dbus/names.h"
#include "rpc/errors.h"
#include "rpc/options.h"
#include "rpc/passwords.h"
#include "rpc/policy.h"
#include "rpc/remote.h"
#include "rpc/session.h"

struct _FramCreations
{
  FramSessions *sessions;
  const FramSettings *settings;
  GHashTable *waiting; /* set of Creation */
  guint64 n_tokens;    /* chosen so far */
};

typedef struct
{
  FramCreations *creations;
  FramCall *call;
  FramRequest *request;
  FramPasswordReader *reader; /* NULL while nothing is waited for */
} Creation;

FramCreations *
fram_creations_new (FramSessions *sessions)
{
  FramCreations *creations = g_new0 (FramCreations, 1);

  creations->sessions = sessions;
  creations->waiting = g_hash_table_new (NULL, NULL);
  return creations;
}

void
fram_creations_set_settings (FramCreations *creations, const FramSettings *settings)
{
  creations->settings = settings;
}

static void
creation_free (Creation *creation)
{
  g_hash_table_remove (creation->creations->waiting, creation);
  fram_request_free (creation->request);
  g_free (creation);
}

void
fram_creations_free (FramCreations *creations)
{
  g_autoptr (GList) waiting = NULL;

  if (creations == NULL)
    return;
  waiting = g_hash_table_get_keys (creations->waiting);
  for (GList *link = waiting; link != NULL; link = link->next)
    {
      Creation *creation = link->data;

      fram_password_reader_free (creation->reader);
      fram_call_fail (creation->call, FRAM_ERROR_FAILED, "The service is stopping");
      creation_free (creation);
    }
  g_hash_table_unref (creations->waiting);
  g_free (creations);
}

/* Return: (transfer full): the path for the caller's token, or NULL: it is taken. */
static char *
find_path (Creation *creation, GError **error)
{
  const char *token = creation->request->token;
  g_autofree char *path
      = fram_sessions_make_path (fram_call_get_sender (creation->call), token);

  if (fram_sessions_find_path (creation->creations->sessions, path) == NULL)
    return g_steal_pointer (&path);
  g_set_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_INVALID_ARGUMENT,
               "There is a session with the token “%s” already", token);
  return NULL;
}

/* Return: (transfer full): a path that is free.  The caller may have used such tokens itself;
 * each round takes the next, and there are no more taken ones than sessions. */
static char *
choose_path (Creation *creation)
{
  FramCreations *creations = creation->creations;
  const char *owner = fram_call_get_sender (creation->call);
  char *path = NULL;

  do
    {
      g_autofree char *token
          = g_strdup_printf ("fram%" G_GUINT64_FORMAT, ++creations->n_tokens);

      g_free (path);
      path = fram_sessions_make_path (owner, token);
    }
  while (fram_sessions_find_path (creations->sessions, path) != NULL);
  return path;
}

/* What the broker did not take at creation: candidates of other streams, and their end. */
static gboolean
add_remote (Creation *creation, FramSessionId id, GError **error)
{
  FramRequest *request = creation->request;
  FramBroker *broker = fram_sessions_get_broker (creation->creations->sessions);
  FramTime now = fram_driver_now ();

  if (request->remote_candidates != NULL
      && !fram_remote_add_candidates (broker, id, request->remote.ufrag,
                                      request->remote_candidates, 1, now, error))
    return FALSE;
  return !request->remote_end
         || fram_broker_end_remote_candidates (broker, id, request->remote.ufrag, now,
                                               error);
}

/* The session and its answer; signals follow with the kick.  The owner may have left while the
 * passwords came: watching it will tell. */
static void
create (Creation *creation)
{
  FramSessions *sessions = creation->creations->sessions;
  FramSessionOptions options = creation->request->session;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  FramBusSession *session = NULL;

  options.owner = fram_call_get_sender (creation->call);
  options.policy = fram_policy_of_session (creation->creations->settings,
                                           creation->request->has_policy, options.policy);
  path = creation->request->token != NULL ? find_path (creation, &error)
                                          : choose_path (creation);
  if (path != NULL)
    session = fram_sessions_create (sessions, path, &options, &error);
  if (session != NULL && creation->request->has_remote
      && !add_remote (creation, session->id, &error))
    {
      fram_sessions_discard (sessions, session);
      session = NULL;
    }

  if (session != NULL)
    fram_call_return (creation->call, g_variant_new ("(o)", path));
  else
    fram_rpc_fail (creation->call, error);
  creation_free (creation);
  fram_driver_kick (fram_sessions_get_driver (sessions));
}

static void
give_up (Creation *creation, const GError *error)
{
  fram_rpc_fail (creation->call, error);
  creation_free (creation);
}

/* --- Passwords --------------------------------------------------------------------- */

static void
on_passwords (gsize length, const GError *failure, gpointer user_data)
{
  Creation *creation = user_data;
  g_autoptr (GError) error = NULL;

  creation->reader = NULL;
  if (failure != NULL)
    give_up (creation, failure);
  else if (!fram_request_apply_passwords (creation->request, length, &error))
    give_up (creation, error);
  else
    create (creation);
}

static void
wait_for_passwords (Creation *creation)
{
  FramRequest *request = creation->request;
  const int *fds = g_unix_fd_list_peek_fds (fram_call_get_fds (creation->call), NULL);
  g_autoptr (GError) error = NULL;

  creation->reader = fram_password_reader_new (
      fds[request->passwords_handle], "Option “passwords”", request->passwords,
      sizeof request->passwords, on_passwords, creation, &error);
  if (creation->reader == NULL)
    give_up (creation, error);
  else
    g_hash_table_add (creation->creations->waiting, creation);
}

void
fram_creations_begin (FramCreations *creations, FramCall *call, GVariant *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FramRequest) request = fram_request_new (options, &error);
  Creation *creation;

  if (request == NULL)
    {
      fram_rpc_fail (call, error);
      return;
    }
  creation = g_new0 (Creation, 1);
  creation->creations = creations;
  creation->call = call;
  creation->request = g_steal_pointer (&request);
  if (creation->request->passwords_handle >= 0)
    wait_for_passwords (creation);
  else
    create (creation);
}
