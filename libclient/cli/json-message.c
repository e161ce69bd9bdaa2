#include "cli/json-message.h"

#include <json-glib/json-glib.h>

G_DEFINE_QUARK (fram - json - message - error, json_message_error)

static gboolean
refuse_line (GError **error, const char *sentence)
{
  g_set_error_literal (error, JSON_MESSAGE_ERROR, JSON_MESSAGE_ERROR_INVALID, sentence);
  return FALSE;
}

static gboolean
refuse_member (GError **error, const char *key, const char *reason)
{
  g_set_error (error, JSON_MESSAGE_ERROR, JSON_MESSAGE_ERROR_INVALID, "“%s” %s", key,
               reason);
  return FALSE;
}

static gboolean
node_is (JsonNode *node, GType type)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

/* Return: FALSE if there is no such member, or with `error` set if it is no text. */
static gboolean
take_text (JsonObject *object, const char *key, char **ret_text, GError **error)
{
  JsonNode *node = json_object_get_member (object, key);

  if (node == NULL)
    return refuse_member (error, key, "is missing");
  if (!node_is (node, G_TYPE_STRING))
    return refuse_member (error, key, "must be a text");
  *ret_text = json_node_dup_string (node);
  return TRUE;
}

/* What `node`, the member or a part of it, has as a list of texts; none if it is NULL. */
static gboolean
read_texts (JsonNode *node, const char *key, char ***ret_texts, GError **error)
{
  g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();
  JsonArray *array;

  if (node != NULL && !JSON_NODE_HOLDS_ARRAY (node))
    return refuse_member (error, key, "must be a list");
  array = node != NULL ? json_node_get_array (node) : NULL;
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (!node_is (element, G_TYPE_STRING))
        return refuse_member (error, key, "must be a list of texts");
      g_strv_builder_add (texts, json_node_get_string (element));
    }
  *ret_texts = g_strv_builder_end (texts);
  return TRUE;
}

/* 0 if the member is absent. */
static gboolean
take_stream (JsonObject *object, guint *ret_stream, GError **error)
{
  JsonNode *node = json_object_get_member (object, "stream");

  if (node == NULL)
    return TRUE;
  if (!node_is (node, G_TYPE_INT64) || json_node_get_int (node) < 0
      || json_node_get_int (node) > G_MAXUINT32)
    return refuse_member (error, "stream", "must be a number, from 0");
  *ret_stream = (guint) json_node_get_int (node);
  return TRUE;
}

/* --- Descriptions ------------------------------------------------------------------ */

static gboolean
add_candidates (JsonNode *node, const char *key, FramDescription *description,
                guint stream, GError **error)
{
  g_auto (GStrv) lines = NULL;

  if (!read_texts (node, key, &lines, error))
    return FALSE;
  for (guint i = 0; lines[i] != NULL; i++)
    fram_description_add_candidate (description, stream, lines[i]);
  return TRUE;
}

/* Of one stream, or of several. */
static gboolean
take_candidates (JsonObject *object, FramDescription *description, GError **error)
{
  JsonNode *streams = json_object_get_member (object, "streams");
  JsonNode *candidates = json_object_get_member (object, "candidates");
  JsonArray *array;

  if (streams == NULL)
    return add_candidates (candidates, "candidates", description, 0, error);
  if (candidates != NULL)
    return refuse_member (error, "streams", "stands in place of “candidates”");
  if (!JSON_NODE_HOLDS_ARRAY (streams))
    return refuse_member (error, "streams", "must be a list");
  array = json_node_get_array (streams);
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (!add_candidates (json_array_get_element (array, i), "streams", description, i,
                         error))
      return FALSE;
  return TRUE;
}

static gboolean
take_pacing (JsonObject *object, FramDescription *description, GError **error)
{
  JsonNode *node = json_object_get_member (object, "pacing");

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!node_is (node, G_TYPE_INT64) || json_node_get_int (node) < 0
      || json_node_get_int (node) > G_MAXUINT32)
    return refuse_member (error, "pacing", "must be a number of milliseconds");
  fram_description_set_pacing (description, json_node_get_int (node));
  return TRUE;
}

static gboolean
take_end (JsonObject *object, FramDescription *description, GError **error)
{
  JsonNode *node = json_object_get_member (object, "end");

  if (node == NULL)
    return TRUE;
  if (!node_is (node, G_TYPE_BOOLEAN))
    return refuse_member (error, "end", "must be true or false");
  fram_description_set_complete (description, json_node_get_boolean (node));
  return TRUE;
}

static gboolean
take_description (JsonObject *object, JsonMessage *message, GError **error)
{
  g_autofree char *ufrag = NULL, *pwd = NULL;
  g_auto (GStrv) options = NULL;

  if (!take_text (object, "ufrag", &ufrag, error)
      || !take_text (object, "pwd", &pwd, error)
      || !read_texts (json_object_get_member (object, "options"), "options", &options,
                      error))
    return FALSE;
  message->type = JSON_MESSAGE_DESCRIPTION;
  message->description = fram_description_new (ufrag, pwd);
  fram_description_set_options (message->description, (const char *const *) options);
  return take_candidates (object, message->description, error)
         && take_pacing (object, message->description, error)
         && take_end (object, message->description, error);
}

/* A description may say that more candidates come; a line of its own need not. */
static gboolean
take_lone_end (JsonObject *object, JsonMessage *message, GError **error)
{
  JsonNode *node = json_object_get_member (object, "end");

  if (!node_is (node, G_TYPE_BOOLEAN) || !json_node_get_boolean (node))
    return refuse_member (error, "end", "must be true");
  message->type = JSON_MESSAGE_END;
  return TRUE;
}

static gboolean
take_message (JsonObject *object, JsonMessage *message, GError **error)
{
  if (json_object_has_member (object, "ufrag") || json_object_has_member (object, "pwd"))
    return take_description (object, message, error);
  if (json_object_has_member (object, "candidate"))
    {
      message->type = JSON_MESSAGE_CANDIDATE;
      return take_text (object, "candidate", &message->text, error)
             && take_stream (object, &message->stream, error);
    }
  if (json_object_has_member (object, "send"))
    {
      message->type = JSON_MESSAGE_SEND;
      return take_text (object, "send", &message->text, error)
             && take_stream (object, &message->stream, error);
    }
  if (json_object_has_member (object, "end"))
    return take_lone_end (object, message, error);
  if (json_object_has_member (object, "stats"))
    message->type = JSON_MESSAGE_STATS;
  else if (json_object_has_member (object, "restart"))
    message->type = JSON_MESSAGE_RESTART;
  else if (json_object_has_member (object, "quit"))
    message->type = JSON_MESSAGE_QUIT;
  else
    return refuse_line (error, "The line asks for nothing that is known");
  return TRUE;
}

gboolean
json_message_parse (const char *line, gsize length, JsonMessage *ret_message,
                    GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_auto (JsonMessage) message = { 0 };
  JsonNode *root;

  if (!g_utf8_validate (line, length, NULL))
    return refuse_line (error, "The line is not UTF-8");
  if (!json_parser_load_from_data (parser, line, length, error))
    return FALSE;
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return refuse_line (error, "The line is no JSON object");
  if (!take_message (json_node_get_object (root), &message, error))
    return FALSE;
  *ret_message = message;
  message = (JsonMessage){ 0 };
  return TRUE;
}

void
json_message_clear (JsonMessage *message)
{
  g_clear_object (&message->description);
  g_clear_pointer (&message->text, g_free);
}
