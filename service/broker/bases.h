/* Bases: one UDP socket for each interface address and lane, shared by all sessions, with
 * the mappings that servers told of it.  A base that nobody uses stays for the linger time. */
#pragma once

#include "broker/broker.h"
#include "broker/schedule.h"
#include "stun/transaction.h"

typedef enum
{
  FRAM_BASE_OPENING,
  FRAM_BASE_OPEN,
} FramBaseState;

/* A component that uses the base. */
typedef struct
{
  FramSessionId session;
  guint16 stream;
  guint16 component;
  guint16 lowered; /* by how much its local preference is lowered, for an added lane */
} FramBaseMember;

typedef struct
{
  FramBaseId id;
  FramInterfaceAddress interface;
  guint32 lane;
  FramBaseState state;
  guint16 port;        /* that is asked for; 0: any */
  guint n_refused;     /* others that were asked for, and could not be had */
  FramAddress address; /* as bound */
  GArray *members;     /* FramBaseMember */
  GPtrArray *mappings; /* FramMapping */
  GPtrArray *carried;  /* FramAllocation, whose talk with its server goes by it */
  FramTime unused;     /* since when nobody uses it */
  FramDue linger;
} FramBase;

typedef enum
{
  FRAM_MAPPING_WAITING, /* for its turn to ask */
  FRAM_MAPPING_ASKING,
  FRAM_MAPPING_KNOWN,
  FRAM_MAPPING_DEAF, /* the server did not answer */
} FramMappingState;

/* The server-reflexive result of one base at one server, for all sessions.
 * (RFC 8445 §5.1.1.2) */
typedef struct
{
  FramBase *base;
  char *uri; /* of who asked first */
  FramAddress server;
  FramMappingState state;
  /* KNOWN: of those of its base with its IP address, this one is the candidate, and is kept
   * alive. */
  gboolean leads;
  gboolean suspect;   /* KNOWN: its keep-alive is not answered */
  gboolean fallback;  /* it is asked because another one did not answer */
  FramAddress mapped; /* family NONE: not known yet */
  guint n_losses;     /* keep-alives in a row that found it gone */
  FramTime rtt;       /* of the last answer that measured it; -1 */
  FramTime answered;  /* when it was answered last */
  FramTime since;     /* when it came to be as it is */
  FramStunTransaction transaction;
  FramDue due;
  FramDue slot;
} FramMapping;

typedef struct
{
  GHashTable *by_id;    /* FramBaseId -> FramBase */
  GHashTable *by_place; /* interface address, the lane as its port -> FramBase */
} FramBaseTable;

void fram_base_table_init (FramBaseTable *table);
void fram_base_table_clear (FramBaseTable *table);
guint fram_base_table_size (const FramBaseTable *table);

FramBase *fram_base_table_find (FramBaseTable *table, FramBaseId id);
FramBase *fram_base_table_find_place (FramBaseTable *table, const FramAddress *address,
                                      guint32 lane);
FramBase *fram_base_table_add (FramBaseTable *table, FramBaseId id,
                               const FramInterfaceAddress *interface, guint32 lane);
/* Frees it; its mappings are gone already. */
void fram_base_table_remove (FramBaseTable *table, FramBase *base);

/* Whether it has members, or carries something. */
gboolean fram_base_is_used (const FramBase *base);
void fram_base_join (FramBase *base, const FramBaseMember *member);
/* NULL: the session is none of its members. */
const FramBaseMember *fram_base_find_member (const FramBase *base, FramSessionId session);
/* The same in an array of FramBaseMember. */
const FramBaseMember *fram_members_find (const GArray *members, FramSessionId session);
void fram_members_leave (GArray *members, FramSessionId session);
/* Whether the session is one of them with this stream. */
gboolean fram_members_have_stream (const GArray *members, FramSessionId session,
                                   guint stream);
