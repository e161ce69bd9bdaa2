/* Calls that change a file: one at a time, and with a pause after each, so that it is they who
 * wait for the disk, and not the data of the sessions. */
#pragma once

#include "dbus/call.h"

typedef struct _FramTurns FramTurns;

/* Between two changes, milliseconds. */
#define FRAM_TURNS_PAUSE 100
/* Calls that wait for their turn. */
#define FRAM_TURNS_MAX_WAITING 64

FramTurns *fram_turns_new (void);
/* Those who wait are answered with an error.  NULL is allowed. */
void fram_turns_free (FramTurns *turns);

/* Makes the change and sees to it that `call` is answered.  `data` is freed after it. */
typedef void (*FramTurn) (FramCall *call, gpointer data);

/* Makes it now or later, or answers `call` with an error if too many wait. */
void fram_turns_take (FramTurns *turns, FramCall *call, FramTurn turn, gpointer data,
                      GDestroyNotify free_data);
