/* Somebody who asks how the network is: each check ends once, and in time. */
#include "host-private.h"

/* As fram_broker_check_network() promises; a timer may be late, and so may those before it. */
#define LIMIT FRAM_SECONDS (10)
#define TIMERS_LATE 4

static guint
list_servers (const SimPlan *plan, char uris[][96], FramServerOption *ret_servers)
{
  for (guint i = 0; i < plan->n_servers; i++)
    {
      const SimServerPlan *server = &plan->servers[i];
      char address[FRAM_ADDRESS_TEXT];

      g_snprintf (uris[i], sizeof uris[i], "%s:%s", server->relays ? "turn" : "stun",
                  server->name != NULL
                      ? server->name
                      : fram_address_to_text (&server->address, address));
      ret_servers[i].uri = uris[i];
    }
  return plan->n_servers;
}

/* With all servers there are, or those that sessions use. */
void
sim_host_check_network (SimHost *host)
{
  FramServerOption servers[SIM_MAX_SERVERS] = { 0 };
  char uris[SIM_MAX_SERVERS][96];
  guint n_servers = 0;
  guint16 id;

  if (host->broker == NULL)
    return;
  if (sim_dice_chance (host->context->dice, 0.5))
    n_servers = list_servers (host->plan, uris, servers);
  id = fram_broker_check_network (host->broker, servers, n_servers, sim_host_now (host),
                                  NULL);
  sim_journal_note (host->context->journal, sim_host_now (host), host->node.name,
                    "checks the network, number %u", id);
  if (id == 0)
    SIM_HOST_VIOLATE (host, "check-ends", "a check of the network is refused");
  else
    {
      host->check = id;
      host->check_since = sim_host_now (host);
    }
  sim_host_settle (host);
}

void
sim_host_checked (SimHost *host, const FramEvent *event)
{
  FramTime took = sim_host_now (host) - host->check_since;

  if (event->query == 0 || event->query != host->check)
    SIM_HOST_VIOLATE (host, "check-ends", "check %u ends, and nobody asked for it",
                      event->query);
  else if (took > LIMIT + TIMERS_LATE * host->planned->lateness)
    SIM_HOST_VIOLATE (host, "check-ends", "check %u took %.3f s", event->query,
                      (double) took / 1e6);
  host->check = 0;
}
