/* What the broker and the driver know, as the values that the XML describes. */
#pragma once

#include <gio/gio.h>

#include "broker/snapshot.h"
#include "io/driver.h"
#include "store/cache.h"

/* Addresses are as fram_broker_show_address() gives them. */

/* Return: (transfer full): "192.0.2.1:9 host udp". */
char *fram_rows_local_text (FramBroker *broker, FramSessionId session,
                            const FramPairRow *pair);
char *fram_rows_remote_text (FramBroker *broker, FramSessionId session,
                             const FramPairRow *pair);

/* "udp", "tcp" */
const char *fram_rows_transport_text (FramTransport transport);
/* The address that a candidate comes from, empty if it is not known.  Return: `text`. */
const char *fram_rows_show_origin (FramBroker *broker, FramSessionId session,
                                   const FramCandidateRow *row,
                                   char text[FRAM_SHOWN_ADDRESS_TEXT]);

/* The following return floating values. */

/* `pairs`: FramPairRow. */
GVariant *fram_rows_pairs (FramBroker *broker, FramSessionId session, GArray *pairs);
/* `candidates`: FramCandidateRow. */
GVariant *fram_rows_candidates (FramBroker *broker, FramSessionId session,
                                GArray *candidates);
/* Streams and lines of the local candidates that the policy shows to the peer: `a(us)`. */
GVariant *fram_rows_local_lines (FramBroker *broker, FramSessionId session,
                                 guint n_streams);
/* `a{st}` */
GVariant *fram_rows_component_stats (const FramComponentStats *stats);
/* `a{sv}` */
GVariant *fram_rows_status (const FramBrokerTotals *totals, const FramDriverStats *stats,
                            guint64 signals_dropped, const FramCache *cache);
