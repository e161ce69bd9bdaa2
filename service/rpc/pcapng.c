#include "rpc/pcapng.h"

#include <string.h>

/* Block types, options, and the link type of packets that begin with the IP header. */
#define SECTION_HEADER 0x0a0d0d0a
#define BYTE_ORDER_MAGIC 0x1a2b3c4d
#define INTERFACE_DESCRIPTION 1
#define INTERFACE_STATISTICS 5
#define ENHANCED_PACKET 6
#define LINKTYPE_RAW 101

#define OPTION_END 0
#define OPTION_SHB_USERAPPL 4
#define OPTION_IF_NAME 2
#define OPTION_EPB_FLAGS 2
#define OPTION_EPB_DROPCOUNT 4
#define OPTION_ISB_IFRECV 4
#define OPTION_ISB_IFDROP 5

#define FLAG_INBOUND 1
#define FLAG_OUTBOUND 2

#define IPV4_HEADER 20
#define IPV6_HEADER 40
#define UDP_HEADER 8
#define PROTOCOL_UDP 17
#define HOP_LIMIT 64

/* --- Blocks: in the order of this machine's bytes, which the reader sees by the magic -- */

static void
put (GByteArray *block, const void *bytes, gsize length)
{
  g_byte_array_append (block, bytes, (guint) length);
}

static void
put_u16 (GByteArray *block, guint16 value)
{
  put (block, &value, sizeof value);
}

static void
put_u32 (GByteArray *block, guint32 value)
{
  put (block, &value, sizeof value);
}

static void
put_padded (GByteArray *block, const void *bytes, gsize length)
{
  put (block, bytes, length);
  put (block, "\0\0\0", (4 - length % 4) % 4);
}

static void
put_option (GByteArray *block, guint16 code, const void *value, gsize length)
{
  put_u16 (block, code);
  put_u16 (block, (guint16) length);
  put_padded (block, value, length);
}

/* Return: where it begins. */
static guint
begin_block (GByteArray *block, guint32 type)
{
  guint start = block->len;

  put_u32 (block, type);
  put_u32 (block, 0);
  return start;
}

/* Its length stands at both ends. */
static void
end_block (GByteArray *block, guint start)
{
  guint32 length = block->len - start + 4;

  memcpy (block->data + start + 4, &length, sizeof length);
  put_u32 (block, length);
}

/* Microseconds are what a time is in if nothing else is said. */
static void
put_time (GByteArray *block, gint64 when)
{
  put_u32 (block, (guint32) ((guint64) when >> 32));
  put_u32 (block, (guint32) when);
}

void
fram_pcapng_begin (GByteArray *block, const char *program, const char *name)
{
  guint64 unknown_length = G_MAXUINT64;
  guint start = begin_block (block, SECTION_HEADER);

  put_u32 (block, BYTE_ORDER_MAGIC);
  put_u16 (block, 1); /* version 1.0 */
  put_u16 (block, 0);
  put (block, &unknown_length, sizeof unknown_length);
  put_option (block, OPTION_SHB_USERAPPL, program, strlen (program));
  put_option (block, OPTION_END, NULL, 0);
  end_block (block, start);

  start = begin_block (block, INTERFACE_DESCRIPTION);
  put_u16 (block, LINKTYPE_RAW);
  put_u16 (block, 0);
  put_u32 (block, 0); /* no common limit of a packet's bytes */
  put_option (block, OPTION_IF_NAME, name, strlen (name));
  put_option (block, OPTION_END, NULL, 0);
  end_block (block, start);
}

/* --- The headers of IP and UDP ----------------------------------------------------- */

static void
set_u16 (guint8 *place, gsize value)
{
  place[0] = (guint8) (value >> 8);
  place[1] = (guint8) value;
}

/* RFC 1071, without its last step. */
static guint32
add_up (guint32 sum, const guint8 *bytes, gsize length)
{
  for (gsize i = 0; i + 1 < length; i += 2)
    sum += (guint32) bytes[i] << 8 | bytes[i + 1];
  if (length % 2 != 0)
    sum += (guint32) bytes[length - 1] << 8;
  return sum;
}

static guint16
fold (guint32 sum)
{
  while (sum >> 16 != 0)
    sum = (sum & 0xffff) + (sum >> 16);
  return (guint16) ~sum;
}

static gsize
ip_length (const FramAddress *address)
{
  return address->family == FRAM_FAMILY_IPV6 ? 16 : 4;
}

/* RFC 768; RFC 8200 §8.1.  Return: its length. */
static gsize
make_udp (guint8 *header, const FramPcapngPacket *packet)
{
  gsize ip = ip_length (&packet->source), length = UDP_HEADER + packet->length;
  guint32 sum = PROTOCOL_UDP + (guint32) length;
  guint16 checksum;

  set_u16 (header, packet->source.port);
  set_u16 (header + 2, packet->destination.port);
  set_u16 (header + 4, length);
  set_u16 (header + 6, 0);
  sum = add_up (sum, packet->source.ip, ip);
  sum = add_up (sum, packet->destination.ip, ip);
  sum = add_up (sum, header, UDP_HEADER);
  sum = add_up (sum, packet->payload, packet->length);
  checksum = fold (sum);
  set_u16 (header + 6, checksum != 0 ? checksum : 0xffff);
  return UDP_HEADER;
}

/* RFC 791 §3.1 */
static gsize
make_ipv4 (guint8 *header, const FramPcapngPacket *packet)
{
  memset (header, 0, IPV4_HEADER);
  header[0] = 4 << 4 | IPV4_HEADER / 4;
  set_u16 (header + 2, IPV4_HEADER + UDP_HEADER + packet->length);
  header[6] = 0x40; /* not to be fragmented */
  header[8] = HOP_LIMIT;
  header[9] = PROTOCOL_UDP;
  memcpy (header + 12, packet->source.ip, 4);
  memcpy (header + 16, packet->destination.ip, 4);
  set_u16 (header + 10, fold (add_up (0, header, IPV4_HEADER)));
  return IPV4_HEADER;
}

/* RFC 8200 §3 */
static gsize
make_ipv6 (guint8 *header, const FramPcapngPacket *packet)
{
  memset (header, 0, IPV6_HEADER);
  header[0] = 6 << 4;
  set_u16 (header + 4, UDP_HEADER + packet->length);
  header[6] = PROTOCOL_UDP;
  header[7] = HOP_LIMIT;
  memcpy (header + 8, packet->source.ip, 16);
  memcpy (header + 24, packet->destination.ip, 16);
  return IPV6_HEADER;
}

/* --- Packets ----------------------------------------------------------------------- */

gboolean
fram_pcapng_packet (GByteArray *block, const FramPcapngPacket *packet)
{
  guint32 flags = packet->outgoing ? FLAG_OUTBOUND : FLAG_INBOUND;
  guint8 header[FRAM_PCAPNG_MAX_HEADERS];
  gsize n_header, n_payload, snap;
  guint start;

  if (packet->source.family != packet->destination.family
      || packet->source.family == FRAM_FAMILY_NONE
      || packet->length + FRAM_PCAPNG_MAX_HEADERS > G_MAXUINT16)
    return FALSE;
  n_header = packet->source.family == FRAM_FAMILY_IPV6 ? make_ipv6 (header, packet)
                                                       : make_ipv4 (header, packet);
  n_header += make_udp (header + n_header, packet);
  snap = MAX (packet->snap, n_header);
  n_payload = MIN (packet->length, snap - n_header);

  start = begin_block (block, ENHANCED_PACKET);
  put_u32 (block, 0); /* the interface */
  put_time (block, packet->when);
  put_u32 (block, (guint32) (n_header + n_payload));
  put_u32 (block, (guint32) (n_header + packet->length));
  put (block, header, n_header);
  put (block, packet->payload, n_payload);
  put (block, "\0\0\0", (4 - (n_header + n_payload) % 4) % 4);
  put_option (block, OPTION_EPB_FLAGS, &flags, sizeof flags);
  if (packet->dropped > 0)
    put_option (block, OPTION_EPB_DROPCOUNT, &packet->dropped, sizeof packet->dropped);
  put_option (block, OPTION_END, NULL, 0);
  end_block (block, start);
  return TRUE;
}

void
fram_pcapng_end (GByteArray *block, gint64 when, guint64 n_packets, guint64 n_dropped)
{
  guint64 received = n_packets + n_dropped;
  guint start = begin_block (block, INTERFACE_STATISTICS);

  put_u32 (block, 0);
  put_time (block, when);
  put_option (block, OPTION_ISB_IFRECV, &received, sizeof received);
  put_option (block, OPTION_ISB_IFDROP, &n_dropped, sizeof n_dropped);
  put_option (block, OPTION_END, NULL, 0);
  end_block (block, start);
}
