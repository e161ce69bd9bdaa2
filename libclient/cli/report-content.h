/* What a report is made of. */
#pragma once

#include <fram.h>

/* Gathers everything: versions, status, network, sessions in detail, settings.  With `history`,
 * the sessions that have ended, too.  Blocks.
 * Return: (transfer full): `a{sv}`; NULL with `error` set. */
GVariant *report_gather (FramClient *client, gboolean history, GError **error);
/* The same as text for people.  Return: (transfer full) */
char *report_to_text (GVariant *report);
