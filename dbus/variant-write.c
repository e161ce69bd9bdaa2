/* From a GVariant to a message. */
#include "dbus/variant.h"

#include <string.h>

static FramVariantResult write_value (DBusMessageIter *iter, GVariant *value,
                                      GUnixFDList *fds, guint depth);

/* D-Bus has no `m` and no empty struct; signatures are at most 255 bytes. */
static gboolean
has_dbus_type (GVariant *value)
{
  const char *type = g_variant_get_type_string (value);

  return dbus_signature_validate_single (type, NULL);
}

static FramVariantResult
write_fd (DBusMessageIter *iter, GVariant *value, GUnixFDList *fds)
{
  gint32 index = g_variant_get_handle (value);
  const int *list;
  int length = 0;

  if (fds == NULL)
    return FRAM_VARIANT_NO_FD;
  list = g_unix_fd_list_peek_fds (fds, &length);
  if (index < 0 || index >= length)
    return FRAM_VARIANT_NO_FD;
  return dbus_message_iter_append_basic (iter, DBUS_TYPE_UNIX_FD, &list[index])
             ? FRAM_VARIANT_OK
             : FRAM_VARIANT_TOO_MANY_FDS;
}

static FramVariantResult
write_basic (DBusMessageIter *iter, GVariant *value, GUnixFDList *fds)
{
  GVariantClass class = g_variant_classify (value);
  DBusBasicValue basic;

  switch (class)
    {
    case G_VARIANT_CLASS_HANDLE:
      return write_fd (iter, value, fds);
    case G_VARIANT_CLASS_STRING:
    case G_VARIANT_CLASS_OBJECT_PATH:
    case G_VARIANT_CLASS_SIGNATURE:
      basic.str = (char *) g_variant_get_string (value, NULL);
      break;
    case G_VARIANT_CLASS_BOOLEAN:
      basic.bool_val = g_variant_get_boolean (value);
      break;
    case G_VARIANT_CLASS_BYTE:
      basic.byt = g_variant_get_byte (value);
      break;
    case G_VARIANT_CLASS_INT16:
      basic.i16 = g_variant_get_int16 (value);
      break;
    case G_VARIANT_CLASS_UINT16:
      basic.u16 = g_variant_get_uint16 (value);
      break;
    case G_VARIANT_CLASS_INT32:
      basic.i32 = g_variant_get_int32 (value);
      break;
    case G_VARIANT_CLASS_UINT32:
      basic.u32 = g_variant_get_uint32 (value);
      break;
    case G_VARIANT_CLASS_INT64:
      basic.i64 = g_variant_get_int64 (value);
      break;
    case G_VARIANT_CLASS_UINT64:
      basic.u64 = g_variant_get_uint64 (value);
      break;
    case G_VARIANT_CLASS_DOUBLE:
      basic.dbl = g_variant_get_double (value);
      break;
    case G_VARIANT_CLASS_VARIANT:
    case G_VARIANT_CLASS_MAYBE:
    case G_VARIANT_CLASS_ARRAY:
    case G_VARIANT_CLASS_TUPLE:
    case G_VARIANT_CLASS_DICT_ENTRY:
      g_return_val_if_reached (FRAM_VARIANT_NO_TYPE);
    }
  /* The classes of GVariant are the type codes of D-Bus. */
  return dbus_message_iter_append_basic (iter, class, &basic) ? FRAM_VARIANT_OK
                                                              : FRAM_VARIANT_TOO_LARGE;
}

static FramVariantResult
write_children (DBusMessageIter *inner, GVariant *value, GUnixFDList *fds, guint depth)
{
  gsize n_children = g_variant_n_children (value);

  for (gsize i = 0; i < n_children; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);
      FramVariantResult result = write_value (inner, child, fds, depth);

      if (result != FRAM_VARIANT_OK)
        return result;
    }
  return FRAM_VARIANT_OK;
}

static FramVariantResult
write_bytes (DBusMessageIter *inner, GVariant *value)
{
  gsize length;
  const guint8 *bytes = g_variant_get_fixed_array (value, &length, 1);

  if (length > DBUS_MAXIMUM_ARRAY_LENGTH)
    return FRAM_VARIANT_TOO_LARGE;
  return dbus_message_iter_append_fixed_array (inner, DBUS_TYPE_BYTE, &bytes, length)
             ? FRAM_VARIANT_OK
             : FRAM_VARIANT_TOO_LARGE;
}

/* Return: whether the container could be opened. */
static gboolean
open_container (DBusMessageIter *iter, GVariant *value, DBusMessageIter *ret_inner)
{
  const char *contained = NULL;
  g_autoptr (GVariant) child = NULL;
  int type = DBUS_TYPE_STRUCT;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_ARRAY))
    {
      type = DBUS_TYPE_ARRAY;
      contained = g_variant_get_type_string (value) + 1;
    }
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT))
    {
      type = DBUS_TYPE_VARIANT;
      child = g_variant_get_variant (value);
      contained = g_variant_get_type_string (child);
    }
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_DICT_ENTRY))
    type = DBUS_TYPE_DICT_ENTRY;
  return dbus_message_iter_open_container (iter, type, contained, ret_inner);
}

static FramVariantResult
write_container (DBusMessageIter *iter, GVariant *value, GUnixFDList *fds, guint depth)
{
  DBusMessageIter inner;
  FramVariantResult result;

  if (depth >= FRAM_VARIANT_MAX_DEPTH)
    return FRAM_VARIANT_TOO_DEEP;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT))
    {
      g_autoptr (GVariant) child = g_variant_get_variant (value);

      if (!has_dbus_type (child))
        return FRAM_VARIANT_NO_TYPE;
    }
  if (!open_container (iter, value, &inner))
    return FRAM_VARIANT_TOO_LARGE;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    result = write_bytes (&inner, value);
  else
    result = write_children (&inner, value, fds, depth + 1);

  if (result != FRAM_VARIANT_OK)
    dbus_message_iter_abandon_container (iter, &inner);
  else if (!dbus_message_iter_close_container (iter, &inner))
    result = FRAM_VARIANT_TOO_LARGE;
  return result;
}

static FramVariantResult
write_value (DBusMessageIter *iter, GVariant *value, GUnixFDList *fds, guint depth)
{
  if (g_variant_is_container (value))
    return write_container (iter, value, fds, depth);
  return write_basic (iter, value, fds);
}

FramVariantResult
fram_variant_to_message (DBusMessage *message, GVariant *body, GUnixFDList *fds)
{
  const char *type = g_variant_get_type_string (body);
  g_autofree char *signature = NULL;
  DBusMessageIter iter;

  g_return_val_if_fail (g_variant_is_of_type (body, G_VARIANT_TYPE_TUPLE),
                        FRAM_VARIANT_NO_TYPE);

  signature = g_strndup (type + 1, strlen (type) - 2);
  if (!dbus_signature_validate (signature, NULL))
    return FRAM_VARIANT_NO_TYPE;
  dbus_message_iter_init_append (message, &iter);
  return write_children (&iter, body, fds, 0);
}
