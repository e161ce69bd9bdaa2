#include "consent.h"

#include "stun/message.h"

/* RFC 7675 §5.1 */
#define LIFETIME FRAM_SECONDS (30)

typedef struct
{
  FramTime got, given; /* -LIFETIME: never */
} Answers;

void
sim_consent_init (SimConsent *consent)
{
  consent->answers
      = g_hash_table_new_full (sim_tuple_hash, sim_tuple_equal, g_free, g_free);
}

void
sim_consent_clear (SimConsent *consent)
{
  g_hash_table_unref (consent->answers);
}

void
sim_consent_note (SimConsent *consent, const SimTuple *tuple, const guint8 *data,
                  gsize length, gboolean is_sent, FramTime now)
{
  FramStunMessage message;
  Answers *answers;

  if (fram_stun_message_parse (&message, data, length) != FRAM_STUN_PARSE_OK
      || message.klass != FRAM_STUN_SUCCESS || message.method != FRAM_STUN_BINDING)
    return;
  answers = g_hash_table_lookup (consent->answers, tuple);
  if (answers == NULL)
    {
      answers = g_new0 (Answers, 1);
      answers->got = answers->given = -LIFETIME - 1;
      g_hash_table_insert (consent->answers, g_memdup2 (tuple, sizeof *tuple), answers);
    }
  if (is_sent)
    answers->given = now;
  else
    answers->got = now;
}

gboolean
sim_consent_may_send (const SimConsent *consent, const SimTuple *tuple, FramTime slack,
                      FramTime now)
{
  const Answers *answers = g_hash_table_lookup (consent->answers, tuple);

  return answers != NULL && now - answers->got <= LIFETIME + slack;
}

gboolean
sim_consent_may_take (const SimConsent *consent, const SimTuple *tuple, FramTime slack,
                      FramTime now)
{
  const Answers *answers = g_hash_table_lookup (consent->answers, tuple);

  return answers != NULL && now - MAX (answers->got, answers->given) <= LIFETIME + slack;
}
