#include "store/servers-table.h"

/* `server_switches` has what the user made of the administrators' servers. */
const char fram_servers_table_sql[]
    = "CREATE TABLE servers ("
      "  id TEXT PRIMARY KEY,"
      "  position INTEGER NOT NULL,"
      "  uri TEXT NOT NULL,"
      "  name TEXT NOT NULL,"
      "  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),"
      "  credential TEXT NOT NULL,"
      "  username TEXT NOT NULL,"
      "  authority TEXT NOT NULL"
      ") STRICT, WITHOUT ROWID;"
      "CREATE TABLE server_switches ("
      "  id TEXT PRIMARY KEY,"
      "  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1))"
      ") STRICT, WITHOUT ROWID;";

FramUserServers *
fram_user_servers_new (void)
{
  FramUserServers *servers = g_new0 (FramUserServers, 1);

  servers->entries
      = g_ptr_array_new_with_free_func ((GDestroyNotify) fram_server_entry_free);
  servers->switches = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return servers;
}

FramUserServers *
fram_user_servers_copy (const FramUserServers *servers)
{
  FramUserServers *copy = fram_user_servers_new ();
  GHashTableIter iter;
  gpointer id, enabled;

  for (guint i = 0; i < servers->entries->len; i++)
    g_ptr_array_add (copy->entries, fram_server_entry_copy (servers->entries->pdata[i]));
  g_hash_table_iter_init (&iter, servers->switches);
  while (g_hash_table_iter_next (&iter, &id, &enabled))
    g_hash_table_insert (copy->switches, g_strdup (id), enabled);
  return copy;
}

void
fram_user_servers_free (FramUserServers *servers)
{
  if (servers == NULL)
    return;
  g_ptr_array_unref (servers->entries);
  g_hash_table_unref (servers->switches);
  g_free (servers);
}

int
fram_user_servers_find (const FramUserServers *servers, const char *id)
{
  for (guint i = 0; i < servers->entries->len; i++)
    {
      const FramServerEntry *entry = servers->entries->pdata[i];

      if (g_str_equal (entry->id, id))
        return (int) i;
    }
  return -1;
}

/* --- Reading --------------------------------------------------------------------------- */

static void
replace (char **text, FramQuery *query, int column)
{
  g_free (*text);
  *text = fram_query_dup_text (query, column);
}

static FramServerEntry *
read_entry (FramQuery *query, GError **error)
{
  g_autofree char *id = fram_query_dup_text (query, 0);
  g_autofree char *uri = fram_query_dup_text (query, 1);
  g_autofree char *credential = fram_query_dup_text (query, 4);
  g_autoptr (FramServerEntry) entry = fram_server_entry_new (id, uri);

  replace (&entry->name, query, 2);
  entry->enabled = fram_query_get_integer (query, 3) != 0;
  replace (&entry->username, query, 5);
  replace (&entry->authority, query, 6);
  if (!fram_credential_kind_from_word (credential, &entry->credential))
    {
      g_set_error (error, FRAM_STORE_ERROR, FRAM_STORE_ERROR_CONSTRAINT,
                   "its kind of credential is not known");
      return NULL;
    }
  return fram_server_entry_check (entry, error) ? g_steal_pointer (&entry) : NULL;
}

static gboolean
read_entries (FramDatabase *database, FramUserServers *servers, GPtrArray *unused,
              GError **error)
{
  g_autoptr (FramQuery) query = fram_database_query (
      database, error,
      "SELECT id, uri, name, enabled, credential, username, authority FROM servers "
      "ORDER BY position, id LIMIT ?1",
      "i", FRAM_SERVERS_MAX);
  FramStep step = FRAM_STEP_FAILED;

  while (query != NULL && (step = fram_query_step (query, error)) == FRAM_STEP_ROW)
    {
      g_autoptr (GError) reason = NULL;
      FramServerEntry *entry = read_entry (query, &reason);

      if (entry != NULL)
        g_ptr_array_add (servers->entries, entry);
      else
        g_ptr_array_add (unused, g_strdup_printf ("settings.db: a server is not used: %s",
                                                  reason->message));
    }
  return step == FRAM_STEP_DONE;
}

static gboolean
read_switches (FramDatabase *database, FramUserServers *servers, GError **error)
{
  g_autoptr (FramQuery) query = fram_database_query (
      database, error, "SELECT id, enabled FROM server_switches ORDER BY id LIMIT ?1",
      "i", FRAM_SERVERS_MAX);
  FramStep step = FRAM_STEP_FAILED;

  while (query != NULL && (step = fram_query_step (query, error)) == FRAM_STEP_ROW)
    g_hash_table_insert (servers->switches, fram_query_dup_text (query, 0),
                         GINT_TO_POINTER (fram_query_get_integer (query, 1) != 0));
  return step == FRAM_STEP_DONE;
}

gboolean
fram_servers_table_read (FramDatabase *database, FramUserServers **ret_servers,
                         GPtrArray *unused, GError **error)
{
  g_autoptr (FramUserServers) servers = fram_user_servers_new ();

  if (!read_entries (database, servers, unused, error)
      || !read_switches (database, servers, error))
    return FALSE;
  *ret_servers = g_steal_pointer (&servers);
  return TRUE;
}

/* --- Writing --------------------------------------------------------------------------- */

static gboolean
write_entry (FramDatabase *database, const FramServerEntry *entry, guint position,
             GError **error)
{
  return fram_database_execute (
      database, error,
      "INSERT OR REPLACE INTO servers "
      "(id, position, uri, name, enabled, credential, username, authority) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
      "sississs", entry->id, position, entry->uri, entry->name, entry->enabled,
      fram_credential_kind_to_word (entry->credential), entry->username,
      entry->authority);
}

static gboolean
write_entries (FramDatabase *database, const FramUserServers *before,
               const FramUserServers *after, GError **error)
{
  for (guint i = 0; i < before->entries->len; i++)
    {
      const FramServerEntry *entry = before->entries->pdata[i];

      if (fram_user_servers_find (after, entry->id) < 0
          && !fram_database_execute (database, error, "DELETE FROM servers WHERE id = ?1",
                                     "s", entry->id))
        return FALSE;
    }
  for (guint i = 0; i < after->entries->len; i++)
    if (!write_entry (database, after->entries->pdata[i], i, error))
      return FALSE;
  return TRUE;
}

static gboolean
write_switches (FramDatabase *database, const FramUserServers *after, GError **error)
{
  GHashTableIter iter;
  gpointer id, enabled;

  if (!fram_database_execute (database, error, "DELETE FROM server_switches", ""))
    return FALSE;
  g_hash_table_iter_init (&iter, after->switches);
  while (g_hash_table_iter_next (&iter, &id, &enabled))
    if (!fram_database_execute (database, error,
                                "INSERT INTO server_switches VALUES (?1, ?2)", "si", id,
                                GPOINTER_TO_INT (enabled)))
      return FALSE;
  return TRUE;
}

gboolean
fram_servers_table_write (FramDatabase *database, const FramUserServers *before,
                          const FramUserServers *after, GError **error)
{
  return write_entries (database, before, after, error)
         && write_switches (database, after, error);
}
