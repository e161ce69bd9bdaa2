/* The words for roles, states and causes, and which state of a pair may follow which
 * (RFC 8445 §6.1.2.6, §7.2.5, §7.3.1.4). */
#include "ice/state.h"

#include <string.h>

static void
test_role_words (void)
{
  g_assert_cmpstr (fram_role_to_text (FRAM_ROLE_CONTROLLING), ==, "controlling");
  g_assert_cmpstr (fram_role_to_text (FRAM_ROLE_CONTROLLED), ==, "controlled");
}

static void
test_pair_state_words (void)
{
  g_assert_cmpstr (fram_pair_state_to_text (FRAM_PAIR_FROZEN), ==, "frozen");
  g_assert_cmpstr (fram_pair_state_to_text (FRAM_PAIR_WAITING), ==, "waiting");
  g_assert_cmpstr (fram_pair_state_to_text (FRAM_PAIR_IN_PROGRESS), ==, "in-progress");
  g_assert_cmpstr (fram_pair_state_to_text (FRAM_PAIR_SUCCEEDED), ==, "succeeded");
  g_assert_cmpstr (fram_pair_state_to_text (FRAM_PAIR_FAILED), ==, "failed");
}

/* The words of the W3C's RTCIceTransportState. */
static void
test_state_words (void)
{
  static const char *const words[] = {
    "new", "checking", "connected", "completed", "disconnected", "failed", "closed",
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    g_assert_cmpstr (fram_state_to_text ((FramState) i), ==, words[i]);
}

static void
test_causes (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i <= FRAM_CAUSE_SERVICE_STOPPED; i++)
    {
      const char *word = fram_cause_to_word ((FramCause) i);
      const char *sentence = fram_cause_to_sentence ((FramCause) i);

      g_assert_cmpuint (strspn (word, "abcdefghijklmnopqrstuvwxyz-"), ==, strlen (word));
      g_assert_cmpuint (strlen (word), >, 0);
      g_assert_true (g_ascii_isupper (sentence[0]));
      g_assert_true (g_str_has_suffix (sentence, "."));
      g_assert_true (g_hash_table_add (seen, (gpointer) word));
      g_assert_true (g_hash_table_add (seen, (gpointer) sentence));
    }
  g_assert_cmpstr (fram_cause_to_word (FRAM_CAUSE_NO_PAIR_SUCCEEDED), ==,
                   "no-pair-succeeded");
  g_assert_cmpstr (fram_cause_to_word (FRAM_CAUSE_OWNER_GONE), ==, "owner-gone");
}

/* The whole table, row by row: from above, to Frozen, Waiting, In-Progress, Succeeded,
 * Failed. */
static void
test_transitions (void)
{
  static const char *const table[] = {
    [FRAM_PAIR_FROZEN] = "-w-sf",      /* unfrozen; proved valid by another's check */
    [FRAM_PAIR_WAITING] = "--isf",     /* checked; a cancelled check is answered */
    [FRAM_PAIR_IN_PROGRESS] = "-w-sf", /* figure 6; cancelled; role conflict */
    [FRAM_PAIR_SUCCEEDED] = "-w--f",   /* checked once more, to nominate */
    [FRAM_PAIR_FAILED] = "-w-s-",      /* the peer checked it */
  };

  for (guint from = FRAM_PAIR_FROZEN; from <= FRAM_PAIR_FAILED; from++)
    for (guint to = FRAM_PAIR_FROZEN; to <= FRAM_PAIR_FAILED; to++)
      g_assert_cmpint (
          fram_pair_state_may_follow ((FramPairState) from, (FramPairState) to), ==,
          table[from][to] != '-');
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ice/state/role-words", test_role_words);
  g_test_add_func ("/ice/state/pair-state-words", test_pair_state_words);
  g_test_add_func ("/ice/state/state-words", test_state_words);
  g_test_add_func ("/ice/state/causes", test_causes);
  g_test_add_func ("/ice/state/transitions", test_transitions);
  return g_test_run ();
}
