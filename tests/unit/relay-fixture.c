#include "relay-fixture.h"

void
relay_fixture_init (RelayFixture *fixture, guint n_servers)
{
  fixture->world = relay_world_new ();
  fixture->host = wire_add_host (fixture->world->wire, "192.0.2.1");
  for (guint i = 0; i < n_servers; i++)
    relay_world_add_server (fixture->world);
  fixture->server = fixture->world->servers[0];
}

void
relay_fixture_clear (RelayFixture *fixture)
{
  relay_world_free (fixture->world);
}

void
relay_fixture_run (RelayFixture *fixture, FramTime duration)
{
  relay_world_run (fixture->world, duration);
}

void
relay_fixture_tell (RelayFixture *fixture, const char *query, const char *username,
                    const char *password)
{
  relay_world_tell_servers (fixture->world, fixture->host, query, username, password);
}

FramSessionId
relay_fixture_open (RelayFixture *fixture)
{
  return relay_world_open (fixture->host, FRAM_POLICY_ALL, TRUE);
}

void
relay_fixture_close (RelayFixture *fixture, FramSessionId session)
{
  fram_broker_close_session (fixture->host->broker, session,
                             FRAM_CAUSE_CLOSED_BY_APPLICATION, fixture->world->wire->now);
  wire_settle (fixture->world->wire);
}
