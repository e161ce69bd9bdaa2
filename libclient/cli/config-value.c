#include "cli/config-value.h"

static const struct
{
  const char *word;
  gboolean value;
} flags[] = {
  { "true", TRUE },   { "yes", TRUE }, { "on", TRUE },   { "1", TRUE },
  { "false", FALSE }, { "no", FALSE }, { "off", FALSE }, { "0", FALSE },
};

/* A range of ports; from 0 to 0 there are any. */
#define RANGE G_VARIANT_TYPE ("(qq)")
#define ANY "any"

char *
config_value_to_text (GVariant *value)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    {
      g_autofree const char **words = g_variant_get_strv (value, NULL);

      return g_strjoinv (",", (char **) words);
    }
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_variant_dup_string (value, NULL);
  if (g_variant_is_of_type (value, RANGE))
    {
      guint16 first, last;

      g_variant_get (value, "(qq)", &first, &last);
      return first == 0 && last == 0 ? g_strdup (ANY)
                                     : g_strdup_printf ("%u-%u", first, last);
    }
  return g_variant_print (value, FALSE);
}

static GVariant *
parse_flag (const char *text)
{
  for (gsize i = 0; i < G_N_ELEMENTS (flags); i++)
    if (g_ascii_strcasecmp (text, flags[i].word) == 0)
      return g_variant_new_boolean (flags[i].value);
  return NULL;
}

static GVariant *
parse_number (const char *text)
{
  gint64 number;

  if (!g_ascii_string_to_signed (text, 10, G_MININT32, G_MAXINT32, &number, NULL))
    return NULL;
  return g_variant_new_int32 (number);
}

/* Nothing between two commas, or after the last one, is no name. */
static GVariant *
parse_names (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, ",", -1);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  for (guint i = 0; words[i] != NULL; i++)
    if (g_strstrip (words[i])[0] != '\0')
      g_strv_builder_add (names, words[i]);
  list = g_strv_builder_end (names);
  return g_variant_new_strv ((const char *const *) list, -1);
}

static GVariant *
parse_range (const char *text)
{
  g_auto (GStrv) ends = g_strsplit (text, "-", -1);
  guint64 first, last;

  if (g_ascii_strcasecmp (text, ANY) == 0)
    return g_variant_new ("(qq)", 0, 0);
  if (g_strv_length (ends) != 2
      || !g_ascii_string_to_unsigned (g_strstrip (ends[0]), 10, 0, G_MAXUINT16, &first,
                                      NULL)
      || !g_ascii_string_to_unsigned (g_strstrip (ends[1]), 10, 0, G_MAXUINT16, &last,
                                      NULL))
    return NULL;
  return g_variant_new ("(qq)", (guint16) first, (guint16) last);
}

GVariant *
config_value_from_text (const FramSetting *setting, const char *text, GError **error)
{
  const GVariantType *type = g_variant_get_type (setting->value);
  GVariant *value = NULL;

  if (!g_utf8_validate (text, -1, NULL))
    value = NULL;
  else if (g_variant_type_equal (type, G_VARIANT_TYPE_BOOLEAN))
    value = parse_flag (text);
  else if (g_variant_type_equal (type, G_VARIANT_TYPE_INT32))
    value = parse_number (text);
  else if (g_variant_type_equal (type, G_VARIANT_TYPE_STRING_ARRAY))
    value = parse_names (text);
  else if (g_variant_type_equal (type, G_VARIANT_TYPE_STRING))
    value = g_variant_new_string (text);
  else if (g_variant_type_equal (type, RANGE))
    value = parse_range (text);
  else
    /* One of a later service. */
    value = g_variant_parse (type, text, NULL, NULL, NULL);
  if (value != NULL)
    return g_variant_ref_sink (value);
  g_set_error (error, FRAM_ERROR, FRAM_ERROR_INVALID_ARGUMENT,
               "The setting “%s” is %s; not “%s”", setting->name, setting->allowed, text);
  return NULL;
}
