/* What a host remembers of its networks: what the broker tells to be remembered comes back
 * when the host is attached to that network again. */
#include "host-private.h"

/* How long it takes to find out which network it is. */
#define RECOGNITION_MAX FRAM_MILLISECONDS (800)

typedef struct
{
  guint network;
  FramFact *fact;
} Memory;

static void
memory_free (gpointer data)
{
  Memory *memory = data;

  fram_fact_free (memory->fact);
  g_free (memory);
}

GPtrArray *
sim_host_memory_new (void)
{
  return g_ptr_array_new_with_free_func (memory_free);
}

/* The network of the first address that is there: it has the default route. */
static guint
find_network (const SimHost *host)
{
  for (guint i = 0; i < host->planned->n_interfaces; i++)
    if ((host->lost & (1u << i)) == 0)
      return host->planned->interfaces[i].network;
  return G_MAXUINT;
}

static gboolean
same_subject (const FramFact *a, const FramFact *b)
{
  gboolean ways = a->kind == FRAM_FACT_DEAF || a->kind == FRAM_FACT_HEARD;

  if (ways != (b->kind == FRAM_FACT_DEAF || b->kind == FRAM_FACT_HEARD))
    return FALSE;
  if (ways)
    return g_str_equal (a->deaf.interface, b->deaf.interface)
           && g_str_equal (a->deaf.uri, b->deaf.uri) && a->deaf.family == b->deaf.family
           && a->deaf.transport == b->deaf.transport;
  if (a->kind != b->kind)
    return FALSE;
  if (a->kind == FRAM_FACT_NAT)
    return g_str_equal (a->nat.interface, b->nat.interface)
           && a->nat.family == b->nat.family;
  if (a->kind == FRAM_FACT_LIFETIME)
    return g_str_equal (a->lifetime.interface, b->lifetime.interface)
           && a->lifetime.family == b->lifetime.family;
  return g_str_equal (a->server.uri, b->server.uri)
         && fram_address_equal (&a->server.address, &b->server.address)
         && a->server.transport == b->server.transport;
}

void
sim_host_remember (SimHost *host, const FramEvent *event)
{
  Memory *memory;

  if (!host->attached)
    SIM_HOST_VIOLATE (host, "remembers-when-attached",
                      "something is to be remembered of no network");
  for (guint i = host->memory->len; i > 0; i--)
    {
      memory = g_ptr_array_index (host->memory, i - 1);
      if (memory->network == host->network && same_subject (memory->fact, event->fact))
        g_ptr_array_remove_index (host->memory, i - 1);
    }
  memory = g_new0 (Memory, 1);
  memory->network = host->network;
  memory->fact = fram_fact_copy (event->fact);
  g_ptr_array_add (host->memory, memory);
}

static void
recall (SimHost *host)
{
  g_autoptr (GArray) servers = g_array_new (FALSE, FALSE, sizeof (FramKnownServer));
  g_autoptr (GArray) deaf = g_array_new (FALSE, FALSE, sizeof (FramKnownDeaf));
  g_autoptr (GArray) nats = g_array_new (FALSE, FALSE, sizeof (FramKnownNat));
  g_autoptr (GArray) lifetimes = g_array_new (FALSE, FALSE, sizeof (FramKnownLifetime));
  FramKnownNetwork known = { .name = "a network" };

  for (guint i = 0; i < host->memory->len; i++)
    {
      const Memory *memory = g_ptr_array_index (host->memory, i);

      if (memory->network != host->network)
        continue;
      if (memory->fact->kind == FRAM_FACT_SERVER_ANSWERED)
        g_array_append_val (servers, memory->fact->server);
      else if (memory->fact->kind == FRAM_FACT_DEAF)
        g_array_append_val (deaf, memory->fact->deaf);
      else if (memory->fact->kind == FRAM_FACT_NAT)
        g_array_append_val (nats, memory->fact->nat);
      else if (memory->fact->kind == FRAM_FACT_LIFETIME)
        g_array_append_val (lifetimes, memory->fact->lifetime);
    }
  known.servers = (const FramKnownServer *) (gpointer) servers->data;
  known.n_servers = servers->len;
  known.deaf = (const FramKnownDeaf *) (gpointer) deaf->data;
  known.n_deaf = deaf->len;
  known.nats = (const FramKnownNat *) (gpointer) nats->data;
  known.n_nats = nats->len;
  known.lifetimes = (const FramKnownLifetime *) (gpointer) lifetimes->data;
  known.n_lifetimes = lifetimes->len;
  sim_journal_note (host->context->journal, sim_host_now (host), host->node.name,
                    "is attached to network %u, of which %u facts are known",
                    host->network, servers->len + deaf->len + nats->len + lifetimes->len);
  fram_broker_told_network (host->broker, &known, sim_host_now (host));
}

static void
attach (gpointer subject, gpointer detail)
{
  SimHost *host = subject;

  if (host->broker == NULL || host->attached || find_network (host) == G_MAXUINT)
    return;
  host->network = find_network (host);
  host->attached = TRUE;
  recall (host);
  sim_host_settle (host);
}

static void
attach_later (SimHost *host, FramTime time)
{
  sim_schedule_add (host->context->schedule, time, attach, host, NULL, NULL);
}

static void
detach (SimHost *host)
{
  if (host->attached)
    {
      host->attached = FALSE;
      fram_broker_told_network (host->broker, NULL, sim_host_now (host));
      sim_host_settle (host);
    }
  attach_later (host, sim_host_now (host)
                          + sim_dice_range (host->context->dice, 0, RECOGNITION_MAX));
}

static void
attach_again (gpointer subject, gpointer detail)
{
  SimHost *host = subject;

  if (host->broker != NULL)
    detach (host);
}

void
sim_host_begin_memory (SimHost *host)
{
  if (host->planned->attaches == FRAM_TIME_NEVER)
    return;
  attach_later (host, sim_host_now (host) + host->planned->attaches);
  if (host->planned->reattaches != FRAM_TIME_NEVER)
    sim_schedule_add (host->context->schedule,
                      sim_host_now (host) + host->planned->reattaches, attach_again, host,
                      NULL, NULL);
}

void
sim_host_follow_network (SimHost *host)
{
  if (host->attached && find_network (host) != host->network)
    detach (host);
}
