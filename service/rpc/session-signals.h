/* Tells a session's owner, and nobody else, what happens to it. */
#pragma once

#include "rpc/session.h"

/* `event` is one of those for rpc/, and of this session. */
void fram_session_tell (FramBusSession *session, const FramEvent *event);

/* The component may have a direct path again. */
void fram_session_tell_direct (FramBusSession *session, guint stream, guint component);

/* The owner has read the pair table: a later change is worth a hint again. */
void fram_session_hint_answered (FramBusSession *session);
/* The session goes: no hint follows. */
void fram_session_hint_stop (FramBusSession *session);
