/* One CreateSession call from its arguments to its answer.  It may have to wait for the
 * passwords that come through a pipe. */
#pragma once

#include "dbus/call.h"
#include "rpc/sessions.h"

typedef struct _FramCreations FramCreations;

FramCreations *fram_creations_new (FramSessions *sessions);
/* Those that wait are answered with an error. */
void fram_creations_free (FramCreations *creations);

/* Takes `call`; `options` is its `a{sv}`. */
void fram_creations_begin (FramCreations *creations, FramCall *call, GVariant *options);
