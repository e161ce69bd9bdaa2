/* What the user has said of servers, in memory and in settings.db. */
#pragma once

#include "store/database.h"
#include "store/server-entry.h"

typedef struct
{
  GPtrArray *entries;   /* FramServerEntry, in order of preference */
  GHashTable *switches; /* id of an administrator's server -> GINT_TO_POINTER (enabled) */
} FramUserServers;

/* Return: (transfer full): none yet. */
FramUserServers *fram_user_servers_new (void);
FramUserServers *fram_user_servers_copy (const FramUserServers *servers);
void fram_user_servers_free (FramUserServers *servers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramUserServers, fram_user_servers_free)

/* Return: its place among the entries, or -1. */
int fram_user_servers_find (const FramUserServers *servers, const char *id);

/* SQL that makes the tables. */
extern const char fram_servers_table_sql[];

/* A row that cannot be used is left in the file; `unused` gets a sentence about it.
 * Errors: FRAM_STORE_ERROR. */
gboolean fram_servers_table_read (FramDatabase *database, FramUserServers **ret_servers,
                                  GPtrArray *unused, GError **error);
/* Within a transaction: makes the rows of `before`, which was read in it, those of `after`. */
gboolean fram_servers_table_write (FramDatabase *database, const FramUserServers *before,
                                   const FramUserServers *after, GError **error);
