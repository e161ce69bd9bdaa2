#include "cli/way.h"

#include <string.h>

#define ARROW " -> "

/* `end`: address, type and transport; what follows is not looked at.
 * Return: (transfer full): NULL if it is no relay, else its address and port. */
static char *
relay_of (const char *end)
{
  g_auto (GStrv) words = g_strsplit (end, " ", 3);

  if (g_strv_length (words) < 2 || !g_str_equal (words[1], "relay"))
    return NULL;
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

/* Return: (transfer full) */
static char *
without_port (const char *address)
{
  const char *colon = strrchr (address, ':');

  return colon != NULL ? g_strndup (address, colon - address) : g_strdup (address);
}

/* Return: (transfer full) */
static char *
name_of (const char *relay, GPtrArray *allocations)
{
  for (guint i = 0; allocations != NULL && i < allocations->len; i++)
    {
      const FramAllocation *row = g_ptr_array_index (allocations, i);

      if ((g_str_equal (row->relayed_address, relay)
           || g_str_equal (row->relayed_address_6, relay))
          && strchr (row->uri, ':') != NULL)
        return host_of (row->uri);
    }
  return without_port (relay);
}

gboolean
way_is_relayed (const char *selected)
{
  g_autofree char *relay = relay_of (selected);

  return relay != NULL;
}

char *
way_describe (const char *selected, GPtrArray *allocations)
{
  g_autofree char *ours = relay_of (selected);
  g_autofree char *theirs = remote_relay_of (selected);
  g_autofree char *name = ours != NULL ? name_of (ours, allocations) : NULL;
  g_autofree char *peers = theirs != NULL ? without_port (theirs) : NULL;

  if (selected[0] == '\0')
    return g_strdup ("");
  if (ours == NULL && theirs == NULL)
    return g_strdup ("direct");
  if (theirs == NULL)
    return g_strconcat ("relayed by ", name, NULL);
  if (ours == NULL)
    return g_strconcat ("relayed for the peer by ", peers, NULL);
  return g_strconcat ("relayed by ", name, ", for the peer by ", peers, NULL);
}
