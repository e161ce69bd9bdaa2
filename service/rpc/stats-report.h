/* The statistics of a session as the W3C names them (Identifiers for WebRTC's Statistics API):
 * what of them a broker knows. */
#pragma once

#include "rpc/session.h"

/* Return: (transfer floating) (nullable): a{sa{sv}}; NULL: the session has ended. */
GVariant *fram_stats_report_new (const FramBusSession *session);
