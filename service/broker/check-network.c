/* Checking the network when somebody asks for it: which servers answer from each interface
 * address, how fast, and how the NATs before them behave.
 *
 * At each address all servers are asked at once.  The first that answers and offers the tests
 * of RFC 5780, or after a moment the first that answers at all, is used to find out about the
 * NAT; those that are silent are tried by TCP or TLS. */
#include <string.h>

#include "broker/broker-private.h"

#define LIMIT FRAM_SECONDS (10)
/* Interface addresses at one time. */
#define MAX_AT_ONCE 8
/* How long after the first answer a server is looked for that offers the tests. */
#define CHOOSING FRAM_MILLISECONDS (500)

typedef enum
{
  PLACE_WAITING,
  PLACE_ASKING,
  PLACE_OVER,
} PlaceState;

/* One interface address. */
typedef struct
{
  FramInterfaceAddress interface;
  PlaceState state;
  FramProbe *survey, *behaviour;
  gboolean has_behaviour; /* a probe of it was made, or none can be */
  FramTime first_answer;  /* -1: none yet */
  guint64 told;           /* bits of survey rows whose outcome was entered */
} Place;

typedef struct
{
  guint16 id;
  GPtrArray *servers; /* FramServer, joined */
  GArray *places;     /* Place */
  FramTime until;
  FramDue due;
} Check;

G_STATIC_ASSERT (FRAM_NAT_SURVEY_MAX_SERVERS <= 64);
G_STATIC_ASSERT (FRAM_MAX_SERVERS *FRAM_SERVER_MAX_ADDRESSES
                 <= FRAM_NAT_SURVEY_MAX_SERVERS);

static Place *
place_of (const Check *check, guint i)
{
  return &g_array_index (check->places, Place, i);
}

static void
place_clear (FramBroker *broker, Place *place)
{
  fram_probe_free (broker, g_steal_pointer (&place->survey));
  fram_probe_free (broker, g_steal_pointer (&place->behaviour));
}

static void
check_free (FramBroker *broker, Check *check)
{
  for (guint i = 0; i < check->places->len; i++)
    place_clear (broker, place_of (check, i));
  for (guint i = 0; i < check->servers->len; i++)
    fram_server_table_leave (&broker->servers, g_ptr_array_index (check->servers, i));
  fram_schedule_set (&broker->deadlines, &check->due, FRAM_TIME_NEVER);
  g_array_unref (check->places);
  g_ptr_array_unref (check->servers);
  g_free (check);
}

/* --- Servers of one address -------------------------------------------------------- */

/* Those that have this address: a server may be known by several URIs. */
static gboolean
is_named (const FramServer *server, const FramAddress *address)
{
  for (guint i = 0; i < server->n_addresses; i++)
    if (fram_server_speaks_udp (server)
        && fram_address_equal (&server->addresses[i], address))
      return TRUE;
  return FALSE;
}

static void
learn_row (FramBroker *broker, const Check *check, const Place *place,
           const FramNatSurveyRow *row, FramTime now)
{
  FramFamily family = row->server.family;

  for (guint i = 0; i < check->servers->len; i++)
    {
      const FramServer *server = g_ptr_array_index (check->servers, i);

      if (!is_named (server, &row->server))
        continue;
      if (row->answers == FRAM_NAT_YES)
        {
          fram_broker_learn_answer (broker, server->uri, &row->server, FRAM_KNOWN_UDP,
                                    row->rtt, now);
          fram_broker_learn_heard (broker, place->interface.name, server->uri, family,
                                   FRAM_KNOWN_UDP, now);
          continue;
        }
      fram_broker_learn_silence (broker, server->uri, &row->server, FRAM_KNOWN_UDP, now);
      if (!row->is_refused)
        fram_broker_learn_deaf (broker, place->interface.name, server->uri, family,
                                FRAM_KNOWN_UDP, now);
      fram_broker_streams_try (broker, &place->interface, server, now);
    }
}

static void
learn_rows (FramBroker *broker, const Check *check, Place *place, FramTime now)
{
  guint n = fram_nat_survey_count (place->survey->survey);

  for (guint i = 0; i < n; i++)
    {
      FramNatSurveyRow row;

      fram_nat_survey_get (place->survey->survey, i, &row);
      if (!row.is_over || (place->told & (G_GUINT64_CONSTANT (1) << i)) != 0)
        continue;
      place->told |= G_GUINT64_CONSTANT (1) << i;
      if (row.answers == FRAM_NAT_YES && place->first_answer < 0)
        place->first_answer = now;
      learn_row (broker, check, place, &row, now);
    }
}

static void
ask_servers (FramBroker *broker, const Check *check, const Place *place, FramTime now)
{
  FramFamily family = place->interface.address.family;

  for (guint i = 0; i < check->servers->len; i++)
    {
      const FramServer *server = g_ptr_array_index (check->servers, i);

      if (!fram_server_speaks_udp (server))
        {
          if (server->n_addresses > 0)
            fram_broker_streams_try (broker, &place->interface, server, now);
          continue;
        }
      for (guint a = 0; a < server->n_addresses; a++)
        if (server->addresses[a].family == family)
          fram_probe_ask (broker, place->survey, &server->addresses[a], now);
    }
}

/* --- The NAT before it ------------------------------------------------------------- */

/* What is asked: a server that offers the tests, and another one beside it.
 * Return: FALSE if none has answered. */
static gboolean
choose_servers (const Place *place, FramAddress *ret_server, FramAddress *ret_second,
                gboolean *ret_helps)
{
  const FramNatSurvey *survey = place->survey->survey;
  FramNatSurveyRow row, best = { 0 };
  FramAddress second = { 0 };

  for (guint i = 0; i < fram_nat_survey_count (survey); i++)
    {
      fram_nat_survey_get (survey, i, &row);
      if (row.mapped.family != FRAM_FAMILY_NONE
          && (best.mapped.family == FRAM_FAMILY_NONE || (row.helps && !best.helps)))
        best = row;
    }
  if (best.mapped.family == FRAM_FAMILY_NONE)
    return FALSE;
  for (guint i = 0; i < fram_nat_survey_count (survey); i++)
    {
      fram_nat_survey_get (survey, i, &row);
      if (!fram_address_equal_ip (&row.server, &best.server)
          && (second.family == FRAM_FAMILY_NONE || row.answers == FRAM_NAT_YES))
        second = row.server;
    }
  *ret_server = best.server;
  *ret_second = second;
  *ret_helps = best.helps;
  return TRUE;
}

static void
learn_blocked (FramBroker *broker, const Place *place, FramTime now)
{
  FramNatBehaviour behaviour = { .rtt = -1, .server_answers = FRAM_NAT_NO };

  behaviour.local = place->survey->sockets[0].bound;
  fram_probing_learn (broker, &place->interface, &behaviour, now);
}

static void
begin_behaviour (FramBroker *broker, Check *check, Place *place, FramTime now)
{
  gboolean asked = fram_nat_survey_is_over (place->survey->survey), helps;
  FramAddress server, second;

  if (choose_servers (place, &server, &second, &helps))
    {
      if (!helps && !asked && now < place->first_answer + CHOOSING)
        return;
      place->has_behaviour = TRUE;
      place->behaviour
          = fram_probe_new_behaviour (broker, &place->interface, &server, &second, now);
      place->behaviour->owner = check;
    }
  else if (asked && place->told != 0 && place->first_answer < 0)
    {
      place->has_behaviour = TRUE;
      learn_blocked (broker, place, now);
    }
}

static void
end_behaviour (FramBroker *broker, Place *place, FramTime now)
{
  const FramProbe *probe = place->behaviour;

  if (probe->behaviour != NULL)
    fram_probing_learn (broker, &place->interface,
                        fram_nat_probe_get_result (probe->behaviour), now);
  fram_probe_free (broker, g_steal_pointer (&place->behaviour));
}

/* --- One address ------------------------------------------------------------------- */

static gboolean
is_resolving (const Check *check)
{
  for (guint i = 0; i < check->servers->len; i++)
    if (((const FramServer *) g_ptr_array_index (check->servers, i))->state
        == FRAM_SERVER_RESOLVING)
      return TRUE;
  return FALSE;
}

static void
begin_place (FramBroker *broker, Check *check, Place *place, FramTime now)
{
  place->state = PLACE_ASKING;
  place->survey = fram_probe_new_survey (broker, &place->interface, now);
  place->survey->owner = check;
}

static void
step_place (FramBroker *broker, Check *check, Place *place, FramTime now)
{
  /* The address cannot be bound. */
  if (place->survey->done)
    {
      place_clear (broker, place);
      place->state = PLACE_OVER;
      return;
    }
  ask_servers (broker, check, place, now);
  learn_rows (broker, check, place, now);
  if (!place->has_behaviour)
    begin_behaviour (broker, check, place, now);
  else if (place->behaviour != NULL && place->behaviour->done)
    end_behaviour (broker, place, now);
  if (place->behaviour != NULL || is_resolving (check)
      || !fram_nat_survey_is_over (place->survey->survey)
      || fram_broker_streams_is_busy (broker, &place->interface.address))
    return;
  place_clear (broker, place);
  place->state = PLACE_OVER;
}

/* --- One check --------------------------------------------------------------------- */

/* When it has to be looked at, though nothing was told. */
static FramTime
find_deadline (const Check *check, FramTime now)
{
  FramTime deadline = check->until;

  for (guint i = 0; i < check->places->len; i++)
    {
      const Place *place = place_of (check, i);

      if (place->state == PLACE_ASKING && !place->has_behaviour
          && place->first_answer >= 0 && place->first_answer + CHOOSING > now)
        deadline = MIN (deadline, place->first_answer + CHOOSING);
    }
  return deadline;
}

/* Return: whether it is over. */
static gboolean
step (FramBroker *broker, Check *check, FramTime now)
{
  guint n_asking = 0, n_waiting = 0;

  for (guint i = 0; i < check->places->len; i++)
    {
      Place *place = place_of (check, i);

      if (place->state != PLACE_OVER
          && !fram_broker_uses_address (broker, &place->interface.address))
        {
          place_clear (broker, place);
          place->state = PLACE_OVER;
        }
      if (place->state == PLACE_ASKING)
        step_place (broker, check, place, now);
      n_asking += place->state == PLACE_ASKING;
    }
  for (guint i = 0; i < check->places->len; i++)
    {
      Place *place = place_of (check, i);

      if (place->state == PLACE_WAITING && n_asking < MAX_AT_ONCE)
        {
          begin_place (broker, check, place, now);
          ask_servers (broker, check, place, now);
          n_asking++;
        }
      n_waiting += place->state == PLACE_WAITING;
    }
  fram_schedule_set (&broker->deadlines, &check->due, find_deadline (check, now));
  return n_asking + n_waiting == 0;
}

static void
learn_unknown_names (FramBroker *broker, const Check *check, FramTime now)
{
  const FramAddress nowhere = { 0 };

  for (guint i = 0; i < check->servers->len; i++)
    {
      const FramServer *server = g_ptr_array_index (check->servers, i);

      if (server->state == FRAM_SERVER_UNKNOWN_NAME)
        fram_broker_learn_silence (broker, server->uri, &nowhere, FRAM_KNOWN_UDP, now);
    }
}

/* What probes found by now is used; what was not answered stays unknown. */
static void
finish (FramBroker *broker, Check *check, FramTime now)
{
  for (guint i = 0; i < check->places->len; i++)
    {
      Place *place = place_of (check, i);

      if (place->behaviour != NULL
          && fram_broker_uses_address (broker, &place->interface.address))
        end_behaviour (broker, place, now);
    }
  learn_unknown_names (broker, check, now);
  fram_broker_emit (broker, FRAM_EVENT_NETWORK_CHECKED, 0)->query = check->id;
  g_ptr_array_remove (broker->probing.checks, check);
  check_free (broker, check);
  fram_probing_consider (broker, now);
}

void
fram_checks_step (FramBroker *broker, FramTime now)
{
  g_autoptr (GPtrArray) checks = g_ptr_array_copy (broker->probing.checks, NULL, NULL);

  for (guint i = 0; i < checks->len; i++)
    if (step (broker, g_ptr_array_index (checks, i), now))
      finish (broker, g_ptr_array_index (checks, i), now);
}

void
fram_check_advance (FramBroker *broker, gpointer data, FramTime now)
{
  Check *check = data;

  if (step (broker, check, now) || now >= check->until)
    finish (broker, check, now);
}

void
fram_broker_check_stream_ended (FramBroker *broker, const FramStreamTry *ended,
                                FramTime now)
{
  fram_checks_step (broker, now);
}

/* What its probes found was of another network. */
void
fram_checks_end (FramBroker *broker, FramTime now)
{
  GPtrArray *checks = broker->probing.checks;

  while (checks->len > 0)
    {
      Check *check = g_ptr_array_index (checks, 0);

      for (guint i = 0; i < check->places->len; i++)
        place_clear (broker, place_of (check, i));
      finish (broker, check, now);
    }
}

void
fram_checks_free (FramBroker *broker)
{
  GPtrArray *checks = broker->probing.checks;

  while (checks->len > 0)
    check_free (broker, g_ptr_array_steal_index (checks, 0));
}

/* --- The call ---------------------------------------------------------------------- */

static void
add_uri (GPtrArray *uris, const char *uri)
{
  if (uris->len < FRAM_MAX_SERVERS
      && !g_ptr_array_find_with_equal_func (uris, uri, g_str_equal, NULL))
    g_ptr_array_add (uris, (char *) uri);
}

/* Those that sessions use, and then those that have answered in this network. */
static void
list_known (FramBroker *broker, GPtrArray *uris)
{
  const GPtrArray *rows = broker->network.servers;
  GHashTableIter iter;
  FramServer *server;

  g_hash_table_iter_init (&iter, broker->servers.by_key);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &server))
    if (server->n_users > 0)
      add_uri (uris, server->uri);
  for (guint i = 0; i < rows->len; i++)
    {
      const FramNetworkServer *row = g_ptr_array_index (rows, i);

      if (row->success != FRAM_NETWORK_NEVER && fram_server_uri_check (row->uri, NULL))
        add_uri (uris, row->uri);
    }
}

static gboolean
has_servers (const Check *check, const GPtrArray *uris)
{
  if (check->servers->len != uris->len)
    return FALSE;
  for (guint i = 0; i < check->servers->len; i++)
    if (!g_ptr_array_find_with_equal_func (
            (GPtrArray *) uris,
            ((const FramServer *) g_ptr_array_index (check->servers, i))->uri,
            g_str_equal, NULL))
      return FALSE;
  return TRUE;
}

static guint16
draw_id (FramProbing *probing)
{
  if (++probing->last_check == 0)
    ++probing->last_check;
  return probing->last_check;
}

static Check *
check_new (FramBroker *broker, const GPtrArray *uris, FramTime now)
{
  Check *check = g_new0 (Check, 1);

  check->id = draw_id (&broker->probing);
  check->servers = g_ptr_array_new ();
  check->places = g_array_new (FALSE, TRUE, sizeof (Place));
  check->until = now + LIMIT;
  check->due.kind = FRAM_DUE_CHECK;
  check->due.owner = check;
  for (guint i = 0; i < uris->len; i++)
    {
      gboolean resolve;
      FramServer *server = fram_server_table_join (
          &broker->servers, g_ptr_array_index (uris, i), now, &resolve);

      g_ptr_array_add (check->servers, server);
      if (resolve)
        fram_broker_resolve (broker, server);
    }
  for (guint i = 0; uris->len > 0 && i < broker->interfaces->len; i++)
    {
      Place place
          = { .interface = g_array_index (broker->interfaces, FramInterfaceAddress, i),
              .first_answer = -1 };

      g_array_append_val (check->places, place);
    }
  g_ptr_array_add (broker->probing.checks, check);
  return check;
}

static gboolean
list_uris (FramBroker *broker, const FramServerOption *servers, guint n_servers,
           GPtrArray *uris, GError **error)
{
  if (n_servers > FRAM_MAX_SERVERS)
    {
      g_set_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_LIMIT,
                   "A check of the network asks at most %u servers", FRAM_MAX_SERVERS);
      return FALSE;
    }
  for (guint i = 0; i < n_servers; i++)
    {
      if (!fram_server_uri_check (servers[i].uri, error))
        return FALSE;
      add_uri (uris, servers[i].uri);
    }
  if (n_servers == 0)
    list_known (broker, uris);
  return TRUE;
}

guint16
fram_broker_check_network (FramBroker *broker, const FramServerOption *servers,
                           guint n_servers, FramTime now, GError **error)
{
  GPtrArray *checks = broker->probing.checks;
  g_autoptr (GPtrArray) uris = g_ptr_array_new ();
  Check *check;
  guint16 id;

  if (!list_uris (broker, servers, n_servers, uris, error))
    return 0;
  for (guint i = 0; i < checks->len; i++)
    if (has_servers (g_ptr_array_index (checks, i), uris))
      return ((const Check *) g_ptr_array_index (checks, i))->id;
  if (checks->len == FRAM_CHECKS_MAX)
    {
      g_set_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_LIMIT,
                   "%u checks of the network are under way already", FRAM_CHECKS_MAX);
      return 0;
    }

  check = check_new (broker, uris, now);
  id = check->id;
  if (step (broker, check, now))
    finish (broker, check, now);
  return id;
}
