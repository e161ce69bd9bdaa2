#include "cli/report-mask.h"

#include <gio/gio.h>
#include <string.h>

/* What may be an address; whether it is one is looked at then. */
#define IPV4 "\\d{1,3}(?:\\.\\d{1,3}){3}"
#define IPV6 "(?:[0-9a-fA-F]{0,4}:){2,7}(?:" IPV4 "|[0-9a-fA-F]{0,4})"
#define PATTERN                                                                          \
  "(?<![0-9a-fA-F:])" IPV6 "(?![0-9a-fA-F:])|(?<!\\d)(?<!\\d\\.)" IPV4 "(?!\\d|\\.\\d)"

struct _ReportMask
{
  GRegex *regex;
  GHashTable *names;   /* what is private -> its name */
  GHashTable *counted; /* kind -> how many there are */
};

ReportMask *
report_mask_new (void)
{
  ReportMask *mask = g_new0 (ReportMask, 1);

  mask->regex = g_regex_new (PATTERN, G_REGEX_OPTIMIZE, 0, NULL);
  mask->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  mask->counted = g_hash_table_new (g_str_hash, g_str_equal);
  return mask;
}

void
report_mask_free (ReportMask *mask)
{
  g_regex_unref (mask->regex);
  g_hash_table_unref (mask->names);
  g_hash_table_unref (mask->counted);
  g_free (mask);
}

/* `kind` is a literal.  Return: (transfer none): the same for the same text. */
static const char *
name_of (ReportMask *mask, const char *kind, const char *text)
{
  g_autofree char *key = g_strconcat (kind, " ", text, NULL);
  const char *known = g_hash_table_lookup (mask->names, key);
  guint n;
  char *name;

  if (known != NULL)
    return known;
  n = GPOINTER_TO_UINT (g_hash_table_lookup (mask->counted, kind)) + 1;
  g_hash_table_insert (mask->counted, (char *) kind, GUINT_TO_POINTER (n));
  name = g_strdup_printf ("%s-%u", kind, n);
  g_hash_table_insert (mask->names, g_steal_pointer (&key), name);
  return name;
}

/* --- Addresses --------------------------------------------------------------------- */

/* RFC 1918, RFC 6598, RFC 4193: that much is worth to be told. */
static gboolean
is_private (GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6)
    return (bytes[0] & 0xfe) == 0xfc;
  return bytes[0] == 10 || (bytes[0] == 172 && (bytes[1] & 0xf0) == 16)
         || (bytes[0] == 192 && bytes[1] == 168)
         || (bytes[0] == 100 && (bytes[1] & 0xc0) == 64);
}

static const char *
kind_of (GInetAddress *address)
{
  gboolean ipv6 = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;

  if (g_inet_address_get_is_link_local (address))
    return ipv6 ? "link-local-ipv6" : "link-local-ipv4";
  if (is_private (address))
    return ipv6 ? "private-ipv6" : "private-ipv4";
  return ipv6 ? "public-ipv6" : "public-ipv4";
}

static gboolean
replace (const GMatchInfo *match, GString *result, gpointer user_data)
{
  ReportMask *mask = user_data;
  g_autofree char *text = g_match_info_fetch (match, 0);
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);
  g_autofree char *canonical = NULL;

  if (address == NULL || g_inet_address_get_is_loopback (address)
      || g_inet_address_get_is_any (address))
    {
      g_string_append (result, text);
      return FALSE;
    }
  canonical = g_inet_address_to_string (address);
  g_string_append (result, name_of (mask, kind_of (address), canonical));
  return FALSE;
}

/* Paths name the user. */
static char *
without_home (const char *text)
{
  const char *home = g_get_home_dir ();
  GString *rest = g_string_new (text);

  if (home != NULL && strlen (home) > 1)
    g_string_replace (rest, home, "~", 0);
  return g_string_free (rest, FALSE);
}

char *
report_mask_text (ReportMask *mask, const char *text)
{
  g_autofree char *anywhere = without_home (text);
  char *masked
      = g_regex_replace_eval (mask->regex, anywhere, -1, 0, 0, replace, mask, NULL);

  /* What cannot be looked at is not shown. */
  return masked != NULL ? masked : g_strdup ("masked");
}

/* --- Values ------------------------------------------------------------------------ */

static const char *
private_kind (const char *key)
{
  static const char *const kinds[] = { "label", "username", "network-name" };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i], key))
      return kinds[i];
  return NULL;
}

/* Return: (transfer floating): NULL: it is not private as a whole. */
static GVariant *
mask_entry (ReportMask *mask, GVariant *entry)
{
  g_autoptr (GVariant) value = NULL;
  const char *key, *kind, *text;

  if (!g_variant_is_of_type (entry, G_VARIANT_TYPE ("{sv}")))
    return NULL;
  g_variant_get (entry, "{&sv}", &key, &value);
  kind = private_kind (key);
  if (kind == NULL || !g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return NULL;
  text = g_variant_get_string (value, NULL);
  return g_variant_new (
      "{sv}", key,
      g_variant_new_string (*text != '\0' ? name_of (mask, kind, text) : ""));
}

GVariant *
report_mask_variant (ReportMask *mask, GVariant *value)
{
  GVariant *entry = mask_entry (mask, value);
  GVariantBuilder builder;
  GVariantIter iter;
  GVariant *child;

  if (entry != NULL)
    return entry;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_variant_new_take_string (
        report_mask_text (mask, g_variant_get_string (value, NULL)));
  if (!g_variant_is_container (value))
    return g_variant_ref (value);
  g_variant_builder_init (&builder, g_variant_get_type (value));
  g_variant_iter_init (&iter, value);
  while ((child = g_variant_iter_next_value (&iter)) != NULL)
    {
      GVariant *masked = report_mask_variant (mask, child);

      g_variant_builder_add_value (&builder, masked);
      if (!g_variant_is_container (child)
          && !g_variant_is_of_type (child, G_VARIANT_TYPE_STRING))
        g_variant_unref (masked);
      g_variant_unref (child);
    }
  return g_variant_builder_end (&builder);
}
