/* Those who want to hear that the tables have changed.  Each is told at most ten times a second,
 * and not again before it has pulled a table: one that does not read costs one signal. */
#pragma once

#include "dbus/exporter.h"

typedef struct _FramSubscribers FramSubscribers;

#define FRAM_MAX_SUBSCRIBERS 32

/* Signals `Changed` of `interface` at the manager's path; all stay the caller's. */
FramSubscribers *fram_subscribers_new (FramExporter *exporter, FramInterface *interface);
void fram_subscribers_free (FramSubscribers *subscribers);

/* Return: FALSE: there are too many.  `*ret_new`: it was none before. */
gboolean fram_subscribers_add (FramSubscribers *subscribers, const char *name,
                               gboolean *ret_new);
/* Return: whether it was one. */
gboolean fram_subscribers_remove (FramSubscribers *subscribers, const char *name);
gboolean fram_subscribers_has (const FramSubscribers *subscribers, const char *name);
guint fram_subscribers_count (const FramSubscribers *subscribers);

/* It has pulled a table. */
void fram_subscribers_answered (FramSubscribers *subscribers, const char *name);
/* The tables have changed: tells all, now or soon. */
void fram_subscribers_tell (FramSubscribers *subscribers, guint64 generation);
