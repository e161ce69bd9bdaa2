#include "broker/server-uri.h"

#include <string.h>

#include "broker/broker.h"

#define MAX_LABEL 63
/* How much of a wrong URI is shown. */
#define SHOWN 80

typedef struct
{
  const char *word;
  FramServerScheme scheme;
  gboolean secure;
} Scheme;

static const Scheme schemes[] = {
  { "stun", FRAM_SERVER_SCHEME_STUN, FALSE },
  { "stuns", FRAM_SERVER_SCHEME_STUN, TRUE },
  { "turn", FRAM_SERVER_SCHEME_TURN, FALSE },
  { "turns", FRAM_SERVER_SCHEME_TURN, TRUE },
};

/* What is between two delimiters; not terminated. */
typedef struct
{
  const char *start;
  gsize length;
} Span;

/* RFC 3986 §3.1: a scheme is the same in either case. */
static const Scheme *
find_scheme (const Span *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (strlen (schemes[i].word) == word->length
        && g_ascii_strncasecmp (schemes[i].word, word->start, word->length) == 0)
      return &schemes[i];
  return NULL;
}

/* --- The host ---------------------------------------------------------------------- */

/* Return: NULL, or what is wrong. */
static const char *
check_characters (const char *host)
{
  static const char in_names[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-._";

  for (const char *c = host; *c != '\0'; c++)
    {
      if (*c == '%')
        return "percent-encoding in a host is not supported";
      if (*c == '@')
        return "a user name is set beside the URI, not in it";
      if ((guint8) *c >= 0x80)
        return "an international name is to be written in its “xn--” form";
      if (strchr (in_names, *c) == NULL)
        return "its host is neither a name nor an address";
    }
  return NULL;
}

static const char *
check_name (const char *host)
{
  const char *wrong = check_characters (host);
  const char *last = host;
  gsize length;

  if (wrong != NULL)
    return wrong;
  for (const char *label = host;; label += length + 1)
    {
      length = strcspn (label, ".");
      if (length == 0 || length > MAX_LABEL || label[0] == '-')
        return "its host is not a name as the DNS has them";
      last = label;
      /* A dot at the end stands for the root. */
      if (label[length] == '\0' || label[length + 1] == '\0')
        break;
    }
  if (strspn (last, G_CSET_DIGITS ".") == strlen (last))
    return "its host looks like an IPv4 address, but is none";
  return NULL;
}

/* RFC 3986 §3.2.2: IP-literal / IPv4address / reg-name. */
static const char *
take_host (FramServerUri *uri, const Span *host, gboolean bracket)
{
  FramAddress address;

  if (host->length == 0)
    return "it has no host";
  if (host->length > FRAM_SERVER_URI_MAX_HOST)
    return "its host is too long";
  memcpy (uri->host, host->start, host->length);
  uri->host[host->length] = '\0';
  uri->is_address = fram_address_parse_ip (&address, uri->host, 0);
  if (bracket)
    return uri->is_address && address.family == FRAM_FAMILY_IPV6
               ? NULL
               : "what stands in brackets is not an IPv6 address";
  return uri->is_address ? NULL : check_name (uri->host);
}

/* --- The rest ---------------------------------------------------------------------- */

/* RFC 3986 §3.2.3: *DIGIT, where none is as if there were no port. */
static const char *
take_port (FramServerUri *uri, const Span *port)
{
  guint number = 0;

  for (gsize i = 0; i < port->length; i++)
    {
      if (!g_ascii_isdigit (port->start[i]))
        return "its port is not a number";
      number = number * 10 + (guint) (port->start[i] - '0');
      if (number > G_MAXUINT16)
        return "a port is at most 65535";
    }
  if (port->length > 0 && number == 0)
    return "there is no port 0";
  uri->port = (guint16) number;
  return NULL;
}

/* What follows the question mark. */
static const char *
take_query (FramServerUri *uri, const char *query)
{
  static const char transport[] = "transport=";
  const char *word = query + strlen (transport);

  if (uri->scheme == FRAM_SERVER_SCHEME_STUN)
    return "nothing follows host and port of a STUN server; UDP is tried first, and TCP "
           "where UDP does not go";
  if (g_ascii_strncasecmp (query, transport, strlen (transport)) != 0)
    return "only “?transport=udp” or “?transport=tcp” may follow host and port";
  if (g_ascii_strcasecmp (word, "udp") == 0)
    uri->transport = uri->secure ? FRAM_KNOWN_DTLS : FRAM_KNOWN_UDP;
  else if (g_ascii_strcasecmp (word, "tcp") == 0)
    uri->transport = uri->secure ? FRAM_KNOWN_TLS : FRAM_KNOWN_TCP;
  else
    return "its transport is neither “udp” nor “tcp”";
  uri->has_transport = TRUE;
  return NULL;
}

/* host [ ":" port ] [ "?" query ] */
static const char *
take_authority (FramServerUri *uri, const char *text)
{
  gboolean bracket = text[0] == '[';
  const char *start = bracket ? text + 1 : text;
  Span host = { start, strcspn (start, bracket ? "]" : ":?") };
  const char *rest = start + host.length;
  FramAddress address;
  const char *wrong;

  if (text[0] == '/')
    return "the host follows the colon at once, without “//”";
  if (!bracket && strchr (text, ':') != NULL && fram_address_parse_ip (&address, text, 0))
    return "an IPv6 address needs brackets";
  if (bracket && *rest != ']')
    return "a bracket is not closed";
  wrong = take_host (uri, &host, bracket);
  if (wrong != NULL)
    return wrong;
  rest += bracket;
  if (*rest == ':')
    {
      Span port = { rest + 1, strcspn (rest + 1, "?") };

      wrong = take_port (uri, &port);
      if (wrong != NULL)
        return wrong;
      rest = port.start + port.length;
    }
  if (*rest == '?')
    return take_query (uri, rest + 1);
  return *rest == '\0' ? NULL : "its host is neither a name nor an address";
}

static const char *
take (FramServerUri *uri, const char *text)
{
  Span word = { text, strcspn (text, ":") };
  const Scheme *scheme = text[word.length] == ':' ? find_scheme (&word) : NULL;
  const char *wrong;

  if (scheme == NULL)
    return "it should look like stun:stun.example.org:3478";
  uri->scheme = scheme->scheme;
  uri->secure = scheme->secure;
  uri->transport = scheme->secure ? FRAM_KNOWN_TLS : FRAM_KNOWN_UDP;
  wrong = take_authority (uri, text + word.length + 1);
  if (wrong != NULL)
    return wrong;
  /* RFC 8489 §8.1: there is no name that the certificate could be for. */
  if (uri->secure && uri->is_address && uri->scheme == FRAM_SERVER_SCHEME_STUN)
    return "“stuns:” needs a host name, which the server proves to have; not an address";
  return NULL;
}

gboolean
fram_server_uri_parse (FramServerUri *ret_uri, const char *text, GError **error)
{
  FramServerUri uri = { 0 };
  const char *wrong = take (&uri, text);
  g_autofree char *shown = NULL;

  if (wrong == NULL)
    {
      *ret_uri = uri;
      return TRUE;
    }
  shown = g_utf8_make_valid (text, (gssize) strnlen (text, SHOWN));
  g_set_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_INVALID_ARGUMENT,
               "“%s” is not a server: %s", shown, wrong);
  return FALSE;
}

guint16
fram_server_uri_get_default_port (const FramServerUri *uri)
{
  return uri->secure ? FRAM_SERVER_URI_SECURE_PORT : FRAM_SERVER_URI_PORT;
}
