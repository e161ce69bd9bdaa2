/* What the broker knows of the network, as rows that can be shown. */
#pragma once

#include "broker/broker.h"

/* What becomes of an interface address. */
typedef enum
{
  FRAM_INTERFACE_USED,
  FRAM_INTERFACE_UNUSED_LOOPBACK,
  FRAM_INTERFACE_UNUSED_LINK_LOCAL,
  FRAM_INTERFACE_UNUSED_VIRTUAL,
  FRAM_INTERFACE_UNUSED_DEPRECATED,
  FRAM_INTERFACE_UNUSED_OBSOLETE,  /* a form of IPv6 that is not to be used any more */
  FRAM_INTERFACE_UNUSED_TRACEABLE, /* a temporary one is beside it */
  FRAM_INTERFACE_UNUSED_VPN,       /* by FramBrokerPolicy.no_vpn */
  FRAM_INTERFACE_UNUSED_DENIED,    /* by FramBrokerPolicy.allow or .deny */
  FRAM_INTERFACE_UNUSED_FAMILY,    /* by FramBrokerPolicy.family */
  FRAM_INTERFACE_UNUSED_FAILED,    /* no socket could be bound to it */
} FramInterfaceUse;

/* A word for programs, as "link-local"; "used". */
const char *fram_interface_use_to_word (FramInterfaceUse use);

typedef struct
{
  FramInterfaceAddress interface;
  FramInterfaceUse use;
  FramNatBehaviour behaviour; /* all zero: not known */
  FramTime behaviour_age;     /* since it was found out; -1: it was not */
  FramTime lives, dies;       /* FramKnownLifetime.alive and .dead */
  FramTime keepalive;         /* between two of a mapping that nobody uses */
  gboolean is_checking;       /* it is being found out */
} FramInterfaceRow;

/* Return: (transfer full): FramInterfaceRow, in the order in which they were told. */
GArray *fram_broker_list_interfaces (FramBroker *broker, FramTime now);

/* A server at one of its addresses; strings are valid until the next call. */
typedef struct
{
  FramKnownServer server;
  gboolean in_use; /* a session has it */
} FramServerRow;

/* Return: (transfer full): FramServerRow. */
GArray *fram_broker_list_servers (FramBroker *broker, FramTime now);

/* Return: (transfer full): FramKnownDeaf; strings are valid until the next call. */
GArray *fram_broker_list_deaf (FramBroker *broker, FramTime now);

typedef enum
{
  FRAM_MAPPING_ROW_ASKING,
  FRAM_MAPPING_ROW_KNOWN,
  FRAM_MAPPING_ROW_DEAF,
} FramMappingRowState;

/* What is shared: an address outside, and its keep-alive. */
typedef struct
{
  FramBaseId base;
  guint32 lane;
  char interface[16];
  FramAddress local, server, mapped;
  FramMappingRowState state;
  guint n_sessions;  /* that have it as a candidate */
  FramTime interval; /* of keep-alives */
  FramTime next;     /* until the next one; -1: none is to come */
  FramTime since;    /* since it is as it is */
} FramMappingRow;

/* Return: (transfer full): FramMappingRow, by base and server. */
GArray *fram_broker_list_mappings (FramBroker *broker, FramTime now);

typedef enum
{
  FRAM_ALLOCATION_ROW_ASKING, /* or on its way to the server */
  FRAM_ALLOCATION_ROW_THERE,
  FRAM_ALLOCATION_ROW_ENDING,  /* the server does not prolong it; another one is made */
  FRAM_ALLOCATION_ROW_RESTING, /* it could not be made, and is tried again */
  FRAM_ALLOCATION_ROW_CLOSING, /* it is given back */
} FramAllocationRowState;

/* A word for programs, as "there". */
const char *fram_allocation_row_state_to_word (FramAllocationRowState state);

/* A relay at a TURN server, shared by sessions; strings are valid until the next call. */
typedef struct
{
  const char *uri;
  char interface[16];
  FramBaseId carrier; /* 0: none yet */
  guint32 lane;       /* relay lane */
  FramKnownTransport transport;
  FramAddress local; /* port 0: not known, as of streams */
  FramAddress server, mapped;
  FramAddress relayed[2]; /* IPv4, IPv6 */
  FramAllocationRowState state;
  const char *cause;    /* RESTING, ENDING: why, as "wrong-credentials"; else "" */
  const char *sentence; /* the same for people: what to do about it */
  guint n_sessions;     /* that use it */
  guint n_permissions, n_channels;
  FramTime left;  /* until it ends if it is not refreshed; -1: it is not there */
  FramTime retry; /* RESTING: until it is tried again; -1: it is not */
  FramTime rtt;   /* to the server; -1: not measured */
  FramTime since; /* since it is as it is */
} FramAllocationRow;

/* Return: (transfer full): FramAllocationRow, by URI, interface, transport and lane. */
GArray *fram_broker_list_allocations (FramBroker *broker, FramTime now);
