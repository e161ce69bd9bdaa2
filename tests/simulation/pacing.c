#include "pacing.h"

#include "stun/message.h"

void
sim_pacing_init (SimPacing *pacing)
{
  pacing->last = -1;
  pacing->requests
      = g_hash_table_new_full (fram_stun_id_hash, fram_stun_id_equal, g_free, NULL);
}

void
sim_pacing_clear (SimPacing *pacing)
{
  g_clear_pointer (&pacing->requests, g_hash_table_unref);
}

SimPacingResult
sim_pacing_transmit (SimPacing *pacing, const guint8 *data, gsize length, guint most,
                     SimPacingManner manner, FramTime now, FramTime *ret_gap)
{
  FramStunMessage message;
  guint n;

  if (fram_stun_message_parse (&message, data, length) != FRAM_STUN_PARSE_OK)
    return SIM_PACING_NOT_STUN;
  if (message.klass != FRAM_STUN_REQUEST)
    return SIM_PACING_OK;

  n = GPOINTER_TO_UINT (g_hash_table_lookup (pacing->requests, &message.id)) + 1;
  g_hash_table_insert (pacing->requests, g_memdup2 (&message.id, sizeof message.id),
                       GUINT_TO_POINTER (n));
  if (n > 1)
    return n > most ? SIM_PACING_TOO_OFTEN : SIM_PACING_OK;

  /* RFC 8445 §14.2 speaks of checks and of gathering: what keeps a relay does not wait, nor
   * does the proof that its server asked for. */
  if (message.method != FRAM_STUN_BINDING
      && (message.method != FRAM_STUN_ALLOCATE || message.integrity != 0))
    return SIM_PACING_OK;
  if (manner == SIM_PACING_FREE)
    return SIM_PACING_OK;
  if (manner == SIM_PACING_SETTLED
      && !fram_stun_message_has (&message, FRAM_STUN_ATTR_USE_CANDIDATE))
    return SIM_PACING_OK;
  if (pacing->last >= 0 && now - pacing->last < SIM_PACING_GAP)
    {
      *ret_gap = now - pacing->last;
      return SIM_PACING_TOO_CLOSE;
    }
  pacing->last = now;
  return SIM_PACING_OK;
}
