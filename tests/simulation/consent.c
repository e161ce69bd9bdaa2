#include "consent.h"

#include "stun/message.h"

/* RFC 7675 §5.1 */
#define LIFETIME FRAM_SECONDS (30)

typedef struct
{
  FramTime got, given; /* -LIFETIME: never */
} Answers;

typedef struct
{
  SimTuple tuple;
  char *key; /* of its proof */
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_free (question->key);
  g_free (question);
}

void
sim_consent_init (SimConsent *consent)
{
  consent->answers
      = g_hash_table_new_full (sim_tuple_hash, sim_tuple_equal, g_free, g_free);
  consent->questions = g_hash_table_new_full (fram_stun_id_hash, fram_stun_id_equal,
                                              g_free, question_free);
  consent->proofs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  consent->usernames = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  consent->newest = g_hash_table_new_full (NULL, NULL, NULL, g_free);
}

void
sim_consent_clear (SimConsent *consent)
{
  g_hash_table_unref (consent->answers);
  g_hash_table_unref (consent->questions);
  g_hash_table_unref (consent->proofs);
  g_hash_table_unref (consent->usernames);
  g_hash_table_unref (consent->newest);
}

static void
prove (SimConsent *consent, const SimTuple *tuple, const FramStunId *id, FramTime now)
{
  Question *question = g_hash_table_lookup (consent->questions, id);

  /* RFC 8445 §7.2.5.2.1: it is one if it comes back the same way. */
  if (question == NULL || !sim_tuple_equal (&question->tuple, tuple))
    return;
  g_hash_table_insert (consent->proofs, g_steal_pointer (&question->key),
                       g_memdup2 (&now, sizeof now));
  g_hash_table_remove (consent->questions, id);
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
    {
      answers->got = now;
      prove (consent, tuple, &message.id, now);
    }
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

/* --- Former generations ------------------------------------------------------------ */

static gboolean
has_newer (SimConsent *consent, FramSessionId session, const char *username)
{
  gpointer id = GUINT_TO_POINTER (session);

  if (g_hash_table_add (consent->usernames, g_strdup (username)))
    g_hash_table_insert (consent->newest, id, g_strdup (username));
  return g_strcmp0 (g_hash_table_lookup (consent->newest, id), username) != 0;
}

gboolean
sim_consent_is_former (SimConsent *consent, FramSessionId session, const SimTuple *tuple,
                       const guint8 *data, gsize length, FramTime now)
{
  char remote[FRAM_ADDRESS_TEXT];
  g_autofree char *username = NULL;
  FramStunMessage message;
  Question *question;
  const FramTime *proof;
  const char *text;
  gsize text_length;

  if (fram_stun_message_parse (&message, data, length) != FRAM_STUN_PARSE_OK
      || message.klass != FRAM_STUN_REQUEST || message.method != FRAM_STUN_BINDING
      || !fram_stun_message_get_text (&message, FRAM_STUN_ATTR_USERNAME, &text,
                                      &text_length))
    return FALSE;
  username = g_strndup (text, text_length);
  question = g_new0 (Question, 1);
  question->tuple = *tuple;
  question->key = g_strdup_printf (
      "%u %s %s", tuple->base, fram_address_to_text (&tuple->remote, remote), username);
  g_hash_table_insert (consent->questions, g_memdup2 (&message.id, sizeof message.id),
                       question);
  proof = g_hash_table_lookup (consent->proofs, question->key);
  return has_newer (consent, session, username) && proof != NULL
         && now - *proof <= LIFETIME;
}
