/* What sessions cost that are connected while their applications are silent. */
#pragma once

#include <glib.h>
#include <sys/types.h>

/* Runs the default context for so many seconds, after a while to settle.  Writes what process `pid` had of the processor
 * meanwhile, "cpu", and how many packets left the host in an hour for each session, "packets":
 * nobody else may be on it. */
void silence_measure (pid_t pid, guint n_sessions, guint seconds);
