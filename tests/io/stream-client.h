/* A stream under test, and what it told. */
#pragma once

#include "io/stream.h"
#include "stun/message.h"

typedef struct
{
  FramStream *stream; /* NULL once it is closed */
  FramStunId id;
  gboolean is_open;
  FramAddress local;
  guint n_messages;
  FramAddress mapped; /* of the last answer to a question, or NONE */
  GByteArray *received;
  gboolean failed;
  FramStreamFailure failure;
  char *details;
  guint n_turns;
  guint n_rooms;  /* how often it was not full any more */
  guint close_at; /* closes it at this message, 1 being the first; 0: does not */
} StreamClient;

/* First of all: the settings of this machine do not count, but those of the test do. */
void stream_client_take_proxies (void);
/* NULL: there is none. */
void stream_client_set_proxy (const char *uri);

/* `remote` at its port; by TLS, if there is a name. */
StreamClient *stream_client_new (const FramAddress *remote, FramServerScheme scheme,
                                 const char *name, FramTime limit);
/* The same, by any transport; the authority may be NULL. */
StreamClient *stream_client_new_by (FramKnownTransport transport,
                                    const FramAddress *remote, const char *name,
                                    const char *authority, FramTime limit);
void stream_client_free (StreamClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StreamClient, stream_client_free)

/* All turn the default context; the test fails if nothing comes of it for long. */
void stream_client_await_open (StreamClient *client);
void stream_client_await_failure (StreamClient *client, FramStreamFailure expected,
                                  const char *in_details);
void stream_client_await_messages (StreamClient *client, guint n);
/* Turns it until there is nothing to do at this moment. */
void stream_client_settle (void);

/* Sends a Binding request. */
void stream_client_ask (StreamClient *client);
/* Asks and awaits the answer. */
void stream_client_exchange (StreamClient *client);
