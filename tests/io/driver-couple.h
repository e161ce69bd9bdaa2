/* Two sessions that are to be connected with each other, in one driver or in two, and the
 * application between them that carries descriptions and candidates. */
#pragma once

#include "broker/snapshot.h"
#include "io/driver.h"

typedef struct
{
  FramDriver *driver;
  FramSessionId session;
  FramState state;
  gboolean closed;
  FramCause cause; /* of the closing */
  guint n_candidates;
  gboolean tcp; /* it is told of TCP candidates alone */
  int fd;       /* of component 0.1 */
} End;

typedef struct
{
  End ends[2]; /* the offerer's, the answerer's */
} Couple;

FramDriver *couple_new_driver (GMainContext *context);
/* `offerer` and `answerer` may be the same; their sinks are the couple's until it is
 * cleared. */
void couple_init (Couple *couple, FramDriver *offerer, FramDriver *answerer);
void couple_init_by (Couple *couple, FramDriver *offerer, FramDriver *answerer,
                     FramPolicy policy);
/* Only TCP gets through: the peers do not hear of other candidates. */
void couple_init_tcp (Couple *couple, FramDriver *offerer, FramDriver *answerer);
void couple_clear (Couple *couple);

/* Turns `context` until both are in one of the connected states, or until both are closed. */
void couple_await_connected (Couple *couple, GMainContext *context);
void couple_await_closed (Couple *couple, GMainContext *context);
/* Writes at one end and waits for it at the other, both ways. */
void couple_exchange (Couple *couple, GMainContext *context, guint n_packets);
