#include "store/known-words.h"

const char *
fram_known_transport_to_word (FramKnownTransport transport)
{
  switch (transport)
    {
    case FRAM_KNOWN_UDP:
      return "udp";
    case FRAM_KNOWN_TCP:
      return "tcp";
    case FRAM_KNOWN_TLS:
      return "tls";
    case FRAM_KNOWN_DTLS:
      return "dtls";
    }
  g_assert_not_reached ();
}

gboolean
fram_known_transport_from_word (const char *word, FramKnownTransport *ret_transport)
{
  for (FramKnownTransport t = FRAM_KNOWN_UDP; t <= FRAM_KNOWN_DTLS; t++)
    if (g_str_equal (word, fram_known_transport_to_word (t)))
      {
        *ret_transport = t;
        return TRUE;
      }
  return FALSE;
}

const char *
fram_known_answer_to_word (FramNatAnswer answer)
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

FramNatAnswer
fram_known_answer_from_word (const char *word)
{
  for (FramNatAnswer a = FRAM_NAT_UNKNOWN; a <= FRAM_NAT_YES; a++)
    if (g_str_equal (word, fram_known_answer_to_word (a)))
      return a;
  return FRAM_NAT_UNKNOWN;
}

const char *
fram_known_dependence_to_word (FramNatDependence dependence)
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
      return "address-and-port-dependent";
    case FRAM_NAT_DEPENDENT:
      return "dependent";
    }
  g_assert_not_reached ();
}

FramNatDependence
fram_known_dependence_from_word (const char *word)
{
  for (FramNatDependence d = FRAM_NAT_DEPENDENCE_UNKNOWN; d <= FRAM_NAT_DEPENDENT; d++)
    if (g_str_equal (word, fram_known_dependence_to_word (d)))
      return d;
  return FRAM_NAT_DEPENDENCE_UNKNOWN;
}
