/* Which of the mappings of one base count.
 *
 * Behind a NAT whose mapping does not depend on the remote end, all servers tell the same
 * address: it is one mapping, and any packet keeps it alive.  Behind one whose mapping does,
 * they tell several ports of one IP address, and no peer reaches the host by any of them;
 * what such a candidate does is to name the IP address to the peer, whose checks then open
 * its own filter for it, where that goes by address.  One does that as well as many, so that
 * one is the candidate (RFC 8445 §5.1.3 calls the others redundant only if the whole address
 * is the same), and one is kept alive. */
#include "broker/broker-private.h"

FramMapping *
fram_mapping_get_leader (FramMapping *mapping)
{
  const GPtrArray *mappings = mapping->base->mappings;

  for (guint i = 0; i < mappings->len; i++)
    {
      FramMapping *other = g_ptr_array_index (mappings, i);

      if (other->state == FRAM_MAPPING_KNOWN && other->leads
          && fram_address_equal_ip (&other->mapped, &mapping->mapped))
        return other;
    }
  return NULL;
}

void
fram_mapping_lead (FramMapping *mapping)
{
  mapping->leads = FALSE;
  mapping->leads = fram_mapping_get_leader (mapping) == NULL;
}

FramMapping *
fram_mapping_resign (FramMapping *mapping)
{
  const GPtrArray *mappings = mapping->base->mappings;

  if (!mapping->leads)
    return NULL;
  mapping->leads = FALSE;
  for (guint i = 0; i < mappings->len; i++)
    {
      FramMapping *other = g_ptr_array_index (mappings, i);

      if (other != mapping && other->state == FRAM_MAPPING_KNOWN
          && fram_address_equal_ip (&other->mapped, &mapping->mapped))
        {
          other->leads = TRUE;
          return other;
        }
    }
  return NULL;
}
