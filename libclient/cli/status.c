/* `fram status`: what the service holds and has done. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/json-rows.h"
#include "cli/terminal.h"

#define DESCRIPTION                                                                      \
  "Shows what the service holds and has done since its start.  With --json it prints\n"  \
  "one object with the same names."

static void
print_json (const char *version, GVariant *status)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  GVariantIter iter;
  const char *key;
  GVariant *value;

  json_builder_begin_object (builder);
  json_add_text (builder, "version", version);
  g_variant_iter_init (&iter, status);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    json_add_variant (builder, key, value);
  json_builder_end_object (builder);
  json_print (builder);
}

/* Numbers, texts and lists of words; anything else as GVariant writes it. */
static char *
value_to_text (GVariant *value)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
    return g_strdup_printf ("%u", g_variant_get_uint32 (value));
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64))
    return g_strdup_printf ("%" G_GUINT64_FORMAT, g_variant_get_uint64 (value));
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_variant_dup_string (value, NULL);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    {
      g_autofree const char **words = g_variant_get_strv (value, NULL);

      return words[0] != NULL ? g_strjoinv (", ", (char **) words) : g_strdup ("none");
    }
  return g_variant_print (value, FALSE);
}

static int
compare_keys (gconstpointer a, gconstpointer b, gpointer status)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

static void
print_table (const char *version, GVariant *status)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  Table *table = table_new ("version", version, NULL);
  GVariantIter iter;
  const char *key;

  g_variant_iter_init (&iter, status);
  while (g_variant_iter_next (&iter, "{&sv}", &key, NULL))
    g_ptr_array_add (keys, (char *) key);
  g_ptr_array_sort_with_data (keys, compare_keys, NULL);
  for (guint i = 0; i < keys->len; i++)
    {
      g_autoptr (GVariant) value
          = g_variant_lookup_value (status, g_ptr_array_index (keys, i), NULL);
      g_autofree char *words = value_to_text (value);

      table_add (table, g_ptr_array_index (keys, i));
      table_add (table, words);
    }
  table_finish (table, 0, text);
  fputs (text->str, stdout);
}

int
command_status (int argc, char **argv)
{
  gboolean json = FALSE;
  const GOptionEntry entries[]
      = { { "json", 0, 0, G_OPTION_ARG_NONE, &json, "For programs", NULL }, { NULL } };
  g_autoptr (FramClient) client = NULL;
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GError) error = NULL;
  const char *version;
  int outcome;

  client = command_begin (entries, DESCRIPTION, &argc, &argv, &outcome);
  if (client == NULL)
    return outcome;
  status = fram_client_get_status_sync (client, NULL, &error);
  if (status == NULL)
    return command_report (error);
  version = fram_client_get_version (client);
  (json ? print_json : print_table) (version != NULL ? version : "unknown", status);
  return STATUS_DONE;
}
