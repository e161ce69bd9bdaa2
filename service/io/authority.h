/* The authorities that a server's entry names instead of the system's: a file of certificates
 * (PEM).  A session may name any file, so what cannot be one is not read. */
#pragma once

#include <gio/gio.h>

#define FRAM_AUTHORITY_MAX (1024 * 1024) /* bytes */

/* Return: NULL if the file cannot be read or has no certificate.  Errors: G_IO_ERROR,
 * G_TLS_ERROR, each a sentence's end for people. */
GTlsDatabase *fram_authority_open (const char *path, GError **error);
