/* The STUN and TURN servers that all sessions have besides their own: a part of the settings.
 *
 * The administrators' come first, in their order; they can be switched by the user, unless
 * they are locked.  The user's follow, in an order that is the user's too.  What is changed
 * is on the disk when the call returns, as with other settings, and told to the same
 * listeners as FRAM_SETTINGS_SERVERS.  Secrets are kept elsewhere: store/secrets.h. */
#pragma once

#include "store/server-entry.h"
#include "store/settings.h"

/* Return: (transfer none): FramServerEntry, in order of preference; valid until they
 * change. */
const GPtrArray *fram_servers_list (const FramSettings *settings);
/* NULL with FRAM_SETTINGS_ERROR_NO_SERVER; otherwise as above. */
const FramServerEntry *fram_servers_find (const FramSettings *settings, const char *id,
                                          GError **error);

/* --- Changing -------------------------------------------------------------------------- */

/* An id that no server has: FRAM_SERVER_ID letters and digits. */
#define FRAM_SERVER_ID 8
void fram_servers_draw_id (char ret_id[FRAM_SERVER_ID + 1]);

typedef enum
{
  FRAM_SERVER_URI = 1 << 0,
  FRAM_SERVER_NAME = 1 << 1,
  FRAM_SERVER_ENABLED = 1 << 2,
  FRAM_SERVER_CREDENTIAL = 1 << 3,
  FRAM_SERVER_USERNAME = 1 << 4,
  FRAM_SERVER_AUTHORITY = 1 << 5,
  FRAM_SERVER_POSITION = 1 << 6,
} FramServerField;

/* What is to be another of a server; strings are the caller's. */
typedef struct
{
  FramServerField which;
  const char *uri;
  const char *name;
  gboolean enabled;
  FramCredentialKind credential;
  const char *username;
  const char *authority;
  guint position; /* among the user's, from 0 */
} FramServerFields;

void fram_server_fields_apply (const FramServerFields *fields, FramServerEntry *entry);

typedef enum
{
  FRAM_SERVER_ADD, /* with an id that was drawn; as the last one if no position is given */
  FRAM_SERVER_CHANGE,
  FRAM_SERVER_REMOVE,
} FramServerOperation;

typedef struct
{
  FramServerOperation operation;
  const char *id;
  FramServerFields fields; /* nothing for REMOVE */
} FramServerEdit;

/* Looks whether it would be allowed.  Errors: FRAM_SETTINGS_ERROR. */
gboolean fram_servers_check (const FramSettings *settings, const FramServerEdit *edit,
                             GError **error);
/* Does it.  Errors: FRAM_SETTINGS_ERROR, FRAM_STORE_ERROR; nothing has changed then, but see
 * fram_settings_change(). */
gboolean fram_servers_edit (FramSettings *settings, const FramServerEdit *edit,
                            GError **error);
