/* Carries the settings to those who act on them: the broker and the cache. */
#pragma once

#include "io/driver.h"
#include "store/cache.h"
#include "store/settings.h"

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
/* From now on each change is told; both stay the caller's and outlive the policy. */
void fram_user_policy_attach (FramUserPolicy *policy, FramDriver *driver,
                              FramCache *cache);
