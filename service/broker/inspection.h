/* Looking at sessions closely: rows with numbers by which a reader knows them again, so that it
 * can be told what has changed.  No secrets, no pointers to live state.
 *
 * Ids are unique in a session for all its generations. */
#pragma once

#include "broker/snapshot.h"

/* A candidate or pair of the session's `generation`. */
guint64 fram_inspection_id (guint32 generation, guint32 number);

typedef struct
{
  guint64 id;
  FramCandidateRow row;
  const char *server; /* valid until the next call into the broker; NULL: it has none */
  const char *ufrag;  /* of its side's generation; valid as the server; NULL: not known */
  gboolean
      is_hidden; /* its address is not told: by the policy, or as its host hides it */
  const char
      *name; /* that stands for the address; valid as the server; NULL: none does */
  gboolean by_tunnel;           /* it leaves by a VPN */
  FramKnownTransport transport; /* of a relayed one: to its server */
} FramCandidateLook;

/* Return: (transfer full): FramCandidateLook; NULL if there is no such session. */
GArray *fram_broker_inspect_candidates (FramBroker *broker, FramSessionId session);

typedef struct
{
  guint64 id;
  guint64 local, remote; /* candidates; they may be gone */
  gboolean past;         /* it is not there any more: its component has failed */
  FramBaseId base; /* by which data take it to `peer`, as io/ knows it; 0: not now */
  FramAddress peer;
  FramPairRow row;
} FramPairLook;

/* Return: (transfer full): FramPairLook; NULL if there is no such session. */
GArray *fram_broker_inspect_pairs (FramBroker *broker, FramSessionId session);

typedef struct
{
  FramState state;
  FramCause cause;
  guint64 path; /* the pair that carries its data; 0: none */
  guint n_path_changes;
} FramComponentLook;

gboolean fram_broker_inspect_component (FramBroker *broker, FramSessionId session,
                                        guint stream, guint component,
                                        FramComponentLook *ret_look);

/* Where data go. */
typedef struct
{
  guint stream, component;
  guint64 pair;
  FramCandidateType local_type, remote_type;
  FramAddress local, remote;
  FramKnownTransport
      transport;     /* of what this host sends: UDP but to some relays and peers */
  const char *relay; /* valid as a server above; NULL: none of ours */
  FramTime rtt;      /* -1: not measured */
  guint32 n_answers; /* its checks that were answered; tells that `rtt` is new */
} FramPathLook;

/* Of the first component that has a path.  Return: FALSE if none has. */
gboolean fram_broker_inspect_path (FramBroker *broker, FramSessionId session,
                                   FramPathLook *ret_look);

/* Whether packets between the base and the server are the session's, though maybe not its
 * alone. */
gboolean fram_broker_inspect_server (FramBroker *broker, FramSessionId session,
                                     FramBaseId base, const FramAddress *server);

/* "all", "mdns", "nohost", "relay" */
const char *fram_policy_to_text (FramPolicy policy);
/* FALSE: it is none of these. */
gboolean fram_policy_from_text (const char *text, FramPolicy *ret_policy);
