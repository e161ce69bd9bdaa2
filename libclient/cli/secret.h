/* Passwords as the commands take them: out of a file, from standard input, or typed on the
 * terminal; never as an argument, which everybody sees who lists the processes. */
#pragma once

#include <gio/gio.h>

/* What org.fram.Ice1.Settings takes. */
#define SECRET_MAX 1024

typedef struct
{
  gsize length;
  char text[SECRET_MAX + 2]; /* ends with a NUL; room for the CR of a line that ends so */
} Secret;

#define SECRET_ERROR (secret_error_quark ())
GQuark secret_error_quark (void);

typedef enum
{
  SECRET_ERROR_UNREADABLE,  /* there is no such file, or it cannot be read */
  SECRET_ERROR_INVALID,     /* it is empty, too long, or no text */
  SECRET_ERROR_INTERRUPTED, /* by a signal, while it was typed */
} SecretError;

/* Wipes it. */
void secret_clear (Secret *secret);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Secret, secret_clear)

/* Reads the first line of the file, or of standard input if it is called `-`; nothing after
 * that line is read.  Return: FALSE with `error` set. */
gboolean secret_read (const char *path, Secret *ret_secret, GError **error);

/* Whether there is somebody who can be asked. */
gboolean secret_can_ask (void);

/* Asks on the terminal, without showing what is typed.  Return: FALSE with `error` set. */
gboolean secret_ask (const char *question, Secret *ret_secret, GError **error);
