/* One method call that is being answered.
 *
 * A handler gets it and owns it until it answers, at once or from the loop later: exactly one
 * of the fram_call_return… and fram_call_fail… functions ends the call and frees it. */
#pragma once

#include <gio/gunixfdlist.h>

typedef struct _FramCall FramCall;

/* Return: (transfer none): the caller's unique name; empty where there is no bus. */
const char *fram_call_get_sender (FramCall *call);

/* Return: (transfer none) (nullable): the descriptors of the arguments; they are closed with
 * the call, so one that is to live longer is to be duplicated. */
GUnixFDList *fram_call_get_fds (FramCall *call);

/* `body` is a tuple of the type in the XML; a floating one is taken.  NULL: no values. */
void fram_call_return (FramCall *call, GVariant *body);
/* Each `h` of `body` is an index into `fds`, which stays the caller's: the message has
 * duplicates. */
void fram_call_return_fds (FramCall *call, GVariant *body, GUnixFDList *fds);

/* `name` is an error name of dbus/names.h or of the D-Bus specification; the text is a
 * sentence a person can act on, and may hold foreign bytes. */
void fram_call_fail (FramCall *call, const char *name, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
