/* How long a NAT keeps a mapping that nobody uses: RFC 5780 §4.6.
 *
 * A socket X gets a mapping by one Binding request and then rests; after a while another
 * socket, Y, asks the server to send its answer to X's mapped port (RESPONSE-PORT).  What
 * arrives at X shows that the mapping was still there; what arrives elsewhere, or nothing,
 * that it was not.  The rest is doubled until a mapping does not survive it, and then the
 * border between alive and dead is closed in upon.
 *
 * Several sockets X run trials of different length at the same time: each has a mapping of
 * its own, so they do not touch each other, and waiting is all that takes time.  Each trial
 * begins with a new socket, because many NATs (Linux is one) let a mapping live longer once
 * it has been used for a while: what is measured is the youngest, which lives shortest.
 *
 * It is sans-IO, as nat/behaviour.h, and driven the same way; besides, it asks for sockets:
 *
 *     on FRAM_NAT_EVENT_OPEN:      close the socket of that number, if there is one, open one
 *                                  on another random port, fram_nat_lifetime_told_opened ()
 *     on FRAM_NAT_EVENT_CHANGED:   look at the result: [alive, dead] is narrower, as a rule
 *     on FRAM_NAT_EVENT_DONE:      read the result, free it, close the sockets
 *
 * A trial over which the host slept is void: who advances it some seconds after its deadline
 * has slept.
 *
 * With four sockets X it takes some four times the lifetime, with one six to eight times,
 * and forty packets or so in all.  It is meant to run in the background and may be given up
 * at any time: what is known so far is of use (nat/keepalive.h). */
#pragma once

#include "base/random.h"
#include "base/time.h"
#include "nat/event.h"

/* Sockets X at most, numbered from 1; 0 is Y. */
#define FRAM_NAT_LIFETIME_MAX_SOCKETS 8

typedef struct
{
  FramAddress server;
  guint n_sockets;   /* X; 0: the default, 4 */
  FramTime shortest; /* the first rest; 0: the default, 5 s */
  FramTime longest;  /* what survives it counts as lasting; 0: the default, 30 min */
  guint precision;   /* of `dead` over `alive`, per cent; 0: the default, 10 */
} FramNatLifetimeConfig;

typedef enum
{
  FRAM_NAT_LIFETIME_MEASURING,
  FRAM_NAT_LIFETIME_MEASURED,
  FRAM_NAT_LIFETIME_SHORTER,        /* than the shortest rest */
  FRAM_NAT_LIFETIME_LONGER,         /* than the longest rest */
  FRAM_NAT_LIFETIME_INCONSISTENT,   /* it varies; `alive` is what it never fell below */
  FRAM_NAT_LIFETIME_NOT_MEASURABLE, /* the server does not do what it takes */
  FRAM_NAT_LIFETIME_UNREACHABLE,    /* the server answers not, or not any more */
} FramNatLifetimeState;

typedef struct
{
  FramNatLifetimeState state;
  FramTime alive; /* a mapping lived so long; 0: nothing is known */
  FramTime dead;  /* none lived so long; FRAM_TIME_NEVER: nothing is known */
  FramTime rtt;   /* to the server; -1: not known */
  guint n_trials; /* that were judged */
  guint n_contradictions;
} FramNatLifetimeResult;

typedef struct _FramNatLifetime FramNatLifetime;

/* `random` must outlive it. */
FramNatLifetime *fram_nat_lifetime_new (const FramNatLifetimeConfig *config,
                                        FramRandom *random, FramTime now);
void fram_nat_lifetime_free (FramNatLifetime *lifetime);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramNatLifetime, fram_nat_lifetime_free)

void fram_nat_lifetime_told_opened (FramNatLifetime *lifetime, guint socket,
                                    FramTime now);
void fram_nat_lifetime_told_open_failed (FramNatLifetime *lifetime, guint socket,
                                         FramTime now);
/* A datagram, whatever it is.  Return: whether it was one that was waited for. */
gboolean fram_nat_lifetime_receive (FramNatLifetime *lifetime, guint socket,
                                    const FramAddress *from, const guint8 *data,
                                    gsize length, FramTime now);

FramTime fram_nat_lifetime_deadline (const FramNatLifetime *lifetime);
void fram_nat_lifetime_advance (FramNatLifetime *lifetime, FramTime now);
/* FRAM_TIME_NEVER: there is no new question. */
FramTime fram_nat_lifetime_send_due (const FramNatLifetime *lifetime);
/* Asks one; FALSE if there is none. */
gboolean fram_nat_lifetime_send (FramNatLifetime *lifetime, FramTime now);

gboolean fram_nat_lifetime_pop (FramNatLifetime *lifetime, FramNatEvent *ret_event);

/* What is known so far. */
const FramNatLifetimeResult *
fram_nat_lifetime_get_result (const FramNatLifetime *lifetime);

/* A word for programs, as "not-measurable". */
const char *fram_nat_lifetime_state_to_text (FramNatLifetimeState state);
