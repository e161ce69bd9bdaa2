/* One CreateSession call from its arguments to its answer.  It may have to wait for the
 * passwords that come through a pipe. */
#pragma once

#include "dbus/call.h"
#include "rpc/sessions.h"
#include "store/settings.h"

typedef struct _FramCreations FramCreations;

FramCreations *fram_creations_new (FramSessions *sessions);
/* Those that wait are answered with an error. */
void fram_creations_free (FramCreations *creations);

/* Before the first one; they stay the caller's. */
void fram_creations_set_settings (FramCreations *creations, const FramSettings *settings);

/* Takes `call`; `options` is its `a{sv}`. */
void fram_creations_begin (FramCreations *creations, FramCall *call, GVariant *options);
