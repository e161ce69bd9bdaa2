/* The inside of TCP candidates, shared by the files that make them, carry them and gather them. */
#pragma once

#include "broker/broker-private.h"

/* tcp-bases.c */
/* Takes part in what TCP candidates are based on, of interface addresses that are new to it. */
void fram_broker_tcp_gather (FramBroker *broker, FramBrokerSession *session,
                             FramTime now);
/* A new generation has the candidates of the one before. */
void fram_broker_tcp_gather_again (FramBroker *broker, FramBrokerSession *session,
                                   FramTime now);
/* Whether the session's component has such candidates on the interface address. */
gboolean fram_broker_tcp_takes_part (const FramBrokerSession *session,
                                     const FramInterfaceAddress *interface,
                                     const FramBaseMember *like, FramTransport transport);
/* Opens what a simultaneous-open candidate is based on. */
void fram_broker_tcp_open_simultaneous (FramBroker *broker, FramBrokerSession *session,
                                        const FramInterfaceAddress *interface,
                                        const FramBaseMember *member, FramTime now);
/* Whether a host candidate may still come. */
gboolean fram_broker_tcp_is_opening (const FramBrokerSession *session);
void fram_broker_tcp_leave (FramBroker *broker, FramBrokerSession *session, guint stream,
                            FramTime now);
void fram_broker_tcp_close (FramBroker *broker, FramTcpBase *base);
/* Both return FALSE if it is no base of TCP candidates. */
gboolean fram_broker_tcp_opened (FramBroker *broker, FramBaseId id,
                                 const FramAddress *bound, FramTime now);
gboolean fram_broker_tcp_failed (FramBroker *broker, FramBaseId id, FramTime now);
/* Those whose interface address is gone go with it. */
void fram_broker_tcp_follow_interfaces (FramBroker *broker, FramTime now);
void fram_broker_tcp_follow_policy (FramBroker *broker);
void fram_broker_tcp_clear (FramBroker *broker);

/* tcp-simultaneous.c */
/* Return: (transfer full): of a base that is new. */
FramTcpQuestion *fram_tcp_question_new (FramTcpBase *base);
/* When simultaneous-open candidates are to be gathered, where all else is waited for until
 * `others`; FRAM_TIME_NEVER: they need not be. */
FramTime fram_broker_tcp_ask_from (FramBroker *broker, const FramBrokerSession *session,
                                   FramTime others, FramTime now);
void fram_broker_tcp_gather_simultaneous (FramBroker *broker, FramBrokerSession *session,
                                          FramTime now);
/* Until when servers' answers are waited for, not after `bound`; not after `now`: none is. */
FramTime fram_broker_tcp_answers_end (const FramBrokerSession *session, FramTime bound,
                                      FramTime now);
/* Asks what a server sees of the base, which is open. */
void fram_broker_tcp_ask (FramBroker *broker, FramTcpBase *base, FramTime now);
void fram_broker_tcp_ask_no_more (FramBroker *broker, FramTcpBase *base);
/* The session has its paths; what NATs know of others need not be kept. */
void fram_broker_tcp_rest (FramBroker *broker, FramBrokerSession *session);
void fram_broker_tcp_question_advance (FramBroker *broker, FramTcpBase *base,
                                       FramTime now);
/* All return FALSE if it is not the stream of a question. */
gboolean fram_broker_tcp_question_opened (FramBroker *broker, FramBaseId id,
                                          FramTime now);
gboolean fram_broker_tcp_question_receive (FramBroker *broker, FramBaseId id,
                                           const guint8 *data, gsize length,
                                           FramTime now);
gboolean fram_broker_tcp_question_failed (FramBroker *broker, FramBaseId id,
                                          FramStreamFailure failure, FramTime now);

/* tcp-connections.c */
/* Sends what the agent wants to, and connects if need be.  Return: FALSE: not by TCP. */
gboolean fram_broker_tcp_transmit (FramBroker *broker, FramGeneration *generation,
                                   const FramIceEvent *ice, FramTime now);
/* All return FALSE if it is no connection of a pair. */
gboolean fram_broker_tcp_connected (FramBroker *broker, FramBaseId id, FramTime now);
gboolean fram_broker_tcp_ended (FramBroker *broker, FramBaseId id, FramTime now);
gboolean fram_broker_tcp_receive (FramBroker *broker, FramBaseId id, const guint8 *data,
                                  gsize length, FramTime now);
void fram_broker_tcp_close_connection (FramBroker *broker, FramTcpConnection *connection);
/* A component owns its 5-tuple, or no component does any more. */
void fram_broker_tcp_claimed (FramBroker *broker, FramBaseId base,
                              const FramAddress *remote, FramSessionId session);
void fram_broker_tcp_released (FramBroker *broker, FramBaseId base,
                               const FramAddress *remote);
void fram_broker_tcp_drop_connections (FramBroker *broker, const FramTcpBase *base);
/* What io/ knows the base of a pair by: itself, or the pair's connection; 0: there is none. */
FramBaseId fram_broker_get_carrier (FramBroker *broker, FramBaseId base,
                                    const FramAddress *remote);
