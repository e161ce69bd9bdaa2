/* Writes to a cache without end, until it is killed: `writer PATH`.
 *
 * Each number N is one transaction: a session with the label N, a lifetime of N milliseconds
 * on each of two networks, and one more success of a server.  It begins with the number after
 * that of the last session in the file.  A number on a line of its own is acknowledged; the
 * line "ready" comes first. */
#include "store/cache.h"

#include <stdio.h>
#include <stdlib.h>

static void
on_notice (FramCacheState state, const GError *problem, gpointer user_data)
{
  printf ("notice %d: %s\n", state, problem != NULL ? problem->message : "all is well");
}

static guint64
find_last (FramCache *cache)
{
  g_autoptr (GPtrArray) sessions = fram_cache_list_sessions (cache, 0, 1);
  const FramPastSession *last;

  if (sessions->len == 0)
    return 0;
  last = sessions->pdata[0];
  return g_ascii_strtoull (last->label, NULL, 10);
}

static void
tell (FramCache *cache, guint64 number)
{
  g_autofree char *label = g_strdup_printf ("%" G_GUINT64_FORMAT, number);
  const FramPastSession session = { .application = "writer", .label = label };
  const FramKnownLifetime lifetime = { .interface = "eth0",
                                       .family = FRAM_FAMILY_IPV4,
                                       .alive = FRAM_MILLISECONDS (number),
                                       .dead = FRAM_TIME_NEVER };

  fram_cache_record_session (cache, &session);
  fram_cache_record_lifetime (cache, "one", &lifetime);
  fram_cache_record_server (cache, "one", "stun:a", NULL, FRAM_KNOWN_UDP, 1000);
  fram_cache_record_lifetime (cache, "two", &lifetime);
}

int
main (int argc, char *argv[])
{
  FramCacheConfig config = { .history = TRUE, .notice = on_notice };
  FramCache *cache;
  guint64 number;

  if (argc != 2)
    return EXIT_FAILURE;
  config.path = argv[1];
  setvbuf (stdout, NULL, _IOLBF, 0);
  cache = fram_cache_new (&config);
  number = find_last (cache);
  printf ("ready\n");
  /* Who reads this kills; if it goes away instead, the writer ends too. */
  while (printf ("%" G_GUINT64_FORMAT "\n", number) > 0)
    {
      tell (cache, ++number);
      if (!fram_cache_flush (cache))
        break;
    }
  fram_cache_free (cache);
  return EXIT_FAILURE;
}
