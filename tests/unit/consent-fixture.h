/* An agent whose peer has two addresses, and the time between its checks for consent. */
#pragma once

#include "agent-fixture.h"

#define FOREVER FRAM_SECONDS (3600)

typedef struct
{
  AgentFixture agent;
  FramAddress other; /* of the peer, beside `peer` */
} ConsentFixture;

/* Data take the pair with `peer`; that with `other` is not checked yet. */
void consent_setup (ConsentFixture *c, gconstpointer data);
void consent_teardown (ConsentFixture *c, gconstpointer data);

/* Lets time pass until the agent sends something or `until`; FALSE: it sent nothing. */
gboolean consent_run_until_sent (AgentFixture *f, FramTime until);
/* Between so many checks for consent, each of which is answered: an id of its own has each, and is sent
 * once. */
void consent_measure_periods (AgentFixture *f, guint n_checks, FramTime *ret_least,
                              FramTime *ret_most);
