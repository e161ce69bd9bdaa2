#include "nat/kind.h"

static gboolean
is_blocked (const FramNatBehaviour *behaviour)
{
  return behaviour->server_answers == FRAM_NAT_NO
         && behaviour->second_answers != FRAM_NAT_YES;
}

static FramNatKind
kind_of_untranslated (FramNatDependence filtering)
{
  switch (filtering)
    {
    case FRAM_NAT_DEPENDENCE_UNKNOWN:
      return FRAM_NAT_KIND_UNTRANSLATED;
    case FRAM_NAT_ENDPOINT_INDEPENDENT:
      return FRAM_NAT_KIND_OPEN;
    case FRAM_NAT_ADDRESS_DEPENDENT:
    case FRAM_NAT_ADDRESS_AND_PORT_DEPENDENT:
    case FRAM_NAT_DEPENDENT:
      return FRAM_NAT_KIND_FIREWALL;
    }
  g_assert_not_reached ();
}

static FramNatKind
kind_of_cone (FramNatDependence filtering)
{
  switch (filtering)
    {
    case FRAM_NAT_DEPENDENCE_UNKNOWN:
    case FRAM_NAT_DEPENDENT:
      return FRAM_NAT_KIND_CONE;
    case FRAM_NAT_ENDPOINT_INDEPENDENT:
      return FRAM_NAT_KIND_FULL_CONE;
    case FRAM_NAT_ADDRESS_DEPENDENT:
      return FRAM_NAT_KIND_RESTRICTED_CONE;
    case FRAM_NAT_ADDRESS_AND_PORT_DEPENDENT:
      return FRAM_NAT_KIND_PORT_RESTRICTED_CONE;
    }
  g_assert_not_reached ();
}

FramNatKind
fram_nat_behaviour_get_kind (const FramNatBehaviour *behaviour)
{
  if (is_blocked (behaviour))
    return FRAM_NAT_KIND_BLOCKED;
  if (behaviour->translated == FRAM_NAT_NO)
    return kind_of_untranslated (behaviour->filtering);
  if (behaviour->translated == FRAM_NAT_UNKNOWN)
    return FRAM_NAT_KIND_UNKNOWN;

  switch (behaviour->mapping)
    {
    case FRAM_NAT_DEPENDENCE_UNKNOWN:
      return FRAM_NAT_KIND_UNKNOWN;
    case FRAM_NAT_ENDPOINT_INDEPENDENT:
      return kind_of_cone (behaviour->filtering);
    case FRAM_NAT_ADDRESS_DEPENDENT:
    case FRAM_NAT_ADDRESS_AND_PORT_DEPENDENT:
    case FRAM_NAT_DEPENDENT:
      return FRAM_NAT_KIND_SYMMETRIC;
    }
  g_assert_not_reached ();
}

/* Whether this side reaches, by packets from its known mapped address, whom it calls. */
static FramNatAnswer
is_predictable (const FramNatBehaviour *behaviour)
{
  if (behaviour->mapping == FRAM_NAT_DEPENDENCE_UNKNOWN)
    return FRAM_NAT_UNKNOWN;
  return behaviour->mapping == FRAM_NAT_ENDPOINT_INDEPENDENT ? FRAM_NAT_YES : FRAM_NAT_NO;
}

/* Whether this side, having sent to an address, is reached from its other ports too. */
static FramNatAnswer
takes_other_ports (const FramNatBehaviour *behaviour)
{
  switch (behaviour->filtering)
    {
    case FRAM_NAT_DEPENDENCE_UNKNOWN:
    case FRAM_NAT_DEPENDENT:
      return FRAM_NAT_UNKNOWN;
    case FRAM_NAT_ENDPOINT_INDEPENDENT:
    case FRAM_NAT_ADDRESS_DEPENDENT:
      return FRAM_NAT_YES;
    case FRAM_NAT_ADDRESS_AND_PORT_DEPENDENT:
      return FRAM_NAT_NO;
    }
  g_assert_not_reached ();
}

/* By host addresses, if they are in one network, or else by the NAT's hairpin. */
static gboolean
share_an_address (const FramNatBehaviour *one, const FramNatBehaviour *other)
{
  return one->translated == FRAM_NAT_YES && other->translated == FRAM_NAT_YES
         && fram_address_equal_ip (&one->mapped, &other->mapped);
}

static FramNatExpectation
expectation_from (FramNatAnswer direct)
{
  switch (direct)
    {
    case FRAM_NAT_UNKNOWN:
      return FRAM_NAT_EXPECT_UNKNOWN;
    case FRAM_NAT_NO:
      return FRAM_NAT_EXPECT_RELAY;
    case FRAM_NAT_YES:
      return FRAM_NAT_EXPECT_DIRECT;
    }
  g_assert_not_reached ();
}

/* Each side knows the other's mapped address and sends to it, which opens its own filter.
 * If both mappings are the same for all remotes, both sides are heard.  A side whose mapping
 * is not sends from a port that nobody has been told of: the other must let it in on the
 * strength of the IP address, and then answers to what it sees.  If neither mapping can be
 * foreseen, each filter waits for the other side; that it works for a few mild NATs
 * is nothing to rely on. */
FramNatExpectation
fram_nat_expect_call (const FramNatBehaviour *one, const FramNatBehaviour *other)
{
  FramNatAnswer first = is_predictable (one), second = is_predictable (other);

  if (is_blocked (one) || is_blocked (other))
    return FRAM_NAT_EXPECT_RELAY;
  if (first == FRAM_NAT_UNKNOWN || second == FRAM_NAT_UNKNOWN)
    return FRAM_NAT_EXPECT_UNKNOWN;
  if (share_an_address (one, other) && one->hairpin != FRAM_NAT_YES)
    return FRAM_NAT_EXPECT_UNKNOWN;
  if (first == FRAM_NAT_YES && second == FRAM_NAT_YES)
    return FRAM_NAT_EXPECT_DIRECT;
  if (first == FRAM_NAT_YES)
    return expectation_from (takes_other_ports (one));
  if (second == FRAM_NAT_YES)
    return expectation_from (takes_other_ports (other));
  return FRAM_NAT_EXPECT_RELAY;
}

FramNatExpectation
fram_nat_expect_anyone (const FramNatBehaviour *behaviour)
{
  if (is_blocked (behaviour))
    return FRAM_NAT_EXPECT_RELAY;

  switch (is_predictable (behaviour))
    {
    case FRAM_NAT_UNKNOWN:
      return FRAM_NAT_EXPECT_UNKNOWN;
    case FRAM_NAT_NO:
      return FRAM_NAT_EXPECT_IF_OPEN;
    case FRAM_NAT_YES:
      /* A filter that is not known is taken for the strictest. */
      return takes_other_ports (behaviour) == FRAM_NAT_YES
                 ? FRAM_NAT_EXPECT_DIRECT
                 : FRAM_NAT_EXPECT_UNLESS_SYMMETRIC;
    }
  g_assert_not_reached ();
}
