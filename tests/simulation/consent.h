/* Nobody sends without consent, and nobody takes what a peer sends without.  (RFC 7675)
 *
 * It follows the answers on the wire alone: what a broker believes does not matter here. */
#pragma once

#include "data-plane.h"

typedef struct
{
  GHashTable *answers;   /* SimTuple -> when a success response last came and went */
  GHashTable *questions; /* FramStunId -> a check of ours, until it has such a response */
  GHashTable *proofs;    /* a check's 5-tuple and USERNAME -> when it last had one */
  GHashTable *usernames; /* set: those that checks of ours had */
  GHashTable *newest;    /* FramSessionId -> the last of them that came into use */
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

/* A packet is about to go there, for that session. Return: whether it asks for the consent of a
 * former generation: the session has checked with a newer USERNAME since, and a check with this
 * one had its answer by this 5-tuple in the last 30 s.  The path that it is for need never have
 * been told, as data go by the newer generation's. */
gboolean sim_consent_is_former (SimConsent *consent, FramSessionId session,
                                const SimTuple *tuple, const guint8 *data, gsize length,
                                FramTime now);
