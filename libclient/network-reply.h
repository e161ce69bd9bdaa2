/* What the inspector answers, made into what applications get. */
#pragma once

#include "fram-network.h"

/* The types of the replies (dbus/org.fram.Ice1.Inspector.xml). */
#define FRAM_NETWORK_REPLY                                                               \
  "(sxxxa(ssassbxssssssssssxxxxssa(sss))a(sssxuuxxb)a(uusssssuxxx)a(ssssxx))"
#define FRAM_HISTORY_REPLY "(a(xssxxsssxtt))"
#define FRAM_ALLOCATIONS_REPLY "(a(ssuusssssssssuuuxxxx))"

/* `reply`: of FRAM_NETWORK_REPLY.  Return: (transfer full) */
FramNetwork *fram_network_from_reply (GVariant *reply);

/* `reply`: of FRAM_HISTORY_REPLY.  Return: (transfer full): FramPastSession */
GPtrArray *fram_past_sessions_from_reply (GVariant *reply);
