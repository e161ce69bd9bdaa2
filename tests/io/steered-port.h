/* A shared port on loopback, its service's socket, and peers that send to it. */
#pragma once

#include "io/steering.h"
#include "io/udp-socket.h"

typedef struct
{
  FramFamily family;
  FramAddress address; /* the port's */
  FramUdpSocket *service;
  FramRandom random;
  FramSteering *steering;
} Port;

typedef struct
{
  FramAddress address;
  int fd; /* the peer's */
  FramSteered *steered;
  int app; /* the application's; -1: it has none */
} Peer;

void port_init (Port *port, FramFamily family);
void port_clear (Port *port);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Port, port_clear)

/* A peer, and a socket of an application for it. */
void peer_init (Peer *peer, FramFamily family);
void peer_open (Peer *peer, Port *port);
/* As the service does when a session ends. */
void peer_end (Peer *peer, Port *port);
void peer_clear (Peer *peer);

void peer_send (const Peer *peer, const Port *port, const void *data, gsize length);
/* What the application's socket, or the service's, has at once. */
gboolean app_has (const Peer *peer, const void *data, gsize length);
gboolean service_has (const Port *port, const void *data, gsize length);
/* Nothing more is there. */
gboolean is_empty (int fd);
/* The application connects to its peer, or to another. */
void app_connect (const Peer *peer, const FramAddress *to);
/* The application sends to its peer.  Return: 0, or errno. */
int app_send (const Peer *peer, const void *data, gsize length);
gboolean peer_has (const Peer *peer, const void *data, gsize length);

/* Looks after the group; those that are lost end. Return: how many. */
guint port_check (Port *port);

/* A test with either family as its data. */
#define TEST_BOTH(path, function)                                                        \
  g_test_add_data_func (path "/ipv4", GINT_TO_POINTER (FRAM_FAMILY_IPV4), function);     \
  g_test_add_data_func (path "/ipv6", GINT_TO_POINTER (FRAM_FAMILY_IPV6), function)
