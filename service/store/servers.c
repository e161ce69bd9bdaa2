#include "store/servers.h"

#include "io/random.h"
#include "store/settings-private.h"

/* Bytes of an id that others gave, which an error repeats. */
#define SHOWN 80

const GPtrArray *
fram_servers_list (const FramSettings *settings)
{
  return settings->servers;
}

static FramServerEntry *
find (const GPtrArray *entries, const char *id)
{
  for (guint i = 0; i < entries->len; i++)
    {
      FramServerEntry *entry = entries->pdata[i];

      if (g_str_equal (entry->id, id))
        return entry;
    }
  return NULL;
}

const FramServerEntry *
fram_servers_find (const FramSettings *settings, const char *id, GError **error)
{
  const FramServerEntry *entry = find (settings->servers, id);

  if (entry == NULL)
    g_set_error (error, FRAM_SETTINGS_ERROR, FRAM_SETTINGS_ERROR_NO_SERVER,
                 "There is no server “%.*s” in the settings", SHOWN, id);
  return entry;
}

GPtrArray *
fram_servers_merge (const FramUserServers *user, const GPtrArray *administrators)
{
  GPtrArray *servers
      = g_ptr_array_new_with_free_func ((GDestroyNotify) fram_server_entry_free);

  for (guint i = 0; i < administrators->len; i++)
    {
      FramServerEntry *entry = fram_server_entry_copy (administrators->pdata[i]);
      gpointer enabled;

      if (!entry->locked
          && g_hash_table_lookup_extended (user->switches, entry->id, NULL, &enabled))
        entry->enabled = GPOINTER_TO_INT (enabled);
      g_ptr_array_add (servers, entry);
    }
  for (guint i = 0; i < user->entries->len; i++)
    g_ptr_array_add (servers, fram_server_entry_copy (user->entries->pdata[i]));
  return servers;
}

void
fram_servers_draw_id (char ret_id[FRAM_SERVER_ID + 1])
{
  static const char alphabet[] = "abcdefghijkmnpqrstuvwxyz23456789";
  guint8 bytes[FRAM_SERVER_ID];
  FramRandom random;

  fram_system_random_init (&random);
  random.fill (&random, bytes, sizeof bytes);
  for (guint i = 0; i < FRAM_SERVER_ID; i++)
    ret_id[i] = alphabet[bytes[i] % (sizeof alphabet - 1)];
  ret_id[FRAM_SERVER_ID] = '\0';
}

/* --- Changing -------------------------------------------------------------------------- */

static void
replace (char **text, const char *by)
{
  g_free (*text);
  *text = g_strdup (by);
}

void
fram_server_fields_apply (const FramServerFields *fields, FramServerEntry *entry)
{
  if (fields->which & FRAM_SERVER_URI)
    replace (&entry->uri, fields->uri);
  if (fields->which & FRAM_SERVER_NAME)
    replace (&entry->name, fields->name);
  if (fields->which & FRAM_SERVER_ENABLED)
    entry->enabled = fields->enabled;
  if (fields->which & FRAM_SERVER_CREDENTIAL)
    entry->credential = fields->credential;
  if (fields->which & FRAM_SERVER_USERNAME)
    replace (&entry->username, fields->username);
  if (fields->which & FRAM_SERVER_AUTHORITY)
    replace (&entry->authority, fields->authority);
}

/* Puts an entry, which it takes, where it is wanted; a place behind the last is the last. */
static void
insert (FramUserServers *servers, FramServerEntry *entry, const FramServerFields *fields,
        guint otherwise)
{
  guint position
      = (fields->which & FRAM_SERVER_POSITION) != 0 ? fields->position : otherwise;

  g_ptr_array_insert (servers->entries, (int) MIN (position, servers->entries->len),
                      entry);
}

static gboolean
add (FramUserServers *servers, const FramServerEdit *edit, GError **error)
{
  FramServerEntry *entry;

  if (servers->entries->len >= FRAM_SERVERS_MAX)
    {
      g_set_error (error, FRAM_SETTINGS_ERROR, FRAM_SETTINGS_ERROR_LIMIT,
                   "There are %d servers in the settings already", FRAM_SERVERS_MAX);
      return FALSE;
    }
  entry = fram_server_entry_new (edit->id, "");
  fram_server_fields_apply (&edit->fields, entry);
  insert (servers, entry, &edit->fields, servers->entries->len);
  return fram_server_entry_check (entry, error);
}

static gboolean
lock_holds (const FramServerEntry *entry, const char *what, GError **error)
{
  g_set_error (error, FRAM_SETTINGS_ERROR, FRAM_SETTINGS_ERROR_LOCKED,
               "The server “%s” is %s the administrator, in %s", entry->id, what,
               entry->file);
  return FALSE;
}

/* What the user made of servers that are not given any more stays as long as there is
 * room. */
static void
drop_switches (FramUserServers *servers, const GPtrArray *administrators)
{
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, servers->switches);
  while (g_hash_table_size (servers->switches) >= FRAM_SERVERS_MAX
         && g_hash_table_iter_next (&iter, &id, NULL))
    if (find (administrators, id) == NULL)
      g_hash_table_iter_remove (&iter);
}

/* Of an administrator's server only the switch is the user's. */
static gboolean
edit_administrators (FramUserServers *servers, const FramServerEntry *entry,
                     const FramServerEdit *edit, GError **error)
{
  const FramServerFields *fields = &edit->fields;

  if (edit->operation != FRAM_SERVER_CHANGE
      || (fields->which & ~FRAM_SERVER_ENABLED) != 0)
    return lock_holds (entry, "given by", error);
  if (fields->which == 0)
    return TRUE;
  if (entry->locked)
    return lock_holds (entry, "locked by", error);
  if (fields->enabled == entry->enabled)
    g_hash_table_remove (servers->switches, entry->id);
  else
    g_hash_table_insert (servers->switches, g_strdup (entry->id),
                         GINT_TO_POINTER (fields->enabled));
  return TRUE;
}

static gboolean
change (FramUserServers *servers, guint index, const FramServerEdit *edit, GError **error)
{
  FramServerEntry *entry = g_ptr_array_steal_index (servers->entries, index);

  fram_server_fields_apply (&edit->fields, entry);
  insert (servers, entry, &edit->fields, index);
  return fram_server_entry_check (entry, error);
}

typedef struct
{
  const FramServerEdit *edit;
  const GPtrArray *administrators;
} Change;

static gboolean
apply (FramUserServers *servers, gconstpointer data, GError **error)
{
  const Change *what = data;
  const FramServerEdit *edit = what->edit;
  const FramServerEntry *given = find (what->administrators, edit->id);
  int index = fram_user_servers_find (servers, edit->id);

  if (edit->operation == FRAM_SERVER_ADD)
    return add (servers, edit, error);
  if (given != NULL)
    {
      drop_switches (servers, what->administrators);
      return edit_administrators (servers, given, edit, error);
    }
  if (index < 0)
    {
      g_set_error (error, FRAM_SETTINGS_ERROR, FRAM_SETTINGS_ERROR_NO_SERVER,
                   "There is no server “%.*s” in the settings", SHOWN, edit->id);
      return FALSE;
    }
  if (edit->operation == FRAM_SERVER_CHANGE)
    return change (servers, (guint) index, edit, error);
  g_ptr_array_remove_index (servers->entries, (guint) index);
  return TRUE;
}

gboolean
fram_servers_check (const FramSettings *settings, const FramServerEdit *edit,
                    GError **error)
{
  const Change what = { edit, settings->administrators->servers };
  g_autoptr (FramUserServers) servers = fram_user_servers_copy (settings->user.servers);

  return apply (servers, &what, error);
}

gboolean
fram_servers_edit (FramSettings *settings, const FramServerEdit *edit, GError **error)
{
  const Change what = { edit, settings->administrators->servers };
  FramUserValues values;

  if (!fram_servers_check (settings, edit, error))
    return FALSE;
  fram_user_values_copy (&settings->user, &values);
  return fram_settings_write (settings, &values, 0, apply, &what, error);
}
