/* A program that writes to a file without end, and is killed at a moment that nobody chose. */
#pragma once

#include <glib.h>

/* Runs `program PATH`, which says "ready" and then, line by line, the number of each
 * transaction that it has acknowledged, and kills it; `early`: maybe before it is ready.
 * A line that begins with "notice" fails the test.
 * Return: the last number; -1: there was none. */
gint64 killed_writer_run (const char *program, const char *path, gboolean early);
