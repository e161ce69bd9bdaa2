/* Probes: machines of nat/ that find out about the network before one interface address, with
 * sockets of their own in the broker's schedule and under its pacer.
 *
 * Their sockets are no bases of sessions: they are in no lane and never become candidates.
 * After each call on a probe, look at what has become of it: `changed`, `done`. */
#pragma once

#include "broker/broker.h"
#include "broker/schedule.h"
#include "nat/behaviour.h"
#include "nat/lifetime.h"
#include "nat/survey.h"

typedef enum
{
  FRAM_PROBE_BEHAVIOUR, /* nat/behaviour.h */
  FRAM_PROBE_LIFETIME,  /* nat/lifetime.h */
  FRAM_PROBE_SURVEY,    /* nat/survey.h */
} FramProbeKind;

#define FRAM_PROBE_MAX_SOCKETS (1 + FRAM_NAT_LIFETIME_MAX_SOCKETS)

typedef struct
{
  FramBaseId base; /* 0: there is none */
  FramAddress bound;
} FramProbeSocket;

typedef struct
{
  FramProbeKind kind;
  FramInterfaceAddress interface;
  gpointer owner;                  /* whose it is; not looked at here */
  FramAddress server, second;      /* BEHAVIOUR, LIFETIME */
  FramNatLifetimeConfig lifetimes; /* LIFETIME */
  FramProbeSocket sockets[FRAM_PROBE_MAX_SOCKETS];
  guint n_opening; /* what a probe of behaviour waits for before it begins */
  gboolean changed;
  gboolean done; /* or it could not be */
  /* One of them, and none before the sockets are open. */
  FramNatProbe *behaviour;
  FramNatLifetime *lifetime;
  FramNatSurvey *survey;
  FramDue due;
  FramDue slot;
} FramProbe;

typedef struct
{
  GHashTable *by_base; /* FramBaseId -> FramProbe */
} FramProbeTable;

void fram_probe_table_init (FramProbeTable *table);
void fram_probe_table_clear (FramProbeTable *table);
/* How many sockets are open, or being opened. */
guint fram_probe_table_count_sockets (const FramProbeTable *table);
/* NULL: it is no socket of a probe. */
FramProbe *fram_probe_table_find (const FramProbeTable *table, FramBaseId base);

/* `second` may have family NONE. */
FramProbe *fram_probe_new_behaviour (FramBroker *broker,
                                     const FramInterfaceAddress *interface,
                                     const FramAddress *server, const FramAddress *second,
                                     FramTime now);
FramProbe *fram_probe_new_lifetime (FramBroker *broker,
                                    const FramInterfaceAddress *interface,
                                    const FramNatLifetimeConfig *config, FramTime now);
/* Servers are added by fram_probe_ask(). */
FramProbe *fram_probe_new_survey (FramBroker *broker,
                                  const FramInterfaceAddress *interface, FramTime now);
void fram_probe_ask (FramBroker *broker, FramProbe *probe, const FramAddress *server,
                     FramTime now);
/* Closes its sockets. */
void fram_probe_free (FramBroker *broker, FramProbe *probe);

void fram_probe_told_opened (FramBroker *broker, FramProbe *probe, FramBaseId base,
                             const FramAddress *bound, FramTime now);
/* The socket is gone, or never was. */
void fram_probe_told_failed (FramBroker *broker, FramProbe *probe, FramBaseId base,
                             FramTime now);
void fram_probe_told_unreachable (FramBroker *broker, FramProbe *probe, FramBaseId base,
                                  const FramAddress *remote, FramTime now);
void fram_probe_receive (FramBroker *broker, FramProbe *probe, FramBaseId base,
                         const FramAddress *remote, const guint8 *data, gsize length,
                         FramTime now);
void fram_probe_advance (FramBroker *broker, FramProbe *probe, FramTime now);
/* It has a turn. */
void fram_probe_send (FramBroker *broker, FramProbe *probe, FramTime now);
