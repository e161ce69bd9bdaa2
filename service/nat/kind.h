/* What is known of the NAT or firewall in front of an interface, in the words of RFC 4787
 * and in the common ones, and what it means for a call. */
#pragma once

#include "base/address.h"
#include "base/time.h"

typedef enum
{
  FRAM_NAT_UNKNOWN,
  FRAM_NAT_NO,
  FRAM_NAT_YES,
} FramNatAnswer;

/* On how much of the remote address a mapping or a filter depends. (RFC 4787 §4.1, §5) */
typedef enum
{
  FRAM_NAT_DEPENDENCE_UNKNOWN,
  FRAM_NAT_ENDPOINT_INDEPENDENT,
  FRAM_NAT_ADDRESS_DEPENDENT,
  FRAM_NAT_ADDRESS_AND_PORT_DEPENDENT,
  FRAM_NAT_DEPENDENT, /* one of the two before; which of them was not to be found out */
} FramNatDependence;

/* What was found about one interface address at one server. All zero: nothing, but `rtt`. */
typedef struct
{
  FramTime rtt;                 /* to the server; -1: not known */
  FramAddress local;            /* of the socket for mappings */
  FramAddress mapped;           /* and outside, as the server sees it; NONE: not known */
  FramNatAnswer server_answers; /* over UDP */
  FramNatAnswer second_answers;
  FramNatAnswer server_helps; /* whether the server offers the tests of RFC 5780 */
  FramNatAnswer translated;   /* whether `local` and `mapped` differ */
  FramNatAnswer keeps_port;   /* in all mappings that were seen (RFC 4787 §4.2.1) */
  FramNatDependence mapping;
  FramNatDependence filtering;
  /* Whether two sockets behind the NAT reach each other by their mapped addresses, each
   * having sent to the other's (RFC 4787 §6).  Not asked where nothing is translated. */
  FramNatAnswer hairpin;
} FramNatBehaviour;

/* The common names; those of cones are RFC 3489's. */
typedef enum
{
  FRAM_NAT_KIND_UNKNOWN,
  FRAM_NAT_KIND_BLOCKED, /* no server answered; or those that were asked are down */
  FRAM_NAT_KIND_OPEN,
  FRAM_NAT_KIND_FIREWALL,
  FRAM_NAT_KIND_UNTRANSLATED, /* open or firewall: the filter is not known */
  FRAM_NAT_KIND_FULL_CONE,
  FRAM_NAT_KIND_RESTRICTED_CONE,
  FRAM_NAT_KIND_PORT_RESTRICTED_CONE,
  FRAM_NAT_KIND_CONE, /* one of the three: the filter is not known */
  FRAM_NAT_KIND_SYMMETRIC,
} FramNatKind;

FramNatKind fram_nat_behaviour_get_kind (const FramNatBehaviour *behaviour);

/* What to expect of a call.  Known facts alone count, and a relay stands for any way that
 * is not direct. */
typedef enum
{
  FRAM_NAT_EXPECT_UNKNOWN,
  FRAM_NAT_EXPECT_DIRECT,
  FRAM_NAT_EXPECT_UNLESS_SYMMETRIC, /* direct, but for others behind a symmetric NAT */
  FRAM_NAT_EXPECT_IF_OPEN, /* direct with who lets any port of a known address in */
  FRAM_NAT_EXPECT_RELAY,
} FramNatExpectation;

/* Two sides call each other by ICE: DIRECT, RELAY or UNKNOWN. It is symmetric. */
FramNatExpectation fram_nat_expect_call (const FramNatBehaviour *one,
                                         const FramNatBehaviour *other);
/* A call with somebody of whom nothing is known, but that UDP reaches him. */
FramNatExpectation fram_nat_expect_anyone (const FramNatBehaviour *behaviour);

/* "yes", "no", "unknown" */
const char *fram_nat_answer_to_text (FramNatAnswer answer);
/* RFC 4787's: "endpoint-independent", "address-dependent", ... */
const char *fram_nat_dependence_to_text (FramNatDependence dependence);
/* A word for programs, as "port-restricted-cone"; the name that people use. */
const char *fram_nat_kind_to_word (FramNatKind kind);
const char *fram_nat_kind_to_name (FramNatKind kind);
/* A word for programs, and a sentence for people. */
const char *fram_nat_expectation_to_word (FramNatExpectation expectation);
const char *fram_nat_expectation_to_sentence (FramNatExpectation expectation);
