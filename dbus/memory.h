/* libdbus reports when it finds no memory; like GLib, this project ends then. */
#pragma once

#include <glib.h>

/* `done`: what a function of libdbus that fails for nothing but memory has returned. */
static inline void
fram_bus_require (gboolean done)
{
  if (G_UNLIKELY (!done))
    g_error ("libdbus found no memory");
}
