/* How often a mapping is to be used so that the NAT keeps it. */
#pragma once

#include "nat/lifetime.h"

/* RFC 8445 §11: Tr, when nothing is known; never less without need. */
#define FRAM_NAT_KEEPALIVE_DEFAULT FRAM_SECONDS (15)

/* The interval for what is known, which may be nothing, or a measurement under way; NULL is
 * nothing.  It is less than Tr only where a mapping was seen to be dead so soon, and never
 * less than a second; and no more than what RFC 4787 REQ-5 promises, whatever was measured:
 * a NAT under load may shorten its timers down to there. */
FramTime fram_nat_keepalive_interval (const FramNatLifetimeResult *result);
