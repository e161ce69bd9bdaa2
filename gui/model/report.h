/* Rows of the library as JSON. */
#pragma once

#include <fram.h>

/* `row`: an object by the names of its properties.  Return: (transfer full). */
char *report_row (FramRow *row);

/* A session with all its tables.  Return: (transfer full). */
char *report_session (FramRow *session, FramSessionWatch *watch);
