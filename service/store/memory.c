#define G_LOG_DOMAIN "framd"

#include "store/memory.h"

struct _FramMemory
{
  FramCache *cache;
  FramDriver *driver;

  gboolean has_network;
  char key[FRAM_NETWORK_KEY];
  char *name;
  FramTime attached;
  FramTime first_age, last_age; /* when it was attached */
};

static void
on_notice (FramCacheState state, const GError *problem, gpointer user_data)
{
  switch (state)
    {
    case FRAM_CACHE_ON_DISK:
      if (problem != NULL)
        g_message ("What was known of networks is begun afresh: %s", problem->message);
      else
        g_message ("What is learned of networks is written again");
      break;
    case FRAM_CACHE_WAITING:
      g_message ("What is learned of networks cannot be written for now: %s",
                 problem->message);
      break;
    case FRAM_CACHE_IN_MEMORY:
      g_warning ("What is learned of networks is forgotten at the end of this run: %s",
                 problem->message);
      break;
    }
}

FramMemory *
fram_memory_new (const char *path)
{
  FramMemory *memory = g_new0 (FramMemory, 1);
  const FramCacheConfig config
      = { .path = path, .history = TRUE, .notice = on_notice, .user_data = memory };

  memory->cache = fram_cache_new (&config);
  return memory;
}

void
fram_memory_free (FramMemory *memory)
{
  if (memory == NULL)
    return;
  fram_cache_free (memory->cache);
  g_free (memory->name);
  g_free (memory);
}

FramCache *
fram_memory_get_cache (FramMemory *memory)
{
  return memory->cache;
}

/* "wlan0, 192.168.1.0/24" */
static char *
name_for_people (const FramNetworkIdentity *network)
{
  char prefix[FRAM_ADDRESS_TEXT];

  return g_strdup_printf ("%s, %s/%u", network->interface,
                          fram_address_ip_to_text (&network->prefix, prefix),
                          network->prefix_length);
}

static void
leave (FramMemory *memory)
{
  memory->has_network = FALSE;
  g_clear_pointer (&memory->name, g_free);
  fram_broker_told_network (fram_driver_get_broker (memory->driver), NULL,
                            fram_driver_now ());
}

/* What is known is read before it is noted that the network is there again, so that it tells
 * of the last time. */
static void
arrive (FramMemory *memory, const FramNetworkIdentity *network, const char *key)
{
  g_autoptr (FramKnownNetwork) known = fram_cache_load (memory->cache, key);

  g_strlcpy (memory->key, key, sizeof memory->key);
  memory->has_network = TRUE;
  g_free (memory->name);
  memory->name = name_for_people (network);
  memory->attached = fram_driver_now ();
  memory->first_age = known->first_age;
  memory->last_age = known->last_age;
  fram_cache_record_network (memory->cache, key, memory->name);
  fram_broker_told_network (fram_driver_get_broker (memory->driver), known,
                            memory->attached);
}

static void
on_attached (const FramNetworkIdentity *network, gpointer user_data)
{
  FramMemory *memory = user_data;
  char key[FRAM_NETWORK_KEY];

  if (network == NULL)
    leave (memory);
  else
    {
      fram_network_key (network->gateway, network->gateway_length, &network->prefix,
                        network->prefix_length, key);
      if (!memory->has_network || !g_str_equal (key, memory->key))
        arrive (memory, network, key);
    }
  fram_driver_kick (memory->driver);
}

static void
on_remember (const FramFact *fact, gpointer user_data)
{
  FramMemory *memory = user_data;
  const FramKnownServer *server = &fact->server;

  if (!memory->has_network)
    return;
  switch (fact->kind)
    {
    case FRAM_FACT_SERVER_ANSWERED:
    case FRAM_FACT_SERVER_SILENT:
      fram_cache_record_server (
          memory->cache, memory->key, server->uri,
          server->address.family != FRAM_FAMILY_NONE ? &server->address : NULL,
          server->transport, fact->kind == FRAM_FACT_SERVER_ANSWERED ? server->rtt : -1);
      break;
    case FRAM_FACT_DEAF:
      fram_cache_record_deaf (memory->cache, memory->key, &fact->deaf);
      break;
    case FRAM_FACT_HEARD:
      fram_cache_record_heard (memory->cache, memory->key, &fact->deaf);
      break;
    case FRAM_FACT_NAT:
      fram_cache_record_nat (memory->cache, memory->key, &fact->nat);
      break;
    case FRAM_FACT_LIFETIME:
      fram_cache_record_lifetime (memory->cache, memory->key, &fact->lifetime);
      break;
    }
}

void
fram_memory_attach (FramMemory *memory, FramDriver *driver)
{
  static const FramDriverMemory functions = { on_attached, on_remember };

  memory->driver = driver;
  fram_driver_set_memory (driver, &functions, memory);
}

gboolean
fram_memory_get_network (FramMemory *memory, FramMemoryNetwork *ret_network)
{
  FramTime since = memory->has_network ? fram_driver_now () - memory->attached : 0;

  if (!memory->has_network)
    return FALSE;
  *ret_network = (FramMemoryNetwork){
    .name = memory->name,
    .since = since,
    .first_age = memory->first_age >= 0 ? memory->first_age + since : -1,
    .last_age = memory->last_age >= 0 ? memory->last_age + since : -1,
  };
  return TRUE;
}
