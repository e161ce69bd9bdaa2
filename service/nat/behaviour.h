/* How the NAT or firewall in front of one interface address behaves: the tests of RFC 5780
 * §3.4 and §4.2 to §4.5, by one server.
 *
 * It is sans-IO: facts go in with `now`, events come out of fram_nat_probe_pop().  The
 * owner opens three UDP sockets for it on one interface address, each on a random port that
 * has sent nothing before (§4.1) and that nothing else uses until the probe is done; it
 * sends what TRANSMIT events say, and tells what arrives.  The probe does not pace itself:
 * fram_nat_probe_send_due() says when it would like to ask a new question, at most ten in a
 * second (§5), and fram_nat_probe_send() grants one.  Repetitions come by
 * fram_nat_probe_advance().  After each call the owner pops until nothing is left:
 *
 *     probe = fram_nat_probe_new (&config, random, now);
 *     at fram_nat_probe_send_due ():  fram_nat_probe_send ()
 *     at fram_nat_probe_deadline ():  fram_nat_probe_advance ()
 *     on a datagram:                  fram_nat_probe_receive ()
 *     on FRAM_NAT_EVENT_DONE:         read the result, free the probe, close the sockets
 *
 * Tests run side by side where none can touch what another one looks at (§4.5): each
 * socket's mapping and filter has but one purpose.  All is over within FRAM_NAT_PROBE_LIMIT;
 * what was not answered then stays unknown.  With a near server it takes one second to one
 * and a half, and some 15 to 30 packets. */
#pragma once

#include "base/random.h"
#include "nat/event.h"
#include "nat/kind.h"

#define FRAM_NAT_PROBE_LIMIT FRAM_SECONDS (5)

/* What each socket is for; its number in events and facts. */
typedef enum
{
  FRAM_NAT_SOCKET_MAPPING,   /* sends to all addresses of the server */
  FRAM_NAT_SOCKET_FILTERING, /* sends to its first address only */
  FRAM_NAT_SOCKET_HAIRPIN,   /* the other end of the hairpin */
  FRAM_NAT_PROBE_SOCKETS,
} FramNatSocket;

typedef struct
{
  FramAddress server;
  /* Asked where the first server is silent or no help, so that the mapping is found all
   * the same; family NONE, or the same IP address: there is none. */
  FramAddress second;
  /* Where the sockets are bound: the interface address, not a wildcard. */
  FramAddress local[FRAM_NAT_PROBE_SOCKETS];
} FramNatProbeConfig;

typedef struct _FramNatProbe FramNatProbe;

/* All addresses are of one family.  `random` must outlive the probe. */
FramNatProbe *fram_nat_probe_new (const FramNatProbeConfig *config, FramRandom *random,
                                  FramTime now);
void fram_nat_probe_free (FramNatProbe *probe);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramNatProbe, fram_nat_probe_free)

/* A datagram, whatever it is.  Return: whether it was one that the probe waited for. */
gboolean fram_nat_probe_receive (FramNatProbe *probe, FramNatSocket socket,
                                 const FramAddress *from, const guint8 *data,
                                 gsize length, FramTime now);
/* A hard ICMP error, or a send that failed. */
void fram_nat_probe_told_unreachable (FramNatProbe *probe, FramNatSocket socket,
                                      const FramAddress *remote, FramTime now);

FramTime fram_nat_probe_deadline (const FramNatProbe *probe);
void fram_nat_probe_advance (FramNatProbe *probe, FramTime now);
/* FRAM_TIME_NEVER: there is no new question. */
FramTime fram_nat_probe_send_due (const FramNatProbe *probe);
/* Asks one; FALSE if there is none. */
gboolean fram_nat_probe_send (FramNatProbe *probe, FramTime now);

gboolean fram_nat_probe_pop (FramNatProbe *probe, FramNatEvent *ret_event);

/* What is known so far; complete when done. */
const FramNatBehaviour *fram_nat_probe_get_result (const FramNatProbe *probe);
