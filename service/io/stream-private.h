/* What the files of a stream share. */
#pragma once

#include "io/stream-framer.h"
#include "io/stream.h"

struct _FramStream
{
  guint n_references; /* the owner's, and one for each operation that is under way */
  gboolean is_over;   /* nobody is told anything any more */
  GMainContext *context;
  FramStreamTarget target;
  char *name;
  const FramStreamOwner *owner;
  gpointer user_data;
  GCancellable *cancellable;

  /* stream-connect.c */
  GSource *limit; /* NULL once it is open */
  GSocketClient *client;
  gboolean by_proxy;
  GTlsCertificateFlags objections; /* to the certificate */

  /* stream.c */
  GIOStream *connection; /* NULL until it is open */
  FramStreamFramer framer;
  guint8 *buffer;
  GByteArray *waiting;
  GByteArray *sending; /* or NULL */
  guint64 dropped;
};

/* stream.c */
/* Around the start of each operation: its answer comes to the stream's context. */
void fram_stream_begin (FramStream *stream);
void fram_stream_end (FramStream *stream);
/* At the end of each answer. */
void fram_stream_release (FramStream *stream);
/* Tells its owner, who may close it. */
void fram_stream_fail (FramStream *stream, FramStreamFailure failure,
                       const char *details);
/* Takes over the connection and begins to read. */
void fram_stream_open (FramStream *stream, GIOStream *connection,
                       const FramAddress *local);

/* stream-connect.c */
void fram_stream_connect (FramStream *stream, FramTime limit);
void fram_stream_stop_limit (FramStream *stream);
