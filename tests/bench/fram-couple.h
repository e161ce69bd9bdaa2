/* Two sessions of framd that connect to each other: each with a client and a connection to
 * the bus of its own, as two applications have them. */
#pragma once

#include <fram.h>

typedef struct
{
  FramSession *sessions[2];
  FramClient *answerer;
  gint64 began;     /* monotonic microseconds, before the first session was asked for */
  gint64 connected; /* when both could send; 0: not yet */
  gint64 completed; /* when both had agreed on a pair; 0: not yet */
  gboolean trickle; /* candidates are passed on as they come */
  gboolean answered;
  gboolean closing;
  gboolean closed; /* both are */
  guint n_open;
} FramCouple;

/* Return: (transfer full): a client with a connection of its own to the bus at `address`;
 * NULL: the session bus. */
FramClient *fram_couple_new_client (const char *address);

/* Return: (transfer full): a couple that connects while the default context runs.  One that
 * trickles lets framd share its ports between sessions. */
FramCouple *fram_couple_new (FramClient *offerer, FramClient *answerer, gboolean trickle);
/* Asks for the end of both; `closed` says when it has come. */
void fram_couple_close (FramCouple *couple);
/* Of one that is closed, or whose program ends. */
void fram_couple_free (FramCouple *couple);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramCouple, fram_couple_free)
