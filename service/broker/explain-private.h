/* What the parts of an explanation share (broker/explain.h). */
#pragma once

#include "broker/broker-private.h"
#include "broker/explain.h"

/* `sentence`: (transfer full).  Return: (transfer full): the same. */
char *fram_explain_say (const char **ret_word, const char *word, char *sentence);

/* Candidates; whether others than those of its own network reach one of them. */
gboolean fram_explain_has_public (const GPtrArray *candidates);

/* A NAT before this side is known to choose a new port per destination (RFC 4787 §4.1). */
gboolean fram_explain_is_symmetric (FramBroker *broker, const FramBrokerSession *session);

/* Nobody outside of its network knows an address of this side. */
gboolean fram_explain_is_unknown_outside (const FramBrokerSession *session);

/* A server of the session's answers, though not by UDP. */
gboolean fram_explain_answers_by_tcp (FramBroker *broker,
                                      const FramBrokerSession *session, FramTime now);

/* Of a session that is connected.  Return: (transfer full): as fram_broker_explain(). */
char *fram_explain_path (FramBroker *broker, const FramBrokerSession *session,
                         FramTime now, const char **ret_word);
