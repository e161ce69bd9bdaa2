/* A session of framd that has gathered and has no peer yet. */
#pragma once

#include <fram.h>

/* Runs the default context meanwhile.  One that trickles lets framd share its ports.
 * Return: (transfer full). */
FramSession *gathered_session_open (FramClient *client, gboolean trickle);
