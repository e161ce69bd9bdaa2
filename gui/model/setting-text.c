#include "model/setting-text.h"
#include "model/format.h"

#define PORTS ((const GVariantType *) "(qq)")

char *
setting_title (const char *name)
{
  static const struct
  {
    const char *name, *title;
  } known[] = {
    { "linger", "Keep unused sockets (seconds)" },
    { "vpn", "Use VPNs" },
    { "interfaces-allow", "Only these interfaces" },
    { "interfaces-deny", "Never these interfaces" },
    { "history", "Remember sessions" },
    { "nat-probing", "Find out about NATs" },
    { "policy", "Ways that sessions use" },
    { "families", "IP versions" },
    { "port-range", "Ports" },
    { "secrets-file", "Passwords in a file" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (strcmp (known[i].name, name) == 0)
      return g_strdup (known[i].title);
  return format_title (name);
}

const char *const *
setting_choices (const char *name)
{
  static const char *const policies[] = { "all",    "All",
                                          "mdns",   "Names for own addresses",
                                          "nohost", "Hide own addresses",
                                          "relay",  "Relays only",
                                          NULL };
  static const char *const families[]
      = { "both", "IPv4 and IPv6", "ipv4", "IPv4 only", "ipv6", "IPv6 only", NULL };

  if (strcmp (name, "policy") == 0)
    return policies;
  return strcmp (name, "families") == 0 ? families : NULL;
}

char *
setting_to_text (GVariant *value)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_variant_dup_string (value, NULL);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    {
      g_autofree const char **words = g_variant_get_strv (value, NULL);

      return g_strjoinv (", ", (char **) words);
    }
  if (g_variant_is_of_type (value, PORTS))
    {
      guint16 first, last;

      g_variant_get (value, "(qq)", &first, &last);
      return last == 0 ? g_strdup ("") : g_strdup_printf ("%u-%u", first, last);
    }
  return g_variant_print (value, FALSE);
}

static GVariant *
words_from_text (const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text, ", ", -1);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      g_variant_builder_add (&builder, "s", words[i]);
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static gboolean
is_port (const char *text, guint64 *ret_port)
{
  g_autofree char *digits = g_strstrip (g_strdup (text));

  return g_ascii_string_to_unsigned (digits, 10, 1, 65535, ret_port, NULL);
}

/* Nothing is any port. */
static GVariant *
ports_from_text (const char *text)
{
  g_auto (GStrv) ends = g_strsplit (text, "-", 2);
  guint64 first = 0, last = 0;

  if (*text != '\0'
      && (g_strv_length (ends) != 2 || !is_port (ends[0], &first)
          || !is_port (ends[1], &last)))
    return NULL;
  return g_variant_ref_sink (g_variant_new ("(qq)", (guint16) first, (guint16) last));
}

GVariant *
setting_from_text (const char *text, const GVariantType *type)
{
  if (g_variant_type_equal (type, G_VARIANT_TYPE_STRING))
    return g_variant_ref_sink (g_variant_new_string (text));
  if (g_variant_type_equal (type, G_VARIANT_TYPE_STRING_ARRAY))
    return words_from_text (text);
  if (g_variant_type_equal (type, PORTS))
    return ports_from_text (text);
  return g_variant_parse (type, text, NULL, NULL, NULL);
}
