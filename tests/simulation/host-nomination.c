/* Peers that nominate with all of their checks: what the agent sends in the controlling role gets
 * USE-CANDIDATE on its way out of the host.  (RFC 5245 §8.1.1.2)
 *
 * What goes by a relay is left as it is: it is inside of other messages there. */
#include <string.h>

#include "host-private.h"
#include "stun/builder.h"

GHashTable *
sim_host_eager_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

void
sim_host_nominate_early (SimHost *host, const FramDescription *peer)
{
  g_hash_table_insert (host->eager, g_strdup (peer->ufrag), g_strdup (peer->pwd));
}

/* The password of whom the check goes to; NULL: its sender is none of those. */
static const char *
find_password (const SimHost *host, const FramStunMessage *check)
{
  const char *text, *colon;
  gsize length;

  if (check->klass != FRAM_STUN_REQUEST || check->method != FRAM_STUN_BINDING
      || !fram_stun_message_has (check, FRAM_STUN_ATTR_ICE_CONTROLLING)
      || fram_stun_message_has (check, FRAM_STUN_ATTR_USE_CANDIDATE)
      || !fram_stun_message_get_text (check, FRAM_STUN_ATTR_USERNAME, &text, &length))
    return NULL;
  colon = memchr (text, ':', length);
  if (colon == NULL)
    return NULL;
  {
    g_autofree char *ufrag = g_strndup (text, (gsize) (colon - text));

    return g_hash_table_lookup (host->eager, ufrag);
  }
}

gsize
sim_host_add_nomination (SimHost *host, const guint8 *data, gsize length, guint8 *buffer,
                         gsize size)
{
  FramStunMessage check;
  FramStunAttribute attribute;
  FramStunBuilder builder;
  FramHmacKey key;
  guint16 position = 0;
  const char *pwd;

  if (g_hash_table_size (host->eager) == 0
      || fram_stun_message_parse (&check, data, length) != FRAM_STUN_PARSE_OK)
    return 0;
  pwd = find_password (host, &check);
  if (pwd == NULL)
    return 0;
  fram_stun_builder_init (&builder, buffer, size, FRAM_STUN_REQUEST, FRAM_STUN_BINDING,
                          &check.id);
  while (fram_stun_message_next (&check, &position, &attribute))
    if (attribute.type != FRAM_STUN_ATTR_MESSAGE_INTEGRITY
        && attribute.type != FRAM_STUN_ATTR_FINGERPRINT)
      fram_stun_builder_add (&builder, attribute.type, attribute.value, attribute.length);
  fram_stun_builder_add_flag (&builder, FRAM_STUN_ATTR_USE_CANDIDATE);
  fram_hmac_key_init (&key, (const guint8 *) pwd, strlen (pwd));
  fram_stun_builder_add_integrity (&builder, &key);
  fram_hmac_key_clear (&key);
  fram_stun_builder_add_fingerprint (&builder);
  sim_journal_count (host->context->journal, SIM_NOMINATED_EARLY);
  return fram_stun_builder_end (&builder);
}
