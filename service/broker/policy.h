/* What the user wants of addresses and of what is unused, and what that means for each. */
#pragma once

#include "broker/bases.h"
#include "broker/network-snapshot.h"

/* How long what is unused on a lane stays. */
FramTime fram_broker_get_linger (FramBroker *broker, guint32 lane);
/* The base has no users from `now` on. */
void fram_broker_base_unused (FramBroker *broker, FramBase *base, FramTime now);
/* The patterns are copied. */
void fram_broker_copy_policy (FramBroker *broker, const FramBrokerPolicy *policy);
FramInterfaceUse fram_broker_interface_use (FramBroker *broker,
                                            const FramInterfaceAddress *interface);
/* Of what was told, what is used: broker->interfaces. */
void fram_broker_choose_interfaces (FramBroker *broker);
/* Whether the interface address is one of these. */
gboolean fram_broker_uses_address (FramBroker *broker, const FramAddress *address);
/* The same, or it is deprecated, or a temporary one is beside it: what goes on by it stays
 * (RFC 8835 §3.3), nothing new begins. */
gboolean fram_broker_keeps_address (FramBroker *broker, const FramAddress *address);
void fram_broker_note_failure (FramBroker *broker, const FramAddress *address,
                               FramTime now);
/* Whether it is not worth trying to bind to it at this time. */
gboolean fram_broker_has_failed (FramBroker *broker, const FramAddress *address,
                                 FramTime now);
