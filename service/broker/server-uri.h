/* The URIs of STUN and TURN servers. (RFC 7064 §3.1, RFC 7065 §3.1)
 *
 *     "stun:" / "stuns:"  host [ ":" port ]
 *     "turn:" / "turns:"  host [ ":" port ] [ "?transport=" ( "udp" / "tcp" ) ]  */
#pragma once

#include "broker/known.h"

/* RFC 1035 §2.3.4 */
#define FRAM_SERVER_URI_MAX_HOST 253
/* RFC 8489 §8.1, RFC 7065 §3.2 */
#define FRAM_SERVER_URI_PORT 3478
#define FRAM_SERVER_URI_SECURE_PORT 5349

typedef enum
{
  FRAM_SERVER_SCHEME_STUN,
  FRAM_SERVER_SCHEME_TURN,
} FramServerScheme;

typedef struct
{
  FramServerScheme scheme;
  gboolean secure;                         /* “stuns”, “turns” */
  char host[FRAM_SERVER_URI_MAX_HOST + 1]; /* an IPv6 address has no brackets here */
  gboolean is_address;                     /* the host is one, and no name */
  guint16 port;                            /* 0: none is given */
  gboolean has_transport;                  /* it is given, by “?transport=” */
  /* How it is spoken to: as given, else by UDP, or if secure by TLS. */
  FramKnownTransport transport;
} FramServerUri;

/* Errors: FRAM_BROKER_ERROR_INVALID_ARGUMENT; for people who typed it. */
gboolean fram_server_uri_parse (FramServerUri *ret_uri, const char *text, GError **error);
/* Where the server is if neither the URI nor an SRV record says so. */
guint16 fram_server_uri_get_default_port (const FramServerUri *uri);
