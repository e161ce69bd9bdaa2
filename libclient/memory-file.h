/* Secrets on their way to the service: not in a message, which others can read, but in a
 * memory file, sealed so that its reader need not fear that it changes. */
#pragma once

#include <gio/gio.h>
#include <sys/uio.h>

/* A file that holds the `n` parts one after the other, at its beginning.
 *
 * Return: (transfer full): the descriptor, -1 with `error` set. */
int fram_memory_file_new (const struct iovec *parts, gsize n, GError **error);
