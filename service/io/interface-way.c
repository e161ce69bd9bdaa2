#include "io/interface-way.h"

static gboolean
leads_out (const FramInterfaceAddress *row)
{
  const FramInterfaceFlags aside = FRAM_INTERFACE_LOOPBACK | FRAM_INTERFACE_VIRTUAL;

  return (row->flags & aside) == 0 && !fram_address_is_link_local (&row->address);
}

guint32
fram_interface_way_find (const FramInterfaceAddress *addresses, guint n_addresses,
                         const FramAddress *address)
{
  const FramInterfaceAddress *preferred = NULL, *own = NULL;

  for (guint i = 0; i < n_addresses; i++)
    {
      const FramInterfaceAddress *row = &addresses[i];

      if (row->address.family != address->family || !leads_out (row))
        continue;
      if (preferred == NULL)
        preferred = row;
      if (own == NULL && fram_address_equal_ip (&row->address, address))
        own = row;
    }
  if (own == NULL || own->index == preferred->index
      || (preferred->flags & FRAM_INTERFACE_TUNNEL) != 0)
    return 0;
  return own->index;
}
