/* Reads passwords that came as a descriptor, without ever waiting for who writes them. */
#pragma once

#include <gio/gio.h>

typedef struct _FramPasswordReader FramPasswordReader;

/* The end of a reading: `length` bytes are in the buffer, or `error` says why not. Called from
 * the loop; the reader is freed afterwards. */
typedef void (*FramPasswordsRead) (gsize length, const GError *error, gpointer user_data);

/* How long the writer may take. */
#define FRAM_PASSWORDS_TIMEOUT (3 * G_TIME_SPAN_SECOND)

/* Reads `fd`, a pipe or a memfd that stays the caller's, to its end into `buffer`, which must
 * live until then.  A memfd is read from its beginning.  `what`: how errors call it, a
 * constant.
 * Return: NULL with FRAM_BROKER_ERROR_INVALID_ARGUMENT if it is neither. */
FramPasswordReader *fram_password_reader_new (int fd, const char *what, char *buffer,
                                              gsize size, FramPasswordsRead done,
                                              gpointer user_data, GError **error);
/* Stops without calling back; not within the callback. */
void fram_password_reader_free (FramPasswordReader *reader);
