#include "io/descriptor-limit.h"

#include <errno.h>
#include <glib.h>
#include <sys/resource.h>

void
fram_raise_descriptor_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == limit.rlim_max)
    return;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit (RLIMIT_NOFILE, &limit) < 0)
    g_debug ("The limit of descriptors stays as it is: %s", g_strerror (errno));
}
