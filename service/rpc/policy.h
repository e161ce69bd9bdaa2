/* Carries the settings to those who act on them: the broker and the cache. */
#pragma once

#include "io/driver.h"
#include "store/cache.h"
#include "store/secrets.h"

typedef struct _FramUserPolicy FramUserPolicy;

/* For `linger`: as the setting says. */
#define FRAM_LINGER_AS_SET G_MININT

/* `linger`: seconds, or -1 (always), whatever the setting says.  `settings` stay the caller's
 * and outlive the policy. */
FramUserPolicy *fram_user_policy_new (FramSettings *settings, int linger);
void fram_user_policy_free (FramUserPolicy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramUserPolicy, fram_user_policy_free)

/* What holds now.  The strings are valid until the settings change. */
void fram_user_policy_read (FramUserPolicy *policy, FramBrokerPolicy *ret_policy);
/* From now on each change is told, of servers too; all stay the caller's and outlive the
 * policy. */
void fram_user_policy_attach (FramUserPolicy *policy, FramDriver *driver,
                              FramCache *cache, FramSecrets *secrets);

/* The policy of a session that asked for `asked`, or (`has_asked` FALSE) did not say.  What an
 * administrator has locked is the least strict one. */
FramPolicy fram_policy_of_session (const FramSettings *settings, gboolean has_asked,
                                   FramPolicy asked);
