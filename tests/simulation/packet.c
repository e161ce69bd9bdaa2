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
  packet->segment = (SimSegment){ 0 };
  packet->length = length;
  if (length > 0)
    memcpy (packet->data, data, length);
  return packet;
}

SimPacket *
sim_packet_new_segment (const FramAddress *source, const FramAddress *destination,
                        const SimSegment *segment, const void *data, gsize length)
{
  SimPacket *packet = sim_packet_new (source, destination, data, length);

  packet->segment = *segment;
  return packet;
}

gboolean
sim_packet_is_segment (const SimPacket *packet)
{
  return packet->segment.flags != 0;
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

static char *
describe_segment (const SimPacket *packet)
{
  SimSegmentFlags flags = packet->segment.flags;

  return g_strdup_printf ("TCP%s%s%s%s %u, %" G_GSIZE_FORMAT " bytes",
                          (flags & SIM_SEGMENT_SYN) != 0 ? " SYN" : "",
                          (flags & SIM_SEGMENT_ACK) != 0 ? " ACK" : "",
                          (flags & SIM_SEGMENT_FIN) != 0 ? " FIN" : "",
                          (flags & SIM_SEGMENT_RST) != 0 ? " RST" : "",
                          packet->segment.sequence, packet->length);
}

char *
sim_packet_to_text (const SimPacket *packet)
{
  static const char *const classes[] = { "request", "indication", "success", "error" };
  FramStunMessage message;
  GString *text;

  if (sim_packet_is_segment (packet))
    return describe_segment (packet);
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
