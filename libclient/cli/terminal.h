/* What the commands print for people: text that is safe to show, tables, the screen. */
#pragma once

#include <glib.h>

/* Text of others without what a terminal would obey.  Return: (transfer full) */
char *terminal_safe (const char *text);

/* Whether standard output is a terminal. */
gboolean terminal_is_there (void);

/* Replaces what is on the screen by `text`, as far as there is room; without flicker. */
void terminal_show (const char *text);

/* Microseconds as "1.25 ms", or "-" if negative.  Return: (transfer full) */
char *terminal_duration (gint64 microseconds);

/* Microseconds for people, as "250 ms", "25 s", "3 min", "5 h", "4 days"; "-" if negative.
 * Return: (transfer full) */
char *terminal_span (gint64 microseconds);

/* The characters of a line: of the terminal, 80 where there is none, never fewer than 40. */
guint terminal_width (void);

/* Appends `text` in lines of at most `width` characters: what is too long goes on in the next
 * line, behind `indent` spaces.  The last line has `column` characters already.  Control
 * characters are replaced. */
void terminal_append_wrapped (GString *out, const char *text, guint column, guint indent,
                              guint width);

/* A table: columns as wide as they have to be. */
typedef struct _Table Table;

/* The titles of the columns, NULL at the end. */
Table *table_new (const char *title, ...) G_GNUC_NULL_TERMINATED;
/* Puts one cell after the other, row by row.  Control characters are replaced. */
void table_add (Table *table, const char *text);
void table_add_printf (Table *table, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* Appends the table to `text`, each line after `indent` spaces, and frees it. */
void table_finish (Table *table, guint indent, GString *text);
