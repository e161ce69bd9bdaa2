/* What a column of a table shows: declared in arrays, next to the page that has the table. */
#pragma once

#include <fram.h>

typedef enum
{
  PANEL_COLUMN_PLAIN = 0,
  PANEL_COLUMN_LIVE = 1 << 0,   /* its values change: an order by it is made anew */
  PANEL_COLUMN_WIDE = 1 << 1,   /* is left out of narrow windows */
  PANEL_COLUMN_EXTRA = 1 << 2,  /* is hidden until somebody wants it */
  PANEL_COLUMN_EXPAND = 1 << 3, /* takes the room that is left */
  PANEL_COLUMN_WRAP = 1 << 4    /* its text has two lines in narrow windows */
} PanelColumnFlags;

/* How the value of a property becomes a text. */
typedef enum
{
  PANEL_FORMAT_TEXT,     /* as it is; a dash for nothing */
  PANEL_FORMAT_WORD,     /* "in-progress" is "In progress" */
  PANEL_FORMAT_FLAG,     /* "yes", or a dash */
  PANEL_FORMAT_NUMBER,   /* from here on they are numbers */
  PANEL_FORMAT_DURATION, /* "12 ms" */
  PANEL_FORMAT_SPAN,     /* "20 s" */
  PANEL_FORMAT_AGE,      /* "20 s ago" */
  PANEL_FORMAT_BYTES,
  PANEL_FORMAT_RATE,
  PANEL_FORMAT_TIME, /* seconds since 1970 */
} PanelFormat;

typedef struct
{
  const char *property; /* of the rows; names the column where it is remembered, too */
  const char *title;
  int chars; /* its usual width */
  PanelFormat format;
  PanelColumnFlags flags;

  /* Instead of the property, where one value does not tell enough; sorted by as text unless
   * the format is a number's.  Return: (transfer full). */
  char *(*text) (FramRow *row);

  /* The name of an icon before the text, or NULL; may be NULL itself. */
  const char *(*icon) (FramRow *row);

  /* A style class for the cell, or NULL; may be NULL itself. */
  const char *(*style) (FramRow *row);
} PanelColumn;

/* What the cell of a row says.  Return: (transfer full). */
char *panel_column_get_text (const PanelColumn *self, FramRow *row);

/* As strcmp(). */
int panel_column_compare (const PanelColumn *self, FramRow *a, FramRow *b);

gboolean panel_column_is_number (const PanelColumn *self);
