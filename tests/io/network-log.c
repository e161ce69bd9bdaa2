#include "network-log.h"

#include <string.h>

/* A test that waits longer than this has failed. */
#define WAIT_SECONDS 20

char *
network_to_text (const FramNetworkIdentity *network)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char prefix[FRAM_ADDRESS_TEXT];

  if (network == NULL)
    return g_strdup ("none");
  for (gsize i = 0; i < network->gateway_length; i++)
    g_string_append_printf (text, "%s%02x", i > 0 ? ":" : "", network->gateway[i]);
  if (network->gateway_length == 0)
    g_string_append_c (text, '-');
  if (network->prefix.family != FRAM_FAMILY_NONE)
    g_string_append_printf (text, " %s/%u",
                            fram_address_ip_to_text (&network->prefix, prefix),
                            network->prefix_length);
  g_string_append_printf (text, " %s", network->interface);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
on_network (const FramNetworkIdentity *network, gpointer user_data)
{
  NetworkLog *log = user_data;

  g_ptr_array_add (log->networks, network_to_text (network));
}

static void
on_addresses (const FramInterfaceAddress *addresses, guint n_addresses,
              gpointer user_data)
{
  NetworkLog *log = user_data;

  log->n_addresses_told++;
  log->n_networks_before = log->networks->len;
  g_array_set_size (log->addresses, 0);
  g_array_append_vals (log->addresses, addresses, n_addresses);
}

void
network_log_init (NetworkLog *log)
{
  static const FramNetworkListener listener = { on_network, on_addresses };
  g_autoptr (GError) error = NULL;

  memset (log, 0, sizeof *log);
  log->context = g_main_context_new ();
  log->networks = g_ptr_array_new_with_free_func (g_free);
  log->addresses = g_array_new (FALSE, FALSE, sizeof (FramInterfaceAddress));
  log->watch = fram_network_watch_new (log->context, &listener, log, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (log->n_addresses_told, ==, 1);
}

void
network_log_clear (NetworkLog *log)
{
  fram_network_watch_free (log->watch);
  g_ptr_array_unref (log->networks);
  g_array_unref (log->addresses);
  g_main_context_unref (log->context);
}

typedef struct
{
  NetworkLog *log;
  const char *text;
} Goal;

static gboolean
on_limit (gpointer user_data)
{
  const Goal *goal = user_data;
  NetworkLog *log = goal->log;

  g_error ("Waited for “%s”; the network is %s, and %u addresses are there", goal->text,
           log->networks->len > 0
               ? (const char *) log->networks->pdata[log->networks->len - 1]
               : "none",
           log->addresses->len);
  return G_SOURCE_REMOVE;
}

static void
await (NetworkLog *log, gboolean (*is_reached) (NetworkLog *, const char *),
       const char *text)
{
  Goal goal = { .log = log, .text = text };
  GSource *limit = g_timeout_source_new_seconds (WAIT_SECONDS);

  g_source_set_callback (limit, on_limit, &goal, NULL);
  g_source_attach (limit, log->context);
  while (!is_reached (log, text))
    g_main_context_iteration (log->context, TRUE);
  g_source_destroy (limit);
  g_source_unref (limit);
}

static gboolean
is_network (NetworkLog *log, const char *text)
{
  g_autofree char *now = network_to_text (fram_network_watch_get_network (log->watch));

  return strcmp (now, text) == 0;
}

static gboolean
is_at (NetworkLog *log, guint place, const char *ip)
{
  FramAddress address;

  g_assert_true (fram_address_parse_ip (&address, ip, 0));
  return memcmp (g_array_index (log->addresses, FramInterfaceAddress, place).address.ip,
                 address.ip, sizeof address.ip)
         == 0;
}

static gboolean
is_there (NetworkLog *log, const char *ip)
{
  for (guint i = 0; i < log->addresses->len; i++)
    if (is_at (log, i, ip))
      return TRUE;
  return FALSE;
}

static gboolean
is_gone (NetworkLog *log, const char *ip)
{
  return !is_there (log, ip);
}

static gboolean
is_first (NetworkLog *log, const char *ip)
{
  return log->addresses->len > 0 && is_at (log, 0, ip);
}

void
network_log_await_network (NetworkLog *log, const char *text)
{
  await (log, is_network, text);
}

void
network_log_await_address (NetworkLog *log, const char *ip, gboolean there)
{
  await (log, there ? is_there : is_gone, ip);
}

void
network_log_await_first (NetworkLog *log, const char *ip)
{
  await (log, is_first, ip);
}

void
network_log_assert_networks (NetworkLog *log, const char *expected)
{
  g_autoptr (GString) told = g_string_new (NULL);

  for (guint i = 0; i < log->networks->len; i++)
    g_string_append_printf (told, "%s%s", i > 0 ? ", " : "",
                            (const char *) log->networks->pdata[i]);
  g_assert_cmpstr (told->str, ==, expected);
}

FramNetworkWatchStats
network_log_get_stats (NetworkLog *log)
{
  FramNetworkWatchStats stats;

  fram_network_watch_get_stats (log->watch, &stats);
  return stats;
}
