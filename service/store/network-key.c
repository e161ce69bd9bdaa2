#include "store/cache.h"

#include "base/digest.h"

#include <string.h>

/* The first bits of the address; the rest is the host's own and changes. */
static void
mask (guint8 ip[16], guint prefix_length)
{
  for (guint bit = prefix_length; bit < 128; bit++)
    ip[bit / 8] &= ~(0x80 >> bit % 8);
}

void
fram_network_key (const guint8 *gateway, gsize gateway_length, const FramAddress *prefix,
                  guint prefix_length, char ret_key[FRAM_NETWORK_KEY])
{
  guint8 digest[FRAM_SHA256_SIZE], ip[16];
  GByteArray *input = g_byte_array_new ();
  const guint8 lengths[] = { prefix->family, MIN (prefix_length, 128) };

  memcpy (ip, prefix->ip, sizeof ip);
  mask (ip, lengths[1]);
  g_byte_array_append (input, lengths, sizeof lengths);
  g_byte_array_append (input, ip, sizeof ip);
  g_byte_array_append (input, gateway, gateway_length);
  fram_sha256 (input->data, input->len, digest);
  g_byte_array_unref (input);

  for (guint i = 0; i < (FRAM_NETWORK_KEY - 1) / 2; i++)
    g_snprintf (ret_key + 2 * i, 3, "%02x", digest[i]);
}
