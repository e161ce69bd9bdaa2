#include "widgets/panel-column.h"
#include "model/format.h"

gboolean
panel_column_is_number (const PanelColumn *self)
{
  return self->format >= PANEL_FORMAT_NUMBER;
}

static char *
number_text (PanelFormat format, gint64 value)
{
  switch (format)
    {
    case PANEL_FORMAT_DURATION:
      return format_duration (value);
    case PANEL_FORMAT_SPAN:
      return format_span (value);
    case PANEL_FORMAT_AGE:
      return format_age (value);
    case PANEL_FORMAT_BYTES:
      return format_bytes (value);
    case PANEL_FORMAT_RATE:
      return format_rate (value);
    case PANEL_FORMAT_TIME:
      return format_time (value);
    case PANEL_FORMAT_TEXT:
    case PANEL_FORMAT_WORD:
    case PANEL_FORMAT_FLAG:
    case PANEL_FORMAT_NUMBER:
      break;
    }
  return format_count (value);
}

char *
panel_column_get_text (const PanelColumn *self, FramRow *row)
{
  if (self->text != NULL)
    return self->text (row);
  if (self->format == PANEL_FORMAT_FLAG)
    return g_strdup (fram_row_get_boolean (row, self->property) ? "yes"
                                                                : format_or_dash (NULL));
  if (self->format == PANEL_FORMAT_WORD)
    return format_title (format_or_dash (fram_row_get_string (row, self->property)));
  if (self->format == PANEL_FORMAT_TEXT)
    return g_strdup (format_or_dash (fram_row_get_string (row, self->property)));
  return number_text (self->format, fram_row_get_number (row, self->property));
}

static int
compare_texts (const PanelColumn *self, FramRow *a, FramRow *b)
{
  g_autofree char *first = panel_column_get_text (self, a);
  g_autofree char *second = panel_column_get_text (self, b);
  g_autofree char *key = g_utf8_collate_key_for_filename (first, -1);
  g_autofree char *other = g_utf8_collate_key_for_filename (second, -1);

  return strcmp (key, other);
}

int
panel_column_compare (const PanelColumn *self, FramRow *a, FramRow *b)
{
  if (panel_column_is_number (self))
    {
      guint64 first = fram_row_get_number (a, self->property);
      guint64 second = fram_row_get_number (b, self->property);

      /* What is not known, -1, comes last in this order. */
      return first < second ? -1 : first > second;
    }
  if (self->format == PANEL_FORMAT_FLAG)
    return fram_row_get_boolean (b, self->property)
           - fram_row_get_boolean (a, self->property);
  return compare_texts (self, a, b);
}
