/* A transport address: family, IP address and port, as a value that can be copied, compared
 * and used as a key.  It knows nothing of sockets. */
#pragma once

#include <glib.h>

typedef enum
{
  FRAM_FAMILY_NONE = 0,
  FRAM_FAMILY_IPV4 = 4,
  FRAM_FAMILY_IPV6 = 6,
} FramFamily;

/* All bytes count in comparisons: initialise with { 0 } or by one of the functions. */
typedef struct
{
  guint8 family; /* FramFamily */
  guint8 reserved;
  guint16 port;  /* host order */
  guint32 scope; /* interface index of an IPv6 link-local address, else 0 */
  guint8 ip[16]; /* network order; IPv4 uses the first four bytes, the rest is 0 */
} FramAddress;

/* Enough for "[ffff:...:255.255.255.255%4294967295]:65535" and its NUL. */
#define FRAM_ADDRESS_TEXT 72

void fram_address_init_ipv4 (FramAddress *address, guint32 ip, guint16 port);
void fram_address_init_ipv6 (FramAddress *address, const guint8 ip[16], guint16 port);

/* Parses a numeric IPv4 or IPv6 address, without brackets and without a name lookup.
 * An IPv4-mapped IPv6 address becomes IPv4. */
gboolean fram_address_parse_ip (FramAddress *ret_address, const char *text, guint16 port);

/* Parses "192.0.2.1:3478" and "[2001:db8::1]:3478". */
gboolean fram_address_parse (FramAddress *ret_address, const char *text);

/* Writes the IP address alone, without scope; returns `buffer`. */
const char *fram_address_ip_to_text (const FramAddress *address,
                                     char buffer[FRAM_ADDRESS_TEXT]);
/* Writes "192.0.2.1:3478" or "[2001:db8::1]:3478"; returns `buffer`. */
const char *fram_address_to_text (const FramAddress *address,
                                  char buffer[FRAM_ADDRESS_TEXT]);

guint fram_address_hash (gconstpointer address);
gboolean fram_address_equal (gconstpointer a, gconstpointer b);
gboolean fram_address_equal_ip (const FramAddress *a, const FramAddress *b);
gint fram_address_compare (const FramAddress *a, const FramAddress *b);

gboolean fram_address_is_any (const FramAddress *address);
gboolean fram_address_is_loopback (const FramAddress *address);
gboolean fram_address_is_link_local (const FramAddress *address);
gboolean fram_address_is_multicast (const FramAddress *address);
/* Private or shared space: RFC 1918, RFC 6598, and IPv6 unique local (RFC 4193). */
gboolean fram_address_is_private (const FramAddress *address);
/* A form of IPv6 that is not to be used any more (RFC 8445 §5.1.1.1): IPv4-compatible
 * (RFC 4291 §2.5.5.1), site-local (RFC 3879). */
gboolean fram_address_is_obsolete (const FramAddress *address);
/* Its lower half is made from the hardware's number (RFC 4291 appendix A), so that it tells the
 * host in every network (RFC 7721 §3). */
gboolean fram_address_is_traceable (const FramAddress *address);
/* A host can be reached at it: neither unspecified, multicast, broadcast nor port 0. */
gboolean fram_address_is_usable_remote (const FramAddress *address);
