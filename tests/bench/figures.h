/* What the programs of the benchmark share: one figure a line for `run`, and what a process
 * has used. */
#pragma once

#include <glib.h>
#include <sys/types.h>

/* Writes "NAME VALUE UNIT"; a name that is written again is another sample. */
void figures_write (const char *name, double value, const char *unit);

/* Processor time that process `pid` has had in user and kernel mode, nanoseconds. */
guint64 figures_processor_time (pid_t pid);

/* Memory of process `pid` that lies in RAM, bytes. */
guint64 figures_resident_memory (pid_t pid);

/* The part of it that is of no file. */
guint64 figures_anonymous_memory (pid_t pid);

/* UDP packets that have left sockets of the network that this process is in, IPv4 and IPv6. */
guint64 figures_packets_sent (void);

/* Open descriptors of process `pid`. */
guint figures_descriptors (pid_t pid);

/* The limit of open descriptors of this process, raised as far as it goes. */
void figures_raise_descriptor_limit (void);

/* `values` (element-type gint64) are sorted by it; `fraction` from 0 to 1. */
gint64 figures_quantile (GArray *values, double fraction);

/* Ends the program with a message when `seconds` are over: a bound for what might hang. */
void figures_bound_time (guint seconds);
