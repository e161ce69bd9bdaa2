/* Two libnice agents of one process that connect to each other: libnice's answer to two
 * sessions of framd. */
#pragma once

#include <nice/agent.h>

typedef struct
{
  gboolean aggressive;        /* else regular nomination */
  gboolean consent;           /* asked for again and again (RFC 7675) */
  guint pacing;               /* Ta in milliseconds; 0: libnice's own, 20 */
  const char *addresses[2];   /* that the sides are held to; NULL: all that there are */
  void (*enter_other) (void); /* to the second's host, and back; or NULL */
  void (*leave) (void);
} NicePairOptions;

typedef struct
{
  NiceAgent *agents[2];
  guint streams[2];
  gboolean gathered[2];
  gint64 began;     /* monotonic microseconds, before the agents were made */
  gint64 connected; /* when both could send; 0: not yet */
  gint64 completed; /* when both had agreed on a pair; 0: not yet */
  gboolean failed;
} NicePair;

/* Return: (transfer full): a pair that gathers and connects while its contexts run; the
 * contexts may be one and the same. */
NicePair *nice_pair_new (GMainContext *first, GMainContext *second,
                         const NicePairOptions *options);
void nice_pair_free (NicePair *pair);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NicePair, nice_pair_free)

/* The data of one side; replaces what took them before. */
void nice_pair_attach (NicePair *pair, guint side, GMainContext *context,
                       NiceAgentRecvFunc func, gpointer user_data);
