#include "turn-script.h"

#include <stdlib.h>
#include <string.h>

typedef struct
{
  const char *word;
  guint value;
} Word;

static const Word manners[] = {
  { "well", TURN_SERVER_WELL },           { "trusting", TURN_SERVER_TRUSTING },
  { "sha256", TURN_SERVER_SHA256 },       { "anonymous", TURN_SERVER_ANONYMOUS },
  { "bids-down", TURN_SERVER_BIDS_DOWN }, { "forgetful", TURN_SERVER_FORGETFUL },
  { "unsigned", TURN_SERVER_UNSIGNED },   { "bare-errors", TURN_SERVER_BARE_ERRORS },
  { "silent", TURN_SERVER_SILENT },       { "no-lifetime", TURN_SERVER_NO_LIFETIME },
  { "no-df", TURN_SERVER_NO_DF },         { "mobile", TURN_SERVER_MOBILE },
  { "no-moving", TURN_SERVER_NO_MOVING },
};

static const Word methods[] = {
  { "allocate", FRAM_STUN_ALLOCATE },
  { "refresh", FRAM_STUN_REFRESH },
  { "permission", FRAM_STUN_CREATE_PERMISSION },
  { "channel", FRAM_STUN_CHANNEL_BIND },
  { "connect", FRAM_STUN_CONNECT },
  { "connection", FRAM_STUN_CONNECTION_BIND },
};

static const Word answers[] = {
  { "true", TURN_ANSWERS_TRUE },
  { "foreign", TURN_ANSWERS_FOREIGN },
  { "garbled", TURN_ANSWERS_GARBLED },
};

static const Word *
find_word (const Word *words, gsize n_words, const char *word)
{
  for (gsize i = 0; i < n_words; i++)
    if (strcmp (words[i].word, word) == 0)
      return &words[i];
  return NULL;
}

/* METHOD:CODE[:TIMES] */
static gboolean
read_refusal (TurnServerRefusal *refusal, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 3);
  const Word *method;

  if (parts[0] == NULL || parts[1] == NULL)
    return FALSE;
  method = find_word (methods, G_N_ELEMENTS (methods), parts[0]);
  if (method == NULL)
    return FALSE;
  refusal->method = (guint16) method->value;
  refusal->code = (guint) atoi (parts[1]);
  refusal->times = parts[2] != NULL ? (guint) atoi (parts[2]) : 0;
  return TRUE;
}

static gboolean
read_answers (TurnScript *script, const char *text)
{
  const Word *word = find_word (answers, G_N_ELEMENTS (answers), text);

  if (word != NULL)
    script->answers = word->value;
  return word != NULL;
}

static gboolean
read_text (char **text, const char *value)
{
  g_free (*text);
  *text = g_strdup (value);
  return TRUE;
}

static gboolean
read_number (guint32 *number, const char *value)
{
  *number = (guint32) atoi (value);
  return TRUE;
}

static gboolean
set (TurnScript *script, const char *name, const char *value)
{
  if (strcmp (name, "user") == 0)
    return read_text (&script->username, value);
  if (strcmp (name, "password") == 0)
    return read_text (&script->password, value);
  if (strcmp (name, "realm") == 0)
    return read_text (&script->realm, value);
  if (strcmp (name, "lifetime") == 0)
    return read_number (&script->lifetime, value);
  if (strcmp (name, "silent-after") == 0)
    return read_number (&script->silent_after, value);
  if (strcmp (name, "stale-after") == 0)
    return read_number (&script->stale_after, value);
  if (strcmp (name, "refuse") == 0)
    return read_refusal (&script->refusal, value);
  if (strcmp (name, "refuse-peer") == 0)
    return fram_address_parse_ip (&script->refusal.peer, value, 0);
  if (strcmp (name, "alternate") == 0)
    return fram_address_parse (&script->refusal.alternate, value);
  if (strcmp (name, "relayed") == 0)
    return fram_address_parse (&script->relayed, value);
  if (strcmp (name, "answers") == 0)
    return read_answers (script, value);
  return FALSE;
}

gboolean
turn_script_obey (TurnScript *script, const char *word)
{
  g_auto (GStrv) parts = g_strsplit (word, "=", 2);
  const Word *manner = find_word (manners, G_N_ELEMENTS (manners), word);

  if (manner != NULL)
    script->manner = manner->value == 0 ? 0 : script->manner | manner->value;
  else if (strcmp (word, "loses-data") == 0)
    script->loses_data = TRUE;
  else if (strcmp (word, "in-pieces") == 0)
    script->in_pieces = TRUE;
  else
    return parts[0] != NULL && parts[1] != NULL && set (script, parts[0], parts[1]);
  return TRUE;
}

void
turn_script_clear (TurnScript *script)
{
  g_free (script->username);
  g_free (script->password);
  g_free (script->realm);
}

void
turn_script_apply (const TurnScript *script, TurnServer *server)
{
  server->manner = script->manner;
  server->refusal = script->refusal;
  if (script->username != NULL)
    server->username = script->username;
  if (script->password != NULL)
    server->password = script->password;
  if (script->realm != NULL)
    server->realm = script->realm;
  if (script->lifetime > 0)
    server->lifetime = script->lifetime;
}

void
turn_script_spoil (const TurnScript *script, guint8 *answer, gsize length)
{
  switch (script->answers)
    {
    case TURN_ANSWERS_TRUE:
      break;
    case TURN_ANSWERS_FOREIGN:
      answer[FRAM_STUN_HEADER_SIZE - 1] ^= 0xff; /* of the transaction id */
      break;
    case TURN_ANSWERS_GARBLED:
      for (gsize i = 0; i < length; i++)
        answer[i] = (guint8) g_random_int ();
      break;
    }
}
