/* TestServer: a server is described, its secret read or remembered, and the broker asked; the
 * answer comes with FRAM_EVENT_SERVER_TESTED.  Who leaves the bus meanwhile is forgotten. */
#include "rpc/server-tests.h"

#include <string.h>

#include "broker/server-failures.h"
#include "broker/server-test.h"
#include "dbus/names.h"
#include "io/wall-clock.h"
#include "rpc/errors.h"
#include "rpc/owners.h"
#include "rpc/passwords.h"
#include "rpc/server-options.h"
#include "store/known-words.h"
#include "store/shared-secret.h"

struct _FramServerTests
{
  FramOwners *callers; /* those who wait */
  FramSettings *settings;
  FramSecrets *secrets;
  FramDriver *driver;
  GList *under_way; /* TestCall, the newest first */
};

typedef struct
{
  FramServerTests *tests;
  FramCall *call;
  FramServerEntry *server;
  gboolean lacks_secret;      /* it is asked without the one that it is said to need */
  FramPasswordReader *reader; /* NULL: nothing is read */
  guint16 id;                 /* of the broker's test; 0: it has not begun */
  char secret[FRAM_SERVER_MAX_SECRET + 1];
} TestCall;

/* Return: the call, to be answered. */
static FramCall *
stop (TestCall *test)
{
  FramServerTests *tests = test->tests;
  FramCall *call = test->call;

  tests->under_way = g_list_remove (tests->under_way, test);
  fram_owners_release (tests->callers, fram_call_get_sender (call));
  fram_password_reader_free (test->reader);
  fram_server_entry_free (test->server);
  explicit_bzero (test->secret, sizeof test->secret);
  g_free (test);
  return call;
}

static void
fail (TestCall *test, const GError *error)
{
  fram_rpc_fail (stop (test), error);
}

/* --- The answer ------------------------------------------------------------------------ */

static void
add_text (GVariantBuilder *result, const char *key, const char *text)
{
  g_variant_builder_add (result, "{sv}", key, g_variant_new_string (text));
}

static void
add_address (GVariantBuilder *result, const char *key, const FramAddress *address)
{
  char text[FRAM_ADDRESS_TEXT];

  if (address->family != FRAM_FAMILY_NONE)
    add_text (result, key, fram_address_to_text (address, text));
}

/* What the server does, and what to do about it. */
static char *
explain (const TestCall *test, const FramServerTest *found)
{
  FramServerUri uri;

  if (test->lacks_secret && found->step == FRAM_SERVER_STEP_ALLOCATE)
    return g_strdup ("Fram does not know the password of this server. Set it; or unlock "
                     "the keyring, if it is there.");
  fram_server_uri_parse (&uri, test->server->uri, NULL);
  for (guint i = 0; i <= FRAM_SERVER_FAILURE_BAD_ANSWER; i++)
    if (g_str_equal (fram_server_failure_to_word (i), found->cause))
      return g_strdup_printf ("%s %s. %s", uri.host, fram_server_failure_to_predicate (i),
                              found->advice);
  return g_strdup (found->advice);
}

static GVariant *
describe (const TestCall *test, const FramServerTest *found)
{
  g_autofree char *advice = explain (test, found);
  GVariantBuilder result;

  g_variant_builder_init (&result, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&result, "{sv}", "ok",
                         g_variant_new_boolean (found->step == FRAM_SERVER_STEP_DONE));
  add_text (&result, "step", fram_server_step_to_word (found->step));
  add_text (&result, "cause", found->cause);
  add_text (&result, "advice", advice);
  add_text (&result, "transport", fram_known_transport_to_word (found->transport));
  add_address (&result, "server", &found->server);
  add_address (&result, "mapped", &found->mapped);
  add_address (&result, "relayed", &found->relayed[0]);
  add_address (&result, "relayed-6", &found->relayed[1]);
  g_variant_builder_add (&result, "{sv}", "rtt", g_variant_new_int64 (found->rtt));
  g_variant_builder_add (&result, "{sv}", "took", g_variant_new_int64 (found->took));
  g_variant_builder_add (&result, "{sv}", "lifetime",
                         g_variant_new_uint32 (found->lifetime));
  return g_variant_new ("(a{sv})", &result);
}

void
fram_server_tests_ended (FramServerTests *tests, guint16 id)
{
  const FramServerTest *found
      = fram_broker_get_server_test (fram_driver_get_broker (tests->driver), id);

  for (GList *link = tests->under_way; link != NULL; link = link->next)
    {
      TestCall *test = link->data;
      GVariant *body;

      if (test->id != id)
        continue;
      body = describe (test, found);
      fram_call_return (stop (test), body);
      return;
    }
}

/* --- The test -------------------------------------------------------------------------- */

/* `secret` NULL: there is none. */
static void
start (TestCall *test, const char *secret)
{
  FramServerTests *tests = test->tests;
  const FramServerEntry *server = test->server;
  FramServerOption option = { .uri = server->uri };
  g_autofree char *username = g_strdup (server->username);
  g_autoptr (GError) error = NULL;
  char *password = g_strdup (secret);

  if (server->authority[0] != '\0')
    option.authority = server->authority;
  if (server->credential == FRAM_CREDENTIAL_SHARED_SECRET && secret != NULL)
    {
      g_free (username);
      fram_secret_free (password);
      fram_shared_secret_make (secret, server->username, fram_wall_clock_now (),
                               &username, &password);
    }
  test->lacks_secret = server->credential != FRAM_CREDENTIAL_NONE && secret == NULL;
  if (server->credential != FRAM_CREDENTIAL_NONE && secret != NULL)
    {
      option.username = username;
      option.password = password;
    }
  test->id = fram_broker_test_server (fram_driver_get_broker (tests->driver), &option,
                                      fram_driver_now (), &error);
  fram_secret_free (password);
  if (test->id == 0)
    fail (test, error);
  fram_driver_kick (tests->driver);
}

static void
on_read (gsize length, const GError *failure, gpointer user_data)
{
  TestCall *test = user_data;
  FramCredentialKind kind = test->server->credential;
  g_autoptr (GError) error = NULL;

  test->reader = NULL;
  if (failure != NULL)
    fail (test, failure);
  else if (memchr (test->secret, '\0', length) != NULL)
    {
      g_set_error (&error, FRAM_SETTINGS_ERROR, FRAM_SETTINGS_ERROR_INVALID,
                   "A password or secret has no NUL byte");
      fail (test, error);
    }
  else if (length > 0 && !fram_server_secret_check (kind, test->secret, &error))
    fail (test, error);
  else
    start (test, length > 0 ? test->secret : NULL);
}

/* A secret that is kept is for its server alone: whoever asks for another one to be tried does
 * not make it travel there. */
static const char *
find_secret (TestCall *test, const char *id)
{
  const FramServerEntry *kept = fram_servers_find (test->tests->settings, id, NULL);
  FramSecretStorage storage;
  g_autofree char *origin = NULL, *other = NULL;

  if (kept == NULL)
    return NULL;
  origin = fram_server_entry_get_origin (kept);
  other = fram_server_entry_get_origin (test->server);
  return g_str_equal (origin, other)
             ? fram_secrets_get (test->tests->secrets, kept, &storage)
             : NULL;
}

static guint
count_under_way (FramServerTests *tests, const char *caller)
{
  guint n = 0;

  for (GList *link = tests->under_way; link != NULL; link = link->next)
    n += g_str_equal (fram_call_get_sender (((TestCall *) link->data)->call), caller);
  return n;
}

/* Return: (transfer full): the server as it is to be tried, or NULL. */
static FramServerEntry *
make_server (FramServerTests *tests, const char *id, const FramServerOptions *options,
             GError **error)
{
  const FramServerEntry *kept = NULL;
  g_autoptr (FramServerEntry) server = NULL;

  if (id[0] != '\0')
    {
      kept = fram_servers_find (tests->settings, id, error);
      if (kept == NULL)
        return NULL;
    }
  server = kept != NULL ? fram_server_entry_copy (kept) : fram_server_entry_new ("", "");
  fram_server_fields_apply (&options->fields, server);
  return fram_server_entry_check (server, error) ? g_steal_pointer (&server) : NULL;
}

static void
begin (FramServerTests *tests, FramCall *call, FramServerEntry *server, const char *id,
       gint32 handle)
{
  TestCall *test = g_new0 (TestCall, 1);
  g_autoptr (GError) error = NULL;
  const int *fds;

  test->tests = tests;
  test->call = call;
  test->server = server;
  tests->under_way = g_list_prepend (tests->under_way, test);
  fram_owners_hold (tests->callers, fram_call_get_sender (call));
  if (handle < 0)
    {
      start (test, find_secret (test, id));
      return;
    }
  fds = g_unix_fd_list_peek_fds (fram_call_get_fds (call), NULL);
  test->reader
      = fram_password_reader_new (fds[handle], "Option “secret”", test->secret,
                                  sizeof test->secret - 1, on_read, test, &error);
  if (test->reader == NULL)
    fail (test, error);
}

void
fram_server_tests_begin (FramServerTests *tests, FramCall *call, const char *id,
                         GVariant *options)
{
  g_autoptr (GError) error = NULL;
  FramServerEntry *server = NULL;
  FramServerOptions read;

  if (count_under_way (tests, fram_call_get_sender (call)) >= FRAM_SERVER_TESTS_OF_CALLER)
    {
      fram_call_fail (call, FRAM_ERROR_LIMIT_EXCEEDED,
                      "This application waits for %d tests already",
                      FRAM_SERVER_TESTS_OF_CALLER);
      return;
    }
  if (fram_server_options_read (options, FRAM_SERVER_OPTIONS_FOR_TEST, &read, &error))
    {
      server = make_server (tests, id, &read, &error);
      fram_server_options_clear (&read);
    }
  if (server != NULL)
    begin (tests, call, server, id, read.secret_handle);
  else
    fram_rpc_fail (call, error);
}

/* --- Its life -------------------------------------------------------------------------- */

/* The bus drops the answer; that the call is over is what counts. */
static void
on_caller_gone (const char *name, gpointer user_data)
{
  FramServerTests *tests = user_data;

  for (GList *link = tests->under_way, *next; link != NULL; link = next)
    {
      TestCall *test = link->data;

      next = link->next;
      if (g_str_equal (fram_call_get_sender (test->call), name))
        fram_call_fail (stop (test), FRAM_ERROR_FAILED, "The caller has gone");
    }
}

FramServerTests *
fram_server_tests_new (DBusConnection *connection)
{
  FramServerTests *tests = g_new0 (FramServerTests, 1);

  tests->callers = fram_owners_new (connection, on_caller_gone, NULL, tests);
  return tests;
}

void
fram_server_tests_start (FramServerTests *tests, FramSettings *settings,
                         FramSecrets *secrets, FramDriver *driver)
{
  tests->settings = settings;
  tests->secrets = secrets;
  tests->driver = driver;
}

void
fram_server_tests_free (FramServerTests *tests)
{
  if (tests == NULL)
    return;
  while (tests->under_way != NULL)
    fram_call_fail (stop (tests->under_way->data), FRAM_ERROR_FAILED,
                    "The service is stopping");
  fram_owners_free (tests->callers);
  g_free (tests);
}
