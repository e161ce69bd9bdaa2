/* Two data planes on loopback, each with one base and one component, joined by routes and
 * paths; their owner only writes down what it is told. */
#pragma once

#include "io/plane.h"

/* A test that waits longer than this has failed. */
#define WAIT_SECONDS 20

typedef struct
{
  FramPlane *plane;
  FramAddress address; /* of base 1 */
  FramComponentKey key;
  int app;          /* the application's descriptor */
  guint n_received; /* by the owner */
  GByteArray *received;
  FramAddress received_from;
  guint n_unreachable;
  FramAddress unreachable;
  guint n_turns;
  guint n_data_turns; /* of these: that did nothing but move data */
} Side;

typedef struct
{
  GMainContext *context;
  Side a, b;
} World;

void world_init (World *world, FramFamily family);
void world_clear (World *world);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (World, world_clear)

/* The loopback address of the family; any port. */
FramAddress world_loopback (FramFamily family);
/* Turns the main loop until `done` says so; the test fails if that takes too long. */
void world_wait (World *world, gboolean (*done) (World *world, gpointer data),
                 gpointer data);
/* Turns it as long as there is something to do at once, at most `max` times. */
void world_settle (World *world, guint max);

/* Opens another component of `side` on its base 1, with a route and path to `remote`. */
int side_open (Side *side, FramSessionId session, const FramAddress *remote);
FramComponentStats side_get_stats (Side *side);
/* Sends a packet of the protocol from its base 1, at once. */
void side_transmit (Side *side, const FramAddress *remote, const void *data,
                    gsize length);
/* Waits for the next packet at `fd`, and that it is `data`. */
void world_expect (World *world, int fd, const void *data, gsize length);
/* Waits for the next packet at `fd`. Return: its length. */
gssize world_receive (World *world, int fd, guint8 *buffer, gsize size);
/* Waits until the owner of side a was told of so many packets. */
void world_await_received (World *world, guint n);
/* Waits until `fd` gives the end of file. */
void world_expect_end (World *world, int fd);
