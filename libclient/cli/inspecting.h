/* The inspector, for commands that have a thing to do and an end. */
#pragma once

#include <fram.h>

/* Runs the main context until the list of sessions is there.  `client`: its bus is used.
 * Return: (transfer full): NULL with `error` set. */
FramInspector *inspecting_begin (FramClient *client, GError **error);

/* Runs the main context until the session's tables are there, or it has ended.
 * Return: (transfer full) */
FramSessionWatch *inspecting_watch (FramInspector *inspector, guint64 session);
/* The same of the network. */
FramNetworkWatch *inspecting_watch_network (FramInspector *inspector);

/* Finds a session by its object path, by the end of that as `fram sessions` shows it, or by its
 * number.  Return: (transfer none) (nullable) */
FramSessionRow *inspecting_find (FramInspector *inspector, const char *name);

/* Return: (transfer full): the row. */
FramRow *inspecting_get_row (GListModel *rows, guint index);
