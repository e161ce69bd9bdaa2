/* The message as a whole: what is accepted, and the walk over its attributes.  The typed
 * getters are in getters.c.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---+---------------------------+-------------------------------+
 *   |0 0| type: method and class    | length, without these 20      |
 *   +---+---------------------------+-------------------------------+
 *   | magic cookie 0x2112a442                                       |
 *   +---------------------------------------------------------------+
 *   | transaction id, 96 bits                                       |
 *   |                                                               |
 *   |                                                               |
 *   +-------------------------------+-------------------------------+
 *   | attribute type                | its length, without padding   |
 *   +-------------------------------+-------------------------------+
 *   | value, padded to a multiple of four bytes ...                 |
 */
#include "stun/message.h"

#include "base/big-endian.h"
#include "base/digest.h"

#include <string.h>

const char *
fram_stun_parse_result_to_text (FramStunParseResult result)
{
  switch (result)
    {
    case FRAM_STUN_PARSE_OK:
      return "ok";
    case FRAM_STUN_PARSE_NOT_STUN:
      return "not a STUN message";
    case FRAM_STUN_PARSE_BAD_LENGTH:
      return "the length field disagrees with the datagram";
    case FRAM_STUN_PARSE_BAD_ATTRIBUTE:
      return "an attribute runs beyond the end of the message";
    case FRAM_STUN_PARSE_BAD_FINGERPRINT:
      return "the fingerprint is wrong";
    }
  g_assert_not_reached ();
}

/* Ours are random, but a peer may choose the ids of its requests: all bits are mixed. */
guint
fram_stun_id_hash (gconstpointer id)
{
  const FramStunId *self = id;
  guint64 hash = fram_load_be64 (self->bytes) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  hash ^= hash >> 29 ^ fram_load_be32 (self->bytes + 8);
  hash *= G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  return (guint) (hash ^ hash >> 32);
}

gboolean
fram_stun_id_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (FramStunId)) == 0;
}

gboolean
fram_stun_looks_like (const guint8 *data, gsize length)
{
  /* RFC 7983 §7: STUN has the first bytes 0 to 3. */
  return length >= FRAM_STUN_HEADER_SIZE && data[0] <= 3
         && fram_load_be32 (data + 4) == FRAM_STUN_MAGIC_COOKIE && (data[3] & 3) == 0;
}

/* RFC 8489 §5: the class bits C1 and C0 are bits 8 and 4 of the type, between the parts of
 * the method. */
static guint16
method_of_type (guint16 type)
{
  return (type & 0x000f) | (type & 0x00e0) >> 1 | (type & 0x3e00) >> 2;
}

static FramStunClass
class_of_type (guint16 type)
{
  return (FramStunClass) ((type >> 7 & 2) | (type >> 4 & 1));
}

/* RFC 8489 §14: header, value, and padding to a multiple of four.  As the message's length is
 * such a multiple too, a value that fits does so with its padding. */
static gsize
extent (guint16 value_length)
{
  return ((gsize) FRAM_STUN_ATTRIBUTE_HEADER_SIZE + value_length + 3) & ~(gsize) 3;
}

/* RFC 8489 §14.7: over all that comes before the attribute, which is the last one. */
static gboolean
fingerprint_is_right (const guint8 *data, gsize length, gsize position,
                      guint16 value_length)
{
  const guint8 *value = data + position + FRAM_STUN_ATTRIBUTE_HEADER_SIZE;

  if (value_length != 4 || position + FRAM_STUN_ATTRIBUTE_HEADER_SIZE + 4 != length)
    return FALSE;
  return fram_load_be32 (value)
         == (fram_crc32 (0, data, position) ^ FRAM_STUN_FINGERPRINT_XOR);
}

/* Remembers where the digests are: the first of each kind, and a right FINGERPRINT. */
static gboolean
note_digest (FramStunMessage *message, guint16 type, guint16 position, guint16 length)
{
  if (type == FRAM_STUN_ATTR_FINGERPRINT)
    {
      message->fingerprint = position;
      return fingerprint_is_right (message->data, message->length, position, length);
    }
  if (type == FRAM_STUN_ATTR_MESSAGE_INTEGRITY && message->integrity == 0)
    message->integrity = position;
  else if (type == FRAM_STUN_ATTR_MESSAGE_INTEGRITY_SHA256
           && message->integrity_sha256 == 0)
    message->integrity_sha256 = position;
  message->covered = MIN (message->covered, position);
  return TRUE;
}

static gboolean
is_digest (guint16 type)
{
  return type == FRAM_STUN_ATTR_MESSAGE_INTEGRITY
         || type == FRAM_STUN_ATTR_MESSAGE_INTEGRITY_SHA256
         || type == FRAM_STUN_ATTR_FINGERPRINT;
}

static FramStunParseResult
scan_attributes (FramStunMessage *message)
{
  const guint8 *data = message->data;
  gsize position = FRAM_STUN_HEADER_SIZE, end = message->length;

  /* What is left is a multiple of four, so an attribute's header is always whole. */
  while (position < end)
    {
      guint16 type = fram_load_be16 (data + position);
      guint16 length = fram_load_be16 (data + position + 2);

      if (length > end - position - FRAM_STUN_ATTRIBUTE_HEADER_SIZE)
        return FRAM_STUN_PARSE_BAD_ATTRIBUTE;
      if (is_digest (type) && !note_digest (message, type, (guint16) position, length))
        return FRAM_STUN_PARSE_BAD_FINGERPRINT;
      position += extent (length);
    }
  return FRAM_STUN_PARSE_OK;
}

FramStunParseResult
fram_stun_message_parse (FramStunMessage *ret_message, const guint8 *data, gsize length)
{
  FramStunMessage message = { .data = data };
  FramStunParseResult result;
  guint16 type, body;

  if (length < FRAM_STUN_HEADER_SIZE)
    return FRAM_STUN_PARSE_NOT_STUN;
  type = fram_load_be16 (data);
  body = fram_load_be16 (data + 2);
  if ((type & 0xc000) != 0 || (body & 3) != 0
      || fram_load_be32 (data + 4) != FRAM_STUN_MAGIC_COOKIE)
    return FRAM_STUN_PARSE_NOT_STUN;
  if (length != (gsize) FRAM_STUN_HEADER_SIZE + body || length > G_MAXUINT16)
    return FRAM_STUN_PARSE_BAD_LENGTH;

  message.length = message.covered = (guint16) length;
  message.method = method_of_type (type);
  message.klass = class_of_type (type);
  memcpy (message.id.bytes, data + 8, sizeof message.id.bytes);
  result = scan_attributes (&message);
  if (result == FRAM_STUN_PARSE_OK)
    *ret_message = message;
  return result;
}

/* Behind the first integrity attribute of either kind nothing counts but the digests
 * themselves: whichever of the two a receiver verifies, all that it reads is covered. */
static gboolean
counts (const FramStunMessage *message, gsize position)
{
  return position <= message->covered || position == message->integrity
         || position == message->integrity_sha256 || position == message->fingerprint;
}

gboolean
fram_stun_message_next (const FramStunMessage *message, guint16 *position,
                        FramStunAttribute *ret_attribute)
{
  gsize at = *position == 0 ? FRAM_STUN_HEADER_SIZE : *position;

  while (at < message->length)
    {
      const guint8 *header = message->data + at;
      guint16 length = fram_load_be16 (header + 2);
      gsize next = at + extent (length);

      if (counts (message, at))
        {
          ret_attribute->type = fram_load_be16 (header);
          ret_attribute->length = length;
          ret_attribute->value = header + FRAM_STUN_ATTRIBUTE_HEADER_SIZE;
          *position = (guint16) next;
          return TRUE;
        }
      at = next;
    }
  *position = message->length;
  return FALSE;
}

gboolean
fram_stun_message_find (const FramStunMessage *message, guint16 type,
                        FramStunAttribute *ret_attribute)
{
  FramStunAttribute attribute;
  guint16 position = 0;

  while (fram_stun_message_next (message, &position, &attribute))
    if (attribute.type == type)
      {
        *ret_attribute = attribute;
        return TRUE;
      }
  return FALSE;
}

gboolean
fram_stun_message_has (const FramStunMessage *message, guint16 type)
{
  FramStunAttribute attribute;

  return fram_stun_message_find (message, type, &attribute);
}
