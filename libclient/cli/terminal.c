#include "cli/terminal.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define CURSOR_HOME "\033[H"
#define CLEAR_TO_LINE_END "\033[K"
#define CLEAR_TO_SCREEN_END "\033[J"

#define USUAL_WIDTH 80
#define LEAST_WIDTH 40

/* Between two columns. */
#define GAP 2

struct _Table
{
  guint n_columns;
  GPtrArray *cells; /* the titles are the first row */
};

char *
terminal_safe (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *safe = g_string_new (NULL);

  for (const char *c = valid; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);

      g_string_append_unichar (
          safe, g_unichar_iscntrl (character) && character != '\t' ? 0xFFFD : character);
    }
  return g_string_free (safe, FALSE);
}

gboolean
terminal_is_there (void)
{
  return isatty (STDOUT_FILENO);
}

void
terminal_show (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  struct winsize size = { .ws_row = 24 };

  ioctl (STDOUT_FILENO, TIOCGWINSZ, &size);
  fputs (CURSOR_HOME, stdout);
  /* The last line of the screen is left free: to end it would scroll. */
  for (guint i = 0; lines[i] != NULL && (int) i < size.ws_row - 1; i++)
    {
      const char *end = g_utf8_strlen (lines[i], -1) > size.ws_col && size.ws_col > 0
                            ? g_utf8_offset_to_pointer (lines[i], size.ws_col)
                            : lines[i] + strlen (lines[i]);

      fprintf (stdout, "%.*s" CLEAR_TO_LINE_END "\n", (int) (end - lines[i]), lines[i]);
    }
  fputs (CLEAR_TO_SCREEN_END, stdout);
  fflush (stdout);
}

char *
terminal_duration (gint64 microseconds)
{
  if (microseconds < 0)
    return g_strdup ("-");
  return g_strdup_printf ("%.2f ms", microseconds / 1000.0);
}

char *
terminal_span (gint64 microseconds)
{
  static const struct
  {
    gint64 length; /* milliseconds */
    const char *unit;
  } units[] = {
    { 24 * 3600 * 1000, "days" },
    { 3600 * 1000, "h" },
    { 60 * 1000, "min" },
    { 1000, "s" },
  };
  gint64 milliseconds = microseconds / 1000;

  if (microseconds < 0)
    return g_strdup ("-");
  /* So small a number of a unit would be rough. */
  for (gsize i = 0; i < G_N_ELEMENTS (units); i++)
    if (milliseconds >= (i + 1 < G_N_ELEMENTS (units) ? 2 : 1) * units[i].length)
      return g_strdup_printf ("%" G_GINT64_FORMAT " %s", milliseconds / units[i].length,
                              units[i].unit);
  return g_strdup_printf ("%" G_GINT64_FORMAT " ms", milliseconds);
}

guint
terminal_width (void)
{
  struct winsize size = { 0 };

  if (ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return USUAL_WIDTH;
  return MAX (size.ws_col, LEAST_WIDTH);
}

void
terminal_append_wrapped (GString *out, const char *text, guint column, guint indent,
                         guint width)
{
  g_autofree char *safe = terminal_safe (text);
  g_auto (GStrv) words = g_strsplit (safe, " ", -1);
  gboolean first = TRUE;

  for (char **word = words; *word != NULL; word++)
    {
      guint length = g_utf8_strlen (*word, -1);

      if (!first && column + 1 + length > width)
        {
          g_string_append_printf (out, "\n%*s", indent, "");
          column = indent;
        }
      else if (!first)
        {
          g_string_append_c (out, ' ');
          column++;
        }
      g_string_append (out, *word);
      column += length;
      first = FALSE;
    }
  g_string_append_c (out, '\n');
}

Table *
table_new (const char *title, ...)
{
  Table *table = g_new0 (Table, 1);
  va_list titles;

  table->cells = g_ptr_array_new_with_free_func (g_free);
  va_start (titles, title);
  for (; title != NULL; title = va_arg (titles, const char *))
    table_add (table, title);
  va_end (titles);
  table->n_columns = table->cells->len;
  return table;
}

void
table_add (Table *table, const char *text)
{
  g_ptr_array_add (table->cells, terminal_safe (text));
}

void
table_add_printf (Table *table, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list values;

  va_start (values, format);
  text = g_strdup_vprintf (format, values);
  va_end (values);
  table_add (table, text);
}

static glong
column_width (Table *table, guint column)
{
  glong width = 0;

  for (guint i = column; i < table->cells->len; i += table->n_columns)
    width = MAX (width, g_utf8_strlen (g_ptr_array_index (table->cells, i), -1));
  return width;
}

static void
append_spaces (GString *text, glong n)
{
  while (n-- > 0)
    g_string_append_c (text, ' ');
}

void
table_finish (Table *table, guint indent, GString *text)
{
  g_autofree glong *widths = g_new (glong, table->n_columns);

  for (guint i = 0; i < table->n_columns; i++)
    widths[i] = column_width (table, i);
  for (guint i = 0; i < table->cells->len; i++)
    {
      const char *cell = g_ptr_array_index (table->cells, i);
      guint column = i % table->n_columns;

      if (column == 0)
        append_spaces (text, indent);
      g_string_append (text, cell);
      if (column + 1 < table->n_columns)
        append_spaces (text, widths[column] + GAP - g_utf8_strlen (cell, -1));
      else
        g_string_append_c (text, '\n');
    }
  g_ptr_array_unref (table->cells);
  g_free (table);
}
