#include "model/memory.h"

#include <glib/gstdio.h>

/* Many changes come at once, as when a window is resized. */
#define WRITE_AFTER 2 /* seconds */

static GKeyFile *file;
static guint write_source;

static char *
place (void)
{
  return g_build_filename (g_get_user_state_dir (), "fram", "panel.ini", NULL);
}

static GKeyFile *
contents (void)
{
  g_autofree char *path = NULL;

  if (file != NULL)
    return file;
  file = g_key_file_new ();
  path = place ();
  g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL);
  return file;
}

int
memory_get_int (const char *group, const char *key, int fallback)
{
  g_autoptr (GError) error = NULL;
  int value = g_key_file_get_integer (contents (), group, key, &error);

  return error == NULL ? value : fallback;
}

gboolean
memory_has (const char *group, const char *key)
{
  return g_key_file_has_key (contents (), group, key, NULL);
}

static gboolean
on_write (gpointer data)
{
  write_source = 0;
  memory_write ();
  return G_SOURCE_REMOVE;
}

void
memory_set_int (const char *group, const char *key, int value)
{
  if (memory_has (group, key) && memory_get_int (group, key, value) == value)
    return;
  g_key_file_set_integer (contents (), group, key, value);
  if (write_source == 0)
    write_source = g_timeout_add_seconds (WRITE_AFTER, on_write, NULL);
}

void
memory_write (void)
{
  g_autofree char *path = NULL, *directory = NULL;
  g_autoptr (GError) error = NULL;

  if (file == NULL)
    return;
  g_clear_handle_id (&write_source, g_source_remove);
  path = place ();
  directory = g_path_get_dirname (path);
  g_mkdir_with_parents (directory, 0700);
  if (!g_key_file_save_to_file (file, path, &error))
    g_debug ("The window is not remembered: %s", error->message);
}

void
memory_read_again (void)
{
  g_clear_handle_id (&write_source, g_source_remove);
  g_clear_pointer (&file, g_key_file_unref);
}
