/* Nobody sends without consent, and nobody takes what a peer sends without.  (RFC 7675)
 *
 * It follows the answers on the wire alone: what a broker believes does not matter here. */
#pragma once

#include "data-plane.h"

typedef struct
{
  GHashTable *answers; /* SimTuple -> when a success response last came and went */
} SimConsent;

void sim_consent_init (SimConsent *consent);
void sim_consent_clear (SimConsent *consent);

/* A packet that is STUN came from there, or went there (`is_sent`). */
void sim_consent_note (SimConsent *consent, const SimTuple *tuple, const guint8 *data,
                       gsize length, gboolean is_sent, FramTime now);
/* `slack`: how late the host's timers come. */
gboolean sim_consent_may_send (const SimConsent *consent, const SimTuple *tuple,
                               FramTime slack, FramTime now);
gboolean sim_consent_may_take (const SimConsent *consent, const SimTuple *tuple,
                               FramTime slack, FramTime now);
