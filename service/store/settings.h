/* settings.db: what the user has decided, and what holds therefore.
 *
 * A value holds in this order: an administrator has locked it (store/administrators.h); the
 * user has set it; an administrator has given a default; the table has one
 * (store/settings-keys.h).
 *
 * The file is open only while a change is made, and read anew then: other processes of the
 * user may change it too, or take it away.  A change is on the disk, to outlive a loss of
 * power, before the call returns: some milliseconds.  What cannot be written is refused, and
 * nothing has changed then.
 *
 * The settings are always there.  A damaged file is set aside, one that a newer Fram wrote is
 * left alone, and one that cannot be written is read where that is possible; what is the
 * matter is told in sentences for people.
 *
 * It belongs to one thread. */
#pragma once

#include "store/errors.h"
#include "store/settings-keys.h"

typedef struct _FramSettings FramSettings;

/* Of the bits that changed: the list of servers (store/servers.h). */
#define FRAM_SETTINGS_SERVERS (1u << FRAM_N_SETTINGS)

/* `changed` has bit 1 << key for each value that is another now; 0: only the problems are. */
typedef void (*FramSettingsListener) (FramSettings *settings, guint changed,
                                      gpointer user_data);

/* `administrators`, where nobody says otherwise. */
#define FRAM_ADMINISTRATORS_DIRECTORY "/etc/fram/conf.d"

/* Reads the file at `path`, or (NULL) $XDG_CONFIG_HOME/fram/settings.db.
 * `administrators`: the directory of their files; NULL: there are none.
 * Return: (transfer full): never NULL. */
FramSettings *fram_settings_new (const char *path, const char *administrators);
void fram_settings_free (FramSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramSettings, fram_settings_free)

/* Called after each change, from within the call that made it or from the main context.
 * It must not change settings or listeners. */
void fram_settings_add_listener (FramSettings *settings, FramSettingsListener listener,
                                 gpointer user_data);
void fram_settings_remove_listener (FramSettings *settings, gpointer user_data);

/* --- Reading ------------------------------------------------------------------------- */

typedef enum
{
  FRAM_ORIGIN_DEFAULT,
  FRAM_ORIGIN_ADMINISTRATOR,
  FRAM_ORIGIN_USER,
} FramSettingOrigin;

/* What holds. Return: (transfer none), valid until it changes. */
GVariant *fram_settings_get (const FramSettings *settings, FramSettingKey key);
/* What would hold if the user had never set it; as above. */
GVariant *fram_settings_get_fallback (const FramSettings *settings, FramSettingKey key);
FramSettingOrigin fram_settings_get_origin (const FramSettings *settings,
                                            FramSettingKey key);
/* Return: the file that locks it, (transfer none), or NULL: it can be changed. */
const char *fram_settings_get_lock (const FramSettings *settings, FramSettingKey key);

gboolean fram_settings_get_flag (const FramSettings *settings, FramSettingKey key);
int fram_settings_get_number (const FramSettings *settings, FramSettingKey key);
/* Return: (transfer none), valid until it changes. */
const char *fram_settings_get_word (const FramSettings *settings, FramSettingKey key);
/* Return: (transfer container): NULL-terminated; its strings are those of the value. */
const char **fram_settings_get_words (const FramSettings *settings, FramSettingKey key);

/* What is the matter: (transfer none): sentences, NULL-terminated. */
const char *const *fram_settings_get_problems (const FramSettings *settings);

/* --- Changing ------------------------------------------------------------------------ */

typedef struct
{
  FramSettingKey key;
  GVariant *value; /* NULL: as if the user had never set it */
} FramSettingChange;

/* Looks whether the changes would be allowed: FALSE with FRAM_SETTINGS_ERROR. */
gboolean fram_settings_check (const FramSettings *settings,
                              const FramSettingChange *changes, guint n_changes,
                              GError **error);
/* Makes all of them or none.  Errors: FRAM_SETTINGS_ERROR, FRAM_STORE_ERROR; after one of
 * FRAM_STORE_ERROR_IO it may be that the next start finds them on the disk all the same. */
gboolean fram_settings_change (FramSettings *settings, const FramSettingChange *changes,
                               guint n_changes, GError **error);
