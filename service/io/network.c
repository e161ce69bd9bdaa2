#include "io/network.h"

#include <string.h>

gboolean
fram_network_identity_equal (const FramNetworkIdentity *a, const FramNetworkIdentity *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  if (a->gateway_length != b->gateway_length
      || memcmp (a->gateway, b->gateway, a->gateway_length) != 0
      || a->prefix_length != b->prefix_length
      || !fram_address_equal_ip (&a->prefix, &b->prefix))
    return FALSE;
  return a->gateway_length > 0 || strcmp (a->interface, b->interface) == 0;
}
