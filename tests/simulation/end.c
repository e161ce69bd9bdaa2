/* One end of a call: its application opens, closes and restarts the session. */
#include "relay-server.h"
#include "signalling.h"

static FramTime
now (const SimEnd *end)
{
  return sim_schedule_now (end->call->context->schedule);
}

static guint
list_servers (const SimEnd *end, char uris[FRAM_MAX_SERVERS][128],
              FramServerOption options[FRAM_MAX_SERVERS])
{
  const SimPlan *plan = end->call->plan;
  char address[FRAM_ADDRESS_TEXT];
  guint n = 0;

  for (guint i = 0; i < plan->n_servers; i++)
    {
      const SimServerPlan *server = &plan->servers[i];

      if ((end->plan->servers & (1u << i)) == 0)
        continue;
      g_snprintf (uris[n], sizeof uris[n], "%s:%s", server->relays ? "turn" : "stun",
                  server->name != NULL
                      ? server->name
                      : fram_address_to_text (&server->address, address));
      options[n].uri = uris[n];
      options[n].username = server->relays ? SIM_RELAY_USER : NULL;
      options[n].password = server->relays ? SIM_RELAY_PASSWORD : NULL;
      n++;
    }
  return n;
}

void
sim_end_open (SimEnd *end, const FramDescription *offer, const char *const *lines)
{
  const SimCallPlan *planned = end->call->planned;
  FramBroker *broker = sim_host_get_broker (end->host);
  g_autoptr (GError) error = NULL;
  char uris[FRAM_MAX_SERVERS][128], owner[16], label[16];
  FramSessionOptions options = { .owner = owner,
                                 .label = label,
                                 .n_streams = planned->n_streams,
                                 .role_fixed = end->plan->role_fixed,
                                 .role = end->plan->role,
                                 .policy = end->plan->policy,
                                 .lite = end->plan->lite,
                                 .tcp = end->plan->tcp,
                                 .trickle = end->plan->trickle,
                                 .pacing = end->plan->pacing,
                                 .remote = offer,
                                 .remote_candidates = lines };

  if (sim_end_is_gone (end))
    return;
  g_snprintf (owner, sizeof owner, ":1.%u", end->call->index * 2 + end->side);
  g_snprintf (label, sizeof label, "call %u", end->call->index);
  for (guint s = 0; s < planned->n_streams; s++)
    options.n_components[s] = planned->n_components;
  options.n_servers = list_servers (end, uris, options.servers);

  end->session = fram_broker_create_session (broker, &options, now (end), &error);
  if (end->session == 0)
    {
      sim_journal_violate (end->call->context->journal, now (end),
                           sim_host_get_name (end->host), "call-accepted",
                           "create-session: %s", error->message);
      return;
    }
  sim_journal_note (end->call->context->journal, now (end), sim_host_get_name (end->host),
                    "call %u: side %u is session %u", end->call->index, end->side,
                    end->session);
  end->opened = now (end);
  if (end->plan->dialect == SIM_DIALECT_REGULAR)
    sim_journal_count (end->call->context->journal, SIM_REGULAR_PEER);
  else if (end->plan->dialect != SIM_DIALECT_FRAM)
    sim_journal_count (end->call->context->journal, SIM_OLD_PEER);
  end->answered = offer != NULL;
  sim_host_own_session (end->host, end->session, end->plan->trickle, end);
  if (end->plan->lite)
    sim_host_exempt_session (end->host, end->session);
  sim_host_settle (end->host);
  sim_signalling_describe (end);
}

void
sim_end_close (SimEnd *end)
{
  if (sim_host_has_left (end->host))
    return;
  end->over = TRUE;
  if (end->session == 0)
    return;
  fram_broker_close_session (sim_host_get_broker (end->host), end->session,
                             FRAM_CAUSE_CLOSED_BY_APPLICATION, now (end));
  sim_host_settle (end->host);
  if (end->session != 0)
    sim_journal_violate (end->call->context->journal, now (end),
                         sim_host_get_name (end->host), "closed-is-told",
                         "session %u was closed without an event", end->session);
  if (end->plan->says_bye)
    sim_signalling_bye (end);
}

void
sim_end_remove_stream (SimEnd *end)
{
  sim_host_remove_stream (end->host, end->session, --end->n_streams);
  sim_signalling_removed (end);
}

/* RFC 8445 §9: data go on by the path there is. */
static void
check_paths_stay (SimEnd *end, const gboolean *had_path)
{
  SimDataPlane *plane = sim_host_get_data_plane (end->host);

  for (guint i = 0; i < FRAM_MAX_STREAMS * FRAM_MAX_COMPONENTS; i++)
    {
      const SimComponent component = { end->session, (guint16) (i / FRAM_MAX_COMPONENTS),
                                       (guint16) (i % FRAM_MAX_COMPONENTS + 1) };

      if (had_path[i] && sim_data_plane_find_path (plane, &component) == NULL)
        sim_journal_violate (end->call->context->journal, now (end),
                             sim_host_get_name (end->host), "restart-keeps-path",
                             "session %u.%u.%u has lost its path", component.session,
                             component.stream, component.component);
    }
}

static void
note_paths (SimEnd *end, gboolean *ret_has_path)
{
  for (guint i = 0; i < FRAM_MAX_STREAMS * FRAM_MAX_COMPONENTS; i++)
    {
      const SimComponent component = { end->session, (guint16) (i / FRAM_MAX_COMPONENTS),
                                       (guint16) (i % FRAM_MAX_COMPONENTS + 1) };

      ret_has_path[i]
          = sim_data_plane_find_path (sim_host_get_data_plane (end->host), &component)
            != NULL;
    }
}

void
sim_end_restart (SimEnd *end, guint round)
{
  gboolean had_path[FRAM_MAX_STREAMS * FRAM_MAX_COMPONENTS];
  g_autoptr (GError) error = NULL;

  note_paths (end, had_path);
  end->round = round;
  end->opened = now (end);
  end->described = end->answered = end->gathered = FALSE;
  g_ptr_array_set_size (end->candidates, 0);
  if (!fram_broker_restart (sim_host_get_broker (end->host), end->session, now (end),
                            &error))
    sim_journal_violate (end->call->context->journal, now (end),
                         sim_host_get_name (end->host), "call-accepted", "restart: %s",
                         error->message);
  sim_journal_note (end->call->context->journal, now (end), sim_host_get_name (end->host),
                    "session %u restarts, round %u", end->session, round);
  sim_journal_count (end->call->context->journal, SIM_RESTARTED);
  sim_host_restarted_session (end->host, end->session);
  sim_host_settle (end->host);
  check_paths_stay (end, had_path);
  sim_call_watch_flow (end->call);
  sim_signalling_describe (end);
}
