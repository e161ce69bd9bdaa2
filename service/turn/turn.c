/* A TURN client as a whole: its beginning, its end, its time. */
#include <string.h>

#include "turn/turn-private.h"

/* RFC 8445 §11: what keeps the NAT before a base open, too. */
#define DEFAULT_KEEPALIVE FRAM_SECONDS (15)

FramTurn *
fram_turn_new (const FramTurnConfig *config, FramRandom *random, FramTime now)
{
  FramTurn *turn = g_new0 (FramTurn, 1);

  g_assert (config->reliable || !config->relays_tcp);
  turn->random = random;
  turn->server = config->server;
  turn->asked = g_memdup2 (config->asked, config->n_asked * sizeof *config->asked);
  turn->n_asked = config->n_asked;
  turn->reliable = config->reliable;
  turn->relays_tcp = config->relays_tcp;
  turn->dont_fragment = config->dont_fragment;
  turn->mobility = config->mobility;
  turn->families = config->families;
  turn->ports = config->ports;
  turn->reservation = g_memdup2 (config->reservation, FRAM_TURN_RESERVATION);
  turn->lifetime = config->lifetime;
  turn->rto = config->rto;
  turn->keepalive = config->keepalive != 0 ? config->keepalive : DEFAULT_KEEPALIVE;
  fram_turn_authentication_init (&turn->authentication, &config->credential,
                                 config->realm, config->nonce);
  turn->rtt = -1;
  turn->expires = turn->refresh_at = turn->closes = FRAM_TIME_NEVER;
  turn->last_sent = now;
  turn->requests = g_ptr_array_new_with_free_func (g_free);
  turn->permissions
      = g_hash_table_new_full (fram_address_hash, fram_address_equal, NULL, g_free);
  turn->channels = g_hash_table_new (fram_address_hash, fram_address_equal);
  turn->by_number = g_ptr_array_new_with_free_func (g_free);
  turn->connections = g_array_new (FALSE, FALSE, sizeof (FramTurnConnection));
  g_queue_init (&turn->events);
  fram_turn_ask_allocation (turn, now);
  return turn;
}

void
fram_turn_free (FramTurn *turn)
{
  FramTurnEvent event;

  if (turn == NULL)
    return;
  while (fram_turn_pop (turn, &event))
    fram_turn_event_clear (&event);
  fram_turn_authentication_clear (&turn->authentication);
  fram_turn_authentication_clear (&turn->next);
  g_array_unref (turn->connections);
  g_hash_table_unref (turn->channels);
  g_ptr_array_unref (turn->by_number);
  g_hash_table_unref (turn->permissions);
  g_ptr_array_unref (turn->requests);
  g_free (turn->asked);
  g_free (turn->reservation);
  g_free (turn->kept);
  g_free (turn->ticket);
  g_free (turn);
}

void
fram_turn_close (FramTurn *turn, FramTime now)
{
  switch (turn->state)
    {
    case FRAM_TURN_ALLOCATING:
      /* If the server makes one all the same, it ends when nobody refreshes it. */
      fram_turn_end (turn, FRAM_TURN_CLOSED, 0);
      break;
    case FRAM_TURN_ALLOCATED:
      turn->state = FRAM_TURN_CLOSING;
      turn->closes = now + FRAM_TURN_CLOSE_LIMIT;
      g_ptr_array_set_size (turn->requests, 0);
      fram_turn_ask_refresh (turn, FRAM_TURN_DELETE, now);
      break;
    case FRAM_TURN_CLOSING:
    case FRAM_TURN_ENDED:
      break;
    }
}

void
fram_turn_set_credential (FramTurn *turn, const FramTurnCredential *credential)
{
  if (turn->state == FRAM_TURN_ALLOCATING && turn->requests->len == 0)
    {
      fram_turn_authentication_set (&turn->authentication, credential);
      return;
    }
  fram_turn_authentication_clear (&turn->next);
  fram_turn_authentication_init (&turn->next, credential, NULL, NULL);
}

/* --- Time -------------------------------------------------------------------------- */

/* Without a 5-tuple nobody is asked; with the next one, a refresh is what is asked first. */
static gboolean
may_refresh (const FramTurn *turn)
{
  return !turn->moving && !fram_turn_has_request (turn, FRAM_TURN_REFRESH);
}

/* The way that is left needs nothing, and nothing goes by the next one before it is there. */
static FramTime
keepalive_due (const FramTurn *turn)
{
  return turn->moving ? FRAM_TIME_NEVER : turn->last_sent + turn->keepalive;
}

FramTime
fram_turn_deadline (FramTurn *turn)
{
  FramTime deadline;

  if (turn->state == FRAM_TURN_ENDED)
    return FRAM_TIME_NEVER;
  deadline = MIN (fram_turn_requests_deadline (turn), turn->closes);
  if (turn->state != FRAM_TURN_ALLOCATED)
    return deadline;
  deadline = MIN (deadline, turn->expires);
  deadline = MIN (deadline, keepalive_due (turn));
  if (may_refresh (turn))
    deadline = MIN (deadline, turn->refresh_at);
  deadline = MIN (deadline, fram_turn_permissions_deadline (turn));
  return MIN (deadline, fram_turn_channels_deadline (turn));
}

/* A Binding indication keeps the way to the server open (RFC 8489 §2.2), and asks for
 * nothing. */
static void
keep_alive (FramTurn *turn, FramTime now)
{
  guint8 keepalive[FRAM_STUN_KEEPALIVE_SIZE];

  fram_stun_write_keepalive (turn->random, keepalive);
  fram_turn_transmit (turn, keepalive, sizeof keepalive, 0, now);
}

void
fram_turn_advance (FramTurn *turn, FramTime now)
{
  if (turn->state == FRAM_TURN_ENDED)
    return;
  fram_turn_end_requests (turn, now);
  if (turn->closes <= now)
    fram_turn_end (turn, FRAM_TURN_CLOSED, 0);
  if (turn->state != FRAM_TURN_ALLOCATED)
    return;
  if (turn->expires <= now)
    {
      fram_turn_end (turn, FRAM_TURN_LOST, 0);
      return;
    }
  if (turn->refresh_at <= now && may_refresh (turn))
    fram_turn_ask_refresh (turn, FRAM_TURN_REFRESH, now);
  fram_turn_permissions_advance (turn, now);
  fram_turn_channels_advance (turn, now);
  if (keepalive_due (turn) <= now)
    keep_alive (turn, now);
}

/* --- Looking ----------------------------------------------------------------------- */

gboolean
fram_turn_is_allocated (const FramTurn *turn)
{
  return turn->state == FRAM_TURN_ALLOCATED;
}

gboolean
fram_turn_get_relayed (const FramTurn *turn, FramFamily family, FramAddress *ret_relayed)
{
  const FramAddress *relayed = &turn->relayed[family == FRAM_FAMILY_IPV6];

  if (family == FRAM_FAMILY_NONE || relayed->family != family)
    return FALSE;
  *ret_relayed = *relayed;
  return TRUE;
}

void
fram_turn_get_mapped (const FramTurn *turn, FramAddress *ret_mapped)
{
  *ret_mapped = turn->mapped;
}

FramTime
fram_turn_get_expiry (const FramTurn *turn)
{
  return turn->expires;
}

FramTime
fram_turn_get_rtt (const FramTurn *turn)
{
  return turn->rtt;
}

const guint8 *
fram_turn_get_reservation (const FramTurn *turn)
{
  return turn->kept;
}

gboolean
fram_turn_get_challenge (const FramTurn *turn, const char **ret_realm,
                         const char **ret_nonce)
{
  *ret_realm = turn->authentication.realm;
  *ret_nonce = turn->authentication.nonce;
  return turn->authentication.realm != NULL;
}
