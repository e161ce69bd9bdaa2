/* Rows of the service's tables: sessions, candidates, pairs.
 *
 * A row is a snapshot: plain data that nobody changes.  Only the library makes rows, so
 * later versions may give them more fields.  Arrays of rows own them: who wants to keep
 * one longer takes a reference. */
#pragma once

#include <fram-enums.h>

G_BEGIN_DECLS

/**
 * FramCandidate:
 * @stream: Its stream, from 0.
 * @component: Its component, from 1.
 * @remote: Whether it is the peer's.
 * @type: How the address came to be a candidate.
 * @transport: `udp` or `tcp`.
 * @address: Address and port, as `192.0.2.1:9` or `[2001:db8::1]:9`.
 * @related: The address of its base or, if it is relayed, the related address; empty if
 *   there is none.
 * @foundation: Its foundation (RFC 8445 §5.1.1.3).
 * @priority: Its priority (RFC 8445 §5.1.2).
 *
 * An address at which one side may be reached.
 */
struct _FramCandidate
{
  /*< private >*/
  GVariant *backing;

  /*< public >*/
  guint stream;
  guint component;
  gboolean remote;
  FramCandidateType type;
  const char *transport;
  const char *address;
  const char *related;
  const char *foundation;
  guint priority;
};

#define FRAM_TYPE_CANDIDATE (fram_candidate_get_type ())
FRAM_API GType fram_candidate_get_type (void);

FRAM_API FramCandidate *fram_candidate_ref (FramCandidate *self);
FRAM_API void fram_candidate_unref (FramCandidate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramCandidate, fram_candidate_unref)

/**
 * FramPair:
 * @id: Its number in the session, which never changes.
 * @stream: Its stream, from 0.
 * @component: Its component, from 1.
 * @local_address: Address and port of this side.
 * @local_type: The type of the local candidate.
 * @remote_address: Address and port of the peer.
 * @remote_type: The type of the remote candidate.
 * @state: How far its check has come.
 * @cause: Why it is in that state, as a word for programs.
 * @explanation: The same as a sentence for people.
 * @readable: Whether a check of the peer was answered.
 * @writable: Whether a check of ours was answered.
 * @nominated: Whether the controlling side has nominated it.
 * @selected: Whether the data take it.
 * @priority: Its priority (RFC 8445 §6.1.2.3).
 * @rtt: The round-trip time in microseconds; -1 if it was not measured.
 * @requests_sent: Checks sent, without retransmissions.
 * @requests_received: Checks received.
 * @responses_sent: Answers sent.
 * @responses_received: Answers received.
 * @retransmissions: Checks sent again.
 * @consent_requests_sent: Consent checks sent (RFC 7675).
 *
 * A local and a remote candidate, and what is known of the way between them.
 */
struct _FramPair
{
  /*< private >*/
  GVariant *backing;

  /*< public >*/
  guint id;
  guint stream;
  guint component;
  const char *local_address;
  FramCandidateType local_type;
  const char *remote_address;
  FramCandidateType remote_type;
  FramPairState state;
  const char *cause;
  const char *explanation;
  gboolean readable;
  gboolean writable;
  gboolean nominated;
  gboolean selected;
  guint64 priority;
  gint64 rtt;
  guint requests_sent;
  guint requests_received;
  guint responses_sent;
  guint responses_received;
  guint retransmissions;
  guint consent_requests_sent;
};

#define FRAM_TYPE_PAIR (fram_pair_get_type ())
FRAM_API GType fram_pair_get_type (void);

FRAM_API FramPair *fram_pair_ref (FramPair *self);
FRAM_API void fram_pair_unref (FramPair *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramPair, fram_pair_unref)

/**
 * FramSessionInfo:
 * @path: Its object path, for [method@Client.get_pairs_async].
 * @application: The command of the application it belongs to.
 * @label: What it is for; may be empty.
 * @role: Who decides which pair is used.
 * @state: Its state.
 * @cause: Why it is in that state, as a word for programs.
 * @selected: The path of the data in words; empty if there is none.
 * @rtt: The round-trip time of that path in microseconds; -1 if it was not measured.
 * @age: Seconds since its creation.
 *
 * A session of any application of this user.
 */
struct _FramSessionInfo
{
  /*< private >*/
  GVariant *backing;

  /*< public >*/
  const char *path;
  const char *application;
  const char *label;
  FramRole role;
  FramState state;
  const char *cause;
  const char *selected;
  gint64 rtt;
  guint64 age;
};

#define FRAM_TYPE_SESSION_INFO (fram_session_info_get_type ())
FRAM_API GType fram_session_info_get_type (void);

FRAM_API FramSessionInfo *fram_session_info_ref (FramSessionInfo *self);
FRAM_API void fram_session_info_unref (FramSessionInfo *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramSessionInfo, fram_session_info_unref)

G_END_DECLS
