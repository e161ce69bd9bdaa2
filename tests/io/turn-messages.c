#include "turn-messages.h"

#include "base/big-endian.h"
#include "stun/builder.h"

#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>

gsize
turn_write_channel_data (guint8 *buffer, guint16 channel, const void *data, gsize length)
{
  fram_store_be16 (buffer, channel);
  fram_store_be16 (buffer + 2, (guint16) length);
  memcpy (buffer + 4, data, length);
  return 4 + length;
}

gsize
turn_write_data_indication (guint8 *buffer, gsize size, const FramAddress *peer,
                            const void *data, gsize length)
{
  const FramStunId id
      = { { 'a', 'n', 'i', 'n', 'd', 'i', 'c', 'a', 't', 'i', 'o', 'n' } };
  FramStunBuilder builder;

  fram_stun_builder_init (&builder, buffer, size, FRAM_STUN_INDICATION, FRAM_STUN_DATA,
                          &id);
  fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_XOR_PEER_ADDRESS, peer);
  fram_stun_builder_add (&builder, FRAM_STUN_ATTR_DATA, data, length);
  return fram_stun_builder_end (&builder);
}

gsize
turn_write_binding (guint8 *buffer, gsize size, guint8 seed)
{
  const FramStunId id = { { seed } };
  g_autofree guint8 *filling = g_malloc0 (size);
  FramStunBuilder builder;

  fram_stun_builder_init (&builder, buffer, size, FRAM_STUN_REQUEST, FRAM_STUN_BINDING,
                          &id);
  fram_stun_builder_add (&builder, FRAM_STUN_ATTR_SOFTWARE, filling,
                         size - FRAM_STUN_HEADER_SIZE - FRAM_STUN_ATTRIBUTE_HEADER_SIZE);
  return fram_stun_builder_end (&builder);
}

void
turn_expect_send (const guint8 *message, gsize length, const FramAddress *peer,
                  const void *data, gsize data_length)
{
  FramStunAttribute attribute;
  FramStunMessage parsed;
  FramAddress named;

  g_assert_cmpint (fram_stun_message_parse (&parsed, message, length), ==,
                   FRAM_STUN_PARSE_OK);
  g_assert_cmpint (parsed.klass, ==, FRAM_STUN_INDICATION);
  g_assert_cmpint (parsed.method, ==, FRAM_STUN_SEND);
  g_assert_true (
      fram_stun_message_get_address (&parsed, FRAM_STUN_ATTR_XOR_PEER_ADDRESS, &named));
  g_assert_true (fram_address_equal (&named, peer));
  g_assert_true (fram_stun_message_find (&parsed, FRAM_STUN_ATTR_DATA, &attribute));
  g_assert_cmpmem (attribute.value, attribute.length, data, data_length);
}

void
turn_send_joined (int fd, const guint8 *messages, gsize length, guint16 segment)
{
  struct iovec bytes = { .iov_base = (guint8 *) messages, .iov_len = length };
  union
  {
    char bytes[CMSG_SPACE (sizeof segment)];
    struct cmsghdr align;
  } control = { { 0 } };
  struct msghdr header = { .msg_iov = &bytes,
                           .msg_iovlen = 1,
                           .msg_control = &control,
                           .msg_controllen = sizeof control };

  control.align.cmsg_level = SOL_UDP;
  control.align.cmsg_type = UDP_SEGMENT;
  control.align.cmsg_len = CMSG_LEN (sizeof segment);
  memcpy (CMSG_DATA (&control.align), &segment, sizeof segment);
  g_assert_cmpint (sendmsg (fd, &header, 0), ==, length);
}

gsize
turn_echo (const guint8 *message, gsize length, guint8 *buffer, gsize size)
{
  FramStunAttribute data;
  FramStunMessage parsed;
  FramAddress peer;

  if (fram_stun_message_parse (&parsed, message, length) == FRAM_STUN_PARSE_OK
      && parsed.method == FRAM_STUN_SEND
      && fram_stun_message_get_address (&parsed, FRAM_STUN_ATTR_XOR_PEER_ADDRESS, &peer)
      && fram_stun_message_find (&parsed, FRAM_STUN_ATTR_DATA, &data))
    return turn_write_data_indication (buffer, size, &peer, data.value, data.length);
  g_assert (length <= size);
  memcpy (buffer, message, length);
  return length;
}
