/* What may be wrong with a server, and what to do about it. */
#pragma once

#include "broker/broker.h"
#include "turn/event.h"

typedef enum
{
  FRAM_SERVER_FAILURE_NAME,       /* it has no address */
  FRAM_SERVER_FAILURE_NO_NETWORK, /* this host has no address of its families */
  FRAM_SERVER_FAILURE_UNREACHABLE,
  FRAM_SERVER_FAILURE_SILENT,
  FRAM_SERVER_FAILURE_CERTIFICATE,
  FRAM_SERVER_FAILURE_CERTIFICATE_AUTHORITY,
  FRAM_SERVER_FAILURE_CERTIFICATE_NAME,
  FRAM_SERVER_FAILURE_CERTIFICATE_EXPIRED,
  FRAM_SERVER_FAILURE_TLS,
  FRAM_SERVER_FAILURE_PROXY,
  FRAM_SERVER_FAILURE_CLOSED,
  FRAM_SERVER_FAILURE_NOT_STUN,
  FRAM_SERVER_FAILURE_NO_CREDENTIALS,
  FRAM_SERVER_FAILURE_WRONG_CREDENTIALS,
  FRAM_SERVER_FAILURE_EXPIRED_CREDENTIALS, /* refused, and their time is over */
  FRAM_SERVER_FAILURE_TAMPERED,
  FRAM_SERVER_FAILURE_NO_ALGORITHM,
  FRAM_SERVER_FAILURE_LOOP,
  FRAM_SERVER_FAILURE_BAD_REQUEST,
  FRAM_SERVER_FAILURE_FORBIDDEN,
  FRAM_SERVER_FAILURE_MISMATCH,
  FRAM_SERVER_FAILURE_NO_FAMILY,
  FRAM_SERVER_FAILURE_NO_TRANSPORT,
  FRAM_SERVER_FAILURE_QUOTA,
  FRAM_SERVER_FAILURE_CAPACITY,
  FRAM_SERVER_FAILURE_SERVER_ERROR,
  FRAM_SERVER_FAILURE_BAD_ANSWER,
} FramServerFailure;

/* A word for programs, as "wrong-credentials". */
const char *fram_server_failure_to_word (FramServerFailure failure);
/* What the server does, behind its name: "refuses the user name or the password". */
const char *fram_server_failure_to_predicate (FramServerFailure failure);
/* What to do about it, a sentence for people. */
const char *fram_server_failure_to_advice (FramServerFailure failure);

FramServerFailure fram_server_failure_of_stream (FramStreamFailure failure);
/* `is_expired`: by the user name's own word. */
FramServerFailure fram_server_failure_of_outcome (FramTurnOutcome outcome,
                                                  gboolean is_expired);
