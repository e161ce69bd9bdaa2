/* The secrets of servers in a file (0600) of their own, for those who have chosen that.
 *
 *     Fram secrets 1
 *     ID ORIGIN BASE64
 *
 * Base64 is no protection; it lets each line be a line. */
#pragma once

#include <glib.h>

typedef struct
{
  char *origin; /* fram_server_entry_get_origin() */
  char *secret;
} FramStoredSecret;

/* Frees it, and wipes the secret. */
void fram_stored_secret_free (FramStoredSecret *stored);

/* Return: (transfer full): id -> FramStoredSecret; those of a file that is there, or none.
 * NULL with FRAM_STORE_ERROR. */
GHashTable *fram_secrets_file_read (const char *path, GError **error);
/* Makes it the file; without a secret there is no file.  On the disk when it returns.
 * FALSE with FRAM_STORE_ERROR: it is what it was. */
gboolean fram_secrets_file_write (const char *path, GHashTable *secrets, GError **error);
