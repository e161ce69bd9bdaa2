/* The direct path of one shared port: sockets of applications beside the service's, in one
 * group, to which the kernel deals out what arrives.
 *
 * A member that leaves a group is replaced by its last one, whose place changes by that.  So the
 * last ones are sockets of our own that nobody needs, ballast, at least as many as there are
 * applications: whatever those do with their descriptors, it is ballast that moves.  Each
 * socket is tried with a datagram before it is given away, and each has a filter that cannot be
 * taken off: what is not from its peer never reaches its reader, whoever moved what.
 *
 * All sockets are AF_INET6, also for IPv4: the kernel puts them behind those that are there, whereas
 * the newest of AF_INET comes first, and what arrives while that one is closed is lost.  A kernel
 * without IPv6 relays; addresses of it need not be there. */
#pragma once

#include "base/random.h"
#include "io/steering-program.h"

#include <gio/gio.h>

typedef struct _FramSteering FramSteering;
/* A socket of an application. */
typedef struct _FramSteered FramSteered;

/* `service_fd` is the first socket of the group at `address`; `interface` the one that it sends
 * by, or 0.  Both descriptors and `random` stay the caller's.  Errors: G_IO_ERROR. */
FramSteering *fram_steering_new (int service_fd, const FramAddress *address,
                                 guint32 interface, FramRandom *random, GError **error);
/* Ends all that is open. */
void fram_steering_free (FramSteering *steering);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramSteering, fram_steering_free)

/* Gives what `remote` sends a socket of its own, from now on; `ret_fd` is the application's, not
 * blocking and close-on-exec.  Errors: G_IO_ERROR; of them G_IO_ERROR_NO_SPACE: the port has as
 * many as it may. */
FramSteered *fram_steering_open (FramSteering *steering, const FramAddress *remote,
                                 int *ret_fd, GError **error);
/* The application can send and receive by it no more, from now on. */
void fram_steering_end (FramSteering *steering, FramSteered *steered);
/* The same for all of them; `ended` is told of each, which is gone then. */
void fram_steering_end_all (FramSteering *steering,
                            void (*ended) (FramSteered *steered, gpointer user_data),
                            gpointer user_data);
guint fram_steering_count (const FramSteering *steering);

/* Puts right what applications may have done to the group: to be called now and then.  Those
 * whose sockets are of no use any more are told by `lost`, which is to end them. */
void fram_steering_check (FramSteering *steering,
                          void (*lost) (FramSteered *steered, gpointer user_data),
                          gpointer user_data);

/* Marks what the application sends by it, until the application does otherwise. */
void fram_steered_set_dscp (FramSteered *steered, guint8 dscp);

/* For the owner's use. */
void fram_steered_set_data (FramSteered *steered, gpointer data);
gpointer fram_steered_get_data (const FramSteered *steered);
