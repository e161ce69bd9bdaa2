/* Simultaneous-open candidates: where no server answers by UDP, both ends may still get a TCP
 * connection through their NATs, if each connects to where a server sees the other.
 * (RFC 6544 §5.2, §7)
 *
 * Where UDP is answered they are not gathered: what a NAT lets through by TCP, it lets through by
 * UDP, and that is preferred. */
#include "broker/tcp-private.h"

/* So long a server has for its answer by UDP, if it is not known to be silent. */
#define UDP_PATIENCE FRAM_MILLISECONDS (200)
/* Of a session's servers, one after the other. */
#define MOST_ASKED 3

/* --- Where they are needed --------------------------------------------------------- */

/* Whether TCP is to be tried with the server, which is not known to be silent. */
static gboolean
is_promising (FramBroker *broker, const FramServer *server,
              const FramInterfaceAddress *interface)
{
  FramFamily family = (FramFamily) interface->address.family;

  return fram_server_get_stream (server) == FRAM_KNOWN_TCP
         && fram_server_get_address (server, family) != NULL
         && fram_network_find_silent (&broker->network, interface->name, server->uri,
                                      family, FRAM_KNOWN_TCP)
                == NULL;
}

/* The next one, after `n_asked` of them. */
static const FramServer *
find_server (FramBroker *broker, const FramBrokerSession *session,
             const FramInterfaceAddress *interface, guint *n_asked)
{
  while (*n_asked < MIN (session->servers->len, MOST_ASKED))
    {
      const FramServer *server = g_ptr_array_index (session->servers, (*n_asked)++);

      if (is_promising (broker, server, interface))
        return server;
    }
  return NULL;
}

static gboolean
needs (FramBroker *broker, const FramBrokerSession *session, FramBase *base)
{
  const FramInterfaceAddress *interface = &base->interface;
  guint n_asked = 0;

  return base->state == FRAM_BASE_OPEN && !fram_broker_base_is_answered (session, base)
         && !fram_network_leads_nowhere (&broker->network, interface->name,
                                         (FramFamily) interface->address.family)
         && !fram_broker_tcp_takes_part (session, interface,
                                         fram_base_find_member (base, session->id),
                                         FRAM_TRANSPORT_TCP_SO)
         && find_server (broker, session, interface, &n_asked) != NULL;
}

FramTime
fram_broker_tcp_ask_from (FramBroker *broker, const FramBrokerSession *session,
                          FramTime others, FramTime now)
{
  /* RFC 6544 §4.4: a lite agent is where everybody can connect to. */
  if (!session->tcp || session->tcp_asked || session->lite || session->servers == NULL
      || session->policy == FRAM_POLICY_RELAY)
    return FRAM_TIME_NEVER;
  for (guint i = 0; i < session->bases->len; i++)
    if (needs (broker, session, g_ptr_array_index (session->bases, i)))
      return others <= now ? now : session->gather_since + UDP_PATIENCE;
  return FRAM_TIME_NEVER;
}

void
fram_broker_tcp_gather_simultaneous (FramBroker *broker, FramBrokerSession *session,
                                     FramTime now)
{
  session->tcp_asked = TRUE;
  for (guint i = 0; i < session->bases->len; i++)
    {
      FramBase *base = g_ptr_array_index (session->bases, i);

      if (needs (broker, session, base))
        fram_broker_tcp_open_simultaneous (broker, session, &base->interface,
                                           fram_base_find_member (base, session->id),
                                           now);
    }
}

/* --- The question ------------------------------------------------------------------ */

FramTcpQuestion *
fram_tcp_question_new (FramTcpBase *base)
{
  FramTcpQuestion *question = g_new0 (FramTcpQuestion, 1);

  question->due.kind = FRAM_DUE_TCP_QUESTION;
  question->due.owner = base;
  return question;
}

static FramTcpBase *
find (FramBroker *broker, FramBaseId stream)
{
  return g_hash_table_lookup (broker->tcp.questions, GUINT_TO_POINTER (stream));
}

static FramBrokerSession *
get_session (FramBroker *broker, const FramTcpBase *base)
{
  return fram_broker_find_session (
      broker, g_array_index (base->members, FramBaseMember, 0).session);
}

static gboolean
is_answered (const FramTcpQuestion *question)
{
  return question->mapped.family != FRAM_FAMILY_NONE;
}

FramTime
fram_broker_tcp_answers_end (const FramBrokerSession *session, FramTime bound,
                             FramTime now)
{
  FramTime until = now;

  for (guint i = 0; i < session->tcp_bases->len; i++)
    {
      const FramTcpBase *base = g_ptr_array_index (session->tcp_bases, i);
      const FramTcpQuestion *question = base->question;

      if (question != NULL && question->stream != 0 && !is_answered (question))
        until = MAX (until, MIN (bound, fram_broker_relay_enough_from (
                                            session, &base->interface.address)));
    }
  return until;
}

static void
forget_stream (FramBroker *broker, FramTcpQuestion *question)
{
  fram_schedule_set (&broker->deadlines, &question->due, FRAM_TIME_NEVER);
  g_hash_table_remove (broker->tcp.questions, GUINT_TO_POINTER (question->stream));
  question->stream = 0;
}

void
fram_broker_tcp_ask_no_more (FramBroker *broker, FramTcpBase *base)
{
  FramTcpQuestion *question = base->question;

  if (question->stream == 0)
    return;
  fram_broker_emit (broker, FRAM_EVENT_CLOSE_BASE, 0)->base = question->stream;
  forget_stream (broker, question);
}

void
fram_broker_tcp_rest (FramBroker *broker, FramBrokerSession *session)
{
  for (guint i = 0; i < session->tcp_bases->len; i++)
    {
      FramTcpBase *base = g_ptr_array_index (session->tcp_bases, i);

      if (base->question != NULL)
        fram_broker_tcp_ask_no_more (broker, base);
    }
}

void
fram_broker_tcp_ask (FramBroker *broker, FramTcpBase *base, FramTime now)
{
  FramTcpQuestion *question = base->question;
  const FramServer *server = find_server (broker, get_session (broker, base),
                                          &base->interface, &question->n_asked);
  FramEvent *event;

  if (server == NULL)
    return;
  g_free (question->uri);
  question->uri = g_strdup (server->uri);
  question->server
      = *fram_server_get_address (server, (FramFamily) base->interface.address.family);
  question->stream = ++broker->next_base;
  g_hash_table_insert (broker->tcp.questions, GUINT_TO_POINTER (question->stream), base);
  event = fram_broker_emit (broker, FRAM_EVENT_OPEN_STREAM, 0);
  event->base = question->stream;
  event->bind = base->address;
  event->remote = question->server;
  event->transport = FRAM_KNOWN_TCP;
  event->scheme = FRAM_SERVER_SCHEME_STUN;
  event->text = g_strdup (server->parts.host);
}

/* The session may have waited for nothing else. */
static void
tell_session (FramBroker *broker, const FramTcpBase *base, FramTime now)
{
  FramBrokerSession *session = get_session (broker, base);

  fram_broker_gather_check_done (broker, session, now);
  fram_broker_session_drain (broker, session, now);
}

static void
fail (FramBroker *broker, FramTcpBase *base, FramStreamFailure failure, FramTime now)
{
  const FramTcpQuestion *question = base->question;

  /* What is known stays so: a server closes what is idle. */
  if (is_answered (question))
    return;
  fram_broker_learn_silence (broker, question->uri, &question->server, FRAM_KNOWN_TCP,
                             now);
  if (failure == FRAM_STREAM_SILENT)
    fram_broker_learn_deaf (broker, base->interface.name, question->uri,
                            (FramFamily) question->server.family, FRAM_KNOWN_TCP, now);
  fram_broker_tcp_ask (broker, base, now);
  tell_session (broker, base, now);
}

/* --- What comes of it -------------------------------------------------------------- */

gboolean
fram_broker_tcp_question_opened (FramBroker *broker, FramBaseId id, FramTime now)
{
  FramStunTiming timing = FRAM_STUN_TIMING_DEFAULT (0);
  FramTcpBase *base = find (broker, id);
  FramTcpQuestion *question;

  if (base == NULL)
    return FALSE;
  question = base->question;
  /* RFC 8489 §6.2.2: once, and Ti for the answer. */
  timing.reliable = TRUE;
  fram_stun_transaction_start (&question->transaction, &timing, broker->random, now);
  fram_schedule_set (&broker->deadlines, &question->due, question->transaction.deadline);
  fram_broker_ask_stream (broker, id, &question->server, &question->transaction.id);
  return TRUE;
}

static gboolean
read_answer (FramTcpQuestion *question, const guint8 *data, gsize length)
{
  FramStunMessage message;

  return !is_answered (question)
         && fram_stun_message_parse (&message, data, length) == FRAM_STUN_PARSE_OK
         && message.method == FRAM_STUN_BINDING && message.klass == FRAM_STUN_SUCCESS
         && fram_stun_id_equal (&message.id, &question->transaction.id)
         && fram_stun_message_get_address (&message, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS,
                                           &question->mapped);
}

gboolean
fram_broker_tcp_question_receive (FramBroker *broker, FramBaseId id, const guint8 *data,
                                  gsize length, FramTime now)
{
  FramTcpBase *base = find (broker, id);
  FramBrokerSession *session;
  FramTcpQuestion *question;

  if (base == NULL)
    return FALSE;
  question = base->question;
  if (!read_answer (question, data, length))
    return TRUE;
  fram_schedule_set (&broker->deadlines, &question->due, FRAM_TIME_NEVER);
  fram_broker_learn_answer (broker, question->uri, &question->server, FRAM_KNOWN_TCP,
                            now - question->transaction.started, now);
  fram_broker_learn_heard (broker, base->interface.name, question->uri,
                           (FramFamily) question->server.family, FRAM_KNOWN_TCP, now);
  session = get_session (broker, base);
  fram_broker_add_tcp_mapped (broker, session, base,
                              fram_members_find (base->members, session->id), now);
  tell_session (broker, base, now);
  return TRUE;
}

void
fram_broker_tcp_question_advance (FramBroker *broker, FramTcpBase *base, FramTime now)
{
  FramTcpQuestion *question = base->question;

  if (fram_stun_transaction_advance (&question->transaction, now)
      != FRAM_STUN_TRANSACTION_TIMEOUT)
    {
      fram_schedule_set (&broker->deadlines, &question->due,
                         question->transaction.deadline);
      return;
    }
  fram_broker_tcp_ask_no_more (broker, base);
  fail (broker, base, FRAM_STREAM_SILENT, now);
}

gboolean
fram_broker_tcp_question_failed (FramBroker *broker, FramBaseId id,
                                 FramStreamFailure failure, FramTime now)
{
  FramTcpBase *base = find (broker, id);

  if (base == NULL)
    return FALSE;
  forget_stream (broker, base->question);
  fail (broker, base, failure, now);
  return TRUE;
}
