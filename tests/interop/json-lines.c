#include "json-lines.h"

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <stdio.h>

struct _JsonLines
{
  GDataInputStream *input;
  GCancellable *cancellable;
  JsonLinesFunc func;
  GFunc ended;
  gpointer user_data;
};

static void read_next (JsonLines *lines);

static void
take_line (JsonLines *lines, const char *line)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  if (!json_parser_load_from_data (parser, line, -1, &error))
    {
      json_lines_write_error (error->message);
      return;
    }

  JsonNode *root = json_parser_get_root (parser);

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      json_lines_write_error ("A line must be a JSON object");
      return;
    }
  lines->func (json_node_get_object (root), lines->user_data);
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JsonLines *lines = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = g_data_input_stream_read_line_finish_utf8 (
      G_DATA_INPUT_STREAM (source), result, NULL, &error);

  /* Cancelled means that `lines` is gone. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL)
    json_lines_write_error (error->message);
  if (line == NULL)
    {
      lines->ended (lines, lines->user_data);
      return;
    }

  if (*line != '\0')
    take_line (lines, line);
  read_next (lines);
}

static void
read_next (JsonLines *lines)
{
  g_data_input_stream_read_line_async (lines->input, G_PRIORITY_DEFAULT,
                                       lines->cancellable, on_line, lines);
}

JsonLines *
json_lines_new (int fd, JsonLinesFunc func, GFunc ended, gpointer user_data)
{
  JsonLines *lines = g_new0 (JsonLines, 1);
  g_autoptr (GInputStream) raw = g_unix_input_stream_new (fd, FALSE);

  lines->input = g_data_input_stream_new (raw);
  g_buffered_input_stream_set_buffer_size (G_BUFFERED_INPUT_STREAM (lines->input),
                                           JSON_LINES_MAX);
  lines->cancellable = g_cancellable_new ();
  lines->func = func;
  lines->ended = ended;
  lines->user_data = user_data;
  read_next (lines);
  return lines;
}

void
json_lines_free (JsonLines *lines)
{
  g_cancellable_cancel (lines->cancellable);
  g_object_unref (lines->cancellable);
  g_object_unref (lines->input);
  g_free (lines);
}

JsonBuilder *
json_lines_begin (const char *event)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_lines_set_string (builder, "ev", event);
  return builder;
}

void
json_lines_set_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

void
json_lines_set_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

void
json_lines_set_double (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, value);
}

void
json_lines_set_strings (JsonBuilder *builder, const char *name, GPtrArray *values)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < values->len; i++)
    json_builder_add_string_value (builder, g_ptr_array_index (values, i));
  json_builder_end_array (builder);
}

void
json_lines_write (JsonBuilder *builder)
{
  json_builder_end_object (builder);

  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *line = json_to_string (root, FALSE);

  printf ("%s\n", line);
  fflush (stdout);
  g_object_unref (builder);
}

void
json_lines_write_error (const char *sentence)
{
  JsonBuilder *builder = json_lines_begin ("error");

  json_lines_set_string (builder, "message", sentence);
  json_lines_write (builder);
}
