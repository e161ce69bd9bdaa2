/* A server over DTLS on a loopback address, for one client; it may misbehave. */
#pragma once

#include "base/address.h"

#include <gio/gio.h>

typedef enum
{
  DATAGRAM_SERVER_TURN,    /* gives data back as from their peers (turn_echo) */
  DATAGRAM_SERVER_CLOSES,  /* when the first message has come */
  DATAGRAM_SERVER_GARBAGE, /* is no DTLS server, and says so in its way */
  DATAGRAM_SERVER_SILENT,
} DatagramServerKind;

typedef struct
{
  DatagramServerKind kind;
  GTlsCertificate *certificate;
  GSocket *socket;
  GCancellable *end;
  GThread *thread;
  FramAddress address;
} DatagramServer;

DatagramServer *datagram_server_new (DatagramServerKind kind,
                                     GTlsCertificate *certificate);
void datagram_server_free (DatagramServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DatagramServer, datagram_server_free)
