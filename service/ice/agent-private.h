/* The agent's inside, shared by the files that cut it as RFC 8445 is cut. */
#pragma once

#include "base/digest.h"
#include "base/queue.h"
#include "ice/agent.h"

/* RFC 8863 §4: no verdict of failure before 39.5 s, the life of a STUN transaction. */
#define FRAM_ICE_PATIENCE FRAM_MILLISECONDS (39500)
/* A component that was never connected fails then in any case, even if there are always new
 * candidates to check. */
#define FRAM_ICE_PATIENCE_MAX (3 * FRAM_ICE_PATIENCE)

/* How long the pair that we left stays: RFC 7675 §5.1 lets no more than 6 s pass until the
 * peer asks for consent there, if it has not left it too; once that may be lost. */
#define FRAM_ICE_LEFT_STAYS FRAM_SECONDS (15)

/* RFC 8445 §8.3.1: pairs that were not selected are answered for three seconds more. */
#define FRAM_ICE_FREE_AFTER FRAM_SECONDS (3)

/* So many triggered checks in a row, then an ordinary one has its turn.  RFC 8445 §6.1.4.2
 * knows no such limit, but a peer behind a NAT that gives each flow another address triggers
 * a check with each of its own, and of those none may ever succeed. */
#define FRAM_ICE_TRIGGERED_IN_A_ROW 3

/* TCP is for where UDP does not get through: it is tried by so much later, as RFC 8305 §5 does
 * with the family that is not preferred. */
#define FRAM_ICE_TCP_DELAY FRAM_MILLISECONDS (250)

/* Checks kept that came before the remote description; more are answered only. */
#define FRAM_ICE_MAX_EARLY 32

/* Peer-reflexive candidates learned for each component, on either side. */
#define FRAM_ICE_MAX_REFLEXIVE 32

/* So many unanswered checks in a row make the path suspect: about two seconds, so that a
 * few lost packets do not. */
#define FRAM_ICE_SUSPECT_AFTER 4

/* How long a component whose base went away looks for another path; as long as consent
 * would have lasted (RFC 7675 §5.1). */
#define FRAM_ICE_LOST_PATIENCE FRAM_SECONDS (30)

/* A nomination of the peer's that has no NOMINATION; any value is larger. */
#define FRAM_ICE_NO_VALUE (-1)

/* That a check of the peer's nominates its pair. */
typedef struct
{
  gint32 value;         /* NOMINATION; FRAM_ICE_NO_VALUE: USE-CANDIDATE alone */
  const FramStunId *id; /* of the check; NULL: it was answered earlier */
} FramNomination;

typedef struct
{
  FramState state;
  FramCause cause;
  FramPair *selected;   /* nominated */
  FramPair *nominating; /* our nomination is under way */
  FramPair *path; /* where data go: the selected pair, before that the best valid one */
  guint32 n_nominations; /* by us: the value of the last one */
  gint32 peer_value;     /* the peer's largest, in our role; FRAM_ICE_NO_VALUE: none */
  FramTime first_valid;  /* -1: no pair was valid yet */
  FramTime nominate_at;  /* nominate the best valid pair by then */
  FramTime free_at;      /* when the pairs that were not selected go */
  FramTime
      lost_until;   /* its base went away: another path may be found till then; or -1 */
  gboolean suspect; /* the selected pair does not answer */
  gboolean self_chosen; /* it was not nominated: we took it in recovery */
  gboolean rests;       /* no data go or come by the path */
  FramTime chosen;      /* when it was selected */
  gboolean absent;      /* the peer has no such component (RFC 8445 §6.1.2.2) */
  guint32
      settled; /* candidates of higher numbers came after it had concluded or failed */
  FramTime advise_at; /* a restart is advised then, if nothing changes */
} FramIceComponent;

/* A stream and its check list. */
typedef struct
{
  GPtrArray *locals;  /* FramCandidate */
  GPtrArray *remotes; /* FramCandidate */
  GPtrArray *pairs;   /* FramPair, by descending priority */
  GQueue triggered;   /* FramPair */
  guint n_in_a_row;   /* triggered checks that went out before a waiting ordinary one */
  guint n_learned;    /* peer-reflexive remote candidates, forgotten ones too */
  guint n_components; /* 0: the stream was removed */
  FramIceComponent components[FRAM_ICE_MAX_COMPONENTS];
} FramIceStream;

/* A check that came before the remote description. (RFC 8445 §7.3)  It was answered, so
 * the peer may hold its 5-tuple for valid and send data: that is claimed until the pair is made,
 * and routed for as long as the answer is consent (RFC 7675 §5.1). */
typedef struct
{
  guint16 stream, component;
  guint32 base;
  FramAddress remote;
  guint32 priority;
  gboolean nominates;
  gint32 value; /* as of a FramNomination */
  gboolean routed;
  FramTime heard;
  char remote_ufrag[FRAM_CREDENTIAL_MAX + 1];
} FramEarlyCheck;

struct _FramIceAgent
{
  FramRandom *random;
  FramRole role;
  gboolean is_lite;
  gboolean remote_is_lite;
  guint64 tie_breaker;
  char *ufrag;
  char *pwd;
  FramIceOptions remote_options;
  char *remote_ufrag; /* NULL: no remote description yet */
  char *username;     /* of our requests: theirs, a colon, ours */
  FramHmacKey local_key;
  FramHmacKey remote_key;
  guint pacing;
  guint max_pairs;
  gboolean tcp;
  FramTime tcp_since; /* no ordinary check by TCP before */
  FramTime ta;
  FramTime last_check;    /* -1: none yet */
  FramTime patient_until; /* NEVER behind the remote description: patience is over */
  FramTime gives_up;      /* NEVER: not yet, or it has: is_impatient */
  gboolean is_impatient;
  gboolean more_patience; /* was given once, to a peer that did not end its candidates */
  gboolean local_ended;
  gboolean remote_ended;
  FramIcePast past;
  gboolean new_pairs; /* some were added since checks were last unfrozen */
  guint next_stream;  /* whose turn it is (RFC 8445 §6.1.4.2) */
  guint32 next_pair_id;
  guint32 next_candidate_id;
  guint n_streams;
  guint n_pairs;
  GArray *early; /* FramEarlyCheck */
  GArray *lost;  /* FramIceLostPair, or NULL */
  FramState state;
  FramCause cause;
  FramCause advice; /* why a restart is advised; NONE: it is not */
  FramQueue events; /* FramIceEvent */
  gboolean change_queued;
  FramIceStream streams[]; /* n_streams of them */
};

/* The files stand on each other in this order. */

/* events.c */
FramIceEvent *fram_ice_agent_emit (FramIceAgent *agent, FramIceEventType type,
                                   const FramPair *pair);
void fram_ice_agent_changed (FramIceAgent *agent);
void fram_ice_agent_set_pair (FramIceAgent *agent, FramPair *pair, FramPairState state,
                              FramCause cause);
FramIceComponent *fram_ice_agent_component (FramIceAgent *agent, const FramPair *pair);

/* sending.c */
void fram_ice_agent_send_check (FramIceAgent *agent, FramPair *pair, gboolean consent,
                                FramTime now);
void fram_ice_agent_repeat_check (FramIceAgent *agent, FramPair *pair,
                                  const FramCheck *check);
void fram_ice_agent_send_keepalive (FramIceAgent *agent, const FramPair *pair);
void fram_ice_agent_cancel_check (FramIceAgent *agent, FramPair *pair);
void fram_ice_agent_end_check (FramIceAgent *agent, FramPair *pair, FramCheck *check);
void fram_ice_agent_drop_checks (FramIceAgent *agent, FramPair *pair);

/* lost.c */
/* Gives the candidate its number and puts it into the list, which owns it. */
void fram_ice_agent_enter (FramIceAgent *agent, GPtrArray *list, FramCandidate *candidate,
                           FramTime now);
/* The component fails: what became of its pairs is worth remembering. */
void fram_ice_agent_remember_lost (FramIceAgent *agent, guint stream, guint component);

/* checklist.c */
FramPair *fram_ice_agent_find_pair (const FramIceAgent *agent, guint32 base,
                                    const FramAddress *remote);
FramCandidate *fram_ice_stream_find_local (FramIceStream *stream, guint component,
                                           guint32 base, const FramAddress *address);
FramCandidate *fram_ice_stream_find_remote (FramIceStream *stream, guint component,
                                            FramTransport transport,
                                            const FramAddress *address);
/* The candidate that a check on `base` leaves by, and its stream; NULL: none. */
FramCandidate *fram_ice_agent_find_base (FramIceAgent *agent, guint32 base,
                                         guint *ret_stream);
/* `heard`: a check of the peer came by it.
 * Return: NULL where the two cannot be paired, are paired, or the limit is reached. */
FramPair *fram_ice_agent_add_pair (FramIceAgent *agent, guint stream,
                                   FramCandidate *local, FramCandidate *remote,
                                   gboolean heard);
void fram_ice_agent_pair_local (FramIceAgent *agent, guint stream, FramCandidate *local);
void fram_ice_agent_pair_remote (FramIceAgent *agent, guint stream,
                                 FramCandidate *remote);
void fram_ice_agent_remove_pair (FramIceAgent *agent, FramPair *pair);
/* The peer has checked the pair and not yet the one that was nominated: it may hold this one for valid
 * and send its data there. (RFC 8445 §8.3.1, §12.1) */
gboolean fram_ice_agent_awaits_peer (const FramIceAgent *agent, const FramPair *pair);
/* Removes what was not nominated; `keep_valid`: but for valid pairs, those that the peer has
 * nominated and that are still to be checked, and those by which its data may come. */
void fram_ice_agent_remove_others (FramIceAgent *agent, guint stream, guint component,
                                   gboolean keep_valid);
void fram_ice_agent_sort (FramIceAgent *agent);
void fram_ice_agent_trigger (FramIceAgent *agent, FramPair *pair, gboolean first);
void fram_ice_agent_untrigger (FramIceAgent *agent, FramPair *pair);
/* The first in the queue that need not wait for a relay; NULL: none. */
FramPair *fram_ice_stream_find_triggered (const FramIceStream *stream);
void fram_ice_agent_unfreeze_like (FramIceAgent *agent, const FramPair *pair);
/* The pair to check now; NULL: none. (RFC 8445 §6.1.4.2) */
FramPair *fram_ice_agent_pick (FramIceAgent *agent, FramTime now,
                               gboolean *ret_triggered);
/* The next pair to check, whenever that may be; `tcp`: by TCP, too. */
const FramPair *fram_ice_agent_find_check (FramIceAgent *agent, gboolean tcp);

/* remotes.c: how many candidates of the peer are kept */
/* Gives up the oldest remote candidate of the component that is of no use: a peer-reflexive
 * one (`reflexive`) or one that was signalled, whose pairs have all failed or gone.
 * Return: whether there was one. */
gboolean fram_ice_agent_forget_remote (FramIceAgent *agent, guint stream, guint component,
                                       gboolean reflexive);
/* Whether any remote candidate is one that the peer has named. */
gboolean fram_ice_stream_is_named (const FramIceStream *stream);
/* Whether the peer may name one more; `limit`: so many at most. */
gboolean fram_ice_agent_has_room (FramIceAgent *agent, guint stream, guint component,
                                  guint limit);
/* The peer tells of one that is known already. */
void fram_ice_agent_know_better (FramIceAgent *agent, guint stream, FramCandidate *known,
                                 const FramCandidate *candidate);

/* role.c */
void fram_ice_agent_switch_role (FramIceAgent *agent);

/* consent.c (RFC 7675) */
void fram_ice_consent_start (FramIceAgent *agent, FramPair *pair, FramTime now);
void fram_ice_consent_confirm (FramPair *pair, FramTime now);
void fram_ice_consent_stop (FramPair *pair);
/* A check was not answered, or with an error. */
void fram_ice_consent_miss (FramPair *pair);
/* The path is in doubt: asks at once. */
void fram_ice_consent_hurry (FramIceAgent *agent, FramPair *pair, FramTime now);
/* The peer's check was answered: one of ours may go with the answer. */
void fram_ice_consent_join (FramIceAgent *agent, FramPair *pair, FramTime now);
/* FALSE: consent has expired. */
gboolean fram_ice_consent_advance (FramIceAgent *agent, FramPair *pair, FramTime now);
/* Whether the pair, if it becomes the path now, is asked in good time before its consent is over. */
gboolean fram_ice_consent_suffices (const FramPair *pair, FramTime now);
/* When what is known of a pair whose data go elsewhere is too old; NEVER: nothing is. */
FramTime fram_ice_consent_lapses (const FramPair *pair);

/* progress.c: states of components and of the agent */
/* It had a path, and has it or looks for another one. */
gboolean fram_ice_component_was_connected (const FramIceComponent *component);
void fram_ice_agent_update_path (FramIceAgent *agent, guint stream, guint component,
                                 FramTime now);
void fram_ice_agent_update_state (FramIceAgent *agent, guint stream, guint component,
                                  FramTime now);
void fram_ice_agent_update_session (FramIceAgent *agent);
void fram_ice_agent_set_component (FramIceAgent *agent, guint stream, guint component,
                                   FramState state, FramCause cause);
void fram_ice_agent_fail_component (FramIceAgent *agent, guint stream, guint component,
                                    FramCause cause);

/* nomination.c */
/* The best valid pair of a component but for `except`; NULL: there is none. */
FramPair *fram_ice_stream_find_best (FramIceStream *stream, guint component,
                                     const FramPair *except);
/* Whether of several nominations by the peer the last counts: it renominates, or it nominates once
 * and has lost that pair if it does so again.  Of one that may nominate all it checks (RFC 5245
 * §8.1.1.2), the best pair counts. */
gboolean fram_ice_agent_takes_last (const FramIceAgent *agent,
                                    const FramIceComponent *component);
gboolean fram_ice_agent_renominates (const FramIceAgent *agent);
/* The next checks of the pair nominate it. */
void fram_ice_agent_nominate (FramIceAgent *agent, FramPair *pair);
/* Takes note of the value of the peer's nomination of the pair.
 * Return: FALSE: one of a larger value came before, and this one does not count. */
gboolean fram_ice_agent_heed (FramIceAgent *agent, const FramPair *pair,
                              const FramNomination *nomination);
/* Makes the pair the selected one. */
void fram_ice_agent_conclude (FramIceAgent *agent, FramPair *pair, FramTime now);
void fram_ice_agent_consider (FramIceAgent *agent, guint stream, guint component,
                              FramTime now);
void fram_ice_agent_select (FramIceAgent *agent, FramPair *pair, FramTime now);

/* recovery.c */
/* Pairs all local candidates of the component with all remote ones, if they are not yet. */
void fram_ice_agent_pair_all (FramIceAgent *agent, guint stream, guint component);
/* Whether the selected pair still answers, and what is done if it does not. */
void fram_ice_agent_update_health (FramIceAgent *agent, guint stream, guint component,
                                   FramTime now);
/* The component lost its base: it has some time to find another path. */
void fram_ice_agent_lose_path (FramIceAgent *agent, guint stream, guint component,
                               FramTime now);
/* The peer checks the pair: it is selected if we had chosen without the peer, and wrongly. */
void fram_ice_agent_follow (FramIceAgent *agent, FramPair *pair, FramTime now);
/* The pair works no more, as far as is known, or soon: it is to prove itself anew. */
void fram_ice_agent_doubt (FramIceAgent *agent, FramPair *pair);
/* What is known of the pair is too old for data, which go elsewhere. The pair may be gone. */
void fram_ice_agent_let_lapse (FramIceAgent *agent, FramPair *pair, FramTime now);
/* Removes what was not selected, but for what the peer uses all the same. */
void fram_ice_agent_free_others (FramIceAgent *agent, guint stream, guint component,
                                 FramTime now);
/* Something new came up in a concluded component: looks whether its path still lives, and
 * keeps what is found for as long as a check may take. */
void fram_ice_agent_reopen (FramIceAgent *agent, guint stream, guint component,
                            FramTime now);

/* advice.c */
/* The component has concluded, or failed, with the candidates there are. */
void fram_ice_agent_note_settled (FramIceAgent *agent, guint stream, guint component);
/* Advises a restart where one has come to be of use. */
void fram_ice_agent_advise (FramIceAgent *agent, FramTime now);

/* lite.c */
/* The peer's check of the pair was answered; `nomination` is NULL if it does not nominate. */
void fram_ice_lite_accept (FramIceAgent *agent, FramPair *pair,
                           const FramNomination *nomination, FramTime now);
/* Both are lite, and all is known: each component takes what both prefer. */
void fram_ice_lite_agree (FramIceAgent *agent, FramTime now);
/* As fram_ice_consent_start() and fram_ice_consent_advance(). */
void fram_ice_lite_start (FramPair *pair, FramTime now);
gboolean fram_ice_lite_advance (FramIceAgent *agent, FramPair *pair, FramTime now);

/* check.c: the client side */
void fram_ice_agent_handle_response (FramIceAgent *agent, guint32 base,
                                     const FramAddress *remote,
                                     const FramStunMessage *message, FramTime now);
void fram_ice_agent_advance_pair (FramIceAgent *agent, FramPair *pair, FramTime now);
void fram_ice_agent_fail_pair (FramIceAgent *agent, FramPair *pair, FramCause cause);

/* responder.c: the server side */
void fram_ice_agent_handle_request (FramIceAgent *agent, guint32 base,
                                    const FramAddress *remote,
                                    const FramStunMessage *message, gboolean tuple_taken,
                                    FramTime now);
/* A check that was answered with success; `nomination` is NULL if it does not nominate. (RFC 8445
 * §7.3.1.3 to §7.3.1.5) */
void fram_ice_agent_accept (FramIceAgent *agent, guint32 base, const FramAddress *address,
                            guint32 priority, const FramNomination *nomination,
                            FramTime now);

/* early.c: what came before the peer's description */
void fram_ice_agent_remember_early (FramIceAgent *agent, const FramEarlyCheck *early);
void fram_ice_agent_handle_early (FramIceAgent *agent, FramTime now);
/* When the first of what they have routed is over; NEVER: nothing is. */
FramTime fram_ice_agent_early_lapses (const FramIceAgent *agent);
/* Whether the peer may hold the 5-tuple for valid since an early check. */
gboolean fram_ice_agent_hears_early (const FramIceAgent *agent, guint32 base,
                                     const FramAddress *remote);
void fram_ice_agent_let_early_lapse (FramIceAgent *agent, FramTime now);
/* Gives back what early checks on the base, 0 for all, from there, NULL for everywhere, have
 * claimed. */
void fram_ice_agent_drop_early (FramIceAgent *agent, guint32 base,
                                const FramAddress *remote);

/* agent.c */
/* Brings nomination, paths and states up to date; ends every change from outside. */
void fram_ice_agent_settle (FramIceAgent *agent, FramTime now);
