/* The peer's candidates: those that name an address go to the agent at once; those with a name
 * of Multicast DNS are held until it is resolved, and so is the end of candidates.
 * (draft-ietf-mmusic-mdns-ice-candidates §3.2) */
#include <string.h>

#include "broker/broker-private.h"
#include "broker/names-private.h"

/* A name that is not found in this time has no address. */
#define PATIENCE FRAM_SECONDS (5)

/* Addresses that were found by names are remembered, so as not to be shown; a session whose
 * peer has more takes none of the others. */
#define MAX_FOUND 64

/* A candidate that waits for the address of its name. */
typedef struct
{
  FramNameId name;
  guint16 stream;
  FramCandidate candidate; /* its address has a port alone */
} FramHeld;

typedef struct
{
  FramAddress address; /* port 0 */
  char *name;
} FramFound;

static void
found_clear (gpointer data)
{
  FramFound *found = data;

  g_free (found->name);
}

/* --- Names ------------------------------------------------------------------------- */

static void
end_name (FramBroker *broker, FramPeerName *name)
{
  fram_schedule_set (&broker->deadlines, &name->due, FRAM_TIME_NEVER);
  fram_name_table_remove (&broker->names, name);
}

/* It need not be resolved any more. */
static void
forget_name (FramBroker *broker, FramPeerName *name)
{
  fram_broker_emit (broker, FRAM_EVENT_NAME_FORGET, 0)->name = name->id;
  end_name (broker, name);
}

/* Return: NULL: more are being resolved than is good. */
static FramPeerName *
get_name (FramBroker *broker, const char *text, FramTime now)
{
  FramPeerName *name = fram_name_table_find_text (&broker->names, text);
  FramEvent *event;

  if (name != NULL || g_hash_table_size (broker->names.by_id) >= FRAM_MAX_PEER_NAMES)
    return name;
  name = fram_name_table_add (&broker->names, text);
  fram_schedule_set (&broker->deadlines, &name->due, now + PATIENCE);
  event = fram_broker_emit (broker, FRAM_EVENT_NAME_RESOLVE, 0);
  event->name = name->id;
  event->text = g_strdup (text);
  return name;
}

/* --- Holding ----------------------------------------------------------------------- */

static gboolean
is_same (const FramHeld *held, FramNameId name, guint stream,
         const FramCandidate *candidate)
{
  return held->name == name && held->stream == stream
         && held->candidate.component == candidate->component
         && held->candidate.transport == candidate->transport
         && held->candidate.address.port == candidate->address.port;
}

static FramIceAddResult
hold (FramBroker *broker, FramBrokerSession *session, guint stream,
      const FramCandidate *candidate, const char *text, FramTime now)
{
  FramHeld new = { .stream = (guint16) stream, .candidate = *candidate };
  FramPeerName *name;
  guint n = 0;

  session->peer_hides = TRUE;
  if (session->held == NULL)
    session->held = g_array_new (FALSE, FALSE, sizeof (FramHeld));
  for (guint i = 0; i < session->held->len; i++)
    {
      const FramHeld *held = &g_array_index (session->held, FramHeld, i);

      n += held->stream == stream && held->candidate.component == candidate->component;
    }
  if (n >= FRAM_MAX_HELD_CANDIDATES)
    return FRAM_ICE_ADD_LIMIT;
  name = get_name (broker, text, now);
  if (name == NULL)
    return FRAM_ICE_ADD_IGNORED;
  for (guint i = 0; i < session->held->len; i++)
    if (is_same (&g_array_index (session->held, FramHeld, i), name->id, stream,
                 candidate))
      return FRAM_ICE_ADD_KNOWN;
  fram_peer_name_join (name, session->id);
  new.name = name->id;
  g_array_append_val (session->held, new);
  return FRAM_ICE_ADD_OK;
}

FramIceAddResult
fram_broker_session_add_remote (FramBroker *broker, FramBrokerSession *session,
                                guint stream, const FramCandidate *candidate,
                                const char *name, FramTime now)
{
  if (!candidate->is_named)
    return fram_ice_agent_add_remote (session->current->agent, stream, candidate,
                                      FRAM_MAX_REMOTE_CANDIDATES, now);
  if (candidate->component > session->n_components[stream])
    return FRAM_ICE_ADD_NO_COMPONENT;
  return hold (broker, session, stream, candidate, name, now);
}

void
fram_broker_session_end_remote (FramBrokerSession *session, FramTime now)
{
  session->end_held = session->held != NULL && session->held->len > 0;
  if (!session->end_held)
    fram_ice_agent_end_remote (session->current->agent, now);
}

void
fram_broker_session_drop_held (FramBroker *broker, FramBrokerSession *session)
{
  g_autoptr (GArray) held = g_steal_pointer (&session->held);

  session->end_held = FALSE;
  for (guint i = 0; held != NULL && i < held->len; i++)
    {
      FramPeerName *name
          = fram_name_table_find (&broker->names, g_array_index (held, FramHeld, i).name);

      /* Several may have had the same name. */
      if (name == NULL)
        continue;
      fram_peer_name_leave (name, session->id);
      if (name->sessions->len == 0)
        forget_name (broker, name);
    }
}

/* --- What was found ---------------------------------------------------------------- */

const char *
fram_broker_session_find_peer_name (const FramBrokerSession *session,
                                    const FramAddress *address)
{
  for (guint i = 0; session->found != NULL && i < session->found->len; i++)
    {
      const FramFound *found = &g_array_index (session->found, FramFound, i);

      if (fram_address_equal_ip (&found->address, address))
        return found->name;
    }
  return NULL;
}

/* Return: FALSE: there are too many. */
static gboolean
remember (FramBrokerSession *session, const FramAddress *address, const char *name)
{
  FramFound found = { .address = *address };

  if (fram_broker_session_find_peer_name (session, address) != NULL)
    return TRUE;
  if (session->found == NULL)
    {
      session->found = g_array_new (FALSE, FALSE, sizeof (FramFound));
      g_array_set_clear_func (session->found, found_clear);
    }
  if (session->found->len == MAX_FOUND)
    return FALSE;
  found.address.port = 0;
  found.name = g_strdup (name);
  g_array_append_val (session->found, found);
  return TRUE;
}

/* `address` NULL: there is none. */
static void
release (FramBrokerSession *session, const FramPeerName *name, const FramAddress *address,
         FramTime now)
{
  guint i = 0;

  if (session->held == NULL)
    return;
  while (i < session->held->len)
    {
      FramHeld held = g_array_index (session->held, FramHeld, i);
      guint16 port = held.candidate.address.port;

      if (held.name != name->id)
        {
          i++;
          continue;
        }
      g_array_remove_index (session->held, i);
      if (address == NULL || !remember (session, address, name->text))
        continue;
      held.candidate.address = *address;
      held.candidate.address.port = port;
      fram_ice_agent_add_remote (session->current->agent, held.stream, &held.candidate,
                                 FRAM_MAX_REMOTE_CANDIDATES, now);
    }
  if (session->end_held)
    fram_broker_session_end_remote (session, now);
}

static void
conclude (FramBroker *broker, FramPeerName *name, const FramAddress *address,
          FramTime now)
{
  g_autoptr (GArray) waiting = g_array_ref (name->sessions);
  FramPeerName concluded = { .id = name->id };
  g_autofree char *text = g_strdup (name->text);

  concluded.text = text;
  end_name (broker, name);
  for (guint i = 0; i < waiting->len; i++)
    {
      FramBrokerSession *session
          = fram_broker_find_session (broker, g_array_index (waiting, FramSessionId, i));

      if (session == NULL)
        continue;
      release (session, &concluded, address, now);
      fram_broker_session_drain (broker, session, now);
    }
}

void
fram_broker_told_name_resolved (FramBroker *broker, FramNameId id,
                                const FramAddress *addresses, guint n_addresses,
                                FramTime now)
{
  FramPeerName *name = fram_name_table_find (&broker->names, id);

  /* §3.2.2: who has more than one address is ignored. */
  if (name != NULL)
    conclude (broker, name, n_addresses == 1 ? &addresses[0] : NULL, now);
}

void
fram_broker_peer_name_advance (FramBroker *broker, FramPeerName *name, FramTime now)
{
  fram_broker_emit (broker, FRAM_EVENT_NAME_FORGET, 0)->name = name->id;
  conclude (broker, name, NULL, now);
}
