#include "broker/server-failures.h"

#include "broker/server-test.h"

typedef struct
{
  const char *word;
  const char *predicate;
  const char *advice;
} Failure;

static const Failure failures[] = {
  [FRAM_SERVER_FAILURE_NAME]
  = { "name-unknown", "is not found by its name",
      "The server’s name has no address. Check how it is written, and whether this "
      "network’s DNS answers at all." },
  [FRAM_SERVER_FAILURE_NO_NETWORK]
  = { "no-network", "has no address that this computer could speak to",
      "This computer has no usable address of the server’s IP version. Check the network "
      "connection, and which interfaces Fram’s settings leave out." },
  [FRAM_SERVER_FAILURE_UNREACHABLE] = { "unreachable", "cannot be reached",
                                        "Nobody takes packets at the server’s address "
                                        "and port. Check the port, and whether "
                                        "the server runs." },
  [FRAM_SERVER_FAILURE_SILENT] = { "silent", "does not answer",
                                   "Nothing comes back from the server. Its address or "
                                   "port may be wrong, or a firewall "
                                   "lets nothing through; try “turns:” with port 443." },
  [FRAM_SERVER_FAILURE_CERTIFICATE] = { "certificate", "could not prove who it is",
                                        "The server’s certificate is faulty, is not "
                                        "valid yet or was revoked, or the file of "
                                        "its authority cannot be read." },
  [FRAM_SERVER_FAILURE_CERTIFICATE_AUTHORITY]
  = { "certificate-authority", "has a certificate of nobody who is trusted here",
      "The server’s certificate is signed by an authority that this computer does not "
      "know. If it is the right one, give the file of that authority with the server." },
  [FRAM_SERVER_FAILURE_CERTIFICATE_NAME]
  = { "certificate-name", "has a certificate for another name",
      "Use the name that the server’s certificate is for, or have one made for this "
      "name." },
  [FRAM_SERVER_FAILURE_CERTIFICATE_EXPIRED]
  = { "certificate-expired", "has a certificate whose time is over",
      "The server’s administrator has to renew the certificate. If it was renewed, check "
      "this computer’s clock." },
  [FRAM_SERVER_FAILURE_TLS]
  = { "tls", "and this computer could not agree upon encryption",
      "The port may be one without TLS, or the server’s TLS is too old. “turns:” and "
      "“stuns:” have port 5349 as a rule." },
  [FRAM_SERVER_FAILURE_PROXY] = { "proxy", "is not reached through the proxy",
                                  "The proxy of the system’s settings does not connect "
                                  "to the server. It may ask for a "
                                  "password, or allow port 443 only." },
  [FRAM_SERVER_FAILURE_CLOSED] = { "closed", "closed the connection",
                                   "The server closed the connection, or what it said is "
                                   "no STUN. Check that a STUN or "
                                   "TURN server listens at this port." },
  [FRAM_SERVER_FAILURE_NOT_STUN]
  = { "not-stun", "does not speak STUN",
      "Something else listens at this port. Check the port." },
  [FRAM_SERVER_FAILURE_NO_CREDENTIALS]
  = { "no-credentials", "asks for a user name and a password",
      "Set the user name and the password for this server." },
  [FRAM_SERVER_FAILURE_WRONG_CREDENTIALS]
  = { "wrong-credentials", "refuses the user name or the password",
      "Check both. If they were made from a shared secret, check that as well." },
  [FRAM_SERVER_FAILURE_EXPIRED_CREDENTIALS]
  = { "expired-credentials", "refuses the user name, whose time is over",
      "The user name begins with the time at which it ends, and that is past. Get "
      "another "
      "one from whoever gave it, or check this computer’s clock." },
  [FRAM_SERVER_FAILURE_TAMPERED]
  = { "tampered", "gave answers that are not its own",
      "What came in the server’s name was not made by who knows the password. The "
      "password "
      "may be wrong, or somebody on the way changes messages." },
  [FRAM_SERVER_FAILURE_NO_ALGORITHM]
  = { "no-algorithm", "wants a password algorithm that Fram does not know",
      "Allow MD5 or SHA-256 as password algorithm at the server." },
  [FRAM_SERVER_FAILURE_LOOP]
  = { "loop", "names another server, and that one names it again",
      "The servers send clients in a circle. Their alternate servers are to be put "
      "right." },
  [FRAM_SERVER_FAILURE_BAD_REQUEST]
  = { "bad-request", "does not understand what it was asked",
      "The server may be no TURN server, or a very old one." },
  [FRAM_SERVER_FAILURE_FORBIDDEN]
  = { "forbidden", "does not allow it",
      "The server’s administrator forbids relays to this user or this network." },
  [FRAM_SERVER_FAILURE_MISMATCH]
  = { "mismatch", "holds another relay for the same port",
      "A relay of before has not ended yet. Try again in some minutes." },
  [FRAM_SERVER_FAILURE_NO_FAMILY]
  = { "no-family", "has no relay of this IP version",
      "The server’s administrator would have to give it addresses to relay from." },
  [FRAM_SERVER_FAILURE_NO_TRANSPORT]
  = { "no-transport", "does not relay UDP",
      "The server does not relay what is asked for; use another one." },
  [FRAM_SERVER_FAILURE_QUOTA]
  = { "quota", "has given this user as many relays as one may have",
      "Wait until others have ended, or ask the server’s administrator for more." },
  [FRAM_SERVER_FAILURE_CAPACITY]
  = { "capacity", "has no relay left", "The server is full. Try later, or another one." },
  [FRAM_SERVER_FAILURE_SERVER_ERROR]
  = { "server-error", "reports an error", "The server’s own log says what is wrong." },
  [FRAM_SERVER_FAILURE_BAD_ANSWER]
  = { "bad-answer", "gave an answer without what belongs to it",
      "The server does not keep to the standard; use another one." },
};

const char *
fram_server_failure_to_word (FramServerFailure failure)
{
  g_assert ((guint) failure < G_N_ELEMENTS (failures));
  return failures[failure].word;
}

const char *
fram_server_failure_to_predicate (FramServerFailure failure)
{
  g_assert ((guint) failure < G_N_ELEMENTS (failures));
  return failures[failure].predicate;
}

const char *
fram_server_failure_to_advice (FramServerFailure failure)
{
  g_assert ((guint) failure < G_N_ELEMENTS (failures));
  return failures[failure].advice;
}

FramServerFailure
fram_server_failure_of_stream (FramStreamFailure failure)
{
  switch (failure)
    {
    case FRAM_STREAM_UNREACHABLE:
      return FRAM_SERVER_FAILURE_UNREACHABLE;
    case FRAM_STREAM_SILENT:
      return FRAM_SERVER_FAILURE_SILENT;
    case FRAM_STREAM_CERTIFICATE:
      return FRAM_SERVER_FAILURE_CERTIFICATE;
    case FRAM_STREAM_CERTIFICATE_AUTHORITY:
      return FRAM_SERVER_FAILURE_CERTIFICATE_AUTHORITY;
    case FRAM_STREAM_CERTIFICATE_NAME:
      return FRAM_SERVER_FAILURE_CERTIFICATE_NAME;
    case FRAM_STREAM_CERTIFICATE_EXPIRED:
      return FRAM_SERVER_FAILURE_CERTIFICATE_EXPIRED;
    case FRAM_STREAM_TLS:
      return FRAM_SERVER_FAILURE_TLS;
    case FRAM_STREAM_PROXY:
      return FRAM_SERVER_FAILURE_PROXY;
    case FRAM_STREAM_CLOSED:
      return FRAM_SERVER_FAILURE_CLOSED;
    }
  g_assert_not_reached ();
}

FramServerFailure
fram_server_failure_of_outcome (FramTurnOutcome outcome, gboolean is_expired)
{
  switch (outcome)
    {
    case FRAM_TURN_SILENT:
      return FRAM_SERVER_FAILURE_SILENT;
    case FRAM_TURN_NO_CREDENTIALS:
      return FRAM_SERVER_FAILURE_NO_CREDENTIALS;
    case FRAM_TURN_WRONG_CREDENTIALS:
      return is_expired ? FRAM_SERVER_FAILURE_EXPIRED_CREDENTIALS
                        : FRAM_SERVER_FAILURE_WRONG_CREDENTIALS;
    case FRAM_TURN_TAMPERED:
      return FRAM_SERVER_FAILURE_TAMPERED;
    case FRAM_TURN_NO_ALGORITHM:
      return FRAM_SERVER_FAILURE_NO_ALGORITHM;
    case FRAM_TURN_LOOP:
    case FRAM_TURN_ALTERNATE:
      return FRAM_SERVER_FAILURE_LOOP;
    case FRAM_TURN_BAD_REQUEST:
      return FRAM_SERVER_FAILURE_BAD_REQUEST;
    case FRAM_TURN_FORBIDDEN:
      return FRAM_SERVER_FAILURE_FORBIDDEN;
    case FRAM_TURN_MISMATCH:
      return FRAM_SERVER_FAILURE_MISMATCH;
    case FRAM_TURN_NO_FAMILY:
      return FRAM_SERVER_FAILURE_NO_FAMILY;
    case FRAM_TURN_NO_TRANSPORT:
      return FRAM_SERVER_FAILURE_NO_TRANSPORT;
    case FRAM_TURN_QUOTA:
      return FRAM_SERVER_FAILURE_QUOTA;
    case FRAM_TURN_CAPACITY:
      return FRAM_SERVER_FAILURE_CAPACITY;
    case FRAM_TURN_SERVER_ERROR:
    case FRAM_TURN_LOST:
    case FRAM_TURN_CLOSED:
      return FRAM_SERVER_FAILURE_SERVER_ERROR;
    case FRAM_TURN_BAD_ANSWER:
      return FRAM_SERVER_FAILURE_BAD_ANSWER;
    }
  g_assert_not_reached ();
}

const char *
fram_server_step_to_word (FramServerStep step)
{
  switch (step)
    {
    case FRAM_SERVER_STEP_RESOLVE:
      return "resolve";
    case FRAM_SERVER_STEP_CONNECT:
      return "connect";
    case FRAM_SERVER_STEP_ANSWER:
      return "answer";
    case FRAM_SERVER_STEP_ALLOCATE:
      return "allocate";
    case FRAM_SERVER_STEP_DONE:
      return "done";
    }
  g_assert_not_reached ();
}
