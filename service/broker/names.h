/* Names of Multicast DNS (RFC 6762): those that peers give in place of their addresses, each
 * resolved once for all sessions that have it; and those of this host.
 * (draft-ietf-mmusic-mdns-ice-candidates) */
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

typedef enum
{
  FRAM_OWN_NAME_WAITING, /* to be published */
  FRAM_OWN_NAME_PUBLISHED,
  FRAM_OWN_NAME_FAILED,   /* it cannot be published, for now */
  FRAM_OWN_NAME_LEFT_OUT, /* there are too many, nobody is asked to */
} FramOwnNameState;

/* What stands for one address of this host where an application has told of it. */
typedef struct
{
  FramNameId id;
  char *owner; /* as of sessions */
  char *text;
  FramAddress address; /* port 0 */
  FramOwnNameState state;
  guint n_users; /* sessions */
  FramDue linger;
} FramOwnName;

typedef struct
{
  GHashTable *by_id;   /* FramNameId -> FramPeerName */
  GHashTable *by_text; /* the same */
  GPtrArray *own;      /* FramOwnName */
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

/* NULL: there is none. */
FramOwnName *fram_name_table_find_own (const FramNameTable *table, FramNameId id);
/* Strings are copied. */
FramOwnName *fram_name_table_add_own (FramNameTable *table, const char *owner,
                                      const char *text, const FramAddress *address);
/* Frees it; it is in no schedule. */
void fram_name_table_remove_own (FramNameTable *table, FramOwnName *name);

void fram_peer_name_join (FramPeerName *name, FramSessionId session);
void fram_peer_name_leave (FramPeerName *name, FramSessionId session);
