#include "broker/tuple.h"

guint
fram_tuple_hash (gconstpointer tuple)
{
  const FramTuple *self = tuple;

  return fram_address_hash (&self->remote) ^ self->base * 0x9e3779b1u;
}

gboolean
fram_tuple_equal (gconstpointer tuple, gconstpointer other)
{
  const FramTuple *first = tuple, *second = other;

  return first->base == second->base
         && fram_address_equal (&first->remote, &second->remote);
}
