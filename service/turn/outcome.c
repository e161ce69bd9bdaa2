#include "turn/event.h"

typedef struct
{
  const char *word;
  const char *sentence;
  FramTime pause;
} Outcome;

/* RFC 8656 §7.4 says how long a server is left alone. */
static const Outcome outcomes[] = {
  [FRAM_TURN_CLOSED] = { "closed", "The relay was given back", 0 },
  [FRAM_TURN_SILENT]
  = { "silent",
      "The TURN server does not answer; its address or port may be wrong, or the "
      "network does not let packets through to it",
      0 },
  [FRAM_TURN_LOST] = { "lost", "The TURN server has given up the relay", 0 },
  [FRAM_TURN_NO_CREDENTIALS]
  = { "no-credentials",
      "The TURN server asks for a user name and a password, and none are "
      "set for it",
      FRAM_TIME_NEVER },
  [FRAM_TURN_WRONG_CREDENTIALS]
  = { "wrong-credentials",
      "The TURN server does not accept the user name and password; "
      "they may be wrong, or expired",
      FRAM_TIME_NEVER },
  [FRAM_TURN_TAMPERED]
  = { "tampered",
      "What came in the TURN server’s name was not from who knows the password; "
      "the password may be wrong, or somebody on the way changes messages",
      0 },
  [FRAM_TURN_NO_ALGORITHM]
  = { "no-algorithm",
      "The TURN server wants a password algorithm that Fram does not know",
      FRAM_TIME_NEVER },
  [FRAM_TURN_ALTERNATE] = { "alternate", "The TURN server names another one", 0 },
  [FRAM_TURN_LOOP]
  = { "loop", "The TURN servers name each other, and none serves", FRAM_SECONDS (300) },
  [FRAM_TURN_BAD_REQUEST]
  = { "bad-request", "The TURN server does not understand what it was asked",
      FRAM_TIME_NEVER },
  [FRAM_TURN_FORBIDDEN]
  = { "forbidden", "The TURN server refuses; its administrator does not allow this",
      FRAM_TIME_NEVER },
  [FRAM_TURN_MISMATCH]
  = { "mismatch", "The TURN server holds another relay for this port",
      FRAM_SECONDS (120) },
  [FRAM_TURN_NO_FAMILY]
  = { "no-family", "The TURN server has no addresses of this IP version",
      FRAM_TIME_NEVER },
  [FRAM_TURN_NO_TRANSPORT]
  = { "no-transport", "The TURN server does not relay this transport", FRAM_TIME_NEVER },
  [FRAM_TURN_QUOTA]
  = { "quota", "This user has as many relays at the TURN server as one may have",
      FRAM_SECONDS (60) },
  [FRAM_TURN_CAPACITY]
  = { "capacity", "The TURN server has no relay left", FRAM_SECONDS (60) },
  [FRAM_TURN_SERVER_ERROR]
  = { "server-error", "The TURN server reports an error", FRAM_SECONDS (60) },
  [FRAM_TURN_BAD_ANSWER]
  = { "bad-answer", "The TURN server’s answer lacks what belongs to it",
      FRAM_TIME_NEVER },
};

const char *
fram_turn_outcome_to_word (FramTurnOutcome outcome)
{
  g_assert (outcome < G_N_ELEMENTS (outcomes));
  return outcomes[outcome].word;
}

const char *
fram_turn_outcome_to_sentence (FramTurnOutcome outcome)
{
  g_assert (outcome < G_N_ELEMENTS (outcomes));
  return outcomes[outcome].sentence;
}

FramTime
fram_turn_outcome_get_pause (FramTurnOutcome outcome)
{
  g_assert (outcome < G_N_ELEMENTS (outcomes));
  return outcomes[outcome].pause;
}
