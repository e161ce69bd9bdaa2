/* How failures get their names on the bus. */
#pragma once

#include "dbus/call.h"

/* Return: the error's name on the bus: those of the broker and the store have their own, all
 * others are org.fram.Ice1.Error.Failed. */
const char *fram_rpc_error_name (const GError *error);

/* Answers `call` with `error`. */
void fram_rpc_fail (FramCall *call, const GError *error);
