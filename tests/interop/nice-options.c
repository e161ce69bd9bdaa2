#include "nice-options.h"

#include <string.h>

gboolean
nice_options_parse (NiceOptions *options, int argc, char **argv, GError **error)
{
  gboolean regular = FALSE;
  GOptionEntry entries[] = {
    { "role", 0, 0, G_OPTION_ARG_STRING, &options->role, "controlling or controlled",
      "ROLE" },
    { "aggressive", 0, 0, G_OPTION_ARG_NONE, &options->aggressive,
      "Nominate with every check", NULL },
    { "regular", 0, 0, G_OPTION_ARG_NONE, &regular, "Regular nomination (default)",
      NULL },
    { "trickle", 0, 0, G_OPTION_ARG_NONE, &options->trickle, "Tell candidates singly",
      NULL },
    { "lite", 0, 0, G_OPTION_ARG_NONE, &options->lite, "A lite agent", NULL },
    { "consent", 0, 0, G_OPTION_ARG_NONE, &options->consent, "Consent freshness", NULL },
    { "renomination", 0, 0, G_OPTION_ARG_NONE, &options->renomination,
      "The last nomination counts", NULL },
    { "echo", 0, 0, G_OPTION_ARG_NONE, &options->echo, "Answer echo:TEXT", NULL },
    { "components", 0, 0, G_OPTION_ARG_INT, &options->components, "1 to 4", "N" },
    { "address", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->addresses,
      "Use this local address only (repeatable)", "IP" },
    { "stun", 0, 0, G_OPTION_ARG_STRING, &options->stun, "Ask this server, port 3478",
      "IP" },
    { "relay", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->relays,
      "Use this TURN server by udp, tcp or tls (repeatable)", "TRANSPORT,IP:PORT" },
    { "user", 0, 0, G_OPTION_ARG_STRING, &options->user, "Of the TURN servers", "NAME" },
    { "password", 0, 0, G_OPTION_ARG_STRING, &options->password, "Of that user", "TEXT" },
    { "relay-only", 0, 0, G_OPTION_ARG_NONE, &options->relay_only,
      "Nothing but relayed candidates", NULL },
    { "tcp", 0, 0, G_OPTION_ARG_NONE, &options->tcp, "Nothing but TCP candidates", NULL },
    { "proxy", 0, 0, G_OPTION_ARG_STRING, &options->proxy,
      "To TURN servers by tcp and tls through an http or socks5 proxy", "KIND,IP:PORT" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  options->components = 1;
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if ((options->aggressive && regular) || options->components < 1
      || options->components > MAX_COMPONENTS)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "One nomination, and 1 to %d components", MAX_COMPONENTS);
      return FALSE;
    }
  return TRUE;
}

void
nice_options_clear (NiceOptions *options)
{
  g_free (options->role);
  g_strfreev (options->addresses);
  g_free (options->stun);
  g_strfreev (options->relays);
  g_free (options->user);
  g_free (options->password);
  g_free (options->proxy);
}

/* --- Ends: a word, a comma, an IPv4 address, a colon and a port ---------------------- */

typedef struct
{
  int kind;
  char *ip;
  guint port;
} End;

typedef struct
{
  const char *word;
  int kind;
} Word;

static gboolean
read_end (End *end, const char *text, const Word *words, gsize n_words, GError **error)
{
  g_auto (GStrv) parts = g_strsplit_set (text, ",:", 3);
  guint64 port;

  if (g_strv_length (parts) == 3
      && g_ascii_string_to_unsigned (parts[2], 10, 1, G_MAXUINT16, &port, NULL))
    for (gsize i = 0; i < n_words; i++)
      if (strcmp (words[i].word, parts[0]) == 0)
        {
          *end = (End){ words[i].kind, g_strdup (parts[1]), (guint) port };
          return TRUE;
        }
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "“%s” is not a kind, a comma, an address and a port", text);
  return FALSE;
}

static gboolean
apply_relay (const NiceOptions *options, const char *text, NiceAgent *agent, guint stream,
             GError **error)
{
  static const Word words[] = {
    { "udp", NICE_RELAY_TYPE_TURN_UDP },
    { "tcp", NICE_RELAY_TYPE_TURN_TCP },
    { "tls", NICE_RELAY_TYPE_TURN_TLS },
  };
  End end = { 0 };

  if (!read_end (&end, text, words, G_N_ELEMENTS (words), error))
    return FALSE;
  for (int component = 1; component <= options->components; component++)
    nice_agent_set_relay_info (agent, stream, (guint) component, end.ip, end.port,
                               options->user != NULL ? options->user : "",
                               options->password != NULL ? options->password : "",
                               (NiceRelayType) end.kind);
  g_free (end.ip);
  return TRUE;
}

static gboolean
apply_proxy (const NiceOptions *options, NiceAgent *agent, GError **error)
{
  static const Word words[] = {
    { "http", NICE_PROXY_TYPE_HTTP },
    { "socks5", NICE_PROXY_TYPE_SOCKS5 },
  };
  End end = { 0 };

  if (!read_end (&end, options->proxy, words, G_N_ELEMENTS (words), error))
    return FALSE;
  g_object_set (agent, "proxy-type", end.kind, "proxy-ip", end.ip, "proxy-port", end.port,
                NULL);
  g_free (end.ip);
  return TRUE;
}

gboolean
nice_options_apply (const NiceOptions *options, NiceAgent *agent, guint stream,
                    GError **error)
{
  g_object_set (agent, "force-relay", options->relay_only, NULL);
  for (char **text = options->relays; text != NULL && *text != NULL; text++)
    if (!apply_relay (options, *text, agent, stream, error))
      return FALSE;
  return options->proxy == NULL || apply_proxy (options, agent, error);
}
