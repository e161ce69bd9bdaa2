/* Runs a program as on a host without IPv6: without-ipv6 PROGRAM [ARGUMENT…]. */
#include <glib.h>
#include <unistd.h>

#include "../io/no-ipv6.h"

int
main (int argc, char **argv)
{
  if (argc < 2)
    g_error ("without-ipv6 PROGRAM [ARGUMENT…]");
  no_ipv6_refuse ();
  execv (argv[1], argv + 1);
  g_error ("%s cannot be run", argv[1]);
}
