#include "io/resolver.h"

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

/* The addresses of one host, asked for or there. */
typedef struct
{
  guint16 port;
  gboolean is_done;
  FramAddress addresses[FRAM_RESOLVED_MAX];
  guint n_addresses;
} Host;

typedef enum
{
  SERVICE_ASKED, /* for SRV records */
  SERVICE_NONE,  /* there are none, or nobody asked */
  SERVICE_FOUND,
  SERVICE_DECLINED, /* RFC 2782: the only target is the root: it is not offered here */
} Service;

/* One answer, put together of several; each that is awaited holds a reference. */
typedef struct
{
  FramResolver *resolver; /* NULL: nobody asks any more */
  guint n_references;
  guint16 query;
  GCancellable *cancellable;
  GSource *limit;
  GSource *grace; /* or NULL */
  Service service;
  gboolean hurry; /* the grace is over */
  Host plain;     /* the name itself */
  Host targets[FRAM_RESOLVED_MAX_TARGETS];
  guint n_targets;
} Lookup;

typedef struct
{
  Lookup *lookup;
  Host *host;
} HostQuestion;

/* --- Life -------------------------------------------------------------------------- */

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
release (Lookup *lookup)
{
  if (--lookup->n_references > 0)
    return;
  g_object_unref (lookup->cancellable);
  g_free (lookup);
}

/* The answers that are still awaited come as cancelled. */
static void
forget (Lookup *lookup)
{
  lookup->resolver = NULL;
  clear_source (&lookup->limit);
  clear_source (&lookup->grace);
  g_cancellable_cancel (lookup->cancellable);
}

static GSource *
start_timer (Lookup *lookup, FramTime length, GSourceFunc function)
{
  GSource *source = g_timeout_source_new ((guint) (length / 1000));

  g_source_set_callback (source, function, lookup, NULL);
  g_source_attach (source, lookup->resolver->context);
  return source;
}

/* --- The answer -------------------------------------------------------------------- */

static void
append (FramAddress *addresses, guint *n_addresses, const Host *host)
{
  for (guint i = 0; i < host->n_addresses && *n_addresses < FRAM_RESOLVED_MAX; i++)
    {
      addresses[*n_addresses] = host->addresses[i];
      addresses[(*n_addresses)++].port = host->port;
    }
}

static void
tell (Lookup *lookup)
{
  FramResolver *resolver = lookup->resolver;
  FramAddress addresses[FRAM_RESOLVED_MAX];
  guint n_addresses = 0;

  if (lookup->service == SERVICE_FOUND)
    for (guint i = 0; i < lookup->n_targets; i++)
      append (addresses, &n_addresses, &lookup->targets[i]);
  else if (lookup->service != SERVICE_DECLINED)
    append (addresses, &n_addresses, &lookup->plain);

  g_hash_table_remove (resolver->lookups, lookup);
  forget (lookup);
  resolver->resolved (lookup->query, addresses, n_addresses, resolver->user_data);
}

/* Sets whether more answers may come, and returns whether something is known. */
static gboolean
look_at_targets (const Lookup *lookup, gboolean *ret_is_done)
{
  gboolean is_known = FALSE;

  *ret_is_done = TRUE;
  for (guint i = 0; i < lookup->n_targets; i++)
    {
      *ret_is_done &= lookup->targets[i].is_done;
      is_known |= lookup->targets[i].n_addresses > 0;
    }
  return is_known;
}

static gboolean on_grace (gpointer user_data);

static void
consider (Lookup *lookup)
{
  gboolean is_done = FALSE, is_known = FALSE;

  if (lookup->resolver == NULL)
    return;
  switch (lookup->service)
    {
    case SERVICE_ASKED:
      is_known = lookup->plain.n_addresses > 0;
      break;
    case SERVICE_NONE:
      is_done = lookup->plain.is_done;
      break;
    case SERVICE_FOUND:
      is_known = look_at_targets (lookup, &is_done);
      break;
    case SERVICE_DECLINED:
      is_done = TRUE;
      break;
    }
  if (is_done || (is_known && lookup->hurry))
    tell (lookup);
  else if (is_known && lookup->grace == NULL)
    lookup->grace = start_timer (lookup, FRAM_RESOLVE_GRACE, on_grace);
}

static gboolean
on_grace (gpointer user_data)
{
  Lookup *lookup = user_data;

  lookup->hurry = TRUE;
  consider (lookup);
  return G_SOURCE_REMOVE;
}

static gboolean
on_limit (gpointer user_data)
{
  tell (user_data);
  return G_SOURCE_REMOVE;
}

/* --- Questions --------------------------------------------------------------------- */

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
on_addresses (GObject *object, GAsyncResult *result, gpointer user_data)
{
  HostQuestion *question = user_data;
  Lookup *lookup = question->lookup;
  Host *host = question->host;
  g_autoptr (GError) error = NULL;
  GList *list = g_resolver_lookup_by_name_finish (G_RESOLVER (object), result, &error);

  for (GList *l = list; l != NULL && host->n_addresses < FRAM_RESOLVED_MAX; l = l->next)
    host->n_addresses += convert (l->data, &host->addresses[host->n_addresses]);
  g_resolver_free_addresses (list);
  if (error != NULL)
    g_debug ("A name has no address: %s", error->message);
  host->is_done = TRUE;
  g_free (question);
  consider (lookup);
  release (lookup);
}

/* The answers come to the context that is the default of this moment. */
static void
ask_addresses (Lookup *lookup, Host *host, const char *name)
{
  FramResolver *resolver = lookup->resolver;
  HostQuestion *question = g_new0 (HostQuestion, 1);

  question->lookup = lookup;
  question->host = host;
  lookup->n_references++;
  g_main_context_push_thread_default (resolver->context);
  g_resolver_lookup_by_name_async (resolver->system, name, lookup->cancellable,
                                   on_addresses, question);
  g_main_context_pop_thread_default (resolver->context);
}

static void
on_targets (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Lookup *lookup = user_data;
  g_autoptr (GError) error = NULL;
  GList *list = g_resolver_lookup_service_finish (G_RESOLVER (object), result, &error);
  gboolean is_empty = list == NULL;

  /* RFC 2782: by priority, and at random by weight. */
  list = g_srv_target_list_sort (list);
  lookup->service = is_empty       ? SERVICE_NONE
                    : list == NULL ? SERVICE_DECLINED
                                   : SERVICE_FOUND;
  for (GList *l = list; l != NULL && lookup->resolver != NULL
                        && lookup->n_targets < FRAM_RESOLVED_MAX_TARGETS;
       l = l->next)
    {
      Host *host = &lookup->targets[lookup->n_targets++];

      host->port = g_srv_target_get_port (l->data);
      ask_addresses (lookup, host, g_srv_target_get_hostname (l->data));
    }
  g_resolver_free_targets (list);
  consider (lookup);
  release (lookup);
}

static gboolean
is_secure (FramKnownTransport transport)
{
  return transport == FRAM_KNOWN_TLS || transport == FRAM_KNOWN_DTLS;
}

static void
ask_service (Lookup *lookup, const FramResolverQuestion *question)
{
  static const char *const words[][2] = {
    [FRAM_SERVER_SCHEME_STUN] = { "stun", "stuns" },
    [FRAM_SERVER_SCHEME_TURN] = { "turn", "turns" },
  };
  FramResolver *resolver = lookup->resolver;
  gboolean datagrams
      = question->transport == FRAM_KNOWN_UDP || question->transport == FRAM_KNOWN_DTLS;

  lookup->service = SERVICE_ASKED;
  lookup->n_references++;
  g_main_context_push_thread_default (resolver->context);
  g_resolver_lookup_service_async (
      resolver->system, words[question->scheme][is_secure (question->transport)],
      datagrams ? "udp" : "tcp", question->name, lookup->cancellable, on_targets, lookup);
  g_main_context_pop_thread_default (resolver->context);
}

void
fram_resolver_look_up (FramResolver *resolver, guint16 query,
                       const FramResolverQuestion *question)
{
  Lookup *lookup = g_new0 (Lookup, 1);

  lookup->resolver = resolver;
  lookup->query = query;
  lookup->service = SERVICE_NONE;
  lookup->cancellable = g_cancellable_new ();
  lookup->limit = start_timer (lookup, resolver->limit, on_limit);
  lookup->plain.port = question->port;
  g_hash_table_add (resolver->lookups, lookup);

  /* Both at once: most names have no SRV records, and shall not wait for that. */
  if (question->port == 0)
    {
      lookup->plain.port = is_secure (question->transport) ? FRAM_SERVER_URI_SECURE_PORT
                                                           : FRAM_SERVER_URI_PORT;
      ask_service (lookup, question);
    }
  ask_addresses (lookup, &lookup->plain, question->name);
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

  g_hash_table_iter_init (&iter, resolver->lookups);
  while (g_hash_table_iter_next (&iter, &lookup, NULL))
    forget (lookup);
  g_hash_table_unref (resolver->lookups);
  g_object_unref (resolver->system);
  g_main_context_unref (resolver->context);
  g_free (resolver);
}
