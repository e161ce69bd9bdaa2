#include "turn-server.h"

#include <string.h>

#include "base/big-endian.h"
#include "stun/integrity.h"

#define COOKIE_LIST "obMatJos2gAAA"
#define COOKIE_LIST_ANONYMOUS "obMatJos2wAAA"
#define COOKIE_ANONYMOUS "obMatJos2QAAA"

static gboolean
is (const TurnServer *server, TurnServerManner manner)
{
  return (server->manner & manner) != 0;
}

void
turn_server_init (TurnServer *server)
{
  memset (server, 0, sizeof *server);
  server->username = "anna";
  server->password = "secret";
  server->realm = "lab";
  server->n_nonces = 1;
  server->lifetime = 600;
  g_assert_true (fram_address_parse (&server->client, "198.51.100.7:40000"));
  g_assert_true (fram_address_parse (&server->relayed[0], "203.0.113.2:50000"));
  g_assert_true (fram_address_parse (&server->relayed[1], "[2001:db8::2]:50000"));
  server->permissions = g_array_new (FALSE, FALSE, sizeof (FramAddress));
  server->channels = g_array_new (FALSE, TRUE, sizeof (FramAddress));
}

void
turn_server_clear (TurnServer *server)
{
  g_array_unref (server->permissions);
  g_array_unref (server->channels);
  g_free (server->owner);
}

void
turn_server_renew_nonce (TurnServer *server)
{
  server->n_nonces++;
}

static char *
make_nonce (const TurnServer *server)
{
  const char *cookie = "";
  gboolean list = is (server, TURN_SERVER_SHA256) || is (server, TURN_SERVER_BIDS_DOWN);

  if (list)
    cookie = is (server, TURN_SERVER_ANONYMOUS) ? COOKIE_LIST_ANONYMOUS : COOKIE_LIST;
  else if (is (server, TURN_SERVER_ANONYMOUS))
    cookie = COOKIE_ANONYMOUS;
  return g_strdup_printf ("%snonce-%u", cookie, server->n_nonces);
}

static void
make_key (const TurnServer *server, FramHmacKey *ret_key)
{
  fram_stun_key_long_term (ret_key,
                           is (server, TURN_SERVER_SHA256) ? FRAM_STUN_PASSWORD_SHA256
                                                           : FRAM_STUN_PASSWORD_MD5,
                           server->username, server->realm, server->password);
}

/* --- Who asks ---------------------------------------------------------------------- */

static gboolean
is_text (const FramStunMessage *request, guint16 type, const char *expected)
{
  const char *text;
  gsize length;

  return fram_stun_message_get_text (request, type, &text, &length)
         && length == strlen (expected) && memcmp (text, expected, length) == 0;
}

static gboolean
is_user (const TurnServer *server, const FramStunMessage *request)
{
  FramStunAttribute attribute;
  guint8 hash[FRAM_SHA256_SIZE];

  if (!is (server, TURN_SERVER_ANONYMOUS))
    return is_text (request, FRAM_STUN_ATTR_USERNAME, server->username);
  fram_stun_userhash (server->username, server->realm, hash);
  return !fram_stun_message_has (request, FRAM_STUN_ATTR_USERNAME)
         && fram_stun_message_find (request, FRAM_STUN_ATTR_USERHASH, &attribute)
         && attribute.length == sizeof hash
         && memcmp (attribute.value, hash, sizeof hash) == 0;
}

static gboolean
is_proved (const TurnServer *server, const FramStunMessage *request)
{
  FramStunIntegrity result;
  FramHmacKey key;

  make_key (server, &key);
  if (!is (server, TURN_SERVER_SHA256))
    result = fram_stun_message_check_integrity (request, &key);
  else if (!fram_stun_message_has (request, FRAM_STUN_ATTR_PASSWORD_ALGORITHM)
           || !fram_stun_message_has (request, FRAM_STUN_ATTR_PASSWORD_ALGORITHMS))
    result = FRAM_STUN_INTEGRITY_ABSENT;
  else
    result = fram_stun_message_check_integrity_sha256 (request, &key);
  return result == FRAM_STUN_INTEGRITY_OK;
}

/* Return: the error, 0: it is the user. */
static guint
authenticate (const TurnServer *server, const FramStunMessage *request)
{
  g_autofree char *nonce = make_nonce (server);

  if (is (server, TURN_SERVER_TRUSTING))
    return 0;
  if (request->integrity == 0 && request->integrity_sha256 == 0)
    return FRAM_STUN_ERROR_UNAUTHENTICATED;
  if (is (server, TURN_SERVER_FORGETFUL)
      || !is_text (request, FRAM_STUN_ATTR_NONCE, nonce))
    return FRAM_STUN_ERROR_STALE_NONCE;
  return is_text (request, FRAM_STUN_ATTR_REALM, server->realm)
                 && is_user (server, request) && is_proved (server, request)
             ? 0
             : FRAM_STUN_ERROR_UNAUTHENTICATED;
}

/* --- Answers ----------------------------------------------------------------------- */

static gsize
finish (const TurnServer *server, FramStunBuilder *builder, gboolean proves)
{
  FramHmacKey key;

  if (proves && !is (server, TURN_SERVER_TRUSTING))
    {
      make_key (server, &key);
      if (is (server, TURN_SERVER_SHA256))
        fram_stun_builder_add_integrity_sha256 (builder, &key, FRAM_SHA256_SIZE);
      else
        fram_stun_builder_add_integrity (builder, &key);
    }
  fram_stun_builder_add_fingerprint (builder);
  return fram_stun_builder_end (builder);
}

static gsize
challenge (TurnServer *server, const FramStunMessage *request, guint code, guint8 *buffer,
           gsize size)
{
  static const guint8 algorithms[] = { 0, 2, 0, 0, 0, 1, 0, 0 };
  g_autofree char *nonce = NULL;
  FramStunBuilder builder;

  server->n_unauthorized++;
  if (is (server, TURN_SERVER_FORGETFUL))
    turn_server_renew_nonce (server);
  nonce = make_nonce (server);
  fram_stun_builder_init_response (&builder, buffer, size, FRAM_STUN_ERROR, request);
  fram_stun_builder_add_error (&builder, code, NULL);
  fram_stun_builder_add_text (&builder, FRAM_STUN_ATTR_REALM, server->realm);
  fram_stun_builder_add_text (&builder, FRAM_STUN_ATTR_NONCE, nonce);
  if (is (server, TURN_SERVER_SHA256))
    fram_stun_builder_add (&builder, FRAM_STUN_ATTR_PASSWORD_ALGORITHMS, algorithms,
                           sizeof algorithms);
  return finish (server, &builder, FALSE);
}

static gsize
refuse (TurnServer *server, const FramStunMessage *request, guint code, guint8 *buffer,
        gsize size)
{
  const guint16 unknown = FRAM_STUN_ATTR_DONT_FRAGMENT;
  FramStunBuilder builder;

  fram_stun_builder_init_response (&builder, buffer, size, FRAM_STUN_ERROR, request);
  fram_stun_builder_add_error (&builder, code, NULL);
  if (code == FRAM_STUN_ERROR_UNKNOWN_ATTRIBUTE)
    fram_stun_builder_add_unknown (&builder, &unknown, 1);
  if (server->refusal.alternate.family != FRAM_FAMILY_NONE)
    fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_ALTERNATE_SERVER,
                                   &server->refusal.alternate);
  if (server->refusal.domain != NULL)
    fram_stun_builder_add_text (&builder, FRAM_STUN_ATTR_ALTERNATE_DOMAIN,
                                server->refusal.domain);
  return finish (server, &builder, !is (server, TURN_SERVER_BARE_ERRORS));
}

static void
breach (TurnServer *server, const char *what)
{
  server->n_breaches++;
  server->breach = what;
}

/* --- Methods ----------------------------------------------------------------------- */

static gboolean
wants_family (const FramStunMessage *request, guint16 type, guint8 family)
{
  FramStunAttribute attribute;

  return fram_stun_message_find (request, type, &attribute) && attribute.length == 4
         && attribute.value[0] == family;
}

/* --- Tickets ----------------------------------------------------------------------- */

static char *
make_ticket (const TurnServer *server)
{
  return g_strdup_printf ("ticket %u of port %u", server->n_tickets,
                          server->relayed[0].port);
}

gboolean
turn_server_knows_ticket (const TurnServer *server, const FramStunMessage *request)
{
  g_autofree char *ticket = make_ticket (server);
  FramStunAttribute attribute;

  return server->allocated && server->n_tickets > 0
         && fram_stun_message_find (request, FRAM_STUN_ATTR_MOBILITY_TICKET, &attribute)
         && attribute.length == strlen (ticket)
         && memcmp (attribute.value, ticket, attribute.length) == 0;
}

static void
add_ticket (TurnServer *server, FramStunBuilder *builder)
{
  g_autofree char *ticket = NULL;

  server->n_tickets++;
  ticket = make_ticket (server);
  fram_stun_builder_add (builder, FRAM_STUN_ATTR_MOBILITY_TICKET, ticket,
                         strlen (ticket));
}

/* --- Allocations ------------------------------------------------------------------- */

static guint
allocate (TurnServer *server, const FramStunMessage *request)
{
  const char *user;
  gsize length;

  if (!fram_stun_message_has (request, FRAM_STUN_ATTR_REQUESTED_TRANSPORT))
    return FRAM_STUN_ERROR_BAD_REQUEST;
  if (is (server, TURN_SERVER_NO_DF)
      && fram_stun_message_has (request, FRAM_STUN_ATTR_DONT_FRAGMENT))
    return FRAM_STUN_ERROR_UNKNOWN_ATTRIBUTE;
  if (is (server, TURN_SERVER_NO_MOVING)
      && fram_stun_message_has (request, FRAM_STUN_ATTR_MOBILITY_TICKET))
    return FRAM_STUN_ERROR_MOBILITY_FORBIDDEN;
  if (server->allocated)
    return FRAM_STUN_ERROR_ALLOCATION_MISMATCH;
  server->allocated = TRUE;
  server->n_tickets = 0;
  g_array_set_size (server->permissions, 0);
  g_array_set_size (server->channels, 0);
  g_clear_pointer (&server->owner, g_free);
  if (fram_stun_message_get_text (request, FRAM_STUN_ATTR_USERNAME, &user, &length))
    server->owner = g_strndup (user, length);
  return 0;
}

static void
add_relayed (const TurnServer *server, const FramStunMessage *request,
             FramStunBuilder *builder)
{
  gboolean both = wants_family (request, FRAM_STUN_ATTR_ADDITIONAL_ADDRESS_FAMILY,
                                FRAM_STUN_ADDRESS_IPV6);
  gboolean ipv6 = wants_family (request, FRAM_STUN_ATTR_REQUESTED_ADDRESS_FAMILY,
                                FRAM_STUN_ADDRESS_IPV6);

  if (both || !ipv6)
    fram_stun_builder_add_address (builder, FRAM_STUN_ATTR_XOR_RELAYED_ADDRESS,
                                   &server->relayed[0]);
  if ((both || ipv6) && !is (server, TURN_SERVER_NO_IPV6))
    fram_stun_builder_add_address (builder, FRAM_STUN_ATTR_XOR_RELAYED_ADDRESS,
                                   &server->relayed[1]);
}

static void
permit (TurnServer *server, const FramAddress *peer)
{
  FramAddress address = *peer;

  address.port = 0;
  for (guint i = 0; i < server->permissions->len; i++)
    if (fram_address_equal (&g_array_index (server->permissions, FramAddress, i),
                            &address))
      return;
  g_array_append_val (server->permissions, address);
}

static guint
bind_channel (TurnServer *server, const FramStunMessage *request)
{
  FramStunAttribute attribute;
  FramAddress peer, *bound;
  guint number;

  if (!fram_stun_message_find (request, FRAM_STUN_ATTR_CHANNEL_NUMBER, &attribute)
      || attribute.length != 4
      || !fram_stun_message_get_address (request, FRAM_STUN_ATTR_XOR_PEER_ADDRESS, &peer))
    return FRAM_STUN_ERROR_BAD_REQUEST;
  number = fram_load_be16 (attribute.value);
  if (number < 0x4000 || number > 0x4fff)
    return FRAM_STUN_ERROR_BAD_REQUEST;
  if (server->channels->len <= number - 0x4000)
    g_array_set_size (server->channels, number - 0x4000 + 1);
  bound = &g_array_index (server->channels, FramAddress, number - 0x4000);
  if (bound->family != FRAM_FAMILY_NONE && !fram_address_equal (bound, &peer))
    {
      breach (server, "a channel is bound to a second peer");
      return FRAM_STUN_ERROR_BAD_REQUEST;
    }
  *bound = peer;
  permit (server, &peer);
  return 0;
}

static guint
permit_all (TurnServer *server, const FramStunMessage *request)
{
  FramStunAttribute attribute;
  guint16 position = 0;
  guint n = 0;
  FramAddress peer;

  while (fram_stun_message_next (request, &position, &attribute))
    if (attribute.type == FRAM_STUN_ATTR_XOR_PEER_ADDRESS
        && fram_stun_message_read_address (request, &attribute, &peer))
      {
        permit (server, &peer);
        n++;
      }
  return n > 0 ? 0 : FRAM_STUN_ERROR_BAD_REQUEST;
}

static guint
refresh (TurnServer *server, const FramStunMessage *request)
{
  guint32 lifetime;

  if (!server->allocated)
    return FRAM_STUN_ERROR_ALLOCATION_MISMATCH;
  if (fram_stun_message_has (request, FRAM_STUN_ATTR_MOBILITY_TICKET)
      && !turn_server_knows_ticket (server, request))
    return FRAM_STUN_ERROR_BAD_REQUEST;
  if (fram_stun_message_get_u32 (request, FRAM_STUN_ATTR_LIFETIME, &lifetime)
      && lifetime == 0)
    {
      server->allocated = FALSE;
      server->n_deletions++;
    }
  return 0;
}

static guint
bind_connection (const TurnServer *server, const FramStunMessage *request)
{
  guint32 id;

  return fram_stun_message_get_u32 (request, FRAM_STUN_ATTR_CONNECTION_ID, &id)
                 && id == server->connection
             ? 0
             : FRAM_STUN_ERROR_BAD_REQUEST;
}

static guint
act (TurnServer *server, const FramStunMessage *request)
{
  if (request->method == FRAM_STUN_ALLOCATE)
    return allocate (server, request);
  if (!server->allocated)
    return FRAM_STUN_ERROR_ALLOCATION_MISMATCH;
  switch (request->method)
    {
    case FRAM_STUN_REFRESH:
      return refresh (server, request);
    case FRAM_STUN_CREATE_PERMISSION:
      return permit_all (server, request);
    case FRAM_STUN_CHANNEL_BIND:
      return bind_channel (server, request);
    case FRAM_STUN_CONNECT:
      server->connection++;
      return 0;
    case FRAM_STUN_CONNECTION_BIND:
      return bind_connection (server, request);
    default:
      return FRAM_STUN_ERROR_BAD_REQUEST;
    }
}

static gboolean
names (const FramStunMessage *request, const FramAddress *peer)
{
  FramStunAttribute attribute;
  guint16 position = 0;
  FramAddress named;

  if (peer->family == FRAM_FAMILY_NONE)
    return TRUE;
  while (fram_stun_message_next (request, &position, &attribute))
    if (attribute.type == FRAM_STUN_ATTR_XOR_PEER_ADDRESS
        && fram_stun_message_read_address (request, &attribute, &named)
        && fram_address_equal_ip (&named, peer))
      return TRUE;
  return FALSE;
}

static gboolean
is_refused (TurnServer *server, const FramStunMessage *request)
{
  TurnServerRefusal *refusal = &server->refusal;

  if (refusal->method != request->method || !names (request, &refusal->peer))
    return FALSE;
  if (refusal->times > 0 && --refusal->times == 0)
    refusal->method = 0;
  return TRUE;
}

static gsize
succeed (TurnServer *server, const FramStunMessage *request, guint8 *buffer, gsize size)
{
  FramStunBuilder builder;

  fram_stun_builder_init_response (&builder, buffer, size, FRAM_STUN_SUCCESS, request);
  if (request->method == FRAM_STUN_ALLOCATE)
    {
      add_relayed (server, request, &builder);
      if (!is (server, TURN_SERVER_NO_MAPPED))
        fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS,
                                       &server->client);
    }
  if ((request->method == FRAM_STUN_ALLOCATE || request->method == FRAM_STUN_REFRESH)
      && !is (server, TURN_SERVER_NO_LIFETIME))
    fram_stun_builder_add_u32 (&builder, FRAM_STUN_ATTR_LIFETIME,
                               server->allocated ? server->lifetime : 0);
  if (request->method == FRAM_STUN_CONNECT)
    fram_stun_builder_add_u32 (&builder, FRAM_STUN_ATTR_CONNECTION_ID,
                               server->connection);
  if (is (server, TURN_SERVER_MOBILE)
      && fram_stun_message_has (request, FRAM_STUN_ATTR_MOBILITY_TICKET))
    add_ticket (server, &builder);
  return finish (server, &builder, !is (server, TURN_SERVER_UNSIGNED));
}

gsize
turn_server_answer (TurnServer *server, const guint8 *bytes, gsize length, guint8 *buffer,
                    gsize size)
{
  FramStunMessage request;
  guint code;

  if (fram_stun_message_parse (&request, bytes, length) != FRAM_STUN_PARSE_OK)
    return 0;
  if (request.klass != FRAM_STUN_REQUEST)
    return 0;
  server->n_requests[request.method & 0xf]++;
  if (is (server, TURN_SERVER_SILENT))
    return 0;
  code = authenticate (server, &request);
  if (code != 0)
    return challenge (server, &request, code, buffer, size);
  if (is_refused (server, &request))
    return server->refusal.code != 0
               ? refuse (server, &request, server->refusal.code, buffer, size)
               : 0;
  code = act (server, &request);
  if (code != 0)
    return refuse (server, &request, code, buffer, size);
  return succeed (server, &request, buffer, size);
}
