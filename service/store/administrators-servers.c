/* The servers in the administrators' files.  A server may be spoken of in several files: each
 * key counts as the last one says.  Until all are read it is a draft. */
#include "store/administrators-private.h"

#include <string.h>
#include <sys/stat.h>

/* Ids of the user's servers have no “-”. */
#define ID_PREFIX "admin-"
#define MAX_NAME 32

typedef struct
{
  FramServerEntry *entry;
  gboolean is_told;  /* that its URI is wrong */
  gboolean has_kind; /* the kind of credential was said, and is not to be guessed */
  int order;
  char *path; /* that spoke of it last, and where */
  guint line;
} Draft;

static void
draft_free (gpointer data)
{
  Draft *draft = data;

  fram_server_entry_free (draft->entry);
  g_free (draft->path);
  g_free (draft);
}

static const char *
name_of (const Draft *draft)
{
  return draft->entry->id + strlen (ID_PREFIX);
}

static gboolean
others_can_read (const char *path)
{
  struct stat status;

  return stat (path, &status) == 0 && (status.st_mode & S_IROTH) != 0;
}

/* --- Keys ------------------------------------------------------------------------------ */

/* A key of a server that is being read. */
typedef struct
{
  FramAdministratorsFile *source;
  const char *group;
  const char *key;
  Draft *draft;
  guint line;
  char *text; /* the value, but for secrets */
} Reading;

/* Return: FALSE with `reason`, for people: the line is not used. */
typedef gboolean (*KeyReader) (Reading *reading, char **ret_reason);

static gboolean
refuse (char **ret_reason, const char *reason)
{
  *ret_reason = g_strdup (reason);
  return FALSE;
}

/* Whether the text can stand in that field; then it does. */
static gboolean
take_text (Reading *reading, gsize field, const char *text, char **ret_reason)
{
  g_autoptr (FramServerEntry) probe = fram_server_entry_new ("", "stun:localhost");
  char **at = (char **) ((guint8 *) probe + field);
  char **target = (char **) ((guint8 *) reading->draft->entry + field);
  g_autoptr (GError) error = NULL;

  g_free (*at);
  *at = g_strdup (text);
  if (!fram_server_entry_check (probe, &error))
    return refuse (ret_reason, error->message);
  g_free (*target);
  *target = g_strdup (text);
  return TRUE;
}

static gboolean
read_uri (Reading *reading, char **ret_reason)
{
  Draft *draft = reading->draft;

  draft->is_told = TRUE;
  if (!take_text (reading, G_STRUCT_OFFSET (FramServerEntry, uri), reading->text,
                  ret_reason))
    return FALSE;
  draft->is_told = FALSE;
  draft->line = reading->line;
  return TRUE;
}

static gboolean
read_name (Reading *reading, char **ret_reason)
{
  return take_text (reading, G_STRUCT_OFFSET (FramServerEntry, name), reading->text,
                    ret_reason);
}

static gboolean
read_username (Reading *reading, char **ret_reason)
{
  return take_text (reading, G_STRUCT_OFFSET (FramServerEntry, username), reading->text,
                    ret_reason);
}

static char *
make_absolute (const Reading *reading)
{
  g_autofree char *directory = g_path_get_dirname (reading->source->path);

  return g_canonicalize_filename (reading->text, directory);
}

static gboolean
read_authority (Reading *reading, char **ret_reason)
{
  g_autofree char *path
      = reading->text[0] != '\0' ? make_absolute (reading) : g_strdup ("");

  return take_text (reading, G_STRUCT_OFFSET (FramServerEntry, authority), path,
                    ret_reason);
}

static gboolean
read_flag (Reading *reading, gboolean *ret_flag, char **ret_reason)
{
  g_autoptr (GError) error = NULL;
  gboolean flag = g_key_file_get_boolean (reading->source->keys, reading->group,
                                          reading->key, &error);

  if (error != NULL)
    return refuse (ret_reason, "it is true or false");
  *ret_flag = flag;
  return TRUE;
}

static gboolean
read_enabled (Reading *reading, char **ret_reason)
{
  return read_flag (reading, &reading->draft->entry->enabled, ret_reason);
}

static gboolean
read_locked (Reading *reading, char **ret_reason)
{
  return read_flag (reading, &reading->draft->entry->locked, ret_reason);
}

static gboolean
read_order (Reading *reading, char **ret_reason)
{
  gint64 order;

  if (!g_ascii_string_to_signed (reading->text, 10, -1000000, 1000000, &order, NULL))
    return refuse (ret_reason, "it is a number from -1000000 to 1000000");
  reading->draft->order = (int) order;
  return TRUE;
}

static gboolean
read_credential (Reading *reading, char **ret_reason)
{
  FramServerEntry *entry = reading->draft->entry;

  if (!fram_credential_kind_from_word (reading->text, &entry->credential))
    return refuse (ret_reason, "it is none, long-term or shared-secret");
  reading->draft->has_kind = TRUE;
  return TRUE;
}

/* Takes `secret`. */
static gboolean
keep_secret (Reading *reading, char *secret, char **ret_reason)
{
  FramCredentialKind kind = g_str_has_prefix (reading->key, "secret")
                                ? FRAM_CREDENTIAL_SHARED_SECRET
                                : FRAM_CREDENTIAL_LONG_TERM;
  FramServerEntry *entry = reading->draft->entry;
  g_autoptr (GError) error = NULL;

  if (!fram_server_secret_check (kind, secret, &error))
    {
      fram_secret_free (secret);
      return refuse (ret_reason, error->message);
    }
  fram_secret_free (entry->secret);
  entry->secret = secret;
  if (!reading->draft->has_kind)
    entry->credential = kind;
  return TRUE;
}

static gboolean
read_secret (Reading *reading, char **ret_reason)
{
  g_autofree char *place = g_strdup_printf ("%s/%s", reading->group, reading->key);
  const char *secret = g_hash_table_lookup (reading->source->secrets, place);
  const char *path = reading->source->path;

  if (others_can_read (path))
    fram_administrators_add_problem (reading->source->into,
                                     "%s, line %u: everybody on this computer can read "
                                     "the %s; it is used all the same",
                                     path, reading->line, reading->key);
  return keep_secret (reading, g_strdup (secret != NULL ? secret : ""), ret_reason);
}

static gboolean
read_secret_by_file (Reading *reading, char **ret_reason)
{
  g_autofree char *path = make_absolute (reading);
  gboolean is_open = FALSE;
  char *secret = fram_administrators_read_secret (path, &is_open, ret_reason);

  if (secret == NULL)
    return FALSE;
  if (is_open)
    fram_administrators_add_problem (
        reading->source->into,
        "%s, line %u: everybody on this computer can read %s; it is used all the same",
        reading->source->path, reading->line, path);
  return keep_secret (reading, secret, ret_reason);
}

static const struct
{
  const char *key;
  KeyReader read;
} readers[] = {
  { "uri", read_uri },
  { "name", read_name },
  { "enabled", read_enabled },
  { "locked", read_locked },
  { "order", read_order },
  { "credential", read_credential },
  { "username", read_username },
  { "password", read_secret },
  { "password-file", read_secret_by_file },
  { "secret", read_secret },
  { "secret-file", read_secret_by_file },
  { "authority", read_authority },
};

static gboolean
read_key (Reading *reading, char **ret_reason)
{
  g_autoptr (GError) error = NULL;
  gboolean done = FALSE;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (readers); i++)
    if (g_str_equal (readers[i].key, reading->key))
      break;
  if (i == G_N_ELEMENTS (readers))
    return refuse (ret_reason, "a server has no such key");
  reading->text = g_key_file_get_string (reading->source->keys, reading->group,
                                         reading->key, &error);
  if (reading->text == NULL)
    return refuse (ret_reason, "it is no UTF-8 text, or has a “\\” that means nothing");
  g_strchomp (reading->text);
  done = readers[i].read (reading, ret_reason);
  g_clear_pointer (&reading->text, g_free);
  return done;
}

/* --- Groups ---------------------------------------------------------------------------- */

static gboolean
is_name (const char *name)
{
  gsize length = strlen (name);

  return length > 0 && length <= MAX_NAME
         && strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-") == length;
}

static Draft *
find_draft (FramAdministrators *into, const char *name)
{
  g_autofree char *id = g_strconcat (ID_PREFIX, name, NULL);
  Draft *draft;

  if (into->drafts == NULL)
    into->drafts = g_ptr_array_new_with_free_func (draft_free);
  for (guint i = 0; i < into->drafts->len; i++)
    {
      draft = into->drafts->pdata[i];
      if (g_str_equal (draft->entry->id, id))
        return draft;
    }
  if (into->drafts->len >= FRAM_SERVERS_MAX)
    return NULL;
  draft = g_new0 (Draft, 1);
  draft->entry = fram_server_entry_new (id, "");
  g_ptr_array_add (into->drafts, draft);
  return draft;
}

static void
take_server (FramAdministratorsFile *source, const char *group, Draft *draft)
{
  g_auto (GStrv) names = g_key_file_get_keys (source->keys, group, NULL, NULL);

  g_free (draft->path);
  draft->path = g_strdup (source->path);
  draft->line = 0;
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      Reading reading = { source, group, names[i], draft, 0, NULL };
      g_autofree char *reason = NULL;

      reading.line = fram_administrators_find_line (source, group, names[i]);
      if (draft->line == 0)
        draft->line = reading.line;
      if (!g_strv_contains ((const char *const *) names + i + 1, names[i])
          && !read_key (&reading, &reason))
        fram_administrators_add_problem (source->into,
                                         "%s, line %u: “%s”: %s; the line is not used",
                                         source->path, reading.line, names[i], reason);
    }
}

void
fram_administrators_take_servers (FramAdministratorsFile *source)
{
  g_auto (GStrv) groups = g_key_file_get_groups (source->keys, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    {
      const char *name = groups[i] + strlen (FRAM_ADMINISTRATORS_SERVER);
      Draft *draft = NULL;

      if (!g_str_has_prefix (groups[i], FRAM_ADMINISTRATORS_SERVER))
        continue;
      if (!is_name (name))
        fram_administrators_add_problem (source->into,
                                         "%s: the name of a server, “%.*s”, has 1 to %d "
                                         "letters, digits and “-”; it is "
                                         "not used",
                                         source->path, 2 * MAX_NAME, name, MAX_NAME);
      else if ((draft = find_draft (source->into, name)) == NULL)
        fram_administrators_add_problem (source->into,
                                         "%s: of the servers only the first %d are used",
                                         source->path, FRAM_SERVERS_MAX);
      else
        take_server (source, groups[i], draft);
    }
}

static gint
compare_drafts (gconstpointer a, gconstpointer b)
{
  const Draft *first = *(const Draft *const *) a, *second = *(const Draft *const *) b;

  if (first->order != second->order)
    return first->order < second->order ? -1 : 1;
  return strcmp (first->entry->id, second->entry->id);
}

static gboolean
is_complete (const Draft *draft, GError **error)
{
  if (draft->entry->uri[0] != '\0')
    return fram_server_entry_check (draft->entry, error);
  g_set_error (error, FRAM_SETTINGS_ERROR, FRAM_SETTINGS_ERROR_INVALID,
               "it has no “uri”");
  return FALSE;
}

void
fram_administrators_finish_servers (FramAdministrators *into)
{
  g_autoptr (GPtrArray) drafts = g_steal_pointer (&into->drafts);

  if (drafts == NULL)
    return;
  g_ptr_array_sort (drafts, compare_drafts);
  for (guint i = 0; i < drafts->len; i++)
    {
      Draft *draft = drafts->pdata[i];
      g_autoptr (GError) error = NULL;

      if (!is_complete (draft, &error))
        {
          if (!draft->is_told)
            fram_administrators_add_problem (
                into, "%s, line %u: the server “%s” is not used: %s", draft->path,
                draft->line, name_of (draft), error->message);
          continue;
        }
      if (draft->entry->name[0] == '\0')
        {
          g_free (draft->entry->name);
          draft->entry->name = g_strdup (name_of (draft));
        }
      draft->entry->file = g_strdup (draft->path);
      g_ptr_array_add (into->servers, g_steal_pointer (&draft->entry));
    }
}
