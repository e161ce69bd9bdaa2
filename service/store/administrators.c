#include "store/administrators-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Problems told of all files together; a directory full of something else is told in brief. */
#define MAX_PROBLEMS 20

static const char group_defaults[] = "Defaults";
static const char group_locked[] = "Locked";

void
fram_administrators_add_problem (FramAdministrators *into, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  if (into->problems->len >= MAX_PROBLEMS)
    return;
  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_ptr_array_add (into->problems, g_utf8_make_valid (text, -1));
}

/* --- Lines, which GKeyFile does not tell ---------------------------------------------- */

static gboolean
is_readable_up_to (const FramAdministratorsFile *source, gsize length, GError **error)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();

  return g_key_file_load_from_data (keys, source->text, length, G_KEY_FILE_NONE, error);
}

/* The offset of the line after the one that has `offset`. */
static gsize
next_line (const FramAdministratorsFile *source, gsize offset)
{
  const char *end = memchr (source->text + offset, '\n', source->length - offset);

  return end != NULL ? (gsize) (end - source->text) + 1 : source->length;
}

static guint
count_lines (const FramAdministratorsFile *source, gsize length)
{
  guint n = 0;

  for (gsize at = 0; at < length; at = next_line (source, at))
    n++;
  return n;
}

/* The first line without which the file could be read: whatever follows it, the file up to
 * there cannot. */
static guint
find_broken_line (const FramAdministratorsFile *source)
{
  gsize good = 0, bad = source->length;

  while (next_line (source, good) < bad)
    {
      gsize middle = next_line (source, good + (bad - good) / 2);

      /* The half that begins behind the middle's line may be empty. */
      if (middle >= bad)
        middle = next_line (source, good);
      if (is_readable_up_to (source, middle, NULL))
        good = middle;
      else
        bad = middle;
    }
  return count_lines (source, bad);
}

guint
fram_administrators_find_line (const FramAdministratorsFile *source, const char *group,
                               const char *key)
{
  g_autofree char *header = g_strdup_printf ("[%s]", group);
  gboolean within = FALSE;
  guint found = 0, number = 0;

  for (gsize at = 0; at < source->length; at = next_line (source, at))
    {
      g_autofree char *line = g_strndup (source->text + at, next_line (source, at) - at);
      char *equals = strchr (line, '=');

      number++;
      g_strstrip (line);
      if (line[0] == '[')
        within = g_str_has_prefix (line, header);
      if (!within || equals == NULL)
        continue;
      *equals = '\0';
      if (g_str_equal (g_strchomp (line), key))
        found = number;
    }
  return found;
}

/* --- Values ------------------------------------------------------------------------- */

/* “40000-50000” */
static GVariant *
parse_range (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "-", 2);
  guint64 numbers[2];

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (g_strv_length (parts) != 2
        || !g_ascii_string_to_unsigned (g_strstrip (parts[i]), 10, 0, G_MAXUINT16,
                                        &numbers[i], NULL))
      return NULL;
  return g_variant_new ("(qq)", (guint16) numbers[0], (guint16) numbers[1]);
}

static GVariant *
parse_list (GKeyFile *keys, const char *group, const char *name)
{
  g_auto (GStrv) words = g_key_file_get_string_list (keys, group, name, NULL, NULL);

  return words != NULL ? g_variant_new_strv ((const char *const *) words, -1) : NULL;
}

/* Return: (transfer floating): NULL: it is of another type. */
static GVariant *
parse (GKeyFile *keys, const char *group, const FramSetting *setting)
{
  g_autofree char *text = g_key_file_get_string (keys, group, setting->name, NULL);
  g_autoptr (GError) failure = NULL;
  GVariant *value = NULL;

  if (g_str_equal (setting->type, "as"))
    return parse_list (keys, group, setting->name);
  if (text == NULL)
    return NULL;
  if (g_str_equal (setting->type, "s"))
    return g_variant_new_string (text);
  if (g_str_equal (setting->type, "(qq)"))
    return parse_range (text);
  if (g_str_equal (setting->type, "b"))
    value = g_variant_new_boolean (
        g_key_file_get_boolean (keys, group, setting->name, &failure));
  else
    value = g_variant_new_int32 (
        g_key_file_get_integer (keys, group, setting->name, &failure));
  if (failure != NULL)
    g_clear_pointer (&value, g_variant_unref);
  return value;
}

static GVariant *
read_value (GKeyFile *keys, const char *group, FramSettingKey key, GError **error)
{
  const FramSetting *setting = fram_setting_get (key);
  GVariant *value = parse (keys, group, setting);

  if (value != NULL)
    return g_variant_ref_sink (value);
  g_set_error (error, FRAM_SETTINGS_ERROR, FRAM_SETTINGS_ERROR_INVALID,
               "The setting “%s” is %s", setting->name, setting->allowed);
  return NULL;
}

static void
take_value (FramAdministratorsFile *source, const char *group, const char *name)
{
  gboolean locked = g_str_equal (group, group_locked);
  FramAdministrators *into = source->into;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GError) error = NULL;
  FramSettingKey key;

  if (fram_setting_find (name, &key, &error))
    value = read_value (source->keys, group, key, &error);
  if (value == NULL || !fram_setting_check (key, value, &error))
    {
      fram_administrators_add_problem (
          into, "%s, line %u: %s; the line is not used", source->path,
          fram_administrators_find_line (source, group, name), error->message);
      return;
    }
  if (!locked && into->locks[key] != NULL)
    return;
  g_clear_pointer (&into->values[key], g_variant_unref);
  into->values[key] = g_steal_pointer (&value);
  if (locked)
    {
      g_free (into->locks[key]);
      into->locks[key] = g_strdup (source->path);
    }
}

static void
take_group (FramAdministratorsFile *source, const char *group)
{
  g_auto (GStrv) names = g_key_file_get_keys (source->keys, group, NULL, NULL);

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *) names + i + 1, names[i]))
      take_value (source, group, names[i]);
}

/* --- Files -------------------------------------------------------------------------- */

/* A pipe or device is not waited for. */
static gboolean
read_text (FramAdministratorsFile *source)
{
  int fd = open (source->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat status;
  gssize length = -1;

  if (fd < 0 || fstat (fd, &status) < 0)
    fram_administrators_add_problem (source->into, "%s: it cannot be read: %s",
                                     source->path, g_strerror (errno));
  else if (!S_ISREG (status.st_mode))
    fram_administrators_add_problem (source->into, "%s: it is no file", source->path);
  else if (status.st_size > FRAM_ADMINISTRATORS_MAX_BYTES)
    fram_administrators_add_problem (source->into, "%s: it is longer than %d bytes",
                                     source->path, FRAM_ADMINISTRATORS_MAX_BYTES);
  else
    {
      source->text = g_malloc0 (FRAM_ADMINISTRATORS_MAX_BYTES + 1);
      length = read (fd, source->text, FRAM_ADMINISTRATORS_MAX_BYTES);
      if (length < 0)
        fram_administrators_add_problem (source->into, "%s: it cannot be read: %s",
                                         source->path, g_strerror (errno));
      source->length = MAX (length, 0);
    }
  if (fd >= 0)
    close (fd);
  return length >= 0;
}

/* A line that is no key and value may be half of a password: it is not repeated where there
 * may be one. */
static void
tell_broken (const FramAdministratorsFile *source, const GError *error)
{
  gboolean secrets = strcasestr (source->text, "[" FRAM_ADMINISTRATORS_SERVER) != NULL
                     || strcasestr (source->text, "password") != NULL
                     || strcasestr (source->text, "secret") != NULL;

  fram_administrators_add_problem (
      source->into, "%s, line %u: %s; the file is not used", source->path,
      find_broken_line (source),
      secrets ? "it is neither a group, a key with its value, nor a comment"
              : error->message);
}

static void
load_file (FramAdministrators *into, const char *path)
{
  FramAdministratorsFile source = { .into = into, .path = path };
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autoptr (GError) error = NULL;

  source.keys = keys;
  if (read_text (&source))
    {
      fram_administrators_take_secrets (&source);
      if (g_key_file_load_from_data (keys, source.text, source.length, G_KEY_FILE_NONE,
                                     &error))
        {
          take_group (&source, group_defaults);
          take_group (&source, group_locked);
          fram_administrators_take_servers (&source);
        }
      else if (source.length > 0)
        tell_broken (&source, error);
    }
  g_clear_pointer (&source.secrets, g_hash_table_unref);
  if (source.text != NULL)
    explicit_bzero (source.text, source.length);
  g_free (source.text);
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static GPtrArray *
list_files (FramAdministrators *into, const char *directory)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (directory, 0, &error);
  const char *name;

  if (dir == NULL && !g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    fram_administrators_add_problem (into, "%s", error->message);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".conf") && name[0] != '.')
      g_ptr_array_add (paths, g_build_filename (directory, name, NULL));
  g_ptr_array_sort (paths, compare_names);
  if (paths->len > FRAM_ADMINISTRATORS_MAX_FILES)
    {
      fram_administrators_add_problem (into, "%s: of %u files only the first %d are read",
                                       directory, paths->len,
                                       FRAM_ADMINISTRATORS_MAX_FILES);
      g_ptr_array_set_size (paths, FRAM_ADMINISTRATORS_MAX_FILES);
    }
  return paths;
}

FramAdministrators *
fram_administrators_load (const char *directory)
{
  FramAdministrators *administrators = g_new0 (FramAdministrators, 1);
  g_autoptr (GPtrArray) paths = NULL;

  administrators->problems = g_ptr_array_new_with_free_func (g_free);
  administrators->servers
      = g_ptr_array_new_with_free_func ((GDestroyNotify) fram_server_entry_free);
  if (directory == NULL)
    return administrators;
  paths = list_files (administrators, directory);
  for (guint i = 0; i < paths->len; i++)
    load_file (administrators, paths->pdata[i]);
  fram_administrators_finish_servers (administrators);
  return administrators;
}

void
fram_administrators_free (FramAdministrators *administrators)
{
  if (administrators == NULL)
    return;
  for (guint i = 0; i < FRAM_N_SETTINGS; i++)
    {
      g_clear_pointer (&administrators->values[i], g_variant_unref);
      g_free (administrators->locks[i]);
    }
  g_ptr_array_unref (administrators->servers);
  g_clear_pointer (&administrators->drafts, g_ptr_array_unref);
  g_ptr_array_unref (administrators->problems);
  g_free (administrators);
}
