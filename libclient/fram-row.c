#include "fram-row.h"

#include "enum-words.h"
#include "row-columns.h"

/**
 * FramRow:
 *
 * A row of one of the tables of [class@Inspector].
 *
 * Each of its values is a property.  A row stays the same object as long as what it shows is
 * there; what changes is notified.  In languages in which getting properties is laborious,
 * the functions of this class give them by their names.
 */

typedef struct
{
  GVariant *values; /* a tuple */
} FramRowPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (FramRow, fram_row, G_TYPE_OBJECT)

static FramRowPrivate *
private_of (FramRow *self)
{
  return fram_row_get_instance_private (self);
}

static const FramColumn *
column_at (FramRow *self, guint index)
{
  return (const FramColumn *) FRAM_ROW_GET_CLASS (self)->columns + index;
}

GVariant *
fram_row_get_value (FramRow *self, guint column)
{
  return g_variant_get_child_value (private_of (self)->values, column);
}

/* --- Values ------------------------------------------------------------------------ */

static gint64
to_number (GVariant *value, const FramColumn *column)
{
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_UINT32:
      return g_variant_get_uint32 (value);
    case G_VARIANT_CLASS_UINT64:
      return (gint64) g_variant_get_uint64 (value);
    case G_VARIANT_CLASS_INT64:
      return g_variant_get_int64 (value);
    case G_VARIANT_CLASS_BOOLEAN:
      return g_variant_get_boolean (value);
    case G_VARIANT_CLASS_STRING:
      return column->words != NULL ? fram_enum_from_word (
                 column->words (), g_variant_get_string (value, NULL), column->otherwise)
                                   : 0;
    case G_VARIANT_CLASS_BYTE:
    case G_VARIANT_CLASS_INT16:
    case G_VARIANT_CLASS_UINT16:
    case G_VARIANT_CLASS_INT32:
    case G_VARIANT_CLASS_HANDLE:
    case G_VARIANT_CLASS_DOUBLE:
    case G_VARIANT_CLASS_OBJECT_PATH:
    case G_VARIANT_CLASS_SIGNATURE:
    case G_VARIANT_CLASS_VARIANT:
    case G_VARIANT_CLASS_MAYBE:
    case G_VARIANT_CLASS_ARRAY:
    case G_VARIANT_CLASS_TUPLE:
    case G_VARIANT_CLASS_DICT_ENTRY:
      return 0;
    }
  return 0;
}

static void
fram_row_get_property (GObject *object, guint id, GValue *target, GParamSpec *pspec)
{
  FramRow *self = FRAM_ROW (object);
  const FramColumn *column = column_at (self, id - 1);
  g_autoptr (GVariant) value = fram_row_get_value (self, id - 1);

  if (column->words != NULL)
    g_value_set_enum (target, (int) to_number (value, column));
  else if (column->type == G_TYPE_STRING)
    g_value_set_string (target, g_variant_get_string (value, NULL));
  else if (column->type == G_TYPE_UINT)
    g_value_set_uint (target, (guint) to_number (value, column));
  else if (column->type == G_TYPE_UINT64)
    g_value_set_uint64 (target, (guint64) to_number (value, column));
  else if (column->type == G_TYPE_INT64)
    g_value_set_int64 (target, to_number (value, column));
  else if (column->type == G_TYPE_BOOLEAN)
    g_value_set_boolean (target, to_number (value, column) != 0);
  else
    g_value_set_variant (target, value);
}

/* Return: the number of columns if there is none. */
static guint
find_column (FramRow *self, const char *name)
{
  guint n = FRAM_ROW_GET_CLASS (self)->n_columns;

  for (guint i = 0; i < n; i++)
    if (g_strcmp0 (column_at (self, i)->name, name) == 0)
      return i;
  return n;
}

/* --- Its life ---------------------------------------------------------------------- */

/* A part of a message would keep the whole of it. */
static GVariant *
copy (GVariant *values)
{
  g_autoptr (GBytes) bytes
      = g_bytes_new (g_variant_get_data (values), g_variant_get_size (values));

  return g_variant_ref_sink (
      g_variant_new_from_bytes (g_variant_get_type (values), bytes, TRUE));
}

FramRow *
fram_row_new (GType type, GVariant *values)
{
  FramRow *self = g_object_new (type, NULL);

  private_of (self)->values = copy (values);
  return self;
}

void
fram_row_update (FramRow *self, GVariant *values)
{
  FramRowPrivate *private = private_of (self);
  g_autoptr (GVariant) before = private->values;
  FramRowClass *klass = FRAM_ROW_GET_CLASS (self);

  private->values = copy (values);
  for (guint i = 0; i < klass->n_columns; i++)
    {
      g_autoptr (GVariant) old = g_variant_get_child_value (before, i);
      g_autoptr (GVariant) new = fram_row_get_value (self, i);

      if (column_at (self, i)->name != NULL && !g_variant_equal (old, new))
        g_object_notify (G_OBJECT (self), column_at (self, i)->name);
    }
}

static void
fram_row_finalize (GObject *object)
{
  FramRow *self = FRAM_ROW (object);

  g_clear_pointer (&private_of (self)->values, g_variant_unref);
  G_OBJECT_CLASS (fram_row_parent_class)->finalize (object);
}

static GParamSpec *
make_property (const FramColumn *column)
{
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  if (column->words != NULL)
    return g_param_spec_enum (column->name, NULL, NULL, column->words (),
                              column->otherwise, flags);
  if (column->type == G_TYPE_STRING)
    return g_param_spec_string (column->name, NULL, NULL, "", flags);
  if (column->type == G_TYPE_UINT)
    return g_param_spec_uint (column->name, NULL, NULL, 0, G_MAXUINT, 0, flags);
  if (column->type == G_TYPE_UINT64)
    return g_param_spec_uint64 (column->name, NULL, NULL, 0, G_MAXUINT64, 0, flags);
  if (column->type == G_TYPE_INT64)
    return g_param_spec_int64 (column->name, NULL, NULL, G_MININT64, G_MAXINT64, 0,
                               flags);
  if (column->type == G_TYPE_BOOLEAN)
    return g_param_spec_boolean (column->name, NULL, NULL, FALSE, flags);
  return g_param_spec_variant (column->name, NULL, NULL, G_VARIANT_TYPE_ANY, NULL, flags);
}

void
fram_row_class_set_columns (FramRowClass *klass, const FramColumn *columns,
                            guint n_columns)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  klass->columns = columns;
  klass->n_columns = n_columns;
  /* Classes do not inherit it. */
  if (object_class->get_property == NULL)
    object_class->get_property = fram_row_get_property;
  for (guint i = 0; i < n_columns; i++)
    if (columns[i].name != NULL)
      g_object_class_install_property (object_class, i + 1, make_property (&columns[i]));
}

static void
fram_row_class_init (FramRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = fram_row_get_property;
  object_class->finalize = fram_row_finalize;
}

static void
fram_row_init (FramRow *self)
{
}

/* --- By name ----------------------------------------------------------------------- */

/**
 * fram_row_get_id:
 * @self: A row.
 *
 * Gives the number of what it shows.
 *
 * Returns: The property `id`; 0 for rows that have none.
 */
guint64
fram_row_get_id (FramRow *self)
{
  guint column;

  g_return_val_if_fail (FRAM_IS_ROW (self), 0);

  column = find_column (self, "id");
  return column < FRAM_ROW_GET_CLASS (self)->n_columns
             ? (guint64) fram_row_get_number (self, "id")
             : 0;
}

/**
 * fram_row_get_string:
 * @self: A row.
 * @property: The name of a property that is a text or an enumeration.
 *
 * Gives a text of the row; of an enumeration, its word.
 *
 * Returns: (transfer none): The text, which is valid until the row changes.
 */
const char *
fram_row_get_string (FramRow *self, const char *property)
{
  g_autoptr (GVariant) value = NULL;
  guint column;

  g_return_val_if_fail (FRAM_IS_ROW (self), NULL);

  column = find_column (self, property);
  g_return_val_if_fail (column < FRAM_ROW_GET_CLASS (self)->n_columns, NULL);
  value = fram_row_get_value (self, column);
  g_return_val_if_fail (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
                            || g_variant_is_of_type (value, G_VARIANT_TYPE_OBJECT_PATH),
                        NULL);
  /* It lies in the bytes of the tuple, which live on. */
  return g_variant_get_string (value, NULL);
}

/* What is no column is a property of the class itself. */
static gint64
get_own_number (FramRow *self, const char *property)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (self), property);
  g_auto (GValue) value = G_VALUE_INIT;
  g_auto (GValue) number = G_VALUE_INIT;

  g_return_val_if_fail (pspec != NULL, 0);

  g_value_init (&value, pspec->value_type);
  g_value_init (&number, G_TYPE_INT64);
  g_object_get_property (G_OBJECT (self), property, &value);
  g_return_val_if_fail (g_value_transform (&value, &number), 0);
  return g_value_get_int64 (&number);
}

/**
 * fram_row_get_number:
 * @self: A row.
 * @property: The name of a property that is a number, a truth value or an enumeration.
 *
 * Gives a number of the row.
 *
 * Returns: The number.
 */
gint64
fram_row_get_number (FramRow *self, const char *property)
{
  g_autoptr (GVariant) value = NULL;
  guint column;

  g_return_val_if_fail (FRAM_IS_ROW (self), 0);

  column = find_column (self, property);
  if (column == FRAM_ROW_GET_CLASS (self)->n_columns)
    return get_own_number (self, property);
  value = fram_row_get_value (self, column);
  return to_number (value, column_at (self, column));
}

/**
 * fram_row_get_boolean:
 * @self: A row.
 * @property: The name of a property that is a truth value.
 *
 * Gives a truth value of the row.
 *
 * Returns: The value.
 */
gboolean
fram_row_get_boolean (FramRow *self, const char *property)
{
  return fram_row_get_number (self, property) != 0;
}

/**
 * fram_row_to_dictionary:
 * @self: A row.
 *
 * Gives all values of the row by the names of their properties, to be written into a report.
 * Enumerations are their words.
 *
 * Returns: (transfer full): The values: `a{sv}`.
 */
GVariant *
fram_row_to_dictionary (FramRow *self)
{
  FramRowClass *klass;
  GVariantBuilder values;

  g_return_val_if_fail (FRAM_IS_ROW (self), NULL);

  klass = FRAM_ROW_GET_CLASS (self);
  g_variant_builder_init (&values, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; i < klass->n_columns; i++)
    {
      const FramColumn *column = column_at (self, i);
      g_autoptr (GVariant) value = fram_row_get_value (self, i);

      if (column->name != NULL)
        g_variant_builder_add (&values, "{sv}", column->name, value);
    }
  return g_variant_ref_sink (g_variant_builder_end (&values));
}
