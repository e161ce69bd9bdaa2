#include "stun/names.h"

typedef struct
{
  guint number;
  const char *text;
} Name;

/* IANA "STUN Error Codes": the recommended phrases. */
static const Name errors[] = {
  { FRAM_STUN_ERROR_TRY_ALTERNATE, "Try Alternate" },
  { FRAM_STUN_ERROR_BAD_REQUEST, "Bad Request" },
  { FRAM_STUN_ERROR_UNAUTHENTICATED, "Unauthenticated" },
  { FRAM_STUN_ERROR_FORBIDDEN, "Forbidden" },
  { FRAM_STUN_ERROR_MOBILITY_FORBIDDEN, "Mobility Forbidden" },
  { FRAM_STUN_ERROR_UNKNOWN_ATTRIBUTE, "Unknown Attribute" },
  { FRAM_STUN_ERROR_ALLOCATION_MISMATCH, "Allocation Mismatch" },
  { FRAM_STUN_ERROR_STALE_NONCE, "Stale Nonce" },
  { FRAM_STUN_ERROR_ADDRESS_FAMILY_NOT_SUPPORTED, "Address Family not Supported" },
  { FRAM_STUN_ERROR_WRONG_CREDENTIALS, "Wrong Credentials" },
  { FRAM_STUN_ERROR_UNSUPPORTED_TRANSPORT, "Unsupported Transport Protocol" },
  { FRAM_STUN_ERROR_PEER_ADDRESS_FAMILY_MISMATCH, "Peer Address Family Mismatch" },
  { FRAM_STUN_ERROR_CONNECTION_ALREADY_EXISTS, "Connection Already Exists" },
  { FRAM_STUN_ERROR_CONNECTION_TIMEOUT_OR_FAILURE, "Connection Timeout or Failure" },
  { FRAM_STUN_ERROR_ALLOCATION_QUOTA_REACHED, "Allocation Quota Reached" },
  { FRAM_STUN_ERROR_ROLE_CONFLICT, "Role Conflict" },
  { FRAM_STUN_ERROR_SERVER_ERROR, "Server Error" },
  { FRAM_STUN_ERROR_INSUFFICIENT_CAPACITY, "Insufficient Capacity" },
};

static const Name methods[] = {
  { FRAM_STUN_BINDING, "Binding" },
  { FRAM_STUN_ALLOCATE, "Allocate" },
  { FRAM_STUN_REFRESH, "Refresh" },
  { FRAM_STUN_SEND, "Send" },
  { FRAM_STUN_DATA, "Data" },
  { FRAM_STUN_CREATE_PERMISSION, "CreatePermission" },
  { FRAM_STUN_CHANNEL_BIND, "ChannelBind" },
  { FRAM_STUN_CONNECT, "Connect" },
  { FRAM_STUN_CONNECTION_BIND, "ConnectionBind" },
  { FRAM_STUN_CONNECTION_ATTEMPT, "ConnectionAttempt" },
};

static const char *
find_name (const Name *names, gsize n_names, guint number)
{
  for (gsize i = 0; i < n_names; i++)
    if (names[i].number == number)
      return names[i].text;
  return "Unknown";
}

gboolean
fram_stun_attribute_is_xor (guint16 type)
{
  return type == FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS
         || type == FRAM_STUN_ATTR_XOR_PEER_ADDRESS
         || type == FRAM_STUN_ATTR_XOR_RELAYED_ADDRESS;
}

const char *
fram_stun_error_to_text (guint code)
{
  return find_name (errors, G_N_ELEMENTS (errors), code);
}

const char *
fram_stun_method_to_text (guint method)
{
  return find_name (methods, G_N_ELEMENTS (methods), method);
}
