#include "broker/tcp.h"

static void
base_free (gpointer data)
{
  FramTcpBase *base = data;

  g_assert (base->linger.place == 0);
  g_array_unref (base->members);
  g_free (base);
}

static void
connection_free (gpointer data)
{
  FramTcpConnection *connection = data;

  g_assert (connection->silence.place == 0);
  g_queue_clear_full (&connection->waiting, (GDestroyNotify) g_bytes_unref);
  g_free (connection);
}

void
fram_tcp_table_init (FramTcpTable *table)
{
  table->bases = g_hash_table_new_full (NULL, NULL, NULL, base_free);
  table->listening = g_ptr_array_new ();
  table->connections = g_hash_table_new_full (NULL, NULL, NULL, connection_free);
  table->by_tuple = g_hash_table_new (fram_tuple_hash, fram_tuple_equal);
}

void
fram_tcp_table_clear (FramTcpTable *table)
{
  g_clear_pointer (&table->by_tuple, g_hash_table_unref);
  g_clear_pointer (&table->connections, g_hash_table_unref);
  g_clear_pointer (&table->listening, g_ptr_array_unref);
  g_clear_pointer (&table->bases, g_hash_table_unref);
}

FramTcpBase *
fram_tcp_table_find (const FramTcpTable *table, FramBaseId base)
{
  return g_hash_table_lookup (table->bases, GUINT_TO_POINTER (base));
}

FramTcpConnection *
fram_tcp_table_find_connection (const FramTcpTable *table, FramBaseId base,
                                const FramAddress *remote)
{
  FramTuple tuple = { *remote, base };

  return g_hash_table_lookup (table->by_tuple, &tuple);
}
