/* Names: found, not found, and not answered. */
#include "io/resolver.h"

#include <gio/gio.h>
#include <string.h>

/* A resolver that knows one name with two addresses, denies another, and is silent about
 * all else. */
typedef struct
{
  GResolver parent;
} FakeResolver;
typedef GResolverClass FakeResolverClass;

static GType fake_resolver_get_type (void);
G_DEFINE_TYPE (FakeResolver, fake_resolver, G_TYPE_RESOLVER)

static void
free_addresses (gpointer addresses)
{
  g_resolver_free_addresses (addresses);
}

static void
on_cancelled (GCancellable *cancellable, GTask *task)
{
  g_task_return_error_if_cancelled (task);
}

static void
unref_task (gpointer task, GClosure *closure)
{
  g_object_unref (task);
}

static void
lookup_by_name_async (GResolver *resolver, const char *name, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);
  GList *addresses = NULL;

  if (strcmp (name, "known.example") == 0)
    {
      addresses = g_list_append (addresses, g_inet_address_new_from_string ("192.0.2.3"));
      addresses
          = g_list_append (addresses, g_inet_address_new_from_string ("2001:db8::3"));
      g_task_return_pointer (task, addresses, free_addresses);
    }
  else if (strcmp (name, "none.example") == 0)
    g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "none");
  else
    /* As the resolver of GLib: cancelling brings the answer. */
    g_signal_connect_data (cancellable, "cancelled", G_CALLBACK (on_cancelled),
                           g_object_ref (task), unref_task, 0);
}

static GList *
lookup_by_name_finish (GResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
fake_resolver_init (FakeResolver *resolver)
{
}

static void
fake_resolver_class_init (FakeResolverClass *klass)
{
  klass->lookup_by_name_async = lookup_by_name_async;
  klass->lookup_by_name_finish = lookup_by_name_finish;
}

typedef struct
{
  guint n_answers;
  guint16 query;
  guint n_addresses;
  FramAddress addresses[FRAM_RESOLVED_MAX];
} Answer;

static void
on_resolved (guint16 query, const FramAddress *addresses, guint n_addresses,
             gpointer user_data)
{
  Answer *answer = user_data;

  answer->n_answers++;
  answer->query = query;
  answer->n_addresses = n_addresses;
  memcpy (answer->addresses, addresses, n_addresses * sizeof *addresses);
}

static gboolean
on_limit (gpointer user_data)
{
  g_error ("No answer came");
  return G_SOURCE_REMOVE;
}

static Answer
ask (const char *name, FramTime limit)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  GSource *expired = g_timeout_source_new_seconds (20);
  Answer answer = { 0 };
  g_autoptr (FramResolver) resolver
      = fram_resolver_new (context, limit, on_resolved, &answer);

  g_source_set_callback (expired, on_limit, NULL, NULL);
  g_source_attach (expired, context);
  fram_resolver_look_up (resolver, 77, name);
  g_assert_cmpuint (answer.n_answers, ==, 0);
  while (answer.n_answers == 0)
    g_main_context_iteration (context, TRUE);
  while (g_main_context_iteration (context, FALSE))
    continue;
  g_assert_cmpuint (answer.n_answers, ==, 1);
  g_assert_cmpuint (answer.query, ==, 77);
  g_source_destroy (expired);
  g_source_unref (expired);
  return answer;
}

static void
test_found (void)
{
  Answer answer = ask ("known.example", FRAM_RESOLVE_LIMIT);
  FramAddress ipv4, ipv6;

  g_assert_true (fram_address_parse_ip (&ipv4, "192.0.2.3", 0));
  g_assert_true (fram_address_parse_ip (&ipv6, "2001:db8::3", 0));
  g_assert_cmpuint (answer.n_addresses, ==, 2);
  g_assert_true (fram_address_equal (&answer.addresses[0], &ipv4));
  g_assert_true (fram_address_equal (&answer.addresses[1], &ipv6));
}

static void
test_not_found (void)
{
  g_assert_cmpuint (ask ("none.example", FRAM_RESOLVE_LIMIT).n_addresses, ==, 0);
}

static void
test_silence_ends (void)
{
  gint64 start = g_get_monotonic_time ();

  g_assert_cmpuint (ask ("silent.example", FRAM_MILLISECONDS (30)).n_addresses, ==, 0);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, FRAM_MILLISECONDS (30));
}

/* What is under way when the resolver goes is not told to anybody. */
static void
test_freed_before_answer (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Answer answer = { 0 };
  FramResolver *resolver
      = fram_resolver_new (context, FRAM_RESOLVE_LIMIT, on_resolved, &answer);

  fram_resolver_look_up (resolver, 1, "silent.example");
  fram_resolver_look_up (resolver, 2, "known.example");
  fram_resolver_free (resolver);
  while (g_main_context_iteration (context, FALSE))
    continue;
  g_assert_cmpuint (answer.n_answers, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GResolver) fake = NULL;

  g_test_init (&argc, &argv, NULL);
  fake = g_object_new (fake_resolver_get_type (), NULL);
  g_resolver_set_default (fake);
  g_test_add_func ("/resolver/found", test_found);
  g_test_add_func ("/resolver/not-found", test_not_found);
  g_test_add_func ("/resolver/silence", test_silence_ends);
  g_test_add_func ("/resolver/freed", test_freed_before_answer);
  return g_test_run ();
}
