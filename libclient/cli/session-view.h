/* One session in detail, as text for people. */
#pragma once

#include <fram.h>

/* Appends what is known of the session: itself, its components, its candidates, its pairs, and
 * what it went through. */
void session_view_append (GString *text, FramSessionWatch *watch);
