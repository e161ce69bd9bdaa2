/* Connectivity checks, the server's side: answers, role conflicts, peer-reflexive remote
 * candidates, triggered checks.  (RFC 8445 §7.3) */
#include "ice/agent-private.h"

#include <string.h>

#include "stun/builder.h"
#include "stun/integrity.h"

/* What a Binding request of ICE may hold that must be understood, ascending. */
static const guint16 understood[] = {
  FRAM_STUN_ATTR_USERNAME,
  FRAM_STUN_ATTR_MESSAGE_INTEGRITY,
  FRAM_STUN_ATTR_MESSAGE_INTEGRITY_SHA256,
  FRAM_STUN_ATTR_PRIORITY,
  FRAM_STUN_ATTR_USE_CANDIDATE,
};

/* A request being handled. */
typedef struct
{
  FramIceAgent *agent;
  guint32 base;
  const FramAddress *remote;
  const FramStunMessage *message;
} FramRequest;

static void
transmit_answer (const FramRequest *request, FramStunBuilder *builder)
{
  gsize length = fram_stun_builder_end (builder);
  FramIceEvent *event;

  g_assert (length > 0);
  event = fram_ice_agent_emit (request->agent, FRAM_ICE_EVENT_TRANSMIT, NULL);
  event->base = request->base;
  event->remote = *request->remote;
  event->data = g_memdup2 (builder->data, length);
  event->length = (guint16) length;
}

static void
answer_error (const FramRequest *request, guint code, const guint16 *unknown,
              gsize n_unknown, gboolean sign)
{
  guint8 buffer[FRAM_STUN_MAX_SENT];
  FramStunBuilder builder;

  fram_stun_builder_init_response (&builder, buffer, sizeof buffer, FRAM_STUN_ERROR,
                                   request->message);
  fram_stun_builder_add_error (&builder, code, fram_stun_error_to_text (code));
  if (n_unknown > 0)
    fram_stun_builder_add_unknown (&builder, unknown, n_unknown);
  if (sign)
    fram_stun_builder_add_integrity (&builder, &request->agent->local_key);
  fram_stun_builder_add_fingerprint (&builder);
  transmit_answer (request, &builder);
}

static void
answer_success (const FramRequest *request)
{
  guint8 buffer[FRAM_STUN_MAX_SENT];
  FramStunBuilder builder;

  fram_stun_builder_init_response (&builder, buffer, sizeof buffer, FRAM_STUN_SUCCESS,
                                   request->message);
  fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS,
                                 request->remote);
  fram_stun_builder_add_integrity (&builder, &request->agent->local_key);
  fram_stun_builder_add_fingerprint (&builder);
  transmit_answer (request, &builder);
}

/* RFC 8489 §9.1.3, §6.3.1: who asks, and whether all of it is understood. */
static gboolean
authenticate (const FramRequest *request)
{
  guint16 unknown[8];
  gsize n_unknown;

  switch (
      fram_stun_message_check_integrity (request->message, &request->agent->local_key))
    {
    case FRAM_STUN_INTEGRITY_ABSENT:
      answer_error (request, FRAM_STUN_ERROR_BAD_REQUEST, NULL, 0, FALSE);
      return FALSE;
    case FRAM_STUN_INTEGRITY_WRONG:
      answer_error (request, FRAM_STUN_ERROR_UNAUTHENTICATED, NULL, 0, FALSE);
      return FALSE;
    case FRAM_STUN_INTEGRITY_OK:
      break;
    }

  n_unknown = fram_stun_message_list_unknown (request->message, understood,
                                              G_N_ELEMENTS (understood), unknown,
                                              G_N_ELEMENTS (unknown));
  if (n_unknown == 0)
    return TRUE;
  answer_error (request, FRAM_STUN_ERROR_UNKNOWN_ATTRIBUTE, unknown, n_unknown, TRUE);
  return FALSE;
}

/* RFC 8445 §7.3.1.1.  FALSE: the request was answered with 487. */
static gboolean
repair_role (const FramRequest *request)
{
  FramIceAgent *agent = request->agent;
  gboolean keep;
  guint64 theirs;

  /* Roles of lite agents follow from what both sides are (§6.1.1). */
  if (agent->is_lite)
    return TRUE;
  if (agent->role == FRAM_ROLE_CONTROLLING)
    {
      if (!fram_stun_message_get_u64 (request->message, FRAM_STUN_ATTR_ICE_CONTROLLING,
                                      &theirs))
        return TRUE;
      keep = agent->tie_breaker >= theirs;
    }
  else
    {
      if (!fram_stun_message_get_u64 (request->message, FRAM_STUN_ATTR_ICE_CONTROLLED,
                                      &theirs))
        return TRUE;
      keep = agent->tie_breaker < theirs;
    }

  if (!keep)
    {
      fram_ice_agent_switch_role (agent);
      return TRUE;
    }
  answer_error (request, FRAM_STUN_ERROR_ROLE_CONFLICT, NULL, 0, TRUE);
  return FALSE;
}

/* --- After the answer -------------------------------------------------------------- */

/* RFC 8445 §7.3.1.3 */
static FramCandidate *
learn_remote (FramIceAgent *agent, guint stream, const FramCandidate *local,
              const FramAddress *address, guint32 priority, FramTime now)
{
  FramIceStream *list = &agent->streams[stream];
  FramTransport transport = fram_transport_get_counterpart (local->transport);
  FramCandidate *remote;
  guint n_reflexive = 0;

  remote = fram_ice_stream_find_remote (list, local->component, transport, address);
  if (remote != NULL)
    return remote;

  for (guint i = 0; i < list->remotes->len; i++)
    {
      remote = g_ptr_array_index (list->remotes, i);
      n_reflexive += remote->type == FRAM_CANDIDATE_PEER_REFLEXIVE;
    }
  if (n_reflexive >= FRAM_ICE_MAX_REFLEXIVE
      && !fram_ice_agent_forget_remote (agent, stream, local->component, TRUE))
    return NULL;

  /* It has the component, though it named no candidate of it (RFC 8445 §6.1.2.2). */
  list->components[local->component - 1].absent = FALSE;
  remote = g_new0 (FramCandidate, 1);
  remote->type = FRAM_CANDIDATE_PEER_REFLEXIVE;
  remote->transport = transport;
  remote->component = local->component;
  remote->priority = priority;
  remote->address = *address;
  remote->base_address = *address;
  /* Arbitrary, but different from every other remote candidate's. */
  g_snprintf (remote->foundation, sizeof remote->foundation, "prflx%u",
              ++list->n_learned);
  fram_ice_agent_enter (agent, list->remotes, remote, now);
  fram_ice_agent_changed (agent);
  return remote;
}

/* Whether the pair's newest check was itself triggered, and has an answer on its way: a
 * peer whose candidates share one 5-tuple behind its NAT sends several checks at once, and
 * two agents that answer each with a check of their own never come to an end. */
static gboolean
is_answering (const FramPair *pair, FramTime now)
{
  const FramCheck *newest = &pair->checks[0];

  return pair->checks[1].pending && newest->pending
         && now - newest->transaction.last_sent < newest->transaction.timing.rto;
}

/* RFC 8445 §7.3.1.4 */
static void
trigger (FramIceAgent *agent, FramPair *pair, FramTime now)
{
  switch (pair->state)
    {
    case FRAM_PAIR_SUCCEEDED:
      return;
    case FRAM_PAIR_IN_PROGRESS:
      if (is_answering (pair, now))
        return;
      fram_ice_agent_cancel_check (agent, pair);
      break;
    case FRAM_PAIR_FROZEN:
    case FRAM_PAIR_WAITING:
    case FRAM_PAIR_FAILED:
      break;
    }
  fram_ice_agent_set_pair (agent, pair, FRAM_PAIR_WAITING, FRAM_CAUSE_TRIGGERED_CHECK);
  fram_ice_agent_trigger (agent, pair, FALSE);
}

/* What was under way when the component concluded may still come.  One that was opened again
 * since then is not concluding any more. */
static gboolean
is_concluding (const FramIceComponent *component, FramTime now)
{
  return component->free_at != FRAM_TIME_NEVER
         && component->free_at - now <= FRAM_ICE_FREE_AFTER;
}

/* Once its component is concluded, a pair is only made for a nomination: of a peer that
 * nominates more than once, as RFC 5245 allowed (RFC 8445 §8.1.1), or for a peer that has
 * moved and comes from a new address. */
static gboolean
is_welcome (const FramIceAgent *agent, FramIceStream *stream, const FramCandidate *local,
            const FramAddress *address, gboolean nominates, FramTime now)
{
  const FramIceComponent *state = &stream->components[local->component - 1];

  /* A chain of addresses none of which is the last would never end. */
  if (state->path == NULL && agent->patient_until == FRAM_TIME_NEVER
      && state->lost_until < 0)
    return FALSE;
  /* What is still on its way when a component concludes is only answered.  Later, whoever
   * checks a pair uses it. */
  return state->selected == NULL || state->suspect || nominates
         || !is_concluding (state, now)
         || fram_ice_stream_find_remote (
                stream, local->component,
                fram_transport_get_counterpart (local->transport), address)
                == NULL;
}

/* It is there for the data that may come by it, and counts as if it were not. */
static gboolean
is_superseded (const FramIceAgent *agent, const FramPair *pair)
{
  return pair->state == FRAM_PAIR_FAILED && pair->cause == FRAM_CAUSE_SUPERSEDED
         && !fram_ice_agent_awaits_peer (agent, pair);
}

static FramPair *
find_or_add (FramIceAgent *agent, guint32 base, const FramAddress *address,
             guint32 priority, gboolean nominates, FramTime now)
{
  FramPair *pair = fram_ice_agent_find_pair (agent, base, address);
  FramCandidate *local, *remote;
  guint stream;

  if (pair != NULL && !pair->refused && !is_superseded (agent, pair))
    return pair;
  /* The session that had its 5-tuple has given it up: it is claimed anew. */
  if (pair != NULL && pair->refused)
    {
      fram_ice_agent_remove_pair (agent, pair);
      pair = NULL;
    }
  local = fram_ice_agent_find_base (agent, base, &stream);
  if (local == NULL
      || !is_welcome (agent, &agent->streams[stream], local, address, nominates, now))
    return NULL;
  fram_ice_agent_reopen (agent, stream, local->component, now);
  if (pair != NULL)
    return pair;
  remote = learn_remote (agent, stream, local, address, priority, now);
  return remote != NULL ? fram_ice_agent_add_pair (agent, stream, local, remote, TRUE)
                        : NULL;
}

/* Of a peer that renominates, the newest nomination counts. */
static void
forget_nominations (FramIceStream *stream, guint component)
{
  for (guint i = 0; i < stream->pairs->len; i++)
    {
      FramPair *pair = g_ptr_array_index (stream->pairs, i);

      if (pair->component == component)
        pair->peer_nominated = FALSE;
    }
}

/* RFC 7675 §5.1: consent is 30 s old at most.  A spare's may be over before a check of the new path
 * is answered: such a pair is selected when it has answered anew, and data stay where they are. */
static gboolean
must_answer_first (FramIceAgent *agent, const FramPair *pair, FramTime now)
{
  return pair->mapped != NULL && !pair->nominated
         && pair != fram_ice_agent_component (agent, pair)->selected
         && pair != fram_ice_agent_component (agent, pair)->path
         && !fram_ice_consent_suffices (pair, now);
}

/* A peer that renominates may come back to a pair it has left: by another check, where one
 * that is merely late is the same. */
static void
take_nomination (FramIceAgent *agent, FramPair *pair, const FramNomination *nomination,
                 FramTime now)
{
  const FramStunId *id = nomination->id;

  if (!fram_ice_agent_heed (agent, pair, nomination))
    return;
  if (fram_ice_agent_renominates (agent) || nomination->value != FRAM_ICE_NO_VALUE)
    {
      forget_nominations (&agent->streams[pair->stream], pair->component);
      if (id != NULL && !fram_stun_id_equal (id, &pair->nomination))
        pair->nominated = FALSE;
    }
  if (id != NULL)
    pair->nomination = *id;
  if (must_answer_first (agent, pair, now))
    fram_ice_agent_doubt (agent, pair);
  if (pair->mapped != NULL)
    fram_ice_agent_select (agent, pair, now);
  else
    pair->peer_nominated = TRUE;
}

/* RFC 8445 §7.3.1.3 to §7.3.1.5, for a check that was answered with success; `nomination` is NULL
 * if it does not nominate. */
void
fram_ice_agent_accept (FramIceAgent *agent, guint32 base, const FramAddress *address,
                       guint32 priority, const FramNomination *nomination, FramTime now)
{
  FramPair *pair = find_or_add (agent, base, address, priority, nomination != NULL, now);

  if (pair == NULL)
    return;

  pair->counters.requests_received++;
  pair->counters.responses_sent++;
  pair->heard = now;
  if (!pair->readable)
    {
      pair->readable = pair->routed = TRUE;
      fram_ice_agent_emit (agent, FRAM_ICE_EVENT_ROUTE, pair);
      fram_ice_agent_changed (agent);
    }

  if (agent->is_lite)
    {
      fram_ice_lite_accept (agent, pair, nomination, now);
      return;
    }
  if (nomination != NULL && agent->role == FRAM_ROLE_CONTROLLED)
    take_nomination (agent, pair, nomination, now);
  fram_ice_agent_follow (agent, pair, now);
  trigger (agent, pair, now);
  fram_ice_consent_join (agent, pair, now);
}

gboolean
fram_ice_agent_is_proved (const FramIceAgent *agent, const FramStunMessage *request)
{
  return fram_stun_message_check_integrity (request, &agent->local_key)
         == FRAM_STUN_INTEGRITY_OK;
}

/* The part of USERNAME behind the colon: who asks. */
static gboolean
read_remote_ufrag (const FramStunMessage *message, char *ret_ufrag, gsize size)
{
  const char *text, *colon;
  gsize length, n;

  if (!fram_stun_message_get_text (message, FRAM_STUN_ATTR_USERNAME, &text, &length))
    return FALSE;
  colon = memchr (text, ':', length);
  if (colon == NULL)
    return FALSE;
  n = length - (colon + 1 - text);
  if (n >= size)
    return FALSE;
  memcpy (ret_ufrag, colon + 1, n);
  ret_ufrag[n] = '\0';
  return TRUE;
}

/* USE-CANDIDATE, or NOMINATION (draft-thatcher-ice-renomination-01 §4), or both: libwebrtc sends
 * one of them. */
static gboolean
read_nomination (const FramStunMessage *message, FramNomination *ret_nomination)
{
  guint32 value;

  *ret_nomination = (FramNomination){ FRAM_ICE_NO_VALUE, &message->id };
  if (!fram_stun_message_get_nomination (message, &value))
    return fram_stun_message_has (message, FRAM_STUN_ATTR_USE_CANDIDATE);
  ret_nomination->value = (gint32) value;
  return TRUE;
}

/* Whether the component that the base is of has failed: an answer would be consent to data
 * that nobody takes (RFC 7675 §5.1), and a valid pair for a peer that is still checking. */
static gboolean
is_over (FramIceAgent *agent, guint32 base, const FramAddress *remote)
{
  /* Who has a path checks that, and of one that works the candidates need not be gone through. */
  const FramPair *pair = fram_ice_agent_find_pair (agent, base, remote);
  const FramCandidate *local;
  guint stream;

  if (pair != NULL)
    return fram_ice_agent_component (agent, pair)->state == FRAM_STATE_FAILED;
  local = fram_ice_agent_find_base (agent, base, &stream);
  return local != NULL
         && agent->streams[stream].components[local->component - 1].state
                == FRAM_STATE_FAILED;
}

void
fram_ice_agent_handle_request (FramIceAgent *agent, guint32 base,
                               const FramAddress *remote, const FramStunMessage *message,
                               gboolean tuple_taken, FramTime now)
{
  FramRequest request = { agent, base, remote, message };
  char remote_ufrag[FRAM_CREDENTIAL_MAX + 1];
  FramNomination nomination;
  gboolean nominates;
  guint32 priority = 0;

  if (is_over (agent, base, remote) || !authenticate (&request))
    return;
  if (!read_remote_ufrag (message, remote_ufrag, sizeof remote_ufrag)
      || !fram_stun_message_get_u32 (message, FRAM_STUN_ATTR_PRIORITY, &priority)
      || priority == 0 || priority > G_MAXINT32)
    {
      /* RFC 8445 §7.1.1: PRIORITY is mandatory. */
      answer_error (&request, FRAM_STUN_ERROR_BAD_REQUEST, NULL, 0, TRUE);
      return;
    }
  if (!repair_role (&request))
    return;
  if (tuple_taken)
    {
      answer_error (&request, FRAM_STUN_ERROR_BAD_REQUEST, NULL, 0, TRUE);
      return;
    }

  answer_success (&request);
  nominates = read_nomination (message, &nomination);
  /* One who is not the peer we know may be the peer's next generation. */
  if (agent->remote_ufrag == NULL)
    {
      FramEarlyCheck early = { .base = base,
                               .remote = *remote,
                               .priority = priority,
                               .nominates = nominates,
                               .value = nomination.value,
                               .heard = now };
      guint stream;
      const FramCandidate *local = fram_ice_agent_find_base (agent, base, &stream);

      if (local == NULL)
        return;
      early.stream = (guint16) stream;
      early.component = local->component;
      g_strlcpy (early.remote_ufrag, remote_ufrag, sizeof early.remote_ufrag);
      fram_ice_agent_remember_early (agent, &early);
    }
  else if (strcmp (agent->remote_ufrag, remote_ufrag) == 0)
    fram_ice_agent_accept (agent, base, remote, priority, nominates ? &nomination : NULL,
                           now);
}
