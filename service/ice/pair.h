/* A candidate pair with its check and what came of it.  (RFC 8445 §6.1.2)
 *
 * Pairs differ by base and remote address: since a check leaves by the base, a reflexive
 * local candidate is replaced by its base (§6.1.2.4).  The valid pair (§7.2.5.3.2) is
 * therefore the same object; `mapped` is its local candidate. */
#pragma once

#include "base/time.h"
#include "ice/candidate.h"
#include "ice/state.h"
#include "stun/transaction.h"

/* A Binding request on its way, with what it said. */
typedef struct
{
  FramStunTransaction transaction;
  guint32 priority; /* PRIORITY */
  guint64 tie_breaker;
  FramRole role;
  guint32 nomination; /* it nominates, by this value; 0: it does not */
  gboolean pending;   /* an answer is awaited */
  gboolean silent;    /* cancelled or for consent: not sent again, no failure */
} FramCheck;

/* So many checks of a pair are awaited: the newest, and those that triggered checks replaced
 * and that may still be answered (RFC 8445 §7.3.1.4).  Those that ask for consent in doubt may
 * be answered late, where the way has become a slow one (RFC 7675 §5.1). */
#define FRAM_PAIR_CHECKS 5

/* RFC 7675 §5.1: consent expires so long after the last answer. */
#define FRAM_CONSENT_LIFETIME FRAM_SECONDS (30)

typedef struct
{
  guint32 requests_sent, requests_received;
  guint32 responses_sent, responses_received;
  guint32 retransmissions_sent;
  guint32 consent_requests_sent;
} FramPairCounters;

typedef struct _FramPair
{
  guint32 id;
  guint16 stream;
  guint16 component;
  FramCandidate *local; /* a host or relayed candidate: what the check leaves by */
  FramCandidate *remote;
  FramCandidate *mapped; /* the valid pair's local candidate; NULL: not valid */
  guint64 priority;
  FramPairState state;
  FramCause cause;

  guint8 refused;        /* its 5-tuple belongs to another session: never checked */
  guint8 held;           /* nothing may be sent there yet: not checked so long */
  guint8 triggered;      /* waits in the triggered-check queue */
  guint8 peer_nominated; /* a nomination came before our own check succeeded */
  guint8 nominated;
  guint8 readable;  /* a check of the peer's was answered */
  guint8 routed;    /* data may come from there */
  guint8 missed;    /* consent checks in a row without an answer */
  guint8 carries;   /* its component's data go there */
  guint8 put_off;   /* its next consent check was, as the agent was held up */
  guint8 quiet;     /* its data have stopped, and it was not heard since */
  guint8 n_awaited; /* of its checks */

  guint32 nominate; /* its checks nominate, by this value; 0: they do not */

  FramTime consent_due;     /* the next consent check, if it carries data */
  FramTime consent_regular; /* when it would be due if the last one is answered */
  FramTime consent_until;   /* -1: there was none yet */
  FramTime keepalive_due;   /* by a lite agent; FRAM_TIME_NEVER: none */
  FramTime heard;           /* when a check of the peer's was last answered; -1: never */
  FramTime rtt;             /* -1: never measured */
  FramTime total_rtt;
  FramPairCounters counters;

  /* All above is looked at or written with each check of a path that works, and lies together for
   * that: where there are thousands of them, none is in the processor's cache. */
  FramCheck checks[FRAM_PAIR_CHECKS]; /* the newest first */

  FramStunId nomination; /* the peer's last check that nominated it */
  FramTime first_sent;   /* -1: never */
  FramTime valid_since;
} FramPair;

FramPair *fram_pair_new (guint32 id, guint stream, FramCandidate *local,
                         FramCandidate *remote);
void fram_pair_free (FramPair *pair);

/* RFC 8445 §6.1.2.3, from the candidate the peer knows: the mapped one if there is one. */
void fram_pair_update_priority (FramPair *pair, FramRole role);
/* By descending priority, then ascending component (§6.1.4.2). */
gint fram_pair_compare (gconstpointer a, gconstpointer b);

gboolean fram_pair_same_foundation (const FramPair *a, const FramPair *b);
/* RFC 8445 §6.1.2.2, RFC 6544 §6.2: same component and family, transports that belong
 * together, link-local with its like; no relay with a candidate that is named. */
gboolean fram_pair_can_be (const FramCandidate *local, const FramCandidate *remote);
gboolean fram_pair_has_tuple (const FramPair *pair, guint32 base,
                              const FramAddress *remote);

/* Its checks and data go by a connection. (RFC 6544) */
gboolean fram_pair_is_tcp (const FramPair *pair);

/* The one place where a pair's state changes. */
void fram_pair_set_state (FramPair *pair, FramPairState state, FramCause cause);

/* A check is under way that counts for the pair's state. */
gboolean fram_pair_is_checking (const FramPair *pair);
/* An answer to the newest check is awaited. */
gboolean fram_pair_awaits_newest (const FramPair *pair);
FramCheck *fram_pair_find_check (FramPair *pair, const FramStunId *id);
