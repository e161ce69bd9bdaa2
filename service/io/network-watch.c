#include "io/interface-watch.h"

#include "io/netlink.h"

#include <string.h>
#include <unistd.h>

struct _FramInterfaceWatch
{
  GSource source;
  int fd;
  gpointer tag; /* of `fd` in the source */
  GArray *addresses;
  FramInterfacesChanged changed;
  gpointer user_data;
};

static gboolean
is_same (GArray *a, GArray *b)
{
  return a != NULL && a->len == b->len
         && memcmp (a->data, b->data, a->len * sizeof (FramInterfaceAddress)) == 0;
}

static gboolean
read_again (FramInterfaceWatch *watch, GError **error)
{
  GArray *addresses = fram_interfaces_read (error);

  if (addresses == NULL)
    return FALSE;
  if (is_same (watch->addresses, addresses))
    {
      g_array_unref (addresses);
      return TRUE;
    }
  g_clear_pointer (&watch->addresses, g_array_unref);
  watch->addresses = addresses;
  watch->changed ((const FramInterfaceAddress *) addresses->data, addresses->len,
                  watch->user_data);
  return TRUE;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  FramInterfaceWatch *watch = (FramInterfaceWatch *) source;
  gint64 ready = g_source_get_ready_time (source), now = g_source_get_time (source);
  g_autoptr (GError) error = NULL;

  if (g_source_query_unix_fd (source, watch->tag) != 0)
    {
      fram_netlink_drain (watch->fd);
      if (ready < 0)
        g_source_set_ready_time (source, now + FRAM_INTERFACES_COALESCE);
    }
  if (ready >= 0 && ready <= now)
    {
      g_source_set_ready_time (source, -1);
      if (!read_again (watch, &error))
        g_warning ("The changes of the network are not known: %s", error->message);
    }
  return G_SOURCE_CONTINUE;
}

static void
finalize (GSource *source)
{
  FramInterfaceWatch *watch = (FramInterfaceWatch *) source;

  if (watch->fd >= 0)
    close (watch->fd);
  if (watch->addresses != NULL)
    g_array_unref (watch->addresses);
}

FramInterfaceWatch *
fram_interface_watch_new (GMainContext *context, FramInterfacesChanged changed,
                          gpointer user_data, GError **error)
{
  static GSourceFuncs functions = { .dispatch = dispatch, .finalize = finalize };
  GSource *source = g_source_new (&functions, sizeof (FramInterfaceWatch));
  FramInterfaceWatch *watch = (FramInterfaceWatch *) source;

  watch->changed = changed;
  watch->user_data = user_data;
  /* Listening begins before the first reading, so that no change falls between them. */
  watch->fd = fram_netlink_listen (RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR,
                                   error);
  if (watch->fd < 0 || !read_again (watch, error))
    {
      g_source_unref (source);
      return NULL;
    }

  g_source_set_static_name (source, "Fram interfaces");
  watch->tag = g_source_add_unix_fd (source, watch->fd, G_IO_IN);
  g_source_attach (source, context);
  return watch;
}

void
fram_interface_watch_free (FramInterfaceWatch *watch)
{
  g_source_destroy (&watch->source);
  g_source_unref (&watch->source);
}
