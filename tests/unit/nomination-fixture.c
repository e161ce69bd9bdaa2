#include "nomination-fixture.h"

void
nomination_add_peer (AgentFixture *f, const char *at, guint32 priority)
{
  FramCandidate remote = agent_host (0, 1, at);

  remote.priority = priority;
  fram_ice_agent_add_remote (f->agent, 0, &remote, 64, f->now);
  agent_drain (f);
}

void
nomination_begin (AgentFixture *f, FramRole role, FramIceOptions options)
{
  FramCandidate local = agent_host (BASE, 1, "192.0.2.1:1000");

  agent_begin (f, role, 1, 1, 100);
  fram_ice_agent_add_local (f->agent, 0, &local, f->now);
  fram_ice_agent_end_local (f->agent, f->now);
  agent_drain (f);
  f->options = options;
  agent_describe (f, 5);
}

gboolean
nomination_is_sent (AgentFixture *f)
{
  FramStunMessage message;

  g_assert_cmpint (fram_stun_message_parse (&message, f->sent, f->sent_length), ==,
                   FRAM_STUN_PARSE_OK);
  return fram_stun_message_has (&message, FRAM_STUN_ATTR_USE_CANDIDATE);
}

const FramAddress *
nomination_address_of (AgentFixture *f, guint32 base)
{
  const GPtrArray *locals = fram_ice_agent_get_locals (f->agent, 0);

  for (guint i = 0; i < locals->len; i++)
    {
      const FramCandidate *local = g_ptr_array_index (locals, i);

      if (local->base == base)
        return &local->address;
    }
  g_assert_not_reached ();
}

static FramTime
next_due (AgentFixture *f)
{
  return MIN (fram_ice_agent_check_due (f->agent), fram_ice_agent_deadline (f->agent));
}

gboolean
nomination_step (AgentFixture *f)
{
  guint n_sent = f->n_sent;

  f->now = MAX (f->now, next_due (f));
  if (fram_ice_agent_check_due (f->agent) <= f->now)
    fram_ice_agent_check (f->agent, f->now);
  else
    fram_ice_agent_advance (f->agent, f->now);
  agent_drain (f);
  return f->n_sent != n_sent;
}

guint
nomination_answer_but (AgentFixture *f, FramTime duration, const FramAddress *dead)
{
  FramTime until = f->now + duration;
  guint n_nominations = 0;

  while (next_due (f) <= until)
    {
      if (!nomination_step (f))
        continue;
      n_nominations += nomination_is_sent (f);
      if (dead == NULL || !fram_address_equal (&f->sent_to, dead))
        agent_answer (f, 0, PEER_PWD, nomination_address_of (f, f->sent_by), &f->sent_to);
    }
  f->now = until;
  return n_nominations;
}

guint
nomination_answer_for (AgentFixture *f, FramTime duration)
{
  return nomination_answer_but (f, duration, NULL);
}

void
nomination_hear (AgentFixture *f, const char *from, guint8 id)
{
  AgentCheck check = agent_plain_check;
  FramAddress remote = agent_address (from);

  check.use_candidate = TRUE;
  check.id = id;
  agent_receive (f, &check, &remote, FALSE);
}

void
nomination_assert_selected (AgentFixture *f, const char *at)
{
  const FramPair *selected = fram_ice_agent_get_selected (f->agent, 0, 1);
  FramAddress remote = agent_address (at);

  g_assert_nonnull (selected);
  g_assert_true (fram_address_equal (&selected->remote->address, &remote));
}
