#include "namespace.h"

#include <fcntl.h>
#include <glib.h>
#include <sched.h>
#include <stdio.h>
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
