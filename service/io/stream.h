/* A connection to a server by TCP or TLS, directly or through the proxy that the system's
 * settings ask for, and whole messages over it (io/stream-framer.h); or by DTLS, where each
 * datagram is a message (RFC 7350).  Or one with a peer by TCP, made here or there, whose messages
 * are in frames (RFC 4571).
 *
 * Nothing blocks, and nobody waits for ever: connecting has a limit, and what cannot be sent
 * fast enough is dropped as a datagram would be. */
#pragma once

#include "broker/broker.h"

#include "io/send-counts.h"

#include <gio/gio.h>
#include <sys/uio.h>

typedef struct _FramStream FramStream;

/* For all of connecting: proxy, TCP, TLS or DTLS. */
#define FRAM_STREAM_LIMIT FRAM_SECONDS (10)
/* What waits to be sent, in bytes; more is dropped. */
#define FRAM_STREAM_MAX_QUEUED (256 * 1024)
/* Of applications' data; what the protocols say finds room behind it. */
#define FRAM_STREAM_MAX_DATA (192 * 1024)
/* With so much of it waiting the stream is full: more would only come later. */
#define FRAM_STREAM_FULL (64 * 1024)

typedef struct
{
  FramBaseId id;
  /* Port 0: any; not used on the way to a proxy.  Another one, which a socket that listens has
   * too (io/listener.h): directly. */
  FramAddress bind;
  FramAddress remote;
  FramServerScheme scheme;
  FramKnownTransport transport; /* TCP, TLS or DTLS */
  const char *name;             /* what the certificate must be for */
  const char *authority;        /* a file (io/authority.h); NULL: the system's store */
  gboolean to_peer;             /* directly, by TCP, in frames */
  guint32
      way; /* of a peer: the index of the interface to send by; 0: as the kernel routes */
} FramStreamTarget;

/* Told from the context. All may close the stream, but what belongs to another one. */
typedef struct
{
  void (*opened) (gpointer user_data, FramBaseId id, const FramAddress *local);
  void (*receive) (gpointer user_data, FramBaseId id, const FramAddress *remote,
                   const guint8 *data, gsize length);
  /* It is of no use any more, and still to be closed. `details`: for people, or NULL. */
  void (*failed) (gpointer user_data, FramBaseId id, FramStreamFailure failure,
                  const char *details);
  /* After all that came at once, and after the others: the bytes of `receive` stay where they
   * are until then. */
  void (*turn_ended) (gpointer user_data);
  /* It was full, and is not any more. */
  void (*has_room) (gpointer user_data, FramBaseId id);
} FramStreamOwner;

/* Begins to connect; `limit` bounds that. `owner` must outlive it. */
FramStream *fram_stream_new (GMainContext *context, const FramStreamTarget *target,
                             FramTime limit, const FramStreamOwner *owner,
                             gpointer user_data);
/* A peer has connected, by the socket; `opened` is not told. */
FramStream *fram_stream_new_accepted (GMainContext *context,
                                      const FramStreamTarget *target, GSocket *socket,
                                      const FramStreamOwner *owner, gpointer user_data);
/* Nothing is told afterwards. */
void fram_stream_close (FramStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramStream, fram_stream_close)

/* One message; ChannelData without its padding. Dropped unless it is open. */
void fram_stream_send (FramStream *stream, const guint8 *data, gsize length);
/* Messages with applications' data, likewise, in order; none may be empty. */
void fram_stream_send_data (FramStream *stream, const struct iovec *messages,
                            guint n_messages, FramSendCounts *counts);
gboolean fram_stream_is_to_peer (const FramStream *stream);
/* Marks all that is sent by it, if it leads to a peer; others are shared. */
void fram_stream_set_dscp (FramStream *stream, guint8 dscp);
/* It is better to wait, until `has_room`. */
gboolean fram_stream_is_full (const FramStream *stream);
/* How many messages were dropped because too much was waiting. */
guint64 fram_stream_get_dropped (const FramStream *stream);
