/* A live table: a list model whose rows stay the same objects while it is brought up to date. */
#pragma once

#include "row-columns.h"

#define FRAM_TYPE_TABLE (fram_table_get_type ())
G_DECLARE_FINAL_TYPE (FramTable, fram_table, FRAM, TABLE, GObject)

/* Return: (transfer full): the key of a row; equal keys are one row. */
typedef char *(*FramTableKey) (GVariant *values);

FramTable *fram_table_new (GType row_type, FramTableKey key);
/* A key: the number that the tuple begins with. */
char *fram_table_key_id (GVariant *values);

/* `rows`: an array of tuples.  Rows that are there are updated, others are appended.  With
 * `complete`, those that are not among them go. */
void fram_table_update (FramTable *self, GVariant *rows, gboolean complete);
/* The same, complete, and in the order of `rows`. */
void fram_table_replace (FramTable *self, GVariant *rows);
/* `ids`: `at`, of rows whose keys are their ids. */
void fram_table_remove (FramTable *self, GVariant *ids);
void fram_table_clear (FramTable *self);

/* Return: (transfer none) (nullable). */
FramRow *fram_table_find (FramTable *self, const char *key);
FramRow *fram_table_find_id (FramTable *self, guint64 id);
guint fram_table_get_length (FramTable *self);
/* Return: (transfer none) */
FramRow *fram_table_peek (FramTable *self, guint index);
