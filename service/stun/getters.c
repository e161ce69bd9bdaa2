/* The typed getters of a message: each accepts exactly the form its RFC gives. */
#include "stun/message.h"

#include "base/big-endian.h"

#include <string.h>

gboolean
fram_stun_message_get_u32 (const FramStunMessage *message, guint16 type,
                           guint32 *ret_value)
{
  FramStunAttribute attribute;

  if (!fram_stun_message_find (message, type, &attribute) || attribute.length != 4)
    return FALSE;
  *ret_value = fram_load_be32 (attribute.value);
  return TRUE;
}

gboolean
fram_stun_message_get_u64 (const FramStunMessage *message, guint16 type,
                           guint64 *ret_value)
{
  FramStunAttribute attribute;

  if (!fram_stun_message_find (message, type, &attribute) || attribute.length != 8)
    return FALSE;
  *ret_value = fram_load_be64 (attribute.value);
  return TRUE;
}

/* draft-thatcher-ice-renomination-01 §4 */
gboolean
fram_stun_message_get_nomination (const FramStunMessage *message, guint32 *ret_value)
{
  guint32 value;

  if (!fram_stun_message_get_u32 (message, FRAM_STUN_ATTR_NOMINATION, &value))
    return FALSE;
  *ret_value = value & FRAM_STUN_NOMINATION_MAX;
  return TRUE;
}

/* RFC 8489 §14.2: the mask is the cookie, and for IPv6 the transaction id behind it, as
 * both lie one behind the other in the header. */
static void
unmask (const FramStunMessage *message, guint8 *ip, gsize length, guint16 *port)
{
  const guint8 *mask = message->data + 4;

  for (gsize i = 0; i < length; i++)
    ip[i] ^= mask[i];
  *port ^= FRAM_STUN_MAGIC_COOKIE >> 16;
}

gboolean
fram_stun_message_read_address (const FramStunMessage *message,
                                const FramStunAttribute *attribute,
                                FramAddress *ret_address)
{
  guint8 ip[16];
  gsize ip_length;
  guint16 port;

  if (attribute->length < 4)
    return FALSE;
  /* RFC 8489 §14.1: the first byte is ignored. */
  if (attribute->value[1] == FRAM_STUN_ADDRESS_IPV4)
    ip_length = 4;
  else if (attribute->value[1] == FRAM_STUN_ADDRESS_IPV6)
    ip_length = 16;
  else
    return FALSE;
  if (attribute->length != 4 + ip_length)
    return FALSE;

  port = fram_load_be16 (attribute->value + 2);
  memcpy (ip, attribute->value + 4, ip_length);
  if (fram_stun_attribute_is_xor (attribute->type))
    unmask (message, ip, ip_length, &port);
  if (ip_length == 4)
    fram_address_init_ipv4 (ret_address, fram_load_be32 (ip), port);
  else
    fram_address_init_ipv6 (ret_address, ip, port);
  return TRUE;
}

gboolean
fram_stun_message_get_address (const FramStunMessage *message, guint16 type,
                               FramAddress *ret_address)
{
  FramStunAttribute attribute;

  return fram_stun_message_find (message, type, &attribute)
         && fram_stun_message_read_address (message, &attribute, ret_address);
}

gboolean
fram_stun_message_get_text (const FramStunMessage *message, guint16 type,
                            const char **ret_text, gsize *ret_length)
{
  FramStunAttribute attribute;

  if (!fram_stun_message_find (message, type, &attribute)
      || attribute.length > FRAM_STUN_MAX_TEXT)
    return FALSE;
  *ret_text = (const char *) attribute.value;
  *ret_length = attribute.length;
  return TRUE;
}

gboolean
fram_stun_message_get_error (const FramStunMessage *message, guint *ret_code,
                             const char **ret_reason, gsize *ret_length)
{
  FramStunAttribute attribute;
  guint hundreds, number;

  if (!fram_stun_message_find (message, FRAM_STUN_ATTR_ERROR_CODE, &attribute)
      || attribute.length < 4 || attribute.length > 4 + FRAM_STUN_MAX_TEXT)
    return FALSE;
  /* RFC 8489 §14.8: 21 reserved bits, which are ignored, then class and number. */
  hundreds = attribute.value[2] & 7;
  number = attribute.value[3];
  if (hundreds < 3 || hundreds > 6 || number > 99)
    return FALSE;
  *ret_code = hundreds * 100 + number;
  *ret_reason = (const char *) attribute.value + 4;
  *ret_length = attribute.length - 4;
  return TRUE;
}

static gboolean
contains (const guint16 *types, gsize n_types, guint16 type)
{
  for (gsize i = 0; i < n_types; i++)
    if (types[i] == type)
      return TRUE;
  return FALSE;
}

static gboolean
contains_sorted (const guint16 *types, gsize n_types, guint16 type)
{
  gsize low = 0, high = n_types;

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;

      if (types[middle] == type)
        return TRUE;
      if (types[middle] < type)
        low = middle + 1;
      else
        high = middle;
    }
  return FALSE;
}

gsize
fram_stun_message_list_unknown (const FramStunMessage *message, const guint16 *known,
                                gsize n_known, guint16 *ret_types, gsize max)
{
  FramStunAttribute attribute;
  guint16 position = 0;
  gsize n = 0;

  while (n < max && fram_stun_message_next (message, &position, &attribute))
    {
      if (attribute.type >= 0x8000 || attribute.type == FRAM_STUN_ATTR_MESSAGE_INTEGRITY
          || attribute.type == FRAM_STUN_ATTR_MESSAGE_INTEGRITY_SHA256)
        continue;
      if (!contains_sorted (known, n_known, attribute.type)
          && !contains (ret_types, n, attribute.type))
        ret_types[n++] = attribute.type;
    }
  return n;
}
