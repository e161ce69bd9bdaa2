#include "store/settings-keys.h"

#include "broker/broker.h"

#include <string.h>

G_DEFINE_QUARK (fram - settings - error - quark, fram_settings_error)

/* Bytes of what others gave that an error repeats. */
#define SHOWN 60

static gboolean
is_linger (GVariant *value)
{
  gint32 seconds = g_variant_get_int32 (value);

  return seconds >= -1 && seconds <= FRAM_SETTING_MAX_LINGER;
}

/* What separates the patterns where people write them, or is in no name, is not allowed. */
static gboolean
is_pattern (const char *text)
{
  gsize length = strlen (text);

  if (length == 0 || length > FRAM_SETTING_MAX_PATTERN)
    return FALSE;
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (!g_unichar_isgraph (c) || (c < 0x80 && strchr ("/,;\\\"'", c) != NULL))
        return FALSE;
    }
  return TRUE;
}

static gboolean
are_patterns (GVariant *value)
{
  gsize n = g_variant_n_children (value);

  if (n > FRAM_MAX_PATTERNS)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    {
      const char *pattern;

      g_variant_get_child (value, i, "&s", &pattern);
      if (!is_pattern (pattern))
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_one_of (GVariant *value, const char *const *words)
{
  return g_strv_contains (words, g_variant_get_string (value, NULL));
}

static gboolean
is_policy (GVariant *value)
{
  static const char *const words[] = { "all", "mdns", "nohost", "relay", NULL };

  return is_one_of (value, words);
}

static gboolean
is_families (GVariant *value)
{
  static const char *const words[] = { "both", "ipv4", "ipv6", NULL };

  return is_one_of (value, words);
}

static gboolean
is_port_range (GVariant *value)
{
  guint16 first, last;

  g_variant_get (value, "(qq)", &first, &last);
  return (first > 0 && first <= last) || (first == 0 && last == 0);
}

G_STATIC_ASSERT (FRAM_MAX_PATTERNS == 32);
G_STATIC_ASSERT (FRAM_SETTING_MAX_PATTERN == 31);
G_STATIC_ASSERT (FRAM_SETTING_MAX_LINGER == 86400);
#define PATTERNS                                                                         \
  "a list of up to 32 names of interfaces, each of 1 to 31 bytes, without spaces and "   \
  "without / , ; \\ \" '; * and ? stand for any characters and for any one"

static const FramSetting table[FRAM_N_SETTINGS] = {
  [FRAM_SETTING_LINGER]
  = { "linger", "i", "60",
      "How long an unused socket keeps its port, so that the next session is faster",
      "-1 (always), 0 (off), or up to 86400 seconds", is_linger },
  [FRAM_SETTING_VPN]
  = { "vpn", "b", "true",
      "Whether sessions may use VPN and other point-to-point interfaces", "true or false",
      NULL },
  [FRAM_SETTING_INTERFACES_ALLOW]
  = { "interfaces-allow", "as", "[]",
      "The only network interfaces that sessions may use; none: all but the denied ones",
      PATTERNS, are_patterns },
  [FRAM_SETTING_INTERFACES_DENY]
  = { "interfaces-deny", "as", "[]",
      "Network interfaces that sessions may not use, even if they are allowed", PATTERNS,
      are_patterns },
  [FRAM_SETTING_HISTORY] = { "history", "b", "true",
                             "Whether the sessions of the last 30 days are remembered; "
                             "turned off, they are erased",
                             "true or false", NULL },
  [FRAM_SETTING_NAT_PROBING]
  = { "nat-probing", "b", "true",
      "Whether the behaviour of NATs is found out in the background", "true or false",
      NULL },
  [FRAM_SETTING_POLICY] = { "policy", "s", "'all'",
                            "Which ways sessions use that do not say it themselves: all; "
                            "all, with names (of Multicast DNS) shown in place of this "
                            "computer's own addresses; those that do not show them; or "
                            "relays alone",
                            "“all”, “mdns”, “nohost” or “relay”", is_policy },
  [FRAM_SETTING_FAMILIES]
  = { "families", "s", "'both'", "Which of IPv4 and IPv6 sessions use",
      "“both”, “ipv4” or “ipv6”", is_families },
  [FRAM_SETTING_PORT_RANGE]
  = { "port-range", "(qq)", "(0, 0)",
      "The UDP ports of this computer that sessions use; 0, 0: any",
      "the first and the last port, from 1 to 65535, or 0 and 0", is_port_range },
  [FRAM_SETTING_SECRETS_FILE]
  = { "secrets-file", "b", "false",
      "Whether passwords of servers are kept in a file that is not encrypted, instead of "
      "the keyring; turned off, the file is removed",
      "true or false", NULL },
};

const FramSetting *
fram_setting_get (FramSettingKey key)
{
  return &table[key];
}

gboolean
fram_setting_find (const char *name, FramSettingKey *ret_key, GError **error)
{
  for (guint i = 0; i < FRAM_N_SETTINGS; i++)
    if (g_str_equal (table[i].name, name))
      {
        *ret_key = i;
        return TRUE;
      }
  if (strlen (name) <= SHOWN)
    g_set_error (error, FRAM_SETTINGS_ERROR, FRAM_SETTINGS_ERROR_NO_SETTING,
                 "There is no setting “%s”", name);
  else
    g_set_error_literal (error, FRAM_SETTINGS_ERROR, FRAM_SETTINGS_ERROR_NO_SETTING,
                         "There is no setting with such a long name");
  return FALSE;
}

GVariant *
fram_setting_new_default (FramSettingKey key)
{
  const FramSetting *setting = fram_setting_get (key);
  GVariant *value = g_variant_parse (G_VARIANT_TYPE (setting->type), setting->initial,
                                     NULL, NULL, NULL);

  g_assert (value != NULL);
  return value;
}

static gboolean
invalid (GError **error, const FramSetting *setting, const char *what)
{
  g_set_error (error, FRAM_SETTINGS_ERROR, FRAM_SETTINGS_ERROR_INVALID,
               "The setting “%s” is %s; not %s", setting->name, setting->allowed, what);
  return FALSE;
}

gboolean
fram_setting_check (FramSettingKey key, GVariant *value, GError **error)
{
  const FramSetting *setting = fram_setting_get (key);
  g_autofree char *shown = NULL;

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE (setting->type)))
    {
      g_set_error (error, FRAM_SETTINGS_ERROR, FRAM_SETTINGS_ERROR_INVALID,
                   "The setting “%s” is of type “%s” (%s), not “%s”", setting->name,
                   setting->type, setting->allowed, g_variant_get_type_string (value));
      return FALSE;
    }
  if (setting->is_allowed == NULL || setting->is_allowed (value))
    return TRUE;
  shown = g_variant_print (value, FALSE);
  if (strlen (shown) > SHOWN)
    return invalid (error, setting, "what was given");
  return invalid (error, setting, shown);
}
