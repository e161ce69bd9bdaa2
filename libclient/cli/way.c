#include "cli/way.h"

#include <string.h>

#define ARROW " -> "

/* `end`: address, type and transport; what follows is not looked at.
 * Return: (transfer full): NULL if it is no relay, else its address without the port. */
static char *
relay_of (const char *end)
{
  g_auto (GStrv) words = g_strsplit (end, " ", -1);
  char *colon;

  if (g_strv_length (words) < 2 || !g_str_equal (words[1], "relay"))
    return NULL;
  colon = strrchr (words[0], ':');
  if (colon != NULL)
    *colon = '\0';
  return g_strdup (words[0]);
}

static char *
remote_relay_of (const char *selected)
{
  const char *arrow = strstr (selected, ARROW);

  return arrow != NULL ? relay_of (arrow + strlen (ARROW)) : NULL;
}

/* The host of a URI of RFC 7065.  Return: (transfer full) */
static char *
host_of (const char *uri)
{
  const char *host = strchr (uri, ':') + 1;
  const char *bracket = *host == '[' ? strchr (host, ']') : NULL;

  if (bracket != NULL)
    return g_strndup (host, bracket + 1 - host);
  return g_strndup (host, strcspn (host, ":?"));
}

/* A relayed address is most often one of the server's own.  Return: (transfer full) */
static char *
name_of (const char *relay, GPtrArray *servers)
{
  gsize length = strlen (relay);

  for (guint i = 0; servers != NULL && i < servers->len; i++)
    {
      const FramNetworkServer *row = g_ptr_array_index (servers, i);

      if (g_str_has_prefix (row->uri, "turn") && strchr (row->uri, ':') != NULL
          && g_str_has_prefix (row->address, relay) && row->address[length] == ':')
        return host_of (row->uri);
    }
  return g_strdup (relay);
}

gboolean
way_is_relayed (const char *selected)
{
  g_autofree char *relay = relay_of (selected);

  return relay != NULL;
}

char *
way_describe (const char *selected, GPtrArray *servers)
{
  g_autofree char *ours = relay_of (selected);
  g_autofree char *theirs = remote_relay_of (selected);
  g_autofree char *name = ours != NULL ? name_of (ours, servers) : NULL;

  if (selected[0] == '\0')
    return g_strdup ("");
  if (ours == NULL && theirs == NULL)
    return g_strdup ("direct");
  if (theirs == NULL)
    return g_strconcat ("relayed by ", name, NULL);
  if (ours == NULL)
    return g_strconcat ("relayed by the peer's ", theirs, NULL);
  return g_strconcat ("relayed by ", name, " and the peer's ", theirs, NULL);
}
