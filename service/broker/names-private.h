/* Names of sessions, the inside that the files of this folder share: peers' names and this host's,
 * and what is shown in place of addresses.  (draft-ietf-mmusic-mdns-ice-candidates) */
#pragma once

#include "broker/broker-private.h"

/* own-names.c */
/* A name for an address of this host, if the session needs one. */
void fram_broker_session_need_name (FramBroker *broker, FramBrokerSession *session,
                                    const FramInterfaceAddress *interface);
/* NULL: the IP address has none. */
const FramOwnName *fram_broker_session_find_own_name (const FramBrokerSession *session,
                                                      const FramAddress *address);
/* Whether one may still be published. */
gboolean fram_broker_session_awaits_name (const FramBrokerSession *session);
void fram_broker_session_leave_names (FramBroker *broker, FramBrokerSession *session,
                                      FramTime now);
/* Its linger time is over. */
void fram_broker_own_name_advance (FramBroker *broker, FramOwnName *name);
/* Those whose interface address is gone go with it. */
void fram_broker_lose_names (FramBroker *broker);

/* candidates.c */
/* The name is published: candidates that have it may be told. */
void fram_broker_tell_named (FramBroker *broker, FramBrokerSession *session,
                             const FramOwnName *name);
/* Adds to `lines` those of host addresses that servers saw unchanged, where they are not told as
 * host candidates. */
void fram_broker_list_public_lines (FramBroker *broker, const FramBrokerSession *session,
                                    guint stream, GPtrArray *lines);

/* held.c: the peer's candidates */
/* `name`: of one that is named. */
FramIceAddResult fram_broker_session_add_remote (FramBroker *broker,
                                                 FramBrokerSession *session, guint stream,
                                                 const FramCandidate *candidate,
                                                 const char *name, FramTime now);
/* When none is held any more. */
void fram_broker_session_end_remote (FramBrokerSession *session, FramTime now);
/* Those that wait are of no use any more. */
void fram_broker_session_drop_held (FramBroker *broker, FramBrokerSession *session);
/* The name that led to the IP address; NULL: none did. */
const char *fram_broker_session_find_peer_name (const FramBrokerSession *session,
                                                const FramAddress *address);
void fram_broker_peer_name_advance (FramBroker *broker, FramPeerName *name, FramTime now);

/* hiding.c */
/* As fram_broker_show_address(). */
const char *fram_broker_session_show_address (const FramBrokerSession *session,
                                              gboolean is_remote, FramCandidateType type,
                                              const FramAddress *address,
                                              char text[FRAM_SHOWN_ADDRESS_TEXT]);
/* What stands for the address, "" for one of which nothing may be told; NULL: it is shown. */
const char *fram_broker_session_find_cover (const FramBrokerSession *session,
                                            gboolean is_remote, FramCandidateType type,
                                            const FramAddress *address);
