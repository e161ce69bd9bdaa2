/* The probe's inside, shared by the files that cut it: what is asked when, and what the
 * answers mean. */
#pragma once

#include "nat/behaviour.h"
#include "nat/query-private.h"

/* The server has the addresses A1 (its first) and A2 with the ports P1 and P2 each.  In the
 * order in which they are begun: what ends in silence takes longest and goes first. */
typedef enum
{
  FRAM_NAT_TEST_SERVER,      /* A1:P1, RFC 5780 §4.2 */
  FRAM_NAT_TEST_FILTER_IP,   /* to A1:P1, the answer from A2:P2; §4.4 test II */
  FRAM_NAT_TEST_FILTER_PORT, /* to A1:P1, the answer from A1:P2; §4.4 test III */
  FRAM_NAT_TEST_PEER,        /* to A1:P1, for the mapped address of the hairpin socket */
  FRAM_NAT_TEST_FILTER_NONE, /* to A1:P1, on the socket for filters: does it work at all? */
  FRAM_NAT_TEST_MAPPING_IP,    /* A2:P1, §4.3 test II */
  FRAM_NAT_TEST_MAPPING_PORT,  /* A2:P2, §4.3 test III */
  FRAM_NAT_TEST_HAIRPIN_THERE, /* from one socket to the mapped address of another, */
  FRAM_NAT_TEST_HAIRPIN_BACK,  /* and from that one back, so that filters let it in */
  FRAM_NAT_TEST_SECOND,        /* the second server */
  FRAM_NAT_TESTS,
} FramNatTest;

struct _FramNatProbe
{
  FramNatProbeConfig config;
  FramRandom *random;
  FramTime started;
  FramTime last_begun; /* -1: nothing yet */
  FramNatPath path, second_path;
  FramAddress other; /* A2:P2; family NONE: the server has none */
  FramNatQuery queries[FRAM_NAT_TESTS];
  guint n_over; /* FRAM_NAT_TESTS: done */
  gboolean change_queued;
  GQueue events; /* FramNatEvent */
  FramNatBehaviour result;
};

/* behaviour-plan.c: makes ready what can be asked, drops what need not be. */
void fram_nat_probe_plan (FramNatProbe *probe);
/* Whether the server's OTHER-ADDRESS may be sent to. */
gboolean fram_nat_probe_accepts_other (const FramNatProbe *probe,
                                       const FramAddress *other);

/* behaviour-verdict.c: what the answers and silences mean. */
void fram_nat_probe_judge (const FramNatProbe *probe, FramNatBehaviour *ret_result);
/* Whether an answer to a filter test came from an address that was never sent to. */
gboolean fram_nat_query_heard_stranger (const FramNatQuery *query);
