/* How the classes of rows are made: from a list of columns, each of them a value of the row's
 * tuple on the bus and a property of the object. */
#pragma once

#include "fram-row.h"

typedef struct
{
  const char *name; /* of the property; NULL: it is none */
  GType type; /* G_TYPE_STRING, …_UINT, …_UINT64, …_INT64, …_BOOLEAN, …_VARIANT; or, of a
                     * word, 0: see `words` */
  GType (*words) (void); /* the enumeration that it is given as */
  int otherwise;         /* its value for words that are not known */
} FramColumn;

/* Names one class's columns, in the order of the tuple; `columns` lives as long as the class.
 * Properties that a class has besides come after them. */
void fram_row_class_set_columns (FramRowClass *klass, const FramColumn *columns,
                                 guint n_columns);

/* Return: (transfer full): a row of the `type`, which shows the tuple `values`. */
FramRow *fram_row_new (GType type, GVariant *values);
/* Shows the tuple `values`, and notifies of what is another now. */
void fram_row_update (FramRow *self, GVariant *values);
/* Return: (transfer full): a value of the tuple. */
GVariant *fram_row_get_value (FramRow *self, guint column);
