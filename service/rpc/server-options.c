/* One line for each key.  The table is what the XML documents; a key that is not in it is
 * refused, so that a misspelt option is not silently without effect. */
#include "rpc/server-options.h"

#include "store/settings-keys.h"

typedef gboolean (*OptionReader) (FramServerOptions *options, GVariant *value,
                                  GError **error);

typedef struct
{
  const char *key;
  const char *type;
  FramServerField field; /* 0: it is none */
  gboolean for_test;
  OptionReader read;
} Option;

static gboolean invalid (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
invalid (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error,
                     g_error_new_valist (FRAM_SETTINGS_ERROR, FRAM_SETTINGS_ERROR_INVALID,
                                         format, arguments));
  va_end (arguments);
  return FALSE;
}

static gboolean
read_uri (FramServerOptions *options, GVariant *value, GError **error)
{
  options->fields.uri = g_variant_get_string (value, NULL);
  return TRUE;
}

static gboolean
read_name (FramServerOptions *options, GVariant *value, GError **error)
{
  options->fields.name = g_variant_get_string (value, NULL);
  return TRUE;
}

static gboolean
read_enabled (FramServerOptions *options, GVariant *value, GError **error)
{
  options->fields.enabled = g_variant_get_boolean (value);
  return TRUE;
}

static gboolean
read_credential (FramServerOptions *options, GVariant *value, GError **error)
{
  const char *word = g_variant_get_string (value, NULL);

  return fram_credential_kind_from_word (word, &options->fields.credential)
         || invalid (error, "Option “credential” is “none”, “long-term” or "
                            "“shared-secret”");
}

static gboolean
read_username (FramServerOptions *options, GVariant *value, GError **error)
{
  options->fields.username = g_variant_get_string (value, NULL);
  return TRUE;
}

static gboolean
read_authority (FramServerOptions *options, GVariant *value, GError **error)
{
  options->fields.authority = g_variant_get_string (value, NULL);
  return TRUE;
}

static gboolean
read_position (FramServerOptions *options, GVariant *value, GError **error)
{
  options->fields.position = g_variant_get_uint32 (value);
  return options->fields.position < FRAM_SERVERS_MAX
         || invalid (error, "Option “position” is 0 to %d", FRAM_SERVERS_MAX - 1);
}

static gboolean
read_secret (FramServerOptions *options, GVariant *value, GError **error)
{
  options->secret_handle = g_variant_get_handle (value);
  return TRUE;
}

static const Option option_table[] = {
  { "uri", "s", FRAM_SERVER_URI, TRUE, read_uri },
  { "name", "s", FRAM_SERVER_NAME, FALSE, read_name },
  { "enabled", "b", FRAM_SERVER_ENABLED, FALSE, read_enabled },
  { "credential", "s", FRAM_SERVER_CREDENTIAL, TRUE, read_credential },
  { "username", "s", FRAM_SERVER_USERNAME, TRUE, read_username },
  { "authority", "s", FRAM_SERVER_AUTHORITY, TRUE, read_authority },
  { "position", "u", FRAM_SERVER_POSITION, FALSE, read_position },
  { "secret", "h", 0, TRUE, read_secret },
};

static const Option *
find_option (const char *key, FramServerOptionsUse use)
{
  for (guint i = 0; i < G_N_ELEMENTS (option_table); i++)
    {
      const Option *option = &option_table[i];

      if (g_str_equal (option->key, key))
        return (use == FRAM_SERVER_OPTIONS_FOR_TEST ? option->for_test
                                                    : option->field != 0)
                   ? option
                   : NULL;
    }
  return NULL;
}

static gboolean
read_option (FramServerOptions *options, FramServerOptionsUse use, const char *key,
             GVariant *value, GError **error)
{
  const Option *option = find_option (key, use);

  if (option == NULL)
    return invalid (error, "There is no option “%.80s”", key);
  if ((options->fields.which & option->field) != 0
      || (option->field == 0 && options->secret_handle >= 0))
    return invalid (error, "Option “%s” is given twice", key);
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE (option->type)))
    return invalid (error, "Option “%s” is of type “%s”, not “%s”", key, option->type,
                    g_variant_get_type_string (value));
  options->fields.which |= option->field;
  return option->read (options, value, error);
}

gboolean
fram_server_options_read (GVariant *options, FramServerOptionsUse use,
                          FramServerOptions *ret_options, GError **error)
{
  GVariantIter iter;
  const char *key;
  GVariant *inner;

  *ret_options = (FramServerOptions){ .secret_handle = -1 };
  /* Made one block of bytes, so that the strings of all values live as long as it does. */
  ret_options->source = g_variant_ref (options);
  g_variant_get_data (ret_options->source);
  g_variant_iter_init (&iter, options);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &inner))
    {
      g_autoptr (GVariant) value = inner;

      if (!read_option (ret_options, use, key, value, error))
        {
          fram_server_options_clear (ret_options);
          return FALSE;
        }
    }
  return TRUE;
}

void
fram_server_options_clear (FramServerOptions *options)
{
  g_clear_pointer (&options->source, g_variant_unref);
}
