#include "consent-fixture.h"

void
consent_setup (ConsentFixture *c, gconstpointer data)
{
  AgentFixture *f = &c->agent;

  agent_setup (f, NULL);
  c->other = agent_address ("192.0.2.10:2000");
  agent_describe (f, 5);
  agent_add_peer (f, 1, "192.0.2.9:2000");
  agent_answer_check_to (f, &f->peer);
}

void
consent_teardown (ConsentFixture *c, gconstpointer data)
{
  agent_teardown (&c->agent, NULL);
}

gboolean
consent_run_until_sent (AgentFixture *f, FramTime until)
{
  guint n_sent = f->n_sent;

  while (fram_ice_agent_deadline (f->agent) <= until)
    {
      f->now = MAX (f->now, fram_ice_agent_deadline (f->agent));
      fram_ice_agent_advance (f->agent, f->now);
      agent_drain (f);
      if (f->n_sent > n_sent)
        return TRUE;
    }
  f->now = until;
  return FALSE;
}

void
consent_measure_periods (AgentFixture *f, guint n_checks, FramTime *ret_least,
                         FramTime *ret_most)
{
  FramTime last = f->now;
  FramStunMessage message;
  FramStunId former = { { 0 } };

  *ret_least = FOREVER;
  *ret_most = 0;
  for (guint i = 0; i < n_checks; i++)
    {
      g_assert_true (consent_run_until_sent (f, f->now + FOREVER));
      *ret_least = MIN (*ret_least, f->now - last);
      *ret_most = MAX (*ret_most, f->now - last);
      last = f->now;
      g_assert_cmpint (fram_stun_message_parse (&message, f->sent, f->sent_length), ==,
                       FRAM_STUN_PARSE_OK);
      g_assert_false (fram_stun_id_equal (&message.id, &former));
      g_assert_false (fram_stun_message_has (&message, FRAM_STUN_ATTR_USE_CANDIDATE));
      former = message.id;
      f->now += FRAM_MILLISECONDS (20);
      agent_answer (f, 0, PEER_PWD, &f->own, &f->peer);
    }
}
