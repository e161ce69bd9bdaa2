#include "nat/kind.h"

const char *
fram_nat_answer_to_text (FramNatAnswer answer)
{
  switch (answer)
    {
    case FRAM_NAT_UNKNOWN:
      return "unknown";
    case FRAM_NAT_NO:
      return "no";
    case FRAM_NAT_YES:
      return "yes";
    }
  g_assert_not_reached ();
}

const char *
fram_nat_dependence_to_text (FramNatDependence dependence)
{
  switch (dependence)
    {
    case FRAM_NAT_DEPENDENCE_UNKNOWN:
      return "unknown";
    case FRAM_NAT_ENDPOINT_INDEPENDENT:
      return "endpoint-independent";
    case FRAM_NAT_ADDRESS_DEPENDENT:
      return "address-dependent";
    case FRAM_NAT_ADDRESS_AND_PORT_DEPENDENT:
      return "address and port-dependent";
    case FRAM_NAT_DEPENDENT:
      return "dependent on the destination";
    }
  g_assert_not_reached ();
}

/* Tables, so that nothing can have a word and lack its text. */
typedef struct
{
  const char *word;
  const char *text;
} Words;

static const Words kinds[] = {
  [FRAM_NAT_KIND_UNKNOWN] = { "unknown", "unknown" },
  [FRAM_NAT_KIND_BLOCKED] = { "blocked", "UDP blocked" },
  [FRAM_NAT_KIND_OPEN] = { "open", "open internet" },
  [FRAM_NAT_KIND_FIREWALL] = { "firewall", "firewall without NAT" },
  [FRAM_NAT_KIND_UNTRANSLATED] = { "no-nat", "no NAT" },
  [FRAM_NAT_KIND_FULL_CONE] = { "full-cone", "full cone NAT" },
  [FRAM_NAT_KIND_RESTRICTED_CONE] = { "restricted-cone", "restricted cone NAT" },
  [FRAM_NAT_KIND_PORT_RESTRICTED_CONE]
  = { "port-restricted-cone", "port-restricted cone NAT" },
  [FRAM_NAT_KIND_CONE] = { "cone", "cone NAT" },
  [FRAM_NAT_KIND_SYMMETRIC] = { "symmetric", "symmetric NAT" },
};

static const Words expectations[] = {
  [FRAM_NAT_EXPECT_UNKNOWN]
  = { "unknown", "Too little is known to say how a connection will be made." },
  [FRAM_NAT_EXPECT_DIRECT] = { "direct", "A direct connection is to be expected." },
  [FRAM_NAT_EXPECT_UNLESS_SYMMETRIC]
  = { "direct-unless-symmetric",
      "A direct connection is to be expected, unless the other side is behind a "
      "symmetric NAT; then a relay (TURN server) is needed." },
  [FRAM_NAT_EXPECT_IF_OPEN]
  = { "direct-if-open",
      "A direct connection works only if the other side has an open address or a lenient "
      "NAT (full or restricted cone); else a relay (TURN server) is needed." },
  [FRAM_NAT_EXPECT_RELAY] = { "relay", "A relay (TURN server) is needed." },
};

const char *
fram_nat_kind_to_word (FramNatKind kind)
{
  return kinds[kind].word;
}

const char *
fram_nat_kind_to_name (FramNatKind kind)
{
  return kinds[kind].text;
}

const char *
fram_nat_expectation_to_word (FramNatExpectation expectation)
{
  return expectations[expectation].word;
}

const char *
fram_nat_expectation_to_sentence (FramNatExpectation expectation)
{
  return expectations[expectation].text;
}
