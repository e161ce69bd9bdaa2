/* One agent of one host candidate and a peer that nominates, or is told. */
#pragma once

#include "agent-fixture.h"

#define GOOD "192.0.2.9:2000"
#define BETTER "192.0.2.10:2000"

/* `options` are the peer's. */
void nomination_begin (AgentFixture *f, FramRole role, FramIceOptions options);
/* A candidate of the peer's. */
void nomination_add_peer (AgentFixture *f, const char *at, guint32 priority);
/* What the peer sees of the agent's base: there is no NAT. */
const FramAddress *nomination_address_of (AgentFixture *f, guint32 base);

/* The check that was sent last nominates. */
gboolean nomination_is_sent (AgentFixture *f);
/* Lets it do what is due next. Return: whether it has sent a check. */
gboolean nomination_step (AgentFixture *f);
/* Answers all checks of the next `duration`, consent's too, but those to `dead` (nullable).
 * Return: how many nominated. */
guint nomination_answer_but (AgentFixture *f, FramTime duration, const FramAddress *dead);
guint nomination_answer_for (AgentFixture *f, FramTime duration);

/* The peer nominates by USE-CANDIDATE; `id` tells its checks apart. */
void nomination_hear (AgentFixture *f, const char *from, guint8 id);
void nomination_assert_selected (AgentFixture *f, const char *at);
