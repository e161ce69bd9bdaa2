/* A heap of points in time: what is due next among thousands of sessions. */
#pragma once

#include "base/time.h"

/* Whose time it is. */
typedef enum
{
  FRAM_DUE_SESSION,
  FRAM_DUE_MAPPING,
  FRAM_DUE_BASE,
  FRAM_DUE_STREAM, /* a FramStreamTry */
  FRAM_DUE_ALLOCATION,
  FRAM_DUE_SERVER_TEST,
  FRAM_DUE_PROBE,   /* a FramProbe */
  FRAM_DUE_PROBING, /* the look at what to find out */
  FRAM_DUE_CHECK,   /* of the network */
  FRAM_DUE_FAREWELL,
  FRAM_DUE_TCP_BASE,
  FRAM_DUE_TCP_SILENCE,  /* a FramTcpConnection */
  FRAM_DUE_TCP_QUESTION, /* of a FramTcpBase */
  FRAM_DUE_PEER_NAME,
  FRAM_DUE_OWN_NAME,
} FramDueKind;

/* Embedded in its owner; one entry is in one schedule at most.  All zero: in none. */
typedef struct
{
  FramTime time;
  guint place; /* 1-based, among those of its schedule; 0: not scheduled */
  FramDueKind kind;
  guint8 rank; /* the pacer's FramTurnRank */
  gpointer owner;
} FramDue;

/* Of the entries, which lie anywhere in memory, none is touched when another one moves: the heap has
 * the times in itself, and where each entry is in the heap is kept in one array. */
typedef struct
{
  FramTime time;
  guint64 order; /* entries of one time come in the order in which they were set */
  guint place;   /* the entry's */
} FramDueTime;

typedef struct
{
  FramDue *due;   /* NULL: the place is free */
  guint position; /* 1-based, in the heap; of a free place: the next free one, or 0 */
} FramDuePlace;

typedef struct
{
  GArray *heap;   /* FramDueTime */
  GArray *places; /* FramDuePlace */
  guint first_free;
  guint64 next_order;
} FramSchedule;

void fram_schedule_init (FramSchedule *schedule);
void fram_schedule_clear (FramSchedule *schedule);

/* Sets, moves or, with FRAM_TIME_NEVER, removes an entry. */
void fram_schedule_set (FramSchedule *schedule, FramDue *due, FramTime time);

/* The earliest entry, which stays; NULL: there is none. */
FramDue *fram_schedule_peek (const FramSchedule *schedule);
FramTime fram_schedule_next (const FramSchedule *schedule);
