/* Rows are snapshots of what the service answered: their strings lie in the reply, which
 * `backing` keeps, so a table of a hundred rows costs one allocation a row. */
#pragma once

#include <glib-object.h>

/* Defines fram_…_ref(), fram_…_unref() and the boxed type of a row. */
#define FRAM_DEFINE_ROW(Type, type)                                                      \
  static void type##_clear (gpointer data)                                               \
  {                                                                                      \
    g_variant_unref (((Type *) data)->backing);                                          \
  }                                                                                      \
  Type *type##_ref (Type *self)                                                          \
  {                                                                                      \
    return g_atomic_rc_box_acquire (self);                                               \
  }                                                                                      \
  void type##_unref (Type *self)                                                         \
  {                                                                                      \
    g_atomic_rc_box_release_full (self, type##_clear);                                   \
  }                                                                                      \
  G_DEFINE_BOXED_TYPE (Type, type, type##_ref, type##_unref)
