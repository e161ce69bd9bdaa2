#include "base/address.h"

#include <arpa/inet.h>
#include <string.h>

static const guint8 v4_mapped_prefix[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

void
fram_address_init_ipv4 (FramAddress *address, guint32 ip, guint16 port)
{
  memset (address, 0, sizeof *address);
  address->family = FRAM_FAMILY_IPV4;
  address->port = port;
  for (guint i = 0; i < 4; i++)
    address->ip[i] = (guint8) (ip >> (24 - 8 * i));
}

void
fram_address_init_ipv6 (FramAddress *address, const guint8 ip[16], guint16 port)
{
  memset (address, 0, sizeof *address);
  address->port = port;
  if (memcmp (ip, v4_mapped_prefix, sizeof v4_mapped_prefix) == 0)
    {
      address->family = FRAM_FAMILY_IPV4;
      memcpy (address->ip, ip + 12, 4);
    }
  else
    {
      address->family = FRAM_FAMILY_IPV6;
      memcpy (address->ip, ip, 16);
    }
}

gboolean
fram_address_parse_ip (FramAddress *ret_address, const char *text, guint16 port)
{
  guint8 ip[16];

  if (inet_pton (AF_INET, text, ip) == 1)
    {
      guint32 number = (guint32) ip[0] << 24 | ip[1] << 16 | ip[2] << 8 | ip[3];

      fram_address_init_ipv4 (ret_address, number, port);
      return TRUE;
    }
  if (inet_pton (AF_INET6, text, ip) == 1)
    {
      fram_address_init_ipv6 (ret_address, ip, port);
      return TRUE;
    }
  return FALSE;
}

static gboolean
parse_port (const char *text, guint16 *ret_port)
{
  guint64 port;

  if (!g_ascii_string_to_unsigned (text, 10, 0, 65535, &port, NULL))
    return FALSE;
  *ret_port = (guint16) port;
  return TRUE;
}

gboolean
fram_address_parse (FramAddress *ret_address, const char *text)
{
  char ip[FRAM_ADDRESS_TEXT];
  const char *start = text, *end, *colon;
  guint16 port;

  if (text[0] == '[')
    {
      start = text + 1;
      end = strchr (text, ']');
      if (end == NULL || end[1] != ':')
        return FALSE;
      colon = end + 1;
    }
  else
    {
      end = colon = strchr (text, ':');
      if (end == NULL)
        return FALSE;
    }

  if ((gsize) (end - start) >= sizeof ip || !parse_port (colon + 1, &port))
    return FALSE;
  memcpy (ip, start, end - start);
  ip[end - start] = '\0';

  /* Brackets belong to IPv6 and to nothing else. */
  if ((strchr (ip, ':') != NULL) != (text[0] == '['))
    return FALSE;
  return fram_address_parse_ip (ret_address, ip, port);
}

const char *
fram_address_ip_to_text (const FramAddress *address, char buffer[FRAM_ADDRESS_TEXT])
{
  int family = address->family == FRAM_FAMILY_IPV6 ? AF_INET6 : AF_INET;

  if (address->family == FRAM_FAMILY_NONE)
    g_strlcpy (buffer, "none", FRAM_ADDRESS_TEXT);
  else
    inet_ntop (family, address->ip, buffer, FRAM_ADDRESS_TEXT);
  return buffer;
}

const char *
fram_address_to_text (const FramAddress *address, char buffer[FRAM_ADDRESS_TEXT])
{
  char ip[FRAM_ADDRESS_TEXT];

  fram_address_ip_to_text (address, ip);
  g_snprintf (buffer, FRAM_ADDRESS_TEXT,
              address->family == FRAM_FAMILY_IPV6 ? "[%.48s]:%u" : "%.48s:%u", ip,
              address->port);
  return buffer;
}

guint
fram_address_hash (gconstpointer address)
{
  const guint8 *bytes = address;
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325), word;

  G_STATIC_ASSERT (sizeof (FramAddress) % sizeof word == 0);
  for (gsize i = 0; i < sizeof (FramAddress); i += sizeof word)
    {
      memcpy (&word, bytes + i, sizeof word);
      hash = (hash ^ word) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
      hash ^= hash >> 29;
    }
  return (guint) (hash ^ hash >> 32);
}

gboolean
fram_address_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (FramAddress)) == 0;
}

gboolean
fram_address_equal_ip (const FramAddress *a, const FramAddress *b)
{
  return a->family == b->family && a->scope == b->scope
         && memcmp (a->ip, b->ip, sizeof a->ip) == 0;
}

gint
fram_address_compare (const FramAddress *a, const FramAddress *b)
{
  return memcmp (a, b, sizeof (FramAddress));
}

gboolean
fram_address_is_any (const FramAddress *address)
{
  static const guint8 zero[16];

  return memcmp (address->ip, zero, sizeof zero) == 0;
}

gboolean
fram_address_is_loopback (const FramAddress *address)
{
  static const guint8 one[16] = { [15] = 1 };

  if (address->family == FRAM_FAMILY_IPV4)
    return address->ip[0] == 127;
  return address->family == FRAM_FAMILY_IPV6 && memcmp (address->ip, one, 16) == 0;
}

gboolean
fram_address_is_link_local (const FramAddress *address)
{
  if (address->family == FRAM_FAMILY_IPV4)
    return address->ip[0] == 169 && address->ip[1] == 254;
  return address->family == FRAM_FAMILY_IPV6 && address->ip[0] == 0xfe
         && (address->ip[1] & 0xc0) == 0x80;
}

gboolean
fram_address_is_multicast (const FramAddress *address)
{
  if (address->family == FRAM_FAMILY_IPV4)
    return address->ip[0] >= 224 && address->ip[0] <= 239;
  return address->family == FRAM_FAMILY_IPV6 && address->ip[0] == 0xff;
}

gboolean
fram_address_is_private (const FramAddress *address)
{
  const guint8 *ip = address->ip;

  if (address->family == FRAM_FAMILY_IPV4)
    return ip[0] == 10 || (ip[0] == 172 && (ip[1] & 0xf0) == 16)
           || (ip[0] == 192 && ip[1] == 168) || (ip[0] == 100 && (ip[1] & 0xc0) == 64);
  return address->family == FRAM_FAMILY_IPV6 && (ip[0] & 0xfe) == 0xfc;
}

gboolean
fram_address_is_obsolete (const FramAddress *address)
{
  static const guint8 zero[12];
  const guint8 *ip = address->ip;

  if (address->family != FRAM_FAMILY_IPV6)
    return FALSE;
  if (ip[0] == 0xfe && (ip[1] & 0xc0) == 0xc0)
    return TRUE;
  return memcmp (ip, zero, sizeof zero) == 0 && !fram_address_is_any (address)
         && !fram_address_is_loopback (address);
}

gboolean
fram_address_is_traceable (const FramAddress *address)
{
  const guint8 *ip = address->ip;

  return address->family == FRAM_FAMILY_IPV6 && ip[11] == 0xff && ip[12] == 0xfe;
}

gboolean
fram_address_is_usable_remote (const FramAddress *address)
{
  if (address->family == FRAM_FAMILY_NONE || address->port == 0)
    return FALSE;
  if (address->family == FRAM_FAMILY_IPV4
      && (address->ip[0] == 0 || address->ip[0] >= 240))
    return FALSE;
  return !fram_address_is_any (address) && !fram_address_is_multicast (address);
}
