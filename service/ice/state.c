#include "ice/state.h"

const char *
fram_role_to_text (FramRole role)
{
  switch (role)
    {
    case FRAM_ROLE_CONTROLLING:
      return "controlling";
    case FRAM_ROLE_CONTROLLED:
      return "controlled";
    }
  g_assert_not_reached ();
}

const char *
fram_pair_state_to_text (FramPairState state)
{
  switch (state)
    {
    case FRAM_PAIR_FROZEN:
      return "frozen";
    case FRAM_PAIR_WAITING:
      return "waiting";
    case FRAM_PAIR_IN_PROGRESS:
      return "in-progress";
    case FRAM_PAIR_SUCCEEDED:
      return "succeeded";
    case FRAM_PAIR_FAILED:
      return "failed";
    }
  g_assert_not_reached ();
}

const char *
fram_state_to_text (FramState state)
{
  switch (state)
    {
    case FRAM_STATE_NEW:
      return "new";
    case FRAM_STATE_CHECKING:
      return "checking";
    case FRAM_STATE_CONNECTED:
      return "connected";
    case FRAM_STATE_COMPLETED:
      return "completed";
    case FRAM_STATE_DISCONNECTED:
      return "disconnected";
    case FRAM_STATE_FAILED:
      return "failed";
    case FRAM_STATE_CLOSED:
      return "closed";
    }
  g_assert_not_reached ();
}

/* One table, so that a cause cannot have a word and lack its sentence. */
static const struct
{
  const char *word;
  const char *sentence;
} causes[] = {
  [FRAM_CAUSE_NONE] = { "none", "Nothing has happened yet." },
  [FRAM_CAUSE_FOUNDATION_FREE]
  = { "foundation-free", "No other check for the same kind of path is under way." },
  [FRAM_CAUSE_FOUNDATION_PROVED]
  = { "foundation-proved", "Another check for the same kind of path succeeded." },
  [FRAM_CAUSE_ORDINARY_CHECK]
  = { "ordinary-check", "It was this path's turn to be checked." },
  [FRAM_CAUSE_TRIGGERED_CHECK]
  = { "triggered-check", "The peer checked this path, so it is checked in return." },
  [FRAM_CAUSE_NOMINATION_CHECK]
  = { "nomination-check", "The path is checked once more to nominate it." },
  [FRAM_CAUSE_RESPONSE] = { "response", "The peer answered the check." },
  [FRAM_CAUSE_PEER_CHECKED]
  = { "peer-checked", "The peer checked this path and wants to use it." },
  [FRAM_CAUSE_TIMEOUT] = { "timeout", "The peer did not answer the check in time." },
  [FRAM_CAUSE_ERROR_RESPONSE]
  = { "error-response", "The peer answered the check with an error." },
  [FRAM_CAUSE_BAD_RESPONSE]
  = { "bad-response", "The answer to the check could not be understood." },
  [FRAM_CAUSE_ASYMMETRIC]
  = { "asymmetric", "The answer came by another way than the check went." },
  [FRAM_CAUSE_UNREACHABLE]
  = { "unreachable", "The network reports that the peer's address cannot be reached." },
  [FRAM_CAUSE_TUPLE_TAKEN]
  = { "tuple-taken", "Another session already uses this path to the same peer." },
  [FRAM_CAUSE_PEER_REFUSED]
  = { "peer-refused",
      "The relay (TURN server) does not exchange packets with the peer's address." },
  [FRAM_CAUSE_CONNECTION_CLOSED]
  = { "connection-closed", "The TCP connection of this path was closed." },
  [FRAM_CAUSE_ROLE_CONFLICT]
  = { "role-conflict", "Both sides claimed the same role, so the check is repeated." },
  [FRAM_CAUSE_BASE_GONE]
  = { "base-gone", "The local address of this path has gone away." },
  [FRAM_CAUSE_SUPERSEDED]
  = { "superseded", "Another path of this component was nominated." },
  [FRAM_CAUSE_CONSENT_LAPSED]
  = { "consent-lapsed", "The path was out of use for 30 s, so it is checked again." },
  [FRAM_CAUSE_PATH_SILENT]
  = { "path-silent", "The path in use does not answer; others are tried." },
  [FRAM_CAUSE_CREATED] = { "created", "The session was created." },
  [FRAM_CAUSE_REMOTE_DESCRIPTION]
  = { "remote-description", "The peer's description arrived." },
  [FRAM_CAUSE_VALID_PAIR] = { "valid-pair", "A path to the peer works." },
  [FRAM_CAUSE_NOMINATED] = { "nominated", "The path to be used was agreed upon." },
  [FRAM_CAUSE_NO_LOCAL_CANDIDATES]
  = { "no-local-candidates",
      "This computer has no address from which the peer could be reached." },
  [FRAM_CAUSE_NO_REMOTE_CANDIDATES]
  = { "no-remote-candidates", "The peer named no address at which it could be reached." },
  [FRAM_CAUSE_NO_PAIR_SUCCEEDED]
  = { "no-pair-succeeded", "Every path to the peer was tried and none works." },
  [FRAM_CAUSE_CONSENT_EXPIRED]
  = { "consent-expired", "The peer stopped answering on the path in use." },
  [FRAM_CAUSE_CONSENT_REVOKED]
  = { "consent-revoked", "The peer asked to be sent no more data." },
  [FRAM_CAUSE_RESTART] = { "restart", "The session was restarted." },
  [FRAM_CAUSE_STREAM_REMOVED]
  = { "stream-removed", "The application removed the stream from the session." },
  [FRAM_CAUSE_NO_PAIR_LEFT]
  = { "no-pair-left", "The path in use was lost, and no other one that is known works." },
  [FRAM_CAUSE_NEW_ADDRESSES]
  = { "new-addresses",
      "This computer has got addresses that the peer may not have been told of, and the "
      "former ones are of no use." },
  [FRAM_CAUSE_CONSENT_EXPIRING]
  = { "consent-expiring",
      "The path in use does not answer, and in 15 s or less nothing may be sent on it." },
  [FRAM_CAUSE_CLOSED_BY_APPLICATION]
  = { "closed-by-application", "The application closed the session." },
  [FRAM_CAUSE_OWNER_GONE]
  = { "owner-gone", "The application that owned the session has ended." },
  [FRAM_CAUSE_SERVICE_STOPPED] = { "service-stopped", "The Fram service was stopped." },
};

G_STATIC_ASSERT (G_N_ELEMENTS (causes) == FRAM_CAUSE_SERVICE_STOPPED + 1);

const char *
fram_cause_to_word (FramCause cause)
{
  g_assert ((guint) cause < G_N_ELEMENTS (causes));
  return causes[cause].word;
}

const char *
fram_cause_to_sentence (FramCause cause)
{
  g_assert ((guint) cause < G_N_ELEMENTS (causes));
  return causes[cause].sentence;
}

/* Figure 6 draws the life of a pair that is checked once.  The text of RFC 8445 adds to it:
 *
 * - A triggered check sends a Frozen, Failed or In-Progress pair back to Waiting (§7.3.1.4),
 *   a role conflict the pair whose check met it, in whatever state that is by then
 *   (§7.2.5.1), and the check that nominates a Succeeded pair (§8.1.1).
 * - A cancelled transaction may still be answered while its pair waits for the next one
 *   (§7.3.1.4), and the pair that an answer proves to be valid need not be the one that was
 *   checked (§7.2.5.3.3): so Succeeded follows any state.
 * - What the host itself learns (the address is gone, nothing can be sent, the path belongs
 *   to another session, consent is lost) fails a pair in any state.
 *
 * What is left forbidden: to freeze again, to begin a check anywhere but in Waiting, and a
 * change that is none. */
gboolean
fram_pair_state_may_follow (FramPairState from, FramPairState to)
{
  switch (to)
    {
    case FRAM_PAIR_FROZEN:
      return FALSE;
    case FRAM_PAIR_IN_PROGRESS:
      return from == FRAM_PAIR_WAITING;
    case FRAM_PAIR_WAITING:
    case FRAM_PAIR_SUCCEEDED:
    case FRAM_PAIR_FAILED:
      return from != to;
    }
  g_assert_not_reached ();
}
