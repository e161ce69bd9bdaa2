/* The servers that all sessions have, and how those of one session are put together. */
#include <string.h>

#include "broker/broker-private.h"

/* --- Copies ------------------------------------------------------------------------ */

static void
option_free (gpointer data)
{
  FramServerOption *option = data;

  if (option->password != NULL)
    explicit_bzero ((char *) option->password, strlen (option->password));
  g_free ((char *) option->password);
  g_free ((char *) option->username);
  g_free ((char *) option->authority);
  g_free ((char *) option->uri);
  g_free (option);
}

static char *
copy_text (const char *text)
{
  return text != NULL && text[0] != '\0' ? g_strdup (text) : NULL;
}

static FramServerOption *
option_copy (const FramServerOption *option)
{
  FramServerOption *copy = g_new0 (FramServerOption, 1);

  copy->uri = g_strdup (option->uri);
  copy->username = copy_text (option->username);
  copy->password = copy_text (option->password);
  copy->authority = copy_text (option->authority);
  return copy;
}

/* --- Another password -------------------------------------------------------------- */

/* An allocation belongs to the user who made it (RFC 8656 §5), so that this one alone is told
 * of the new password; another user is another server to us. */
static void
tell_allocations (FramBroker *broker, const FramServer *server, FramTime now)
{
  const FramTurnCredential credential
      = { .username = server->username, .password = server->password };

  for (guint i = 0; i < broker->allocations.all->len; i++)
    {
      FramAllocation *allocation = g_ptr_array_index (broker->allocations.all, i);

      if (allocation->server != server)
        continue;
      if (allocation->turn != NULL)
        fram_turn_set_credential (allocation->turn, &credential);
      if (allocation->state == FRAM_ALLOCATION_RESTING)
        allocation->retry = MIN (allocation->retry, now);
      fram_broker_schedule_allocation (broker, allocation);
    }
}

static gboolean
is_renewed (const FramServerOption *before, const FramServerOption *after)
{
  return strcmp (before->uri, after->uri) == 0 && after->username != NULL
         && g_strcmp0 (before->username, after->username) == 0
         && g_strcmp0 (before->authority, after->authority) == 0
         && g_strcmp0 (before->password, after->password) != 0;
}

static void
renew (FramBroker *broker, const FramServerOption *option, FramTime now)
{
  for (guint i = 0; i < broker->common->len; i++)
    {
      const FramServerOption *before = g_ptr_array_index (broker->common, i);
      FramServer *server;

      if (!is_renewed (before, option))
        continue;
      server = fram_server_table_find (&broker->servers, before);
      if (server == NULL)
        continue;
      fram_server_table_renew (&broker->servers, server, option->password);
      tell_allocations (broker, server, now);
    }
}

void
fram_broker_set_servers (FramBroker *broker, const FramServerOption *servers,
                         guint n_servers, FramTime now)
{
  GPtrArray *common = g_ptr_array_new_with_free_func (option_free);

  for (guint i = 0; i < n_servers && common->len < FRAM_MAX_SERVERS; i++)
    if (fram_server_uri_check (servers[i].uri, NULL))
      g_ptr_array_add (common, option_copy (&servers[i]));
  for (guint i = 0; broker->common != NULL && i < common->len; i++)
    renew (broker, g_ptr_array_index (common, i), now);
  fram_broker_clear_common (broker);
  broker->common = common;
}

void
fram_broker_clear_common (FramBroker *broker)
{
  g_clear_pointer (&broker->common, g_ptr_array_unref);
}

/* --- Of a session ------------------------------------------------------------------ */

static void
join (FramBroker *broker, GPtrArray *servers, const FramSessionOptions *options,
      const FramServerOption *option, FramTime now)
{
  gboolean resolve;
  FramServer *server;
  FramServerUri parts;

  /* Policy `relay` sends nothing by another way, not even a question to a STUN server. */
  if (options->policy == FRAM_POLICY_RELAY
      && fram_server_uri_parse (&parts, option->uri, NULL)
      && parts.scheme != FRAM_SERVER_SCHEME_TURN)
    return;
  server = fram_server_table_join_option (&broker->servers, option, now, &resolve);
  if (resolve)
    fram_broker_resolve (broker, server);
  if (g_ptr_array_find (servers, server, NULL))
    fram_server_table_leave (&broker->servers, server);
  else
    g_ptr_array_add (servers, server);
}

GPtrArray *
fram_broker_join_servers (FramBroker *broker, const FramSessionOptions *options,
                          FramTime now)
{
  GPtrArray *servers = g_ptr_array_new ();

  for (guint i = 0;
       broker->common != NULL && !options->own_servers_only && i < broker->common->len;
       i++)
    join (broker, servers, options, g_ptr_array_index (broker->common, i), now);
  for (guint i = 0; i < options->n_servers; i++)
    join (broker, servers, options, &options->servers[i], now);
  if (servers->len > 0)
    return servers;
  g_ptr_array_unref (servers);
  return NULL;
}
