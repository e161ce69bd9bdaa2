/* A row of a live table: an object that stays the same while what it shows changes. */
#pragma once

#include <fram-enums.h>

G_BEGIN_DECLS

#define FRAM_TYPE_ROW (fram_row_get_type ())
FRAM_API
G_DECLARE_DERIVABLE_TYPE (FramRow, fram_row, FRAM, ROW, GObject)

/**
 * FramRowClass:
 *
 * The class of the rows.  Only the library has such.
 */
struct _FramRowClass
{
  /*< private >*/
  GObjectClass parent_class;
  gconstpointer columns;
  guint n_columns;
};

FRAM_API guint64 fram_row_get_id (FramRow *self);
FRAM_API const char *fram_row_get_string (FramRow *self, const char *property);
FRAM_API gint64 fram_row_get_number (FramRow *self, const char *property);
FRAM_API gboolean fram_row_get_boolean (FramRow *self, const char *property);
FRAM_API GVariant *fram_row_to_dictionary (FramRow *self);

G_END_DECLS
