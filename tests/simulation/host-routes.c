/* What a host does for the broker beside its sockets: names, routes and paths. */
#include "host-private.h"

/* --- Names ------------------------------------------------------------------------- */

typedef struct
{
  guint16 query;
  guint n_addresses;
  FramAddress addresses[SIM_MAX_SERVERS];
} Answer;

static void
tell_resolved (gpointer subject, gpointer detail)
{
  SimHost *host = subject;
  g_autofree Answer *answer = detail;

  if (host->broker == NULL)
    return;
  fram_broker_told_resolved (host->broker, answer->query, answer->addresses,
                             answer->n_addresses, sim_host_now (host));
  sim_host_settle (host);
}

void
sim_host_resolve (SimHost *host, const FramEvent *event)
{
  Answer answer = { .query = event->query };

  for (guint i = 0; i < host->plan->n_servers; i++)
    if (g_strcmp0 (host->plan->servers[i].name, event->text) == 0)
      {
        answer.addresses[answer.n_addresses] = host->plan->servers[i].address;
        /* Its SRV record has the server's own port. */
        if (event->port != 0)
          answer.addresses[answer.n_addresses].port = event->port;
        answer.n_addresses++;
      }
  sim_journal_note (host->context->journal, sim_host_now (host), host->node.name,
                    "resolves %s", event->text);
  sim_schedule_add (host->context->schedule,
                    sim_host_now (host) + host->plan->resolver_delay, tell_resolved, host,
                    g_memdup2 (&answer, sizeof answer), g_free);
}

/* --- Routes and paths -------------------------------------------------------------- */

static void
note_tuple (SimHost *host, const FramEvent *event, const char *what)
{
  char text[FRAM_ADDRESS_TEXT];

  if (host->context->journal->tracing)
    sim_journal_note (host->context->journal, sim_host_now (host), host->node.name,
                      "session %u.%u.%u %s base %u, %s", event->session, event->stream,
                      event->component, what, event->base,
                      fram_address_to_text (&event->remote, text));
}

void
sim_host_add_route (SimHost *host, const FramEvent *event)
{
  SimTuple tuple = { event->base, event->remote };
  SimComponent owner = { event->session, event->stream, event->component };
  const SimSocket *socket;

  note_tuple (host, event, "hears");
  socket = g_hash_table_lookup (host->sockets, GUINT_TO_POINTER (event->base));
  if (socket == NULL && !sim_host_is_relayed (host, event->base)
      && !sim_host_has_connection (host, event->base))
    SIM_HOST_VIOLATE (host, "base-exists", "a route to base %u", event->base);
  else if (socket != NULL && socket->is_probe)
    SIM_HOST_VIOLATE (host, "probes-apart", "a route to a probe's socket %u",
                      event->base);
  if (!sim_data_plane_add_route (host->plane, &tuple, &owner))
    SIM_HOST_VIOLATE (host, "one-owner", "session %u takes an owned 5-tuple of base %u",
                      event->session, event->base);
}

void
sim_host_remove_route (SimHost *host, const FramEvent *event)
{
  SimTuple tuple = { event->base, event->remote };
  SimComponent owner = { event->session, event->stream, event->component };

  note_tuple (host, event, "hears no more");
  if (!sim_data_plane_remove_route (host->plane, &tuple, &owner))
    SIM_HOST_VIOLATE (host, "route-exists", "session %u removes what it does not have",
                      event->session);
}

/* A path that is taken is used for so long, and then not, and so on. */
#define USED FRAM_SECONDS (4)
#define UNUSED FRAM_SECONDS (20)

typedef struct
{
  SimComponent component;
  SimTuple path;
  gboolean rests;
} Use;

static void change_use (gpointer host, gpointer use);

static void
change_use_later (SimHost *host, const Use *use)
{
  sim_schedule_add (host->context->schedule,
                    sim_host_now (host) + (use->rests ? UNUSED : USED), change_use, host,
                    g_memdup2 (use, sizeof *use), g_free);
}

static void
change_use (gpointer subject, gpointer detail)
{
  SimHost *host = subject;
  g_autofree Use *use = detail;
  const SimTuple *path = sim_data_plane_find_path (host->plane, &use->component);

  if (host->broker == NULL || path == NULL || !sim_tuple_equal (path, &use->path))
    return;
  use->rests = !use->rests;
  if (use->rests)
    sim_journal_count (host->context->journal, SIM_RESTED);
  fram_broker_told_use (host->broker, use->component.session, use->component.stream,
                        use->component.component, !use->rests, sim_host_now (host));
  change_use_later (host, use);
  sim_host_settle (host);
}

void
sim_host_set_path (SimHost *host, const FramEvent *event)
{
  SimTuple tuple = { event->base, event->remote };
  SimComponent component = { event->session, event->stream, event->component };

  note_tuple (host, event, "sends by");
  if (sim_host_is_relayed (host, event->base))
    sim_journal_count (host->context->journal, SIM_RELAYED_PATH);
  if (sim_host_has_connection (host, event->base))
    sim_journal_count (host->context->journal, SIM_TCP_PATH);
  if (sim_host_is_simultaneous (host, event->base))
    sim_journal_count (host->context->journal, SIM_TCP_SIMULTANEOUS);
  sim_data_plane_set_path (host->plane, &component, &tuple);
  if (host->planned->rests && event->base != 0)
    {
      const Use use = { .component = component, .path = tuple };

      change_use_later (host, &use);
    }
}
