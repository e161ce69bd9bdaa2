/* Two hosts with addresses of both families, of which one is dead: how long they take to connect
 * where the families are interleaved, and where all of one go first.  (RFC 8421 §4)
 *
 * Prints both times, of a clock that is stepped, and their ratio. */
#include <string.h>

#include "agent-fixture.h"

#define MAX_ADDRESSES 8
#define ONE_WAY FRAM_MILLISECONDS (20)
#define PORT 1000
/* Longer than a session waits. */
#define BOUND FRAM_SECONDS (60)

typedef struct
{
  FramIceAgent *agent;
  SeededRandom random;
  FramCandidate hosts[MAX_ADDRESSES]; /* by their bases, from 1 */
  guint n_hosts;
} Side;

typedef struct
{
  Side *to;
  FramTime at;
  guint32 base;
  FramAddress from;
  gsize length;
  guint8 data[FRAM_STUN_MAX_SENT];
} Packet;

typedef struct
{
  Side sides[2]; /* the first one controls */
  GQueue wire;   /* Packet, by their times */
  FramFamily dead;
  FramTime now;
} World;

typedef struct
{
  guint n_ipv6, n_ipv4;
  guint pacing; /* milliseconds */
} Hosts;

/* --- Two agents -------------------------------------------------------------------- */

static guint16
get_preference (const Hosts *hosts, gboolean interleaved, FramFamily family, guint index)
{
  if (interleaved)
    return fram_candidate_local_preference (family, index, hosts->n_ipv4, hosts->n_ipv6);
  return (guint16) (G_MAXUINT16 - index
                    - (family == FRAM_FAMILY_IPV4 ? hosts->n_ipv6 : 0));
}

static void
add_host (Side *side, guint number, const Hosts *hosts, gboolean interleaved,
          FramFamily family, guint index)
{
  guint32 base = ++side->n_hosts;
  g_autofree char *at
      = family == FRAM_FAMILY_IPV6
            ? g_strdup_printf ("[2001:db8:%u::%u]:%d", number, index + 1, PORT)
            : g_strdup_printf ("192.0.%u.%u:%d", number, index + 1, PORT);
  FramCandidate *host = &side->hosts[base - 1];

  *host = agent_host (base, 1, at);
  host->priority = fram_candidate_priority (
      FRAM_CANDIDATE_HOST, get_preference (hosts, interleaved, family, index), 1);
  fram_ice_agent_add_local (side->agent, 0, host, 0);
}

static void
begin (World *world, const Hosts *hosts, gboolean interleaved)
{
  for (guint i = 0; i < 2; i++)
    {
      Side *side = &world->sides[i];
      FramIceConfig config = {
        .role = i == 0 ? FRAM_ROLE_CONTROLLING : FRAM_ROLE_CONTROLLED,
        .ufrag = i == 0 ? "local" : "peer",
        .pwd = i == 0 ? PWD : PEER_PWD,
        .pacing = hosts->pacing,
        .max_pairs = 100,
        .n_streams = 1,
        .n_components = { 1 },
      };

      seeded_random_init (&side->random, i + 1);
      side->agent = fram_ice_agent_new (&config, &side->random.random, 0);
      for (guint n = 0; n < hosts->n_ipv6; n++)
        add_host (side, i + 1, hosts, interleaved, FRAM_FAMILY_IPV6, n);
      for (guint n = 0; n < hosts->n_ipv4; n++)
        add_host (side, i + 1, hosts, interleaved, FRAM_FAMILY_IPV4, n);
      fram_ice_agent_end_local (side->agent, 0);
    }
  for (guint i = 0; i < 2; i++)
    {
      FramDescription remote
          = { .options = FRAM_ICE_OPTION_ICE2, .pacing = hosts->pacing };
      const Side *peer = &world->sides[1 - i];

      g_strlcpy (remote.ufrag, i == 0 ? "peer" : "local", sizeof remote.ufrag);
      g_strlcpy (remote.pwd, i == 0 ? PEER_PWD : PWD, sizeof remote.pwd);
      fram_ice_agent_set_remote (world->sides[i].agent, &remote, 0);
      for (guint n = 0; n < peer->n_hosts; n++)
        fram_ice_agent_add_remote (world->sides[i].agent, 0, &peer->hosts[n], 64, 0);
      fram_ice_agent_end_remote (world->sides[i].agent, 0);
    }
}

static void
carry (World *world, const Side *from, Side *to, const FramIceEvent *event)
{
  Packet *packet;

  for (guint i = 0; i < to->n_hosts; i++)
    if (fram_address_equal (&to->hosts[i].address, &event->remote)
        && event->remote.family != world->dead)
      {
        packet = g_new0 (Packet, 1);
        packet->to = to;
        packet->at = world->now + ONE_WAY;
        packet->base = to->hosts[i].base;
        packet->from = from->hosts[event->base - 1].address;
        packet->length = event->length;
        memcpy (packet->data, event->data, event->length);
        g_queue_push_tail (&world->wire, packet);
      }
}

static void
drain (World *world)
{
  FramIceEvent event;

  for (guint i = 0; i < 2; i++)
    while (fram_ice_agent_pop (world->sides[i].agent, &event))
      if (event.type == FRAM_ICE_EVENT_TRANSMIT)
        {
          carry (world, &world->sides[i], &world->sides[1 - i], &event);
          g_free (event.data);
        }
}

static void
deliver (Packet *packet, FramTime now)
{
  FramStunMessage message;

  g_assert_cmpint (fram_stun_message_parse (&message, packet->data, packet->length), ==,
                   FRAM_STUN_PARSE_OK);
  if (message.klass == FRAM_STUN_REQUEST)
    fram_ice_agent_receive_request (packet->to->agent, packet->base, &packet->from,
                                    &message, FALSE, now);
  else
    fram_ice_agent_receive_response (packet->to->agent, packet->base, &packet->from,
                                     &message, now);
  g_free (packet);
}

static void
step (World *world)
{
  Packet *first = g_queue_peek_head (&world->wire);
  FramTime next = first != NULL ? first->at : FRAM_TIME_NEVER;

  for (guint i = 0; i < 2; i++)
    {
      next = MIN (next, fram_ice_agent_deadline (world->sides[i].agent));
      next = MIN (next, fram_ice_agent_check_due (world->sides[i].agent));
    }
  world->now = MAX (world->now, next);
  while ((first = g_queue_peek_head (&world->wire)) != NULL && first->at <= world->now)
    deliver (g_queue_pop_head (&world->wire), world->now);
  for (guint i = 0; i < 2; i++)
    {
      FramIceAgent *agent = world->sides[i].agent;

      if (fram_ice_agent_check_due (agent) <= world->now)
        fram_ice_agent_check (agent, world->now);
      if (fram_ice_agent_deadline (agent) <= world->now)
        fram_ice_agent_advance (agent, world->now);
    }
  drain (world);
}

/* Return: until data go both ways. */
static FramTime
connect_time (const Hosts *hosts, FramFamily dead, gboolean interleaved)
{
  World world = { .dead = dead };

  g_queue_init (&world.wire);
  begin (&world, hosts, interleaved);
  drain (&world);
  while (fram_ice_agent_get_path (world.sides[0].agent, 0, 1) == NULL
         || fram_ice_agent_get_path (world.sides[1].agent, 0, 1) == NULL)
    {
      g_assert_cmpint (world.now, <, BOUND);
      step (&world);
    }
  for (guint i = 0; i < 2; i++)
    fram_ice_agent_close (world.sides[i].agent);
  drain (&world);
  for (guint i = 0; i < 2; i++)
    fram_ice_agent_free (world.sides[i].agent);
  g_queue_clear_full (&world.wire, g_free);
  return world.now;
}

/* --- What is measured -------------------------------------------------------------- */

static void
report (const char *name, FramTime mixed, FramTime apart)
{
  g_test_message ("%s: interleaved %.0f ms, not interleaved %.0f ms, ratio %.2f", name,
                  mixed / 1e3, apart / 1e3, (double) mixed / (double) apart);
}

/* With all IPv6 checks lost, IPv4 has its turn at once, not behind them; with none lost nobody
 * waits for that. */
static void
test_dead (gconstpointer data)
{
  const Hosts *hosts = data;
  FramTime mixed = connect_time (hosts, FRAM_FAMILY_IPV6, TRUE);
  FramTime apart = connect_time (hosts, FRAM_FAMILY_IPV6, FALSE);

  report ("IPv6 is dead", mixed, apart);
  g_assert_cmpint (mixed, <, apart);
  mixed = connect_time (hosts, FRAM_FAMILY_IPV4, TRUE);
  apart = connect_time (hosts, FRAM_FAMILY_IPV4, FALSE);
  report ("IPv4 is dead", mixed, apart);
  g_assert_cmpint (mixed, ==, apart);
}

static const Hosts several = { .n_ipv6 = 3, .n_ipv4 = 1, .pacing = 5 };
static const Hosts slow = { .n_ipv6 = 3, .n_ipv4 = 1, .pacing = 50 };

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/ice/families/dead", &several, test_dead);
  g_test_add_data_func ("/ice/families/dead-slowly", &slow, test_dead);
  return g_test_run ();
}
