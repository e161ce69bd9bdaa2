#include "rpc/confinement.h"

#include <sys/stat.h>
#include <unistd.h>

/* The kernel lets us look at a process that we could trace, and at no other. */
static gboolean
shares_namespace (guint32 pid, const char *kind)
{
  g_autofree char *path
      = g_strdup_printf ("/proc/%" G_GUINT32_FORMAT "/ns/%s", pid, kind);
  g_autofree char *own = g_strdup_printf ("/proc/self/ns/%s", kind);
  struct stat theirs, ours;

  return stat (path, &theirs) == 0 && stat (own, &ours) == 0
         && theirs.st_ino == ours.st_ino && theirs.st_dev == ours.st_dev;
}

static gboolean
is_of_our_user (guint32 pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%" G_GUINT32_FORMAT, pid);
  struct stat process;

  return stat (path, &process) == 0 && process.st_uid == geteuid ();
}

const char *
fram_confinement_explain (guint32 pid)
{
  if (pid == 0)
    return "the application's process is not known";
  if (!is_of_our_user (pid))
    return "the application is another user's";
  if (!shares_namespace (pid, "user") || !shares_namespace (pid, "mnt"))
    return "the application is in a sandbox";
  return NULL;
}

const char *
fram_confinement_explain_network (guint32 pid)
{
  const char *why = fram_confinement_explain (pid);

  if (why == NULL && !shares_namespace (pid, "net"))
    return "the application is in another network";
  return why;
}
