#include "broker/probes.h"

#include "broker/broker-private.h"

void
fram_probe_table_init (FramProbeTable *table)
{
  table->by_base = g_hash_table_new (NULL, NULL);
}

void
fram_probe_table_clear (FramProbeTable *table)
{
  g_clear_pointer (&table->by_base, g_hash_table_unref);
}

guint
fram_probe_table_count_sockets (const FramProbeTable *table)
{
  return g_hash_table_size (table->by_base);
}

FramProbe *
fram_probe_table_find (const FramProbeTable *table, FramBaseId base)
{
  return g_hash_table_lookup (table->by_base, GUINT_TO_POINTER (base));
}

static FramProbeTable *
table_of (FramBroker *broker)
{
  return &broker->probing.probes;
}

/* --- Sockets ----------------------------------------------------------------------- */

static void
close_socket (FramBroker *broker, FramProbe *probe, guint socket)
{
  FramProbeSocket *own = &probe->sockets[socket];

  if (own->base == 0)
    return;
  fram_broker_emit (broker, FRAM_EVENT_CLOSE_BASE, 0)->base = own->base;
  g_hash_table_remove (table_of (broker)->by_base, GUINT_TO_POINTER (own->base));
  own->base = 0;
}

/* Port 0: one that the kernel draws, and that has sent nothing before (RFC 5780 §4.1). */
static void
open_socket (FramBroker *broker, FramProbe *probe, guint socket)
{
  FramProbeSocket *own = &probe->sockets[socket];
  FramEvent *event;

  close_socket (broker, probe, socket);
  event = fram_broker_emit (broker, FRAM_EVENT_OPEN_BASE, 0);
  own->base = event->base = ++broker->next_base;
  event->bind = probe->interface.address;
  event->lane = FRAM_LANE_NONE;
  g_hash_table_insert (table_of (broker)->by_base, GUINT_TO_POINTER (own->base), probe);
}

/* Return: its number in the machine. */
static guint
number_of (const FramProbe *probe, FramBaseId base)
{
  guint socket = 0;

  while (probe->sockets[socket].base != base)
    g_assert (++socket < FRAM_PROBE_MAX_SOCKETS);
  return socket;
}

/* --- What the machines ask --------------------------------------------------------- */

static gboolean
pop (FramProbe *probe, FramNatEvent *ret_event)
{
  if (probe->behaviour != NULL)
    return fram_nat_probe_pop (probe->behaviour, ret_event);
  if (probe->lifetime != NULL)
    return fram_nat_lifetime_pop (probe->lifetime, ret_event);
  return probe->survey != NULL && fram_nat_survey_pop (probe->survey, ret_event);
}

static void
transmit (FramBroker *broker, const FramProbe *probe, const FramNatEvent *nat)
{
  FramEvent *event;

  if (probe->sockets[nat->socket].base == 0)
    return;
  event = fram_broker_emit (broker, FRAM_EVENT_TRANSMIT, 0);
  event->base = probe->sockets[nat->socket].base;
  event->remote = nat->remote;
  event->length = nat->length;
  event->data = g_memdup2 (nat->data, nat->length);
}

static void
carry_out (FramBroker *broker, FramProbe *probe, const FramNatEvent *event)
{
  switch (event->type)
    {
    case FRAM_NAT_EVENT_TRANSMIT:
      transmit (broker, probe, event);
      break;
    case FRAM_NAT_EVENT_OPEN:
      open_socket (broker, probe, event->socket);
      break;
    case FRAM_NAT_EVENT_CHANGED:
      probe->changed = TRUE;
      break;
    case FRAM_NAT_EVENT_DONE:
      probe->done = TRUE;
      break;
    }
}

static FramTime
deadline_of (const FramProbe *probe)
{
  if (probe->behaviour != NULL)
    return fram_nat_probe_deadline (probe->behaviour);
  if (probe->lifetime != NULL)
    return fram_nat_lifetime_deadline (probe->lifetime);
  return probe->survey != NULL ? fram_nat_survey_deadline (probe->survey)
                               : FRAM_TIME_NEVER;
}

static FramTime
send_due_of (const FramProbe *probe)
{
  if (probe->behaviour != NULL)
    return fram_nat_probe_send_due (probe->behaviour);
  if (probe->lifetime != NULL)
    return fram_nat_lifetime_send_due (probe->lifetime);
  return probe->survey != NULL ? fram_nat_survey_send_due (probe->survey)
                               : FRAM_TIME_NEVER;
}

/* After every call into its machine. */
static void
settle (FramBroker *broker, FramProbe *probe)
{
  FramNatEvent event;

  while (pop (probe, &event))
    carry_out (broker, probe, &event);
  fram_schedule_set (&broker->deadlines, &probe->due, deadline_of (probe));
  fram_pacer_want (&broker->pacer, &probe->slot, send_due_of (probe), FALSE);
}

/* --- Its life ---------------------------------------------------------------------- */

static FramProbe *
probe_new (FramProbeKind kind, const FramInterfaceAddress *interface)
{
  FramProbe *probe = g_new0 (FramProbe, 1);

  probe->kind = kind;
  probe->interface = *interface;
  probe->due.kind = probe->slot.kind = FRAM_DUE_PROBE;
  probe->due.owner = probe->slot.owner = probe;
  return probe;
}

FramProbe *
fram_probe_new_behaviour (FramBroker *broker, const FramInterfaceAddress *interface,
                          const FramAddress *server, const FramAddress *second,
                          FramTime now)
{
  FramProbe *probe = probe_new (FRAM_PROBE_BEHAVIOUR, interface);

  probe->server = *server;
  probe->second = *second;
  probe->n_opening = FRAM_NAT_PROBE_SOCKETS;
  for (guint i = 0; i < FRAM_NAT_PROBE_SOCKETS; i++)
    open_socket (broker, probe, i);
  return probe;
}

FramProbe *
fram_probe_new_lifetime (FramBroker *broker, const FramInterfaceAddress *interface,
                         const FramNatLifetimeConfig *config, FramTime now)
{
  FramProbe *probe = probe_new (FRAM_PROBE_LIFETIME, interface);

  probe->server = config->server;
  probe->lifetime = fram_nat_lifetime_new (config, broker->random, now);
  settle (broker, probe);
  return probe;
}

FramProbe *
fram_probe_new_survey (FramBroker *broker, const FramInterfaceAddress *interface,
                       FramTime now)
{
  FramProbe *probe = probe_new (FRAM_PROBE_SURVEY, interface);

  probe->n_opening = 1;
  probe->survey = fram_nat_survey_new (broker->random, now);
  open_socket (broker, probe, 0);
  return probe;
}

void
fram_probe_ask (FramBroker *broker, FramProbe *probe, const FramAddress *server,
                FramTime now)
{
  fram_nat_survey_add (probe->survey, server);
  if (probe->n_opening == 0 && !probe->done)
    settle (broker, probe);
}

void
fram_probe_free (FramBroker *broker, FramProbe *probe)
{
  if (probe == NULL)
    return;
  for (guint i = 0; i < FRAM_PROBE_MAX_SOCKETS; i++)
    close_socket (broker, probe, i);
  fram_schedule_set (&broker->deadlines, &probe->due, FRAM_TIME_NEVER);
  fram_pacer_want (&broker->pacer, &probe->slot, FRAM_TIME_NEVER, FALSE);
  fram_nat_probe_free (probe->behaviour);
  fram_nat_lifetime_free (probe->lifetime);
  fram_nat_survey_free (probe->survey);
  g_free (probe);
}

/* --- Facts ------------------------------------------------------------------------- */

static void
begin (FramBroker *broker, FramProbe *probe, FramTime now)
{
  FramNatProbeConfig config = { .server = probe->server, .second = probe->second };

  if (probe->kind == FRAM_PROBE_BEHAVIOUR)
    {
      for (guint i = 0; i < FRAM_NAT_PROBE_SOCKETS; i++)
        config.local[i] = probe->sockets[i].bound;
      probe->behaviour = fram_nat_probe_new (&config, broker->random, now);
    }
  settle (broker, probe);
}

void
fram_probe_told_opened (FramBroker *broker, FramProbe *probe, FramBaseId base,
                        const FramAddress *bound, FramTime now)
{
  guint socket = number_of (probe, base);

  probe->sockets[socket].bound = *bound;
  if (probe->kind == FRAM_PROBE_LIFETIME)
    {
      fram_nat_lifetime_told_opened (probe->lifetime, socket, now);
      settle (broker, probe);
    }
  else if (!probe->done && --probe->n_opening == 0)
    begin (broker, probe, now);
}

void
fram_probe_told_failed (FramBroker *broker, FramProbe *probe, FramBaseId base,
                        FramTime now)
{
  guint socket = number_of (probe, base);

  g_hash_table_remove (table_of (broker)->by_base, GUINT_TO_POINTER (base));
  probe->sockets[socket].base = 0;
  if (probe->kind == FRAM_PROBE_LIFETIME)
    {
      fram_nat_lifetime_told_open_failed (probe->lifetime, socket, now);
      settle (broker, probe);
    }
  else
    probe->done = TRUE;
}

void
fram_probe_told_unreachable (FramBroker *broker, FramProbe *probe, FramBaseId base,
                             const FramAddress *remote, FramTime now)
{
  guint socket = number_of (probe, base);

  if (probe->behaviour != NULL)
    fram_nat_probe_told_unreachable (probe->behaviour, (FramNatSocket) socket, remote,
                                     now);
  else if (probe->survey != NULL)
    fram_nat_survey_told_unreachable (probe->survey, remote);
  else
    return; /* to a measurement it is one more silence */
  settle (broker, probe);
}

void
fram_probe_receive (FramBroker *broker, FramProbe *probe, FramBaseId base,
                    const FramAddress *remote, const guint8 *data, gsize length,
                    FramTime now)
{
  guint socket = number_of (probe, base);

  if (probe->behaviour != NULL)
    fram_nat_probe_receive (probe->behaviour, (FramNatSocket) socket, remote, data,
                            length, now);
  else if (probe->lifetime != NULL)
    fram_nat_lifetime_receive (probe->lifetime, socket, remote, data, length, now);
  else if (probe->survey != NULL)
    fram_nat_survey_receive (probe->survey, remote, data, length, now);
  else
    return;
  settle (broker, probe);
}

void
fram_probe_advance (FramBroker *broker, FramProbe *probe, FramTime now)
{
  if (probe->behaviour != NULL)
    fram_nat_probe_advance (probe->behaviour, now);
  else if (probe->lifetime != NULL)
    fram_nat_lifetime_advance (probe->lifetime, now);
  else
    fram_nat_survey_advance (probe->survey, now);
  settle (broker, probe);
}

void
fram_probe_send (FramBroker *broker, FramProbe *probe, FramTime now)
{
  if (probe->behaviour != NULL)
    fram_nat_probe_send (probe->behaviour, now);
  else if (probe->lifetime != NULL)
    fram_nat_lifetime_send (probe->lifetime, now);
  else
    fram_nat_survey_send (probe->survey, now);
  settle (broker, probe);
}
