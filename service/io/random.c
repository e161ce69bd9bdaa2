#include "io/random.h"

#include <errno.h>
#include <sys/random.h>

static void
fill (FramRandom *random, guint8 *ret_bytes, gsize length)
{
  gsize done = 0;

  while (done < length)
    {
      ssize_t n = getrandom (ret_bytes + done, length - done, 0);

      if (n > 0)
        done += (gsize) n;
      else if (errno != EINTR)
        /* Passwords and transaction ids come from here: guessable ones are no service. */
        g_error ("The kernel gives no random numbers: %s", g_strerror (errno));
    }
}

void
fram_system_random_init (FramRandom *ret_random)
{
  ret_random->fill = fill;
}
