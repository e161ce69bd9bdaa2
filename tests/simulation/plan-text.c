#include "plan-text.h"

static void
add_time (GString *text, const char *name, FramTime time)
{
  if (time != FRAM_TIME_NEVER)
    g_string_append_printf (text, " %s %.3f s", name, (double) time / 1e6);
}

static void
add_nat (GString *text, const SimNatKind *nat, const FramAddress *external)
{
  static const char *const ports[] = { "random", "preserved", "overloaded" };
  char address[FRAM_ADDRESS_TEXT];

  g_string_append_printf (text, ", NAT %s/%s as %s, ports %s%s%s",
                          sim_dependence_to_text (nat->mapping),
                          sim_dependence_to_text (nat->filtering),
                          fram_address_ip_to_text (external, address), ports[nat->ports],
                          nat->hairpin ? ", hairpin" : "",
                          nat->inbound_refreshes ? ", refreshed by both" : "");
  add_time (text, "for", nat->lifetime);
}

static void
add_network (GString *text, const SimPlan *plan, guint i)
{
  static const char *const tcp_rules[]
      = { "", ", lets TCP in", ", lets TCP out to servers" };
  const SimNetworkPlan *network = &plan->networks[i];
  char address[FRAM_ADDRESS_TEXT];

  g_string_append_printf (text, "network %u:", i);
  add_time (text, "latency", network->link.latency);
  add_time (text, "jitter", network->link.jitter);
  g_string_append_printf (text, " loss %.3f duplicate %.3f reorder %.3f mangle %.3f",
                          network->link.loss, network->link.duplicate,
                          network->link.reorder, network->link.mangle);
  if (i > 0)
    g_string_append_printf (text, ", behind gate%u in network %u, firewall %s", i,
                            network->outside,
                            sim_firewall_kind_to_text (network->gateway.firewall));
  if (i > 0)
    g_string_append (text, tcp_rules[network->gateway.tcp]);
  if (network->gateway.translates)
    add_nat (text, &network->gateway.nat, &network->gateway.external);
  if (network->renumbers != FRAM_TIME_NEVER)
    g_string_append_printf (text, ", as %s",
                            fram_address_ip_to_text (&network->renumbered, address));
  add_time (text, "from", network->renumbers);
  g_string_append_c (text, '\n');
}

static void
add_host (GString *text, const SimPlan *plan, guint i)
{
  const SimHostPlan *host = &plan->hosts[i];
  char address[FRAM_ADDRESS_TEXT];

  g_string_append_printf (text, "host%u:%s", i,
                          host->bystander  ? " bystander"
                          : host->nameless ? " nameless"
                                           : "");
  if (host->rests)
    g_string_append (text, " rests");
  for (guint j = 0; j < host->n_interfaces; j++)
    {
      const SimInterfacePlan *interface = &host->interfaces[j];

      g_string_append_printf (text, " %s in network %u%s",
                              fram_address_ip_to_text (&interface->address, address),
                              interface->network, interface->refuses ? " refuses" : "");
      if (interface->appears > 0)
        add_time (text, "appears at", interface->appears);
      add_time (text, "vanishes at", interface->vanishes);
      g_string_append_c (text, ',');
    }
  add_time (text, "late by", host->lateness);
  add_time (text, "leaves at", host->leaves);
  add_time (text, "knows its network at", host->attaches);
  add_time (text, "and again at", host->reattaches);
  add_time (text, "checks it at", host->checks);
  g_string_append_c (text, '\n');
}

static void
add_server (GString *text, const SimPlan *plan, guint i)
{
  static const char *const kinds[] = { "answers", "deaf", "busy" };
  const SimServerPlan *server = &plan->servers[i];
  char address[FRAM_ADDRESS_TEXT];

  g_string_append_printf (text, "server %u: %s%s%s, %s%s%s\n", i,
                          fram_address_to_text (&server->address, address),
                          server->name != NULL ? " called " : "",
                          server->name != NULL ? server->name : "", kinds[server->kind],
                          server->absent ? ", absent" : "",
                          server->relays ? ", relays" : "");
  if (server->dies != FRAM_TIME_NEVER)
    {
      g_string_truncate (text, text->len - 1);
      add_time (text, ", dies at", server->dies);
      g_string_append_c (text, '\n');
    }
}

static void
add_end (GString *text, const SimEndPlan *end)
{
  static const char *const policies[]
      = { "", ", names for addresses", ", no host candidates", ", relayed only" };
  static const char *const dialects[] = { "", ", regular", ", old", ", aggressive" };

  g_string_append_printf (
      text, "  host%u, servers %#x%s%s%s%s%s%s%s", end->host, end->servers,
      dialects[end->dialect], end->lite ? ", lite" : "", end->tcp ? ", TCP" : "",
      end->trickle ? ", trickle" : "", end->role_fixed ? ", fixed " : "",
      end->role_fixed ? fram_role_to_text (end->role) : "", policies[end->policy]);
  if (end->pacing > 0)
    g_string_append_printf (text, ", pacing %u ms", end->pacing);
  add_time (text, end->says_bye ? ", says bye at" : ", closes at", end->closes);
  add_time (text, ", restarts at", end->restarts);
  add_time (text, ", removes a stream at", end->removes);
  g_string_append_c (text, '\n');
}

static void
add_call (GString *text, const SimPlan *plan, guint i)
{
  static const char *const openings[] = { "offer", "prepared", "glare" };
  const SimCallPlan *call = sim_plan_get_call (plan, i);

  g_string_append_printf (text, "call %u: %s, %u x %u components,", i,
                          openings[call->opening], call->n_streams, call->n_components);
  add_time (text, "starts", call->starts);
  add_time (text, "signalling", call->delay);
  add_time (text, "jitter", call->jitter);
  if (call->straggle > 0)
    add_time (text, ", candidates late by", call->straggle);
  g_string_append_c (text, '\n');
  add_end (text, &call->ends[0]);
  add_end (text, &call->ends[1]);
}

char *
sim_plan_to_text (const SimPlan *plan)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < plan->n_networks; i++)
    add_network (text, plan, i);
  for (guint i = 0; i < plan->n_hosts; i++)
    add_host (text, plan, i);
  for (guint i = 0; i < plan->n_servers; i++)
    add_server (text, plan, i);
  for (guint i = 0; i < plan->calls->len; i++)
    add_call (text, plan, i);
  add_time (text, "linger", plan->linger);
  add_time (text, ", resolver", plan->resolver_delay);
  add_time (text, ", calls hold", plan->holds);
  if (plan->names_delay > 0)
    add_time (text, ", names", plan->names_delay);
  if (plan->names_loss > 0.0)
    g_string_append_printf (text, ", loss of names %.3f", plan->names_loss);
  g_string_append_printf (text, ", %s\n", plan->icmp ? "refusals are told" : "silence");
  if (plan->probes)
    g_string_append (text, "NATs are probed\n");
  return g_string_free (text, FALSE);
}
