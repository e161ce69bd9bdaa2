#include "tcp-lookup.h"

gboolean
tcp_host_listens_at (const TcpHost *host, const FramAddress *address)
{
  GHashTableIter iter;
  gpointer at;

  g_hash_table_iter_init (&iter, host->listening);
  while (g_hash_table_iter_next (&iter, NULL, &at))
    if (fram_address_equal (at, address))
      return TRUE;
  return FALSE;
}

gboolean
tcp_host_has_end (const TcpHost *host, const FramAddress *local,
                  const FramAddress *remote)
{
  GHashTableIter iter;
  gpointer end;

  g_hash_table_iter_init (&iter, host->ends);
  while (g_hash_table_iter_next (&iter, NULL, &end))
    if (fram_address_equal (&((TcpEnd *) end)->local, local)
        && fram_address_equal (&((TcpEnd *) end)->remote, remote))
      return TRUE;
  return FALSE;
}

TcpHost *
tcp_world_find_listening (TcpWorld *world, const FramAddress *at, FramBaseId *ret_base)
{
  for (guint i = 0; i < world->hosts->len; i++)
    {
      TcpHost *host = g_ptr_array_index (world->hosts, i);
      GHashTableIter iter;
      gpointer base, address;

      /* Its NAT lets nobody in. */
      if (!fram_address_equal_ip (&host->address, &host->outside))
        continue;
      g_hash_table_iter_init (&iter, host->listening);
      while (g_hash_table_iter_next (&iter, &base, &address))
        if (fram_address_equal (address, at))
          {
            *ret_base = GPOINTER_TO_UINT (base);
            return host;
          }
    }
  return NULL;
}

TcpHost *
tcp_world_find_behind (TcpWorld *world, const FramAddress *outside)
{
  for (guint i = 0; i < world->hosts->len; i++)
    {
      TcpHost *host = g_ptr_array_index (world->hosts, i);

      if (fram_address_equal_ip (&host->outside, outside)
          && !fram_address_equal_ip (&host->address, outside))
        return host;
    }
  return NULL;
}

TcpEnd *
tcp_host_find_crossing (const TcpHost *host, const TcpEnd *end)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, host->ends);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      TcpEnd *other = value;

      if (!other->is_open && fram_address_equal (&other->local, &end->remote)
          && fram_address_equal (&other->remote, &end->local))
        return other;
    }
  return NULL;
}
