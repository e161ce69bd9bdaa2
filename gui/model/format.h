/* Numbers, lengths of time and words of the service as people read them. */
#pragma once

#include <fram.h>

/* Every function: Return: (transfer full). */

/* Microseconds as "12 ms", "0.8 ms", "2.4 s"; an en dash for -1. */
char *format_duration (gint64 us);

/* A length of time in microseconds of which seconds are enough: "12 s", "3 min", "2 h". */
char *format_span (gint64 us);

/* The same as how long ago it was: "12 s ago"; "never" for -1. */
char *format_age (gint64 us);

/* "1.4 MB". */
char *format_bytes (guint64 bytes);

/* Bytes each second as "1.4 MB/s"; an en dash if there are none. */
char *format_rate (double bytes);

char *format_count (guint64 number);

/* Seconds since 1970 as "28 Nov, 17:02" in this place's time. */
char *format_time (gint64 unix_seconds);

/* A word of the service as people write it: "in-progress" is "in progress". */
char *format_word (const char *word);

/* The same at the beginning of a line: "In progress". */
char *format_title (const char *word);

const char *format_or_dash (const char *text);
