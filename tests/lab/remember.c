/* remember: writes into the cache, which is where the environment says, what framd would find
 * out about a network if it had the time: `remember GATEWAY PREFIX LENGTH INTERFACE [OPTION…]`.
 *
 * GATEWAY is the link address of the gateway, as 02:00:00:00:00:01. */
#include "store/cache.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct
{
  int alive, dead; /* milliseconds */
  gboolean endpoint_independent;
  char **deaf;
} Facts;

static void
record (FramCache *cache, const char *key, const char *interface, const Facts *facts)
{
  const FramKnownLifetime lifetime
      = { .interface = interface,
          .family = FRAM_FAMILY_IPV4,
          .alive = FRAM_MILLISECONDS (facts->alive),
          .dead = facts->dead > 0 ? FRAM_MILLISECONDS (facts->dead) : FRAM_TIME_NEVER };
  const FramKnownNat nat
      = { .interface = interface,
          .family = FRAM_FAMILY_IPV4,
          .translated = FRAM_NAT_YES,
          .mapping = facts->endpoint_independent ? FRAM_NAT_ENDPOINT_INDEPENDENT
                                                 : FRAM_NAT_ADDRESS_AND_PORT_DEPENDENT,
          .filtering = FRAM_NAT_ADDRESS_AND_PORT_DEPENDENT };

  fram_cache_record_network (cache, key, "lab");
  fram_cache_record_nat (cache, key, &nat);
  if (facts->alive > 0)
    fram_cache_record_lifetime (cache, key, &lifetime);
  for (char **uri = facts->deaf; uri != NULL && *uri != NULL; uri++)
    {
      const FramKnownDeaf deaf = { .interface = interface,
                                   .uri = *uri,
                                   .family = FRAM_FAMILY_IPV4,
                                   .transport = FRAM_KNOWN_UDP };

      fram_cache_record_deaf (cache, key, &deaf);
    }
}

static gboolean
read_gateway (const char *text, guint8 gateway[6])
{
  return sscanf (text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &gateway[0], &gateway[1],
                 &gateway[2], &gateway[3], &gateway[4], &gateway[5])
         == 6;
}

static void
on_notice (FramCacheState state, const GError *problem, gpointer user_data)
{
  g_printerr ("remember: %s\n", problem != NULL ? problem->message : "all is well");
}

int
main (int argc, char **argv)
{
  Facts facts = { 0 };
  const GOptionEntry entries[] = {
    { "alive", 0, 0, G_OPTION_ARG_INT, &facts.alive, "A mapping lived so long", "MS" },
    { "dead", 0, 0, G_OPTION_ARG_INT, &facts.dead, "None lived so long", "MS" },
    { "endpoint-independent", 0, 0, G_OPTION_ARG_NONE, &facts.endpoint_independent,
      "The NAT's mappings are; else they depend on address and port", NULL },
    { "deaf", 0, 0, G_OPTION_ARG_STRING_ARRAY, &facts.deaf, "This server does not answer",
      "URI" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  FramCacheConfig config = { .history = TRUE, .notice = on_notice };
  FramAddress prefix;
  guint8 gateway[6];
  char key[FRAM_NETWORK_KEY];

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, NULL) || argc != 5
      || !read_gateway (argv[1], gateway) || !fram_address_parse_ip (&prefix, argv[2], 0))
    {
      g_printerr ("usage: remember GATEWAY PREFIX LENGTH INTERFACE [OPTION…]\n");
      return EXIT_FAILURE;
    }
  FramCache *cache = fram_cache_new (&config);

  fram_network_key (gateway, sizeof gateway, &prefix, (guint) atoi (argv[3]), key);
  record (cache, key, argv[4], &facts);

  gboolean done
      = fram_cache_flush (cache) && fram_cache_get_state (cache) == FRAM_CACHE_ON_DISK;

  fram_cache_free (cache);
  return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
