#include "io/random.h"

#include <errno.h>
#include <string.h>
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

static void
fill_from_pool (FramRandom *random, guint8 *ret_bytes, gsize length)
{
  FramRandomPool *pool = (FramRandomPool *) random;

  while (length > 0)
    {
      guint8 *next;
      gsize n;

      if (pool->n_left == 0)
        {
          fill (random, pool->bytes, sizeof pool->bytes);
          pool->n_left = sizeof pool->bytes;
        }
      n = MIN (length, pool->n_left);
      next = pool->bytes + sizeof pool->bytes - pool->n_left;
      memcpy (ret_bytes, next, n);
      explicit_bzero (next, n);
      pool->n_left -= n;
      ret_bytes += n;
      length -= n;
    }
}

void
fram_random_pool_init (FramRandomPool *ret_pool)
{
  *ret_pool = (FramRandomPool){ .random = { fill_from_pool } };
}
