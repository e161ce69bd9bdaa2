#include "broker/trace.h"

#include "broker/broker-private.h"

/* What was seen last, by ascending ids. */
struct _FramTraced
{
  gboolean wanted; /* on its own account */
  guint32 generation;
  GArray *candidates; /* FramCandidateLook */
  GArray *pairs;      /* FramPairLook */
};

const char *
fram_trace_type_to_text (FramTraceType type)
{
  switch (type)
    {
    case FRAM_TRACE_RESTARTED:
      return "restarted";
    case FRAM_TRACE_CANDIDATE_FOUND:
      return "candidate-found";
    case FRAM_TRACE_CANDIDATE_GONE:
      return "candidate-gone";
    case FRAM_TRACE_PAIR_ADDED:
      return "pair-added";
    case FRAM_TRACE_REQUEST_RECEIVED:
      return "request-received";
    case FRAM_TRACE_RESPONSE_SENT:
      return "response-sent";
    case FRAM_TRACE_RESPONSE_RECEIVED:
      return "response-received";
    case FRAM_TRACE_READABLE:
      return "readable";
    case FRAM_TRACE_WRITABLE:
      return "writable";
    case FRAM_TRACE_PAIR_STATE:
      return "pair-state";
    case FRAM_TRACE_REQUEST_SENT:
      return "request-sent";
    case FRAM_TRACE_REQUEST_REPEATED:
      return "request-repeated";
    case FRAM_TRACE_CONSENT_SENT:
      return "consent-sent";
    case FRAM_TRACE_NOMINATED:
      return "nominated";
    case FRAM_TRACE_SELECTED:
      return "selected";
    case FRAM_TRACE_PAIR_GONE:
      return "pair-gone";
    }
  g_assert_not_reached ();
}

/* --- Telling ----------------------------------------------------------------------- */

static FramTrace *
tell (FramBroker *broker, FramSessionId session, FramTraceType type, guint stream,
      guint component)
{
  FramEvent *event = fram_broker_emit (broker, FRAM_EVENT_TRACE, session);

  event->stream = (guint16) stream;
  event->component = (guint16) component;
  event->trace = g_new0 (FramTrace, 1);
  event->trace->type = type;
  event->trace->count = 1;
  event->trace->rtt = -1;
  return event->trace;
}

static void
tell_candidate (FramBroker *broker, FramSessionId session, FramTraceType type,
                const FramCandidateLook *look)
{
  const FramCandidate *candidate = &look->row.candidate;
  FramTrace *trace = tell (broker, session, type, look->row.stream, candidate->component);

  trace->candidate = look->id;
  trace->is_remote = look->row.remote;
  trace->local_type = candidate->type;
  if (look->row.remote)
    trace->remote = candidate->address;
  else
    trace->local = candidate->address;
  fram_broker_show_address (broker, session, look->row.remote, candidate->type,
                            &candidate->address,
                            look->row.remote ? trace->shown_remote : trace->shown_local);
}

static FramTrace *
tell_pair (FramBroker *broker, FramSessionId session, FramTraceType type, guint count,
           const FramPairLook *look)
{
  const FramPairRow *row = &look->row;
  FramTrace *trace = tell (broker, session, type, row->stream, row->component);

  trace->count = count;
  trace->pair = look->id;
  trace->local_type = row->local_type;
  trace->remote_type = row->remote_type;
  trace->local = row->local;
  trace->remote = row->remote;
  fram_broker_show_address (broker, session, FALSE, row->local_type, &row->local,
                            trace->shown_local);
  fram_broker_show_address (broker, session, TRUE, row->remote_type, &row->remote,
                            trace->shown_remote);
  trace->state = row->state;
  trace->cause = row->cause;
  return trace;
}

/* In the order in which one causes the other. */
static void
compare_pair (FramBroker *broker, FramSessionId session, const FramPairLook *before,
              const FramPairLook *after)
{
  const FramPairRow *old = &before->row, *new = &after->row;
  const struct
  {
    FramTraceType type;
    guint count;
  } steps[] = {
    { FRAM_TRACE_REQUEST_RECEIVED, new->requests_received - old->requests_received },
    { FRAM_TRACE_RESPONSE_SENT, new->responses_sent - old->responses_sent },
    { FRAM_TRACE_RESPONSE_RECEIVED, new->responses_received - old->responses_received },
    { FRAM_TRACE_READABLE, new->readable && !old->readable },
    { FRAM_TRACE_WRITABLE, new->writable && !old->writable },
    { FRAM_TRACE_PAIR_STATE, new->state != old->state },
    { FRAM_TRACE_REQUEST_SENT, new->requests_sent - old->requests_sent },
    { FRAM_TRACE_REQUEST_REPEATED,
      new->retransmissions_sent - old->retransmissions_sent },
    { FRAM_TRACE_CONSENT_SENT, new->consent_requests_sent - old->consent_requests_sent },
    { FRAM_TRACE_NOMINATED, new->nominated && !old->nominated },
    { FRAM_TRACE_SELECTED, new->selected && !old->selected },
  };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      FramTrace *trace;

      if (steps[i].count == 0)
        continue;
      trace = tell_pair (broker, session, steps[i].type, steps[i].count, after);
      if (steps[i].type == FRAM_TRACE_RESPONSE_RECEIVED)
        trace->rtt = new->rtt;
    }
}

static void
tell_new_pair (FramBroker *broker, FramSessionId session, const FramPairLook *look)
{
  FramPairLook before = *look;

  before.row.requests_received = before.row.responses_sent = 0;
  before.row.requests_sent = before.row.responses_received = 0;
  before.row.retransmissions_sent = before.row.consent_requests_sent = 0;
  before.row.readable = before.row.writable = FALSE;
  before.row.nominated = before.row.selected = FALSE;
  tell_pair (broker, session, FRAM_TRACE_PAIR_ADDED, 1, look);
  compare_pair (broker, session, &before, look);
}

/* --- Looking ----------------------------------------------------------------------- */

static gint
compare_candidates (gconstpointer a, gconstpointer b)
{
  const FramCandidateLook *first = a, *second = b;

  return first->id < second->id ? -1 : first->id > second->id;
}

static gint
compare_pairs (gconstpointer a, gconstpointer b)
{
  const FramPairLook *first = a, *second = b;

  return first->id < second->id ? -1 : first->id > second->id;
}

static GArray *
look_at_candidates (FramBroker *broker, const FramBrokerSession *session)
{
  GArray *looks = fram_broker_inspect_candidates (broker, session->id);

  g_array_sort (looks, compare_candidates);
  return looks;
}

/* Those that are remembered only are gone. */
static GArray *
look_at_pairs (FramBroker *broker, const FramBrokerSession *session)
{
  GArray *looks = fram_broker_inspect_pairs (broker, session->id);

  for (guint i = looks->len; i > 0; i--)
    if (g_array_index (looks, FramPairLook, i - 1).past)
      g_array_remove_index_fast (looks, i - 1);
  g_array_sort (looks, compare_pairs);
  return looks;
}

static void
follow_candidates (FramBroker *broker, FramSessionId session, const GArray *before,
                   const GArray *after)
{
  guint b = 0, a = 0;

  while (b < before->len || a < after->len)
    {
      const FramCandidateLook *old
          = b < before->len ? &g_array_index (before, FramCandidateLook, b) : NULL;
      const FramCandidateLook *new
          = a < after->len ? &g_array_index (after, FramCandidateLook, a) : NULL;

      if (new == NULL || (old != NULL && old->id < new->id))
        {
          tell_candidate (broker, session, FRAM_TRACE_CANDIDATE_GONE, old);
          b++;
        }
      else
        {
          if (old == NULL || new->id < old->id)
            tell_candidate (broker, session, FRAM_TRACE_CANDIDATE_FOUND, new);
          else
            b++;
          a++;
        }
    }
}

static void
follow_pairs (FramBroker *broker, FramSessionId session, const GArray *before,
              const GArray *after)
{
  guint b = 0, a = 0;

  while (b < before->len || a < after->len)
    {
      const FramPairLook *old
          = b < before->len ? &g_array_index (before, FramPairLook, b) : NULL;
      const FramPairLook *new
          = a < after->len ? &g_array_index (after, FramPairLook, a) : NULL;

      if (new == NULL || (old != NULL && old->id < new->id))
        {
          tell_pair (broker, session, FRAM_TRACE_PAIR_GONE, 1, old);
          b++;
        }
      else if (old == NULL || new->id < old->id)
        {
          tell_new_pair (broker, session, new);
          a++;
        }
      else
        {
          compare_pair (broker, session, old, new);
          b++;
          a++;
        }
    }
}

/* --- Its life ---------------------------------------------------------------------- */

static FramTraced *
traced_new (void)
{
  FramTraced *traced = g_new0 (FramTraced, 1);

  traced->candidates = g_array_new (FALSE, FALSE, sizeof (FramCandidateLook));
  traced->pairs = g_array_new (FALSE, FALSE, sizeof (FramPairLook));
  return traced;
}

/* What is kept stays where it is.  To put each look in the place of the one before would leave
 * holes all over the heap, as other things come between any two. */
static void
keep (GArray *kept, const GArray *looks)
{
  g_array_set_size (kept, 0);
  g_array_append_vals (kept, looks->data, looks->len);
}

static void
look_again (FramBroker *broker, FramBrokerSession *session, gboolean tells)
{
  FramTraced *traced = session->traced;
  g_autoptr (GArray) candidates = look_at_candidates (broker, session);
  g_autoptr (GArray) pairs = look_at_pairs (broker, session);

  traced->generation = session->current->number;
  if (tells)
    {
      follow_candidates (broker, session->id, traced->candidates, candidates);
      follow_pairs (broker, session->id, traced->pairs, pairs);
    }
  keep (traced->candidates, candidates);
  keep (traced->pairs, pairs);
}

void
fram_broker_session_untrace (FramBrokerSession *session)
{
  FramTraced *traced = g_steal_pointer (&session->traced);

  if (traced == NULL)
    return;
  g_array_unref (traced->candidates);
  g_array_unref (traced->pairs);
  g_free (traced);
}

void
fram_broker_session_trace (FramBroker *broker, FramBrokerSession *session, FramTime now)
{
  if (session->traced == NULL && !broker->traces_all)
    return;
  if (session->traced == NULL)
    session->traced = traced_new ();
  if (session->traced->generation != session->current->number)
    tell (broker, session->id, FRAM_TRACE_RESTARTED, 0, 0);
  look_again (broker, session, TRUE);
}

/* What is there already has not just happened. */
static void
begin (FramBroker *broker, FramBrokerSession *session)
{
  if (session->traced != NULL)
    return;
  session->traced = traced_new ();
  look_again (broker, session, FALSE);
}

void
fram_broker_trace (FramBroker *broker, FramSessionId id, gboolean wanted)
{
  FramBrokerSession *session = fram_broker_find_session (broker, id);

  if (session == NULL)
    return;
  if (wanted)
    begin (broker, session);
  if (session->traced != NULL)
    session->traced->wanted = wanted;
  if (!wanted && !broker->traces_all)
    fram_broker_session_untrace (session);
}

void
fram_broker_trace_all (FramBroker *broker, gboolean wanted)
{
  GHashTableIter iter;
  gpointer session;

  broker->traces_all = wanted;
  g_hash_table_iter_init (&iter, broker->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &session))
    {
      FramTraced *traced = ((FramBrokerSession *) session)->traced;

      if (wanted)
        begin (broker, session);
      else if (traced != NULL && !traced->wanted)
        fram_broker_session_untrace (session);
    }
}

FramSessionId
fram_broker_get_heard (const FramBroker *broker)
{
  return broker->heard;
}
