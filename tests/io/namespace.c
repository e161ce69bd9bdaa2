#include "namespace.h"

#include "io/network-watch.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static void
write_file (const char *path, const char *text)
{
  FILE *file = fopen (path, "we");

  g_assert_nonnull (file);
  g_assert_cmpint (fputs (text, file), >=, 0);
  g_assert_cmpint (fclose (file), ==, 0);
}

/* A plain user gets there by a user namespace, in which it is root. */
void
namespace_enter (void)
{
  g_autofree char *uids = g_strdup_printf ("0 %u 1", getuid ());
  g_autofree char *gids = g_strdup_printf ("0 %u 1", getgid ());

  if (unshare (CLONE_NEWNET) == 0)
    return;
  g_assert_cmpint (unshare (CLONE_NEWUSER | CLONE_NEWNET), ==, 0);
  write_file ("/proc/self/setgroups", "deny");
  write_file ("/proc/self/uid_map", uids);
  write_file ("/proc/self/gid_map", gids);
}

void
namespace_run (const char *command)
{
  g_autoptr (GError) error = NULL;
  /* Debian keeps these programs outside of a plain user's path. */
  g_autofree char *whole = g_strdup_printf ("env PATH=/usr/sbin:/usr/bin %s", command);
  int status;

  g_test_message ("%s", command);
  g_spawn_command_line_sync (whole, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (status, &error);
  g_assert_no_error (error);
}

/* The child reads from memory, however slowly: who starts it need not feed it. */
static int
put_aside (const char *lines)
{
  gsize length = strlen (lines);
  int fd = memfd_create ("commands", MFD_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, lines, length), ==, length);
  g_assert_cmpint (lseek (fd, 0, SEEK_SET), ==, 0);
  return fd;
}

static GSubprocess *
start_batch (const char *lines)
{
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GError) error = NULL;
  GSubprocess *child;

  g_subprocess_launcher_take_stdin_fd (launcher, put_aside (lines));
  g_subprocess_launcher_setenv (launcher, "PATH", "/usr/sbin:/usr/bin", TRUE);
  child
      = g_subprocess_launcher_spawn (launcher, &error, "env", "ip", "-batch", "-", NULL);
  g_assert_no_error (error);
  return child;
}

void
namespace_run_batch (const char *lines)
{
  g_autoptr (GSubprocess) child = start_batch (lines);
  g_autoptr (GError) error = NULL;

  g_subprocess_wait_check (child, NULL, &error);
  g_assert_no_error (error);
}

void
namespace_start_batch (const char *lines)
{
  g_object_unref (start_batch (lines));
}

typedef struct
{
  const char *const *missing;
} Awaited;

static gboolean
is_there (const FramInterfaceAddress *addresses, guint n_addresses, const char *ip)
{
  FramAddress address;

  g_assert_true (fram_address_parse_ip (&address, ip, 0));
  for (guint i = 0; i < n_addresses; i++)
    if (memcmp (addresses[i].address.ip, address.ip, sizeof address.ip) == 0)
      return TRUE;
  return FALSE;
}

static void
on_network (const FramNetworkIdentity *network, gpointer user_data)
{
}

static void
on_changed (const FramInterfaceAddress *addresses, guint n_addresses, gpointer user_data)
{
  Awaited *awaited = user_data;

  while (*awaited->missing != NULL
         && is_there (addresses, n_addresses, *awaited->missing))
    awaited->missing++;
}

static gboolean
on_limit (gpointer user_data)
{
  g_error ("The address %s did not come", *((Awaited *) user_data)->missing);
  return G_SOURCE_REMOVE;
}

/* Who asks for a link's carrier makes the kernel tell at once what it would tell of the link
 * within a second, in the middle of the test. */
static void
settle_links (void)
{
  struct if_nameindex *links = if_nameindex ();
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  g_assert_nonnull (links);
  g_assert_cmpint (fd, >=, 0);
  for (const struct if_nameindex *link = links; link->if_index != 0; link++)
    {
      struct ethtool_value value = { .cmd = ETHTOOL_GLINK };
      struct ifreq request = { .ifr_data = (char *) &value };

      g_strlcpy (request.ifr_name, link->if_name, sizeof request.ifr_name);
      g_assert_cmpint (ioctl (fd, SIOCETHTOOL, &request), ==, 0);
    }
  close (fd);
  if_freenameindex (links);
}

void
namespace_await_addresses (const char *const *ips)
{
  static const FramNetworkListener listener = { on_network, on_changed };
  Awaited awaited = { .missing = ips };
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GError) error = NULL;
  FramNetworkWatch *watch = fram_network_watch_new (context, &listener, &awaited, &error);
  GSource *limit = g_timeout_source_new_seconds (20);

  g_assert_no_error (error);
  g_source_set_callback (limit, on_limit, &awaited, NULL);
  g_source_attach (limit, context);
  while (*awaited.missing != NULL)
    g_main_context_iteration (context, TRUE);
  fram_network_watch_free (watch);
  g_source_destroy (limit);
  g_source_unref (limit);
  settle_links ();
}
