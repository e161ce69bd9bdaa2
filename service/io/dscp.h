/* Differentiated services: the six bits in the IP header by which routers tell what is urgent.
 * (RFC 2474, RFC 8835 §4.2) */
#pragma once

#include "base/address.h"

#include <sys/socket.h>

/* Room for it in the control data of one message. */
#define FRAM_DSCP_CONTROL_SPACE CMSG_SPACE (sizeof (int))

/* Writes the control message that marks one datagram of that family. */
void fram_dscp_write (struct cmsghdr *control, FramFamily family, guint8 dscp);
/* All that a socket sends from now on, but for datagrams with a control message of their own. */
void fram_dscp_set (int fd, guint8 dscp);
