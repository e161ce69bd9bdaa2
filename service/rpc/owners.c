/* For each owner one match rule, so that the bus tells of no other connection, and one
 * question: who are you.  The question goes out behind the rule: if the owner left before the
 * rule was there, the answer is that the name has no owner, so no death is missed. */
#include "rpc/owners.h"

#include "dbus/memory.h"
#include "dbus/variant.h"
#include "rpc/confinement.h"

typedef struct
{
  FramOwners *owners;
  char *name;
  char *application;
  guint32 pid;               /* 0: not known */
  FramApplication *identity; /* NULL: nobody has asked */
  char *rule;
  guint n_sessions;
  DBusPendingCall *question;
} Owner;

struct _FramOwners
{
  DBusConnection *connection;
  FramOwnerGone gone;
  FramOwnerKnown known; /* or NULL */
  gpointer user_data;
  GHashTable *by_name; /* unique name -> Owner */
};

static void
owner_free (gpointer data)
{
  Owner *owner = data;

  if (owner->question != NULL)
    {
      dbus_pending_call_cancel (owner->question);
      dbus_pending_call_unref (owner->question);
    }
  /* Without an error to fill, libdbus does not wait for the answer. */
  if (dbus_connection_get_is_connected (owner->owners->connection))
    dbus_bus_remove_match (owner->owners->connection, owner->rule, NULL);
  g_free (owner->rule);
  fram_application_free (owner->identity);
  g_free (owner->application);
  g_free (owner->name);
  g_free (owner);
}

/* The owner may be freed meanwhile. */
static void
tell (FramOwners *owners, FramOwnerGone what, const char *name)
{
  g_autofree char *copy = g_strdup (name);

  what (copy, owners->user_data);
}

/* --- Its name ---------------------------------------------------------------------- */

/* The command's name as the kernel has it; the process may choose any bytes. */
static char *
read_command (guint32 pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%" G_GUINT32_FORMAT "/comm", pid);
  g_autofree char *raw = NULL;
  char *command;

  if (!g_file_get_contents (path, &raw, NULL, NULL))
    return NULL;
  command = g_utf8_make_valid (g_strchomp (raw), -1);
  for (char *c = command; *c != '\0'; c++)
    {
      if (g_ascii_iscntrl (*c))
        *c = '?';
    }
  return command;
}

static void
learn_application (Owner *owner, DBusMessage *answer)
{
  g_autoptr (GVariant) body = NULL;
  g_autoptr (GVariant) credentials = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  guint32 pid;

  if (!dbus_message_has_signature (answer, "a{sv}")
      || fram_variant_from_message (answer, &body, &fds) != FRAM_VARIANT_OK)
    return;
  credentials = g_variant_get_child_value (body, 0);
  if (g_variant_lookup (credentials, "ProcessID", "u", &pid))
    {
      g_free (owner->application);
      owner->application = read_command (pid);
      owner->pid = pid;
    }
}

static void
on_credentials (DBusPendingCall *question, void *data)
{
  Owner *owner = data;
  DBusMessage *answer = dbus_pending_call_steal_reply (question);

  g_clear_pointer (&owner->question, dbus_pending_call_unref);
  if (dbus_message_is_error (answer, DBUS_ERROR_NAME_HAS_NO_OWNER))
    tell (owner->owners, owner->owners->gone, owner->name);
  else
    {
      if (dbus_message_get_type (answer) == DBUS_MESSAGE_TYPE_METHOD_RETURN)
        learn_application (owner, answer);
      if (owner->owners->known != NULL)
        tell (owner->owners, owner->owners->known, owner->name);
    }
  dbus_message_unref (answer);
}

static void
ask_credentials (Owner *owner)
{
  DBusConnection *connection = owner->owners->connection;
  DBusMessage *message;

  message = dbus_message_new_method_call (
      DBUS_SERVICE_DBUS, DBUS_PATH_DBUS, DBUS_INTERFACE_DBUS, "GetConnectionCredentials");
  fram_bus_require (
      message != NULL
      && dbus_message_append_args (message, DBUS_TYPE_STRING, &owner->name,
                                   DBUS_TYPE_INVALID)
      && dbus_connection_send_with_reply (connection, message, &owner->question, -1));
  dbus_message_unref (message);

  /* NULL: the bus is gone, and the service will end. */
  if (owner->question != NULL)
    fram_bus_require (
        dbus_pending_call_set_notify (owner->question, on_credentials, owner, NULL));
}

/* --- Its life ---------------------------------------------------------------------- */

static DBusHandlerResult
on_message (DBusConnection *connection, DBusMessage *message, void *data)
{
  FramOwners *owners = data;
  const char *name, *before, *after;

  if (dbus_message_is_signal (message, DBUS_INTERFACE_DBUS, "NameOwnerChanged")
      && dbus_message_has_sender (message, DBUS_SERVICE_DBUS)
      && dbus_message_get_args (message, NULL, DBUS_TYPE_STRING, &name, DBUS_TYPE_STRING,
                                &before, DBUS_TYPE_STRING, &after, DBUS_TYPE_INVALID)
      && *after == '\0' && g_hash_table_contains (owners->by_name, name))
    tell (owners, owners->gone, name);
  return DBUS_HANDLER_RESULT_NOT_YET_HANDLED;
}

FramOwners *
fram_owners_new (DBusConnection *connection, FramOwnerGone gone, FramOwnerKnown known,
                 gpointer user_data)
{
  FramOwners *owners = g_new0 (FramOwners, 1);

  owners->connection = dbus_connection_ref (connection);
  owners->gone = gone;
  owners->known = known;
  owners->user_data = user_data;
  owners->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, owner_free);
  fram_bus_require (dbus_connection_add_filter (connection, on_message, owners, NULL));
  return owners;
}

void
fram_owners_free (FramOwners *owners)
{
  if (owners == NULL)
    return;
  dbus_connection_remove_filter (owners->connection, on_message, owners);
  g_hash_table_unref (owners->by_name);
  dbus_connection_unref (owners->connection);
  g_free (owners);
}

void
fram_owners_hold (FramOwners *owners, const char *name)
{
  Owner *owner = g_hash_table_lookup (owners->by_name, name);

  if (owner == NULL)
    {
      owner = g_new0 (Owner, 1);
      owner->owners = owners;
      owner->name = g_strdup (name);
      owner->rule = g_strdup_printf (
          "type='signal',sender='" DBUS_SERVICE_DBUS "',path='" DBUS_PATH_DBUS
          "',interface='" DBUS_INTERFACE_DBUS "',member='NameOwnerChanged',arg0='%s'",
          name);
      g_hash_table_insert (owners->by_name, owner->name, owner);
      dbus_bus_add_match (owners->connection, owner->rule, NULL);
      ask_credentials (owner);
    }
  owner->n_sessions++;
}

void
fram_owners_release (FramOwners *owners, const char *name)
{
  Owner *owner = g_hash_table_lookup (owners->by_name, name);

  g_return_if_fail (owner != NULL);
  if (--owner->n_sessions == 0)
    g_hash_table_remove (owners->by_name, name);
}

const char *
fram_owners_get_application (FramOwners *owners, const char *name)
{
  const Owner *owner = g_hash_table_lookup (owners->by_name, name);

  return owner != NULL && owner->application != NULL ? owner->application : "";
}

gboolean
fram_owners_is_known (FramOwners *owners, const char *name)
{
  const Owner *owner = g_hash_table_lookup (owners->by_name, name);

  return owner != NULL && owner->question == NULL;
}

const FramApplication *
fram_owners_identify (FramOwners *owners, const char *name)
{
  Owner *owner = g_hash_table_lookup (owners->by_name, name);

  if (owner == NULL || owner->pid == 0)
    return NULL;
  if (owner->identity == NULL)
    owner->identity = fram_application_new (
        owner->pid, owner->application != NULL ? owner->application : "");
  return owner->identity;
}

static guint32
pid_of (FramOwners *owners, const char *name)
{
  const Owner *owner = g_hash_table_lookup (owners->by_name, name);

  return owner != NULL ? owner->pid : 0;
}

const char *
fram_owners_explain_confinement (FramOwners *owners, const char *name)
{
  return fram_confinement_explain (pid_of (owners, name));
}

const char *
fram_owners_explain_network (FramOwners *owners, const char *name)
{
  return fram_confinement_explain_network (pid_of (owners, name));
}
