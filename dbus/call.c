#include "dbus/call-private.h"

#include "dbus/memory.h"
#include "dbus/names.h"
#include "dbus/variant.h"

struct _FramCall
{
  DBusConnection *connection;
  DBusMessage *message;
  const char *reply_type;
  GUnixFDList *fds;
  GHashTable *pending;
};

static const char *
sender_of (DBusMessage *message)
{
  const char *sender = dbus_message_get_sender (message);

  return sender != NULL ? sender : "";
}

GHashTable *
fram_call_table_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static void
count (GHashTable *pending, const char *sender, gint change)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (pending, sender)) + change;

  if (n > 0)
    g_hash_table_replace (pending, g_strdup (sender), GUINT_TO_POINTER (n));
  else
    g_hash_table_remove (pending, sender);
}

FramCall *
fram_call_new (DBusConnection *connection, DBusMessage *message, const char *reply_type,
               GUnixFDList *fds, GHashTable *pending)
{
  const char *sender = sender_of (message);
  FramCall *call;

  if (GPOINTER_TO_UINT (g_hash_table_lookup (pending, sender)) >= FRAM_CALL_MAX_PENDING)
    {
      g_clear_object (&fds);
      return NULL;
    }

  count (pending, sender, +1);
  call = g_new0 (FramCall, 1);
  call->connection = dbus_connection_ref (connection);
  call->message = dbus_message_ref (message);
  call->reply_type = reply_type;
  call->fds = fds;
  call->pending = g_hash_table_ref (pending);
  return call;
}

static void
call_free (FramCall *call)
{
  count (call->pending, sender_of (call->message), -1);
  g_hash_table_unref (call->pending);
  g_clear_object (&call->fds);
  dbus_message_unref (call->message);
  dbus_connection_unref (call->connection);
  g_free (call);
}

const char *
fram_call_get_sender (FramCall *call)
{
  return sender_of (call->message);
}

GUnixFDList *
fram_call_get_fds (FramCall *call)
{
  return call->fds;
}

/* Takes `reply`.  A caller that has gone meanwhile is no matter: the bus drops it. */
static void
send_reply (DBusConnection *connection, DBusMessage *message, DBusMessage *reply)
{
  if (!dbus_message_get_no_reply (message))
    fram_bus_require (dbus_connection_send (connection, reply, NULL));
  dbus_message_unref (reply);
}

static void
send_error (DBusConnection *connection, DBusMessage *message, const char *name,
            const char *text)
{
  /* libdbus ends the process that gives it text which is not UTF-8. */
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  DBusMessage *reply = dbus_message_new_error (message, name, valid);

  fram_bus_require (reply != NULL);
  send_reply (connection, message, reply);
}

void
fram_call_return_fds (FramCall *call, GVariant *body, GUnixFDList *fds)
{
  g_autoptr (GVariant) tuple
      = g_variant_ref_sink (body != NULL ? body : g_variant_new_tuple (NULL, 0));
  DBusMessage *reply = dbus_message_new_method_return (call->message);
  FramVariantResult result;

  g_assert (g_variant_is_of_type (tuple, G_VARIANT_TYPE (call->reply_type)));
  fram_bus_require (reply != NULL);

  result = fram_variant_to_message (reply, tuple, fds);
  if (result == FRAM_VARIANT_OK)
    send_reply (call->connection, call->message, reply);
  else
    {
      dbus_message_unref (reply);
      send_error (call->connection, call->message,
                  result == FRAM_VARIANT_TOO_LARGE ? FRAM_ERROR_LIMIT_EXCEEDED
                                                   : FRAM_ERROR_FAILED,
                  "The answer does not fit into a message");
    }
  call_free (call);
}

void
fram_call_return (FramCall *call, GVariant *body)
{
  fram_call_return_fds (call, body, NULL);
}

void
fram_call_fail (FramCall *call, const char *name, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  send_error (call->connection, call->message, name, text);
  call_free (call);
}

void
fram_call_refuse (DBusConnection *connection, DBusMessage *message, const char *name,
                  const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  send_error (connection, message, name, text);
}
