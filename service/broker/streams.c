/* Streams: connections to servers where UDP does not go. */
#include "broker/broker-private.h"

void
fram_broker_told_stream_failed (FramBroker *broker, FramBaseId stream,
                                FramStreamFailure failure, const char *details,
                                FramTime now)
{
}
