/* Names: found, not found, and not answered. */
#include "io/resolver.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

/* A resolver that answers from a table; what is not in it does not exist, and a name or a
 * service that begins with “silent” or “_silent” is never answered. */
typedef struct
{
  GResolver parent;
} FakeResolver;
typedef GResolverClass FakeResolverClass;

static GType fake_resolver_get_type (void);
G_DEFINE_TYPE (FakeResolver, fake_resolver, G_TYPE_RESOLVER)

typedef struct
{
  const char *name;
  const char *answers[6]; /* addresses, or SRV records as "priority weight port target" */
} Record;

static const Record records[] = {
  { "known.example", { "192.0.2.3", "2001:db8::3" } },
  { "half.example", { "192.0.2.4" } },
  { "_stun._udp.half.example", { "silent" } },
  { "served.example", { "192.0.2.5" } },
  { "_stun._udp.served.example", { "20 0 4001 b.example", "10 0 4000 a.example" } },
  { "_stun._tcp.served.example", { "10 0 4002 b.example" } },
  { "_stuns._tcp.served.example", { "10 0 4003 b.example" } },
  { "_turn._udp.served.example", { "10 0 4004 b.example" } },
  { "_turns._tcp.served.example", { "10 0 4005 b.example" } },
  { "a.example", { "192.0.2.10", "2001:db8::10" } },
  { "b.example", { "192.0.2.11" } },
  { "declined.example", { "192.0.2.6" } },
  { "_stun._udp.declined.example", { "0 0 0 ." } },
  { "_stun._udp.broken.example", { "10 0 4000 gone.example", "20 0 4001 b.example" } },
  { "_stun._udp.stuck.example", { "10 0 4000 silent.example", "20 0 4001 b.example" } },
  { "_stun._udp.many.example",
    { "1 0 1 b.example", "2 0 2 b.example", "3 0 3 b.example", "4 0 4 b.example",
      "5 0 5 b.example" } },
  { "silent.example", { "silent" } },
  { "_stun._udp.silent.example", { "silent" } },
};

static const Record *
find_record (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (records); i++)
    if (g_str_equal (records[i].name, name))
      return &records[i];
  return NULL;
}

static void
free_addresses (gpointer addresses)
{
  g_resolver_free_addresses (addresses);
}

static void
free_targets (gpointer targets)
{
  g_resolver_free_targets (targets);
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

/* Return: the record to be answered with, or NULL: it is done. */
static const Record *
begin (GTask *task, const char *name)
{
  const Record *record = find_record (name);

  if (record == NULL)
    g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "none");
  else if (g_str_equal (record->answers[0], "silent"))
    /* As the resolver of GLib: cancelling brings the answer. */
    g_signal_connect_data (g_task_get_cancellable (task), "cancelled",
                           G_CALLBACK (on_cancelled), g_object_ref (task), unref_task, 0);
  else
    return record;
  return NULL;
}

static void
lookup_by_name_async (GResolver *resolver, const char *name, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);
  const Record *record = begin (task, name);
  GList *addresses = NULL;

  if (record == NULL)
    return;
  for (guint i = 0; record->answers[i] != NULL; i++)
    addresses
        = g_list_append (addresses, g_inet_address_new_from_string (record->answers[i]));
  g_task_return_pointer (task, addresses, free_addresses);
}

static void
lookup_service_async (GResolver *resolver, const char *name, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);
  const Record *record = begin (task, name);
  GList *targets = NULL;

  if (record == NULL)
    return;
  for (guint i = 0; record->answers[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (record->answers[i], " ", 4);

      targets
          = g_list_append (targets, g_srv_target_new (words[3], (guint16) atoi (words[2]),
                                                      (guint16) atoi (words[0]),
                                                      (guint16) atoi (words[1])));
    }
  g_task_return_pointer (task, targets, free_targets);
}

static GList *
finish (GResolver *resolver, GAsyncResult *result, GError **error)
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
  klass->lookup_by_name_finish = finish;
  klass->lookup_service_async = lookup_service_async;
  klass->lookup_service_finish = finish;
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
ask (const FramResolverQuestion *question, FramTime limit)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  GSource *expired = g_timeout_source_new_seconds (20);
  Answer answer = { 0 };
  g_autoptr (FramResolver) resolver
      = fram_resolver_new (context, limit, on_resolved, &answer);

  g_source_set_callback (expired, on_limit, NULL, NULL);
  g_source_attach (expired, context);
  fram_resolver_look_up (resolver, 77, question);
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

typedef struct
{
  const char *path;
  FramResolverQuestion question;
  const char *expected; /* addresses in their order, with ports */
} Case;

static const Case cases[] = {
  { "/resolver/port",
    { .name = "known.example", .port = 99 },
    "192.0.2.3:99 [2001:db8::3]:99" },
  /* A port says where; SRV records are for those who do not know. */
  { "/resolver/port-not-service",
    { .name = "served.example", .port = 99 },
    "192.0.2.5:99" },
  { "/resolver/no-service",
    { .name = "known.example" },
    "192.0.2.3:3478 [2001:db8::3]:3478" },
  { "/resolver/no-service-tls",
    { .name = "known.example", .transport = FRAM_KNOWN_TLS },
    "192.0.2.3:5349 [2001:db8::3]:5349" },
  { "/resolver/service",
    { .name = "served.example" },
    "192.0.2.10:4000 [2001:db8::10]:4000 192.0.2.11:4001" },
  { "/resolver/service-tcp",
    { .name = "served.example", .transport = FRAM_KNOWN_TCP },
    "192.0.2.11:4002" },
  { "/resolver/service-tls",
    { .name = "served.example", .transport = FRAM_KNOWN_TLS },
    "192.0.2.11:4003" },
  { "/resolver/service-turn",
    { .name = "served.example", .scheme = FRAM_SERVER_SCHEME_TURN },
    "192.0.2.11:4004" },
  { "/resolver/service-turns",
    { .name = "served.example",
      .scheme = FRAM_SERVER_SCHEME_TURN,
      .transport = FRAM_KNOWN_TLS },
    "192.0.2.11:4005" },
  { "/resolver/service-none-for-dtls",
    { .name = "served.example", .transport = FRAM_KNOWN_DTLS },
    "192.0.2.5:5349" },
  { "/resolver/declined", { .name = "declined.example" }, "" },
  { "/resolver/target-without-address", { .name = "broken.example" }, "192.0.2.11:4001" },
  { "/resolver/target-silent", { .name = "stuck.example" }, "192.0.2.11:4001" },
  { "/resolver/target-limit",
    { .name = "many.example" },
    "192.0.2.11:1 192.0.2.11:2 192.0.2.11:3 192.0.2.11:4" },
  { "/resolver/service-silent", { .name = "half.example" }, "192.0.2.4:3478" },
  { "/resolver/not-found", { .name = "none.example" }, "" },
};

static void
test_case (gconstpointer data)
{
  const Case *this = data;
  /* Beyond the patience of the test: it is not the limit that brings the answer. */
  Answer answer = ask (&this->question, FRAM_SECONDS (3600));
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < answer.n_addresses; i++)
    {
      char buffer[FRAM_ADDRESS_TEXT];

      g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                              fram_address_to_text (&answer.addresses[i], buffer));
    }
  g_assert_cmpstr (text->str, ==, this->expected);
}

static void
test_silence_ends (void)
{
  FramResolverQuestion question = { .name = "silent.example" };
  gint64 start = g_get_monotonic_time ();

  g_assert_cmpuint (ask (&question, FRAM_MILLISECONDS (30)).n_addresses, ==, 0);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, FRAM_MILLISECONDS (30));
}

/* The limit comes before the grace: what is known by then is told. */
static void
test_limit_tells_what_is_known (void)
{
  FramResolverQuestion question = { .name = "half.example" };

  g_assert_cmpuint (ask (&question, FRAM_MILLISECONDS (30)).n_addresses, ==, 1);
}

/* What is under way when the resolver goes is not told to anybody. */
static void
test_freed_before_answer (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Answer answer = { 0 };
  FramResolver *resolver
      = fram_resolver_new (context, FRAM_RESOLVE_LIMIT, on_resolved, &answer);

  fram_resolver_look_up (resolver, 1,
                         &(FramResolverQuestion){ .name = "silent.example" });
  fram_resolver_look_up (resolver, 2, &(FramResolverQuestion){ .name = "known.example" });
  fram_resolver_look_up (resolver, 3,
                         &(FramResolverQuestion){ .name = "served.example" });
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
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_case);
  g_test_add_func ("/resolver/silence", test_silence_ends);
  g_test_add_func ("/resolver/limit", test_limit_tells_what_is_known);
  g_test_add_func ("/resolver/freed", test_freed_before_answer);
  return g_test_run ();
}
