/* From the errors of the bus to those of the library. */
#pragma once

#include <gio/gio.h>

/* Who was called decides what an absent or silent callee means. */
typedef enum
{
  FRAM_CALLEE_SERVICE, /* by its name: it may be started */
  FRAM_CALLEE_SESSION, /* one object of one running service: it may have ended */
} FramCallee;

/* Takes the error of a call and gives one of FRAM_ERROR, with a sentence a person can act
 * on; an error that has no better name than its own (a cancelled call) stays as it is.
 *
 * Return: (transfer full) */
GError *fram_bus_error_translate (GError *error, FramCallee callee);
