#define G_LOG_DOMAIN "framd"

#include "rpc/policy.h"

#include "broker/inspection.h"
#include "rpc/server-supply.h"

/* The settings that the broker acts on. */
#define BROKERS                                                                          \
  (1u << FRAM_SETTING_LINGER | 1u << FRAM_SETTING_VPN                                    \
   | 1u << FRAM_SETTING_INTERFACES_ALLOW | 1u << FRAM_SETTING_INTERFACES_DENY            \
   | 1u << FRAM_SETTING_NAT_PROBING | 1u << FRAM_SETTING_FAMILIES                        \
   | 1u << FRAM_SETTING_PORT_RANGE)

struct _FramUserPolicy
{
  FramSettings *settings;
  int linger;
  FramDriver *driver; /* NULL: not attached */
  FramCache *cache;
  FramServerSupply *supply;
  const char **allow, **deny;
};

static FramTime
linger_of (const FramUserPolicy *policy)
{
  int seconds = policy->linger;

  if (seconds == FRAM_LINGER_AS_SET)
    seconds = fram_settings_get_number (policy->settings, FRAM_SETTING_LINGER);
  return seconds < 0 ? FRAM_TIME_NEVER : FRAM_SECONDS (seconds);
}

static FramFamily
family_of (const FramSettings *settings)
{
  const char *word = fram_settings_get_word (settings, FRAM_SETTING_FAMILIES);

  if (g_str_equal (word, "ipv4"))
    return FRAM_FAMILY_IPV4;
  return g_str_equal (word, "ipv6") ? FRAM_FAMILY_IPV6 : FRAM_FAMILY_NONE;
}

void
fram_user_policy_read (FramUserPolicy *policy, FramBrokerPolicy *ret_policy)
{
  const FramSettings *settings = policy->settings;

  g_free (policy->allow);
  g_free (policy->deny);
  policy->allow = fram_settings_get_words (settings, FRAM_SETTING_INTERFACES_ALLOW);
  policy->deny = fram_settings_get_words (settings, FRAM_SETTING_INTERFACES_DENY);
  *ret_policy = (FramBrokerPolicy){
    .linger = linger_of (policy),
    .no_vpn = !fram_settings_get_flag (settings, FRAM_SETTING_VPN),
    .allow = policy->allow,
    .deny = policy->deny,
    .probe = fram_settings_get_flag (settings, FRAM_SETTING_NAT_PROBING),
    .family = family_of (settings),
  };
  g_variant_get (fram_settings_get (settings, FRAM_SETTING_PORT_RANGE), "(qq)",
                 &ret_policy->first_port, &ret_policy->last_port);
}

static void
tell_problems (const FramSettings *settings)
{
  const char *const *problems = fram_settings_get_problems (settings);

  for (guint i = 0; problems[i] != NULL; i++)
    g_message ("%s", problems[i]);
}

static void
on_changed (FramSettings *settings, guint changed, gpointer user_data)
{
  FramUserPolicy *policy = user_data;
  FramBrokerPolicy now;

  if (changed == 0)
    tell_problems (settings);
  if ((changed & 1u << FRAM_SETTING_HISTORY) != 0)
    fram_cache_set_history (policy->cache,
                            fram_settings_get_flag (settings, FRAM_SETTING_HISTORY));
  if ((changed & BROKERS) == 0)
    return;
  fram_user_policy_read (policy, &now);
  fram_broker_set_policy (fram_driver_get_broker (policy->driver), &now,
                          fram_driver_now ());
  fram_driver_kick (policy->driver);
}

FramUserPolicy *
fram_user_policy_new (FramSettings *settings, int linger)
{
  FramUserPolicy *policy = g_new0 (FramUserPolicy, 1);

  policy->settings = settings;
  policy->linger = linger;
  tell_problems (settings);
  return policy;
}

void
fram_user_policy_attach (FramUserPolicy *policy, FramDriver *driver, FramCache *cache,
                         FramSecrets *secrets)
{
  policy->driver = driver;
  policy->cache = cache;
  fram_cache_set_history (
      cache, fram_settings_get_flag (policy->settings, FRAM_SETTING_HISTORY));
  fram_settings_add_listener (policy->settings, on_changed, policy);
  policy->supply = fram_server_supply_new (policy->settings, secrets, driver);
}

FramPolicy
fram_policy_of_session (const FramSettings *settings, gboolean has_asked,
                        FramPolicy asked)
{
  FramPolicy set = FRAM_POLICY_ALL;

  fram_policy_from_text (fram_settings_get_word (settings, FRAM_SETTING_POLICY), &set);
  if (!has_asked)
    return set;
  return fram_settings_get_lock (settings, FRAM_SETTING_POLICY) != NULL ? MAX (asked, set)
                                                                        : asked;
}

void
fram_user_policy_free (FramUserPolicy *policy)
{
  if (policy == NULL)
    return;
  fram_server_supply_free (policy->supply);
  fram_settings_remove_listener (policy->settings, policy);
  g_free (policy->allow);
  g_free (policy->deny);
  g_free (policy);
}
