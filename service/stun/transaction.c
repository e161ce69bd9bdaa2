#include "stun/transaction.h"

/* RFC 8489 §6.2.1: the wait doubles after each transmission; the last one is Rm times the
 * first wait. */
static FramTime
wait_after (const FramStunTiming *timing, guint n_sent)
{
  if (timing->reliable)
    return timing->timeout;
  if (n_sent >= timing->count)
    return timing->rto * timing->last_wait;
  return timing->rto << (n_sent - 1);
}

void
fram_stun_transaction_start (FramStunTransaction *transaction,
                             const FramStunTiming *timing, FramRandom *random,
                             FramTime now)
{
  g_assert (timing->reliable
            || (timing->count >= 1 && timing->count <= FRAM_STUN_MAX_TRANSMISSIONS
                && timing->rto > 0 && timing->rto <= FRAM_SECONDS (3600)));

  *transaction = (FramStunTransaction){
    .timing = *timing,
    .started = now,
    .last_sent = now,
    .deadline = now + wait_after (timing, 1),
    .n_sent = 1,
  };
  random->fill (random, transaction->id.bytes, sizeof transaction->id.bytes);
}

FramStunTransactionStep
fram_stun_transaction_advance (FramStunTransaction *transaction, FramTime now)
{
  const FramStunTiming *timing = &transaction->timing;

  if (now < transaction->deadline)
    return FRAM_STUN_TRANSACTION_WAIT;
  if (timing->reliable || transaction->n_sent >= timing->count)
    return FRAM_STUN_TRANSACTION_TIMEOUT;

  transaction->n_sent++;
  transaction->last_sent = now;
  transaction->deadline = now + wait_after (timing, transaction->n_sent);
  return FRAM_STUN_TRANSACTION_SEND;
}

/* The deadline becomes that of the whole transaction, and no transmission is left before
 * it; what was sent is not touched, so that an answer still measures the path. */
void
fram_stun_transaction_cancel (FramStunTransaction *transaction)
{
  FramStunTiming *timing = &transaction->timing;

  if (timing->reliable)
    return;
  for (guint n = transaction->n_sent + 1; n <= timing->count; n++)
    transaction->deadline += wait_after (timing, n);
  timing->count = transaction->n_sent;
}

gboolean
fram_stun_transaction_measure (const FramStunTransaction *transaction, FramTime now,
                               FramTime *ret_rtt)
{
  if (transaction->n_sent != 1)
    return FALSE;
  *ret_rtt = now - transaction->started;
  return TRUE;
}
