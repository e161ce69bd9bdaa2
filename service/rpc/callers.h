/* Who calls what is not for everybody.  Calls of a connection that is not known yet wait here, in
 * their order, until the bus has told which process it is. */
#pragma once

#include "dbus/interface.h"
#include "rpc/owners.h"

typedef struct _FramCallers FramCallers;

/* `gone` is told of those that are held by fram_callers_get_owners(). */
FramCallers *fram_callers_new (DBusConnection *connection, FramOwnerGone gone,
                               gpointer user_data);
/* Calls that wait are answered with an error, while their interfaces are still there. */
void fram_callers_stop (FramCallers *callers);
/* NULL is allowed. */
void fram_callers_free (FramCallers *callers);

/* Return: (transfer none): where those are watched who call more than once. */
FramOwners *fram_callers_get_owners (FramCallers *callers);

/* Owns `call`.  It goes to `unconfined` if its process is as free as fram_confinement_explain() says,
 * else to `confined`; NULL: it is refused with DBUS_ERROR_ACCESS_DENIED. */
void fram_callers_tell_apart (FramCallers *callers, FramCall *call, GVariant *arguments,
                              gpointer object, FramMethodHandler unconfined,
                              FramMethodHandler confined);
