/* The broker as a whole: its tables and its time. */
#include "broker/names-private.h"
#include "broker/tcp-private.h"

#define DEFAULT_MAX_SESSIONS 20000
#define DEFAULT_MAX_SESSIONS_PER_OWNER 2000

/* Where more are due, which is so when nobody came by for a while, the others wait until these have
 * sent what they have to send, and what came meanwhile was read: no buffer holds the checks of
 * thousands. */
#define SESSIONS_AT_ONCE 256

/* About as many as come of one turn with many sessions. */
#define SPARE_EVENTS 256

G_DEFINE_QUARK (fram - broker - error - quark, fram_broker_error)

FramBroker *
fram_broker_new (const FramBrokerConfig *config, FramRandom *random)
{
  FramBroker *broker = g_new0 (FramBroker, 1);

  broker->random = random;
  broker->config = *config;
  if (broker->config.max_sessions == 0)
    broker->config.max_sessions = DEFAULT_MAX_SESSIONS;
  if (broker->config.max_sessions_per_owner == 0)
    broker->config.max_sessions_per_owner = DEFAULT_MAX_SESSIONS_PER_OWNER;
  fram_broker_copy_policy (broker, &config->policy);
  fram_queue_init (&broker->events, sizeof (FramEvent), SPARE_EVENTS);
  broker->told = g_array_new (FALSE, FALSE, sizeof (FramInterfaceAddress));
  broker->failures = g_array_new (FALSE, FALSE, sizeof (FramBindFailure));
  broker->interfaces = g_array_new (FALSE, FALSE, sizeof (FramInterfaceAddress));
  fram_base_table_init (&broker->bases);
  fram_tcp_table_init (&broker->tcp);
  fram_lane_table_init (&broker->lanes);
  fram_route_table_init (&broker->routes);
  fram_server_table_init (&broker->servers);
  fram_stream_table_init (&broker->streams);
  fram_allocation_table_init (&broker->allocations);
  fram_network_init (&broker->network);
  fram_probing_init (&broker->probing);
  fram_server_test_table_init (&broker->tests);
  fram_name_table_init (&broker->names);
  broker->sessions = g_hash_table_new (NULL, NULL);
  broker->owners = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  broker->ufrags = g_hash_table_new (g_str_hash, g_str_equal);
  broker->transactions
      = g_hash_table_new_full (fram_stun_id_hash, fram_stun_id_equal, NULL, g_free);
  fram_schedule_init (&broker->deadlines);
  fram_farewells_init (&broker->farewells);
  fram_pacer_init (&broker->pacer);
  return broker;
}

void
fram_broker_free (FramBroker *broker)
{
  GHashTableIter iter;
  gpointer value;
  FramEvent event;

  if (broker == NULL)
    return;

  g_hash_table_iter_init (&iter, broker->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      g_hash_table_iter_remove (&iter);
      fram_broker_session_free (broker, value, 0);
    }
  fram_broker_drop_allocations (broker, 0);
  for (;;)
    {
      g_hash_table_iter_init (&iter, broker->bases.by_id);
      if (!g_hash_table_iter_next (&iter, NULL, &value))
        break;
      fram_broker_drop_base (broker, value);
    }
  fram_broker_tcp_clear (broker);
  fram_broker_streams_forget (broker);
  fram_probing_clear (broker);
  fram_broker_clear_tests (broker);
  while (fram_broker_pop (broker, &event))
    fram_event_clear (&event);
  fram_queue_clear (&broker->events);

  fram_name_table_clear (&broker->names);
  fram_pacer_clear (&broker->pacer);
  fram_schedule_clear (&broker->deadlines);
  fram_farewells_clear (&broker->farewells);
  g_hash_table_unref (broker->transactions);
  g_hash_table_unref (broker->ufrags);
  g_hash_table_unref (broker->owners);
  g_hash_table_unref (broker->sessions);
  fram_network_clear (&broker->network);
  fram_allocation_table_clear (&broker->allocations);
  fram_stream_table_clear (&broker->streams);
  fram_broker_clear_common (broker);
  fram_server_table_clear (&broker->servers);
  fram_route_table_clear (&broker->routes);
  fram_lane_table_clear (&broker->lanes);
  fram_tcp_table_clear (&broker->tcp);
  fram_base_table_clear (&broker->bases);
  g_array_unref (broker->failures);
  g_array_unref (broker->interfaces);
  g_array_unref (broker->told);
  g_strfreev (broker->deny);
  g_strfreev (broker->allow);
  g_free (broker);
}

/* --- Time -------------------------------------------------------------------------- */

FramTime
fram_broker_deadline (FramBroker *broker)
{
  return MIN (fram_schedule_next (&broker->deadlines),
              fram_pacer_deadline (&broker->pacer));
}

static void
advance_deadlines (FramBroker *broker, FramTime now)
{
  guint n_sessions = 0;

  while (fram_schedule_next (&broker->deadlines) <= now && n_sessions < SESSIONS_AT_ONCE)
    {
      FramDue *due = fram_schedule_peek (&broker->deadlines);

      switch (due->kind)
        {
        case FRAM_DUE_SESSION:
          n_sessions++;
          fram_broker_session_advance (broker, due->owner, now);
          break;
        case FRAM_DUE_MAPPING:
          if (fram_broker_mapping_advance (broker, due->owner, now))
            fram_broker_tell_members (broker, due->owner, now);
          break;
        case FRAM_DUE_BASE:
          fram_broker_close_base (broker, due->owner);
          break;
        case FRAM_DUE_TCP_BASE:
          fram_broker_tcp_close (broker, due->owner);
          break;
        case FRAM_DUE_TCP_SILENCE:
          fram_broker_tcp_close_connection (broker, due->owner);
          break;
        case FRAM_DUE_TCP_QUESTION:
          fram_broker_tcp_question_advance (broker, due->owner, now);
          break;
        case FRAM_DUE_PEER_NAME:
          fram_broker_peer_name_advance (broker, due->owner, now);
          break;
        case FRAM_DUE_OWN_NAME:
          fram_broker_own_name_advance (broker, due->owner);
          break;
        case FRAM_DUE_PROBE:
          fram_probing_advance (broker, due->owner, now);
          break;
        case FRAM_DUE_PROBING:
          fram_probing_look (broker, now);
          break;
        case FRAM_DUE_CHECK:
          fram_check_advance (broker, due->owner, now);
          break;
        case FRAM_DUE_STREAM:
          fram_broker_streams_advance (broker, due->owner, now);
          break;
        case FRAM_DUE_ALLOCATION:
          fram_broker_allocation_advance (broker, due->owner, now);
          break;
        case FRAM_DUE_SERVER_TEST:
          fram_broker_test_advance (broker, due->owner, now);
          break;
        case FRAM_DUE_FAREWELL:
          fram_schedule_set (&broker->deadlines, due,
                             fram_farewells_expire (&broker->farewells, now));
          break;
        }
    }
}

static void
send_question (FramBroker *broker, FramMapping *mapping, FramTime now)
{
  gboolean is_first = mapping->state == FRAM_MAPPING_WAITING;

  fram_broker_mapping_send (broker, mapping, now);
  /* From now on, it is known until when they wait. */
  if (is_first)
    fram_broker_tell_members (broker, mapping, now);
}

static void
give_turns (FramBroker *broker, FramTime now)
{
  FramDue *due;

  while ((due = fram_pacer_peek (&broker->pacer, now)) != NULL)
    switch (due->kind)
      {
      case FRAM_DUE_SESSION:
        {
          FramBrokerSession *session = due->owner;

          if (fram_ice_agent_check (session->current->agent, now))
            fram_pacer_took (&broker->pacer, due, now);
          fram_broker_session_drain (broker, session, now);
          break;
        }
      case FRAM_DUE_MAPPING:
        fram_pacer_took (&broker->pacer, due, now);
        fram_pacer_want (&broker->pacer, due, FRAM_TIME_NEVER, FALSE);
        send_question (broker, due->owner, now);
        break;
      case FRAM_DUE_PROBE:
        fram_pacer_took (&broker->pacer, due, now);
        fram_probing_send (broker, due->owner, now);
        break;
      case FRAM_DUE_ALLOCATION:
        fram_pacer_took (&broker->pacer, due, now);
        fram_pacer_want (&broker->pacer, due, FRAM_TIME_NEVER, FRAM_TURN_ORDINARY);
        fram_broker_ask_allocation (broker, due->owner, now);
        break;
      case FRAM_DUE_PROBING:
      case FRAM_DUE_CHECK:
      case FRAM_DUE_TCP_BASE:
      case FRAM_DUE_TCP_SILENCE:
      case FRAM_DUE_TCP_QUESTION:
      case FRAM_DUE_PEER_NAME:
      case FRAM_DUE_OWN_NAME:
      case FRAM_DUE_BASE:
      case FRAM_DUE_STREAM:
      case FRAM_DUE_SERVER_TEST:
      case FRAM_DUE_FAREWELL:
        g_assert_not_reached ();
      }
}

void
fram_broker_advance (FramBroker *broker, FramTime now)
{
  advance_deadlines (broker, now);
  fram_probing_review (broker, now);
  give_turns (broker, now);
}
