/* Names of Multicast DNS (RFC 6762): those that peers give in place of their addresses, each
 * resolved once for all sessions that have it.  (draft-ietf-mmusic-mdns-ice-candidates) */
#pragma once

#include "broker/broker.h"
#include "broker/schedule.h"

/* A peer's name that is being resolved. */
typedef struct
{
  FramNameId id;
  char *text;
  GArray *sessions; /* FramSessionId, each once: those that wait for it */
  FramDue due;
} FramPeerName;

typedef struct
{
  GHashTable *by_id;   /* FramNameId -> FramPeerName */
  GHashTable *by_text; /* the same */
  FramNameId last;
} FramNameTable;

void fram_name_table_init (FramNameTable *table);
void fram_name_table_clear (FramNameTable *table);

/* NULL: it is not being resolved. */
FramPeerName *fram_name_table_find (const FramNameTable *table, FramNameId id);
FramPeerName *fram_name_table_find_text (const FramNameTable *table, const char *text);
/* `text` is copied; it is not there yet. */
FramPeerName *fram_name_table_add (FramNameTable *table, const char *text);
/* Frees it; it is in no schedule. */
void fram_name_table_remove (FramNameTable *table, FramPeerName *name);

void fram_peer_name_join (FramPeerName *name, FramSessionId session);
void fram_peer_name_leave (FramPeerName *name, FramSessionId session);
