/* One JSON object a line, in and out: how the tests talk to a peer.
 *
 * What comes in is handed to a function, what goes out is a builder that is written as one
 * line.  A line that is no JSON object is answered with {"ev":"error"} and passed over. */
#pragma once

#include <json-glib/json-glib.h>

typedef struct _JsonLines JsonLines;

typedef void (*JsonLinesFunc) (JsonObject *message, gpointer user_data);

/* Longest line taken, in bytes; a longer one ends the input. */
#define JSON_LINES_MAX (256 * 1024)

/* Reads `fd` in the thread's default context.  `ended` is called once, at the end of the
 * input. */
JsonLines *json_lines_new (int fd, JsonLinesFunc func, GFunc ended, gpointer user_data);
void json_lines_free (JsonLines *lines);

/* Return: (transfer full): a builder inside an object whose "ev" is `event`. */
JsonBuilder *json_lines_begin (const char *event);
void json_lines_set_string (JsonBuilder *builder, const char *name, const char *value);
void json_lines_set_int (JsonBuilder *builder, const char *name, gint64 value);
void json_lines_set_double (JsonBuilder *builder, const char *name, double value);
/* `values` (element-type utf8) */
void json_lines_set_strings (JsonBuilder *builder, const char *name, GPtrArray *values);
/* Ends the object, writes it to standard output and frees the builder. */
void json_lines_write (JsonBuilder *builder);
void json_lines_write_error (const char *sentence);
