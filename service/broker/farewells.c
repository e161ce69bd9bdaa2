#include "broker/farewells.h"

#include <string.h>

#include "ice/pair.h"
#include "stun/builder.h"
#include "stun/integrity.h"

static void
farewell_free (gpointer data)
{
  FramFarewell *farewell = data;

  fram_hmac_key_clear (&farewell->key);
  g_free (farewell->ufrag);
  g_free (farewell);
}

void
fram_farewells_init (FramFarewells *farewells)
{
  farewells->by_ufrag
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, farewell_free);
  g_queue_init (&farewells->in_order);
  farewells->due.kind = FRAM_DUE_FAREWELL;
}

void
fram_farewells_clear (FramFarewells *farewells)
{
  g_queue_clear (&farewells->in_order);
  g_clear_pointer (&farewells->by_ufrag, g_hash_table_unref);
}

static void
forget (FramFarewells *farewells, FramFarewell *farewell)
{
  g_queue_remove (&farewells->in_order, farewell);
  g_hash_table_remove (farewells->by_ufrag, farewell->ufrag);
}

void
fram_farewells_add (FramFarewells *farewells, const char *ufrag, const char *pwd,
                    FramTime now)
{
  FramFarewell *farewell = g_hash_table_lookup (farewells->by_ufrag, ufrag);

  if (farewell != NULL)
    forget (farewells, farewell);
  if (g_queue_get_length (&farewells->in_order) == FRAM_MAX_FAREWELLS)
    forget (farewells, g_queue_peek_head (&farewells->in_order));
  farewell = g_new0 (FramFarewell, 1);
  farewell->ufrag = g_strdup (ufrag);
  fram_hmac_key_init (&farewell->key, (const guint8 *) pwd, strlen (pwd));
  farewell->until = now + FRAM_CONSENT_LIFETIME;
  g_hash_table_insert (farewells->by_ufrag, farewell->ufrag, farewell);
  g_queue_push_tail (&farewells->in_order, farewell);
}

FramTime
fram_farewells_expire (FramFarewells *farewells, FramTime now)
{
  FramFarewell *oldest;

  while ((oldest = g_queue_peek_head (&farewells->in_order)) != NULL)
    {
      if (oldest->until > now)
        return oldest->until;
      forget (farewells, oldest);
    }
  return FRAM_TIME_NEVER;
}

gsize
fram_farewells_answer (FramFarewells *farewells, const char *ufrag,
                       const FramStunMessage *request, guint8 *buffer, gsize size)
{
  const FramFarewell *farewell = g_hash_table_lookup (farewells->by_ufrag, ufrag);
  FramStunBuilder builder;

  if (farewell == NULL
      || fram_stun_message_check_integrity (request, &farewell->key)
             != FRAM_STUN_INTEGRITY_OK)
    return 0;
  fram_stun_builder_init_response (&builder, buffer, size, FRAM_STUN_ERROR, request);
  fram_stun_builder_add_error (&builder, FRAM_STUN_ERROR_FORBIDDEN,
                               fram_stun_error_to_text (FRAM_STUN_ERROR_FORBIDDEN));
  fram_stun_builder_add_integrity (&builder, &farewell->key);
  fram_stun_builder_add_fingerprint (&builder);
  return fram_stun_builder_end (&builder);
}
