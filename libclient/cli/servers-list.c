/* `fram servers list`. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/json-rows.h"
#include "cli/servers.h"
#include "cli/terminal.h"

#define DESCRIPTION                                                                                                  \
  "Shows the servers that all sessions have, in order of preference; those that\n"                                   \
  "administrators give come first.  With --json it prints a list of objects: “id”,\n"                            \
  "“uri”, “name”, “enabled”, “credential”, “username”, “has_secret”, “storage” (where\n" \
  "the password is kept: “keyring”, “memory”, “file”, “administrator”, or empty),\n"                 \
  "“authority” (a file of certificates), “file” (an administrator's, or empty)."

/* org.fram.Ice1.Settings.AddServer: a session has at most so many of them. */
#define USED_MAX 8

static void
print_json (GPtrArray *servers)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < servers->len; i++)
    {
      const FramServer *row = g_ptr_array_index (servers, i);

      json_builder_begin_object (builder);
      json_add_text (builder, "id", row->id);
      json_add_text (builder, "uri", row->uri);
      json_add_text (builder, "name", row->name);
      json_add_flag (builder, "enabled", row->enabled);
      json_add_text (builder, "credential", row->credential);
      json_add_text (builder, "username", row->username);
      json_add_flag (builder, "has_secret", row->has_secret);
      json_add_text (builder, "storage", row->storage);
      json_add_text (builder, "authority", row->authority);
      json_add_text (builder, "file", row->file);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_print (builder);
}

static const char *
secret_for_people (const FramServer *row)
{
  if (g_str_equal (row->credential, "none"))
    return "-";
  if (!row->has_secret)
    return row->storage[0] != '\0' ? "in a locked keyring" : "missing";
  if (g_str_equal (row->storage, "keyring"))
    return "in the keyring";
  if (g_str_equal (row->storage, "memory"))
    return "in memory";
  if (g_str_equal (row->storage, "file"))
    return "in a file";
  return "known";
}

static void
print_table (GPtrArray *servers)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint n_enabled = 0;
  Table *table;

  if (servers->len == 0)
    {
      puts ("No servers.  To add one: fram servers add turn:HOST --user NAME");
      return;
    }
  table = table_new ("ID", "URI", "Name", "Used", "Credential", "User", "Password",
                     "Given by", NULL);
  for (guint i = 0; i < servers->len; i++)
    {
      const FramServer *row = g_ptr_array_index (servers, i);

      n_enabled += row->enabled;
      table_add (table, row->id);
      table_add (table, row->uri);
      table_add (table, row->name);
      table_add (table, !row->enabled           ? "no"
                        : n_enabled <= USED_MAX ? "yes"
                                                : "no, there are 8 before it");
      table_add (table, row->credential);
      table_add (table, row->username);
      table_add (table, secret_for_people (row));
      table_add (table, row->file[0] != '\0' ? row->file : "you");
    }
  table_finish (table, 0, text);
  fputs (text->str, stdout);
}

int
servers_list (int argc, char **argv)
{
  gboolean json = FALSE;
  const GOptionEntry entries[]
      = { { "json", 0, 0, G_OPTION_ARG_NONE, &json, "For programs", NULL }, { NULL } };
  g_autoptr (FramSettings) settings = NULL;
  g_autoptr (GPtrArray) servers = NULL;
  g_autoptr (GError) error = NULL;
  int outcome = servers_parse (entries, NULL, DESCRIPTION, &argc, &argv);

  if (outcome != STATUS_DONE || (settings = servers_open (&outcome)) == NULL)
    return outcome;
  servers = fram_settings_list_servers_sync (settings, NULL, &error);
  if (servers == NULL)
    return command_report (error);
  (json ? print_json : print_table) (servers);
  return STATUS_DONE;
}
