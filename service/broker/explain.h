/* Why a session is where it is: a sentence for people and a word for programs, from what is
 * known of its candidates, its checks, the servers and the NATs.
 *
 * | word | what it says |
 * | --- | --- |
 * | gathering | this side's addresses are being found |
 * | waiting-for-peer | the peer has not described itself yet |
 * | checking | paths are being tried |
 * | direct-host | connected, between the addresses of the hosts themselves |
 * | direct-nat | connected, through at least one NAT |
 * | relayed | connected, through a relay; the sentence says why not directly |
 * | path-silent | it was connected; the path in use does not answer, others are tried |
 * | no-network | this computer has no address that leads to others |
 * | interfaces-left-out | it has, but the settings leave its interfaces out |
 * | no-remote-candidates | the peer named no address |
 * | peer-not-found | it named names of Multicast DNS alone, which were not found |
 * | tuples-taken | other sessions of this computer hold all paths to this peer |
 * | one-way | the peer's checks come in, this side's are not answered |
 * | peer-private | the peer named private addresses alone, which are not reached from here |
 * | no-family | the two sides have no common kind of address (IPv4, IPv6) |
 * | udp-blocked | no STUN server answers by UDP, though by TCP one does |
 * | servers-silent | no STUN server answers, so the peer knows private addresses alone |
 * | no-server | no STUN server was to be asked, with the same result |
 * | symmetric-nat | this side's NAT gives a new port for each destination |
 * | relay-… | there is no direct path, and the TURN server gave no relay: with the word of its
 *   reason, as relay-wrong-credentials or relay-silent (broker/server-failures.h) |
 * | no-relay | the session may use nothing but a relay, and has no TURN server |
 * | peer-silent | the peer answered nothing; the reason is not seen from here |
 *
 * A session that failed for another reason has the word and the sentence of its cause
 * (ice/state.h). */
#pragma once

#include "broker/broker.h"

/* Return: (transfer full): the sentence; NULL: there is no such session.  `ret_word` may be
 * NULL. */
char *fram_broker_explain (FramBroker *broker, FramSessionId session, FramTime now,
                           const char **ret_word);
/* The same of a state that it comes to by `cause`, to be told of it: more than the cause, if it
 * has failed.  Return: (transfer full): the sentence. */
char *fram_broker_explain_state (FramBroker *broker, FramSessionId session,
                                 FramState state, FramCause cause, FramTime now,
                                 const char **ret_word);
