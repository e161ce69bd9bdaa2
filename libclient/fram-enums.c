#include "fram-enums.h"
#include "enum-words.h"

G_DEFINE_ENUM_TYPE (FramState, fram_state, G_DEFINE_ENUM_VALUE (FRAM_STATE_NEW, "new"),
                    G_DEFINE_ENUM_VALUE (FRAM_STATE_CHECKING, "checking"),
                    G_DEFINE_ENUM_VALUE (FRAM_STATE_CONNECTED, "connected"),
                    G_DEFINE_ENUM_VALUE (FRAM_STATE_COMPLETED, "completed"),
                    G_DEFINE_ENUM_VALUE (FRAM_STATE_DISCONNECTED, "disconnected"),
                    G_DEFINE_ENUM_VALUE (FRAM_STATE_FAILED, "failed"),
                    G_DEFINE_ENUM_VALUE (FRAM_STATE_CLOSED, "closed"))

G_DEFINE_ENUM_TYPE (FramRole, fram_role,
                    G_DEFINE_ENUM_VALUE (FRAM_ROLE_AUTOMATIC, "automatic"),
                    G_DEFINE_ENUM_VALUE (FRAM_ROLE_CONTROLLING, "controlling"),
                    G_DEFINE_ENUM_VALUE (FRAM_ROLE_CONTROLLED, "controlled"))

G_DEFINE_ENUM_TYPE (FramPolicy, fram_policy, G_DEFINE_ENUM_VALUE (FRAM_POLICY_ALL, "all"),
                    G_DEFINE_ENUM_VALUE (FRAM_POLICY_NOHOST, "nohost"),
                    G_DEFINE_ENUM_VALUE (FRAM_POLICY_RELAY, "relay"),
                    G_DEFINE_ENUM_VALUE (FRAM_POLICY_MDNS, "mdns"))

G_DEFINE_ENUM_TYPE (FramPairState, fram_pair_state,
                    G_DEFINE_ENUM_VALUE (FRAM_PAIR_STATE_FROZEN, "frozen"),
                    G_DEFINE_ENUM_VALUE (FRAM_PAIR_STATE_WAITING, "waiting"),
                    G_DEFINE_ENUM_VALUE (FRAM_PAIR_STATE_IN_PROGRESS, "in-progress"),
                    G_DEFINE_ENUM_VALUE (FRAM_PAIR_STATE_SUCCEEDED, "succeeded"),
                    G_DEFINE_ENUM_VALUE (FRAM_PAIR_STATE_FAILED, "failed"))

G_DEFINE_ENUM_TYPE (FramCandidateType, fram_candidate_type,
                    G_DEFINE_ENUM_VALUE (FRAM_CANDIDATE_TYPE_HOST, "host"),
                    G_DEFINE_ENUM_VALUE (FRAM_CANDIDATE_TYPE_SRFLX, "srflx"),
                    G_DEFINE_ENUM_VALUE (FRAM_CANDIDATE_TYPE_PRFLX, "prflx"),
                    G_DEFINE_ENUM_VALUE (FRAM_CANDIDATE_TYPE_RELAY, "relay"))

const char *
fram_enum_to_word (GType type, int value)
{
  /* The classes of static enumerations live as long as the process: the nick does too. */
  g_autoptr (GTypeClass) klass = g_type_class_ref (type);
  const GEnumValue *found = g_enum_get_value (G_ENUM_CLASS (klass), value);

  return found != NULL ? found->value_nick : "unknown";
}

int
fram_enum_from_word (GType type, const char *word, int otherwise)
{
  g_autoptr (GTypeClass) klass = g_type_class_ref (type);
  const GEnumValue *found = g_enum_get_value_by_nick (G_ENUM_CLASS (klass), word);

  if (found != NULL)
    return found->value;
  g_debug ("The service said “%s”, which is no %s known here", word, g_type_name (type));
  return otherwise;
}

/**
 * fram_state_to_string:
 * @state: A state.
 *
 * Gives the word for a state, such as `connected`.
 *
 * Returns: (transfer none): The word.
 */
const char *
fram_state_to_string (FramState state)
{
  return fram_enum_to_word (FRAM_TYPE_STATE, state);
}

/**
 * fram_role_to_string:
 * @role: A role.
 *
 * Gives the word for a role, such as `controlling`.
 *
 * Returns: (transfer none): The word.
 */
const char *
fram_role_to_string (FramRole role)
{
  return fram_enum_to_word (FRAM_TYPE_ROLE, role);
}

/**
 * fram_policy_to_string:
 * @policy: A policy.
 *
 * Gives the word for a policy, such as `relay`.
 *
 * Returns: (transfer none): The word.
 */
const char *
fram_policy_to_string (FramPolicy policy)
{
  return fram_enum_to_word (FRAM_TYPE_POLICY, policy);
}

/**
 * fram_pair_state_to_string:
 * @state: The state of a pair.
 *
 * Gives the word for the state of a pair, such as `in-progress`.
 *
 * Returns: (transfer none): The word.
 */
const char *
fram_pair_state_to_string (FramPairState state)
{
  return fram_enum_to_word (FRAM_TYPE_PAIR_STATE, state);
}

/**
 * fram_candidate_type_to_string:
 * @type: The type of a candidate.
 *
 * Gives the word for the type of a candidate, such as `srflx`.
 *
 * Returns: (transfer none): The word.
 */
const char *
fram_candidate_type_to_string (FramCandidateType type)
{
  return fram_enum_to_word (FRAM_TYPE_CANDIDATE_TYPE, type);
}
