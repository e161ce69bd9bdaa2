/* What is known of the network, as the XML of the inspector describes it. */
#pragma once

#include <gio/gio.h>

#include "broker/network-snapshot.h"
#include "store/memory.h"

#define FRAM_INSPECTOR_NETWORK_TYPE                                                      \
  "(sxxxa(ssassbxssssssssssxxxxssa(sss))a(sssxuuxxb)a(uusssssuxxx)a(ssssxx))"

/* Return: (transfer floating): of the type above. */
GVariant *fram_inspector_network (FramBroker *broker, FramMemory *memory);

#define FRAM_INSPECTOR_ALLOCATIONS_TYPE "a(ssuusssssssssuuuxxxx)"

/* Return: (transfer floating): of the type above. */
GVariant *fram_inspector_allocations (FramBroker *broker);
