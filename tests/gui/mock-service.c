#include "mock-service.h"
#include "mock-tables.h"

#include <gio/gunixfdlist.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROOT "/org/fram/Ice1"
#define NAME "org.fram.Ice1"
#define N_INTERFACES 3

static const char *const interfaces[N_INTERFACES]
    = { "Manager", "Inspector", "Settings" };

typedef struct
{
  guint64 session;
  int fd;
} Reader;

struct _MockService
{
  GDBusConnection *bus;
  GDBusNodeInfo *nodes[N_INTERFACES];
  guint registrations[N_INTERFACES];
  guint64 generation;
  guint64 next_id;
  GPtrArray *sessions;
  GHashTable *subscribers; /* names on the bus */
  GArray *readers;
  GHashTable *answers; /* method -> answer */
  GHashTable *counts;
  GHashTable *last;
  GHashTable *failures; /* method -> error; of those that pass, with a "-" before it */
  char *secret;
  int capture; /* the end that packets are written to; -1: nobody wants them */
  const char *problem;
};

/* --- The bus ----------------------------------------------------------------------- */

static GVariant *
call_bus (MockService *self, const char *method, GVariant *arguments)
{
  g_autoptr (GError) error = NULL;
  GVariant *answer = g_dbus_connection_call_sync (
      self->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
      method, arguments, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

  g_assert_no_error (error);
  return answer;
}

void
mock_service_start (MockService *self)
{
  g_variant_unref (call_bus (self, "RequestName", g_variant_new ("(su)", NAME, 4)));
}

void
mock_service_stop (MockService *self)
{
  for (guint i = 0; i < self->readers->len; i++)
    close (g_array_index (self->readers, Reader, i).fd);
  g_array_set_size (self->readers, 0);
  g_hash_table_remove_all (self->subscribers);
  g_variant_unref (call_bus (self, "ReleaseName", g_variant_new ("(s)", NAME)));
}

static void
emit (MockService *self, const char *to, const char *interface, const char *name,
      GVariant *arguments)
{
  g_autofree char *full = g_strconcat (NAME ".", interface, NULL);
  g_autoptr (GError) error = NULL;

  g_dbus_connection_emit_signal (self->bus, to, ROOT, full, name, arguments, &error);
  g_assert_no_error (error);
}

/* --- Answers ----------------------------------------------------------------------- */

static MockSession *
find_session (MockService *self, guint64 id)
{
  for (guint i = 0; i < self->sessions->len; i++)
    {
      MockSession *session = g_ptr_array_index (self->sessions, i);

      if (session->id == id)
        return session;
    }
  return NULL;
}

static GVariant *
sessions_answer (MockService *self)
{
  return g_variant_new ("(tb@a(tosssusssssssssauuxttssssssx)@at)", self->generation, TRUE,
                        mock_tables_sessions (self->sessions),
                        g_variant_new ("at", NULL));
}

static GVariant *
session_answer (MockService *self, GVariant *arguments)
{
  MockSession *session;
  guint64 id, known;

  g_variant_get (arguments, "(tt)", &id, &known);
  session = find_session (self, id);
  return session == NULL ? NULL : mock_tables_session (session, self->generation);
}

/* A descriptor that what is told of the session goes to. */
static GUnixFDList *
open_events (MockService *self, GVariant *arguments)
{
  GUnixFDList *list;
  Reader reader;
  int ends[2];

  g_variant_get (arguments, "(t)", &reader.session);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), ==, 0);
  reader.fd = ends[0];
  g_array_append_val (self->readers, reader);
  list = g_unix_fd_list_new_from_array (&ends[1], 1);
  return list;
}

static GUnixFDList *
open_capture (MockService *self)
{
  int ends[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
  self->capture = ends[0];
  return g_unix_fd_list_new_from_array (&ends[1], 1);
}

static void
read_secret (MockService *self, GDBusMethodInvocation *call)
{
  GUnixFDList *list
      = g_dbus_message_get_unix_fd_list (g_dbus_method_invocation_get_message (call));
  char text[1024];
  gssize length;
  int fd;

  g_clear_pointer (&self->secret, g_free);
  if (list == NULL || g_unix_fd_list_get_length (list) == 0)
    return;
  fd = g_unix_fd_list_get (list, 0, NULL);
  length = read (fd, text, sizeof text);
  self->secret = g_strndup (text, MAX (length, 0));
  close (fd);
}

static gboolean
fails (MockService *self, const char *method, GDBusMethodInvocation *call)
{
  const char *error = g_hash_table_lookup (self->failures, method);
  g_autofree char *name = NULL;

  if (error == NULL)
    return FALSE;
  name = g_strconcat (NAME ".Error.", error + (*error == '-'), NULL);
  g_dbus_method_invocation_return_dbus_error (call, name, "This was not to be done.");
  if (*error == '-')
    g_hash_table_remove (self->failures, method);
  return TRUE;
}

static void
answer_inspector (MockService *self, const char *sender, const char *method,
                  GVariant *arguments, GDBusMethodInvocation *call)
{
  if (strcmp (method, "Subscribe") == 0)
    {
      g_hash_table_add (self->subscribers, g_strdup (sender));
      g_dbus_method_invocation_return_value (call,
                                             g_variant_new ("(t)", self->generation));
    }
  else if (strcmp (method, "GetSessions") == 0)
    g_dbus_method_invocation_return_value (call, sessions_answer (self));
  else if (strcmp (method, "GetSession") == 0)
    {
      GVariant *answer = session_answer (self, arguments);

      if (answer == NULL)
        g_dbus_method_invocation_return_dbus_error (call, NAME ".Error.NoSession",
                                                    "There is no such session.");
      else
        g_dbus_method_invocation_return_value (call, answer);
    }
  else if (strcmp (method, "OpenEvents") == 0 || strcmp (method, "Capture") == 0)
    {
      g_autoptr (GUnixFDList) list = strcmp (method, "Capture") == 0
                                         ? open_capture (self)
                                         : open_events (self, arguments);

      g_dbus_method_invocation_return_value_with_unix_fd_list (
          call, g_variant_new ("(h)", 0), list);
    }
  else
    g_dbus_method_invocation_return_value (call, NULL);
}

static void
on_call (GDBusConnection *bus, const char *sender, const char *path,
         const char *interface, const char *method, GVariant *arguments,
         GDBusMethodInvocation *call, gpointer data)
{
  MockService *self = data;
  guint count = GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, method));
  const char *text;

  g_hash_table_insert (self->counts, g_strdup (method), GUINT_TO_POINTER (count + 1));
  g_hash_table_insert (self->last, g_strdup (method), g_variant_print (arguments, FALSE));
  if (strcmp (method, "SetSecret") == 0 || strcmp (method, "TestServer") == 0)
    read_secret (self, call);
  if (fails (self, method, call))
    return;
  text = g_hash_table_lookup (self->answers, method);
  if (text != NULL)
    {
      const GDBusMethodInfo *info = g_dbus_method_invocation_get_method_info (call);
      g_autoptr (GVariant) answer = mock_tables_parse (info, text);

      g_dbus_method_invocation_return_value (call, answer);
      return;
    }
  if (strcmp (interface, NAME ".Inspector") == 0)
    answer_inspector (self, sender, method, arguments, call);
  else
    g_dbus_method_invocation_return_value (call, NULL);
}

static GVariant *
on_get_property (GDBusConnection *bus, const char *sender, const char *path,
                 const char *interface, const char *property, GError **error,
                 gpointer data)
{
  MockService *self = data;

  if (strcmp (property, "Problems") == 0)
    return self->problem == NULL ? g_variant_new ("as", NULL)
                                 : g_variant_new_strv (&self->problem, 1);
  return g_variant_new_string ("0.1.0");
}

void
mock_service_set_problem (MockService *self, const char *problem)
{
  self->problem = problem;
}

/* --- The world --------------------------------------------------------------------- */

MockSession *
mock_service_add_session (MockService *self, const char *app_name, const char *label,
                          const char *state)
{
  MockSession *session = g_new0 (MockSession, 1);

  session->id = self->next_id++;
  session->path = g_strdup_printf (ROOT "/session/_1_9/s%" G_GUINT64_FORMAT, session->id);
  session->app_id = session->icon = session->cause = session->explanation = "";
  session->app_name = app_name;
  session->label = label;
  session->state = state;
  session->why_text = session->protocol = session->relay = "";
  session->local_type = session->remote_type = "";
  session->rtt = -1;
  session->candidates = g_array_new (FALSE, TRUE, sizeof (MockCandidate));
  session->pairs = g_array_new (FALSE, TRUE, sizeof (MockPair));
  session->changes = g_array_new (FALSE, TRUE, sizeof (MockChange));
  g_ptr_array_add (self->sessions, session);
  return session;
}

static void
session_free (gpointer data)
{
  MockSession *session = data;

  g_array_unref (session->candidates);
  g_array_unref (session->pairs);
  g_array_unref (session->changes);
  g_free (session->path);
  g_free (session);
}

void
mock_service_remove_session (MockService *self, MockSession *session)
{
  for (guint i = self->readers->len; i-- > 0;)
    if (g_array_index (self->readers, Reader, i).session == session->id)
      {
        close (g_array_index (self->readers, Reader, i).fd);
        g_array_remove_index (self->readers, i);
      }
  g_ptr_array_remove (self->sessions, session);
}

MockPair *
mock_session_pair (MockSession *session, guint index)
{
  return &g_array_index (session->pairs, MockPair, index);
}

void
mock_service_changed (MockService *self)
{
  GHashTableIter iter;
  gpointer name;

  self->generation++;
  g_hash_table_iter_init (&iter, self->subscribers);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    emit (self, name, "Inspector", "Changed", g_variant_new ("(t)", self->generation));
}

void
mock_service_tell_event (MockService *self, guint64 session, const char *json)
{
  for (guint i = 0; i < self->readers->len; i++)
    {
      Reader *reader = &g_array_index (self->readers, Reader, i);

      if (reader->session == 0 || reader->session == session)
        g_assert_cmpint (send (reader->fd, json, strlen (json), MSG_NOSIGNAL), ==,
                         strlen (json));
    }
}

void
mock_service_end_capture (MockService *self, const char *packets)
{
  g_assert_cmpint (self->capture, >=, 0);
  g_assert_cmpint (write (self->capture, packets, strlen (packets)), ==,
                   strlen (packets));
  close (self->capture);
  self->capture = -1;
}

guint
mock_service_get_n_readers (MockService *self)
{
  return self->readers->len;
}

guint
mock_service_count (MockService *self, const char *method)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, method));
}

const char *
mock_service_last (MockService *self, const char *method)
{
  return g_hash_table_lookup (self->last, method);
}

const char *
mock_service_last_secret (MockService *self)
{
  return self->secret;
}

void
mock_service_fail (MockService *self, const char *method, const char *error)
{
  g_hash_table_insert (self->failures, g_strdup (method), g_strconcat ("-", error, NULL));
}

void
mock_service_fail_always (MockService *self, const char *method, const char *error)
{
  g_hash_table_insert (self->failures, g_strdup (method), g_strdup (error));
}

static void
set_answer (MockService *self, const char *method, const char *text)
{
  g_hash_table_insert (self->answers, g_strdup (method), g_strdup (text));
}

void
mock_service_set_network (MockService *self, const char *text)
{
  set_answer (self, "GetNetwork", text);
  set_answer (self, "CheckNetwork", text);
}

void
mock_service_set_allocations (MockService *self, const char *text)
{
  set_answer (self, "GetAllocations", text);
}

void
mock_service_set_history (MockService *self, const char *text)
{
  set_answer (self, "ListHistory", text);
}

void
mock_service_set_servers (MockService *self, const char *text)
{
  set_answer (self, "ListServers", text);
}

void
mock_service_set_settings (MockService *self, const char *text)
{
  set_answer (self, "Describe", text);
}

void
mock_service_set_test_result (MockService *self, const char *text)
{
  set_answer (self, "TestServer", text);
}

void
mock_service_servers_changed (MockService *self)
{
  emit (self, NULL, "Settings", "ServersChanged", NULL);
}

void
mock_service_settings_changed (MockService *self)
{
  emit (self, NULL, "Settings", "Changed",
        g_variant_new ("(@a{sv})", g_variant_new ("a{sv}", NULL)));
}

/* --- Beginning and end ------------------------------------------------------------- */

static void export(MockService *self)
{
  static const GDBusInterfaceVTable table
      = { .method_call = on_call, .get_property = on_get_property };
  const char *contract = g_getenv ("FRAM_CONTRACT");

  for (guint i = 0; i < N_INTERFACES; i++)
    {
      g_autofree char *file = g_strconcat (NAME ".", interfaces[i], ".xml", NULL);
      g_autofree char *path = g_build_filename (contract, file, NULL);
      g_autofree char *xml = NULL;
      g_autoptr (GError) error = NULL;

      g_file_get_contents (path, &xml, NULL, &error);
      g_assert_no_error (error);
      self->nodes[i] = g_dbus_node_info_new_for_xml (xml, &error);
      g_assert_no_error (error);
      self->registrations[i] = g_dbus_connection_register_object (
          self->bus, ROOT, self->nodes[i]->interfaces[0], &table, self, NULL, &error);
      g_assert_no_error (error);
    }
}

static GHashTable *
table_of_texts (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

MockService *
mock_service_new (void)
{
  MockService *self = g_new0 (MockService, 1);
  g_autoptr (GError) error = NULL;

  self->bus = g_dbus_connection_new_for_address_sync (
      g_getenv ("DBUS_SESSION_BUS_ADDRESS"),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);
  g_assert_no_error (error);
  self->generation = self->next_id = 1;
  self->capture = -1;
  self->sessions = g_ptr_array_new_with_free_func (session_free);
  self->subscribers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->readers = g_array_new (FALSE, FALSE, sizeof (Reader));
  self->answers = table_of_texts ();
  self->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->last = table_of_texts ();
  self->failures = table_of_texts ();
  mock_service_set_network (self, "('', -1, -1, -1, [], [], [], [])");
  mock_service_set_allocations (self, "([],)");
  mock_service_set_history (self, "([],)");
  mock_service_set_servers (self, "([],)");
  mock_service_set_settings (self, "([],)");
  set_answer (self, "AddServer", "('new00001',)");
  set_answer (self, "SetSecret", "('keyring',)");
  export(self);
  mock_service_start (self);
  return self;
}

void
mock_service_free (MockService *self)
{
  mock_service_stop (self);
  for (guint i = 0; i < N_INTERFACES; i++)
    {
      g_dbus_connection_unregister_object (self->bus, self->registrations[i]);
      g_dbus_node_info_unref (self->nodes[i]);
    }
  g_dbus_connection_close_sync (self->bus, NULL, NULL);
  g_object_unref (self->bus);
  g_ptr_array_unref (self->sessions);
  g_hash_table_unref (self->subscribers);
  g_array_unref (self->readers);
  g_hash_table_unref (self->answers);
  g_hash_table_unref (self->counts);
  g_hash_table_unref (self->last);
  g_hash_table_unref (self->failures);
  g_free (self->secret);
  g_free (self);
}
