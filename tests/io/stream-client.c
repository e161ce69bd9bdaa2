#include "stream-client.h"

#include "stun/builder.h"

#include <string.h>

/* --- Proxies ----------------------------------------------------------------------- */

typedef GSimpleProxyResolver TestProxies;
typedef GSimpleProxyResolverClass TestProxiesClass;

static gboolean
is_supported (GProxyResolver *resolver)
{
  return TRUE;
}

static void
test_proxies_init_interface (GProxyResolverInterface *interface)
{
  interface->is_supported = is_supported;
}

static GType test_proxies_get_type (void);
G_DEFINE_TYPE_WITH_CODE (TestProxies, test_proxies, G_TYPE_SIMPLE_PROXY_RESOLVER,
                         G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER,
                                                test_proxies_init_interface))

static void
test_proxies_init (TestProxies *proxies)
{
}

static void
test_proxies_class_init (TestProxiesClass *klass)
{
}

void
stream_client_take_proxies (void)
{
  g_assert_true (g_setenv ("GIO_USE_PROXY_RESOLVER", "test", TRUE));
  /* Extension points are there once one of them was used. */
  g_vfs_get_default ();
  g_assert_nonnull (g_io_extension_point_implement (G_PROXY_RESOLVER_EXTENSION_POINT_NAME,
                                                    test_proxies_get_type (), "test", 0));
  stream_client_set_proxy (NULL);
}

void
stream_client_set_proxy (const char *uri)
{
  g_simple_proxy_resolver_set_default_proxy (
      G_SIMPLE_PROXY_RESOLVER (g_proxy_resolver_get_default ()), uri);
}

/* --- The stream -------------------------------------------------------------------- */

static void
on_opened (gpointer user_data, FramBaseId id, const FramAddress *local)
{
  StreamClient *client = user_data;

  g_assert_cmpuint (id, ==, 7);
  g_assert_false (client->is_open);
  client->is_open = TRUE;
  client->local = *local;
}

static void
on_receive (gpointer user_data, FramBaseId id, const FramAddress *remote,
            const guint8 *data, gsize length)
{
  StreamClient *client = user_data;
  FramStunMessage message;

  g_assert_nonnull (client->stream);
  g_assert_cmpuint (id, ==, 7);
  client->n_messages++;
  g_byte_array_append (client->received, data, (guint) length);
  if (fram_stun_message_parse (&message, data, length) == FRAM_STUN_PARSE_OK
      && fram_stun_id_equal (&message.id, &client->id))
    fram_stun_message_get_address (&message, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS,
                                   &client->mapped);
  if (client->n_messages == client->close_at)
    g_clear_pointer (&client->stream, fram_stream_close);
}

static void
on_failed (gpointer user_data, FramBaseId id, FramStreamFailure failure,
           const char *details)
{
  StreamClient *client = user_data;

  g_assert_false (client->failed);
  client->failed = TRUE;
  client->failure = failure;
  client->details = g_strdup (details);
  g_clear_pointer (&client->stream, fram_stream_close);
}

static void
on_turn_ended (gpointer user_data)
{
  StreamClient *client = user_data;

  g_assert_nonnull (client->stream);
  client->n_turns++;
}

static void
on_room (gpointer user_data, FramBaseId id)
{
  ((StreamClient *) user_data)->n_rooms++;
}

static StreamClient *
open_client (FramStreamTarget *target, FramTime limit)
{
  static const FramStreamOwner owner
      = { on_opened, on_receive, on_failed, on_turn_ended, on_room };
  StreamClient *client = g_new0 (StreamClient, 1);

  target->id = 7;
  /* Not the address that the kernel would choose. */
  g_assert_true (fram_address_parse_ip (&target->bind, "127.0.0.9", 0));
  memcpy (client->id.bytes, "a question..", sizeof client->id.bytes);
  client->received = g_byte_array_new ();
  client->stream = fram_stream_new (NULL, target, limit, &owner, client);
  return client;
}

StreamClient *
stream_client_new (const FramAddress *remote, FramServerScheme scheme, const char *name,
                   FramTime limit)
{
  FramStreamTarget target = { .remote = *remote,
                              .scheme = scheme,
                              .transport = name != NULL ? FRAM_KNOWN_TLS : FRAM_KNOWN_TCP,
                              .name = name != NULL ? name : "unused.example" };

  return open_client (&target, limit);
}

StreamClient *
stream_client_new_by (FramKnownTransport transport, const FramAddress *remote,
                      const char *name, const char *authority, FramTime limit)
{
  FramStreamTarget target = { .remote = *remote,
                              .scheme = FRAM_SERVER_SCHEME_TURN,
                              .transport = transport,
                              .name = name,
                              .authority = authority };

  return open_client (&target, limit);
}

void
stream_client_free (StreamClient *client)
{
  fram_stream_close (client->stream);
  stream_client_settle ();
  g_byte_array_unref (client->received);
  g_free (client->details);
  g_free (client);
}

void
stream_client_settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static gboolean
on_patience (gpointer user_data)
{
  g_error ("Nothing comes");
  return G_SOURCE_REMOVE;
}

#define AWAIT(condition)                                                                 \
  do                                                                                     \
    {                                                                                    \
      guint patience = g_timeout_add_seconds (20, on_patience, NULL);                    \
                                                                                         \
      while (!(condition))                                                               \
        g_main_context_iteration (NULL, TRUE);                                           \
      g_source_remove (patience);                                                        \
    }                                                                                    \
  while (FALSE)

void
stream_client_await_open (StreamClient *client)
{
  AWAIT (client->is_open || client->failed);
  g_assert_cmpstr (client->details, ==, NULL);
  g_assert_true (client->is_open);
}

void
stream_client_await_failure (StreamClient *client, FramStreamFailure expected,
                             const char *in_details)
{
  AWAIT (client->failed);
  g_test_message ("%s", client->details != NULL ? client->details : "no details");
  g_assert_cmpint (client->failure, ==, expected);
  if (in_details != NULL)
    g_assert_nonnull (strstr (client->details, in_details));
}

void
stream_client_await_messages (StreamClient *client, guint n)
{
  AWAIT (client->n_messages >= n);
}

void
stream_client_ask (StreamClient *client)
{
  guint8 buffer[FRAM_STUN_MAX_SENT];
  FramStunBuilder builder;

  fram_stun_builder_init (&builder, buffer, sizeof buffer, FRAM_STUN_REQUEST,
                          FRAM_STUN_BINDING, &client->id);
  fram_stream_send (client->stream, buffer, fram_stun_builder_end (&builder));
}

void
stream_client_exchange (StreamClient *client)
{
  stream_client_await_open (client);
  stream_client_ask (client);
  stream_client_await_messages (client, client->n_messages + 1);
}
