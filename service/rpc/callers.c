#include "rpc/callers.h"

#include "dbus/names.h"

typedef struct
{
  FramCall *call;
  GVariant *arguments;
  gpointer object;
  FramMethodHandler unconfined, confined;
} Waiting;

struct _FramCallers
{
  FramOwners *owners;
  FramOwnerGone gone;
  gpointer user_data;
  GQueue waiting; /* Waiting, the oldest first */
};

static void
hand_over (FramCallers *callers, const Waiting *waiting)
{
  const char *why = fram_owners_explain_confinement (
      callers->owners, fram_call_get_sender (waiting->call));

  if (why == NULL)
    waiting->unconfined (waiting->call, waiting->arguments, waiting->object);
  else if (waiting->confined != NULL)
    waiting->confined (waiting->call, waiting->arguments, waiting->object);
  else
    fram_call_fail (
        waiting->call, DBUS_ERROR_ACCESS_DENIED,
        "Other applications, this host's network and the settings are not for it: %s",
        why);
}

/* Return: (transfer full) (nullable): the oldest one of `name`; NULL: of anybody. */
static Waiting *
pop (FramCallers *callers, const char *name)
{
  for (GList *link = callers->waiting.head; link != NULL; link = link->next)
    {
      Waiting *waiting = link->data;

      if (name != NULL && !g_str_equal (fram_call_get_sender (waiting->call), name))
        continue;
      g_queue_delete_link (&callers->waiting, link);
      return waiting;
    }
  return NULL;
}

/* `failure` NULL: they are handed over. */
static void
answer_all (FramCallers *callers, const char *name, const char *failure)
{
  Waiting *waiting;

  while ((waiting = pop (callers, name)) != NULL)
    {
      g_autofree char *caller = g_strdup (fram_call_get_sender (waiting->call));

      if (failure != NULL)
        fram_call_fail (waiting->call, FRAM_ERROR_FAILED, "%s", failure);
      else
        hand_over (callers, waiting);
      fram_owners_release (callers->owners, caller);
      g_variant_unref (waiting->arguments);
      g_free (waiting);
    }
}

static void
on_known (const char *name, gpointer user_data)
{
  answer_all (user_data, name, NULL);
}

/* The bus drops the answers; that the calls are over is what counts. */
static void
on_gone (const char *name, gpointer user_data)
{
  FramCallers *callers = user_data;

  answer_all (callers, name, "The caller has gone");
  callers->gone (name, callers->user_data);
}

FramCallers *
fram_callers_new (DBusConnection *connection, FramOwnerGone gone, gpointer user_data)
{
  FramCallers *callers = g_new0 (FramCallers, 1);

  callers->owners = fram_owners_new (connection, on_gone, on_known, callers);
  callers->gone = gone;
  callers->user_data = user_data;
  g_queue_init (&callers->waiting);
  return callers;
}

void
fram_callers_stop (FramCallers *callers)
{
  answer_all (callers, NULL, "The service is stopping");
}

void
fram_callers_free (FramCallers *callers)
{
  if (callers == NULL)
    return;
  fram_owners_free (callers->owners);
  g_free (callers);
}

FramOwners *
fram_callers_get_owners (FramCallers *callers)
{
  return callers->owners;
}

void
fram_callers_tell_apart (FramCallers *callers, FramCall *call, GVariant *arguments,
                         gpointer object, FramMethodHandler unconfined,
                         FramMethodHandler confined)
{
  const char *name = fram_call_get_sender (call);
  Waiting waiting = { call, arguments, object, unconfined, confined };

  if (fram_owners_is_known (callers->owners, name))
    {
      hand_over (callers, &waiting);
      return;
    }
  fram_owners_hold (callers->owners, name);
  g_variant_ref (waiting.arguments);
  g_queue_push_tail (&callers->waiting, g_memdup2 (&waiting, sizeof waiting));
}
