/* Requests under way: how they are formed, repeated, tried again with another nonce, and
 * what an answer means.  (RFC 8656 §5, RFC 8489 §6.3, §9.2.5) */
#include <string.h>

#include "base/big-endian.h"
#include "turn/turn-private.h"

/* RFC 8489 §6.2.1 */
#define DEFAULT_RTO FRAM_MILLISECONDS (500)
/* A server that finds each nonce stale will not be satisfied by another one. */
#define MAX_CHALLENGES 5
/* What is asked with a ticket is to come first; on its way a packet may be overtaken. */
#define BESIDE_DELAY FRAM_MILLISECONDS (5)
/* RFC 8656 §18.8: the protocol numbers of IANA. */
#define PROTOCOL_UDP 17
#define PROTOCOL_TCP 6
/* RFC 8656 §18.7 */
#define EVEN_PORT_RESERVE 0x80

static guint16
get_method (FramTurnRequestKind kind)
{
  switch (kind)
    {
    case FRAM_TURN_ALLOCATE:
      return FRAM_STUN_ALLOCATE;
    case FRAM_TURN_REFRESH:
    case FRAM_TURN_DELETE:
      return FRAM_STUN_REFRESH;
    case FRAM_TURN_PERMIT:
      return FRAM_STUN_CREATE_PERMISSION;
    case FRAM_TURN_BIND:
      return FRAM_STUN_CHANNEL_BIND;
    case FRAM_TURN_CONNECT:
      return FRAM_STUN_CONNECT;
    case FRAM_TURN_BIND_CONNECTION:
      return FRAM_STUN_CONNECTION_BIND;
    }
  g_assert_not_reached ();
}

/* --- Forming ----------------------------------------------------------------------- */

static void
add_family (FramStunBuilder *builder, FramStunAttributeType type, guint8 family)
{
  const guint8 value[4] = { family };

  fram_stun_builder_add (builder, type, value, sizeof value);
}

/* RFC 8656 §7.1: no family beside a reservation; no second family beside the other one, or
 * a port that is kept. */
static void
add_families (const FramTurn *turn, FramStunBuilder *builder)
{
  if (turn->reservation != NULL)
    return;
  if (turn->families == (FRAM_TURN_IPV4 | FRAM_TURN_IPV6))
    {
      if (turn->ports != FRAM_TURN_EVEN_PORT_AND_NEXT)
        {
          add_family (builder, FRAM_STUN_ATTR_ADDITIONAL_ADDRESS_FAMILY,
                      FRAM_STUN_ADDRESS_IPV6);
          add_family (builder, FRAM_STUN_ATTR_ADDITIONAL_FAMILY_COTURN,
                      FRAM_STUN_ADDRESS_IPV6);
        }
    }
  else if (turn->families != FRAM_TURN_ANY_FAMILY)
    add_family (builder, FRAM_STUN_ATTR_REQUESTED_ADDRESS_FAMILY,
                turn->families == FRAM_TURN_IPV6 ? FRAM_STUN_ADDRESS_IPV6
                                                 : FRAM_STUN_ADDRESS_IPV4);
}

static void
add_allocation (const FramTurn *turn, const FramTurnRequest *request,
                FramStunBuilder *builder)
{
  const guint8 transport[4] = { turn->relays_tcp ? PROTOCOL_TCP : PROTOCOL_UDP };
  const guint8 ports
      = turn->ports == FRAM_TURN_EVEN_PORT_AND_NEXT ? EVEN_PORT_RESERVE : 0;

  fram_stun_builder_add (builder, FRAM_STUN_ATTR_REQUESTED_TRANSPORT, transport,
                         sizeof transport);
  add_families (turn, builder);
  if (turn->lifetime != 0)
    fram_stun_builder_add_u32 (builder, FRAM_STUN_ATTR_LIFETIME, turn->lifetime);
  if (request->wants_ticket)
    fram_stun_builder_add_flag (builder, FRAM_STUN_ATTR_MOBILITY_TICKET);
  /* RFC 6062 §4.1: none of these is for TCP. */
  if (turn->relays_tcp)
    return;
  if (turn->dont_fragment)
    fram_stun_builder_add_flag (builder, FRAM_STUN_ATTR_DONT_FRAGMENT);
  if (turn->reservation != NULL)
    fram_stun_builder_add (builder, FRAM_STUN_ATTR_RESERVATION_TOKEN, turn->reservation,
                           FRAM_TURN_RESERVATION);
  else if (turn->ports != FRAM_TURN_ANY_PORT)
    fram_stun_builder_add (builder, FRAM_STUN_ATTR_EVEN_PORT, &ports, 1);
}

/* RFC 8016 §3.2.1: only to another 5-tuple. */
static void
add_ticket (const FramTurn *turn, FramStunBuilder *builder)
{
  if (turn->moving)
    fram_stun_builder_add (builder, FRAM_STUN_ATTR_MOBILITY_TICKET, turn->ticket,
                           turn->ticket_length);
}

static void
add_subject (const FramTurn *turn, const FramTurnRequest *request,
             FramStunBuilder *builder)
{
  guint8 channel[4] = { 0 };

  switch (request->kind)
    {
    case FRAM_TURN_ALLOCATE:
      add_allocation (turn, request, builder);
      break;
    case FRAM_TURN_REFRESH:
      if (turn->lifetime != 0)
        fram_stun_builder_add_u32 (builder, FRAM_STUN_ATTR_LIFETIME, turn->lifetime);
      add_ticket (turn, builder);
      break;
    case FRAM_TURN_DELETE:
      fram_stun_builder_add_u32 (builder, FRAM_STUN_ATTR_LIFETIME, 0);
      add_ticket (turn, builder);
      break;
    case FRAM_TURN_BIND:
      fram_store_be16 (channel, request->channel);
      fram_stun_builder_add (builder, FRAM_STUN_ATTR_CHANNEL_NUMBER, channel,
                             sizeof channel);
      break;
    case FRAM_TURN_BIND_CONNECTION:
      fram_stun_builder_add_u32 (builder, FRAM_STUN_ATTR_CONNECTION_ID,
                                 request->connection);
      break;
    case FRAM_TURN_PERMIT:
    case FRAM_TURN_CONNECT:
      break;
    }
  for (guint i = 0; i < request->n_peers; i++)
    fram_stun_builder_add_address (builder, FRAM_STUN_ATTR_XOR_PEER_ADDRESS,
                                   &request->peers[i]);
}

static FramStunTiming
get_timing (const FramTurn *turn)
{
  FramStunTiming timing
      = FRAM_STUN_TIMING_DEFAULT (turn->rto > 0 ? turn->rto : DEFAULT_RTO);

  timing.reliable = turn->reliable;
  return timing;
}

static void
send_request (FramTurn *turn, FramTurnRequest *request, FramTime now)
{
  FramStunTiming timing = get_timing (turn);
  FramStunBuilder builder;

  fram_stun_transaction_start (&request->transaction, &timing, turn->random, now);
  fram_stun_builder_init (&builder, request->bytes, sizeof request->bytes,
                          FRAM_STUN_REQUEST, get_method (request->kind),
                          &request->transaction.id);
  add_subject (turn, request, &builder);
  request->is_signed = fram_turn_authentication_sign (&turn->authentication, &builder);
  request->n_credentials = turn->n_credentials;
  request->length = (guint16) fram_stun_builder_end (&builder);
  request->violated = FALSE;
  request->unproved = 0;
  request->is_held = FALSE;
  /* Texts of a server and a token may be longer than a packet; then nothing is sent, and
   * the request ends in silence. */
  if (request->length > 0)
    fram_turn_transmit (turn, request->bytes, request->length, request->connection, now);
}

static void
hold (FramTurnRequest *request, FramTime until)
{
  request->is_held = TRUE;
  request->transaction.deadline = until;
}

/* RFC 8016: to a 5-tuple that the server does not know yet, it would say 437. */
static gboolean
must_wait (const FramTurn *turn, FramTurnRequestKind kind)
{
  return turn->moving && kind != FRAM_TURN_REFRESH && kind != FRAM_TURN_DELETE;
}

static guint
count_requests (const FramTurn *turn, FramTurnRequestKind kind)
{
  guint n = 0;

  for (guint i = 0; i < turn->requests->len; i++)
    n += ((const FramTurnRequest *) g_ptr_array_index (turn->requests, i))->kind == kind;
  return n;
}

/* The same without a ticket, a moment later, where the server may not give one.  Before it has
 * said who may ask, neither would be answered. */
static void
ask_beside (FramTurn *turn, const FramTurnRequest *request, FramTime now)
{
  FramTurnRequest *other;

  if (!request->wants_ticket || !request->is_signed
      || turn->mobility != FRAM_TURN_MAYBE_MOBILE
      || count_requests (turn, FRAM_TURN_ALLOCATE) > 1)
    return;
  other = g_new0 (FramTurnRequest, 1);
  other->kind = FRAM_TURN_ALLOCATE;
  hold (other, now + BESIDE_DELAY);
  g_ptr_array_add (turn->requests, other);
}

void
fram_turn_ask (FramTurn *turn, const FramTurnRequest *request, FramTime now)
{
  FramTurnRequest *asked = g_memdup2 (request, sizeof *request);

  g_ptr_array_add (turn->requests, asked);
  if (must_wait (turn, asked->kind))
    {
      hold (asked, FRAM_TIME_NEVER);
      return;
    }
  send_request (turn, asked, now);
  ask_beside (turn, asked, now);
}

void
fram_turn_hold_requests (FramTurn *turn)
{
  for (guint i = 0; i < turn->requests->len; i++)
    hold (g_ptr_array_index (turn->requests, i), FRAM_TIME_NEVER);
}

void
fram_turn_resume_requests (FramTurn *turn, FramTime now)
{
  for (guint i = 0; i < turn->requests->len; i++)
    {
      FramTurnRequest *request = g_ptr_array_index (turn->requests, i);

      if (request->is_held)
        send_request (turn, request, now);
    }
}

void
fram_turn_drop_requests (FramTurn *turn, FramTurnRequestKind kind)
{
  for (guint i = turn->requests->len; i > 0; i--)
    if (((const FramTurnRequest *) g_ptr_array_index (turn->requests, i - 1))->kind
        == kind)
      g_ptr_array_remove_index (turn->requests, i - 1);
}

/* --- Answers ----------------------------------------------------------------------- */

static FramTurnOutcome
outcome_of_code (guint code)
{
  switch (code)
    {
    case FRAM_STUN_ERROR_TRY_ALTERNATE:
      return FRAM_TURN_ALTERNATE;
    case FRAM_STUN_ERROR_BAD_REQUEST:
    case FRAM_STUN_ERROR_UNKNOWN_ATTRIBUTE:
      return FRAM_TURN_BAD_REQUEST;
    case FRAM_STUN_ERROR_UNAUTHENTICATED:
    case FRAM_STUN_ERROR_WRONG_CREDENTIALS:
      return FRAM_TURN_WRONG_CREDENTIALS;
    case FRAM_STUN_ERROR_FORBIDDEN:
    case FRAM_STUN_ERROR_MOBILITY_FORBIDDEN:
      return FRAM_TURN_FORBIDDEN;
    case FRAM_STUN_ERROR_ALLOCATION_MISMATCH:
      return FRAM_TURN_MISMATCH;
    case FRAM_STUN_ERROR_ADDRESS_FAMILY_NOT_SUPPORTED:
    case FRAM_STUN_ERROR_PEER_ADDRESS_FAMILY_MISMATCH:
      return FRAM_TURN_NO_FAMILY;
    case FRAM_STUN_ERROR_UNSUPPORTED_TRANSPORT:
      return FRAM_TURN_NO_TRANSPORT;
    case FRAM_STUN_ERROR_ALLOCATION_QUOTA_REACHED:
      return FRAM_TURN_QUOTA;
    case FRAM_STUN_ERROR_INSUFFICIENT_CAPACITY:
      return FRAM_TURN_CAPACITY;
    default:
      return FRAM_TURN_SERVER_ERROR;
    }
}

static FramTurnAnswer
make_error (guint code, const FramStunMessage *message)
{
  FramTurnAnswer answer
      = { .code = code, .message = message, .outcome = outcome_of_code (code) };

  return answer;
}

/* Nothing that counts came. */
static FramTurnAnswer
make_silence (const FramTurnRequest *request)
{
  FramTurnAnswer answer = { .outcome = FRAM_TURN_SILENT };

  if (request->unproved != 0)
    return make_error (request->unproved, NULL);
  /* RFC 8489 §9.2.5: told apart from silence. */
  if (request->violated)
    answer.outcome = FRAM_TURN_TAMPERED;
  return answer;
}

static gboolean
take_next (FramTurn *turn, const FramTurnRequest *request)
{
  if (!fram_turn_authentication_take (&turn->authentication, &turn->next,
                                      request->kind != FRAM_TURN_ALLOCATE))
    return FALSE;
  turn->n_credentials++;
  return TRUE;
}

/* RFC 8489 §9.2.5, 401 and 438.  Return: whether the request was sent again. */
static gboolean
try_again (FramTurn *turn, FramTurnRequest *request, guint code,
           const FramStunMessage *message, FramTime now, FramTurnAnswer *ret_answer)
{
  gboolean renewed, stale = code == FRAM_STUN_ERROR_STALE_NONCE;

  *ret_answer = make_error (code, message);
  if (!fram_turn_authentication_has_credential (&turn->authentication))
    {
      ret_answer->outcome = FRAM_TURN_NO_CREDENTIALS;
      return FALSE;
    }
  switch (fram_turn_authentication_challenge (&turn->authentication, message, &renewed))
    {
    case FRAM_STUN_CHALLENGE_OK:
      break;
    case FRAM_STUN_CHALLENGE_INCOMPLETE:
      ret_answer->outcome = FRAM_TURN_BAD_ANSWER;
      return FALSE;
    case FRAM_STUN_CHALLENGE_BID_DOWN:
      ret_answer->outcome = FRAM_TURN_TAMPERED;
      return FALSE;
    case FRAM_STUN_CHALLENGE_UNSUPPORTED:
      ret_answer->outcome = FRAM_TURN_NO_ALGORITHM;
      return FALSE;
    }
  /* The same proof would be refused again; but there may be a newer password, which another
   * request has found out about. */
  if (request->is_signed && !stale && !renewed)
    renewed = request->n_credentials != turn->n_credentials || take_next (turn, request);
  if ((request->is_signed && !stale && !renewed)
      || ++request->n_challenges > MAX_CHALLENGES)
    {
      ret_answer->outcome = FRAM_TURN_WRONG_CREDENTIALS;
      return FALSE;
    }
  send_request (turn, request, now);
  ask_beside (turn, request, now);
  return TRUE;
}

/* An error that nobody can prove to be the server's (RFC 8489 §9.2.5: discarded).  Servers
 * of the field send such errors; when one comes a second time, to a repetition, or there is
 * no repetition, it is believed: who could forge it twice could keep the answers as well.
 * Return: whether it is. */
static gboolean
believe (FramTurn *turn, FramTurnRequest *request, guint code)
{
  gboolean again = request->unproved == code;

  request->violated = TRUE;
  request->unproved = code;
  return again || turn->reliable;
}

/* TRUE: it ends the request with `ret_answer`. */
static gboolean
judge (FramTurn *turn, FramTurnRequest *request, const FramStunMessage *message,
       FramTime now, FramTurnAnswer *ret_answer)
{
  gboolean proved = !request->is_signed
                    || fram_turn_authentication_check (&turn->authentication, message);
  const char *reason;
  gsize length;
  guint code;

  if (message->klass == FRAM_STUN_SUCCESS)
    {
      FramTurnAnswer answer = { .message = message };

      *ret_answer = answer;
      request->violated |= !proved;
      if (!proved && turn->reliable)
        ret_answer->outcome = FRAM_TURN_TAMPERED;
      return proved || turn->reliable;
    }
  if (!fram_stun_message_get_error (message, &code, &reason, &length))
    return FALSE;
  if (code == FRAM_STUN_ERROR_UNAUTHENTICATED || code == FRAM_STUN_ERROR_STALE_NONCE)
    return !try_again (turn, request, code, message, now, ret_answer);
  /* RFC 8489 §10: of a redirection, a proof is not always possible. */
  if (!proved && code != FRAM_STUN_ERROR_TRY_ALTERNATE && !believe (turn, request, code))
    return FALSE;
  *ret_answer = make_error (code, message);
  return TRUE;
}

gboolean
fram_turn_take_answer (FramTurn *turn, const FramStunMessage *message, FramTime now,
                       FramTurnRequest **ret_request, FramTurnAnswer *ret_answer)
{
  for (guint i = 0; i < turn->requests->len; i++)
    {
      FramTurnRequest *request = g_ptr_array_index (turn->requests, i);
      FramTime rtt;

      /* What was not sent yet has no id. */
      if (request->length == 0
          || !fram_stun_id_equal (&request->transaction.id, &message->id)
          || get_method (request->kind) != message->method)
        continue;
      if (fram_stun_transaction_measure (&request->transaction, now, &rtt))
        turn->rtt = rtt;
      if (!judge (turn, request, message, now, ret_answer))
        return FALSE;
      *ret_request = g_ptr_array_steal_index (turn->requests, i);
      return TRUE;
    }
  return FALSE;
}

/* --- Time -------------------------------------------------------------------------- */

gboolean
fram_turn_advance_requests (FramTurn *turn, FramTime now, FramTurnRequest **ret_request,
                            FramTurnAnswer *ret_answer)
{
  for (guint i = 0; i < turn->requests->len; i++)
    {
      FramTurnRequest *request = g_ptr_array_index (turn->requests, i);

      if (request->transaction.deadline > now)
        continue;
      if (request->is_held)
        {
          send_request (turn, request, now);
          continue;
        }
      switch (fram_stun_transaction_advance (&request->transaction, now))
        {
        case FRAM_STUN_TRANSACTION_WAIT:
          break;
        case FRAM_STUN_TRANSACTION_SEND:
          fram_turn_transmit (turn, request->bytes, request->length, request->connection,
                              now);
          break;
        case FRAM_STUN_TRANSACTION_TIMEOUT:
          *ret_answer = make_silence (request);
          *ret_request = g_ptr_array_steal_index (turn->requests, i);
          return TRUE;
        }
    }
  return FALSE;
}

FramTime
fram_turn_requests_deadline (const FramTurn *turn)
{
  FramTime deadline = FRAM_TIME_NEVER;

  for (guint i = 0; i < turn->requests->len; i++)
    {
      const FramTurnRequest *request = g_ptr_array_index (turn->requests, i);

      deadline = MIN (deadline, request->transaction.deadline);
    }
  return deadline;
}

gboolean
fram_turn_has_request (const FramTurn *turn, FramTurnRequestKind kind)
{
  return count_requests (turn, kind) > 0;
}
