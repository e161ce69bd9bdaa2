/* For classes of rows that have their columns and nothing else. */
#pragma once

#include "row-columns.h"

/* Defines the class of a row that has its columns and nothing else. */
#define DEFINE_ROW(Type, type, columns)                                                  \
  struct _##Type                                                                         \
  {                                                                                      \
    FramRow parent_instance;                                                             \
  };                                                                                     \
  G_DEFINE_FINAL_TYPE (Type, type, FRAM_TYPE_ROW)                                        \
  static void type##_class_init (Type##Class *klass)                                     \
  {                                                                                      \
    fram_row_class_set_columns (FRAM_ROW_CLASS (klass), columns,                         \
                                G_N_ELEMENTS (columns));                                 \
  }                                                                                      \
  static void type##_init (Type *self)                                                   \
  {                                                                                      \
  }
