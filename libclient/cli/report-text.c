/* A report for people: a line for each value, blocks for rows. */
#include "cli/report-content.h"
#include "cli/terminal.h"

static void append_value (GString *text, GVariant *value, guint indent);

/* Return: (transfer full): the value if it fits into a line; NULL: it has lines of its own. */
static char *
to_line (GVariant *value)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
      || g_variant_is_of_type (value, G_VARIANT_TYPE_OBJECT_PATH))
    return terminal_safe (g_variant_get_string (value, NULL));
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return g_strdup (g_variant_get_boolean (value) ? "yes" : "no");
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    {
      g_autofree const char **words = g_variant_get_strv (value, NULL);
      g_autofree char *joined = g_strjoinv (", ", (char **) words);

      return terminal_safe (joined);
    }
  if (g_variant_is_of_type (value, G_VARIANT_TYPE ("aa{sv}"))
      || g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT))
    return NULL;
  return g_variant_print (value, FALSE);
}

static void
append_member (GString *text, const char *name, GVariant *value, guint indent)
{
  g_autofree char *line = to_line (value);

  g_string_append_printf (text, "%*s%s:", (int) indent, "", name);
  if (line == NULL)
    {
      g_string_append_c (text, '\n');
      append_value (text, value, indent + 2);
    }
  else if (*line != '\0')
    g_string_append_printf (text, " %s\n", line);
  else
    g_string_append (text, " -\n");
}

static void
append_value (GString *text, GVariant *value, guint indent)
{
  GVariantIter iter;
  GVariant *child;
  const char *name;

  g_variant_iter_init (&iter, value);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT))
    {
      while (g_variant_iter_next (&iter, "{&sv}", &name, &child))
        {
          append_member (text, name, child, indent);
          g_variant_unref (child);
        }
      return;
    }
  if (g_variant_n_children (value) == 0)
    g_string_append_printf (text, "%*snone\n", (int) indent, "");
  for (guint i = 1; (child = g_variant_iter_next_value (&iter)) != NULL; i++)
    {
      g_string_append_printf (text, "%*s%u.\n", (int) indent, "", i);
      append_value (text, child, indent + 2);
      g_variant_unref (child);
    }
}

char *
report_to_text (GVariant *report)
{
  GString *text = g_string_new (NULL);

  append_value (text, report, 0);
  return g_string_free (text, FALSE);
}
