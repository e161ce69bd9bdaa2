/* Session options as CreateSession takes them. */
#pragma once

#include <gio/gunixfdlist.h>

#include "fram-session-options.h"

/* Gives the a{sv} of CreateSession.  Passwords leave by a sealed memory file in
 * `ret_descriptors`, which is NULL if there is none to give.
 *
 * Return: (transfer floating): NULL with `error` set if no memory file can be had. */
GVariant *fram_session_options_to_variant (FramSessionOptions *self, const char *token,
                                           GUnixFDList **ret_descriptors, GError **error);
