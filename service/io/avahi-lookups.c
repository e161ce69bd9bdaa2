/* Names are resolved by their records, not by Avahi's HostNameResolver: that one tells the first
 * address, and not whether there are more. */
#include <string.h>

#include "io/avahi-private.h"

#define BROWSER "org.freedesktop.Avahi.RecordBrowser"

/* As Avahi's headers and RFC 1035 §3.2 number them. */
#define ANY (-1)
#define BY_MULTICAST 2u
#define CLASS_IN 1u
#define TYPE_A 1u
#define TYPE_AAAA 28u

static const guint16 types[] = { TYPE_A, TYPE_AAAA };

typedef struct
{
  FramAvahi *avahi;
  FramNameId name;
  char *text;
  char *browsers[G_N_ELEMENTS (types)]; /* object paths; NULL: not yet */
  FramAddress addresses[FRAM_AVAHI_MAX_ADDRESSES];
  guint n_addresses;
  GSource *grace; /* NULL: nothing was found */
} FramAvahiLookup;

/* A browser that was asked for. */
typedef struct
{
  FramAvahi *avahi;
  FramNameId name;
  guint type;
} Asked;

static void
lookup_free (gpointer data)
{
  FramAvahiLookup *lookup = data;

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (lookup->browsers[i] != NULL)
      {
        fram_avahi_free_object (lookup->avahi, BROWSER, lookup->browsers[i]);
        g_hash_table_remove (lookup->avahi->browsers, lookup->browsers[i]);
        g_free (lookup->browsers[i]);
      }
  if (lookup->grace != NULL)
    {
      g_source_destroy (lookup->grace);
      g_source_unref (lookup->grace);
    }
  g_free (lookup->text);
  g_free (lookup);
}

void
fram_avahi_init_lookups (FramAvahi *avahi)
{
  avahi->lookups = g_hash_table_new_full (NULL, NULL, NULL, lookup_free);
  avahi->browsers = g_hash_table_new (g_str_hash, g_str_equal);
}

void
fram_avahi_clear_lookups (FramAvahi *avahi)
{
  g_clear_pointer (&avahi->lookups, g_hash_table_unref);
  g_clear_pointer (&avahi->browsers, g_hash_table_unref);
}

static void
conclude (FramAvahiLookup *lookup)
{
  FramAddress addresses[FRAM_AVAHI_MAX_ADDRESSES];
  FramAvahi *avahi = lookup->avahi;
  guint n = lookup->n_addresses;
  FramNameId name = lookup->name;

  memcpy (addresses, lookup->addresses, sizeof addresses);
  g_hash_table_remove (avahi->lookups, GUINT_TO_POINTER (name));
  avahi->listener->resolved (name, addresses, n, avahi->user_data);
}

/* --- Records ----------------------------------------------------------------------- */

static gboolean
read_address (FramAddress *ret_address, guint type, gint interface, const guint8 *data,
              gsize length)
{
  if (type == TYPE_A && length == 4)
    {
      fram_address_init_ipv4 (ret_address,
                              (guint32) data[0] << 24 | (guint32) data[1] << 16
                                  | (guint32) data[2] << 8 | data[3],
                              0);
      return TRUE;
    }
  if (type != TYPE_AAAA || length != 16)
    return FALSE;
  fram_address_init_ipv6 (ret_address, data, 0);
  if (ret_address->family == FRAM_FAMILY_IPV6 && fram_address_is_link_local (ret_address))
    ret_address->scope = (guint32) MAX (interface, 0);
  return TRUE;
}

static gboolean
on_grace_over (gpointer user_data)
{
  conclude (user_data);
  return G_SOURCE_REMOVE;
}

/* One address may be told by each interface that leads to it. */
static void
take_address (FramAvahiLookup *lookup, const FramAddress *address)
{
  for (guint i = 0; i < lookup->n_addresses; i++)
    if (fram_address_equal_ip (&lookup->addresses[i], address))
      return;
  lookup->addresses[lookup->n_addresses++] = *address;
  if (lookup->n_addresses == FRAM_AVAHI_MAX_ADDRESSES)
    {
      conclude (lookup);
      return;
    }
  lookup->grace = g_timeout_source_new (FRAM_AVAHI_GRACE / FRAM_MILLISECONDS (1));
  g_source_set_callback (lookup->grace, on_grace_over, lookup, NULL);
  g_source_attach (lookup->grace, lookup->avahi->context);
}

static void
on_item (GDBusConnection *bus, const char *sender, const char *path,
         const char *interface_name, const char *signal, GVariant *arguments,
         gpointer user_data)
{
  FramAvahi *avahi = user_data;
  FramAvahiLookup *lookup = g_hash_table_lookup (avahi->browsers, path);
  g_autoptr (GVariant) bytes = NULL;
  FramAddress address;
  const guint8 *data;
  gint32 interface;
  guint16 type;
  gsize length;

  if (lookup == NULL || !g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(iisqqayu)")))
    return;
  g_variant_get (arguments, "(iisqq@ayu)", &interface, NULL, NULL, NULL, &type, &bytes,
                 NULL);
  data = g_variant_get_fixed_array (bytes, &length, 1);
  if (read_address (&address, type, interface, data, length))
    take_address (lookup, &address);
}

/* --- Asking ------------------------------------------------------------------------ */

/* It may be forgotten by now. */
static void
on_browser (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Asked *asked = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  FramAvahiLookup *lookup;
  const char *path;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  lookup = g_hash_table_lookup (asked->avahi->lookups, GUINT_TO_POINTER (asked->name));
  if (reply == NULL)
    {
      if (lookup != NULL)
        conclude (lookup);
      return;
    }
  g_variant_get (reply, "(&o)", &path);
  if (lookup == NULL)
    {
      fram_avahi_free_object (asked->avahi, BROWSER, path);
      return;
    }
  lookup->browsers[asked->type] = g_strdup (path);
  g_hash_table_insert (asked->avahi->browsers, lookup->browsers[asked->type], lookup);
}

static void
begin (FramAvahiLookup *lookup)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      Asked *asked = g_new0 (Asked, 1);

      *asked = (Asked){ lookup->avahi, lookup->name, i };
      fram_avahi_call (lookup->avahi, "/", "org.freedesktop.Avahi.Server",
                       "RecordBrowserNew",
                       g_variant_new ("(iisqqu)", ANY, ANY, lookup->text, CLASS_IN,
                                      types[i], BY_MULTICAST),
                       "(o)", on_browser, asked);
    }
}

void
fram_avahi_begin_lookups (FramAvahi *avahi)
{
  GHashTableIter iter;
  gpointer lookup;

  avahi->subscriptions[0] = fram_avahi_subscribe (avahi, BROWSER, "ItemNew", on_item);
  g_hash_table_iter_init (&iter, avahi->lookups);
  while (g_hash_table_iter_next (&iter, NULL, &lookup))
    begin (lookup);
}

void
fram_avahi_end_lookups (FramAvahi *avahi)
{
  g_autoptr (GList) names = g_hash_table_get_keys (avahi->lookups);

  for (GList *l = names; l != NULL; l = l->next)
    {
      FramAvahiLookup *lookup = g_hash_table_lookup (avahi->lookups, l->data);

      if (lookup == NULL)
        continue;
      lookup->n_addresses = 0;
      conclude (lookup);
    }
}

void
fram_avahi_resolve (FramAvahi *avahi, FramNameId name, const char *text)
{
  FramAvahiLookup *lookup = g_new0 (FramAvahiLookup, 1);

  lookup->avahi = avahi;
  lookup->name = name;
  lookup->text = g_strdup (text);
  g_hash_table_insert (avahi->lookups, GUINT_TO_POINTER (name), lookup);
  if (avahi->owner != NULL)
    begin (lookup);
  else if (avahi->is_known)
    conclude (lookup);
  else
    fram_avahi_need (avahi);
}

void
fram_avahi_forget_lookup (FramAvahi *avahi, FramNameId name)
{
  g_hash_table_remove (avahi->lookups, GUINT_TO_POINTER (name));
}
