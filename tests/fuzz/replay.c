/* Runs a fuzz target over its corpus, as a plain test: `replay DIRECTORY`.  A finding ends
 * the process, as it does under libFuzzer. */
#include <gio/gio.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* The file that is being tried, so that a finding can be told by its name. */
static void
replay_file (GFile *file, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;
  gsize length;

  g_print ("# %s\n", name);
  if (!g_file_load_contents (file, NULL, &contents, &length, NULL, &error))
    g_error ("%s: %s", name, error->message);
  g_assert_cmpint (LLVMFuzzerTestOneInput ((const guint8 *) contents, length), ==, 0);
}

static guint
replay_directory (const char *path)
{
  g_autoptr (GFile) directory = g_file_new_for_path (path);
  g_autoptr (GFileEnumerator) files = NULL;
  g_autoptr (GError) error = NULL;
  GFileInfo *info;
  GFile *file;
  guint n_files = 0;

  files = g_file_enumerate_children (directory, G_FILE_ATTRIBUTE_STANDARD_NAME,
                                     G_FILE_QUERY_INFO_NONE, NULL, &error);
  if (files == NULL)
    g_error ("%s: %s", path, error->message);
  while (g_file_enumerator_iterate (files, &info, &file, NULL, &error) && info != NULL)
    {
      replay_file (file, g_file_info_get_name (info));
      n_files++;
    }
  if (error != NULL)
    g_error ("%s: %s", path, error->message);
  return n_files;
}

int
main (int argc, char *argv[])
{
  guint n_files;

  if (argc != 2)
    g_error ("usage: %s DIRECTORY", argv[0]);
  n_files = replay_directory (argv[1]);

  /* An empty corpus proves nothing. */
  g_assert_cmpuint (n_files, >, 0);
  g_print ("1..1\nok 1 - %u inputs\n", n_files);
  return 0;
}
