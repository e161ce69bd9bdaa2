#include "packet.h"

#include <string.h>

#include "stun/message.h"

SimPacket *
sim_packet_new (const FramAddress *source, const FramAddress *destination,
                const void *data, gsize length)
{
  SimPacket *packet = g_malloc (sizeof *packet + length);

  packet->source = *source;
  packet->destination = *destination;
  packet->hops = 0;
  packet->length = length;
  if (length > 0)
    memcpy (packet->data, data, length);
  return packet;
}

SimPacket *
sim_packet_copy (const SimPacket *packet)
{
  return g_memdup2 (packet, sizeof *packet + packet->length);
}

void
sim_packet_free (SimPacket *packet)
{
  g_free (packet);
}

static void
describe_attributes (const FramStunMessage *message, GString *text)
{
  const char *name;
  FramAddress mapped;
  char shown[FRAM_ADDRESS_TEXT];
  gsize length;
  guint code;

  if (fram_stun_message_get_text (message, FRAM_STUN_ATTR_USERNAME, &name, &length))
    g_string_append_printf (text, " for %.*s", (int) length, name);
  if (fram_stun_message_has (message, FRAM_STUN_ATTR_ICE_CONTROLLING))
    g_string_append (text, " controlling");
  if (fram_stun_message_has (message, FRAM_STUN_ATTR_ICE_CONTROLLED))
    g_string_append (text, " controlled");
  if (fram_stun_message_has (message, FRAM_STUN_ATTR_USE_CANDIDATE))
    g_string_append (text, " USE-CANDIDATE");
  if (fram_stun_message_get_address (message, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS, &mapped))
    g_string_append_printf (text, " mapped %s", fram_address_to_text (&mapped, shown));
  if (fram_stun_message_get_error (message, &code, &name, &length))
    g_string_append_printf (text, " %u %.*s", code, (int) length, name);
}

char *
sim_packet_to_text (const SimPacket *packet)
{
  static const char *const classes[] = { "request", "indication", "success", "error" };
  FramStunMessage message;
  GString *text;

  if (fram_stun_message_parse (&message, packet->data, packet->length)
      != FRAM_STUN_PARSE_OK)
    return g_strdup_printf ("%" G_GSIZE_FORMAT " bytes of data", packet->length);

  text = g_string_new (NULL);
  g_string_append_printf (text, "%s %s %02x%02x%02x",
                          fram_stun_method_to_text (message.method),
                          classes[message.klass], message.id.bytes[0],
                          message.id.bytes[1], message.id.bytes[2]);
  describe_attributes (&message, text);
  return g_string_free (text, FALSE);
}
