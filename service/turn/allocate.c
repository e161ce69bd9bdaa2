/* The allocation: made, refreshed, moved, given back.  (RFC 8656 §7, §8; RFC 8016) */
#include <string.h>

#include "turn/turn-private.h"

/* A refresh that failed is tried again, but not in a hurry. */
#define REFRESH_AGAIN FRAM_SECONDS (5)
/* A lifetime beyond this is no news: RFC 8656 §7.2 recommends an hour at most. */
#define MAX_LIFETIME ((guint32) 24 * 3600)

gboolean
fram_turn_has_family (const FramTurn *turn, const FramAddress *peer)
{
  FramAddress relayed;

  return fram_turn_get_relayed (turn, peer->family, &relayed);
}

void
fram_turn_ask_allocation (FramTurn *turn, FramTime now)
{
  g_autofree FramTurnRequest *request = g_new0 (FramTurnRequest, 1);

  request->kind = FRAM_TURN_ALLOCATE;
  request->wants_ticket = turn->mobility != FRAM_TURN_NOT_MOBILE;
  fram_turn_ask (turn, request, now);
}

void
fram_turn_ask_refresh (FramTurn *turn, FramTurnRequestKind kind, FramTime now)
{
  g_autofree FramTurnRequest *request = g_new0 (FramTurnRequest, 1);

  request->kind = kind;
  fram_turn_ask (turn, request, now);
}

/* RFC 8656 §8: about a minute before the end, and of a short life at its half. */
static void
set_lifetime (FramTurn *turn, guint32 seconds, FramTime now)
{
  FramTime lifetime = FRAM_SECONDS (MIN (seconds, MAX_LIFETIME));

  turn->expires = now + lifetime;
  turn->refresh_at = now + MAX (lifetime - FRAM_TURN_MARGIN, lifetime / 2);
  turn->told_replace = FALSE;
}

static void
take_ticket (FramTurn *turn, const FramStunMessage *message)
{
  FramStunAttribute attribute;

  if (!fram_stun_message_find (message, FRAM_STUN_ATTR_MOBILITY_TICKET, &attribute)
      || attribute.length == 0 || attribute.length > FRAM_STUN_MAX_TEXT)
    return;
  g_free (turn->ticket);
  turn->ticket = g_memdup2 (attribute.value, attribute.length);
  turn->ticket_length = attribute.length;
}

/* --- Made -------------------------------------------------------------------------- */

static gboolean
is_wanted (const FramTurn *turn, FramFamily family)
{
  return turn->families == FRAM_TURN_ANY_FAMILY
         || (turn->families
             & (family == FRAM_FAMILY_IPV6 ? FRAM_TURN_IPV6 : FRAM_TURN_IPV4))
                != 0;
}

/* RFC 8656 §7.2: one XOR-RELAYED-ADDRESS, or two of a dual allocation. */
static gboolean
take_relayed (FramTurn *turn, const FramStunMessage *message)
{
  FramStunAttribute attribute;
  guint16 position = 0;
  gboolean any = FALSE;

  while (fram_stun_message_next (message, &position, &attribute))
    {
      FramAddress relayed, *place;

      if (attribute.type != FRAM_STUN_ATTR_XOR_RELAYED_ADDRESS)
        continue;
      if (!fram_stun_message_read_address (message, &attribute, &relayed))
        return FALSE;
      /* So coturn writes the second family, if it does not have it. */
      if (fram_address_is_any (&relayed) && relayed.port == 0)
        continue;
      if (!fram_address_is_usable_remote (&relayed) || !is_wanted (turn, relayed.family))
        return FALSE;
      place = &turn->relayed[relayed.family == FRAM_FAMILY_IPV6];
      if (place->family == FRAM_FAMILY_NONE)
        *place = relayed;
      any = TRUE;
    }
  return any;
}

static void
take_kept (FramTurn *turn, const FramStunMessage *message)
{
  FramStunAttribute attribute;

  if (fram_stun_message_find (message, FRAM_STUN_ATTR_RESERVATION_TOKEN, &attribute)
      && attribute.length == FRAM_TURN_RESERVATION)
    turn->kept = g_memdup2 (attribute.value, FRAM_TURN_RESERVATION);
}

static void
allocated (FramTurn *turn, const FramTurnRequest *request, const FramStunMessage *message,
           FramTime now)
{
  guint32 lifetime;

  if (!fram_stun_message_get_u32 (message, FRAM_STUN_ATTR_LIFETIME, &lifetime)
      || lifetime == 0 || !take_relayed (turn, message))
    {
      /* RFC 8656 §7.3: what is of no use is given back. */
      fram_turn_ask_refresh (turn, FRAM_TURN_DELETE, now);
      fram_turn_end (turn, FRAM_TURN_BAD_ANSWER, 0);
      return;
    }
  if (!fram_stun_message_get_address (message, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS,
                                      &turn->mapped))
    memset (&turn->mapped, 0, sizeof turn->mapped);
  take_kept (turn, message);
  if (request->wants_ticket)
    {
      take_ticket (turn, message);
      turn->mobility = turn->ticket != NULL ? FRAM_TURN_MOBILE : FRAM_TURN_NOT_MOBILE;
    }
  else if (turn->mobility == FRAM_TURN_MAYBE_MOBILE)
    turn->mobility = FRAM_TURN_UNDECIDED;
  set_lifetime (turn, lifetime, now);
  turn->state = FRAM_TURN_ALLOCATED;
  fram_turn_emit (turn, FRAM_TURN_EVENT_ALLOCATED);
}

/* --- Not made ---------------------------------------------------------------------- */

static gboolean
lists_unknown (const FramStunMessage *message, guint16 type)
{
  FramStunAttribute list;

  if (!fram_stun_message_find (message, FRAM_STUN_ATTR_UNKNOWN_ATTRIBUTES, &list))
    return FALSE;
  for (guint i = 0; i + 1 < list.length; i += 2)
    if ((list.value[i] << 8 | list.value[i + 1]) == type)
      return TRUE;
  return FALSE;
}

/* Gives up what the server does not do and nobody depends on.  Return: whether there was
 * something. */
static gboolean
ask_for_less (FramTurn *turn, const FramTurnAnswer *answer)
{
  switch (answer->code)
    {
    case FRAM_STUN_ERROR_UNKNOWN_ATTRIBUTE:
      if (answer->message == NULL || !turn->dont_fragment
          || !lists_unknown (answer->message, FRAM_STUN_ATTR_DONT_FRAGMENT))
        return FALSE;
      turn->dont_fragment = FALSE;
      return TRUE;
    case FRAM_STUN_ERROR_MOBILITY_FORBIDDEN:
      if (turn->mobility == FRAM_TURN_NOT_MOBILE)
        return FALSE;
      turn->mobility = FRAM_TURN_NOT_MOBILE;
      return TRUE;
    case FRAM_STUN_ERROR_INSUFFICIENT_CAPACITY:
      /* RFC 8656 §7.4 */
      if (turn->ports == FRAM_TURN_ANY_PORT && turn->reservation == NULL)
        return FALSE;
      turn->ports = FRAM_TURN_ANY_PORT;
      g_clear_pointer (&turn->reservation, g_free);
      return TRUE;
    default:
      return FALSE;
    }
}

/* RFC 8489 §10.  Neither back to where one came from, nor to this very host, unless one is
 * there already. */
static gboolean
may_go_to (const FramTurn *turn, const FramAddress *server)
{
  if (server->family != turn->server.family || !fram_address_is_usable_remote (server)
      || fram_address_equal (server, &turn->server)
      || (fram_address_is_loopback (server) && !fram_address_is_loopback (&turn->server)))
    return FALSE;
  for (guint i = 0; i < turn->n_asked; i++)
    if (fram_address_equal (server, &turn->asked[i]))
      return FALSE;
  return TRUE;
}

static gboolean
find_alternate (const FramTurn *turn, const FramStunMessage *message,
                FramAddress *ret_server)
{
  FramStunAttribute attribute;
  guint16 position = 0;

  while (message != NULL && fram_stun_message_next (message, &position, &attribute))
    if (attribute.type == FRAM_STUN_ATTR_ALTERNATE_SERVER
        && fram_stun_message_read_address (message, &attribute, ret_server)
        && may_go_to (turn, ret_server))
      return TRUE;
  return FALSE;
}

static void
redirect (FramTurn *turn, const FramTurnAnswer *answer)
{
  const char *domain;
  gsize length;
  FramAddress server;
  FramTurnEvent *event;

  if (!find_alternate (turn, answer->message, &server))
    {
      fram_turn_end (turn, FRAM_TURN_LOOP, answer->code);
      return;
    }
  fram_turn_end (turn, FRAM_TURN_ALTERNATE, answer->code);
  event = g_queue_peek_tail (&turn->events);
  event->peer = server;
  if (fram_stun_message_get_text (answer->message, FRAM_STUN_ATTR_ALTERNATE_DOMAIN,
                                  &domain, &length)
      && length > 0 && g_utf8_validate_len (domain, length, NULL))
    event->domain = g_strndup (domain, length);
}

void
fram_turn_allocate_answered (FramTurn *turn, const FramTurnRequest *request,
                             const FramTurnAnswer *answer, FramTime now)
{
  if (answer->code == 0 && answer->message != NULL
      && answer->outcome != FRAM_TURN_TAMPERED)
    {
      fram_turn_drop_requests (turn, FRAM_TURN_ALLOCATE);
      allocated (turn, request, answer->message, now);
    }
  else if (fram_turn_has_request (turn, FRAM_TURN_ALLOCATE))
    {
      /* The other one decides: to this one the server says 405, or that it has the other. */
      if (answer->code == FRAM_STUN_ERROR_MOBILITY_FORBIDDEN)
        turn->mobility = FRAM_TURN_NOT_MOBILE;
      fram_turn_resume_requests (turn, now);
    }
  else if (ask_for_less (turn, answer))
    fram_turn_ask_allocation (turn, now);
  else if (answer->outcome == FRAM_TURN_ALTERNATE)
    redirect (turn, answer);
  else
    fram_turn_end (turn, answer->outcome, answer->code);
}

/* --- Refreshed --------------------------------------------------------------------- */

/* The server does not prolong it, or is silent: until its end somebody else may take over,
 * and it is tried on. */
static void
not_refreshed (FramTurn *turn, const FramTurnAnswer *answer, FramTime now)
{
  if (turn->moving)
    {
      /* The 5-tuple by which it lives on has been left. */
      fram_turn_end (turn, FRAM_TURN_LOST, answer->code);
      return;
    }
  if (!turn->told_replace)
    {
      FramTurnEvent *event = fram_turn_emit (turn, FRAM_TURN_EVENT_REPLACE);

      event->outcome = answer->outcome;
      event->code = answer->code;
      turn->told_replace = TRUE;
    }
  turn->refresh_at = now + MAX (REFRESH_AGAIN, (turn->expires - now) / 2);
}

static void
moved (FramTurn *turn, FramTime now)
{
  if (!turn->moving)
    return;
  turn->moving = FALSE;
  fram_turn_resume_requests (turn, now);
  fram_turn_emit (turn, FRAM_TURN_EVENT_MOVED);
  /* RFC 8016 §3.2.2: what comes from peers follows when something has gone to one. */
  fram_turn_greet_peer (turn, now);
}

void
fram_turn_refresh_answered (FramTurn *turn, const FramTurnRequest *request,
                            const FramTurnAnswer *answer, FramTime now)
{
  guint32 lifetime;

  /* RFC 8656 §8.3: a deletion that finds nothing has succeeded. */
  if (request->kind == FRAM_TURN_DELETE)
    {
      fram_turn_end (turn, FRAM_TURN_CLOSED, 0);
      return;
    }
  if (answer->code == FRAM_STUN_ERROR_ALLOCATION_MISMATCH)
    fram_turn_end (turn, FRAM_TURN_LOST, answer->code);
  else if (answer->code != 0 || answer->message == NULL
           || answer->outcome == FRAM_TURN_TAMPERED
           || !fram_stun_message_get_u32 (answer->message, FRAM_STUN_ATTR_LIFETIME,
                                          &lifetime))
    not_refreshed (turn, answer, now);
  else if (lifetime == 0)
    fram_turn_end (turn, FRAM_TURN_LOST, 0);
  else
    {
      take_ticket (turn, answer->message);
      set_lifetime (turn, lifetime, now);
      moved (turn, now);
    }
}

void
fram_turn_renew (FramTurn *turn, FramTime now)
{
  if (turn->state == FRAM_TURN_ALLOCATED)
    turn->refresh_at = MIN (turn->refresh_at, now);
}

gboolean
fram_turn_can_move (const FramTurn *turn)
{
  return turn->ticket != NULL && turn->state == FRAM_TURN_ALLOCATED;
}

FramTurnMobility
fram_turn_get_mobility (const FramTurn *turn)
{
  return turn->mobility;
}

void
fram_turn_leave (FramTurn *turn)
{
  g_return_if_fail (fram_turn_can_move (turn));

  turn->moving = TRUE;
  fram_turn_drop_requests (turn, FRAM_TURN_REFRESH);
  fram_turn_hold_requests (turn);
}

void
fram_turn_move (FramTurn *turn, FramTime now)
{
  fram_turn_leave (turn);
  fram_turn_ask_refresh (turn, FRAM_TURN_REFRESH, now);
}
