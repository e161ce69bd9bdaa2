/* A wire that joins brokers in memory: what one transmits, the other receives after a fixed
 * delay.  No NATs and no loss; those belong to the simulation. */
#pragma once

#include "broker/snapshot.h"
#include "seeded-random.h"

typedef struct _Wire Wire;

typedef struct
{
  Wire *wire;
  FramBroker *broker;
  guint16 next_port;
  GHashTable *sockets;  /* base -> FramAddress; streams too */
  GHashTable *streams;  /* a set of those that are streams */
  GHashTable *relayed;  /* base -> FramEvent, of RELAY_ADD */
  GHashTable *names;    /* text -> id: peers' names that are being resolved */
  guint n_names;        /* that were ever to be resolved */
  GPtrArray *own_names; /* FramEvent of NAME_PUBLISH, those that were not forgotten */
  GArray *log;          /* FramEvent without what it owned, those for rpc/ */
  GPtrArray *lines;     /* "SESSION line", and of traces "SESSION word" */
  guint n_routes;
  guint n_transmitted;
  guint n_marked[64]; /* of these, by their mark */
  guint n_streams;    /* that were ever opened */
  FramTime last_transmitted;
} WireHost;

/* Whoever else is on the wire. Return: whether the packet was for it. */
typedef gboolean (*WireNode) (Wire *wire, const FramAddress *from, const FramAddress *to,
                              const guint8 *data, gsize length, gpointer user_data);

struct _Wire
{
  SeededRandom random;
  FramTime now;
  FramTime delay;
  GPtrArray *hosts;
  GQueue packets;
  WireNode node; /* or NULL */
  gpointer node_data;
  /* What becomes of streams to a server: opened at once, or else they fail by this. */
  gboolean streams_fail;
  FramStreamFailure stream_failure;
  /* Decides on a datagram: TRUE lets it pass. NULL: all pass. */
  gboolean (*filter) (const FramAddress *from, const FramAddress *to, const guint8 *data,
                      gsize length, gpointer user_data);
  gpointer filter_data;
};

Wire *wire_new (FramTime delay);
void wire_free (Wire *wire);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Wire, wire_free)

/* A host with interface addresses as text, comma-separated. */
WireHost *wire_add_host (Wire *wire, const char *addresses);
/* The host has these addresses now. */
void wire_tell_addresses (WireHost *host, const char *addresses);
/* Puts a packet on the wire. */
void wire_send (Wire *wire, const FramAddress *from, const FramAddress *to,
                const guint8 *data, gsize length);
/* Carries out everything until `until`, stepping from event to event. */
void wire_run (Wire *wire, FramTime duration);
/* Pops and carries out what the brokers have queued. */
void wire_settle (Wire *wire);

FramState wire_state (WireHost *host, FramSessionId session);
/* Passes the local description of one to the other, as an application does. */
void wire_describe (WireHost *from, FramSessionId session, FramDescription *ret,
                    GPtrArray **ret_lines);
void wire_signal (WireHost *from, FramSessionId offer, WireHost *to,
                  FramSessionId answer);
/* Creates an offer on `a`, an answer to it on `b`, and signals the answer back. */
void wire_call (WireHost *a, WireHost *b, gboolean trickle, FramSessionId *ret_offer,
                FramSessionId *ret_answer);
/* All that are to be published are so, or cannot be. */
void wire_publish (WireHost *host, gboolean is_published);
/* The name has these addresses, comma-separated; "": none. */
void wire_resolve (WireHost *host, const char *name, const char *addresses);
/* The selected pair of component 1 of stream 0; FALSE: none. */
gboolean wire_selected (WireHost *host, FramSessionId session, FramPairRow *ret_row);
guint wire_count (WireHost *host, FramSessionId session, FramEventType type);
