#include "store/keyring-unlock.h"

#define PROMPT "org.freedesktop.Secret.Prompt"

struct _FramKeyringUnlock
{
  GDBusConnection *bus;
  GCancellable *cancellable; /* of the calls under way */
  char *prompt;              /* NULL: there is none, or not any more */
  guint subscription;
  FramKeyringUnlocked done;
  gpointer user_data;
};

static void
finish (FramKeyringUnlock *unlock, gboolean unlocked)
{
  g_clear_pointer (&unlock->prompt, g_free);
  unlock->done (unlocked, unlock->user_data);
}

static void
on_completed (GDBusConnection *bus, const char *sender, const char *path,
              const char *interface, const char *name, GVariant *body, gpointer user_data)
{
  FramKeyringUnlock *unlock = user_data;
  gboolean dismissed = TRUE;

  if (g_variant_is_of_type (body, G_VARIANT_TYPE ("(bv)")))
    g_variant_get_child (body, 0, "b", &dismissed);
  finish (unlock, !dismissed);
}

/* Return: the answer, or NULL.  `ret_gone`: whoever asked is not there any more. */
static GVariant *
take_answer (GObject *source, GAsyncResult *result, gboolean *ret_gone)
{
  g_autoptr (GError) error = NULL;
  GVariant *body
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  *ret_gone = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  if (body == NULL && !*ret_gone)
    g_debug ("The keyring is not unlocked: %s", error->message);
  return body;
}

static void
on_prompted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean gone;
  g_autoptr (GVariant) body = take_answer (source, result, &gone);

  if (body == NULL && !gone)
    finish (user_data, FALSE);
}

static void
prompt (FramKeyringUnlock *unlock)
{
  unlock->subscription = g_dbus_connection_signal_subscribe (
      unlock->bus, FRAM_SECRET_SERVICE, PROMPT, "Completed", unlock->prompt, NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, on_completed, unlock, NULL);
  g_dbus_connection_call (unlock->bus, FRAM_SECRET_SERVICE, unlock->prompt, PROMPT,
                          "Prompt", g_variant_new ("(s)", ""), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, unlock->cancellable, on_prompted,
                          unlock);
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  FramKeyringUnlock *unlock = user_data;
  gboolean gone;
  g_autoptr (GVariant) body = take_answer (source, result, &gone);
  g_autoptr (GVariant) unlocked = NULL;
  const char *path;

  if (gone)
    return;
  if (body == NULL)
    {
      finish (unlock, FALSE);
      return;
    }
  g_variant_get (body, "(@ao&o)", &unlocked, &path);
  if (g_str_equal (path, "/"))
    {
      finish (unlock, g_variant_n_children (unlocked) > 0);
      return;
    }
  unlock->prompt = g_strdup (path);
  prompt (unlock);
}

FramKeyringUnlock *
fram_keyring_unlock_new (GDBusConnection *bus, const char *collection,
                         FramKeyringUnlocked done, gpointer user_data)
{
  FramKeyringUnlock *unlock = g_new0 (FramKeyringUnlock, 1);

  unlock->bus = g_object_ref (bus);
  unlock->cancellable = g_cancellable_new ();
  unlock->done = done;
  unlock->user_data = user_data;
  g_dbus_connection_call (bus, FRAM_SECRET_SERVICE, "/org/freedesktop/secrets",
                          "org.freedesktop.Secret.Service", "Unlock",
                          g_variant_new ("(^ao)", (const char *[]){ collection, NULL }),
                          G_VARIANT_TYPE ("(aoo)"), G_DBUS_CALL_FLAGS_NONE, -1,
                          unlock->cancellable, on_asked, unlock);
  return unlock;
}

void
fram_keyring_unlock_free (FramKeyringUnlock *unlock)
{
  if (unlock == NULL)
    return;
  g_cancellable_cancel (unlock->cancellable);
  if (unlock->prompt != NULL)
    g_dbus_connection_call (unlock->bus, FRAM_SECRET_SERVICE, unlock->prompt, PROMPT,
                            "Dismiss", NULL, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL,
                            NULL);
  if (unlock->subscription != 0)
    g_dbus_connection_signal_unsubscribe (unlock->bus, unlock->subscription);
  g_free (unlock->prompt);
  g_object_unref (unlock->cancellable);
  g_object_unref (unlock->bus);
  g_free (unlock);
}
