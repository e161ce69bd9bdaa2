#include "rpc/subscribers.h"

#include "dbus/names.h"
#include "io/driver.h"

#define INTERVAL FRAM_MILLISECONDS (100)

typedef struct
{
  char *name;
  gboolean unanswered;
} Subscriber;

struct _FramSubscribers
{
  FramExporter *exporter;
  FramInterface *interface;
  GPtrArray *all; /* Subscriber */
  guint64 generation;
  FramTime told; /* when somebody was told last */
  guint timer;   /* GSource id; 0: nothing is to be told */
};

static void
subscriber_free (gpointer data)
{
  Subscriber *subscriber = data;

  g_free (subscriber->name);
  g_free (subscriber);
}

FramSubscribers *
fram_subscribers_new (FramExporter *exporter, FramInterface *interface)
{
  FramSubscribers *subscribers = g_new0 (FramSubscribers, 1);

  subscribers->exporter = exporter;
  subscribers->interface = interface;
  subscribers->all = g_ptr_array_new_with_free_func (subscriber_free);
  subscribers->told = -INTERVAL;
  return subscribers;
}

void
fram_subscribers_free (FramSubscribers *subscribers)
{
  if (subscribers->timer != 0)
    g_source_remove (subscribers->timer);
  g_ptr_array_unref (subscribers->all);
  g_free (subscribers);
}

static Subscriber *
find (const FramSubscribers *subscribers, const char *name)
{
  for (guint i = 0; i < subscribers->all->len; i++)
    {
      Subscriber *subscriber = g_ptr_array_index (subscribers->all, i);

      if (g_str_equal (subscriber->name, name))
        return subscriber;
    }
  return NULL;
}

gboolean
fram_subscribers_add (FramSubscribers *subscribers, const char *name, gboolean *ret_new)
{
  Subscriber *subscriber = find (subscribers, name);

  *ret_new = subscriber == NULL;
  if (subscriber == NULL)
    {
      if (subscribers->all->len >= FRAM_MAX_SUBSCRIBERS)
        return FALSE;
      subscriber = g_new0 (Subscriber, 1);
      subscriber->name = g_strdup (name);
      g_ptr_array_add (subscribers->all, subscriber);
    }
  subscriber->unanswered = FALSE;
  return TRUE;
}

gboolean
fram_subscribers_remove (FramSubscribers *subscribers, const char *name)
{
  Subscriber *subscriber = find (subscribers, name);

  return subscriber != NULL && g_ptr_array_remove_fast (subscribers->all, subscriber);
}

gboolean
fram_subscribers_has (const FramSubscribers *subscribers, const char *name)
{
  return find (subscribers, name) != NULL;
}

guint
fram_subscribers_count (const FramSubscribers *subscribers)
{
  return subscribers->all->len;
}

void
fram_subscribers_answered (FramSubscribers *subscribers, const char *name)
{
  Subscriber *subscriber = find (subscribers, name);

  if (subscriber != NULL)
    subscriber->unanswered = FALSE;
}

/* --- Telling ----------------------------------------------------------------------- */

static void
tell_now (FramSubscribers *subscribers)
{
  subscribers->told = fram_driver_now ();
  for (guint i = 0; i < subscribers->all->len; i++)
    {
      Subscriber *subscriber = g_ptr_array_index (subscribers->all, i);

      if (!subscriber->unanswered)
        subscriber->unanswered
            = fram_exporter_signal (subscribers->exporter, subscriber->name,
                                    FRAM_PATH_MANAGER, subscribers->interface, "Changed",
                                    g_variant_new ("(t)", subscribers->generation));
    }
}

static gboolean
on_timer (gpointer user_data)
{
  FramSubscribers *subscribers = user_data;

  subscribers->timer = 0;
  tell_now (subscribers);
  return G_SOURCE_REMOVE;
}

static gboolean
has_reader (const FramSubscribers *subscribers)
{
  for (guint i = 0; i < subscribers->all->len; i++)
    if (!((const Subscriber *) g_ptr_array_index (subscribers->all, i))->unanswered)
      return TRUE;
  return FALSE;
}

void
fram_subscribers_tell (FramSubscribers *subscribers, guint64 generation)
{
  FramTime wait;

  subscribers->generation = generation;
  if (subscribers->timer != 0 || !has_reader (subscribers))
    return;
  wait = subscribers->told + INTERVAL - fram_driver_now ();
  if (wait <= 0)
    tell_now (subscribers);
  else
    subscribers->timer
        = g_timeout_add (wait / FRAM_MILLISECONDS (1) + 1, on_timer, subscribers);
}
