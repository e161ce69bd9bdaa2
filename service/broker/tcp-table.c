#include "broker/tcp.h"

static void
base_free (gpointer data)
{
  FramTcpBase *base = data;

  g_assert (base->linger.place == 0);
  g_array_unref (base->members);
  if (base->question != NULL)
    {
      g_assert (base->question->due.place == 0);
      g_free (base->question->uri);
      g_free (base->question);
    }
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
  table->shared = g_ptr_array_new ();
  table->questions = g_hash_table_new (NULL, NULL);
  table->connections = g_hash_table_new_full (NULL, NULL, NULL, connection_free);
  table->by_tuple = g_hash_table_new (fram_tuple_hash, fram_tuple_equal);
}

void
fram_tcp_table_clear (FramTcpTable *table)
{
  g_clear_pointer (&table->by_tuple, g_hash_table_unref);
  g_clear_pointer (&table->connections, g_hash_table_unref);
  g_clear_pointer (&table->questions, g_hash_table_unref);
  g_clear_pointer (&table->shared, g_ptr_array_unref);
  g_clear_pointer (&table->bases, g_hash_table_unref);
}

gboolean
fram_tcp_base_listens (const FramTcpBase *base)
{
  return base->transport != FRAM_TRANSPORT_TCP_ACTIVE;
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
