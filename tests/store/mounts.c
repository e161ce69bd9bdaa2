#include "mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
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
mounts_enter (void)
{
  g_autofree char *uids = g_strdup_printf ("0 %u 1", getuid ());
  g_autofree char *gids = g_strdup_printf ("0 %u 1", getgid ());

  if (unshare (CLONE_NEWNS) < 0)
    {
      g_assert_cmpint (unshare (CLONE_NEWUSER | CLONE_NEWNS), ==, 0);
      write_file ("/proc/self/setgroups", "deny");
      write_file ("/proc/self/uid_map", uids);
      write_file ("/proc/self/gid_map", gids);
    }
  g_assert_cmpint (mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL), ==, 0);
}

void
mounts_add_small (const char *directory, guint bytes)
{
  g_autofree char *options = g_strdup_printf ("size=%u,mode=0700", bytes);

  if (mount ("fram-test", directory, "tmpfs", MS_NODEV | MS_NOSUID, options) < 0)
    g_error ("%s: %s", directory, g_strerror (errno));
}

void
mounts_set_read_only (const char *directory, gboolean read_only)
{
  unsigned long flags
      = MS_REMOUNT | MS_BIND | MS_NODEV | MS_NOSUID | (read_only ? MS_RDONLY : 0);

  if (mount (NULL, directory, NULL, flags, NULL) < 0)
    g_error ("%s: %s", directory, g_strerror (errno));
}

void
mounts_remove (const char *directory)
{
  if (umount2 (directory, MNT_DETACH) < 0)
    g_error ("%s: %s", directory, g_strerror (errno));
}

char *
mounts_fill (const char *directory)
{
  char *path = g_build_filename (directory, "fill", NULL);
  int fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  char block[512];

  g_assert_cmpint (fd, >=, 0);
  memset (block, 'x', sizeof block);
  while (write (fd, block, sizeof block) > 0)
    ;
  g_assert_cmpint (errno, ==, ENOSPC);
  close (fd);
  return path;
}
