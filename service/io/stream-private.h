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

  char *authority;

  /* stream-connect.c */
  GSource *limit; /* NULL once it is open */
  GSource *start; /* of what need not look for a proxy; or NULL */
  GSocketClient *client;
  gboolean by_proxy;
  GTlsCertificateFlags objections; /* to the certificate */

  guint8 *buffer;
  gboolean is_full;
  guint64 dropped;

  /* stream.c: TCP and TLS */
  GIOStream *connection; /* NULL until it is open */
  guint8 dscp;
  FramStreamFramer framer;
  GByteArray *waiting;
  GByteArray *sending; /* or NULL */

  /* stream-datagrams.c: DTLS */
  GDatagramBased *datagrams; /* NULL until it is open */
  GSource *readable, *writable;
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
/* Takes over the connection, which is by that socket, and begins to read. */
void fram_stream_open (FramStream *stream, GIOStream *connection, GSocket *socket);
/* Both tell the owner. */
void fram_stream_tell_opened (FramStream *stream, GSocket *socket);
void fram_stream_tell_room (FramStream *stream);

/* stream-connect.c */
void fram_stream_connect (FramStream *stream, FramTime limit);
void fram_stream_stop_connecting (FramStream *stream);

void fram_stream_tune (GSocket *socket);

/* stream-peer.c: a GSourceFunc. */
gboolean fram_stream_start_to_peer (gpointer stream);

/* stream-tls.c: each shakes hands, and then opens the stream. */
void fram_stream_start_tls (FramStream *stream, GSocketConnection *connection);
void fram_stream_start_dtls (FramStream *stream, GSocket *socket);

/* stream-datagrams.c */
void fram_stream_open_datagrams (FramStream *stream, GDatagramBased *datagrams,
                                 GSocket *socket);
void fram_stream_stop_datagrams (FramStream *stream);
void fram_stream_send_datagrams (FramStream *stream, const struct iovec *messages,
                                 guint n_messages, FramSendCounts *counts);
