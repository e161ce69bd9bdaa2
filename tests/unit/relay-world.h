/* Hosts on a wire with TURN servers: what passes between them, by whom it is wrapped. */
#pragma once

#include "broker/network-snapshot.h"
#include "turn-relay.h"
#include "wire.h"

#define RELAY_WORLD_MAX_SERVERS 3

typedef struct
{
  Wire *wire;
  TurnRelay *servers[RELAY_WORLD_MAX_SERVERS];
  guint n_servers;
  gboolean direct; /* hosts reach each other without a relay */
  gboolean udp_to_turn_is_lost;
  gboolean tickets_are_lost; /* what asks for one, and is signed */
  guint n_direct;            /* datagrams between hosts, that would have passed */
  guint n_unrelayed;         /* what hosts sent to others than TURN servers */
  guint n_bindings;          /* Binding requests to TURN servers */
} RelayWorld;

RelayWorld *relay_world_new (void);
void relay_world_free (RelayWorld *world);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RelayWorld, relay_world_free)

/* At 203.0.113.1:3478, its relay at 203.0.113.101, and so on. */
TurnRelay *relay_world_add_server (RelayWorld *world);
/* Each host has all of them from now on, as “anna” with “secret”; `query` is what follows the
 * address in their URIs. */
void relay_world_tell_servers (RelayWorld *world, WireHost *host, const char *query,
                               const char *username, const char *password);
FramSessionId relay_world_open (WireHost *host, FramPolicy policy, gboolean trickle);
/* Opens one on `b` that knows the description of the one on `a`. */
FramSessionId relay_world_answer (WireHost *a, FramSessionId offer, WireHost *b,
                                  FramPolicy policy);
/* Opens one on each, and passes their descriptions on when both have gathered. */
void relay_world_call (WireHost *a, WireHost *b, FramPolicy policy,
                       FramSessionId *ret_offer, FramSessionId *ret_answer);
void relay_world_run (RelayWorld *world, FramTime duration);
/* Candidate lines of the session with this in them. */
guint relay_world_count_lines (WireHost *host, FramSessionId session, const char *part);
guint relay_world_count_events (WireHost *host, FramEventType type);
/* The last one; NULL: none. */
const FramEvent *relay_world_find_event (WireHost *host, FramEventType type);
