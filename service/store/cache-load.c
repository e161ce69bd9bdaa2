#include "store/cache-private.h"
#include "store/known-words.h"

/* A time that the clock has not come to by more than this is no time at all. */
#define CLOCK_SLACK 3600 /* seconds */

/* What is given out, with what it owns. */
typedef struct
{
  FramKnownNetwork network;
  GPtrArray *texts;
  GArray *servers, *deaf, *nats, *lifetimes;
} Known;

static Known *
known_new (void)
{
  Known *known = g_new0 (Known, 1);

  known->network.name = "";
  known->network.first_age = known->network.last_age = -1;
  known->texts = g_ptr_array_new_with_free_func (g_free);
  known->servers = g_array_new (FALSE, FALSE, sizeof (FramKnownServer));
  known->deaf = g_array_new (FALSE, FALSE, sizeof (FramKnownDeaf));
  known->nats = g_array_new (FALSE, FALSE, sizeof (FramKnownNat));
  known->lifetimes = g_array_new (FALSE, FALSE, sizeof (FramKnownLifetime));
  return known;
}

void
fram_known_network_free (FramKnownNetwork *network)
{
  Known *known = (Known *) network;

  g_ptr_array_unref (known->texts);
  g_array_unref (known->servers);
  g_array_unref (known->deaf);
  g_array_unref (known->nats);
  g_array_unref (known->lifetimes);
  g_free (known);
}

static const char *
keep_text (Known *known, FramQuery *query, int column)
{
  char *text = fram_query_dup_text (query, column);

  g_ptr_array_add (known->texts, text);
  return text;
}

/* NULL reads as 0, and is never.  What a wrong clock has dated far in the future is as old as
 * can be, so that it is found out again. */
static FramTime
age (FramQuery *query, int column, gint64 now)
{
  gint64 then = fram_query_get_integer (query, column);

  if (then <= 0)
    return -1;
  if (then > now + CLOCK_SLACK)
    return FRAM_SECONDS (FRAM_CACHE_FACT_DAYS * FRAM_CACHE_DAY);
  return FRAM_SECONDS (MAX (now - then, 0));
}

static FramFamily
family (FramQuery *query, int column)
{
  gint64 value = fram_query_get_integer (query, column);

  return value == FRAM_FAMILY_IPV4 || value == FRAM_FAMILY_IPV6 ? (FramFamily) value
                                                                : FRAM_FAMILY_NONE;
}

/* A row that makes no sense, which only damage can bring about, is left out. */
static void
add_server (Known *known, FramQuery *query, gint64 now)
{
  g_autofree char *address = fram_query_dup_text (query, 1);
  g_autofree char *transport = fram_query_dup_text (query, 2);
  FramKnownServer server = {
    .uri = keep_text (known, query, 0),
    .rtt = CLAMP (fram_query_get_integer (query, 3), -1, FRAM_CACHE_MAX_RTT),
    .successes = CLAMP (fram_query_get_integer (query, 4), 0, G_MAXUINT32),
    .failures = CLAMP (fram_query_get_integer (query, 5), 0, G_MAXUINT32),
    .success_age = age (query, 6, now),
    .failure_age = age (query, 7, now),
  };

  if ((address[0] == '\0' || fram_address_parse (&server.address, address))
      && fram_known_transport_from_word (transport, &server.transport))
    g_array_append_val (known->servers, server);
}

static void
add_deaf (Known *known, FramQuery *query, gint64 now)
{
  g_autofree char *transport = fram_query_dup_text (query, 3);
  FramKnownDeaf deaf = {
    .interface = keep_text (known, query, 0),
    .uri = keep_text (known, query, 1),
    .family = family (query, 2),
    .age = age (query, 4, now),
    .confirmed_age = age (query, 5, now),
  };

  if (fram_known_transport_from_word (transport, &deaf.transport))
    g_array_append_val (known->deaf, deaf);
}

static void
add_nat (Known *known, FramQuery *query, gint64 now)
{
  g_autofree char *translated = fram_query_dup_text (query, 2);
  g_autofree char *keeps_port = fram_query_dup_text (query, 3);
  g_autofree char *mapping = fram_query_dup_text (query, 4);
  g_autofree char *filtering = fram_query_dup_text (query, 5);
  g_autofree char *hairpin = fram_query_dup_text (query, 6);
  FramKnownNat nat = {
    .interface = keep_text (known, query, 0),
    .family = family (query, 1),
    .translated = fram_known_answer_from_word (translated),
    .keeps_port = fram_known_answer_from_word (keeps_port),
    .mapping = fram_known_dependence_from_word (mapping),
    .filtering = fram_known_dependence_from_word (filtering),
    .hairpin = fram_known_answer_from_word (hairpin),
    .age = age (query, 7, now),
  };

  g_array_append_val (known->nats, nat);
}

static void
add_lifetime (Known *known, FramQuery *query, gint64 now)
{
  gint64 alive = fram_query_get_integer (query, 2);
  gint64 dead = fram_query_get_integer (query, 3);
  FramKnownLifetime lifetime = {
    .interface = keep_text (known, query, 0),
    .family = family (query, 1),
    .alive = FRAM_MILLISECONDS (CLAMP (alive, 0, FRAM_CACHE_MAX_LIFETIME)),
    .dead = dead > 0 ? FRAM_MILLISECONDS (MIN (dead, FRAM_CACHE_MAX_LIFETIME))
                     : FRAM_TIME_NEVER,
    .age = age (query, 4, now),
  };

  if (lifetime.alive <= lifetime.dead)
    g_array_append_val (known->lifetimes, lifetime);
}

static void
add_network (Known *known, FramQuery *query, gint64 now)
{
  known->network.name = keep_text (known, query, 0);
  known->network.first_age = age (query, 1, now);
  known->network.last_age = age (query, 2, now);
}

/* The rows of each table that are read, of the network ?1, and what takes them. */
typedef struct
{
  const char *sql;
  int limit;
  void (*add) (Known *known, FramQuery *query, gint64 now);
} Part;

static const Part parts[] = {
  { "SELECT name, first_seen, last_seen FROM networks WHERE key = ?1 LIMIT ?2", 1,
    add_network },
  { "SELECT uri, address, transport, coalesce (rtt, -1), successes, failures, "
    "last_success,"
    " last_failure FROM servers WHERE network = (SELECT id FROM networks WHERE key = ?1)"
    " ORDER BY last_success DESC NULLS LAST, last_failure DESC, uri, address, transport"
    " LIMIT ?2",
    FRAM_CACHE_MAX_SERVERS, add_server },
  { "SELECT interface, uri, family, transport, since, confirmed FROM deaf"
    " WHERE network = (SELECT id FROM networks WHERE key = ?1)"
    " ORDER BY confirmed DESC LIMIT ?2",
    FRAM_CACHE_MAX_DEAF, add_deaf },
  { "SELECT interface, family, translated, keeps_port, mapping, filtering, hairpin, found"
    " FROM nats WHERE network = (SELECT id FROM networks WHERE key = ?1)"
    " ORDER BY found DESC LIMIT ?2",
    FRAM_CACHE_MAX_NATS, add_nat },
  { "SELECT interface, family, alive, dead, found FROM lifetimes"
    " WHERE network = (SELECT id FROM networks WHERE key = ?1)"
    " ORDER BY found DESC LIMIT ?2",
    FRAM_CACHE_MAX_LIFETIMES, add_lifetime },
};

static gboolean
load_part (FramDatabase *database, const Part *part, const char *network, gint64 now,
           Known *known, GError **error)
{
  g_autoptr (FramQuery) query
      = fram_database_query (database, error, part->sql, "si", network, part->limit);
  FramStep step = FRAM_STEP_FAILED;

  while (query != NULL && (step = fram_query_step (query, error)) == FRAM_STEP_ROW)
    part->add (known, query, now);
  return step == FRAM_STEP_DONE;
}

static gboolean
load (FramCache *cache, const char *network, Known *known, GError **error)
{
  gint64 now = fram_cache_now (cache);

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (!load_part (cache->database, &parts[i], network, now, known, error))
      return FALSE;
  return TRUE;
}

static FramKnownNetwork *
give_out (Known *known)
{
  known->network.servers = (FramKnownServer *) known->servers->data;
  known->network.n_servers = known->servers->len;
  known->network.deaf = (FramKnownDeaf *) known->deaf->data;
  known->network.n_deaf = known->deaf->len;
  known->network.nats = (FramKnownNat *) known->nats->data;
  known->network.n_nats = known->nats->len;
  known->network.lifetimes = (FramKnownLifetime *) known->lifetimes->data;
  known->network.n_lifetimes = known->lifetimes->len;
  return &known->network;
}

FramKnownNetwork *
fram_cache_load (FramCache *cache, const char *network)
{
  Known *known = known_new ();
  g_autoptr (GError) error = NULL;

  fram_cache_flush (cache);
  if (cache->database != NULL && !load (cache, network, known, &error))
    {
      /* What was read before the error is in doubt too. */
      fram_known_network_free (&known->network);
      known = known_new ();
      fram_cache_failed (cache, error);
    }
  return give_out (known);
}
