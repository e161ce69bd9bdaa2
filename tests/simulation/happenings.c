#include "happenings.h"

const char *
sim_happening_to_text (SimHappening happening)
{
  switch (happening)
    {
    case SIM_RESTARTED:
      return "sessions restarted";
    case SIM_ROLE_CONFLICT:
      return "role conflicts were answered";
    case SIM_REGULAR_PEER:
      return "peers that nominate once (RFC 8445)";
    case SIM_OLD_PEER:
      return "peers as RFC 5245 has them";
    case SIM_NOMINATED_EARLY:
      return "first checks that nominate (aggressive)";
    case SIM_LITE_CONNECTED:
      return "lite sessions were connected";
    case SIM_STREAMS_CONNECTED:
      return "sessions of several streams were connected";
    case SIM_COMPONENTS_CONNECTED:
      return "sessions of two components were connected";
    case SIM_STREAM_REMOVED:
      return "streams were removed in mid-session";
    case SIM_RELAYED_PATH:
      return "paths by a relay";
    case SIM_TCP_PATH:
      return "paths by TCP";
    case SIM_TCP_SIMULTANEOUS:
      return "paths by TCP that both ends opened";
    case SIM_TCP_DID_NOT_OPEN:
      return "connections to peers did not open";
    case SIM_TCP_BROKE:
      return "connections with peers were closed there";
    case SIM_NAME_FOUND:
      return "names of peers were found";
    case SIM_NAME_NOT_FOUND:
      return "names of peers were looked for in vain";
    case SIM_LATE_CANDIDATE:
      return "candidates came after the nomination";
    case SIM_CHANGED_PATH:
      return "selected pairs were replaced";
    case SIM_MOVED:
      return "hosts got or lost an address";
    case SIM_RENUMBERED:
      return "NATs got another address or forgot";
    case SIM_SERVER_DIED:
      return "servers died";
    case SIM_HOST_LEFT:
      return "hosts left without a word";
    case SIM_RECOVERED:
      return "sessions recovered";
    case SIM_RESTED:
      return "a path was not used for a while";
    case SIM_CONSENT_EXPIRED:
      return "consent expired";
    case SIM_CONSENT_REVOKED:
      return "consent was revoked";
    case SIM_GAVE_UP:
      return "sessions found no path";
    case SIM_N_HAPPENINGS:
      break;
    }
  g_assert_not_reached ();
}
