/* `fram config`: the settings, shown and changed. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/config-value.h"
#include "cli/json-rows.h"
#include "cli/terminal.h"

#define PARAMETERS "list|get KEY|set KEY VALUE|reset KEY"

static const char description[]
    = "Shows and changes the settings, which are the same for all applications of this\n"
      "user.  A change acts at once and is kept; “reset” goes back to the default.\n\n"
      "Settings:\n"
      "  linger            seconds that an unused socket keeps its port: -1 (always),\n"
      "                    0 (off), or up to 86400\n"
      "  vpn               whether VPN and other point-to-point interfaces are used:\n"
      "                    true or false\n"
      "  interfaces-allow  the only interfaces to use: names with commas between them,\n"
      "                    * and ? stand for any characters and for any one; '' for all\n"
      "  interfaces-deny   interfaces not to use, even if they are allowed; in the same\n"
      "                    way\n"
      "  history           whether the sessions of the last 30 days are remembered;\n"
      "                    turned off, they are erased: true or false\n"
      "  nat-probing       whether the behaviour of NATs is found out in the "
      "background:\n"
      "                    true or false\n"
      "  policy            which ways sessions use that do not say it themselves: all;\n"
      "                    mdns (with names in place of this computer's own "
      "addresses);\n"
      "                    nohost (without showing this computer's own addresses); "
      "relay\n"
      "                    (TURN servers alone)\n"
      "  families          both, ipv4 or ipv6\n"
      "  port-range        the UDP ports of this computer to use, as 40000-40999; any\n"
      "  secrets-file      whether passwords of servers are kept in a file that is not\n"
      "                    encrypted, instead of the keyring: true or false\n\n"
      "Administrators' files, /etc/fram/conf.d/*.conf, may give other defaults and lock\n"
      "settings.  With --json, “list” prints a list of objects and “get” one: “name”,\n"
      "“value”, “default”, “origin” (“default”, “administrator” or “user”), “lock” (a\n"
      "file, or empty), “summary”, “allowed”.  What is the matter with the files is "
      "told\n"
      "by “list” on standard error.  “fram servers” keeps the servers.";

typedef struct
{
  FramSettings *settings;
  gboolean json;
} Config;

/* --- Showing ----------------------------------------------------------------------- */

static void
json_add_setting (JsonBuilder *builder, const FramSetting *row)
{
  json_builder_begin_object (builder);
  json_add_text (builder, "name", row->name);
  json_add_variant (builder, "value", row->value);
  json_add_variant (builder, "default", row->fallback);
  json_add_text (builder, "origin", row->origin);
  json_add_text (builder, "lock", row->lock);
  json_add_text (builder, "summary", row->summary);
  json_add_text (builder, "allowed", row->allowed);
  json_builder_end_object (builder);
}

static const char *
origin_for_people (const FramSetting *row)
{
  return row->lock[0] != '\0' ? "administrator, locked" : row->origin;
}

static void
print_table (GPtrArray *rows)
{
  g_autoptr (GString) text = g_string_new (NULL);
  Table *table = table_new ("Setting", "Value", "Decided by", "What it decides", NULL);

  for (guint i = 0; i < rows->len; i++)
    {
      const FramSetting *row = g_ptr_array_index (rows, i);
      g_autofree char *value = config_value_to_text (row->value);

      table_add (table, row->name);
      table_add (table, value);
      table_add (table, origin_for_people (row));
      table_add (table, row->summary);
    }
  table_finish (table, 0, text);
  fputs (text->str, stdout);
}

static void
print_list (const Config *config, GPtrArray *rows)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (!config->json)
    {
      print_table (rows);
      return;
    }
  builder = json_builder_new ();
  json_builder_begin_array (builder);
  for (guint i = 0; i < rows->len; i++)
    json_add_setting (builder, g_ptr_array_index (rows, i));
  json_builder_end_array (builder);
  json_print (builder);
}

static void
print_one (const Config *config, const FramSetting *row)
{
  g_autofree char *value = config_value_to_text (row->value);
  g_autofree char *safe = terminal_safe (value);
  g_autoptr (JsonBuilder) builder = NULL;

  if (!config->json)
    {
      puts (safe);
      return;
    }
  builder = json_builder_new ();
  json_add_setting (builder, row);
  json_print (builder);
}

/* What is the matter with the files is no matter for who reads standard output. */
static gboolean
print_problems (const Config *config, GError **error)
{
  g_auto (GStrv) problems
      = fram_settings_list_problems_sync (config->settings, NULL, error);

  for (guint i = 0; problems != NULL && problems[i] != NULL; i++)
    {
      g_autofree char *safe = terminal_safe (problems[i]);

      g_printerr ("fram: %s\n", safe);
    }
  return problems != NULL;
}

/* --- Commands ------------------------------------------------------------------------ */

static FramSetting *
find (GPtrArray *rows, const char *name, GError **error)
{
  for (guint i = 0; i < rows->len; i++)
    {
      FramSetting *row = g_ptr_array_index (rows, i);

      if (g_str_equal (row->name, name))
        return row;
    }
  g_set_error (error, FRAM_ERROR, FRAM_ERROR_NO_SETTING,
               "There is no setting “%s”; “fram config list” tells which there are",
               name);
  return NULL;
}

static gboolean
set (const Config *config, const FramSetting *row, const char *text, GError **error)
{
  g_autoptr (GVariant) value = config_value_from_text (row, text, error);
  GVariantDict values;

  if (value == NULL)
    return FALSE;
  g_variant_dict_init (&values, NULL);
  g_variant_dict_insert_value (&values, row->name, value);
  return fram_settings_set_values_sync (config->settings, g_variant_dict_end (&values),
                                        NULL, error);
}

static gboolean
reset (const Config *config, const FramSetting *row, GError **error)
{
  const char *names[] = { row->name, NULL };

  return fram_settings_reset_sync (config->settings, names, NULL, error);
}

/* `words`: the verb, the key, the value; as many as it takes. */
static gboolean
run (const Config *config, const char *const *words, GError **error)
{
  g_autoptr (GPtrArray) rows = fram_settings_list_sync (config->settings, NULL, error);
  gboolean is_list = g_str_equal (words[0], "list"), done = TRUE;
  FramSetting *row = NULL;

  if (rows == NULL)
    return FALSE;
  if (!is_list && (row = find (rows, words[1], error)) == NULL)
    return FALSE;
  if (is_list)
    {
      print_list (config, rows);
      return print_problems (config, error);
    }
  if (g_str_equal (words[0], "set"))
    done = set (config, row, words[2], error);
  else if (g_str_equal (words[0], "reset"))
    done = reset (config, row, error);
  else
    print_one (config, row);
  return done;
}

static int
check_usage (const char *const *words)
{
  static const struct
  {
    const char *verb;
    guint n_words;
    const char *wants;
  } verbs[] = {
    { "list", 1, "no key" },
    { "get", 2, "a key" },
    { "set", 3, "a key and a value" },
    { "reset", 2, "a key" },
  };

  for (gsize i = 0; words[0] != NULL && i < G_N_ELEMENTS (verbs); i++)
    if (g_str_equal (words[0], verbs[i].verb))
      {
        if (g_strv_length ((char **) words) == verbs[i].n_words)
          return STATUS_DONE;
        g_printerr ("fram: “fram config %s” takes %s\n", verbs[i].verb, verbs[i].wants);
        return STATUS_USAGE;
      }
  g_printerr ("fram: “fram config” takes one of " PARAMETERS "\n"
              "“fram config --help” tells more.\n");
  return STATUS_USAGE;
}

/* The first argument that is a negative number, and no option.  Return: it, or NULL; it is
 * not in `argv` any more. */
static char *
take_negative (int *argc, char **argv)
{
  for (int i = 1; i < *argc; i++)
    if (argv[i][0] == '-' && g_ascii_isdigit (argv[i][1]))
      {
        char *found = argv[i];

        memmove (&argv[i], &argv[i + 1], sizeof *argv * (*argc - i));
        *argc -= 1;
        return found;
      }
  return NULL;
}

int
command_config (int argc, char **argv)
{
  Config config = { NULL };
  const GOptionEntry entries[]
      = { { "json", 0, 0, G_OPTION_ARG_NONE, &config.json, "For programs", NULL },
          { NULL } };
  GOptionGroup *group = g_option_group_new ("config", "", "", NULL, NULL);
  char *negative = take_negative (&argc, argv);
  g_autoptr (FramClient) client = NULL;
  g_autoptr (FramSettings) settings = NULL;
  g_autoptr (GError) error = NULL;
  const char *words[5] = { NULL };
  int outcome;

  g_option_group_add_entries (group, entries);
  outcome = command_parse (PARAMETERS, description, group, 3, &argc, &argv);
  if (outcome != STATUS_DONE)
    return outcome;
  for (int i = 1; i < argc; i++)
    words[i - 1] = argv[i];
  words[argc - 1] = negative;
  outcome = check_usage (words);
  if (outcome != STATUS_DONE)
    return outcome;
  client = command_find_service (&outcome);
  if (client == NULL)
    return outcome;
  config.settings = settings = fram_settings_new (client);
  return run (&config, words, &error) ? STATUS_DONE : command_report_refusal (error);
}
