/* The inside of a test of a server: server-test.c is the way there, server-talk.c what is said. */
#pragma once

#include "broker/broker-private.h"
#include "broker/server-failures.h"

typedef struct
{
  FramServerTest row;
  FramServerUri parts;
  char *uri, *username, *password, *authority, *domain;
  guint16 query;
  FramAddress addresses[FRAM_SERVER_MAX_ADDRESSES];
  guint n_addresses;
  guint next; /* of the addresses, to be tried */
  gboolean by_stream;
  FramInterfaceAddress interface;
  FramAddress asked[FRAM_ALLOCATION_MAX_ASKED];
  guint n_asked;
  FramBaseId base;
  gboolean heard_noise; /* something came that is no STUN */
  FramTurn *turn;
  FramStunTransaction transaction;
  gboolean is_asking; /* the transaction is under way */
  FramTime began, asked_at, silent_at, until;
  FramDue due;
} FramTestUnderWay;

/* server-test.c: it ends, so or so; it may not be looked at any more. */
void fram_test_succeed (FramBroker *broker, FramTestUnderWay *test, FramTime now);
void fram_test_fail (FramBroker *broker, FramTestUnderWay *test,
                     FramServerFailure failure, FramTime now);
/* This way it does not go: the next address, then TCP after UDP; or it fails by this. */
void fram_test_go_on (FramBroker *broker, FramTestUnderWay *test,
                      FramServerFailure failure, FramTime now);
/* Another way to `row.server`. */
void fram_test_open (FramBroker *broker, FramTestUnderWay *test);
void fram_test_close (FramBroker *broker, FramTestUnderWay *test);
/* Unless it has ended. */
void fram_test_schedule (FramBroker *broker, FramTestUnderWay *test);
FramServerFailure fram_test_find_silence (const FramTestUnderWay *test);

/* server-talk.c: it may have ended after each of them. */
void fram_test_ask (FramBroker *broker, FramTestUnderWay *test, FramTime now);
void fram_test_take (FramBroker *broker, FramTestUnderWay *test, const guint8 *data,
                     gsize length, FramTime now);
void fram_test_advance_talk (FramBroker *broker, FramTestUnderWay *test, FramTime now);
