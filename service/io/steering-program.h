/* The classic BPF programs of a shared port: which socket of the group gets a datagram, and
 * what a socket of an application takes.  They are built here, and attached elsewhere.
 *
 * A group's program sees the UDP payload at offset 0.  STUN goes to the first socket, which is
 * the service's, and so does whatever nobody has claimed; a peer's data go to the socket of
 * their component.  The program knows peers by a hash of address and port: a stranger whose
 * hash is that of a peer ends at the filter of its socket, which compares all of it. */
#pragma once

#include "base/address.h"

#include <linux/filter.h>

/* A peer, and the place in the group of the socket that gets its data. */
typedef struct
{
  FramAddress remote;
  guint32 slot;
} FramSteeringEntry;

typedef struct
{
  FramAddress own; /* of the port; all peers are of its family */
  guint16
      probe_port; /* of our socket at that address whose datagrams say where they go */
  guint32 multiplier; /* of the hash, odd */
} FramSteeringFrame;

/* More sockets share no port: the program must fit what every kernel grants. */
#define FRAM_STEERING_MAX 500
/* Instructions. */
#define FRAM_STEERING_LENGTH 2048
#define FRAM_STEERING_FILTER_LENGTH 16

/* Writes the program of FRAM_STEERING_MAX entries at most.
 * Return: its length; 0: two of them have one hash, so another multiplier is needed. */
guint fram_steering_build (struct sock_filter ret_program[FRAM_STEERING_LENGTH],
                           const FramSteeringFrame *frame,
                           const FramSteeringEntry *entries, guint n_entries);
/* Writes a filter of a UDP socket: what comes from `remote` passes, and nothing else.
 * Return: its length. */
guint
fram_steering_build_filter (struct sock_filter ret_filter[FRAM_STEERING_FILTER_LENGTH],
                            const FramAddress *remote);
