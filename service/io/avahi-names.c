/* Names of this host's addresses: an entry group for each, on the interface that has the
 * address. */
#include "io/avahi-private.h"

#define GROUP "org.freedesktop.Avahi.EntryGroup"

/* As Avahi's headers number them. */
#define ANY_PROTOCOL (-1)
/* draft-ietf-mmusic-mdns-ice-candidates §3.1.1: "SHOULD skip probing of the hostname".  A reverse
 * record would lead from the address to all of its names. */
#define NO_PROBE 2u
#define NO_REVERSE 16u
#define STATE_ESTABLISHED 2
#define STATE_COLLISION 3
#define STATE_FAILURE 4

typedef struct
{
  FramAvahi *avahi;
  FramNameId name;
  char *text;
  FramAddress address;
  gint32 interface;
  char *group; /* an object path; NULL: not yet */
} FramAvahiPublication;

/* What an answer is for. */
typedef struct
{
  FramAvahi *avahi;
  FramNameId name;
} Asked;

static Asked *
asked_new (const FramAvahiPublication *publication)
{
  Asked *asked = g_new0 (Asked, 1);

  *asked = (Asked){ publication->avahi, publication->name };
  return asked;
}

static void
leave_group (FramAvahiPublication *publication)
{
  if (publication->group == NULL)
    return;
  fram_avahi_free_object (publication->avahi, GROUP, publication->group);
  g_hash_table_remove (publication->avahi->groups, publication->group);
  g_clear_pointer (&publication->group, g_free);
}

static void
publication_free (gpointer data)
{
  FramAvahiPublication *publication = data;

  leave_group (publication);
  g_free (publication->text);
  g_free (publication);
}

void
fram_avahi_init_names (FramAvahi *avahi)
{
  avahi->publications = g_hash_table_new_full (NULL, NULL, NULL, publication_free);
  avahi->groups = g_hash_table_new (g_str_hash, g_str_equal);
}

void
fram_avahi_clear_names (FramAvahi *avahi)
{
  g_clear_pointer (&avahi->publications, g_hash_table_unref);
  g_clear_pointer (&avahi->groups, g_hash_table_unref);
}

static void
tell (FramAvahiPublication *publication, gboolean is_published)
{
  FramAvahi *avahi = publication->avahi;

  avahi->listener->published (publication->name, is_published, avahi->user_data);
}

/* --- Asking ------------------------------------------------------------------------ */

/* Return: (nullable): what the answer is for; NULL: that is over. */
static FramAvahiPublication *
find_asked (const Asked *asked, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return NULL;
  return g_hash_table_lookup (asked->avahi->publications, GUINT_TO_POINTER (asked->name));
}

static void
give_up (FramAvahiPublication *publication, const GError *error)
{
  g_debug ("Avahi does not publish a name: %s", error->message);
  leave_group (publication);
  tell (publication, FALSE);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Asked *asked = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  FramAvahiPublication *publication = find_asked (asked, error);

  if (reply == NULL && publication != NULL && publication->group != NULL)
    give_up (publication, error);
}

static void
fill (FramAvahiPublication *publication)
{
  char ip[FRAM_ADDRESS_TEXT];

  fram_avahi_call (publication->avahi, publication->group, GROUP, "AddAddress",
                   g_variant_new ("(iiuss)", publication->interface, ANY_PROTOCOL,
                                  NO_PROBE | NO_REVERSE, publication->text,
                                  fram_address_ip_to_text (&publication->address, ip)),
                   "()", on_done, asked_new (publication));
  fram_avahi_call (publication->avahi, publication->group, GROUP, "Commit", NULL, "()",
                   on_done, asked_new (publication));
}

static void
on_group (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Asked *asked = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  FramAvahiPublication *publication = find_asked (asked, error);
  const char *path;

  if (reply == NULL)
    {
      if (publication != NULL)
        give_up (publication, error);
      return;
    }
  g_variant_get (reply, "(&o)", &path);
  if (publication == NULL)
    {
      fram_avahi_free_object (asked->avahi, GROUP, path);
      return;
    }
  publication->group = g_strdup (path);
  g_hash_table_insert (asked->avahi->groups, publication->group, publication);
  fill (publication);
}

static void
begin (FramAvahiPublication *publication)
{
  fram_avahi_call (publication->avahi, "/", "org.freedesktop.Avahi.Server",
                   "EntryGroupNew", NULL, "(o)", on_group, asked_new (publication));
}

/* --- What becomes of them ---------------------------------------------------------- */

static void
on_state (GDBusConnection *bus, const char *sender, const char *path,
          const char *interface_name, const char *signal, GVariant *arguments,
          gpointer user_data)
{
  FramAvahi *avahi = user_data;
  FramAvahiPublication *publication = g_hash_table_lookup (avahi->groups, path);
  gint32 state;

  if (publication == NULL || !g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(is)")))
    return;
  g_variant_get (arguments, "(is)", &state, NULL);
  if (state == STATE_ESTABLISHED)
    tell (publication, TRUE);
  else if (state == STATE_COLLISION || state == STATE_FAILURE)
    tell (publication, FALSE);
}

void
fram_avahi_begin_names (FramAvahi *avahi)
{
  GHashTableIter iter;
  gpointer publication;

  avahi->subscriptions[1] = fram_avahi_subscribe (avahi, GROUP, "StateChanged", on_state);
  g_hash_table_iter_init (&iter, avahi->publications);
  while (g_hash_table_iter_next (&iter, NULL, &publication))
    begin (publication);
}

void
fram_avahi_end_names (FramAvahi *avahi)
{
  g_autoptr (GList) names = g_hash_table_get_keys (avahi->publications);

  for (GList *l = names; l != NULL; l = l->next)
    {
      FramAvahiPublication *publication
          = g_hash_table_lookup (avahi->publications, l->data);

      if (publication == NULL)
        continue;
      leave_group (publication);
      tell (publication, FALSE);
    }
}

void
fram_avahi_publish (FramAvahi *avahi, FramNameId name, const char *text,
                    const FramAddress *address, guint32 interface)
{
  FramAvahiPublication *publication = g_new0 (FramAvahiPublication, 1);

  publication->avahi = avahi;
  publication->name = name;
  publication->text = g_strdup (text);
  publication->address = *address;
  publication->interface = (gint32) interface;
  g_hash_table_insert (avahi->publications, GUINT_TO_POINTER (name), publication);
  if (avahi->owner != NULL)
    begin (publication);
  else if (avahi->is_known)
    tell (publication, FALSE);
  else
    fram_avahi_need (avahi);
}

void
fram_avahi_forget_name (FramAvahi *avahi, FramNameId name)
{
  g_hash_table_remove (avahi->publications, GUINT_TO_POINTER (name));
}
