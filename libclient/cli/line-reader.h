/* Lines from a descriptor, as they come, none longer than a limit. */
#pragma once

#include <glib.h>

typedef struct _LineReader LineReader;

typedef struct
{
  /* `line` without its end, followed by a NUL byte. */
  void (*line) (const char *line, gsize length, gpointer data);
  void (*too_long) (gpointer data); /* a line was longer, and was passed over */
  void (*ended) (gpointer data);    /* once, after the last line */
} LineReaderHandlers;

/* Begins paused.  The descriptor is not closed. */
LineReader *line_reader_new (int fd, gsize max_length, const LineReaderHandlers *handlers,
                             gpointer data);
/* Not from within a handler.  NULL is allowed. */
void line_reader_free (LineReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LineReader, line_reader_free)

void line_reader_pause (LineReader *reader);
/* May call handlers at once. */
void line_reader_resume (LineReader *reader);
