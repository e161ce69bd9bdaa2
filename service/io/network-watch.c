#include "io/network-watch.h"

#include "io/attachment.h"

#include <string.h>

/* This one group has no older name. */
#define RULES_IPV6 (1 << (RTNLGRP_IPV6_RULE - 1))

/* What must be asked for anew. */
typedef enum
{
  STALE_NOTHING,
  STALE_GATEWAY,
  STALE_ALL,
} Stale;

struct _FramNetworkWatch
{
  GSource source;
  FramNetlink *netlink;
  gpointer tag; /* of its descriptor; NULL: not listened to, until the ready-time */
  Stale stale;
  FramTime wait, last_reading;
  gboolean has_failed; /* the last reading */
  GArray *addresses;   /* as they were told */
  FramAttachment attachment;
  FramNetworkIdentity told;
  gboolean is_told;
  gboolean
      is_left; /* the attachment broke, or may have: it is known anew or not at all */
  FramNetworkWatchStats stats;
  const FramNetworkListener *listener;
  gpointer user_data;
};

static void
tell_network (FramNetworkWatch *watch, const FramNetworkIdentity *network)
{
  watch->is_told = network != NULL;
  if (network != NULL)
    watch->told = *network;
  watch->listener->network (network, watch->user_data);
}

static void
settle_network (FramNetworkWatch *watch)
{
  const FramNetworkIdentity *network = fram_attachment_get_identity (&watch->attachment);

  if (fram_network_identity_equal (network, fram_network_watch_get_network (watch)))
    return;
  if (watch->is_told)
    tell_network (watch, NULL);
  if (network != NULL)
    tell_network (watch, network);
}

static void
settle_addresses (FramNetworkWatch *watch, GArray *addresses)
{
  g_autoptr (GArray) former = watch->addresses;

  watch->addresses = g_array_ref (addresses);
  if (former == NULL || former->len != addresses->len
      || memcmp (former->data, addresses->data,
                 addresses->len * sizeof (FramInterfaceAddress))
             != 0)
    watch->listener->addresses ((const FramInterfaceAddress *) addresses->data,
                                addresses->len, watch->user_data);
}

/* The kernel forgets a gateway that is not talked to; as long as nothing else happened, it is
 * the one that it was. */
static void
resolve (FramNetworkWatch *watch, FramAttachment *attachment, FramNetlink *netlink)
{
  const FramAttachment *former = &watch->attachment;
  FramNeighbour neighbour;

  if (attachment->gateway.family == FRAM_FAMILY_NONE)
    return;
  fram_neighbour_ask (netlink, attachment->index, &attachment->gateway, &neighbour);
  if (neighbour.length > 0)
    fram_attachment_resolve (attachment, neighbour.link_address, neighbour.length);
  else if (former->is_known && !watch->is_left
           && fram_attachment_equal (attachment, former))
    fram_attachment_resolve (attachment, former->identity.gateway,
                             former->identity.gateway_length);
}

static gboolean
read_all (FramNetworkWatch *watch, FramNetlink *netlink, GError **error)
{
  g_auto (FramHostTables) tables = { 0 };
  g_autoptr (GArray) addresses = NULL;
  FramAttachment attachment;

  watch->stats.n_readings++;
  if (!fram_host_tables_read (&tables, netlink, error))
    return FALSE;
  addresses = fram_interfaces_list (&tables);
  fram_attachment_find (&attachment, &tables);
  resolve (watch, &attachment, netlink);
  watch->attachment = attachment;
  settle_network (watch);
  settle_addresses (watch, addresses);
  return TRUE;
}

static void
read_gateway (FramNetworkWatch *watch, FramNetlink *netlink)
{
  FramAttachment attachment = watch->attachment;

  watch->stats.n_resolutions++;
  attachment.is_known = FALSE;
  resolve (watch, &attachment, netlink);
  watch->attachment = attachment;
  settle_network (watch);
}

static gboolean
read_stale (FramNetworkWatch *watch, GError **error)
{
  g_autoptr (FramNetlink) netlink = fram_netlink_open (error);
  Stale stale = watch->stale;

  watch->stale = STALE_NOTHING;
  if (netlink == NULL)
    return FALSE;
  if (stale == STALE_ALL && !read_all (watch, netlink, error))
    return FALSE;
  if (stale == STALE_GATEWAY)
    read_gateway (watch, netlink);
  watch->is_left = FALSE;
  return TRUE;
}

/* Each time that somebody is talked to, on any link, neighbours are told; of use is only a new
 * link address of the gateway. */
static void
hear_neighbour (FramNetworkWatch *watch, const struct nlmsghdr *message)
{
  const FramNetworkIdentity *identity = &watch->attachment.identity;
  FramNeighbour neighbour;

  if (!fram_neighbour_parse (message, &neighbour) || neighbour.length == 0
      || !fram_attachment_has_gateway (&watch->attachment, &neighbour))
    return;
  if (watch->attachment.is_known && identity->gateway_length == neighbour.length
      && memcmp (identity->gateway, neighbour.link_address, neighbour.length) == 0)
    return;
  watch->stale = MAX (watch->stale, STALE_GATEWAY);
  watch->is_left = TRUE;
}

static void
hear_link (FramNetworkWatch *watch, const struct nlmsghdr *message)
{
  const struct ifinfomsg *info = fram_netlink_get_header (message, sizeof *info);
  FramLink link;

  watch->stale = STALE_ALL;
  if (info == NULL || info->ifi_family != AF_UNSPEC
      || (guint32) info->ifi_index != watch->attachment.index)
    return;
  if (!fram_link_parse (message, &link) || !fram_link_is_running (&link))
    watch->is_left = TRUE;
}

static void
on_message (const struct nlmsghdr *message, gpointer user_data)
{
  FramNetworkWatch *watch = user_data;

  switch (message->nlmsg_type)
    {
    case RTM_NEWNEIGH:
    case RTM_DELNEIGH:
      hear_neighbour (watch, message);
      break;
    case RTM_NEWLINK:
    case RTM_DELLINK:
      hear_link (watch, message);
      break;
    default:
      watch->stale = STALE_ALL;
    }
}

static void
hear (FramNetworkWatch *watch)
{
  gboolean was_left = watch->is_left;

  watch->stats.n_heard++;
  if (!fram_netlink_hear (watch->netlink, on_message, watch))
    {
      /* What was lost may be anything. */
      watch->stale = STALE_ALL;
      watch->is_left = TRUE;
    }
  else if (watch->is_left && !was_left && watch->is_told)
    tell_network (watch, NULL);
}

/* Where changes do not end, the waits become longer. */
static FramTime
get_wait (FramNetworkWatch *watch, FramTime now)
{
  if (watch->stale == STALE_NOTHING)
    return FRAM_NETWORK_COALESCE;
  if (watch->wait > 0 && now - watch->last_reading < watch->wait)
    watch->wait = MIN (2 * watch->wait, FRAM_NETWORK_COALESCE_MAX);
  else
    watch->wait = FRAM_NETWORK_COALESCE;
  return watch->wait;
}

/* What fails is tried again, with longer and longer waits, and told once. */
static void
try_stale (FramNetworkWatch *watch, FramTime now)
{
  g_autoptr (GError) error = NULL;
  gboolean failed_before = watch->has_failed;

  watch->last_reading = now;
  watch->has_failed = !read_stale (watch, &error);
  if (!watch->has_failed)
    return;
  watch->stale = STALE_ALL;
  if (!failed_before)
    g_warning ("The changes of the network are not known: %s", error->message);
}

static void
listen_again (FramNetworkWatch *watch)
{
  watch->tag = g_source_add_unix_fd (&watch->source, fram_netlink_get_fd (watch->netlink),
                                     G_IO_IN);
  g_source_set_ready_time (&watch->source, -1);
}

/* A descriptor that is asked for nothing would still tell of lost messages. */
static void
be_deaf (FramNetworkWatch *watch, FramTime until)
{
  if (watch->tag != NULL)
    g_source_remove_unix_fd (&watch->source, g_steal_pointer (&watch->tag));
  g_source_set_ready_time (&watch->source, until);
}

/* After the first notification the watch is deaf for a while, so that a flood of them costs
 * little; what came meanwhile is then heard at once. */
static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  FramNetworkWatch *watch = (FramNetworkWatch *) source;
  FramTime now = g_source_get_time (source);
  gboolean has_waited = watch->tag == NULL;
  Stale former = watch->stale;

  hear (watch);
  if (has_waited && former != STALE_NOTHING)
    try_stale (watch, now);
  if (has_waited && watch->stale == STALE_NOTHING)
    listen_again (watch);
  else
    be_deaf (watch, now + get_wait (watch, now));
  return G_SOURCE_CONTINUE;
}

static void
finalize (GSource *source)
{
  FramNetworkWatch *watch = (FramNetworkWatch *) source;

  g_clear_pointer (&watch->netlink, fram_netlink_close);
  g_clear_pointer (&watch->addresses, g_array_unref);
}

FramNetworkWatch *
fram_network_watch_new (GMainContext *context, const FramNetworkListener *listener,
                        gpointer user_data, GError **error)
{
  static GSourceFuncs functions = { .dispatch = dispatch, .finalize = finalize };
  GSource *source = g_source_new (&functions, sizeof (FramNetworkWatch));
  FramNetworkWatch *watch = (FramNetworkWatch *) source;

  watch->listener = listener;
  watch->user_data = user_data;
  watch->stale = STALE_ALL;
  /* Listening begins before the first reading, so that no change falls between them.  Rules
   * count, for they move the preferred addresses. */
  watch->netlink = fram_netlink_listen (
      RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE
          | RTMGRP_IPV6_ROUTE | RTMGRP_NEIGH | RTMGRP_IPV4_RULE | RULES_IPV6,
      error);
  if (watch->netlink == NULL || !read_stale (watch, error))
    {
      g_source_unref (source);
      return NULL;
    }

  g_source_set_static_name (source, "Fram network");
  listen_again (watch);
  g_source_attach (source, context);
  return watch;
}

void
fram_network_watch_free (FramNetworkWatch *watch)
{
  g_source_destroy (&watch->source);
  g_source_unref (&watch->source);
}

const FramNetworkIdentity *
fram_network_watch_get_network (const FramNetworkWatch *watch)
{
  return watch->is_told ? &watch->told : NULL;
}

void
fram_network_watch_get_stats (const FramNetworkWatch *watch,
                              FramNetworkWatchStats *ret_stats)
{
  *ret_stats = watch->stats;
}
