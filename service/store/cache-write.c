#include "store/cache-private.h"
#include "store/cache-prune.h"
#include "store/known-words.h"

/* The network that the records now being written are about. */
typedef struct
{
  const char *key; /* NULL: none yet */
  gint64 id;
} Network;

/* Any fact shows that the network is there. */
static gboolean
write_network (FramDatabase *database, const FramRecord *record, const char *name,
               Network *network, GError **error)
{
  g_autoptr (FramQuery) query = fram_database_query (
      database, error,
      "INSERT INTO networks (key, name, first_seen, last_seen)"
      " VALUES (?1, coalesce (?2, ''), ?3, ?3)"
      " ON CONFLICT (key) DO UPDATE"
      " SET name = coalesce (?2, name), last_seen = ?3 RETURNING id",
      "ssl", record->network, name, record->when);

  if (query == NULL || !fram_query_row (query, error))
    return FALSE;
  network->key = record->network;
  network->id = fram_query_get_integer (query, 0);
  return TRUE;
}

static gboolean
write_server (FramDatabase *database, const FramRecord *record, gint64 network,
              GError **error)
{
  const FramKnownServer *server = &record->server;
  char address[FRAM_ADDRESS_TEXT] = "";

  if (server->address.family != FRAM_FAMILY_NONE)
    fram_address_to_text (&server->address, address);
  /* What is there may be damaged: it is kept within bounds before it is calculated with. */
  return fram_database_execute (
      database, error,
      "INSERT INTO servers VALUES (?1, ?2, ?3, ?4, nullif (?5, -1), ?6, ?7,"
      " nullif (?8, 0), nullif (?9, 0))"
      " ON CONFLICT DO UPDATE SET"
      " rtt = CASE WHEN excluded.rtt IS NULL THEN rtt"
      "  WHEN rtt IS NULL THEN excluded.rtt"
      "  ELSE (7 * max (0, min (rtt, 3600000000)) + excluded.rtt) / 8 END,"
      " successes = max (0, min (successes, 4000000000)) + excluded.successes,"
      " failures = max (0, min (failures, 4000000000)) + excluded.failures,"
      " last_success = coalesce (excluded.last_success, last_success),"
      " last_failure = coalesce (excluded.last_failure, last_failure)",
      "lssslllll", network, server->uri, address,
      fram_known_transport_to_word (server->transport), server->rtt,
      (gint64) server->successes, (gint64) server->failures, record->last_success,
      record->last_failure);
}

static gboolean
write_deaf (FramDatabase *database, const FramRecord *record, gint64 network,
            GError **error)
{
  const FramKnownDeaf *deaf = &record->deaf;

  return fram_database_execute (
      database, error,
      "INSERT INTO deaf VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)"
      " ON CONFLICT DO UPDATE SET confirmed = excluded.confirmed",
      "lssisl", network, deaf->interface, deaf->uri, (int) deaf->family,
      fram_known_transport_to_word (deaf->transport), record->when);
}

static gboolean
write_heard (FramDatabase *database, const FramRecord *record, gint64 network,
             GError **error)
{
  const FramKnownDeaf *deaf = &record->deaf;

  return fram_database_execute (
      database, error,
      "DELETE FROM deaf WHERE network = ?1 AND interface = ?2 AND uri = ?3"
      " AND family = ?4 AND transport = ?5",
      "lssis", network, deaf->interface, deaf->uri, (int) deaf->family,
      fram_known_transport_to_word (deaf->transport));
}

static gboolean
write_nat (FramDatabase *database, const FramRecord *record, gint64 network,
           GError **error)
{
  const FramKnownNat *nat = &record->nat;

  return fram_database_execute (
      database, error,
      "INSERT OR REPLACE INTO nats VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
      "lsisssssl", network, nat->interface, (int) nat->family,
      fram_known_answer_to_word (nat->translated),
      fram_known_answer_to_word (nat->keeps_port),
      fram_known_dependence_to_word (nat->mapping),
      fram_known_dependence_to_word (nat->filtering),
      fram_known_answer_to_word (nat->hairpin), record->when);
}

static gboolean
write_lifetime (FramDatabase *database, const FramRecord *record, gint64 network,
                GError **error)
{
  const FramKnownLifetime *lifetime = &record->lifetime;
  gint64 alive = lifetime->alive / FRAM_MILLISECONDS (1);
  gint64 dead = lifetime->dead / FRAM_MILLISECONDS (1);

  return fram_database_execute (
      database, error,
      "INSERT OR REPLACE INTO lifetimes VALUES (?1, ?2, ?3, ?4, nullif (?5, -1), ?6)",
      "lsilll", network, lifetime->interface, (int) lifetime->family,
      MIN (alive, FRAM_CACHE_MAX_LIFETIME),
      lifetime->dead != FRAM_TIME_NEVER ? MIN (dead, FRAM_CACHE_MAX_LIFETIME) : -1,
      record->when);
}

static gboolean
write_session (FramDatabase *database, const FramRecord *record, GError **error)
{
  const FramPastSession *session = &record->session;

  return fram_database_execute (
      database, error,
      "INSERT INTO sessions (started, ended, application, label, state, cause, path, rtt,"
      " sent, received) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, nullif (?8, -1), ?9, ?10)",
      "llssssslll", session->started, session->ended, session->application,
      session->label, session->state, session->cause, session->path, session->rtt,
      (gint64) session->bytes_sent, (gint64) session->bytes_received);
}

static gboolean
write_fact (FramDatabase *database, const FramRecord *record, Network *network,
            GError **error)
{
  gboolean same = network->key != NULL && g_str_equal (network->key, record->network);

  if (record->kind == FRAM_RECORD_NETWORK)
    return write_network (database, record, record->name, network, error);
  if (!same && !write_network (database, record, NULL, network, error))
    return FALSE;
  switch (record->kind)
    {
    case FRAM_RECORD_SERVER:
      return write_server (database, record, network->id, error);
    case FRAM_RECORD_DEAF:
      return write_deaf (database, record, network->id, error);
    case FRAM_RECORD_HEARD:
      return write_heard (database, record, network->id, error);
    case FRAM_RECORD_NAT:
      return write_nat (database, record, network->id, error);
    case FRAM_RECORD_LIFETIME:
      return write_lifetime (database, record, network->id, error);
    case FRAM_RECORD_NETWORK:
    case FRAM_RECORD_SESSION:
      break;
    }
  g_assert_not_reached ();
}

/* A value that the tables refuse is no reason to lose the others. */
static gboolean
write_record (FramDatabase *database, const FramRecord *record, Network *network,
              guint *n_refused, GError **error)
{
  g_autoptr (GError) reason = NULL;

  if (record->kind == FRAM_RECORD_SESSION
          ? write_session (database, record, &reason)
          : write_fact (database, record, network, &reason))
    return TRUE;
  if (g_error_matches (reason, FRAM_STORE_ERROR, FRAM_STORE_ERROR_CONSTRAINT))
    {
      g_debug ("A fact was refused: %s", reason->message);
      (*n_refused)++;
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

/* What a batch has touched is kept within its bounds at once. */
static gboolean
write_and_prune (FramDatabase *database, GList *first, guint n, gint64 now,
                 gboolean prune, guint *n_refused, GError **error)
{
  Network network = { 0 }, before;
  gboolean sessions = prune;

  for (GList *link = first; n > 0 && link != NULL; link = link->next, n--)
    {
      before = network;
      if (!write_record (database, link->data, &network, n_refused, error))
        return FALSE;
      if (before.key != NULL && before.id != network.id
          && !fram_cache_prune_network (database, before.id, error))
        return FALSE;
      sessions = sessions || ((FramRecord *) link->data)->kind == FRAM_RECORD_SESSION;
    }
  if (network.key != NULL && !fram_cache_prune_network (database, network.id, error))
    return FALSE;
  return (!prune || fram_cache_prune_old (database, now, error))
         && (!sessions || fram_cache_prune_sessions (database, now, error))
         && fram_cache_prune_networks (database, error);
}

gboolean
fram_cache_write (FramDatabase *database, GList *first, guint n, gint64 now,
                  gboolean prune, guint *ret_n_refused, GError **error)
{
  guint n_refused = 0;

  if (!fram_database_begin (database, error))
    return FALSE;
  if (!write_and_prune (database, first, n, now, prune, &n_refused, error))
    {
      fram_database_rollback (database);
      return FALSE;
    }
  if (!fram_database_commit (database, error))
    return FALSE;
  *ret_n_refused = n_refused;
  return TRUE;
}
