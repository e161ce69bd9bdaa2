/* The way of events to one reader: a SOCK_SEQPACKET socket pair, one event a datagram. */
#pragma once

#include <gio/gio.h>

typedef struct _FramEventSocket FramEventSocket;

/* `*ret_fd`: the reader's end, close-on-exec.  Errors: G_IO_ERROR. */
FramEventSocket *fram_event_socket_new (int *ret_fd, GError **error);
/* The reader gets what was sent, and then its end of file. */
void fram_event_socket_free (FramEventSocket *socket);

/* The service's end: it hangs up when the reader does. */
int fram_event_socket_get_fd (const FramEventSocket *socket);
/* Never waits: what does not fit is dropped, and the reader is told so by the next that does.
 * `now`: microseconds since 1970, UTC. */
void fram_event_socket_send (FramEventSocket *socket, const GString *text, gint64 now);
