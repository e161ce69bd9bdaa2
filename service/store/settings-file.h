/* The file of the settings: opened, read or written, and closed. */
#pragma once

#include "store/database.h"
#include "store/servers-table.h"
#include "store/settings-keys.h"

extern const FramSchema fram_settings_schema;

/* What the user has set. */
typedef struct
{
  GVariant *values[FRAM_N_SETTINGS]; /* by key; NULL: nothing */
  FramUserServers *servers;          /* NULL after it was cleared */
} FramUserValues;

void fram_user_values_init (FramUserValues *values);
void fram_user_values_copy (const FramUserValues *values, FramUserValues *ret_copy);
void fram_user_values_clear (FramUserValues *values);

/* What came of an access: sentences for people, to be freed. */
typedef struct
{
  char *damage; /* a damaged file was set aside; NULL: there was none */
  GPtrArray
      *unused; /* each value in the file that is not to be used; NULL: there is none */
} FramSettingsReport;

void fram_settings_report_clear (FramSettingsReport *report);

/* Changes the servers that the file has.  FALSE with `error`: nothing is to be written. */
typedef gboolean (*FramServersChange) (FramUserServers *servers, gconstpointer data,
                                       GError **error);

/* Reads the file, and makes it where it is missing.  One that cannot be written, but read, is
 * read, and `ret_read_only` tells why that is so.
 * FALSE: `ret_values` is empty.  Errors: FRAM_STORE_ERROR. */
gboolean fram_settings_file_read (const char *path, FramUserValues *ret_values,
                                  FramSettingsReport *ret_report, GError **ret_read_only,
                                  GError **error);

/* Changes the values whose bit is in `which` to those of `values`, or (NULL) takes them away,
 * and the servers as `change` (or NULL) does, in one transaction that is on the disk when it
 * returns; `values` is then what the whole file says.  If the file was damaged, all of
 * `values` goes into the fresh one.
 * FALSE: nothing has changed.  Errors: FRAM_STORE_ERROR, and those of `change`. */
gboolean fram_settings_file_write (const char *path, FramUserValues *values, guint which,
                                   FramServersChange change, gconstpointer data,
                                   FramSettingsReport *ret_report, GError **error);
