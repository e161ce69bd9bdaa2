/* What happens in sessions, as the texts that readers of events get: each an object of JSON in
 * one line. */
#pragma once

#include "broker/event.h"

/* Bytes of an event's text, its NUL among them. */
#define FRAM_EVENT_TEXT_MAX 1024

/* Writes the event into `text`. `now`: microseconds since 1970, UTC.
 * Return: FALSE: readers are not told of events of this type. */
gboolean fram_event_to_text (const FramEvent *event, gint64 now, GString *text);
/* So many events were lost. */
void fram_event_lost_text (guint64 n, gint64 now, GString *text);
