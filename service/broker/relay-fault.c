/* Why a session has no relay: which of its TURN servers is at fault, and what it does. */
#include "broker/broker-private.h"

/* How much it says.  What a server answers tells more than that a way to it is closed, and that
 * tells more than silence. */
static guint
get_weight (FramServerFailure failure)
{
  switch (failure)
    {
    case FRAM_SERVER_FAILURE_NO_NETWORK:
      return 0;
    case FRAM_SERVER_FAILURE_SILENT:
      return 1;
    case FRAM_SERVER_FAILURE_NAME:
    case FRAM_SERVER_FAILURE_UNREACHABLE:
    case FRAM_SERVER_FAILURE_CLOSED:
      return 2;
    case FRAM_SERVER_FAILURE_CERTIFICATE:
    case FRAM_SERVER_FAILURE_CERTIFICATE_AUTHORITY:
    case FRAM_SERVER_FAILURE_CERTIFICATE_NAME:
    case FRAM_SERVER_FAILURE_CERTIFICATE_EXPIRED:
    case FRAM_SERVER_FAILURE_TLS:
    case FRAM_SERVER_FAILURE_PROXY:
    case FRAM_SERVER_FAILURE_NOT_STUN:
      return 3;
    case FRAM_SERVER_FAILURE_NO_CREDENTIALS:
    case FRAM_SERVER_FAILURE_WRONG_CREDENTIALS:
    case FRAM_SERVER_FAILURE_EXPIRED_CREDENTIALS:
    case FRAM_SERVER_FAILURE_TAMPERED:
    case FRAM_SERVER_FAILURE_NO_ALGORITHM:
    case FRAM_SERVER_FAILURE_LOOP:
    case FRAM_SERVER_FAILURE_BAD_REQUEST:
    case FRAM_SERVER_FAILURE_FORBIDDEN:
    case FRAM_SERVER_FAILURE_MISMATCH:
    case FRAM_SERVER_FAILURE_NO_FAMILY:
    case FRAM_SERVER_FAILURE_NO_TRANSPORT:
    case FRAM_SERVER_FAILURE_QUOTA:
    case FRAM_SERVER_FAILURE_CAPACITY:
    case FRAM_SERVER_FAILURE_SERVER_ERROR:
    case FRAM_SERVER_FAILURE_BAD_ANSWER:
      return 4;
    }
  g_assert_not_reached ();
}

static void
weigh (FramRelayFault *fault, const FramServer *server, FramServerFailure failure)
{
  if (fault->server == NULL || get_weight (failure) > get_weight (fault->failure))
    *fault = (FramRelayFault){ .server = server, .failure = failure };
}

/* What it failed for, or would by now. */
static FramServerFailure
find_failure (const FramAllocation *allocation)
{
  if (allocation->state == FRAM_ALLOCATION_RESTING && allocation->failed)
    return fram_allocation_get_failure (allocation);
  return allocation->doubted && !allocation->heard ? FRAM_SERVER_FAILURE_UNREACHABLE
                                                   : FRAM_SERVER_FAILURE_SILENT;
}

static gboolean
is_asked (const FramBrokerSession *session, const FramServer *server)
{
  for (guint i = 0; i < session->relays->len; i++)
    if (((const FramAllocation *) g_ptr_array_index (session->relays, i))->server
        == server)
      return TRUE;
  return FALSE;
}

static void
weigh_unasked (FramRelayFault *fault, const FramBrokerSession *session)
{
  for (guint i = 0; session->servers != NULL && i < session->servers->len; i++)
    {
      const FramServer *server = g_ptr_array_index (session->servers, i);

      if (fram_server_is_turn (server) && !is_asked (session, server))
        weigh (fault, server,
               server->n_addresses == 0 ? FRAM_SERVER_FAILURE_NAME
                                        : FRAM_SERVER_FAILURE_NO_NETWORK);
    }
}

gboolean
fram_broker_find_relay_fault (const FramBrokerSession *session, FramRelayFault *ret_fault)
{
  FramRelayFault fault = { 0 };

  for (guint i = 0; i < session->relays->len; i++)
    {
      const FramAllocation *allocation = g_ptr_array_index (session->relays, i);

      if (allocation->state == FRAM_ALLOCATION_THERE)
        return FALSE;
      weigh (&fault, allocation->server, find_failure (allocation));
    }
  weigh_unasked (&fault, session);
  if (fault.server == NULL)
    return FALSE;
  *ret_fault = fault;
  return TRUE;
}
