#include "cli/netcheck-report.h"

#include <string.h>

#include "cli/terminal.h"

/* Where the values of a list begin. */
#define VALUES 20

/* A word of the service, and what people are told. */
typedef struct
{
  const char *word;
  const char *text;
} Text;

static const char *
find_text (const Text *texts, const char *word)
{
  for (; texts->word != NULL; texts++)
    if (g_str_equal (texts->word, word))
      return texts->text;
  return word;
}

static const Text uses[] = {
  { "used", "used" },
  { "loopback", "not used: it is this computer itself" },
  { "link-local", "not used: a link-local address" },
  { "virtual", "not used: a bridge, or of containers" },
  { "deprecated", "not used: deprecated, another one has taken its place" },
  { "obsolete", "not used: of a kind that is not to be used any more" },
  { "traceable", "not used: it tells this computer in every network, and there is a "
                 "temporary one" },
  { "vpn", "not used: a VPN, which the settings leave out" },
  { "denied", "not used: the settings leave it out" },
  { "family", "not used: the settings leave out its IP version" },
  { "failed", "not used: no socket could be bound to it" },
  { NULL, NULL },
};

static const Text mappings[] = {
  { "endpoint-independent",
    "endpoint-independent: the same public port for all destinations" },
  { "address-dependent",
    "address-dependent: another public port for each destination address" },
  { "address-and-port-dependent",
    "address and port-dependent: another public port for each destination address and "
    "port" },
  { "dependent",
    "dependent on the destination: the public port is not the same for all" },
  { NULL, NULL },
};

static const Text filters[] = {
  { "endpoint-independent", "endpoint-independent: anybody may send" },
  { "address-dependent", "address-dependent: only addresses that were sent to may send" },
  { "address-and-port-dependent",
    "address and port-dependent: only addresses and ports that were sent to may send" },
  { "dependent", "dependent: only those that were sent to may send" },
  { NULL, NULL },
};

static const Text hairpins[] = {
  { "yes", "yes: computers behind the same NAT reach each other by public addresses" },
  { "no",
    "no: computers behind the same NAT do not reach each other by public addresses" },
  { NULL, NULL },
};

static const Text ports[] = {
  { "yes", "kept: the public port is the local one" },
  { "no", "not kept: the NAT chooses the public port" },
  { NULL, NULL },
};

static const Text calls[] = {
  { "direct", "direct connection" },
  { "relay", "relay needed" },
  { NULL, NULL },
};

static const Text transports[] = {
  { "udp", "UDP" },   { "tcp", "TCP" }, { "tls", "TLS" },
  { "dtls", "DTLS" }, { NULL, NULL },
};

static void
append_value (GString *text, const char *name, const char *value, guint width)
{
  g_string_append_printf (text, "  %-*s", VALUES - 2, name);
  terminal_append_wrapped (text, value, VALUES, VALUES, width);
}

/* --- The network ------------------------------------------------------------------- */

static void
append_network (GString *text, FramNetwork *network, guint width)
{
  g_autofree char *first = terminal_span (fram_network_get_first_age (network));
  g_autofree char *line = NULL;

  if (*fram_network_get_name (network) == '\0')
    line = g_strdup ("Network: it cannot be told which one it is, so nothing of it is "
                     "remembered.");
  else if (fram_network_get_first_age (network) < 0)
    line = g_strdup_printf ("Network: %s (seen for the first time)",
                            fram_network_get_name (network));
  else
    line = g_strdup_printf ("Network: %s (known for %s)", fram_network_get_name (network),
                            first);
  terminal_append_wrapped (text, line, 0, 2, width);
}

static void
append_addresses (GString *text, GPtrArray *interfaces)
{
  Table *table = table_new ("Interface", "Address", "Use", NULL);

  for (guint i = 0; i < interfaces->len; i++)
    {
      FramNetworkInterface *row = g_ptr_array_index (interfaces, i);

      table_add (table, row->name);
      table_add (table, row->address);
      table_add (table, find_text (uses, row->use));
    }
  g_string_append_c (text, '\n');
  table_finish (table, 0, text);
}

/* --- The NATs ---------------------------------------------------------------------- */

static gboolean
is_ipv6 (const FramNetworkInterface *row)
{
  return strchr (row->address, ':') != NULL;
}

/* Whether an earlier row is of the same interface and family and tells as much. */
static gboolean
is_told (GPtrArray *interfaces, guint index)
{
  const FramNetworkInterface *row = g_ptr_array_index (interfaces, index);

  for (guint i = 0; i < interfaces->len; i++)
    {
      const FramNetworkInterface *other = g_ptr_array_index (interfaces, i);

      if (i == index || !g_str_equal (other->use, "used")
          || !g_str_equal (other->name, row->name) || is_ipv6 (other) != is_ipv6 (row))
        continue;
      if (i < index ? other->age >= 0 || row->age < 0 : other->age >= 0 && row->age < 0)
        return TRUE;
    }
  return FALSE;
}

static void
append_lifetime (GString *text, const FramNetworkInterface *row, guint width)
{
  g_autofree char *lives = terminal_span (row->lives);
  g_autofree char *dies = terminal_span (row->dies);
  g_autofree char *keepalive = terminal_span (row->keepalive);
  g_autoptr (GString) value = g_string_new (NULL);

  if (row->lives >= 0)
    g_string_append_printf (value, "%s at least", lives);
  if (row->dies >= 0)
    g_string_append_printf (value, "%sless than %s", value->len > 0 ? ", " : "", dies);
  if (value->len == 0)
    g_string_append (value, "not measured");
  if (row->keepalive >= 0)
    g_string_append_printf (value, "; kept alive every %s", keepalive);
  append_value (text, "Unused mappings", value->str, width);
}

static void
append_calls (GString *text, FramNetworkInterface *row, guint width)
{
  guint n = fram_network_interface_get_n_calls (row);

  append_value (text, "Calling somebody", row->explanation, width);
  if (g_str_equal (row->expectation, "unknown") || g_str_equal (row->kind, "blocked"))
    return;
  for (guint i = 0; i < n; i++)
    {
      const char *kind, *name, *expectation;
      g_autofree char *value = NULL;

      fram_network_interface_get_call (row, i, &kind, &name, &expectation);
      value = g_strdup_printf ("%-26s %s", name, find_text (calls, expectation));
      g_string_append_printf (text, "  %-*s%s\n", VALUES - 2,
                              i == 0 ? "by their NAT" : "", value);
    }
}

static void
append_behaviour (GString *text, const FramNetworkInterface *row, guint width)
{
  gboolean translated = g_str_equal (row->translated, "yes");

  if (*row->mapped_address != '\0')
    append_value (text, "Public address", row->mapped_address, width);
  if (translated)
    append_value (text, "Mapping", find_text (mappings, row->mapping), width);
  append_value (text, "Filtering", find_text (filters, row->filtering), width);
  if (g_str_equal (row->server_helps, "no") && g_str_equal (row->filtering, "unknown"))
    append_value (text, "",
                  "The server does not offer the tests of RFC 5780, which are needed to "
                  "find that out.",
                  width);
  if (!translated)
    return;
  append_value (text, "Ports", find_text (ports, row->keeps_port), width);
  append_value (text, "Hairpin", find_text (hairpins, row->hairpin), width);
  append_lifetime (text, row, width);
}

static void
append_nat (GString *text, FramNetworkInterface *row, guint width)
{
  g_autofree char *span = terminal_span (row->age);
  g_autofree char *age = row->age < G_TIME_SPAN_SECOND ? g_strdup ("just now")
                                                       : g_strconcat (span, " ago", NULL);
  g_autofree char *title = NULL;

  if (row->age < 0)
    title = g_strdup_printf ("%s, %s: %s", row->name, is_ipv6 (row) ? "IPv6" : "IPv4",
                             row->checking ? "this is being found out"
                                           : "nothing is known of the way out");
  else
    title = g_strdup_printf ("%s, %s: %s (found out %s)", row->name,
                             is_ipv6 (row) ? "IPv6" : "IPv4", row->kind_name, age);
  g_string_append_c (text, '\n');
  terminal_append_wrapped (text, title, 0, 2, width);
  if (row->age < 0)
    return;
  if (g_str_equal (row->kind, "blocked"))
    append_value (text, "UDP",
                  "No server answers: UDP is blocked, or the servers are down.", width);
  else
    append_behaviour (text, row, width);
  append_calls (text, row, width);
}

/* --- The servers ------------------------------------------------------------------- */

static gboolean
has_answered (const FramNetworkServer *row)
{
  return row->success_age >= 0
         && (row->failure_age < 0 || row->success_age <= row->failure_age);
}

gboolean
netcheck_has_answer (FramNetwork *network)
{
  g_autoptr (GPtrArray) servers = fram_network_list_servers (network);

  for (guint i = 0; i < servers->len; i++)
    if (has_answered (g_ptr_array_index (servers, i)))
      return TRUE;
  return FALSE;
}

static void
append_servers (GString *text, GPtrArray *servers, guint width)
{
  gboolean any_relay = FALSE;
  Table *table;

  g_string_append_c (text, '\n');
  if (servers->len == 0)
    {
      terminal_append_wrapped (
          text,
          "No server is known, so it cannot be found out how this network treats "
          "connections. Name one: fram netcheck --server stun:HOST, or keep one for all "
          "sessions: fram servers add stun:HOST",
          0, 0, width);
      return;
    }
  table = table_new ("Server", "Address", "By", "Answer", "Round trip", NULL);
  for (guint i = 0; i < servers->len; i++)
    {
      const FramNetworkServer *row = g_ptr_array_index (servers, i);
      g_autofree char *rtt = terminal_duration (row->rtt);

      any_relay |= g_str_has_prefix (row->uri, "turn");
      table_add (table, row->uri);
      table_add (table, *row->address != '\0' ? row->address : "the name has none");
      table_add (table, find_text (transports, row->transport));
      table_add (table, has_answered (row) ? "yes" : "no");
      table_add (table, rtt);
    }
  table_finish (table, 0, text);
  if (!any_relay)
    return;
  g_string_append_c (text, '\n');
  terminal_append_wrapped (text,
                           "Whether the TURN servers relay too is found out by: fram "
                           "servers test",
                           0, 0, width);
}

void
netcheck_append_report (GString *text, FramNetwork *network, guint width)
{
  g_autoptr (GPtrArray) interfaces = fram_network_list_interfaces (network);
  g_autoptr (GPtrArray) servers = fram_network_list_servers (network);

  append_network (text, network, width);
  if (interfaces->len > 0)
    append_addresses (text, interfaces);
  else
    g_string_append (text, "\nThis computer has no addresses.\n");
  for (guint i = 0; i < interfaces->len; i++)
    {
      FramNetworkInterface *row = g_ptr_array_index (interfaces, i);

      if (g_str_equal (row->use, "used") && !is_told (interfaces, i))
        append_nat (text, row, width);
    }
  append_servers (text, servers, width);
}
