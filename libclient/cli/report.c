/* `fram report`: the whole state, for who reports that something is wrong. */
#include <json-glib/json-glib.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/report-content.h"
#include "cli/report-mask.h"

#define DESCRIPTION                                                                      \
  "Writes the whole state of the service to FILE, or to standard output: versions,\n"    \
  "status, settings, the network, all sessions with their candidates and pairs.  "       \
  "There\n"                                                                              \
  "is no password in it.  With --mask, IP addresses, user names, labels and the name "   \
  "of\n"                                                                                 \
  "the network are replaced by others that only tell which are the same."

static char *
to_json (GVariant *report)
{
  g_autoptr (JsonNode) root = json_gvariant_serialize (report);
  g_autofree char *json = json_to_string (root, TRUE);

  return g_strconcat (json, "\n", NULL);
}

/* Others need not read it. */
static gboolean
write_out (const char *file, const char *text, GError **error)
{
  if (file != NULL)
    return g_file_set_contents_full (file, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                     error);
  fputs (text, stdout);
  return TRUE;
}

static GVariant *
mask_all (GVariant *report)
{
  g_autoptr (ReportMask) mask = report_mask_new ();

  return g_variant_ref_sink (report_mask_variant (mask, report));
}

int
command_report_state (int argc, char **argv)
{
  gboolean json = FALSE, mask = FALSE, history = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "For programs", NULL },
    { "mask", 0, 0, G_OPTION_ARG_NONE, &mask, "Without what is private", NULL },
    { "history", 0, 0, G_OPTION_ARG_NONE, &history, "With sessions that have ended",
      NULL },
    { NULL },
  };
  GOptionGroup *group = g_option_group_new ("report", "", "", NULL, NULL);
  g_autoptr (FramClient) client = NULL;
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  int status;

  g_option_group_add_entries (group, entries);
  status = command_parse ("[FILE]", DESCRIPTION, group, 1, &argc, &argv);
  if (status != STATUS_DONE)
    return status;
  client = command_find_service (&status);
  if (client == NULL)
    return status;
  report = report_gather (client, history, &error);
  if (report == NULL)
    return command_report (error);
  if (mask)
    {
      GVariant *masked = mask_all (report);

      g_variant_unref (report);
      report = masked;
    }
  text = json ? to_json (report) : report_to_text (report);
  if (!write_out (argc > 1 ? argv[1] : NULL, text, &error))
    return command_report (error);
  return STATUS_DONE;
}
