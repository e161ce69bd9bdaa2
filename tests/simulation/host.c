#include "host-private.h"

/* Events that one call may queue: in any case, for each session and for each base. */
#define EVENTS_MAX 50
#define EVENTS_PER_SESSION 80
#define EVENTS_PER_BASE 4

/* How often allocations are looked at. */
#define LOOK_AT_RELAYS_EACH 16

/* A broker whose deadline stays in the past is woken in vain. */
#define IDLE_WAKES_MAX 50

FramTime
sim_host_now (const SimHost *host)
{
  return sim_schedule_now (host->context->schedule);
}

SimHost *
sim_host_new (const SimContext *context, SimTopology *topology, const SimPlan *plan,
              guint index, const SimHostSink *sink)
{
  SimHost *host = g_new0 (SimHost, 1);
  FramBrokerConfig config
      = { .policy = { .linger = plan->linger, .probe = plan->probes } };

  g_snprintf (host->node.name, sizeof host->node.name, "host%u", index);
  host->context = context;
  host->topology = topology;
  host->plan = plan;
  host->planned = &plan->hosts[index];
  host->sink = sink;
  host->wakes = FRAM_TIME_NEVER;
  host->last_wake = -1;
  sim_dice_split (context->dice, &host->dice);
  if (!host->planned->bystander)
    {
      host->broker = fram_broker_new (&config, &host->dice.random);
      host->watch = sim_watch_new (context, host->node.name, host->broker);
    }
  host->plane = sim_data_plane_new ();
  sim_pacing_init (&host->pacing);
  sim_consent_init (&host->consent);
  host->lite = g_hash_table_new (NULL, NULL);
  host->streams = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  host->relays = sim_host_relays_new ();
  host->tcp = sim_host_tcp_new (host);
  host->listening = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  host->connections = sim_host_connections_new ();
  host->sockets = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  host->by_bound = g_hash_table_new (fram_address_hash, fram_address_equal);
  host->owners = g_hash_table_new (NULL, NULL);
  host->memory = sim_host_memory_new ();
  host->names = sim_host_names_new ();
  host->eager = sim_host_eager_new ();
  host->node.receive = sim_host_receive;
  host->node.refused = sim_host_take_refusal;
  for (guint i = 0; i < host->planned->n_interfaces; i++)
    if (host->planned->interfaces[i].appears > 0)
      host->lost |= 1u << i;
    else
      sim_host_attach (host, i);
  return host;
}

void
sim_host_free (SimHost *host)
{
  if (host == NULL)
    return;
  sim_watch_free (host->watch);
  fram_broker_free (host->broker);
  sim_data_plane_free (host->plane);
  sim_pacing_clear (&host->pacing);
  sim_consent_clear (&host->consent);
  g_hash_table_unref (host->lite);
  g_hash_table_unref (host->by_bound);
  sim_tcp_free (host->tcp);
  g_hash_table_unref (host->listening);
  g_hash_table_unref (host->connections);
  g_hash_table_unref (host->streams);
  g_hash_table_unref (host->relays);
  g_hash_table_unref (host->sockets);
  g_hash_table_unref (host->owners);
  g_ptr_array_unref (host->memory);
  g_hash_table_unref (host->names);
  g_hash_table_unref (host->eager);
  g_free (host);
}

static void
tell_interfaces (SimHost *host)
{
  FramInterfaceAddress addresses[SIM_MAX_INTERFACES] = { 0 };
  guint n = 0;

  for (guint i = 0; i < host->planned->n_interfaces; i++)
    {
      const SimInterfacePlan *interface = &host->planned->interfaces[i];
      FramInterfaceAddress *told = &addresses[n];

      if ((host->lost & (1u << i)) != 0)
        continue;
      g_snprintf (told->name, sizeof told->name, "eth%u", interface->network);
      told->index = interface->network + 2;
      told->address = interface->address;
      if (fram_address_is_loopback (&interface->address))
        told->flags = FRAM_INTERFACE_LOOPBACK;
      n++;
    }
  fram_broker_told_interfaces (host->broker, addresses, n, sim_host_now (host));
  sim_host_settle (host);
}

void
sim_host_start (SimHost *host)
{
  if (host->broker == NULL)
    return;
  tell_interfaces (host);
  sim_host_begin_memory (host);
}

void
sim_host_end_linger (SimHost *host)
{
  FramBrokerPolicy policy = { .linger = 0, .probe = host->plan->probes };

  if (host->broker == NULL)
    return;
  fram_broker_set_policy (host->broker, &policy, sim_host_now (host));
  sim_host_settle (host);
}

void
sim_host_change_interface (SimHost *host, guint interface, gboolean there)
{
  if (host->broker == NULL)
    return;
  sim_journal_note (host->context->journal, sim_host_now (host), host->node.name, "%s %u",
                    there ? "gets its address number" : "loses its address number",
                    interface);
  sim_journal_count (host->context->journal, SIM_MOVED);
  if (there)
    {
      host->lost &= ~(1u << interface);
      sim_host_attach (host, interface);
    }
  else
    {
      sim_host_detach (host, interface);
      host->lost |= 1u << interface;
    }
  sim_host_follow_network (host);
  tell_interfaces (host);
  sim_host_check_tcp (host);
}

void
sim_host_leave (SimHost *host)
{
  sim_journal_note (host->context->journal, sim_host_now (host), host->node.name,
                    "leaves");
  sim_journal_count (host->context->journal, SIM_HOST_LEFT);
  for (guint i = 0; i < host->planned->n_interfaces; i++)
    sim_host_detach (host, i);
  g_clear_pointer (&host->watch, sim_watch_free);
  g_clear_pointer (&host->broker, fram_broker_free);
  sim_host_leave_tcp (host);
  sim_host_leave_names (host);
}

gboolean
sim_host_has_left (const SimHost *host)
{
  return host->broker == NULL;
}

const char *
sim_host_get_name (const SimHost *host)
{
  return host->node.name;
}

FramBroker *
sim_host_get_broker (SimHost *host)
{
  return host->broker;
}

SimDataPlane *
sim_host_get_data_plane (SimHost *host)
{
  return host->plane;
}

void
sim_host_exempt_session (SimHost *host, FramSessionId session)
{
  g_hash_table_add (host->lite, GUINT_TO_POINTER (session));
}

void
sim_host_own_session (SimHost *host, FramSessionId session, gboolean trickle,
                      gpointer owner)
{
  g_hash_table_insert (host->owners, GUINT_TO_POINTER (session), owner);
  sim_watch_add_session (host->watch, session, trickle);
}

void
sim_host_restarted_session (SimHost *host, FramSessionId session)
{
  sim_watch_restart_session (host->watch, session);
}

void
sim_host_remove_stream (SimHost *host, FramSessionId session, guint stream)
{
  g_autoptr (GError) error = NULL;

  sim_watch_begin_removal (host->watch, session);
  if (!fram_broker_remove_stream (host->broker, session, stream, sim_host_now (host),
                                  &error))
    SIM_HOST_VIOLATE (host, "call-accepted", "remove-stream: %s", error->message);
  sim_journal_note (host->context->journal, sim_host_now (host), host->node.name,
                    "session %u removes stream %u", session, stream);
  sim_journal_count (host->context->journal, SIM_STREAM_REMOVED);
  sim_host_settle (host);
  if (sim_data_plane_uses_stream (host->plane, session, stream))
    SIM_HOST_VIOLATE (host, "removed-without-routes",
                      "stream %u.%u leaves routes or paths behind", session, stream);
  sim_watch_end_removal (host->watch, session, stream);
}

/* --- What the broker asks ---------------------------------------------------------- */

static void
tell_owner (SimHost *host, const FramEvent *event)
{
  gpointer owner = g_hash_table_lookup (host->owners, GUINT_TO_POINTER (event->session));

  if (event->type == FRAM_EVENT_CLOSED)
    {
      if (sim_data_plane_uses_session (host->plane, event->session))
        SIM_HOST_VIOLATE (host, "closed-without-routes",
                          "session %u leaves routes or paths behind", event->session);
      g_hash_table_remove (host->owners, GUINT_TO_POINTER (event->session));
    }
  if (owner != NULL)
    host->sink->event (owner, event);
}

static void
carry_out (SimHost *host, const FramEvent *event)
{
  switch (event->type)
    {
    case FRAM_EVENT_OPEN_BASE:
      sim_host_open_base (host, event);
      return;
    case FRAM_EVENT_CLOSE_BASE:
      sim_host_close_base (host, event);
      return;
    case FRAM_EVENT_TRANSMIT:
      sim_host_transmit (host, event);
      return;
    case FRAM_EVENT_ROUTE_ADD:
      sim_host_add_route (host, event);
      return;
    case FRAM_EVENT_ROUTE_REMOVE:
      sim_host_remove_route (host, event);
      return;
    case FRAM_EVENT_PATH:
      sim_host_set_path (host, event);
      return;
    case FRAM_EVENT_NAME_RESOLVE:
      sim_host_resolve_name (host, event);
      return;
    case FRAM_EVENT_NAME_PUBLISH:
      sim_host_publish (host, event);
      return;
    case FRAM_EVENT_NAME_FORGET:
      sim_host_forget_name (host, event);
      return;
    case FRAM_EVENT_RESOLVE:
      sim_host_resolve (host, event);
      return;
    case FRAM_EVENT_OPEN_STREAM:
      sim_host_open_stream (host, event);
      return;
    case FRAM_EVENT_REMEMBER:
      sim_host_remember (host, event);
      return;
    case FRAM_EVENT_NETWORK_CHECKED:
    case FRAM_EVENT_SERVER_TESTED:
    case FRAM_EVENT_TRACE:
      sim_host_checked (host, event);
      return;
    case FRAM_EVENT_RELAY_ADD:
      sim_host_add_relay (host, event);
      return;
    case FRAM_EVENT_RELAY_CHANNEL:
      sim_host_set_channel (host, event);
      return;
    case FRAM_EVENT_LOCAL_CANDIDATE:
    case FRAM_EVENT_GATHERING_DONE:
    case FRAM_EVENT_STATE:
    case FRAM_EVENT_COMPONENT_STATE:
    case FRAM_EVENT_SELECTED:
    case FRAM_EVENT_RESTART_ADVISED:
    case FRAM_EVENT_PAIRS_CHANGED:
    case FRAM_EVENT_CLOSED:
      tell_owner (host, event);
      return;
    }
  g_assert_not_reached ();
}

static void
check_totals (SimHost *host)
{
  SimComponent component;
  FramBrokerTotals totals;

  fram_broker_get_totals (host->broker, &totals);
  if (totals.n_sessions != sim_watch_count_sessions (host->watch))
    SIM_HOST_VIOLATE (host, "totals", "%u sessions, it says %u",
                      sim_watch_count_sessions (host->watch), totals.n_sessions);
  totals.n_bases += totals.n_probe_sockets;
  if (totals.n_bases != g_hash_table_size (host->sockets))
    SIM_HOST_VIOLATE (host, "totals", "%u sockets, it says %u",
                      g_hash_table_size (host->sockets), totals.n_bases);
  if (totals.n_relayed != g_hash_table_size (host->relays))
    SIM_HOST_VIOLATE (host, "totals", "%u relayed bases, it says %u",
                      g_hash_table_size (host->relays), totals.n_relayed);
  if (totals.n_allocations > 1 && ++host->n_settled % LOOK_AT_RELAYS_EACH == 0)
    sim_host_check_relays (host);
  if (totals.n_routes < sim_data_plane_count_routes (host->plane))
    SIM_HOST_VIOLATE (host, "totals", "%u routes, it says %u",
                      sim_data_plane_count_routes (host->plane), totals.n_routes);
  if (!sim_data_plane_is_coherent (host->plane, &component))
    SIM_HOST_VIOLATE (host, "path-has-route",
                      "session %u.%u.%u sends where it does not hear", component.session,
                      component.stream, component.component);
}

/* --- Time -------------------------------------------------------------------------- */

static void
wake (gpointer subject, gpointer detail)
{
  SimHost *host = subject;
  FramTime now = sim_host_now (host);
  g_autofree FramTime *set_for = detail;

  /* The timer was set anew meanwhile. */
  if (host->broker == NULL || *set_for != host->wakes)
    return;
  host->n_idle_wakes = now == host->last_wake ? host->n_idle_wakes + 1 : 0;
  host->last_wake = now;
  if (host->n_idle_wakes > IDLE_WAKES_MAX)
    {
      SIM_HOST_VIOLATE (host, "deadline-moves",
                        "after each advance the deadline is in the past");
      return;
    }
  host->wakes = FRAM_TIME_NEVER;
  fram_broker_advance (host->broker, now);
  sim_host_settle (host);
}

static void
set_timer (SimHost *host)
{
  FramTime deadline = fram_broker_deadline (host->broker), at;

  if (deadline == host->wakes)
    return;
  host->wakes = deadline;
  if (deadline == FRAM_TIME_NEVER)
    return;
  at = MAX (deadline, sim_host_now (host));
  if (host->planned->lateness > 0)
    at += sim_dice_range (host->context->dice, 0, host->planned->lateness);
  sim_schedule_add (host->context->schedule, at, wake, host,
                    g_memdup2 (&deadline, sizeof deadline), g_free);
}

void
sim_host_settle (SimHost *host)
{
  guint limit
      = EVENTS_MAX + EVENTS_PER_SESSION * sim_watch_count_sessions (host->watch)
        + EVENTS_PER_BASE
              * (g_hash_table_size (host->sockets) + g_hash_table_size (host->relays)
                 + g_hash_table_size (host->streams) + g_hash_table_size (host->listening)
                 + g_hash_table_size (host->connections));
  guint n_events = 0;
  FramEvent event;

  while (fram_broker_pop (host->broker, &event))
    {
      if (++n_events == limit)
        SIM_HOST_VIOLATE (host, "queue-bounded", "one call queued %u events", n_events);
      sim_watch_event (host->watch, &event);
      carry_out (host, &event);
      fram_event_clear (&event);
      if (n_events > 100 * limit)
        break;
    }
  sim_watch_step (host->watch);
  check_totals (host);
  set_timer (host);
}

void
sim_host_check_empty (SimHost *host)
{
  FramBrokerTotals totals;

  if (host->broker == NULL)
    return;
  fram_broker_get_totals (host->broker, &totals);
  totals.n_bases += totals.n_probe_sockets;
  if (totals.n_sessions + totals.n_bases + totals.n_lanes + totals.n_routes
          + totals.n_mappings + totals.n_allocations + totals.n_relayed
          + g_hash_table_size (host->streams) + g_hash_table_size (host->listening)
          + g_hash_table_size (host->connections) + g_hash_table_size (host->names)
      > 0)
    SIM_HOST_VIOLATE (host, "nothing-left",
                      "%u sessions, %u bases, %u lanes, %u routes, %u mappings, %u "
                      "allocations, %u connections, %u names",
                      totals.n_sessions, totals.n_bases, totals.n_lanes, totals.n_routes,
                      totals.n_mappings, totals.n_allocations,
                      g_hash_table_size (host->connections),
                      g_hash_table_size (host->names));
  if (sim_data_plane_count_routes (host->plane) > 0)
    SIM_HOST_VIOLATE (host, "nothing-left", "%u routes are installed",
                      sim_data_plane_count_routes (host->plane));
  if (host->check != 0)
    SIM_HOST_VIOLATE (host, "check-ends", "check %u never ends", host->check);
  if (fram_broker_deadline (host->broker) != FRAM_TIME_NEVER)
    SIM_HOST_VIOLATE (host, "nothing-left", "a deadline stays, at %.6f s",
                      (double) fram_broker_deadline (host->broker) / 1e6);
}
