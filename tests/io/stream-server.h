/* A STUN server over TCP or TLS on a loopback address, which may misbehave, and may stand
 * behind a proxy: then it is proxy and server in one. */
#pragma once

#include "base/address.h"

#include <gio/gio.h>

typedef enum
{
  STREAM_SERVER_ANSWERS,
  STREAM_SERVER_SILENT,  /* reads, and says nothing */
  STREAM_SERVER_CLOSES,  /* when it is asked */
  STREAM_SERVER_CUTS,    /* and closes in the middle of the answer */
  STREAM_SERVER_GARBAGE, /* answers as a web server would */
  STREAM_SERVER_FLOODS,  /* answers a thousand times */
  STREAM_SERVER_ECHOES,  /* whatever comes, as it comes */
  STREAM_SERVER_DEAF,    /* does not read */
  STREAM_SERVER_TURN,    /* gives data back as from their peers (turn_echo) */
  STREAM_SERVER_SLEEPS,  /* does not read until it is woken, then as the one before */
} StreamServerKind;

typedef enum
{
  STREAM_PROXY_NONE,
  STREAM_PROXY_HTTP,
  STREAM_PROXY_HTTP_REFUSES,
  STREAM_PROXY_SOCKS,
  STREAM_PROXY_HTTP_PASSWORD, /* these two ask for STREAM_PROXY_USER and …_PASSWORD */
  STREAM_PROXY_SOCKS_PASSWORD,
} StreamProxyKind;

#define STREAM_PROXY_USER "anna"
#define STREAM_PROXY_PASSWORD "secret"

#define STREAM_SERVER_FLOOD 1000

typedef struct
{
  GSocketService *service;
  GCancellable *end, *awake;
  StreamServerKind kind;
  StreamProxyKind proxy;
  GTlsCertificate *certificate; /* or NULL: TCP */
  FramAddress address;
  GMutex lock; /* of what follows: each connection has a thread */
  char *asked; /* of the proxy: where it was to go */
} StreamServer;

StreamServer *stream_server_new (StreamServerKind kind, StreamProxyKind proxy,
                                 GTlsCertificate *certificate);
/* It works in the thread's default context, as everything here. */
void stream_server_free (StreamServer *server);
/* One that sleeps. */
void stream_server_wake (StreamServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StreamServer, stream_server_free)
