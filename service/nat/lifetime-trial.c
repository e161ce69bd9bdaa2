#include "nat/lifetime-private.h"

/* After the server was silent. */
#define REST FRAM_SECONDS (60)
/* So many trials in a row, for each socket, may come to nothing. */
#define MAX_LOST 4

static void
make_ready (FramNatTrial *trial, FramNatTrialState state, guint8 socket,
            const FramAddress *server)
{
  trial->state = state;
  fram_nat_query_init (&trial->query, socket, server);
  trial->query.state = FRAM_NAT_QUERY_READY;
}

void
fram_nat_trial_prime (FramNatLifetime *lifetime, FramNatTrial *trial)
{
  make_ready (trial, FRAM_NAT_TRIAL_PRIMING, trial->socket, &lifetime->config.server);
}

void
fram_nat_trial_ask (FramNatLifetime *lifetime, FramNatTrial *trial, FramTime now)
{
  make_ready (trial, FRAM_NAT_TRIAL_ASKING, FRAM_NAT_SOCKET_Y, &lifetime->config.server);
  trial->query.response_port = trial->mapped.port;
}

void
fram_nat_trial_lose (FramNatLifetime *lifetime, FramNatTrial *trial, FramTime now)
{
  trial->state = FRAM_NAT_TRIAL_RESTING;
  trial->due = now + REST;
  /* A server that never was of use is not waited for. */
  if (!lifetime->heard && trial->query.state == FRAM_NAT_QUERY_REFUSED)
    fram_nat_lifetime_end (lifetime, FRAM_NAT_LIFETIME_NOT_MEASURABLE);
  else if (!lifetime->heard
           || ++lifetime->n_lost >= MAX_LOST * lifetime->config.n_sockets)
    fram_nat_lifetime_end (lifetime, FRAM_NAT_LIFETIME_UNREACHABLE);
}

static void
judge (FramNatLifetime *lifetime, FramNatTrial *trial, gboolean alive)
{
  trial->state = FRAM_NAT_TRIAL_IDLE;
  lifetime->n_lost = 0;
  lifetime->n_trials++;
  if (alive)
    fram_nat_search_add_alive (&lifetime->search, trial->lived);
  else
    fram_nat_search_add_dead (&lifetime->search, trial->died);
}

/* The first answer to another port is asked for when nothing can have expired.  It fails
 * where the server does not know RESPONSE-PORT, and where the NAT gives X and Y different IP
 * addresses: the server answers to that of Y. */
static void
prove (FramNatLifetime *lifetime, FramNatTrial *trial, gboolean alive)
{
  trial->state = FRAM_NAT_TRIAL_IDLE;
  if (alive)
    {
      lifetime->proved = TRUE;
      lifetime->external = trial->mapped;
    }
  else
    fram_nat_lifetime_end (lifetime, FRAM_NAT_LIFETIME_NOT_MEASURABLE);
}

static void
primed (FramNatLifetime *lifetime, FramNatTrial *trial, FramTime now)
{
  lifetime->heard = TRUE;
  trial->mapped = trial->query.mapped;
  trial->sent = trial->query.last_sent;
  trial->touched = now;
  /* A new external address: what it takes has to be proved anew. */
  if (lifetime->proved && !fram_address_equal_ip (&trial->mapped, &lifetime->external))
    lifetime->proved = FALSE;
  if (!lifetime->proved)
    trial->age = 0;
  trial->state = FRAM_NAT_TRIAL_AGEING;
  trial->due = now + trial->age;
}

/* What arrived at Y, or at another X that has got the port since, did not use the mapping
 * that it was meant for. */
static void
asked (FramNatLifetime *lifetime, FramNatTrial *trial, guint socket)
{
  gboolean alive = socket == trial->socket;

  if (trial->age == 0)
    prove (lifetime, trial, alive);
  else
    judge (lifetime, trial, alive);
}

/* The server is there, so it was the mapping that was not, unless all mappings are gone
 * because the external address is another one now. */
static void
checked (FramNatLifetime *lifetime, FramNatTrial *trial, FramTime now)
{
  if (fram_address_equal_ip (&trial->query.mapped, &trial->mapped))
    judge (lifetime, trial, FALSE);
  else
    fram_nat_trial_lose (lifetime, trial, now);
}

void
fram_nat_trial_answered (FramNatLifetime *lifetime, FramNatTrial *trial, guint socket,
                         FramTime now)
{
  switch (trial->state)
    {
    case FRAM_NAT_TRIAL_PRIMING:
      primed (lifetime, trial, now);
      return;
    case FRAM_NAT_TRIAL_ASKING:
      asked (lifetime, trial, socket);
      return;
    case FRAM_NAT_TRIAL_CHECKING:
      checked (lifetime, trial, now);
      return;
    case FRAM_NAT_TRIAL_IDLE:
    case FRAM_NAT_TRIAL_OPENING:
    case FRAM_NAT_TRIAL_AGEING:
    case FRAM_NAT_TRIAL_RESTING:
      break;
    }
  g_assert_not_reached ();
}

void
fram_nat_trial_unanswered (FramNatLifetime *lifetime, FramNatTrial *trial, FramTime now)
{
  gboolean silent = trial->query.state == FRAM_NAT_QUERY_SILENT;

  if (trial->state != FRAM_NAT_TRIAL_ASKING)
    fram_nat_trial_lose (lifetime, trial, now);
  else if (trial->age == 0)
    prove (lifetime, trial, FALSE);
  else if (silent)
    make_ready (trial, FRAM_NAT_TRIAL_CHECKING, trial->socket, &lifetime->config.server);
  else
    fram_nat_trial_lose (lifetime, trial, now);
}
