/* What may happen in a world, and how often it did. */
#pragma once

#include <glib.h>

typedef enum
{
  SIM_RESTARTED,
  SIM_ROLE_CONFLICT,
  SIM_REGULAR_PEER,
  SIM_OLD_PEER,
  SIM_NOMINATED_EARLY,
  SIM_LITE_CONNECTED,
  SIM_STREAMS_CONNECTED,
  SIM_COMPONENTS_CONNECTED,
  SIM_STREAM_REMOVED,
  SIM_RELAYED_PATH,
  SIM_LATE_CANDIDATE,
  SIM_CHANGED_PATH,
  SIM_MOVED,
  SIM_RENUMBERED,
  SIM_SERVER_DIED,
  SIM_HOST_LEFT,
  SIM_RECOVERED,
  SIM_CONSENT_EXPIRED,
  SIM_CONSENT_REVOKED,
  SIM_GAVE_UP,
  SIM_N_HAPPENINGS,
} SimHappening;

/* For people. */
const char *sim_happening_to_text (SimHappening happening);
