/* The bus connections that own sessions, or call what is not for all: whether they are still
 * there, what they are called, and whether they are in a sandbox.  Nothing here waits for an
 * answer of the bus. */
#pragma once

#include <dbus/dbus.h>

#include "rpc/application.h"

typedef struct _FramOwners FramOwners;

/* `name` has left the bus.  Its sessions are to be released; `name` is valid during the
 * call. */
typedef void (*FramOwnerGone) (const char *name, gpointer user_data);
/* The bus has told who `name` is, or that it does not tell. */
typedef void (*FramOwnerKnown) (const char *name, gpointer user_data);

/* `known` may be NULL. */
FramOwners *fram_owners_new (DBusConnection *connection, FramOwnerGone gone,
                             FramOwnerKnown known, gpointer user_data);
void fram_owners_free (FramOwners *owners);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramOwners, fram_owners_free)

/* One session more belongs to the unique name `name`; it is watched from its first to its
 * last.  A name that has gone already is reported as gone soon. */
void fram_owners_hold (FramOwners *owners, const char *name);
void fram_owners_release (FramOwners *owners, const char *name);

/* Whether FramOwnerKnown has been called for it. */
gboolean fram_owners_is_known (FramOwners *owners, const char *name);
/* Return: (transfer none): the command name of the owner's process, for people; empty while
 * or where it is not known.  It is the sandbox' proxy for a sandboxed application. */
const char *fram_owners_get_application (FramOwners *owners, const char *name);
/* As fram_confinement_explain() and fram_confinement_explain_network() of its process. */
const char *fram_owners_explain_confinement (FramOwners *owners, const char *name);
const char *fram_owners_explain_network (FramOwners *owners, const char *name);
/* Who the owner is, looked up when somebody wants to know it first.  Return: (transfer none)
 * (nullable): NULL while its process is not known. */
const FramApplication *fram_owners_identify (FramOwners *owners, const char *name);
