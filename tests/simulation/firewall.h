/* A packet filter between an inner network and the rest: what may leave, what may enter. */
#pragma once

#include "base/address.h"
#include "base/time.h"

typedef enum
{
  SIM_FIREWALL_OPEN,
  SIM_FIREWALL_STATEFUL, /* in comes only what answers */
  SIM_FIREWALL_DNS_ONLY, /* stateful, and out goes only what is for port 53 */
  SIM_FIREWALL_NO_UDP,
  SIM_FIREWALL_SERVERS_ONLY, /* stateful, and out goes only what is for STUN's port */
} SimFirewallKind;

const char *sim_firewall_kind_to_text (SimFirewallKind kind);

typedef struct _SimFirewall SimFirewall;

/* `lifetime`: how long a flow without a packet is remembered. */
SimFirewall *sim_firewall_new (SimFirewallKind kind, FramTime lifetime);
void sim_firewall_free (SimFirewall *firewall);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimFirewall, sim_firewall_free)

/* `inner` and `outer` are the addresses as the inner network sees them.
 * Return: whether the packet passes. */
gboolean sim_firewall_outbound (SimFirewall *firewall, const FramAddress *inner,
                                const FramAddress *outer, FramTime now);
gboolean sim_firewall_inbound (SimFirewall *firewall, const FramAddress *outer,
                               const FramAddress *inner, FramTime now);
