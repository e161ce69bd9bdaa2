/* Rows and values of the service as JSON, for all commands that have --json. */
#pragma once

#include <fram.h>
#include <json-glib/json-glib.h>

/* Adds a member to the object that is being built. */
void json_add_text (JsonBuilder *builder, const char *name, const char *text);
void json_add_int (JsonBuilder *builder, const char *name, gint64 number);
void json_add_flag (JsonBuilder *builder, const char *name, gboolean flag);
/* Microseconds; null if negative. */
void json_add_time (JsonBuilder *builder, const char *name, gint64 microseconds);
/* Microseconds as milliseconds. */
void json_add_ms (JsonBuilder *builder, const char *name, gint64 microseconds);
/* A value of the bus, whatever its type. */
void json_add_variant (JsonBuilder *builder, const char *name, GVariant *value);
/* `pairs`: FramPair.  Times in microseconds, null where nothing was measured. */
void json_add_pairs (JsonBuilder *builder, const char *name, GPtrArray *pairs);

/* `row` as an object. */
void json_add_session (JsonBuilder *builder, FramSessionInfo *row, GPtrArray *pairs);

/* Prints what was built as one line, at once. */
void json_print (JsonBuilder *builder);
