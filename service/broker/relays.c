/* What becomes of allocations: they are there, they fail, they are made again. */
#include "broker/broker-private.h"

/* What could not be made for a reason that may pass is tried again after this, then after
 * twice as long, and so on. */
#define AGAIN_FIRST FRAM_SECONDS (10)
#define AGAIN_LAST FRAM_SECONDS (600)
/* A refusal for good is for as long: who puts it right at the server need not tell us. */
#define REFUSED_MAX FRAM_SECONDS (600)
/* When another one is there in its place, sessions have so much time to move. */
#define MOVING FRAM_SECONDS (15)

void
fram_broker_relay_talk (FramBroker *broker, const FramAllocation *allocation,
                        FramTurnEvent *event)
{
  FramBaseId carrier = fram_allocation_get_carrier (allocation);
  FramEvent *out;

  if (carrier == 0)
    return;
  out = fram_broker_emit (broker, FRAM_EVENT_TRANSMIT, 0);
  out->base = carrier;
  out->remote = allocation->address;
  out->length = event->length;
  out->data = g_steal_pointer (&event->data);
}

static gboolean
same_place (const FramAllocation *a, const FramAllocation *b)
{
  return a->server == b->server && a->lane == b->lane && a->transport == b->transport
         && fram_address_equal (&a->interface.address, &b->interface.address);
}

/* --- It is there ------------------------------------------------------------------- */

static void
learn (FramBroker *broker, FramAllocation *allocation, FramTime now)
{
  FramServer *server = allocation->server;
  FramTurnMobility mobility = fram_turn_get_mobility (allocation->turn);
  const char *realm, *nonce;

  fram_broker_learn_answer (broker, server->uri, &allocation->address,
                            allocation->transport, fram_turn_get_rtt (allocation->turn),
                            now);
  fram_server_forgive (server);
  if (mobility != FRAM_TURN_UNDECIDED || server->mobility == FRAM_TURN_MAYBE_MOBILE)
    server->mobility = mobility;
  if (!fram_turn_get_challenge (allocation->turn, &realm, &nonce))
    return;
  g_free (server->realm);
  g_free (server->nonce);
  server->realm = g_strdup (realm);
  server->nonce = g_strdup (nonce);
}

/* The server has told, beside the relay, who we are to it. */
static void
tell_mapping (FramBroker *broker, const FramAllocation *allocation, FramTime now)
{
  FramMapping *mapping;
  FramAddress mapped;

  if (allocation->carrier == NULL)
    return;
  mapping = fram_broker_find_mapping (allocation->carrier, &allocation->address);
  fram_turn_get_mapped (allocation->turn, &mapped);
  if (mapping != NULL && fram_broker_mapping_told (broker, mapping, &mapped, now))
    fram_broker_tell_members (broker, mapping, now);
}

static void
leave_others (FramBroker *broker, const FramAllocation *allocation, FramTime now)
{
  for (guint i = 0; i < broker->allocations.all->len; i++)
    {
      FramAllocation *other = g_ptr_array_index (broker->allocations.all, i);

      if (!other->replaced || !same_place (other, allocation))
        continue;
      other->ends = MIN (other->ends, now + MOVING);
      fram_broker_schedule_allocation (broker, other);
    }
}

static void
allocated (FramBroker *broker, FramAllocation *allocation, FramTime now)
{
  fram_allocation_set_state (allocation, FRAM_ALLOCATION_THERE, now);
  allocation->failed = allocation->stream_failed = FALSE;
  allocation->n_failures = allocation->n_ports = 0;
  learn (broker, allocation, now);
  fram_broker_open_relayed (broker, allocation);
  leave_others (broker, allocation, now);
  /* First the candidates: with the mapping, gathering may be over. */
  fram_broker_give_relayed (broker, allocation, now);
  tell_mapping (broker, allocation, now);
  fram_broker_tell_users (broker, allocation, now);
}

/* --- It is not --------------------------------------------------------------------- */

static void
stop (FramBroker *broker, FramAllocation *allocation, FramTime now)
{
  fram_broker_lose_relayed (broker, allocation, now);
  g_clear_pointer (&allocation->turn, fram_turn_free);
  allocation->moving = FALSE;
  allocation->moves = FRAM_TIME_NEVER;
  fram_broker_uncarry_allocation (broker, allocation, now);
}

static FramTime
again (const FramAllocation *allocation, FramTime now)
{
  return now + MIN (AGAIN_FIRST << MIN (allocation->n_failures, 6), AGAIN_LAST);
}

static void
rest (FramBroker *broker, FramAllocation *allocation, FramTime until, FramTime now)
{
  fram_allocation_set_state (allocation, FRAM_ALLOCATION_RESTING, now);
  allocation->retry = until;
  allocation->n_failures++;
  fram_broker_schedule_allocation (broker, allocation);
}

static void
carry_again (FramBroker *broker, FramAllocation *allocation, FramTime now)
{
  if (!fram_broker_carry_allocation (broker, allocation, now))
    fram_broker_tell_users (broker, allocation, now);
}

static void
learn_silence (FramBroker *broker, const FramAllocation *allocation, gboolean is_deaf,
               FramTime now)
{
  const char *uri = allocation->server->uri;

  fram_broker_learn_silence (broker, uri, &allocation->address, allocation->transport,
                             now);
  if (is_deaf)
    fram_broker_learn_deaf (broker, allocation->interface.name, uri,
                            (FramFamily) allocation->address.family,
                            allocation->transport, now);
}

static void
note_failure (FramBroker *broker, FramAllocation *allocation, FramTurnOutcome outcome,
              guint code, FramTime now)
{
  allocation->failed = TRUE;
  allocation->stream_failed = FALSE;
  allocation->outcome = outcome;
  allocation->is_expired
      = fram_broker_has_expired (broker, allocation->server->username, now);
  allocation->code = code;
}

static void
note_stream_failure (FramAllocation *allocation, FramStreamFailure failure)
{
  allocation->failed = allocation->stream_failed = TRUE;
  allocation->failure = failure;
}

/* What the server refuses, it refuses to all who ask it as this user. */
static FramTime
find_retry (FramAllocation *allocation, FramTurnOutcome outcome, guint code, FramTime now)
{
  FramServer *server = allocation->server;
  FramTime pause = MIN (fram_turn_outcome_get_pause (outcome), REFUSED_MAX);

  if (server->rests > now)
    return server->rests;
  if (pause == 0)
    return again (allocation, now);
  if (outcome != FRAM_TURN_MISMATCH)
    fram_server_rest (server, outcome, code, now + pause);
  return now + pause;
}

void
fram_broker_rest_allocation (FramBroker *broker, FramAllocation *allocation, int outcome,
                             guint code, FramTime now)
{
  if (outcome < 0)
    {
      note_stream_failure (allocation, FRAM_STREAM_UNREACHABLE);
      rest (broker, allocation, again (allocation, now), now);
      return;
    }
  note_failure (broker, allocation, (FramTurnOutcome) outcome, code, now);
  rest (broker, allocation, find_retry (allocation, (FramTurnOutcome) outcome, code, now),
        now);
}

/* It is made anew where it was there, and rests where it could not be made. */
static void
go_on (FramBroker *broker, FramAllocation *allocation, gboolean was_there, FramTime retry,
       FramTime now)
{
  stop (broker, allocation, now);
  if (allocation->users->len == 0 || allocation->replaced || allocation->beside)
    fram_broker_close_allocation (broker, allocation, now);
  else if (was_there)
    carry_again (broker, allocation, now);
  else
    {
      rest (broker, allocation, retry, now);
      fram_broker_tell_users (broker, allocation, now);
    }
}

void
fram_broker_allocation_failed (FramBroker *broker, FramAllocation *allocation,
                               FramTurnOutcome outcome, guint code, FramTime now)
{
  gboolean was_there = allocation->state == FRAM_ALLOCATION_THERE;

  note_failure (broker, allocation, outcome, code, now);
  if (outcome == FRAM_TURN_SILENT)
    learn_silence (broker, allocation, !allocation->heard, now);
  go_on (broker, allocation, was_there,
         was_there ? now : find_retry (allocation, outcome, code, now), now);
}

void
fram_broker_allocation_stream_failed (FramBroker *broker, FramAllocation *allocation,
                                      FramStreamFailure failure, FramTime now)
{
  gboolean was_there = allocation->state == FRAM_ALLOCATION_THERE;

  note_stream_failure (allocation, failure);
  if (fram_allocation_is_stream (allocation) && !was_there)
    learn_silence (broker, allocation, failure == FRAM_STREAM_SILENT, now);
  go_on (broker, allocation, was_there, again (allocation, now), now);
}

/* --- It is elsewhere, or otherwise ------------------------------------------------- */

/* RFC 8489 §10 */
static void
follow (FramBroker *broker, FramAllocation *allocation, FramTurnEvent *event,
        FramTime now)
{
  if (allocation->n_asked == FRAM_ALLOCATION_MAX_ASKED)
    {
      fram_broker_allocation_failed (broker, allocation, FRAM_TURN_LOOP, event->code,
                                     now);
      return;
    }
  allocation->asked[allocation->n_asked++] = allocation->address;
  stop (broker, allocation, now);
  allocation->address = event->peer;
  g_free (allocation->domain);
  allocation->domain = g_steal_pointer (&event->domain);
  carry_again (broker, allocation, now);
}

/* RFC 8656 §7.4: the server still has another one of this 5-tuple. */
static void
take_other_port (FramBroker *broker, FramAllocation *allocation, FramTime now)
{
  if (allocation->carrier != NULL)
    allocation->carrier_lane = allocation->carrier->lane + 1;
  allocation->n_ports++;
  stop (broker, allocation, now);
  carry_again (broker, allocation, now);
}

static void
ended (FramBroker *broker, FramAllocation *allocation, FramTurnEvent *event, FramTime now)
{
  gboolean was_asking = allocation->state == FRAM_ALLOCATION_ASKING;

  if (allocation->state == FRAM_ALLOCATION_CLOSING)
    fram_broker_free_allocation (broker, allocation, now);
  else if (event->outcome == FRAM_TURN_ALTERNATE && was_asking)
    follow (broker, allocation, event, now);
  else if (event->outcome == FRAM_TURN_MISMATCH && was_asking
           && allocation->n_ports < FRAM_ALLOCATION_MAX_PORTS)
    take_other_port (broker, allocation, now);
  else if (event->outcome == FRAM_TURN_NO_FAMILY && was_asking && !allocation->single)
    {
      allocation->single = TRUE;
      stop (broker, allocation, now);
      carry_again (broker, allocation, now);
    }
  else
    fram_broker_allocation_failed (broker, allocation, event->outcome, event->code, now);
}

/* The server does not prolong it.  Sessions get the candidates of another one and, once these
 * had the time to prove themselves, lose those of this one. */
static void
replace (FramBroker *broker, FramAllocation *allocation, const FramTurnEvent *event,
         FramTime now)
{
  g_autoptr (GArray) users = g_array_copy (allocation->users);
  FramAllocation *next;

  note_failure (broker, allocation, event->outcome, event->code, now);
  if (users->len == 0 || allocation->replaced)
    return;
  allocation->replaced = TRUE;
  next = fram_broker_allocate (broker, &allocation->interface, allocation->server,
                               allocation->transport, allocation->lane, now);
  for (guint i = 0; next != NULL && i < users->len; i++)
    {
      const FramBaseMember *member = &g_array_index (users, FramBaseMember, i);

      fram_broker_join_relay (broker, fram_broker_find_session (broker, member->session),
                              next, member, now);
    }
}

/* --- The machine ------------------------------------------------------------------- */

/* ICMP came back to the relay. (RFC 8656 §11.6) */
static void
told_unreachable (FramBroker *broker, FramAllocation *allocation, const FramAddress *peer,
                  FramTime now)
{
  FramRelayedBase *relayed = allocation->relayed[peer->family == FRAM_FAMILY_IPV6];
  const FramRoute *route;
  FramBrokerSession *session;

  if (relayed == NULL)
    return;
  route = fram_route_table_find (&broker->routes, relayed->id, peer);
  if (route == NULL)
    return;
  session = fram_broker_find_session (broker, route->session);
  fram_ice_agent_told_unreachable (session->current->agent, relayed->id, peer, now);
  fram_broker_session_drain (broker, session, now);
}

/* Return: FALSE: it was the last, and the allocation may be gone. */
static gboolean
handle (FramBroker *broker, FramAllocation *allocation, FramTurnEvent *event,
        FramTime now)
{
  switch (event->type)
    {
    case FRAM_TURN_EVENT_TRANSMIT:
      fram_broker_relay_talk (broker, allocation, event);
      return TRUE;
    case FRAM_TURN_EVENT_ALLOCATED:
      allocated (broker, allocation, now);
      return TRUE;
    case FRAM_TURN_EVENT_REPLACE:
      replace (broker, allocation, event, now);
      return TRUE;
    case FRAM_TURN_EVENT_MOVED:
      fram_broker_allocation_moved (broker, allocation, now);
      return TRUE;
    case FRAM_TURN_EVENT_PERMITTED:
    case FRAM_TURN_EVENT_REFUSED:
      fram_broker_tell_permission (broker, allocation, &event->peer,
                                   event->type == FRAM_TURN_EVENT_PERMITTED, now);
      return TRUE;
    case FRAM_TURN_EVENT_BOUND:
    case FRAM_TURN_EVENT_UNBOUND:
      fram_broker_relay_channel (broker, allocation, &event->peer,
                                 event->type == FRAM_TURN_EVENT_BOUND ? event->channel
                                                                      : 0);
      return TRUE;
    case FRAM_TURN_EVENT_UNREACHABLE:
      told_unreachable (broker, allocation, &event->peer, now);
      return TRUE;
    case FRAM_TURN_EVENT_ENDED:
      ended (broker, allocation, event, now);
      return FALSE;
    case FRAM_TURN_EVENT_CONNECTED:
    case FRAM_TURN_EVENT_INCOMING:
    case FRAM_TURN_EVENT_CONNECT_FAILED:
    case FRAM_TURN_EVENT_CONNECTION_BOUND:
    case FRAM_TURN_EVENT_CONNECTION_FAILED:
      break; /* of what relays TCP alone */
    }
  g_assert_not_reached ();
}

void
fram_broker_settle_allocation (FramBroker *broker, FramAllocation *allocation,
                               FramTime now)
{
  FramTurnEvent event;
  gboolean goes_on = TRUE;

  while (goes_on && allocation->turn != NULL && fram_turn_pop (allocation->turn, &event))
    {
      goes_on = handle (broker, allocation, &event, now);
      fram_turn_event_clear (&event);
    }
  if (goes_on)
    fram_broker_schedule_allocation (broker, allocation);
}
