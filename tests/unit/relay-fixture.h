/* One host with TURN servers: what its broker makes of them. */
#pragma once

#include "relay-world.h"

typedef struct
{
  RelayWorld *world;
  WireHost *host;
  TurnRelay *server; /* the first one */
} RelayFixture;

void relay_fixture_init (RelayFixture *fixture, guint n_servers);
void relay_fixture_clear (RelayFixture *fixture);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RelayFixture, relay_fixture_clear)

void relay_fixture_run (RelayFixture *fixture, FramTime duration);
/* As relay_world_tell_servers(). */
void relay_fixture_tell (RelayFixture *fixture, const char *query, const char *username,
                         const char *password);
FramSessionId relay_fixture_open (RelayFixture *fixture);
void relay_fixture_close (RelayFixture *fixture, FramSessionId session);
