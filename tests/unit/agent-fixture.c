#include "agent-fixture.h"

#include <string.h>

#include "stun/builder.h"

FramAddress
agent_address (const char *text)
{
  FramAddress result;

  g_assert_true (fram_address_parse (&result, text));
  return result;
}

void
agent_drain (AgentFixture *f)
{
  FramIceEvent event;

  while (fram_ice_agent_pop (f->agent, &event))
    {
      f->n_added += event.type == FRAM_ICE_EVENT_PAIR_ADDED;
      f->n_removed += event.type == FRAM_ICE_EVENT_PAIR_REMOVED;
      f->n_routes += event.type == FRAM_ICE_EVENT_ROUTE;
      f->n_routes_over += event.type == FRAM_ICE_EVENT_ROUTE_OVER;
      f->n_refused += event.type == FRAM_ICE_EVENT_TUPLE_REFUSED;
      f->n_closed += event.type == FRAM_ICE_EVENT_COMPONENT_STATE
                     && event.state == FRAM_STATE_CLOSED;
      f->n_advised += event.type == FRAM_ICE_EVENT_RESTART_ADVISED;
      if (event.type == FRAM_ICE_EVENT_RESTART_ADVISED)
        f->advice = event.cause;
      if (event.type != FRAM_ICE_EVENT_TRANSMIT)
        continue;
      f->n_sent++;
      f->sent_to = event.remote;
      f->sent_by = event.base;
      f->sent_length = event.length;
      memcpy (f->sent, event.data, event.length);
      g_free (event.data);
    }
}

FramCandidate
agent_host (guint32 base, guint component, const char *at)
{
  FramCandidate candidate = { .type = FRAM_CANDIDATE_HOST,
                              .transport = FRAM_TRANSPORT_UDP,
                              .component = (guint16) component,
                              .base = base,
                              .address = agent_address (at) };
  FramAddress nobody = { 0 };

  candidate.base_address = candidate.address;
  candidate.priority
      = fram_candidate_priority (FRAM_CANDIDATE_HOST, 65535, (guint16) component);
  fram_candidate_set_foundation (&candidate, &nobody, 0);
  return candidate;
}

void
agent_begin (AgentFixture *f, FramRole role, guint n_streams, guint n_components,
             guint max_pairs)
{
  FramIceConfig config = { .role = role,
                           .ufrag = "local",
                           .pwd = PWD,
                           .pacing = 5,
                           .max_pairs = max_pairs,
                           .tcp = f->tcp,
                           .n_streams = n_streams };

  seeded_random_init (&f->random, 3);
  for (guint s = 0; s < n_streams; s++)
    config.n_components[s] = n_components;
  f->now = FRAM_SECONDS (10);
  f->own = agent_address ("192.0.2.1:1000");
  f->peer = agent_address ("192.0.2.9:2000");
  f->agent = fram_ice_agent_new (&config, &f->random.random, f->now);
}

void
agent_setup (AgentFixture *f, gconstpointer data)
{
  FramCandidate local = agent_host (BASE, 1, "192.0.2.1:1000");

  agent_begin (f, FRAM_ROLE_CONTROLLED, 1, 1, 100);
  g_assert_cmpint (fram_ice_agent_add_local (f->agent, 0, &local, f->now), ==,
                   FRAM_ICE_ADD_OK);
  fram_ice_agent_end_local (f->agent, f->now);
  agent_drain (f);
}

void
agent_teardown (AgentFixture *f, gconstpointer data)
{
  fram_ice_agent_free (f->agent);
}

void
agent_describe (AgentFixture *f, guint pacing)
{
  FramDescription remote
      = { .ufrag = "peer", .pwd = PEER_PWD, .pacing = pacing, .options = f->options };

  fram_ice_agent_set_remote (f->agent, &remote, f->now);
  agent_drain (f);
}

const AgentCheck agent_plain_check = { .username = "local:peer",
                                       .pwd = PWD,
                                       .role_attribute = FRAM_STUN_ATTR_ICE_CONTROLLING,
                                       .tie_breaker = 5 };

void
agent_receive (AgentFixture *f, const AgentCheck *check, const FramAddress *from,
               gboolean taken)
{
  guint8 buffer[512];
  FramStunBuilder builder;
  FramStunMessage message;
  FramStunId id = { { 1, 2, 3, check->id } };
  FramHmacKey key;
  gsize length;

  fram_stun_builder_init (&builder, buffer, sizeof buffer, FRAM_STUN_REQUEST,
                          FRAM_STUN_BINDING, &id);
  fram_stun_builder_add_text (&builder, FRAM_STUN_ATTR_USERNAME, check->username);
  if (!check->no_priority)
    fram_stun_builder_add_u32 (&builder, FRAM_STUN_ATTR_PRIORITY, 1845494271);
  fram_stun_builder_add_u64 (&builder, check->role_attribute, check->tie_breaker);
  if (check->use_candidate)
    fram_stun_builder_add_flag (&builder, FRAM_STUN_ATTR_USE_CANDIDATE);
  if (check->with_value)
    fram_stun_builder_add_u32 (&builder, FRAM_STUN_ATTR_NOMINATION, check->value);
  if (check->strange != 0)
    fram_stun_builder_add_u32 (&builder, check->strange, 1);
  if (check->pwd != NULL)
    {
      fram_hmac_key_init (&key, (const guint8 *) check->pwd, strlen (check->pwd));
      fram_stun_builder_add_integrity (&builder, &key);
    }
  fram_stun_builder_add_fingerprint (&builder);
  length = fram_stun_builder_end (&builder);
  g_assert_cmpint (fram_stun_message_parse (&message, buffer, length), ==,
                   FRAM_STUN_PARSE_OK);
  f->sent_length = 0;
  fram_ice_agent_receive_request (f->agent, BASE, from, &message, taken, f->now);
  agent_drain (f);
}

guint
agent_answer_code (AgentFixture *f)
{
  FramStunMessage message;
  const char *reason;
  gsize length;
  guint code = 0;

  g_assert_cmpuint (f->sent_length, >, 0);
  g_assert_cmpint (fram_stun_message_parse (&message, f->sent, f->sent_length), ==,
                   FRAM_STUN_PARSE_OK);
  if (message.klass == FRAM_STUN_SUCCESS)
    return 0;
  g_assert_cmpint (message.klass, ==, FRAM_STUN_ERROR);
  g_assert_true (fram_stun_message_get_error (&message, &code, &reason, &length));
  return code;
}

void
agent_answer (AgentFixture *f, guint code, const char *pwd, const FramAddress *mapped,
              const FramAddress *from)
{
  guint8 buffer[512];
  FramStunBuilder builder;
  FramStunMessage request, response;
  FramHmacKey key;
  gsize length;

  g_assert_cmpint (fram_stun_message_parse (&request, f->sent, f->sent_length), ==,
                   FRAM_STUN_PARSE_OK);
  g_assert_cmpint (request.klass, ==, FRAM_STUN_REQUEST);
  fram_stun_builder_init_response (&builder, buffer, sizeof buffer,
                                   code == 0 ? FRAM_STUN_SUCCESS : FRAM_STUN_ERROR,
                                   &request);
  if (code != 0)
    fram_stun_builder_add_error (&builder, code, "no");
  else if (mapped != NULL)
    fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS, mapped);
  if (pwd != NULL)
    {
      fram_hmac_key_init (&key, (const guint8 *) pwd, strlen (pwd));
      fram_stun_builder_add_integrity (&builder, &key);
    }
  fram_stun_builder_add_fingerprint (&builder);
  length = fram_stun_builder_end (&builder);
  g_assert_cmpint (fram_stun_message_parse (&response, buffer, length), ==,
                   FRAM_STUN_PARSE_OK);
  fram_ice_agent_receive_response (f->agent, f->sent_by, from, &response, f->now);
  agent_drain (f);
}

gboolean
agent_check_now (AgentFixture *f)
{
  gboolean sent;

  f->now = MAX (f->now, fram_ice_agent_check_due (f->agent));
  sent = f->now != FRAM_TIME_NEVER && fram_ice_agent_check (f->agent, f->now);
  agent_drain (f);
  return sent;
}

void
agent_run_until (AgentFixture *f, FramTime until)
{
  while (fram_ice_agent_deadline (f->agent) <= until)
    {
      f->now = MAX (f->now, fram_ice_agent_deadline (f->agent));
      fram_ice_agent_advance (f->agent, f->now);
      agent_drain (f);
    }
  f->now = until;
}

void
agent_run_for (AgentFixture *f, FramTime duration)
{
  agent_run_until (f, f->now + duration);
}

void
agent_add_peer (AgentFixture *f, guint component, const char *at)
{
  FramCandidate remote = agent_host (0, component, at);

  fram_ice_agent_add_remote (f->agent, 0, &remote, 64, f->now);
  agent_drain (f);
}

const FramPair *
agent_only_pair (AgentFixture *f)
{
  const GPtrArray *pairs = fram_ice_agent_get_pairs (f->agent, 0);

  g_assert_cmpuint (pairs->len, ==, 1);
  return g_ptr_array_index (pairs, 0);
}

void
agent_answer_check_to (AgentFixture *f, const FramAddress *remote)
{
  while (agent_check_now (f))
    if (fram_address_equal (&f->sent_to, remote))
      {
        agent_answer (f, 0, PEER_PWD, &f->own, remote);
        return;
      }
  g_assert_not_reached ();
}

void
agent_nominate (AgentFixture *f, const FramAddress *remote)
{
  AgentCheck nominating = agent_plain_check;

  nominating.use_candidate = TRUE;
  agent_receive (f, &nominating, remote, FALSE);
}
