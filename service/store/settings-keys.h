/* The settings of Fram, in one table: what there is, of which type, what it may be, and what
 * it is where nobody has said otherwise.
 *
 * Whoever adds one adds a line to the table, and what acts on it; the file, the bus, the
 * administrators' files and `fram config` follow the table. */
#pragma once

#include <glib.h>

#define FRAM_SETTINGS_ERROR (fram_settings_error_quark ())
GQuark fram_settings_error_quark (void);

/* What is wrong with a change, but for the disk (FRAM_STORE_ERROR). */
typedef enum
{
  FRAM_SETTINGS_ERROR_NO_SETTING, /* there is no such key */
  FRAM_SETTINGS_ERROR_INVALID,    /* of another type, or not within its limits */
  FRAM_SETTINGS_ERROR_LOCKED,     /* by an administrator */
  FRAM_SETTINGS_ERROR_NO_SERVER,
  FRAM_SETTINGS_ERROR_LIMIT, /* there are as many servers as there may be */
} FramSettingsError;

typedef enum
{
  FRAM_SETTING_LINGER,
  FRAM_SETTING_VPN,
  FRAM_SETTING_INTERFACES_ALLOW,
  FRAM_SETTING_INTERFACES_DENY,
  FRAM_SETTING_HISTORY,
  FRAM_SETTING_NAT_PROBING,
  FRAM_SETTING_POLICY,
  FRAM_SETTING_FAMILIES,
  FRAM_SETTING_PORT_RANGE,
  FRAM_SETTING_SECRETS_FILE,
  FRAM_N_SETTINGS,
} FramSettingKey;

#define FRAM_SETTING_MAX_LINGER 86400 /* seconds */
/* Bytes of a pattern of interface names; a name has 15 at most. */
#define FRAM_SETTING_MAX_PATTERN 31

typedef struct _FramSetting FramSetting;
struct _FramSetting
{
  const char *name;
  const char *type;    /* of its GVariant */
  const char *initial; /* the default, in GVariant's text format */
  const char *summary; /* what it decides: a sentence for people */
  const char *allowed; /* what it may be: to go on with after its name */
  /* Whether a value of the type is within the limits; NULL: all are. */
  gboolean (*is_allowed) (GVariant *value);
};

const FramSetting *fram_setting_get (FramSettingKey key);
/* FALSE with FRAM_SETTINGS_ERROR_NO_SETTING. */
gboolean fram_setting_find (const char *name, FramSettingKey *ret_key, GError **error);
/* Return: (transfer full), not floating. */
GVariant *fram_setting_new_default (FramSettingKey key);
/* FALSE with FRAM_SETTINGS_ERROR_INVALID and a sentence that tells what is allowed. */
gboolean fram_setting_check (FramSettingKey key, GVariant *value, GError **error);
