/* What `fram connect --json` takes: one line as what it asks for. */
#pragma once

#include <fram.h>

typedef enum
{
  JSON_MESSAGE_DESCRIPTION,
  JSON_MESSAGE_CANDIDATE,
  JSON_MESSAGE_END,
  JSON_MESSAGE_SEND,
  JSON_MESSAGE_STATS,
  JSON_MESSAGE_RESTART,
  JSON_MESSAGE_QUIT,
} JsonMessageType;

typedef struct
{
  JsonMessageType type;
  FramDescription *description; /* DESCRIPTION */
  char *text;                   /* CANDIDATE: the line; SEND: what to send */
  guint stream;                 /* CANDIDATE, SEND */
} JsonMessage;

#define JSON_MESSAGE_ERROR (json_message_error_quark ())
GQuark json_message_error_quark (void);

typedef enum
{
  JSON_MESSAGE_ERROR_INVALID, /* no object, no known key, or a value of the wrong type */
} JsonMessageError;

void json_message_clear (JsonMessage *message);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (JsonMessage, json_message_clear)

/* Return: FALSE with `error` set if the line asks for nothing that is known. */
gboolean json_message_parse (const char *line, gsize length, JsonMessage *ret_message,
                             GError **error);
