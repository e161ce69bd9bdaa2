/* From a message to a GVariant.  libdbus has validated the bytes (types, UTF-8, paths); what
 * it leaves open is how much there is, and whether an `h` has a descriptor. */
#include "dbus/variant.h"

#include <unistd.h>

typedef struct
{
  gsize bytes; /* what may still be used of FRAM_VARIANT_MAX_BYTES */
  guint depth;
  GUnixFDList *fds;
} Reader;

/* What a small value costs in memory beside its bytes: a GVariant of its own. */
#define VALUE_COST 48

static FramVariantResult read_value (Reader *reader, DBusMessageIter *iter,
                                     GVariant **ret_value);

static gboolean
spend (Reader *reader, gsize bytes)
{
  if (bytes > reader->bytes)
    return FALSE;
  reader->bytes -= bytes;
  return TRUE;
}

static FramVariantResult
read_fd (Reader *reader, DBusMessageIter *iter, GVariant **ret_value)
{
  int fd = -1;

  if (reader->fds == NULL)
    reader->fds = g_unix_fd_list_new ();
  if (g_unix_fd_list_get_length (reader->fds) >= FRAM_VARIANT_MAX_FDS)
    return FRAM_VARIANT_TOO_MANY_FDS;

  /* libdbus gives a duplicate, or -1 for an index that no descriptor came with: neither it
   * nor the bus looks at that before. */
  dbus_message_iter_get_basic (iter, &fd);
  if (fd < 0)
    return FRAM_VARIANT_NO_FD;
  *ret_value = g_variant_new_handle (g_unix_fd_list_append (reader->fds, fd, NULL));
  close (fd);
  return FRAM_VARIANT_OK;
}

static FramVariantResult
read_text (Reader *reader, DBusMessageIter *iter, int type, GVariant **ret_value)
{
  const char *text;

  dbus_message_iter_get_basic (iter, &text);
  if (!spend (reader, strlen (text)))
    return FRAM_VARIANT_TOO_LARGE;

  if (type == DBUS_TYPE_OBJECT_PATH)
    *ret_value = g_variant_new_object_path (text);
  else if (type == DBUS_TYPE_SIGNATURE)
    *ret_value = g_variant_new_signature (text);
  else
    *ret_value = g_variant_new_string (text);
  return FRAM_VARIANT_OK;
}

static FramVariantResult
read_basic (Reader *reader, DBusMessageIter *iter, int type, GVariant **ret_value)
{
  DBusBasicValue value;

  switch (type)
    {
    case DBUS_TYPE_UNIX_FD:
      return read_fd (reader, iter, ret_value);
    case DBUS_TYPE_STRING:
    case DBUS_TYPE_OBJECT_PATH:
    case DBUS_TYPE_SIGNATURE:
      return read_text (reader, iter, type, ret_value);
    }

  dbus_message_iter_get_basic (iter, &value);
  switch (type)
    {
    case DBUS_TYPE_BYTE:
      *ret_value = g_variant_new_byte (value.byt);
      return FRAM_VARIANT_OK;
    case DBUS_TYPE_BOOLEAN:
      *ret_value = g_variant_new_boolean (value.bool_val);
      return FRAM_VARIANT_OK;
    case DBUS_TYPE_INT16:
      *ret_value = g_variant_new_int16 (value.i16);
      return FRAM_VARIANT_OK;
    case DBUS_TYPE_UINT16:
      *ret_value = g_variant_new_uint16 (value.u16);
      return FRAM_VARIANT_OK;
    case DBUS_TYPE_INT32:
      *ret_value = g_variant_new_int32 (value.i32);
      return FRAM_VARIANT_OK;
    case DBUS_TYPE_UINT32:
      *ret_value = g_variant_new_uint32 (value.u32);
      return FRAM_VARIANT_OK;
    case DBUS_TYPE_INT64:
      *ret_value = g_variant_new_int64 (value.i64);
      return FRAM_VARIANT_OK;
    case DBUS_TYPE_UINT64:
      *ret_value = g_variant_new_uint64 (value.u64);
      return FRAM_VARIANT_OK;
    case DBUS_TYPE_DOUBLE:
      *ret_value = g_variant_new_double (value.dbl);
      return FRAM_VARIANT_OK;
    }
  return FRAM_VARIANT_NO_TYPE;
}

/* Bytes are by far the most frequent array that may be long; other arrays are short in Fram
 * and take the general way. */
static FramVariantResult
read_bytes (Reader *reader, DBusMessageIter *iter, GVariant **ret_value)
{
  DBusMessageIter inner;
  const guint8 *bytes = NULL;
  int length = 0;

  dbus_message_iter_recurse (iter, &inner);
  dbus_message_iter_get_fixed_array (&inner, &bytes, &length);
  if (!spend (reader, length))
    return FRAM_VARIANT_TOO_LARGE;
  *ret_value = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, length, 1);
  return FRAM_VARIANT_OK;
}

static FramVariantResult
read_children (Reader *reader, DBusMessageIter *inner, GVariantBuilder *builder)
{
  while (dbus_message_iter_get_arg_type (inner) != DBUS_TYPE_INVALID)
    {
      GVariant *child = NULL;
      FramVariantResult result = read_value (reader, inner, &child);

      if (result != FRAM_VARIANT_OK)
        return result;
      g_variant_builder_add_value (builder, child);
      dbus_message_iter_next (inner);
    }
  return FRAM_VARIANT_OK;
}

/* An empty array has no element to learn its type from, so the type comes from the
 * signature; a struct, a dictionary entry and a variant take theirs from their children. */
static FramVariantResult
read_container (Reader *reader, DBusMessageIter *iter, int type, GVariant **ret_value)
{
  g_auto (GVariantBuilder) builder;
  DBusMessageIter inner;
  FramVariantResult result;

  if (type == DBUS_TYPE_ARRAY)
    {
      char *signature = dbus_message_iter_get_signature (iter);

      g_variant_builder_init (&builder, G_VARIANT_TYPE (signature));
      dbus_free (signature);
    }
  else if (type == DBUS_TYPE_VARIANT)
    g_variant_builder_init (&builder, G_VARIANT_TYPE_VARIANT);
  else if (type == DBUS_TYPE_DICT_ENTRY)
    g_variant_builder_init (&builder, G_VARIANT_TYPE_DICT_ENTRY);
  else
    g_variant_builder_init (&builder, G_VARIANT_TYPE_TUPLE);

  dbus_message_iter_recurse (iter, &inner);
  result = read_children (reader, &inner, &builder);
  if (result == FRAM_VARIANT_OK)
    *ret_value = g_variant_builder_end (&builder);
  return result;
}

/* `ret_value` is floating. */
static FramVariantResult
read_value (Reader *reader, DBusMessageIter *iter, GVariant **ret_value)
{
  int type = dbus_message_iter_get_arg_type (iter);
  FramVariantResult result;

  if (!spend (reader, VALUE_COST))
    return FRAM_VARIANT_TOO_LARGE;
  if (dbus_type_is_basic (type))
    return read_basic (reader, iter, type, ret_value);
  if (type == DBUS_TYPE_ARRAY
      && dbus_message_iter_get_element_type (iter) == DBUS_TYPE_BYTE)
    return read_bytes (reader, iter, ret_value);
  if (!dbus_type_is_container (type))
    return FRAM_VARIANT_NO_TYPE;

  if (reader->depth >= FRAM_VARIANT_MAX_DEPTH)
    return FRAM_VARIANT_TOO_DEEP;
  reader->depth++;
  result = read_container (reader, iter, type, ret_value);
  reader->depth--;
  return result;
}

FramVariantResult
fram_variant_from_message (DBusMessage *message, GVariant **ret_body,
                           GUnixFDList **ret_fds)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_TUPLE);
  g_autoptr (GUnixFDList) fds = NULL;
  Reader reader = { .bytes = FRAM_VARIANT_MAX_BYTES };
  DBusMessageIter iter;
  FramVariantResult result = FRAM_VARIANT_OK;

  if (dbus_message_iter_init (message, &iter))
    result = read_children (&reader, &iter, &builder);
  fds = reader.fds;
  if (result != FRAM_VARIANT_OK)
    return result;

  *ret_body = g_variant_ref_sink (g_variant_builder_end (&builder));
  *ret_fds = g_steal_pointer (&fds);
  return FRAM_VARIANT_OK;
}

const char *
fram_variant_result_to_text (FramVariantResult result)
{
  switch (result)
    {
    case FRAM_VARIANT_OK:
      return "The message can be read";
    case FRAM_VARIANT_NO_TYPE:
      return "The message has a value of a type that D-Bus does not have";
    case FRAM_VARIANT_NO_FD:
      return "The message names a file descriptor that did not come with it";
    case FRAM_VARIANT_TOO_MANY_FDS:
      return "The message has more than " G_STRINGIFY (
          FRAM_VARIANT_MAX_FDS) " file descriptors";
    case FRAM_VARIANT_TOO_LARGE:
      return "The message is too large";
    case FRAM_VARIANT_TOO_DEEP:
      return "The values of the message are nested too deeply";
    }
  g_return_val_if_reached (NULL);
}
