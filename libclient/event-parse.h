/* Reading the events that the service tells. */
#pragma once

#include <glib.h>

/* What an event's text says, as the tuple of a row (FramEventRow) with the number `id`.  Members
 * that are not known are left out.
 * Return: (transfer floating): NULL: it is not the text of an event. */
GVariant *fram_event_parse (const char *text, gsize length, guint64 id);
/* The event that says that so many were lost. */
GVariant *fram_event_lost (guint64 n, guint64 id);
