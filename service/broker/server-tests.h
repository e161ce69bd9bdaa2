/* Tests of servers under way, for the broker's own files; what they found is server-test.h. */
#pragma once

#include "broker/server-test.h"

/* At one time. */
#define FRAM_SERVER_TESTS_MAX 16

typedef struct
{
  GPtrArray *tests; /* those under way */
  gpointer last;    /* the one that ended last, or NULL */
  guint16 last_id;
} FramServerTestTable;

void fram_server_test_table_init (FramServerTestTable *table);
/* Ends all without a word. */
void fram_broker_clear_tests (FramBroker *broker);
/* How many sockets they have. */
guint fram_broker_count_test_sockets (FramBroker *broker);

/* All return FALSE if it is of no test. */
gboolean fram_broker_test_opened (FramBroker *broker, FramBaseId id, FramTime now);
gboolean fram_broker_test_failed (FramBroker *broker, FramBaseId id, FramTime now);
gboolean fram_broker_test_stream_failed (FramBroker *broker, FramBaseId id,
                                         FramStreamFailure failure, const char *details,
                                         FramTime now);
gboolean fram_broker_test_unreachable (FramBroker *broker, FramBaseId id,
                                       const FramAddress *remote, FramTime now);
gboolean fram_broker_test_resolved (FramBroker *broker, guint16 query,
                                    const FramAddress *addresses, guint n_addresses,
                                    FramTime now);
gboolean fram_broker_test_receive (FramBroker *broker, FramBaseId id,
                                   const FramAddress *remote, const guint8 *data,
                                   gsize length, FramTime now);
/* The time of a test has come. */
void fram_broker_test_advance (FramBroker *broker, gpointer test, FramTime now);
