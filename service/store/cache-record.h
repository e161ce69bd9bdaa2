/* One fact on its way into the cache, and the queue in which it waits.
 *
 * A fact that has a key replaces an older one with the same key, at its place in the queue;
 * the outcomes of a server are added up. */
#pragma once

#include "store/known.h"

typedef enum
{
  FRAM_RECORD_NETWORK,
  FRAM_RECORD_SERVER,
  FRAM_RECORD_DEAF,
  FRAM_RECORD_HEARD,
  FRAM_RECORD_NAT,
  FRAM_RECORD_LIFETIME,
  FRAM_RECORD_SESSION,
} FramRecordKind;

/* The most texts that a fact has: those of a session. */
#define FRAM_RECORD_TEXTS 5

typedef struct
{
  FramRecordKind kind;
  char *key; /* NULL: it replaces nothing */
  char *network;
  gint64 when;                    /* seconds since 1970 */
  char *texts[FRAM_RECORD_TEXTS]; /* what the strings of the union point to */
  guint n_texts;
  gint64 last_success, last_failure; /* SERVER: seconds since 1970; 0: none */
  union
  {
    const char *name; /* NETWORK; NULL: as it was */
    FramKnownServer server;
    FramKnownDeaf deaf; /* DEAF, HEARD */
    FramKnownNat nat;
    FramKnownLifetime lifetime;
    FramPastSession session;
  };
} FramRecord;

FramRecord *fram_record_new (FramRecordKind kind, const char *network, gint64 when);
void fram_record_free (FramRecord *record);

/* Return: a copy that the record owns; valid UTF-8 of at most FRAM_KNOWN_TEXT_MAX bytes. */
const char *fram_record_add_text (FramRecord *record, const char *text);

typedef struct
{
  GQueue records;     /* FramRecord */
  GHashTable *by_key; /* key to its link */
  guint64 n_lost;
} FramRecordQueue;

void fram_record_queue_init (FramRecordQueue *queue);
void fram_record_queue_clear (FramRecordQueue *queue);
/* Takes the record.  If `max` wait already, the oldest is lost. */
void fram_record_queue_push (FramRecordQueue *queue, FramRecord *record, guint max);
/* Drops the first `n`. */
void fram_record_queue_drop (FramRecordQueue *queue, guint n);
/* Drops all of one kind. */
void fram_record_queue_drop_kind (FramRecordQueue *queue, FramRecordKind kind);

/* Towards an older value, RFC 6298 §2; -1: none yet. */
FramTime fram_rtt_smoothed (FramTime older, FramTime measured);
