/* What the user decides of the network. */
#include "broker/broker-private.h"

FramTime
fram_broker_linger_end (FramBroker *broker, FramTime now)
{
  FramTime linger = broker->config.policy.linger;

  return linger == FRAM_TIME_NEVER ? FRAM_TIME_NEVER : now + linger;
}
