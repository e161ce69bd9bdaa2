/* A 5-tuple as the broker knows it: UDP or a connection, by the base, and the peer's address. */
#pragma once

#include "broker/event.h"

/* The first member of what is found by it. */
typedef struct
{
  FramAddress remote;
  FramBaseId base;
} FramTuple;

/* GHashFunc and GEqualFunc. */
guint fram_tuple_hash (gconstpointer tuple);
gboolean fram_tuple_equal (gconstpointer tuple, gconstpointer other);
