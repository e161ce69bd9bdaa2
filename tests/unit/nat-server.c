#include "nat-server.h"

#include "base/big-endian.h"
#include "stun/builder.h"

#include <string.h>

#define CHANGE_IP 4
#define CHANGE_PORT 2

static gboolean
has (const NatServer *server, NatServerFaults fault)
{
  return (server->faults & fault) != 0;
}

gboolean
nat_server_is_at (const NatServer *server, const FramAddress *address)
{
  gboolean ip = fram_address_equal_ip (address, &server->first)
                || fram_address_equal_ip (address, &server->second);

  return ip
         && (address->port == server->first.port || address->port == server->second.port);
}

static FramAddress
other_of (const NatServer *server, const FramAddress *address)
{
  FramAddress other
      = fram_address_equal_ip (address, &server->first) ? server->second : server->first;

  other.port
      = address->port == server->first.port ? server->second.port : server->first.port;
  return other;
}

/* RFC 5780 §6.1, table 1. */
static FramAddress
source_of (const NatServer *server, const FramStunMessage *request,
           const FramAddress *asked)
{
  FramAddress other = other_of (server, asked), source = *asked;
  guint32 change = 0;

  fram_stun_message_get_u32 (request, FRAM_STUN_ATTR_CHANGE_REQUEST, &change);
  if (has (server, NAT_SERVER_IGNORES_CHANGE))
    change = 0;
  if ((change & CHANGE_IP) != 0)
    source = other;
  source.port = (change & CHANGE_PORT) != 0 ? other.port : asked->port;
  if (has (server, NAT_SERVER_WRONG_SOURCE))
    g_assert_true (fram_address_parse (&source, "203.0.113.77:7777"));
  return source;
}

static guint
error_for (const NatServer *server, const FramStunMessage *request)
{
  if (has (server, NAT_SERVER_BUSY))
    return FRAM_STUN_ERROR_SERVER_ERROR;
  if (has (server, NAT_SERVER_SINGLE)
      && fram_stun_message_has (request, FRAM_STUN_ATTR_CHANGE_REQUEST))
    return FRAM_STUN_ERROR_UNKNOWN_ATTRIBUTE;
  if (has (server, NAT_SERVER_NO_PORT)
      && fram_stun_message_has (request, FRAM_STUN_ATTR_RESPONSE_PORT))
    return FRAM_STUN_ERROR_UNKNOWN_ATTRIBUTE;
  return 0;
}

static void
add_success (const NatServer *server, FramStunBuilder *builder, const FramAddress *from,
             const FramAddress *asked, const FramAddress *origin)
{
  FramAddress other = other_of (server, asked);

  if (server->told.family != FRAM_FAMILY_NONE)
    other = server->told;
  if (server->seen.family != FRAM_FAMILY_NONE)
    from = &server->seen;
  if (!has (server, NAT_SERVER_NO_ADDRESS))
    fram_stun_builder_add_address (builder, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS, from);
  if (has (server, NAT_SERVER_UNKNOWN_FIELD))
    fram_stun_builder_add_u32 (builder, 0x0077, 1);
  fram_stun_builder_add_address (builder, FRAM_STUN_ATTR_RESPONSE_ORIGIN, origin);
  if (!has (server, NAT_SERVER_SINGLE))
    fram_stun_builder_add_address (builder, FRAM_STUN_ATTR_OTHER_ADDRESS, &other);
}

/* Each answer is broken in another way, by its transaction id. */
static void
garble (NatDatagram *datagram, const FramStunId *id)
{
  switch (id->bytes[0] % 4)
    {
    case 0:
      datagram->length -= 4;
      break;
    case 1:
      datagram->data[3] ^= 0x24;
      break;
    case 2:
      datagram->data[FRAM_STUN_HEADER_SIZE + 3] = 0xf0;
      break;
    case 3:
      datagram->data[datagram->length - 1] ^= 1;
      break;
    }
}

static void
redirect (const NatServer *server, const FramStunMessage *request,
          FramAddress *destination)
{
  FramStunAttribute port;

  if (!has (server, NAT_SERVER_IGNORES_PORT)
      && fram_stun_message_find (request, FRAM_STUN_ATTR_RESPONSE_PORT, &port))
    {
      g_assert_cmpuint (port.length, >=, 2);
      destination->port = fram_load_be16 (port.value);
    }
}

static gboolean
is_deaf (const NatServer *server, const FramAddress *asked)
{
  return has (server, NAT_SERVER_DEAF) || fram_address_equal (asked, &server->deaf)
         || (has (server, NAT_SERVER_OTHER_DEAF)
             && !fram_address_equal (asked, &server->first));
}

/* What the client sends is always well-formed. */
static void
read_request (const NatDatagram *datagram, FramStunMessage *ret_request)
{
  g_assert_cmpint (
      fram_stun_message_parse (ret_request, datagram->data, datagram->length), ==,
      FRAM_STUN_PARSE_OK);
  g_assert_cmpint (ret_request->klass, ==, FRAM_STUN_REQUEST);
  g_assert_cmpint (ret_request->method, ==, FRAM_STUN_BINDING);
}

gboolean
nat_server_answer (const NatServer *server, NatDatagram *datagram)
{
  NatDatagram answer = { .destination = datagram->source };
  FramStunMessage request;
  FramStunBuilder builder;
  guint error;

  read_request (datagram, &request);
  if (is_deaf (server, &datagram->destination))
    return FALSE;

  error = error_for (server, &request);
  answer.source = error == 0 ? source_of (server, &request, &datagram->destination)
                             : datagram->destination;
  fram_stun_builder_init_response (&builder, answer.data, sizeof answer.data,
                                   error == 0 ? FRAM_STUN_SUCCESS : FRAM_STUN_ERROR,
                                   &request);
  if (error != 0)
    fram_stun_builder_add_error (&builder, error, NULL);
  else
    {
      add_success (server, &builder, &datagram->source, &datagram->destination,
                   &answer.source);
      redirect (server, &request, &answer.destination);
    }
  fram_stun_builder_add_fingerprint (&builder);
  answer.length = fram_stun_builder_end (&builder);
  g_assert_cmpuint (answer.length, >, 0);
  if (has (server, NAT_SERVER_GARBLED))
    garble (&answer, &request.id);
  *datagram = answer;
  return TRUE;
}
