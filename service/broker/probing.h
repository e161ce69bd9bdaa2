/* Finding out about the network: in the background, as FramBrokerPolicy.probe says, and for
 * fram_broker_check_network().
 *
 * In the background there is at most one probe of behaviour and one measurement of lifetimes,
 * of interface addresses that have a mapping, and for as long as somebody uses them.  None is begun
 * while a session gathers or has just begun its checks; a session that checks in vain is no
 * reason to wait, as what is found out will tell it why. */
#pragma once

#include "broker/probes.h"

/* What was found out is taken for granted so long. */
#define FRAM_PROBING_BEHAVIOUR_FRESH FRAM_SECONDS (24 * 3600)
#define FRAM_PROBING_LIFETIME_FRESH FRAM_SECONDS (7 * 24 * 3600)
/* A session is left alone for so long after its checks began. */
#define FRAM_PROBING_PATIENCE FRAM_SECONDS (5)
/* Checks of the network at one time. */
#define FRAM_CHECKS_MAX 4

typedef struct
{
  FramProbeTable probes;
  FramProbe *behaviour, *lifetime; /* of the background; or NULL */
  GArray *trials;                  /* what was tried, and when it may be again */
  FramDue look;                    /* whether there is something to find out */
  GPtrArray *checks;               /* those under way */
  guint16 last_check;
} FramProbing;

void fram_probing_init (FramProbing *probing);
/* Closes all; before the broker's own tables go. */
void fram_probing_clear (FramBroker *broker);

/* A mapping is known, or something else has changed that may give it work. */
void fram_probing_consider (FramBroker *broker, FramTime now);
/* The time of `look`. */
void fram_probing_look (FramBroker *broker, FramTime now);
/* Gives up what nobody needs any more: interfaces, bases or the policy may have changed. */
void fram_probing_review (FramBroker *broker, FramTime now);
/* The host is attached to another network: nothing of what is under way is about it. */
void fram_probing_network_changed (FramBroker *broker, FramTime now);
/* A mapping was found gone that nobody had used for `rested`.  If it should have lived, what
 * is known of lifetimes is wrong: it is corrected, and measured again. */
void fram_probing_mapping_lost (FramBroker *broker, const FramInterfaceAddress *interface,
                                FramTime rested, FramTime now);
/* Servers told the addresses of one base (FramMapping): two of them show whether the NAT gives
 * a new port for each destination, if that is not known yet (RFC 5780 §4.3, in small). */
void fram_probing_compare (FramBroker *broker, const FramInterfaceAddress *interface,
                           const GPtrArray *mappings, FramTime now);

/* Of packets.c, facts.c and broker.c.  FALSE: the base is none of a probe's. */
gboolean fram_probing_told_opened (FramBroker *broker, FramBaseId base,
                                   const FramAddress *bound, FramTime now);
gboolean fram_probing_told_failed (FramBroker *broker, FramBaseId base, FramTime now);
gboolean fram_probing_told_unreachable (FramBroker *broker, FramBaseId base,
                                        const FramAddress *remote, FramTime now);
gboolean fram_probing_receive (FramBroker *broker, FramBaseId base,
                               const FramAddress *remote, const guint8 *data,
                               gsize length, FramTime now);
void fram_probing_advance (FramBroker *broker, FramProbe *probe, FramTime now);
void fram_probing_send (FramBroker *broker, FramProbe *probe, FramTime now);

/* Whether the behaviour of what is before this address is being found out. */
gboolean fram_broker_is_probing (FramBroker *broker,
                                 const FramInterfaceAddress *interface);
/* Enters what a probe found, beside what was known and was not found out anew. */
void fram_probing_learn (FramBroker *broker, const FramInterfaceAddress *interface,
                         const FramNatBehaviour *behaviour, FramTime now);

/* check-network.c */

/* All that is under way; those of `probe`, or (NULL) all, look at how far they are. */
void fram_checks_step (FramBroker *broker, FramTime now);
/* The time of a check has come; `check`: as in its FramDue. */
void fram_check_advance (FramBroker *broker, gpointer check, FramTime now);
/* Ends all without another word of what is not known yet. */
void fram_checks_end (FramBroker *broker, FramTime now);
void fram_checks_free (FramBroker *broker);
