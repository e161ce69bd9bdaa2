/* The service's main loop. */
#pragma once

#include "io/poller.h"

/* Runs `context` until one of its sources says that it `is_over`.  The poller is a source of the
 * context, and data that it waits for are moved past the other sources. */
void fram_loop_run (GMainContext *context, FramPoller *poller, const gboolean *is_over);
