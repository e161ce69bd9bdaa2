/* What administrators have written into their files: defaults for all users, values that
 * nobody can change, and servers.
 *
 *     [Defaults]
 *     linger=120
 *     interfaces-deny=docker*;br-*
 *
 *     [Locked]
 *     history=false
 *
 *     [Server office]
 *     uri=turns:turn.example.org
 *     credential=shared-secret
 *     secret-file=turn.secret
 *
 * All files of the directory named *.conf are read, in the order of their names; the last one
 * that names a key counts, and what is locked is stronger than what is a default.  A file that
 * is not in this form is not used, nor is a value that is not allowed; what is the matter is
 * told with the file and the line, but never with a secret.  Other groups are left for others
 * to read.
 *
 * Keys of a server, whose NAME has 1 to 32 letters, digits and “-”:
 *
 *     uri           RFC 7064, RFC 7065
 *     name          for people; else NAME
 *     enabled       whether it is used: true (the default) or false
 *     locked        the user cannot switch it: true or false (the default)
 *     order         a number; servers with lower ones come first, then NAME decides
 *     credential    none, long-term or shared-secret; else as the next ones suggest
 *     username
 *     password      of “long-term”; or
 *     password-file a file that has it, beside this one if its path is not absolute
 *     secret        of “shared-secret”; or
 *     secret-file
 *     authority     a file of certificates, in the same way */
#pragma once

#include "store/server-entry.h"
#include "store/settings-keys.h"

typedef struct
{
  GVariant *values[FRAM_N_SETTINGS]; /* NULL: none is given */
  char *locks[FRAM_N_SETTINGS];      /* the path of the file that locks it; NULL: none */
  GPtrArray *servers;                /* FramServerEntry, in order of preference */
  GPtrArray *problems;               /* char *: sentences for people */
  GPtrArray *drafts;                 /* of servers, while the files are read; or NULL */
} FramAdministrators;

/* A larger file, or more of them than that, is not read. */
#define FRAM_ADMINISTRATORS_MAX_BYTES (64 << 10)
#define FRAM_ADMINISTRATORS_MAX_FILES 256

/* `directory` NULL, or one that is not there: nothing is given.
 * Return: (transfer full): never NULL. */
FramAdministrators *fram_administrators_load (const char *directory);
void fram_administrators_free (FramAdministrators *administrators);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramAdministrators, fram_administrators_free)
