/* What a session went through: its states and those of its components, and the paths that were
 * agreed upon, each with its cause. */
#pragma once

#include "io/driver.h"
#include "rpc/state-cause.h"

/* The newest ones are kept. */
#define FRAM_MAX_CHANGES 64

typedef struct
{
  guint64 id;
  FramTime when;
  const char *what; /* a word; static */
  guint stream, component;
  const char *state; /* a word, or ""; static */
  const char *cause; /* a word, or ""; static */
  char *sentence;
} FramChange;

typedef struct
{
  GQueue all; /* FramChange, the oldest first */
  guint64 n;  /* there ever were */
} FramChanges;

/* An FramChanges of zeros has none. */
void fram_changes_clear (FramChanges *changes);
/* Notes what the event of a session tells; `cause`, if it tells of the session's state. */
void fram_changes_follow (FramChanges *changes, FramBroker *broker,
                          const FramEvent *event, const FramStateCause *cause);
