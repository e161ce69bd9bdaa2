/* A cache in a directory of its own, with a clock that the test sets and the notices kept. */
#pragma once

#include "place-fixture.h"

#include "store/cache.h"

typedef struct
{
  FramWallClock clock; /* the first member makes it one */
  gint64 now;          /* seconds since 1970 */
  PlaceFixture place;
  GMainContext *context;
  FramCache *cache;
  gboolean no_history;
  guint n_notices;
  FramCacheState noticed; /* the last one */
  GError *problem;        /* of the last one; NULL: it was good news */
} CacheFixture;

/* The wall clock at the start of each test. */
#define CACHE_FIXTURE_NOW G_GINT64_CONSTANT (1700000000)

void cache_fixture_init (CacheFixture *fixture);
void cache_fixture_clear (CacheFixture *fixture);

/* Opens the cache, which must not be open; it may have something to say. */
void cache_fixture_open (CacheFixture *fixture);
void cache_fixture_close (CacheFixture *fixture);
/* Closes and opens it. */
void cache_fixture_reopen (CacheFixture *fixture);

/* Fails the test if there was a notice, of which it tells. */
void cache_fixture_assert_quiet (const CacheFixture *fixture);
/* There was one notice, with this state and FRAM_STORE_ERROR; forgets it. */
void cache_fixture_assert_notice (CacheFixture *fixture, FramCacheState state, int code);

/* Tells one fact of each kind; `mark` tells one filling from another. */
void cache_fixture_fill (CacheFixture *fixture, const char *network, guint mark);
/* What is known of the network is all that cache_fixture_fill() told. */
void cache_fixture_assert_filled (CacheFixture *fixture, const char *network, guint mark);

/* Tells of a session that has ended. */
void cache_fixture_add_session (CacheFixture *fixture, const char *label);
guint cache_fixture_count_sessions (CacheFixture *fixture);
