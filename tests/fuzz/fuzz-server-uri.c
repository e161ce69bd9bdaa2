/* URIs of servers from applications: whatever the bytes, parsing ends; what is accepted is
 * within its limits, and says the same when it is put together again. */
#include "broker/server-uri.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static char *
put_together (const FramServerUri *uri)
{
  static const char *const words[][2] = { { "stun", "stuns" }, { "turn", "turns" } };
  gboolean bracket = strchr (uri->host, ':') != NULL;
  g_autofree char *port
      = uri->port != 0 ? g_strdup_printf (":%u", uri->port) : g_strdup ("");
  gboolean datagrams
      = uri->transport == FRAM_KNOWN_UDP || uri->transport == FRAM_KNOWN_DTLS;

  return g_strdup_printf ("%s:%s%s%s%s%s", words[uri->scheme][uri->secure],
                          bracket ? "[" : "", uri->host, bracket ? "]" : "", port,
                          !uri->has_transport ? ""
                          : datagrams         ? "?transport=udp"
                                              : "?transport=tcp");
}

static void
check_accepted (const FramServerUri *uri)
{
  FramServerUri back;
  g_autofree char *text = put_together (uri);

  g_assert (strlen (uri->host) >= 1 && strlen (uri->host) <= FRAM_SERVER_URI_MAX_HOST);
  g_assert (uri->scheme == FRAM_SERVER_SCHEME_TURN || !uri->has_transport);
  g_assert (uri->secure
            == (uri->transport == FRAM_KNOWN_TLS || uri->transport == FRAM_KNOWN_DTLS));
  g_assert (fram_server_uri_parse (&back, text, NULL));
  g_assert (uri->scheme == back.scheme && uri->secure == back.secure);
  g_assert (strcmp (uri->host, back.host) == 0 && uri->is_address == back.is_address);
  g_assert (uri->port == back.port && uri->transport == back.transport);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FramServerUri uri;
  g_autoptr (GError) error = NULL;
  /* A block of the exact size, so that a byte read behind the text is found. */
  char *text = malloc (size + 1);

  g_assert (text != NULL);
  memcpy (text, data, size);
  text[size] = '\0';
  if (fram_server_uri_parse (&uri, text, &error))
    check_accepted (&uri);
  else
    g_assert (g_utf8_validate (error->message, -1, NULL));
  free (text);
  return 0;
}
