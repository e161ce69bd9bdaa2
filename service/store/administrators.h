/* What administrators have written into their files: defaults for all users, and values that
 * nobody can change.
 *
 *     [Defaults]
 *     linger=120
 *     interfaces-deny=docker*;br-*
 *
 *     [Locked]
 *     history=false
 *
 * All files of the directory named *.conf are read, in the order of their names; the last one
 * that names a key counts, and what is locked is stronger than what is a default.  A file that
 * is not in this form is not used, nor is a value that is not allowed; what is the matter is
 * told with the file and the line.  Other groups are left for others to read. */
#pragma once

#include "store/settings-keys.h"

typedef struct
{
  GVariant *values[FRAM_N_SETTINGS]; /* NULL: none is given */
  char *locks[FRAM_N_SETTINGS];      /* the path of the file that locks it; NULL: none */
  GPtrArray *problems;               /* char *: sentences for people */
} FramAdministrators;

/* A larger file, or more of them than that, is not read. */
#define FRAM_ADMINISTRATORS_MAX_BYTES (64 << 10)
#define FRAM_ADMINISTRATORS_MAX_FILES 256

/* `directory` NULL, or one that is not there: nothing is given.
 * Return: (transfer full): never NULL. */
FramAdministrators *fram_administrators_load (const char *directory);
void fram_administrators_free (FramAdministrators *administrators);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramAdministrators, fram_administrators_free)
