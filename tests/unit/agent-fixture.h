/* One agent whose peer the test plays, with messages of its own making. */
#pragma once

#include "ice/agent.h"
#include "seeded-random.h"

#define BASE 7
#define PWD "localpassword0123456789a"
#define PEER_PWD "peerpassword0123456789ab"

typedef struct
{
  SeededRandom random;
  FramIceAgent *agent;
  FramTime now;
  FramIceOptions options; /* of the peer */
  gboolean tcp;           /* to be set before agent_begin() */
  FramAddress own, peer;
  guint8 sent[FRAM_STUN_MAX_SENT]; /* the last message the agent transmitted */
  gsize sent_length;
  FramAddress sent_to;
  guint32 sent_by; /* the base */
  guint n_sent, n_added, n_removed, n_routes, n_routes_over, n_refused, n_advised,
      n_closed;
  FramCause advice; /* the last one */
} AgentFixture;

/* A check of the peer's, to be changed before it is signed. */
typedef struct
{
  const char *username;
  const char *pwd; /* NULL: without integrity */
  gboolean no_priority;
  gboolean use_candidate;
  gboolean with_value;
  guint32 value; /* NOMINATION */
  guint16 role_attribute;
  guint64 tie_breaker;
  guint16 strange; /* a comprehension-required attribute */
  guint8 id;       /* of its transaction */
} AgentCheck;

extern const AgentCheck agent_plain_check;

FramAddress agent_address (const char *text);
FramCandidate agent_host (guint32 base, guint component, const char *at);

void agent_begin (AgentFixture *f, FramRole role, guint n_streams, guint n_components,
                  guint max_pairs);
/* One controlled agent with one host candidate that has ended its gathering. */
void agent_setup (AgentFixture *f, gconstpointer data);
void agent_teardown (AgentFixture *f, gconstpointer data);
/* Takes the agent's events and counts them. */
void agent_drain (AgentFixture *f);
void agent_describe (AgentFixture *f, guint pacing);
void agent_add_peer (AgentFixture *f, guint component, const char *at);

/* The agent gets a check of the peer's. */
void agent_receive (AgentFixture *f, const AgentCheck *check, const FramAddress *from,
                    gboolean taken);
/* The error code of its last answer; 0: success. */
guint agent_answer_code (AgentFixture *f);
/* Lets it send the check that is due; FALSE: none is. */
gboolean agent_check_now (AgentFixture *f);
/* One step after the other until `until`, without anything from outside. */
void agent_run_until (AgentFixture *f, FramTime until);
void agent_run_for (AgentFixture *f, FramTime duration);
/* Answers its last check with `code`, 0 for success. */
void agent_answer (AgentFixture *f, guint code, const char *pwd,
                   const FramAddress *mapped, const FramAddress *from);
const FramPair *agent_only_pair (AgentFixture *f);
/* Lets the agent check until it asks `remote`, and answers that. */
void agent_answer_check_to (AgentFixture *f, const FramAddress *remote);
/* The peer nominates the pair with `remote`, by USE-CANDIDATE. */
void agent_nominate (AgentFixture *f, const FramAddress *remote);
