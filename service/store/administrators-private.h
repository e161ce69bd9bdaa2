/* Reading the administrators' files, shared by the files that cut it. */
#pragma once

#include "store/administrators.h"

/* The group of a server is [Server NAME]. */
#define FRAM_ADMINISTRATORS_SERVER "Server "

/* A file that is being read. */
typedef struct
{
  FramAdministrators *into;
  const char *path;
  char *text; /* NUL-terminated */
  gsize length;
  GKeyFile *keys;
  GHashTable *secrets; /* "GROUP/KEY" -> what stood there; wiped */
} FramAdministratorsFile;

void fram_administrators_add_problem (FramAdministrators *into, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

/* Return: the last line that gives a value to the key of the group; 0: none does. */
guint fram_administrators_find_line (const FramAdministratorsFile *source,
                                     const char *group, const char *key);

/* administrators-secrets.c */
/* Takes the passwords and secrets out of the text, so that nobody else copies them. */
void fram_administrators_take_secrets (FramAdministratorsFile *source);
/* Return: (transfer full): the secret in a file, or NULL with a reason for people.
 * `ret_is_open`: everybody can read the file. */
char *fram_administrators_read_secret (const char *path, gboolean *ret_is_open,
                                       char **ret_reason);

/* administrators-servers.c */
/* Takes over what the file says of servers. */
void fram_administrators_take_servers (FramAdministratorsFile *source);
/* All files have been read. */
void fram_administrators_finish_servers (FramAdministrators *into);
