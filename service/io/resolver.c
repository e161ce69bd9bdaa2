#include "io/resolver.h"

#include "io/sockaddr.h"

#include <gio/gio.h>

struct _FramResolver
{
  GMainContext *context;
  FramTime limit;
  FramResolved resolved;
  gpointer user_data;
  GResolver *system;
  GHashTable *lookups; /* the set of those under way */
};

typedef struct
{
  FramResolver *resolver; /* NULL: nobody asks any more */
  guint16 query;
  GCancellable *cancellable;
  GSource *timeout;
} Lookup;

static gboolean
give_up (gpointer user_data)
{
  g_cancellable_cancel (((Lookup *) user_data)->cancellable);
  return G_SOURCE_REMOVE;
}

static void
free_lookup (Lookup *lookup)
{
  g_source_destroy (lookup->timeout);
  g_source_unref (lookup->timeout);
  g_object_unref (lookup->cancellable);
  g_free (lookup);
}

static gboolean
convert (GInetAddress *found, FramAddress *ret_address)
{
  const guint8 *bytes = g_inet_address_to_bytes (found);

  if (g_inet_address_get_family (found) == G_SOCKET_FAMILY_IPV4)
    fram_address_init_ipv4 (ret_address,
                            (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16
                                | (guint32) bytes[2] << 8 | bytes[3],
                            0);
  else if (g_inet_address_get_family (found) == G_SOCKET_FAMILY_IPV6)
    fram_address_init_ipv6 (ret_address, bytes, 0);
  else
    return FALSE;
  return TRUE;
}

static void
found (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Lookup *lookup = user_data;
  FramResolver *resolver = lookup->resolver;
  FramAddress addresses[FRAM_RESOLVED_MAX];
  g_autoptr (GError) error = NULL;
  GList *list = g_resolver_lookup_by_name_finish (G_RESOLVER (object), result, &error);
  guint16 query = lookup->query;
  guint n = 0;

  for (GList *l = list; l != NULL && n < FRAM_RESOLVED_MAX; l = l->next)
    n += convert (l->data, &addresses[n]);
  g_resolver_free_addresses (list);
  if (error != NULL)
    g_debug ("A name has no address: %s", error->message);

  if (resolver != NULL)
    g_hash_table_remove (resolver->lookups, lookup);
  free_lookup (lookup);
  if (resolver != NULL)
    resolver->resolved (query, addresses, n, resolver->user_data);
}

FramResolver *
fram_resolver_new (GMainContext *context, FramTime limit, FramResolved resolved,
                   gpointer user_data)
{
  FramResolver *resolver = g_new0 (FramResolver, 1);

  resolver->context = context != NULL ? g_main_context_ref (context)
                                      : g_main_context_ref_thread_default ();
  resolver->limit = limit;
  resolver->resolved = resolved;
  resolver->user_data = user_data;
  resolver->system = g_resolver_get_default ();
  resolver->lookups = g_hash_table_new (NULL, NULL);
  return resolver;
}

void
fram_resolver_free (FramResolver *resolver)
{
  GHashTableIter iter;
  gpointer lookup;

  /* Each is freed by its own answer, which the cancelling brings. */
  g_hash_table_iter_init (&iter, resolver->lookups);
  while (g_hash_table_iter_next (&iter, &lookup, NULL))
    {
      ((Lookup *) lookup)->resolver = NULL;
      g_cancellable_cancel (((Lookup *) lookup)->cancellable);
    }
  g_hash_table_unref (resolver->lookups);
  g_object_unref (resolver->system);
  g_main_context_unref (resolver->context);
  g_free (resolver);
}

void
fram_resolver_look_up (FramResolver *resolver, guint16 query, const char *name)
{
  Lookup *lookup = g_new0 (Lookup, 1);

  lookup->resolver = resolver;
  lookup->query = query;
  lookup->cancellable = g_cancellable_new ();
  lookup->timeout = g_timeout_source_new ((guint) (resolver->limit / 1000));
  g_source_set_callback (lookup->timeout, give_up, lookup, NULL);
  g_source_attach (lookup->timeout, resolver->context);
  g_hash_table_add (resolver->lookups, lookup);

  /* The answer comes to the context that is the default of this moment. */
  g_main_context_push_thread_default (resolver->context);
  g_resolver_lookup_by_name_async (resolver->system, name, lookup->cancellable, found,
                                   lookup);
  g_main_context_pop_thread_default (resolver->context);
}
